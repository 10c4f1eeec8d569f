/* SPDX-License-Identifier: MIT */
/*
 * kernel_reader.h - what Linux 6.1 makes of the descriptors that a device answers with.
 *
 * Written from the facts of its acceptance (drivers/usb/core/config.c, sysfs.c), as plainly as can
 * be and with nothing of ours in it: what is too short is skipped, what does not fit ends the
 * configuration, of two settings with the same numbers the first one counts.
 */
#ifndef TESTS_DEVICE_KERNEL_READER_H
#define TESTS_DEVICE_KERNEL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sereno/device.h>

#define KERNEL_SETTINGS_MAX (8 * 32 * 128)

/* The device as the kernel sees it, and the file that it shows of it. */
struct kernel_view {
	uint8_t file[DESCRIPTORS_MAX];
	size_t length;
	size_t n;
	struct device_setting setting[KERNEL_SETTINGS_MAX];
};

struct kernel_interfaces {
	size_t n;
	uint8_t number[32];
	unsigned counted[32], taken[32];
};

/* The descriptor at @at of @left bytes that the kernel would step over: its length, or 0. */
static inline size_t kernel_step(const uint8_t *at, size_t left)
{
	return left >= 2 && at[0] >= 2 && at[0] <= left ? at[0] : 0;
}

static inline size_t kernel_find(const struct kernel_interfaces *interfaces, uint8_t number)
{
	size_t i = 0;

	while (i < interfaces->n && interfaces->number[i] != number)
		i++;
	return i;
}

static inline void kernel_count(struct kernel_interfaces *interfaces, const uint8_t *at)
{
	const size_t i = kernel_find(interfaces, at[2]);

	if (i == interfaces->n && i == 32)
		return;
	if (i == interfaces->n) {
		interfaces->number[interfaces->n++] = at[2];
		interfaces->counted[i] = 0;
		interfaces->taken[i] = 0;
	}
	if (interfaces->counted[i] < 128)
		interfaces->counted[i]++;
}

static inline bool kernel_has(const struct kernel_view *view, size_t first,
			      const struct device_setting *setting)
{
	for (size_t i = first; i < view->n; i++)
		if (view->setting[i].interface == setting->interface &&
		    view->setting[i].alternate == setting->alternate)
			return true;
	return false;
}

static inline void kernel_take(struct kernel_view *view, struct kernel_interfaces *interfaces,
			       size_t first, const uint8_t *configuration, const uint8_t *at)
{
	const struct device_setting setting = {
		configuration[5], at[2], at[3], at[5], at[6], at[7]
	};
	const size_t i = kernel_find(interfaces, at[2]);

	if (i == interfaces->n || interfaces->taken[i] >= interfaces->counted[i] ||
	    kernel_has(view, first, &setting))
		return;
	interfaces->taken[i]++;
	view->setting[view->n++] = setting;
}

/* One configuration, of which the device has answered @length bytes. Returns how many of them the
 * kernel keeps, 0 where it gives the device up. */
static inline size_t kernel_configuration(struct kernel_view *view, const uint8_t *bytes,
					  size_t length)
{
	struct kernel_interfaces interfaces = { 0 };
	const size_t first = view->n;
	size_t at, step, end;

	if (length < 9 || bytes[1] != 2 || bytes[0] < 9 || bytes[0] > length)
		return 0;
	for (end = bytes[0]; (step = kernel_step(bytes + end, length - end)) > 0; end += step)
		if (bytes[end + 1] == 4 && step >= 9)
			kernel_count(&interfaces, bytes + end);
	for (at = bytes[0]; at < end; at += bytes[at])
		if (bytes[at + 1] == 4 && bytes[at] >= 9)
			kernel_take(view, &interfaces, first, bytes, bytes + at);
	return end;
}

static inline void kernel_show(struct kernel_view *view, const uint8_t *bytes, size_t length)
{
	if (length > sizeof(view->file) - view->length)
		length = sizeof(view->file) - view->length;
	memcpy(view->file + view->length, bytes, length);
	view->length += length;
}

/*
 * The device answers with @bytes: its own descriptor, then, asked for one configuration after the
 * other, as many bytes as that one says it has. False where the kernel gives it up.
 */
static inline bool kernel_read(const uint8_t *bytes, size_t size, struct kernel_view *view)
{
	unsigned configurations;
	size_t total, kept;

	view->length = 0;
	view->n = 0;
	if (size < 18)
		return false;
	kernel_show(view, bytes, 18);
	configurations = bytes[17] > 8 ? 8 : bytes[17];
	view->file[17] = (uint8_t)configurations;
	bytes += 18;
	size -= 18;
	for (unsigned i = 0; i < configurations; i++) {
		if (size < 9)
			return false;
		total = (size_t)(bytes[2] | bytes[3] << 8);
		total = total < 9 ? 9 : total;
		total = total > size ? size : total;
		kept = kernel_configuration(view, bytes, total);
		if (kept == 0)
			return false;
		kernel_show(view, bytes, kept);
		bytes += total;
		size -= total;
	}
	return configurations > 0;
}

static inline bool kernel_setting_is_seen(const struct device_descriptors *seen,
					  const struct device_setting *setting)
{
	for (size_t i = 0; i < seen->n_settings; i++)
		if (memcmp(&seen->setting[i], setting, sizeof(*setting)) == 0)
			return true;
	return false;
}

/* The kinds that the kernel's own drivers would find, by the classes that their tables name. */
static inline unsigned kernel_kinds(const struct device_setting *setting)
{
	switch (setting->class) {
	case 0x03:
		return setting->subclass == 1 && setting->protocol == 2 ? 1u << KIND_POINTER
									: 1u << KIND_KEYBOARD;
	case 0x06:
		return 1u << KIND_PHONE;
	case 0x08:
		return setting->subclass == 2 ? 1u << KIND_OPTICAL : 1u << KIND_STORAGE;
	case 0x09:
		return 1u << KIND_HUB;
	case 0xe0:
		return 1u << KIND_NETWORK;
	default:
		return 0;
	}
}

/* Whether @seen is all that the kernel could configure. */
static inline bool kernel_view_is_seen(const struct kernel_view *view,
				       const struct device_descriptors *seen)
{
	const unsigned kinds = descriptors_kinds(seen);

	for (size_t i = 0; i < view->n; i++)
		if (!kernel_setting_is_seen(seen, &view->setting[i]) ||
		    (kernel_kinds(&view->setting[i]) & ~kinds))
			return false;
	return true;
}

#endif
