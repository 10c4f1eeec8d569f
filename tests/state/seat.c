/* SPDX-License-Identifier: MIT */
/*
 * seat.c - who sits at a seat: written, read, and believed only with logind.
 *
 * As `seat --write ROOT SESSION UID USER yes|no|over [ROLE...]` it writes a record for tests in
 * shell: locked or not, or not locked, with roles that are to be looked at again.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <sereno/scoped.h>
#include <sereno/seat.h>

struct place {
	char root[40], ours[80], logind[80];
};

static void make(const char *root, const char *path)
{
	char whole[128];

	(void)snprintf(whole, sizeof(whole), "%s%s", root, path);
	assert_int_equal(mkdir(whole, 0755), 0);
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-seat-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	make(place->root, "/run");
	make(place->root, "/run/systemd");
	make(place->root, "/run/systemd/seats");
	(void)snprintf(place->ours, sizeof(place->ours), "%s/run/sereno/seats/seat0", place->root);
	(void)snprintf(place->logind, sizeof(place->logind), "%s/run/systemd/seats/seat0",
		       place->root);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", place->root);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

static void write_text(const char *path, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static struct seat ana(void)
{
	struct seat seat = { .session = "3",
			     .user = "ana",
			     .uid = 1001,
			     .until = 2000000000,
			     .roles = { .n = 2, .name = { "employee", "sysadmin" } } };

	return seat;
}

#define CONFIRMED "# comment\nIS_SEAT0=1\nACTIVE=3\nACTIVE_UID=1001\nSESSIONS=3 c1\n"

static void check_round_trip(void **state)
{
	const struct place *place = *state;
	struct seat seat = ana(), read;

	seat.locked = true;
	write_text(place->logind, CONFIRMED);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	assert_int_equal(seat_read(place->root, "seat0", &read), 0);
	assert_string_equal(read.session, "3");
	assert_string_equal(read.user, "ana");
	assert_int_equal(read.uid, 1001);
	assert_true(read.locked);
	assert_int_equal(read.until, 2000000000);
	assert_int_equal(read.roles.n, 2);
	assert_string_equal(read.roles.name[1], "sysadmin");
}

static void check_most_roles(void **state)
{
	const struct place *place = *state;
	struct seat seat = ana(), read;

	write_text(place->logind, CONFIRMED);
	seat.roles.n = ROLE_NAMES_MAX;
	for (size_t i = 0; i < ROLE_NAMES_MAX; i++)
		memset(seat.roles.name[i], 'a' + (int)(i % 26), MODEL_NAME_MAX);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	assert_int_equal(seat_read(place->root, "seat0", &read), 0);
	assert_memory_equal(&read.roles, &seat.roles, sizeof(read.roles));
	seat.roles.n++;
	assert_int_equal(seat_write(place->root, "seat0", &seat), -EINVAL);
}

static void check_replaced_whole(void **state)
{
	const struct place *place = *state;
	struct seat seat = ana(), read;
	struct stat st;

	write_text(place->logind, CONFIRMED);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	seat.roles.n = 0;
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	assert_int_equal(seat_read(place->root, "seat0", &read), 0);
	assert_int_equal(read.roles.n, 0);
	assert_int_equal(stat(place->ours, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* What logind says, and whether the record of session 3, uid 1001 is believed then. */
static const struct logind_row {
	const char *name, *text;
	bool believed;
} logind_rows[] = {
	{ "logind says the same", CONFIRMED, true },
	{ "in the first line", "ACTIVE=3\nACTIVE_UID=1001\n", true },
	{ "another session", "ACTIVE=4\nACTIVE_UID=1001\n", false },
	{ "another user", "ACTIVE=3\nACTIVE_UID=1002\n", false },
	{ "a longer number", "ACTIVE=31\nACTIVE_UID=1001\n", false },
	{ "nobody is active", "IS_SEAT0=1\n", false },
	{ "the key in another one", "X_ACTIVE=3\nX_ACTIVE_UID=1001\n", false },
	{ "the last line was cut short", "ACTIVE=3\nACTIVE_UID=1001", false },
	{ "empty", "", false },
};

static void check_logind(void **state)
{
	const struct logind_row *row = *state;
	const struct seat seat = ana();
	struct place *place;
	struct seat read;
	void *made;

	(void)set_up(&made);
	place = made;
	write_text(place->logind, row->text);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	assert_int_equal(seat_read(place->root, "seat0", &read), 0);
	assert_int_equal(read.session[0] != '\0', row->believed);
	(void)tear_down(&made);
}

static void expect_nobody(const struct place *place)
{
	struct seat read;

	memset(&read, 'x', sizeof(read));
	assert_int_equal(seat_read(place->root, "seat0", &read), 0);
	assert_string_equal(read.session, "");
	assert_string_equal(read.user, "");
	assert_int_equal(read.roles.n, 0);
}

static void check_nothing_there(void **state)
{
	const struct place *place = *state;
	const struct seat seat = ana();

	expect_nobody(place);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	expect_nobody(place); /* without logind's file */
}

