/* SPDX-License-Identifier: MIT */
/*
 * descriptors.c - the descriptors of a USB device, with every byte accounted for.
 *
 * The kernel is forgiving: it skips what is too short, counts anew what does not add up, and goes
 * on. Whoever reads otherwise than the kernel in any of that can be shown another device than the
 * one that is configured. So what is not plain is refused, and what is left reads only one way.
 */
#include <errno.h>
#include <string.h>

#include <sereno/device.h>

/* USB 2.0, tables 9-5, 9-8, 9-10, 9-12, 9-13; the interface association of its ECN. */
enum descriptor_type {
	TYPE_DEVICE = 1,
	TYPE_CONFIGURATION = 2,
	TYPE_INTERFACE = 4,
	TYPE_ENDPOINT = 5,
	TYPE_ASSOCIATION = 11,
};

#define HEADER_SIZE	   2 /* bLength, bDescriptorType; the kernel takes no less */
#define DEVICE_SIZE	   18
#define CONFIGURATION_SIZE 9
#define INTERFACE_SIZE	   9
#define ENDPOINT_SIZE	   7
#define ASSOCIATION_SIZE   8
#define ALTERNATES_MAX	   128 /* of one interface, as the kernel has it */
#define ENDPOINTS_MAX	   30  /* of one setting, as the kernel has it */

struct bytes {
	const uint8_t *at;
	size_t left;
};

static uint16_t number16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

/* The descriptor that @bytes begins with; what is behind it is left. Returns NULL where it does
 * not fit. */
static const uint8_t *next(struct bytes *bytes)
{
	const uint8_t *at = bytes->at;

	if (bytes->left < HEADER_SIZE || at[0] < HEADER_SIZE || at[0] > bytes->left)
		return NULL;
	bytes->at += at[0];
	bytes->left -= at[0];
	return at;
}

static int read_device(struct bytes *bytes, struct device_descriptors *device)
{
	const uint8_t *at = next(bytes);

	if (!at || at[0] != DEVICE_SIZE || at[1] != TYPE_DEVICE)
		return -EBADMSG;
	device->usb_version = number16(at + 2);
	device->class = at[4];
	device->subclass = at[5];
	device->protocol = at[6];
	device->vendor = number16(at + 8);
	device->product = number16(at + 10);
	device->version = number16(at + 12);
	device->n_configurations = at[17];
	if (device->n_configurations == 0)
		return -EBADMSG;
	return device->n_configurations > DEVICE_CONFIGS_MAX ? -E2BIG : 0;
}

/* One configuration while it is read. */
struct configuration {
	struct device_descriptors *device;
	uint8_t value;
	size_t first;		     /* of its settings in device->setting[] */
	unsigned endpoints_expected; /* of the setting read last */
	unsigned endpoints;
};

static int end_setting(const struct configuration *configuration)
{
	return configuration->endpoints == configuration->endpoints_expected ? 0 : -EBADMSG;
}

/* The kernel would take the first of two settings with the same numbers. */
static int check_alternates(const struct configuration *configuration,
			    const struct device_setting *setting)
{
	const struct device_descriptors *device = configuration->device;
	unsigned alternates = 0;

	for (size_t i = configuration->first; i < device->n_settings; i++) {
		if (device->setting[i].interface != setting->interface)
			continue;
		if (device->setting[i].alternate == setting->alternate)
			return -EBADMSG;
		alternates++;
	}
	return alternates < ALTERNATES_MAX ? 0 : -E2BIG;
}

static int read_interface(struct configuration *configuration, const uint8_t *at)
{
	struct device_descriptors *device = configuration->device;
	struct device_setting setting;
	int r = end_setting(configuration);

	if (r < 0 || at[0] < INTERFACE_SIZE)
		return -EBADMSG;
	setting = (struct device_setting){
		.configuration = configuration->value,
		.interface = at[2],
		.alternate = at[3],
		.class = at[5],
		.subclass = at[6],
		.protocol = at[7],
	};
	r = check_alternates(configuration, &setting);
	if (r < 0)
		return r;
	if (device->n_settings == DEVICE_SETTINGS_MAX || at[4] > ENDPOINTS_MAX)
		return -E2BIG;
	device->setting[device->n_settings++] = setting;
	configuration->endpoints_expected = at[4];
	configuration->endpoints = 0;
	return 0;
}

