/* SPDX-License-Identifier: MIT */
/* device.c - tests of reading devices from sysfs, of letting them in and of putting them out. */
#include <errno.h>

#include <sereno/scoped.h>

#include "assembly.h"
#include "tree.h"

#define KIND(name) (1u << KIND_##name)

/* clang-format off */
static const struct mock_row {
	const char *file, *path, *name, *product, *serial;
	unsigned kinds;
	bool built_in, authorized;
} mocks[] = {
	{ "10-keyboard.blocked.umockdev", "/bus/usb/devices/1-1", "1-1", "USB Keyboard", "", KIND(KEYBOARD), 0, 0 },
	{ "10-keyboard.umockdev", "/bus/usb/devices/1-1", "1-1", "USB Keyboard", "", KIND(KEYBOARD), 0, 1 },
	{ "11-mouse-fixed-port.blocked.umockdev", "/bus/usb/devices/1-2", "1-2", "USB Optical Mouse", "", KIND(POINTER), 1, 0 },
	{ "20-stick-bot-vfat.blocked.umockdev", "/bus/usb/devices/1-3", "1-3", "Cruzer Blade", "4C530001230101112233", KIND(STORAGE), 0, 0 },
	{ "20-stick-bot-vfat.umockdev", "/bus/usb/devices/1-3", "1-3", "Cruzer Blade", "4C530001230101112233", KIND(STORAGE), 0, 1 },
	{ "21-stick-luks.blocked.umockdev", "/devices/pci0000:00/0000:00:14.0/usb1/1-3", "1-3", "DataTraveler 3.0", "60A44C413E4CE3A0B9A80021", KIND(STORAGE), 0, 0 },
	{ "22-stick-uas-two-altsettings.blocked.umockdev", "/bus/usb/devices/2-1", "2-1", "External Disk 3.0", "DB98765432171", KIND(STORAGE), 0, 0 },
	{ "23-stick-no-serial.blocked.umockdev", "/bus/usb/devices/1-4", "1-4", "Mass Storage", "", KIND(STORAGE), 0, 0 },
	{ "40-phone-mtp-class6.blocked.umockdev", "/bus/usb/devices/1-8", "1-8", "Pixel", "0A1B2C3D4E5F", KIND(PHONE), 0, 0 },
	{ "50-webcam.blocked.umockdev", "/bus/usb/devices/1-9", "1-9", "HD Webcam C270", "A1B2C3D4", KIND(VIDEO) | KIND(AUDIO), 0, 0 },
	{ "60-dock-hub-with-stick-and-ethernet.blocked.umockdev", "/bus/usb/devices/1-10", "1-10", "USB2.0 Hub", "000000001", KIND(HUB), 0, 0 },
	{ "60-dock-hub-with-stick-and-ethernet.umockdev", "/bus/usb/devices/1-10.1", "1-10.1", "USB 10/100/1000 LAN", NULL, KIND(VENDOR) | KIND(NETWORK), 0, 1 },
	{ "70-usb-card-reader-4-luns-one-card.blocked.umockdev", "/bus/usb/devices/1-11", "1-11", "USB2.0-CRW", "20090815198100000", KIND(STORAGE), 1, 0 },
	{ "80-usb-dvd-drive-with-data-cd.blocked.umockdev", "/bus/usb/devices/1-12", "1-12", "Portable Super Multi Drive", "KZYD2AH3456", KIND(OPTICAL), 0, 0 },
	{ "00-roothub-usb2.umockdev", "/bus/usb/devices/usb1", "usb1", "xHCI Host Controller", "0000:00:14.0", KIND(HUB), 0, 1 },
};
/* clang-format on */

