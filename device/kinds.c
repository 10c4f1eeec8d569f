/* SPDX-License-Identifier: MIT */
/*
 * kinds.c - what an interface can do to the host, by its class (USB-IF, Defined Class Codes).
 *
 * The class says which driver of the kernel takes it, and that is what counts. Two things it does
 * not say before a device is let in: a phone that shows its files as a vendor's class with the
 * name MTP is KIND_VENDOR; and storage may turn out as a CD drive, or a CD drive as a disk, which
 * is seen of the block device alone.
 */
#include <sereno/device.h>
#include <sereno/scoped.h>

#define ANY (-1)

/* No kind of its own: its other interfaces say what it is. */
#define NO_KIND 0u

struct class_row {
	int class, subclass, protocol;
	unsigned kinds;
};

/* clang-format off */
/* Of interfaces; the first row that fits counts. */
static const struct class_row rows[] = {
	{ 0x01, ANY,  ANY,  1u << KIND_AUDIO },
	/* CDC. Before the modem of the same subclass: the control interface of RNDIS. */
	{ 0x02, 0x02, 0xff, 1u << KIND_NETWORK },
	{ 0x02, 0x01, ANY,  1u << KIND_SERIAL },
	{ 0x02, 0x02, ANY,  1u << KIND_SERIAL },
	{ 0x02, 0x03, ANY,  1u << KIND_SERIAL },
	{ 0x02, 0x0b, ANY,  1u << KIND_SERIAL },
	{ 0x02, ANY,  ANY,  1u << KIND_NETWORK },
	{ 0x03, 0x01, 0x02, 1u << KIND_POINTER },
	{ 0x03, ANY,  ANY,  1u << KIND_KEYBOARD },
	{ 0x06, ANY,  ANY,  1u << KIND_PHONE },
	{ 0x07, ANY,  ANY,  1u << KIND_PRINTER },
	{ 0x08, 0x02, ANY,  1u << KIND_OPTICAL }, /* MMC-5 */
	{ 0x08, ANY,  ANY,  1u << KIND_STORAGE },
	{ 0x09, ANY,  ANY,  1u << KIND_HUB },
	{ 0x0a, ANY,  ANY,  NO_KIND }, /* the data of a CDC interface, see lone_data() */
	{ 0x0b, ANY,  ANY,  1u << KIND_SMART_CARD },
	{ 0x0e, ANY,  ANY,  1u << KIND_VIDEO },
	{ 0x10, ANY,  ANY,  1u << KIND_VIDEO },
	{ 0x13, ANY,  ANY,  1u << KIND_VIDEO },
	{ 0xdc, ANY,  ANY,  1u << KIND_DEBUG },
	{ 0xe0, ANY,  ANY,  1u << KIND_NETWORK }, /* Bluetooth, RNDIS, radios */
	{ 0xef, 0x01, ANY,  1u << KIND_PHONE },   /* ActiveSync and the like */
	{ 0xef, 0x04, ANY,  1u << KIND_NETWORK }, /* RNDIS */
	{ 0xef, 0x05, ANY,  1u << KIND_VIDEO },
	{ 0xfe, 0x02, ANY,  1u << KIND_NETWORK }, /* IrDA */
	{ 0xff, 0x42, 0x01, 1u << KIND_DEBUG },
	{ 0xff, 0x42, 0x02, 1u << KIND_DEBUG },
	{ 0xff, 0x42, 0x03, 1u << KIND_DEBUG },
	{ 0xfe, ANY,  ANY,  1u << KIND_VENDOR }, /* new firmware, among others */
	{ 0xff, ANY,  ANY,  1u << KIND_VENDOR },
};

/* Of devices, before the rows above. */
static const struct class_row device_rows[] = {
	{ 0x00, ANY,  ANY,  NO_KIND },
	{ 0x02, 0x00, ANY,  NO_KIND }, /* CDC */
	{ 0xef, 0x02, ANY,  NO_KIND }, /* associations of interfaces */
};
/* clang-format on */

static bool fits(int wanted, uint8_t value)
{
	return wanted == ANY || wanted == value;
}

static const struct class_row *find_row(const struct class_row *table, size_t n,
					const struct device_setting *setting)
{
	for (size_t i = 0; i < n; i++)
		if (fits(table[i].class, setting->class) &&
		    fits(table[i].subclass, setting->subclass) &&
		    fits(table[i].protocol, setting->protocol))
			return &table[i];
	return NULL;
}

static unsigned setting_kinds(const struct device_setting *setting)
{
	const struct class_row *row = find_row(rows, ARRAY_SIZE(rows), setting);

	return row ? row->kinds : 1u << KIND_OTHER;
}

static unsigned device_kinds(const struct device_descriptors *descriptors)
{
	const struct device_setting device = {
		.class = descriptors->class,
		.subclass = descriptors->subclass,
		.protocol = descriptors->protocol,
	};
	const struct class_row *row = find_row(device_rows, ARRAY_SIZE(device_rows), &device);

	return row ? row->kinds : setting_kinds(&device);
}

/* Data for a CDC interface that is not there. */
static bool lone_data(const struct device_descriptors *descriptors, unsigned kinds)
{
	if (kinds & (1u << KIND_NETWORK | 1u << KIND_SERIAL))
		return false;
	for (size_t i = 0; i < descriptors->n_settings; i++)
		if (descriptors->setting[i].class == 0x0a)
			return true;
	return false;
}

unsigned descriptors_kinds(const struct device_descriptors *descriptors)
{
	unsigned kinds = device_kinds(descriptors);

	for (size_t i = 0; i < descriptors->n_settings; i++)
		kinds |= setting_kinds(&descriptors->setting[i]);
	if (kinds == NO_KIND || lone_data(descriptors, kinds))
		kinds |= 1u << KIND_OTHER;
	return kinds;
}

bool device_is_suspicious(unsigned kinds)
{
	const unsigned hub = 1u << KIND_HUB;
	const unsigned types = 1u << KIND_KEYBOARD, points = 1u << KIND_POINTER;
	const unsigned network = 1u << KIND_NETWORK;
	const unsigned keeps = 1u << KIND_STORAGE | 1u << KIND_OPTICAL | 1u << KIND_PHONE;

	if ((kinds & hub) && kinds != hub)
		return true;
	if ((kinds & keeps) && (kinds & (types | points | network)))
		return true;
	return (kinds & (types | points)) && (kinds & network);
}