/* Every byte of the record, flipped: nobody, and never somebody else. */
static void check_damage(void **state)
{
	const struct place *place = *state;
	const struct seat seat = ana();
	uint8_t bytes[8192];
	ssize_t length;

	write_text(place->logind, CONFIRMED);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	{
		scoped_fd int fd = open(place->ours, O_RDONLY | O_CLOEXEC);

		length = read(fd, bytes, sizeof(bytes));
		assert_true(length > 0 && length < (ssize_t)sizeof(bytes));
	}
	for (ssize_t i = 0; i < length; i += i < 512 ? 1 : 61) {
		scoped_fd int fd = open(place->ours, O_WRONLY | O_CLOEXEC);
		const uint8_t flipped = bytes[i] ^ 1;

		assert_int_equal(pwrite(fd, &flipped, 1, i), 1);
		expect_nobody(place);
		assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
	}
	assert_int_equal(truncate(place->ours, length - 1), 0);
	expect_nobody(place);
}

static void check_writable_by_others(void **state)
{
	const struct place *place = *state;
	const struct seat seat = ana();

	write_text(place->logind, CONFIRMED);
	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	assert_int_equal(chmod(place->ours, 0666), 0);
	expect_nobody(place);
	assert_int_equal(chmod(place->ours, 0600), 0);
	assert_int_equal(chmod(place->logind, 0666), 0);
	expect_nobody(place);
}

/* A FIFO must not be waited for. */
static void check_fifos(void **state)
{
	const struct place *place = *state;
	const struct seat seat = ana();

	assert_int_equal(seat_write(place->root, "seat0", &seat), 0);
	assert_int_equal(mkfifo(place->logind, 0644), 0);
	expect_nobody(place);
	assert_int_equal(unlink(place->ours), 0);
	assert_int_equal(mkfifo(place->ours, 0600), 0);
	expect_nobody(place);
}

/* The record of one seat, put in the place of another's. */
static void check_another_seat(void **state)
{
	const struct place *place = *state;
	const struct seat seat = ana();
	char other[128];

	write_text(place->logind, CONFIRMED);
	assert_int_equal(seat_write(place->root, "seat1", &seat), 0);
	(void)snprintf(other, sizeof(other), "%s/run/sereno/seats/seat1", place->root);
	assert_int_equal(rename(other, place->ours), 0);
	expect_nobody(place);
}

static void check_names(void **state)
{
	char name[SEAT_NAME_MAX + 2];
	struct seat read;

	(void)state;
	memset(name, 'a', sizeof(name));
	name[SEAT_NAME_MAX + 1] = '\0';
	assert_false(seat_name_is_sound(name));
	name[SEAT_NAME_MAX] = '\0';
	assert_true(seat_name_is_sound(name));
	assert_true(seat_name_is_sound("seat-usb-pci_0000-1"));
	assert_false(seat_name_is_sound(""));
	assert_false(seat_name_is_sound("../x"));
	assert_false(seat_name_is_sound("seat\n"));
	assert_false(seat_name_is_sound("se\xc3\xa1t"));
	assert_int_equal(seat_read("", "../seat0", &read), -EINVAL);
}

static int write_for_shell(int argc, char *argv[])
{
	struct seat seat = { .until = strcmp(argv[6], "over") == 0 ? 1 : INT64_MAX };

	(void)snprintf(seat.session, sizeof(seat.session), "%s", argv[3]); /* a test's own */
	(void)snprintf(seat.user, sizeof(seat.user), "%s", argv[5]);
	seat.uid = (uid_t)strtoul(argv[4], NULL, 10);
	seat.locked = strcmp(argv[6], "yes") == 0;
	for (int i = 7; i < argc && seat.roles.n < ROLE_NAMES_MAX; i++)
		(void)snprintf(seat.roles.name[seat.roles.n++], MODEL_NAME_MAX + 1, "%s", argv[i]);
	return seat_write(argv[2], SEAT_DEFAULT, &seat) < 0;
}

#define TEST(name, function)                            \
	{                                               \
		name, function, set_up, tear_down, NULL \
	}

int main(int argc, char *argv[])
{
	const struct CMUnitTest single[] = {
		TEST("what is written is read", check_round_trip),
		TEST("64 roles, and no more", check_most_roles),
		TEST("it is replaced whole, for root alone", check_replaced_whole),
		TEST("nothing there is nobody", check_nothing_there),
		TEST("what is damaged is nobody", check_damage),
		TEST("what others could write is nobody", check_writable_by_others),
		TEST("a FIFO is not waited for", check_fifos),
		TEST("a record is its own seat's", check_another_seat),
		{ "names of seats", check_names, NULL, NULL, NULL },
	};
	struct CMUnitTest tests[ARRAY_SIZE(single) + ARRAY_SIZE(logind_rows)];
	size_t n = 0;

	if (argc > 6 && strcmp(argv[1], "--write") == 0)
		return write_for_shell(argc, argv);
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	for (size_t i = 0; i < ARRAY_SIZE(logind_rows); i++)
		tests[n++] =
			(struct CMUnitTest){ .name = logind_rows[i].name,
					     .test_func = check_logind,
					     .initial_state = (void *)(uintptr_t)&logind_rows[i] };
	return cmocka_run_group_tests_name("seats", tests, NULL, NULL);
}