/* One before the first interface is one more than was told. */
static int read_endpoint(struct configuration *configuration, const uint8_t *at)
{
	if (at[0] < ENDPOINT_SIZE)
		return -EBADMSG;
	configuration->endpoints++;
	return 0;
}

static int read_descriptor(struct configuration *configuration, const uint8_t *at)
{
	/* Types of classes and vendors are many, and none of them is anything to the kernel. */
	switch (at[1]) {
	case TYPE_DEVICE:
	case TYPE_CONFIGURATION:
		return -EBADMSG;
	case TYPE_INTERFACE:
		return read_interface(configuration, at);
	case TYPE_ENDPOINT:
		return read_endpoint(configuration, at);
	case TYPE_ASSOCIATION:
		return at[0] < ASSOCIATION_SIZE ? -EBADMSG : 0;
	default:
		return 0;
	}
}

static bool is_first_of_interface(const struct device_descriptors *device, size_t first, size_t at)
{
	for (size_t i = first; i < at; i++)
		if (device->setting[i].interface == device->setting[at].interface)
			return false;
	return true;
}

/* Numbers may have gaps, as those of many modems have. */
static int check_interfaces(const struct configuration *configuration, unsigned expected)
{
	const struct device_descriptors *device = configuration->device;
	unsigned interfaces = 0;

	for (size_t i = configuration->first; i < device->n_settings; i++)
		interfaces += is_first_of_interface(device, configuration->first, i);
	if (expected > DEVICE_INTERFACES_MAX)
		return -E2BIG;
	return interfaces == expected && interfaces > 0 ? 0 : -EBADMSG;
}

/* Which of two configurations with one value is meant, only the kernel knows. */
static int check_value(const struct configuration *configuration)
{
	const struct device_descriptors *device = configuration->device;

	for (size_t i = 0; i < configuration->first; i++)
		if (device->setting[i].configuration == configuration->value)
			return -EBADMSG;
	return 0;
}

static int read_descriptors(struct configuration *configuration, struct bytes *bytes)
{
	const uint8_t *at;
	int r;

	while (bytes->left > 0) {
		at = next(bytes);
		if (!at)
			return -EBADMSG;
		r = read_descriptor(configuration, at);
		if (r < 0)
			return r;
	}
	return end_setting(configuration);
}

static int read_configuration(struct bytes *bytes, struct device_descriptors *device)
{
	struct configuration configuration = { .device = device, .first = device->n_settings };
	const uint8_t *at = bytes->at;
	struct bytes inside;
	size_t total;
	int r;

	if (bytes->left < CONFIGURATION_SIZE || at[0] < CONFIGURATION_SIZE ||
	    at[1] != TYPE_CONFIGURATION)
		return -EBADMSG;
	total = number16(at + 2);
	if (total < at[0] || total > bytes->left)
		return -EBADMSG;
	configuration.value = at[5];
	r = check_value(&configuration);
	if (r < 0)
		return r;
	inside = (struct bytes){ .at = at + at[0], .left = total - at[0] };
	r = read_descriptors(&configuration, &inside);
	if (r < 0)
		return r;
	bytes->at += total;
	bytes->left -= total;
	return check_interfaces(&configuration, at[4]);
}

int descriptors_parse(const uint8_t *bytes, size_t length, struct device_descriptors *ret)
{
	struct bytes left = { .at = bytes, .left = length };
	struct device_descriptors device;
	int r;

	memset(&device, 0, sizeof(device));
	if (length > DESCRIPTORS_MAX)
		return -E2BIG;
	r = read_device(&left, &device);
	for (unsigned i = 0; r == 0 && i < device.n_configurations; i++)
		r = read_configuration(&left, &device);
	if (r < 0)
		return r;
	if (left.left > 0)
		return -EBADMSG;
	*ret = device;
	return 0;
}
