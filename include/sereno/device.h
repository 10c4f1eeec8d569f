/* SPDX-License-Identifier: MIT */
/*
 * device.h - removable devices as data: what they say of themselves, and which one it is.
 *
 * Everything a device says is hostile. It is read from sysfs through one descriptor of its
 * directory, bounded, and parsed here, once; behind it every number is in its range and every text
 * terminated. No policy, no clock, no state. Functions return 0 or a negative errno.
 */
#ifndef SERENO_DEVICE_H
#define SERENO_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sereno/media.h>

#define DESCRIPTORS_MAX	      (18 + 65535) /* bytes; the kernel gives no more */
#define DEVICE_CONFIGS_MAX    8		   /* as the kernel has it */
#define DEVICE_INTERFACES_MAX 32
#define DEVICE_SETTINGS_MAX   256 /* alternate settings of all interfaces of all configurations */

/* One alternate setting of an interface. USB 2.0, 9.6.5. */
struct device_setting {
	uint8_t configuration, interface, alternate;
	uint8_t class, subclass, protocol;
};

struct device_descriptors {
	uint16_t usb_version, vendor, product, version; /* bcdUSB, idVendor, idProduct, bcdDevice */
	uint8_t class, subclass, protocol;
	uint8_t n_configurations;
	uint16_t n_settings;
	struct device_setting setting[DEVICE_SETTINGS_MAX];
};

/*
 * Parse the device descriptor and all its configurations (USB 2.0, 9.6; what sysfs calls
 * descriptors). Every byte must be accounted for: what is left over, cut short, or says two things
 * (bNumConfigurations, wTotalLength, bNumInterfaces, bNumEndpoints, an interface twice) is refused.
 * What the kernel would accept and this refuses stays off; nothing is accepted here that the kernel
 * reads otherwise. Returns 0, -EBADMSG or -E2BIG (more than the kernel's own limits, or ours).
 */
int descriptors_parse(const uint8_t *bytes, size_t length, struct device_descriptors *ret);

/* All kinds of interfaces that it has in any alternate setting of any configuration, and by the
 * class of the device itself: 1u << enum device_kind. Never 0. Not seen before a device is let in:
 * whether KIND_VENDOR is a phone, and whether what stores is a disk or a CD drive: a block device
 * below KIND_OPTICAL may be a disk, and is judged again as what it is. */
unsigned descriptors_kinds(const struct device_descriptors *descriptors);

/* Whether what it can do does not belong together: it stores (optical, too) or is a phone, and
 * types, points or is a network; it is a hub and anything else; it types or points and is a
 * network: a mouse is one by what it says, and may type. */
bool device_is_suspicious(unsigned kinds);

/* Whether a serial number tells nothing: shorter than 4 bytes, one byte over and over, not
 * printable ASCII, a row as 0123456789ABCDEF, or the same as the product's name. */
bool device_serial_is_weak(const char *serial, const char *product);

/* Names that a device gives itself, as bytes: "" where it has none. For people only by way of the
 * escaping of event.h and admin/. */
struct device_texts {
	char manufacturer[DEVICE_TEXT_MAX + 1];
	char product[DEVICE_TEXT_MAX + 1];
	char serial[DEVICE_TEXT_MAX + 1]; /* also a weak one */
};

/* Which device it is: SHA-256 over its texts and its descriptors, with its numbers in them, each
 * with its length. At a port of another speed a device has other descriptors, and is another one.
 */
void device_identity(const uint8_t *descriptors, size_t length, const struct device_texts *texts,
		     uint8_t ret[static DEVICE_IDENTITY_SIZE]);

/* An open USB device of sysfs. Zero-initialised @fd is not open: use DEVICE_CLOSED. */
struct device {
	int fd;	       /* of its directory: writing goes to this very device or to none */
	char name[32]; /* "2-1.4": of the directory */
	unsigned bus_number, number;
	bool authorized; /* when it was read */
	bool is_root_hub;
	struct device_facts facts; /* facts.twin is false: ask device_has_twin() */
	struct device_texts texts;
	struct device_descriptors descriptors; /* only where facts.malformed is false */
};
#define DEVICE_CLOSED ((struct device){ .fd = -1 })

/*
 * Read the USB device of @path, below ROOT/sys (as udev's DEVPATH, or "/bus/usb/devices/2-1").
 * What cannot be understood is facts.malformed, not an error. Released with device_close().
 * Returns 0, -ENOENT (it is gone), -ENODEV (that is no USB device), -ENOMEM or another read error.
 */
int device_open(const char *root, const char *path, struct device *ret);
void device_close(struct device *device); /* for scoped(), too */

/* Whether another device that is let in now has the numbers and the serial of this one, and a kind
 * of it other than hub, keyboard and pointer. Returns 1, 0 (also where the serial is weak) or a
 * negative errno. */
int device_has_twin(const char *root, const struct device *device);

/* Let it in or put it out: writes authorized through device->fd, only where it has another value,
 * and only while the directory still is of device->number. Returns 0, -ENODEV (it was pulled out;
 * nothing was written) or what write(2) reported. */
enum device_state { DEVICE_OFF, DEVICE_ON };
int device_authorize(struct device *device, enum device_state state);

/* Call @each for each USB device but root hubs, parents before children, until it returns other
 * than 0, which is then returned; else 0, also where there is no USB, or a negative errno: of one
 * that could not be read, after the others. The device is closed behind it. */
typedef int device_each(void *context, struct device *device);
int device_list(const char *root, device_each *each, void *context);

#endif
