/* SPDX-License-Identifier: MIT */
/* kinds.c - tests of what interfaces can do, and of what does not belong together. */
#include <sereno/scoped.h>

#include "assembly.h"

#define HUB	   (1u << KIND_HUB)
#define KEYBOARD   (1u << KIND_KEYBOARD)
#define POINTER	   (1u << KIND_POINTER)
#define STORAGE	   (1u << KIND_STORAGE)
#define OPTICAL	   (1u << KIND_OPTICAL)
#define PHONE	   (1u << KIND_PHONE)
#define DEBUG	   (1u << KIND_DEBUG)
#define NETWORK	   (1u << KIND_NETWORK)
#define SERIAL	   (1u << KIND_SERIAL)
#define AUDIO	   (1u << KIND_AUDIO)
#define VIDEO	   (1u << KIND_VIDEO)
#define PRINTER	   (1u << KIND_PRINTER)
#define SMART_CARD (1u << KIND_SMART_CARD)
#define VENDOR	   (1u << KIND_VENDOR)
#define OTHER	   (1u << KIND_OTHER)

enum suspicion { PLAIN, SUSPICIOUS };

/* clang-format off */
static const struct row {
	const char *name, *line;
	unsigned kinds;
	enum suspicion suspicion;
} rows[] = {
	{ "sound card", "conf 01:01:00 01:02:00", AUDIO, PLAIN },
	{ "headset with keys for the volume", "conf 01:01:00 01:02:00 03:00:00/1", AUDIO | KEYBOARD, PLAIN },
	{ "serial line (ACM)", "dev=02:00:00 conf 02:02:01/1 0a:00:00/2", SERIAL, PLAIN },
	{ "ISDN and telephone", "conf 02:01:00 02:03:00", SERIAL, PLAIN },
	{ "OBEX", "conf 02:0b:00", SERIAL, PLAIN },
	{ "Ethernet (ECM)", "conf 02:06:00/1 0a:00:00", NETWORK, PLAIN },
	{ "Ethernet (EEM)", "conf 02:0c:07", NETWORK, PLAIN },
	{ "Ethernet (NCM)", "conf 02:0d:00/1 0a:00:01", NETWORK, PLAIN },
	{ "mobile broadband (MBIM)", "conf 02:0e:00/1 0a:00:02", NETWORK, PLAIN },
	{ "a CDC subclass that nobody knows", "conf 02:77:00", NETWORK, PLAIN },
	{ "RNDIS, as Microsoft has it", "conf 02:02:ff/1 0a:00:00", NETWORK, PLAIN },
	{ "RNDIS, as a wireless controller", "conf e0:01:03/1 0a:00:00", NETWORK, PLAIN },
	{ "RNDIS, as miscellaneous", "conf ef:04:01/1 0a:00:00", NETWORK, PLAIN },
	{ "Bluetooth", "dev=e0:01:01 conf e0:01:01/3", NETWORK, PLAIN },
	{ "Bluetooth, told by the device alone", "dev=e0:01:01 conf ff:01:01", NETWORK | VENDOR, PLAIN },
	{ "CDC data without its control", "conf 0a:00:00/2", OTHER, PLAIN },
	{ "CDC data beside storage", "conf 08:06:50 0a:00:00/2", STORAGE | OTHER, PLAIN },
	{ "keyboard", "conf 03:01:01/1", KEYBOARD, PLAIN },
	{ "mouse", "conf 03:01:02/1", POINTER, PLAIN },
	{ "HID without boot protocol", "conf 03:00:00/1", KEYBOARD, PLAIN },
	{ "HID that says mouse and no boot protocol", "conf 03:00:02/1", KEYBOARD, PLAIN },
	{ "keyboard with a mouse in it", "conf 03:01:01/1 03:01:02/1", KEYBOARD | POINTER, PLAIN },
	{ "camera or phone (PTP, MTP)", "conf 06:01:01/3", PHONE, PLAIN },
	{ "printer", "conf 07:01:02/2 +07:01:04/2", PRINTER, PLAIN },
	{ "printer with a scanner and fax", "conf 07:01:02/2 ff:cc:00 02:02:01", PRINTER | VENDOR | SERIAL, PLAIN },
	{ "stick", "conf 08:06:50/2", STORAGE, PLAIN },
	{ "disk with streams (UAS)", "conf 08:06:50/2 +08:06:62/4", STORAGE, PLAIN },
	{ "floppy disk", "conf 08:04:00", STORAGE, PLAIN },
	{ "CD drive", "conf 08:02:50/2", OPTICAL, PLAIN },
	{ "CD drive that is a disk in another configuration", "conf 08:02:50/2 conf 08:06:50/2",
	  STORAGE | OPTICAL, PLAIN },
	{ "hub", "dev=09:00:02 conf 09:00:01/1 +09:00:02/1", HUB, PLAIN },
	{ "hub, told by the interface alone", "conf 09:00:00/1", HUB, PLAIN },
	{ "smart card", "conf 0b:00:00/3", SMART_CARD, PLAIN },
	{ "webcam with a microphone", "dev=ef:02:01 conf 0e:01:00/1 0e:02:00 01:01:00 01:02:00", VIDEO | AUDIO, PLAIN },
	{ "audio and video, display", "conf 10:01:00 13:00:00", VIDEO, PLAIN },
	{ "debug port", "conf dc:02:01/2", DEBUG, PLAIN },
	{ "Android's bridge", "conf ff:42:01/2", DEBUG, PLAIN },
	{ "Android's boot loader", "conf ff:42:03/2", DEBUG, PLAIN },
	{ "phone with a bridge", "conf 06:01:01/3 ff:42:01/2", PHONE | DEBUG, PLAIN },
	{ "new firmware (DFU)", "conf fe:01:01", VENDOR, PLAIN },
	{ "infrared", "conf fe:02:00", NETWORK, PLAIN },
	{ "a vendor's own", "conf ff:ff:00/3", VENDOR, PLAIN },
	{ "a vendor's own, told by the device", "dev=ff:00:00 conf 08:06:50/2", VENDOR | STORAGE, PLAIN },
	{ "a class that nobody has", "conf 77:00:00", OTHER, PLAIN },
	{ "billboard", "conf 11:00:00", OTHER, PLAIN },
	{ "associations, told by an interface", "conf ef:02:01", OTHER, PLAIN },
	{ "ActiveSync", "conf ef:01:01", PHONE, PLAIN },

	{ "stick that types", "conf 08:06:50/2 03:01:01/1", STORAGE | KEYBOARD, SUSPICIOUS },
	{ "stick that types in configuration 2", "conf 08:06:50/2 conf 03:01:01/1", STORAGE | KEYBOARD, SUSPICIOUS },
	{ "stick that types in an alternate setting", "conf 08:06:50/2 +03:00:00/1", STORAGE | KEYBOARD, SUSPICIOUS },
	{ "stick that points", "conf 08:06:50/2 03:01:02/1", STORAGE | POINTER, SUSPICIOUS },
	{ "stick that is a network", "conf 08:06:50/2 02:06:00/1", STORAGE | NETWORK, SUSPICIOUS },
	{ "CD that is a network", "conf 08:02:50/2 e0:01:03/1", OPTICAL | NETWORK, SUSPICIOUS },
	{ "phone that types", "conf 06:01:01/3 03:00:00/1", PHONE | KEYBOARD, SUSPICIOUS },
	{ "phone that is a network", "conf 06:01:01/3 ef:04:01/1", PHONE | NETWORK, SUSPICIOUS },
	{ "keyboard that is a network", "conf 03:01:01/1 02:06:00/1", KEYBOARD | NETWORK, SUSPICIOUS },
	{ "keyboard that says it is Bluetooth", "dev=e0:01:01 conf 03:01:01/1", KEYBOARD | NETWORK, SUSPICIOUS },
	{ "hub that types", "dev=09:00:00 conf 03:01:01/1", HUB | KEYBOARD, SUSPICIOUS },
	{ "hub that stores", "dev=09:00:00 conf 09:00:00/1 conf 08:06:50/2", HUB | STORAGE, SUSPICIOUS },
	{ "hub with a vendor's interface", "dev=09:00:00 conf 09:00:00/1 ff:00:00", HUB | VENDOR, SUSPICIOUS },
	{ "mouse that is a network", "conf 03:01:02/1 02:06:00/1", POINTER | NETWORK, SUSPICIOUS },
};
/* clang-format on */