static void check_mock(void **state)
{
	const struct mock_row *row = *state;
	scoped(device_close) struct device device = DEVICE_CLOSED;
	void *made;
	struct tree *tree;

	(void)tree_set_up(&made);
	tree = made;
	tree_load(tree, row->file);
	assert_int_equal(device_open(tree->root, row->path, &device), 0);
	assert_string_equal(device.name, row->name);
	assert_string_equal(device.texts.product, row->product);
	if (row->serial)
		assert_string_equal(device.facts.serial, row->serial);
	assert_false(device.facts.malformed);
	assert_int_equal(device.facts.bus, BUS_USB);
	assert_int_equal(device.facts.kinds, row->kinds);
	assert_false(device.facts.suspicious);
	assert_int_equal(device.facts.built_in, row->built_in);
	assert_int_equal(device.authorized, row->authorized);
	assert_int_equal(device.facts.in_use, row->authorized);
	assert_int_equal(device.facts.vendor, device.descriptors.vendor);
	assert_int_equal(device.is_root_hub, strncmp(row->name, "usb", 3) == 0);
	(void)tree_tear_down(&made);
}

#define PORT  "/devices/pci0000:00/0000:00:14.0/usb1/1-3"
#define PORT2 "/devices/pci0000:00/0000:00:14.0/usb1/1-4"

/* A device at @path that is not let in. */
static void plug(struct tree *tree, const char *path, const char *line, unsigned number)
{
	struct assembly assembly;
	char text[16];

	assemble(&assembly, line);
	tree_add(tree, path);
	tree_bytes(tree, path, "descriptors", assembly.bytes, assembly.length);
	tree_text(tree, path, "busnum", "1");
	assert_true(snprintf(text, sizeof(text), "%u", number) > 0);
	tree_text(tree, path, "devnum", text);
	tree_text(tree, path, "idVendor", "0951");
	tree_text(tree, path, "idProduct", "1666");
	tree_text(tree, path, "authorized", "0");
	tree_bytes(tree, path, "bConfigurationValue", "", 0);
	tree_text(tree, path, "removable", "removable");
	tree_text(tree, path, "product", "DataTraveler");
	tree_text(tree, path, "serial", "60A44C413FAE1");
}

#define STICK "conf 08:06:50/2"

/* An attribute that is another one; NULL: none. */
static const struct damage_row {
	const char *name, *attribute;
	const char *bytes;
	size_t length;
	int result;
	bool malformed;
} damages[] = {
	{ "no descriptors", "descriptors", NULL, 0, -ENODEV, false },
	{ "descriptors of nothing", "descriptors", "", 0, 0, true },
	{ "descriptors of a byte", "descriptors", "\x12", 1, 0, true },
	{ "no number", "devnum", NULL, 0, -ENODEV, false },
	{ "a number that is none", "devnum", "1x\n", 3, -ENODEV, false },
	{ "a number that is negative", "devnum", "-1\n", 3, -ENODEV, false },
	{ "a number that is too great", "devnum", "128\n", 4, -ENODEV, false },
	{ "a number that goes round", "devnum", "4294967299\n", 11, -ENODEV, false },
	{ "a number behind a blank", "devnum", " 3\n", 3, -ENODEV, false },
	{ "an empty number", "devnum", "\n", 1, -ENODEV, false },
	{ "no bus", "busnum", NULL, 0, -ENODEV, false },
	{ "no vendor", "idVendor", NULL, 0, -ENODEV, false },
	{ "another vendor than in the descriptors", "idVendor", "0952\n", 5, 0, true },
	{ "another product than in the descriptors", "idProduct", "1667\n", 5, 0, true },
	{ "a vendor of five digits", "idVendor", "10951\n", 6, -ENODEV, false },
	{ "no serial", "serial", NULL, 0, 0, false },
	{ "a serial with a zero byte", "serial", "60A4\0FAE1\n", 10, 0, true },
	{ "a port that says nothing", "removable", NULL, 0, 0, false },
	{ "not said whether it is let in", "authorized", NULL, 0, -ENODEV, false },
	{ "let in twice", "authorized", "2\n", 2, -EBADMSG, false },
};

static void check_damage(void **state)
{
	const struct damage_row *row = *state;
	scoped(device_close) struct device device = DEVICE_CLOSED;
	void *made;
	struct tree *tree;

	(void)tree_set_up(&made);
	tree = made;
	plug(tree, PORT, STICK, 3);
	if (row->bytes)
		tree_bytes(tree, PORT, row->attribute, row->bytes, row->length);
	else
		assert_int_equal(unlink(tree_path(tree, PORT, row->attribute)), 0);
	assert_int_equal(device_open(tree->root, PORT, &device), row->result);
	assert_int_equal(device.facts.malformed, row->malformed);
	assert_int_equal(device.facts.kinds, row->malformed || row->result < 0 ? 0 : KIND(STORAGE));
	(void)tree_tear_down(&made);
}

