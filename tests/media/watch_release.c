/* SPDX-License-Identifier: MIT */
/*
 * watch_release.c - tests: what is mounted from a device goes before the device does.
 *
 * In a mount namespace of its own, where a tmpfs stands for a disk: it has a number, and can be
 * busy. Without root there is none, and the tests are skipped.
 */
#include "desk.h"

#include "blocks.h"
#include "kept.h"
#include "mounts.h"
#include "release.h"

#define STICK_DIRECTORY "devices/pci0000:00/usb1/1-1"

static int set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	assert_non_null(desk);
	desk_new(desk);
	*state = desk;
	return 0;
}

static int tear_down(void **state)
{
	desk_free(*state);
	free(*state);
	return 0;
}

/* The stick is plugged in, in use, and mounted at ROOT@point. */
static void mount_stick(struct desk *desk, const char *point)
{
	char path[256];
	struct stat st;

	if (!desk->may_mount)
		skip();
	desk_directory(desk, point);
	desk_path(desk, point, path);
	assert_int_equal(mount("stick", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k"), 0);
	assert_int_equal(stat(path, &st), 0);
	device_plug(desk, &stick, "1\n");
	device_given(desk, &stick, "allow");
	device_disk(desk, &stick, st.st_dev);
}

static bool is_mounted(const struct desk *desk, const char *point)
{
	char path[256], above[260];
	struct stat st, st_above;

	(void)snprintf(above, sizeof(above), "%s/..", desk_path(desk, point, path));
	return stat(path, &st) == 0 && stat(above, &st_above) == 0 && st.st_dev != st_above.st_dev;
}

static bool comes_to_be_unmounted(const struct desk *desk, const char *point)
{
	for (int i = 0; i < PATIENCE_MSEC / STEP_MSEC; i++) {
		if (!is_mounted(desk, point))
			return true;
		desk_pause();
	}
	return false;
}

static void open_desk(struct desk *desk, const char *policy, const char *grace)
{
	desk_policy(desk, policy);
	desk_bus(desk);
	desk_logind(desk);
	desk_sits(desk, &ana);
	desk_watch(desk, grace);
	assert_true(desk_seat_comes_to(desk, "ana", 1));
	assert_true(is_mounted(desk, "/mnt"));
}

/* The nastiest tests, 10. */
static void test_a_mounted_stick_is_unmounted_and_off_when_somebody_else_takes_the_seat(
	void **state)
{
	struct desk *desk = *state;

	mount_stick(desk, "/mnt");
	open_desk(desk, POLICY_STICKS, "0");
	desk_sits(desk, &eva);
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_false(is_mounted(desk, "/mnt"));
	assert_true(device_says(desk, &stick, "uevent", ""));
	assert_true(desk_hears(desk, "media.removed", "SERENO_REASON="));
}

static void test_who_may_use_sticks_too_gets_it_anew_and_not_as_it_was_left(void **state)
{
	struct desk *desk = *state;

	mount_stick(desk, "/mnt");
	open_desk(desk, POLICY_STICKS, "0");
	desk_sits(desk, &luis);
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_false(is_mounted(desk, "/mnt"));
	assert_true(device_comes_to(desk, &stick, "uevent", "add"));
	assert_true(desk_hears(desk, "media.removed", "SERENO_REASON=user-changed"));
}

static void test_what_is_in_use_is_given_a_moment_and_then_torn_away(void **state)
{
	struct desk *desk = *state;
	scoped_fd int used = -1;
	char path[256];

	mount_stick(desk, "/mnt");
	used = open(desk_path(desk, "/mnt/file", path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	open_desk(desk, POLICY_STICKS, "1");
	desk_sits(desk, &eva);
	assert_true(desk_hears(desk, "media.leaving", "taken away in 1 seconds"));
	assert_true(device_says(desk, &stick, "authorized", "1"));
	assert_true(comes_to_be_unmounted(desk, "/mnt"));
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_true(desk_hears(desk, "media.removed", "SERENO_REASON=forced"));
}

static void test_what_is_closed_within_the_moment_is_not_torn_away(void **state)
{
	struct desk *desk = *state;
	char path[256];
	int used;

	mount_stick(desk, "/mnt");
	open_desk(desk, POLICY_STICKS, "9");
	used = open(desk_path(desk, "/mnt/file", path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	desk_sits(desk, &eva);
	assert_true(desk_hears(desk, "media.leaving", ""));
	(void)close(used);
	assert_true(device_comes_to(desk, &stick, "authorized", "0"));
	assert_true(desk_hears(desk, "media.removed", "SERENO_REASON=kind"));
}

#define POLICY_BACKUP                                                                 \
	POLICY_HEAD "media:\n  storage: deny\n  rules:\n"                             \
		    "    - {name: backup, device: {kind: storage}, roles: [system], " \
		    "access: read-write}\n"

static void test_what_is_let_in_for_nobody_stays_whoever_comes(void **state)
{
	struct desk *desk = *state;

	mount_stick(desk, "/mnt");
	device_plug(desk, &keyboard, "0\n"); /* this one shows that all were decided */
	open_desk(desk, POLICY_BACKUP, "0");
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	device_file(desk, &keyboard, "uevent", "");
	desk_sits(desk, &eva);
	assert_true(device_comes_to(desk, &keyboard, "uevent", "add"));
	assert_true(device_says(desk, &stick, "authorized", "1"));
	assert_true(is_mounted(desk, "/mnt"));
}

#define CARD "/sys/devices/platform/mmc_host/mmc0/mmc0:0001"
#define DISK CARD "/block/mmcblk0"

/* A card in a slot, mounted: not on USB. */
static void mount_card(struct desk *desk)
{
	char path[256], text[64];
	struct stat st;

	if (!desk->may_mount)
		skip();
	desk_path(desk, "/mnt", path);
	assert_int_equal(mount("card", path, "tmpfs", 0, "size=64k"), 0);
	assert_int_equal(stat(path, &st), 0);
	desk_directory(desk, DISK "/holders");
	assert_int_equal(
		symlink("../../../../../bus/mmc", desk_path(desk, CARD "/subsystem", path)), 0);
	desk_file(desk, CARD "/type", "SD\n");
	desk_file(desk, CARD "/cid", "02544d534130384714d2d54a2c00f2a1\n");
	(void)snprintf(text, sizeof(text), "%u:%u\n", major(st.st_dev), minor(st.st_dev));
	desk_file(desk, DISK "/dev", text);
	desk_file(desk, DISK "/size", "128\n");
	desk_file(desk, DISK "/uevent", "");
	assert_int_equal(symlink("../../devices/platform/mmc_host/mmc0/mmc0:0001/block/mmcblk0",
				 desk_path(desk, "/sys/class/block/mmcblk0", path)),
			 0);
	(void)snprintf(text, sizeof(text), "/run/udev/data/b%u:%u", major(st.st_dev),
		       minor(st.st_dev));
	desk_file(desk, text, "E:SERENO_MEDIA=allow\n");
}

static void test_a_card_is_unmounted_before_it_is_hidden(void **state)
{
	struct desk *desk = *state;

	mount_card(desk);
	open_desk(desk, POLICY_STICKS, "0");
	assert_true(desk_comes_to_say(desk, DISK "/uevent", ""));
	desk_sits(desk, &greeter);
	assert_true(desk_comes_to_say(desk, DISK "/uevent", "change"));
	assert_false(is_mounted(desk, "/mnt"));
	assert_true(desk_hears(desk, "media.removed", "mmcblk0"));
}

#define POLICY_READ_ONLY POLICY_HEAD "media:\n  storage: read-only\n"

static void test_what_is_read_only_from_now_on_is_unmounted_and_asked_for_again(void **state)
{
	struct desk *desk = *state;

	mount_stick(desk, "/mnt");
	open_desk(desk, POLICY_STICKS, "0");
	desk_policy(desk, POLICY_READ_ONLY);
	assert_true(comes_to_be_unmounted(desk, "/mnt"));
	assert_true(device_comes_to(desk, &stick, "uevent", "add"));
	assert_true(device_comes_to(desk, &stick, "1:1.0/block/sdx/uevent", "change"));
	assert_true(device_says(desk, &stick, "authorized", "1"));
}

static void find_mounts(const struct desk *desk, struct blocks *blocks, struct mounts *mounts)
{
	assert_int_equal(blocks_find(desk->root, STICK_DIRECTORY, blocks), 0);
	assert_int_equal(mounts_find(blocks, mounts), 0);
}

static void test_a_directory_that_was_exchanged_for_a_link_has_nothing_else_unmounted(void **state)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	char his[256], moved[256], other[256];
	struct desk *desk = *state;

	mount_stick(desk, "/home/mnt");
	find_mounts(desk, &blocks, &mounts);
	assert_int_equal(mounts.n, 1);
	desk_directory(desk, "/other/mnt");
	assert_int_equal(mount("other", desk_path(desk, "/other/mnt", other), "tmpfs", 0, ""), 0);
	desk_path(desk, "/home", his);
	assert_int_equal(rename(his, desk_path(desk, "/moved", moved)), 0);
	assert_int_equal(symlink("other", his), 0);
	assert_int_equal(mounts_release(&mounts, MOUNTS_DETACH), -EBUSY);
	assert_true(is_mounted(desk, "/other/mnt"));
	assert_int_equal(umount2(other, MNT_DETACH), 0);
	assert_int_equal(umount2(desk_path(desk, "/moved/mnt", moved), MNT_DETACH), 0);
}

static void test_odd_names_of_mount_points_are_understood(void **state)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	struct desk *desk = *state;

	mount_stick(desk, "/mnt/a b\tc\nd\\e");
	find_mounts(desk, &blocks, &mounts);
	assert_int_equal(mounts.n, 1);
	assert_non_null(strstr(mounts.item[0].point, "/mnt/a b\tc\nd\\e"));
	assert_int_equal(mounts_release(&mounts, MOUNTS_IF_IDLE), 0);
	assert_false(is_mounted(desk, "/mnt/a b\tc\nd\\e"));
}

static void test_one_mount_in_the_other_goes_first(void **state)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	struct desk *desk = *state;
	char path[256], in[256];

	mount_stick(desk, "/mnt");
	desk_directory(desk, "/mnt/in");
	desk_path(desk, "/mnt", path);
	desk_path(desk, "/mnt/in", in);
	assert_int_equal(mount(path, in, NULL, MS_BIND, NULL), 0);
	find_mounts(desk, &blocks, &mounts);
	assert_int_equal(mounts.n, 2);
	assert_int_equal(mounts_release(&mounts, MOUNTS_IF_IDLE), 0);
	assert_false(is_mounted(desk, "/mnt"));
}

static void test_the_disk_of_the_system_is_kept(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct desk *desk = *state;
	struct stat st;

	device_plug(desk, &stick, "1\n");
	assert_int_equal(device_open(desk->root, "/bus/usb/devices/1-1", &device), 0);
	assert_false(device_is_kept(desk->root, &device));
	assert_int_equal(stat("/", &st), 0);
	device_disk(desk, &stick, st.st_dev);
	assert_true(device_is_kept(desk->root, &device));
}

/* A file system that answers nothing, as one on a medium that does not. Returns its number. */
static dev_t mount_silent(struct desk *desk, const char *point, const char *source, int fuse)
{
	char path[256], options[64];
	struct statx st;

	desk_directory(desk, point);
	desk_path(desk, point, path);
	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (!desk->may_mount || fuse < 0 || mount(source, path, "fuse", 0, options) < 0)
		skip();
	assert_int_equal(statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE, &st), 0);
	return makedev(st.stx_dev_major, st.stx_dev_minor);
}

static void test_what_never_ends_is_put_out_all_the_same(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	scoped_fd int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	struct desk *desk = *state;
	struct candidate candidate = { .name = "1-1", .directory = STICK_DIRECTORY };
	struct release release = {
		.root = desk->root, .candidate = &candidate, .reason = "kind", .limit_sec = 1
	};
	const dev_t number = mount_silent(desk, "/mnt", "stick", fuse);

	device_plug(desk, &stick, "1\n");
	device_disk(desk, &stick, number);
	assert_int_equal(device_open(desk->root, "/bus/usb/devices/1-1", &device), 0);
	candidate.device = &device;
	candidate.facts = &device.facts;
	candidate.texts = &device.texts;
	assert_int_equal(release_run(&release), 0);
	assert_true(device_says(desk, &stick, "authorized", "0"));
	assert_true(desk_hears(desk, "media.removed", "SERENO_REASON=forced"));
}

/* Its user may write anything there; nobody goes where that leads. */
static void test_what_a_file_system_in_user_space_says_it_is_on_is_not_believed(void **state)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped(mounts_clear) struct mounts mounts = { 0 };
	scoped_fd int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	struct desk *desk = *state;
	char path[256], source[270];

	if (mknod(desk_path(desk, "/node", path), S_IFBLK | 0600, makedev(8, 16)) < 0)
		skip();
	device_plug(desk, &stick, "1\n");
	device_disk(desk, &stick, makedev(8, 16));
	(void)snprintf(source, sizeof(source), "/dev/..%s", path);
	(void)mount_silent(desk, "/mnt", source, fuse);
	find_mounts(desk, &blocks, &mounts);
	assert_int_equal(mounts.n, 0);
}

/* No host lives on one of these: it would be a way to be left alone. */
static void test_a_stick_of_too_many_disks_is_not_the_disk_of_the_system(void **state)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct desk *desk = *state;
	char path[64], link[256], classes[256];

	if (!desk->may_mount)
		skip();
	device_plug(desk, &stick, "1\n");
	desk_directory(desk, "/sys/devices/pci0000:00/usb1/1-1/sd");
	device_file(desk, &stick, "sd/dev", "259:7\n");
	desk_directory(desk, "/sys/class/block");
	desk_path(desk, "/sys/class/block", classes);
	assert_int_equal(mount("many", classes, "tmpfs", 0, ""), 0);
	for (unsigned i = 0; i <= BLOCKS_MAX; i++) {
		(void)snprintf(path, sizeof(path), "/sys/class/block/b%u", i);
		assert_int_equal(symlink("../../devices/pci0000:00/usb1/1-1/sd",
					 desk_path(desk, path, link)),
				 0);
	}
	assert_int_equal(device_open(desk->root, "/bus/usb/devices/1-1", &device), 0);
	assert_false(device_is_kept(desk->root, &device));
	assert_int_equal(umount2(classes, MNT_DETACH), 0);
}