static void check_row(void **state)
{
	const struct row *row = *state;
	struct device_descriptors seen;
	struct assembly assembly;

	assemble(&assembly, row->line);
	assert_int_equal(descriptors_parse(assembly.bytes, assembly.length, &seen), 0);
	assert_int_equal(descriptors_kinds(&seen), row->kinds);
	assert_int_equal(device_is_suspicious(row->kinds), row->suspicion == SUSPICIOUS);
}

/* Whatever the classes, there is a kind; and what an interface adds never takes one away. */
static void check_every_class(void **state)
{
	struct device_descriptors one = { .n_settings = 1 }, two = { .n_settings = 2 };

	(void)state;
	two.setting[1].class = 0x03;
	for (unsigned code = 0; code < 1u << 16; code++) {
		one.setting[0].class = (uint8_t)(code >> 8);
		one.setting[0].subclass = (uint8_t)code;
		two.setting[0] = one.setting[0];
		assert_int_not_equal(descriptors_kinds(&one), 0);
		assert_int_equal(descriptors_kinds(&one) & ~descriptors_kinds(&two), 0);
		assert_true(descriptors_kinds(&two) & KEYBOARD);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = { cmocka_unit_test(check_every_class) };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[1 + i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("kinds of devices", tests, NULL, NULL);
}