static void check_hostile_texts(void **state)
{
	static const char hostile[] = "a\nMESSAGE=x\n\x1b[2J\xe2\x80\xae\"' allow id *:*\xff\n";
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;
	char long_text[DEVICE_TEXT_MAX + 2];

	plug(tree, PORT, STICK, 3);
	tree_text(tree, PORT, "product", hostile);
	tree_text(tree, PORT, "serial", hostile);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_string_equal(device.texts.product, hostile);
	assert_string_equal(device.texts.serial, hostile);
	assert_string_equal(device.facts.serial, "");
	assert_false(device.facts.malformed);

	device_close(&device);
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 2] = '\0';
	tree_text(tree, PORT, "product", long_text);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_int_equal(strlen(device.texts.product), DEVICE_TEXT_MAX);
	assert_false(device.facts.malformed);

	device_close(&device);
	long_text[sizeof(long_text) - 2] = 'x';
	long_text[sizeof(long_text) - 1] = '\0';
	tree_text(tree, PORT, "product", long_text);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_string_equal(device.texts.product, "");
	assert_true(device.facts.malformed);
}

static void check_weak_serial(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;

	plug(tree, PORT, STICK, 3);
	tree_text(tree, PORT, "serial", "0123456789ABCDEF");
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_string_equal(device.texts.serial, "0123456789ABCDEF");
	assert_string_equal(device.facts.serial, "");
}

static void check_suspicious(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;

	plug(tree, PORT, "conf 08:06:50/2 conf 03:01:01/1", 3);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_int_equal(device.facts.kinds, KIND(STORAGE) | KIND(KEYBOARD));
	assert_true(device.facts.suspicious);
}

/* The kernel ends the file at so many bytes: what is behind it cannot be judged. */
static void check_too_many_descriptors(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	scoped_free uint8_t *bytes = calloc(1, DESCRIPTORS_MAX + 1);
	struct tree *tree = *state;

	assert_non_null(bytes);
	plug(tree, PORT, STICK, 3);
	tree_bytes(tree, PORT, "descriptors", bytes, DESCRIPTORS_MAX + 1);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_true(device.facts.malformed);
}

static void check_no_device(void **state)
{
	static const char *const none[] = {
		"/bus/usb/devices/9-9", "/bus/usb",	"",
		"bus/usb/devices/1-3",	PORT "/..",	"/../sys" PORT,
		"/bus/usb/devices/",	PORT "/uevent", "/bus/usb/devices/1-3:1.0",
	};
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;
	int r;

	plug(tree, PORT, STICK, 3);
	tree_folder(tree, "/bus/usb/devices/1-3:1.0");
	tree_text(tree, "/bus/usb/devices/1-3:1.0", "uevent", "DEVTYPE=usb_interface");
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		r = device_open(tree->root, none[i], &device);
		assert_true(r == -ENOENT || r == -ENODEV || r == -EINVAL);
		assert_int_equal(device.fd, -1);
	}
	assert_int_equal(device_open(tree->root, none[0], &device), -ENOENT);
	/* Of a device that goes while it is read, the directory is left, and nothing in it. */
	tree_folder(tree, PORT2);
	assert_int_equal(device_open(tree->root, PORT2, &device), -ENOENT);
	assert_int_equal(device_open(tree->root, "/bus/usb/devices/1-3:1.0", &device), -ENODEV);
}

static void check_authorize(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;

	plug(tree, PORT, STICK, 3);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_int_equal(device_authorize(&device, DEVICE_ON), 0);
	assert_true(device.authorized);
	assert_string_equal(tree_read(tree, PORT, "authorized"), "1");
	assert_int_equal(device_authorize(&device, DEVICE_OFF), 0);
	assert_string_equal(tree_read(tree, PORT, "authorized"), "0");
	assert_false(device.authorized);
}