static void test_the_interface_of_the_default_route_is_kept(void **state)
{
	static const struct desk_device adapter = { "1-3", 9, 0x02, 0x06, 0x00, "A0CEC8" };
	scoped(device_close) struct device device = DEVICE_CLOSED;
	struct desk *desk = *state;
	char link[256];

	device_plug(desk, &adapter, "1\n");
	desk_directory(desk, "/sys/class/net/br0/lower_eth7");
	desk_directory(desk, "/proc/net");
	assert_int_equal(symlink("../../devices/pci0000:00/usb1/1-3/1-3:1.0/net/eth7",
				 desk_path(desk, "/sys/class/net/eth7", link)),
			 0);
	assert_int_equal(device_open(desk->root, "/bus/usb/devices/1-3", &device), 0);
	assert_false(device_is_kept(desk->root, &device));
	desk_file(desk, "/proc/net/route",
		  "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
		  "br0\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\n");
	assert_false(device_is_kept(desk->root, &device));
	desk_file(desk, "/proc/net/route",
		  "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
		  "br0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\n");
	assert_true(device_is_kept(desk->root, &device));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_mounted_stick_is_unmounted_and_off_when_somebody_else_takes_the_seat),
	TEST(test_who_may_use_sticks_too_gets_it_anew_and_not_as_it_was_left),
	TEST(test_what_is_in_use_is_given_a_moment_and_then_torn_away),
	TEST(test_what_is_closed_within_the_moment_is_not_torn_away),
	TEST(test_what_is_let_in_for_nobody_stays_whoever_comes),
	TEST(test_a_card_is_unmounted_before_it_is_hidden),
	TEST(test_what_is_read_only_from_now_on_is_unmounted_and_asked_for_again),
	TEST(test_a_directory_that_was_exchanged_for_a_link_has_nothing_else_unmounted),
	TEST(test_odd_names_of_mount_points_are_understood),
	TEST(test_one_mount_in_the_other_goes_first),
	TEST(test_the_disk_of_the_system_is_kept),
	TEST(test_what_never_ends_is_put_out_all_the_same),
	TEST(test_what_a_file_system_in_user_space_says_it_is_on_is_not_believed),
	TEST(test_a_stick_of_too_many_disks_is_not_the_disk_of_the_system),
	TEST(test_the_interface_of_the_default_route_is_kept),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