/* A live device is not written to, not even what it has: a write would leave its trace here. */
static void check_not_written_again(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;
	struct stat before, after;

	plug(tree, PORT, STICK, 3);
	tree_text(tree, PORT, "authorized", "1");
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_int_equal(stat(tree_path(tree, PORT, "authorized"), &before), 0);
	assert_int_equal(device_authorize(&device, DEVICE_ON), 0);
	assert_int_equal(stat(tree_path(tree, PORT, "authorized"), &after), 0);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	assert_int_equal(after.st_size, 2);
}

/* Between the decision and the write the device is pulled and another one is put into the port. */
static void check_swapped(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;

	plug(tree, PORT, STICK, 3);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	tree_remove(tree, PORT);
	plug(tree, PORT, "conf 08:06:50/2 03:01:01/1", 4);
	assert_int_equal(device_authorize(&device, DEVICE_ON), -ENODEV);
	assert_string_equal(tree_read(tree, PORT, "authorized"), "0");
	assert_false(device.authorized);
}

/* The same directory, as of a device that was enumerated again. */
static void check_renumbered(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct tree *tree = *state;

	plug(tree, PORT, STICK, 3);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	tree_text(tree, PORT, "devnum", "4");
	assert_int_equal(device_authorize(&device, DEVICE_ON), -ENODEV);
	assert_string_equal(tree_read(tree, PORT, "authorized"), "0");
}

static int count_and_check(void *context, struct device *device)
{
	static const char *const names[] = { "1-2", "1-2.1", "1-2.1.4", "1-2.10", "1-10", "2-1" };
	size_t *n = context;

	assert_true(*n < ARRAY_SIZE(names));
	assert_string_equal(device->name, names[(*n)++]);
	return *n == ARRAY_SIZE(names) ? 7 : 0;
}

static void check_list(void **state)
{
	struct tree *tree = *state;
	size_t n = 0;

	assert_int_equal(device_list(tree->root, count_and_check, &n), 0);
	assert_int_equal(n, 0);
	plug(tree, "/devices/usb1/1-10", STICK, 3);
	plug(tree, "/devices/usb1/1-2/1-2.10", STICK, 4);
	plug(tree, "/devices/usb1/1-2/1-2.1/1-2.1.4", STICK, 5);
	plug(tree, "/devices/usb1/1-2/1-2.1", STICK, 6);
	plug(tree, "/devices/usb1/1-2", "dev=09:00:00 conf 09:00:00/1", 2);
	plug(tree, "/devices/usb1", "dev=09:00:00 conf 09:00:00/1", 1);
	plug(tree, "/devices/usb2/2-1", STICK, 1);
	tree_add(tree, "/devices/usb1/1-2/1-2:1.0");
	tree_link(tree, "/devices/usb1/1-3"); /* pulled out just now */
	assert_int_equal(device_list(tree->root, count_and_check, &n), 7);
	assert_int_equal(n, 6);
}

static int count(void *context, struct device *device)
{
	(void)device;
	++*(size_t *)context;
	return 0;
}

/* What cannot be read is told, and the others are there all the same. */
static void check_list_with_one_unreadable(void **state)
{
	struct tree *tree = *state;
	size_t n = 0;

	plug(tree, "/devices/usb1/1-1", STICK, 3);
	plug(tree, "/devices/usb1/1-2", STICK, 4);
	tree_text(tree, "/devices/usb1/1-1", "authorized", "2");
	assert_int_equal(device_list(tree->root, count, &n), -EBADMSG);
	assert_int_equal(n, 1);
}

/* clang-format off */
static const struct twin_row {
	const char *name, *line;
	const char *attribute, *value; /* of the other one */
	int twins;
	const char *other; /* its descriptors, where they are not the same */
} twin_rows[] = {
	{ "two sticks of one serial", STICK, "devnum", "4", 1, NULL },
	{ "the other has another serial", STICK, "serial", "60A44C413FAE2", 0, NULL },
	{ "the other is of another vendor", STICK, "idVendor", "0952", 0, NULL },
	{ "the other is another product", STICK, "idProduct", "1667", 0, NULL },
	{ "the other is not let in", STICK, "authorized", "0", 0, NULL },
	{ "the other is the same, seen twice", STICK, "devnum", "3", 0, NULL },
	{ "the other has the number on another bus", STICK, "busnum", "2", 1, NULL },
	{ "the two halves of a hub", "dev=09:00:00 conf 09:00:00/1", "devnum", "4", 0, NULL },
	{ "two keyboards of one serial", "conf 03:01:01/1", "devnum", "4", 0, NULL },
	{ "the other is a keyboard, let in as such", STICK, "devnum", "4", 0, "conf 03:01:01/1" },
	{ "the other is a stick, and more", STICK, "devnum", "4", 1, "conf 08:06:50/2 03:01:01/1" },
	{ "what the other is cannot be told", STICK, "devnum", "4", 1, "conf" },
};
/* clang-format on */

static void check_twin(void **state)
{
	const struct twin_row *row = *state;
	scoped(device_close) struct device device = DEVICE_CLOSED;
	void *made;
	struct tree *tree;

	(void)tree_set_up(&made);
	tree = made;
	plug(tree, PORT, row->line, 3);
	plug(tree, PORT2, row->other ? row->other : row->line,
	     strcmp(row->attribute, "busnum") == 0 ? 3 : 4);
	tree_text(tree, PORT2, "authorized", "1");
	tree_text(tree, PORT2, row->attribute, row->value);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_false(device.facts.twin);
	assert_int_equal(device_has_twin(tree->root, &device), row->twins);
	tree_text(tree, PORT, "serial", "0000");
	tree_text(tree, PORT2, "serial", "0000");
	device_close(&device);
	assert_int_equal(device_open(tree->root, PORT, &device), 0);
	assert_int_equal(device_has_twin(tree->root, &device), 0);
	(void)tree_tear_down(&made);
}

/* A hub says of its own ports that they are fixed: one that anybody can plug in is not believed. */
static void check_built_in_behind_a_hub(void **state)
{
	struct tree *tree = *state;
	struct device device = DEVICE_CLOSED;

	tree_load(tree, "60-dock-hub-with-stick-and-ethernet.umockdev");
	assert_int_equal(device_open(tree->root, "/bus/usb/devices/1-10.1", &device), 0);
	assert_false(device.facts.built_in);
	device_close(&device);
	tree_text(tree, "/bus/usb/devices/1-10", "removable", "fixed");
	assert_int_equal(device_open(tree->root, "/bus/usb/devices/1-10.1", &device), 0);
	assert_true(device.facts.built_in);
	device_close(&device);
	tree_text(tree, "/bus/usb/devices/1-10.1", "removable", "unknown");
	assert_int_equal(device_open(tree->root, "/bus/usb/devices/1-10.1", &device), 0);
	assert_false(device.facts.built_in);
	device_close(&device);
}

#define scene(test) cmocka_unit_test_setup_teardown(test, tree_set_up, tree_tear_down)
#define table_test(row, test)                      \
	((struct CMUnitTest){ .name = (row)->name, \
			      .test_func = (test), \
			      .initial_state = (void *)(uintptr_t)(row) })

int main(void)
{
	struct CMUnitTest
		tests[13 + ARRAY_SIZE(mocks) + ARRAY_SIZE(damages) + ARRAY_SIZE(twin_rows)] = {
			scene(check_built_in_behind_a_hub),
			scene(check_hostile_texts),
			scene(check_weak_serial),
			scene(check_suspicious),
			scene(check_too_many_descriptors),
			scene(check_no_device),
			scene(check_authorize),
			scene(check_not_written_again),
			scene(check_swapped),
			scene(check_renumbered),
			scene(check_list),
			scene(check_list_with_one_unreadable),
		};
	size_t n = 11;

	for (size_t i = 0; i < ARRAY_SIZE(mocks); i++) {
		tests[n] = table_test(&mocks[i], check_mock);
		tests[n++].name = mocks[i].file;
	}
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++)
		tests[n++] = table_test(&damages[i], check_damage);
	for (size_t i = 0; i < ARRAY_SIZE(twin_rows); i++)
		tests[n++] = table_test(&twin_rows[i], check_twin);
	return _cmocka_run_group_tests("devices of sysfs", tests, n, NULL, NULL);
}
