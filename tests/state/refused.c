/* SPDX-License-Identifier: MIT */
/* refused.c - the list of refused devices: what is on it, and what cannot be made of it. */
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
#include <sys/wait.h>

#include <cmocka.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>

#define NOW 1800000000

struct place {
	char root[40], folder[80];
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-refused-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	(void)snprintf(place->folder, sizeof(place->folder), "%s/run", place->root);
	assert_int_equal(mkdir(place->folder, 0755), 0);
	(void)snprintf(place->folder, sizeof(place->folder), "%s/run/sereno/refused", place->root);
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

/* Device number @number, at port @port. */
static struct refused stick(unsigned number, unsigned port, int64_t last)
{
	struct refused refused = { .vendor = 0x0951,
				   .product = 0x1666,
				   .kinds = 1u << KIND_STORAGE,
				   .user = "ana",
				   .uid = 1001,
				   .reason = MEDIA_BY_WORD,
				   .last = last };

	memcpy(refused.identity, &number, sizeof(number));
	(void)snprintf(refused.path, sizeof(refused.path), "/devices/usb1/1-%u", port);
	(void)snprintf(refused.texts.serial, sizeof(refused.texts.serial), "S%u", number);
	return refused;
}

static int note(const struct place *place, unsigned number, unsigned port, int64_t last)
{
	const struct refused refused = stick(number, port, last);

	return refused_note(place->root, &refused);
}

struct listed {
	size_t n;
	struct refused item[2 * REFUSED_MAX];
};

static int take_one(void *context, const struct refused *refused)
{
	struct listed *listed = context;

	assert_true(listed->n < ARRAY_SIZE(listed->item));
	listed->item[listed->n++] = *refused;
	return 0;
}

static size_t list(const struct place *place, struct listed *listed)
{
	listed->n = 0;
	assert_int_equal(refused_list(place->root, take_one, listed), 0);
	return listed->n;
}

static void check_round_trip(void **state)
{
	const struct place *place = *state;
	struct refused refused = stick(7, 3, NOW), read;

	(void)snprintf(refused.texts.product, sizeof(refused.texts.product), "a\n\x1b[31m\"'");
	refused.bus = BUS_MMC;
	assert_int_equal(refused_note(place->root, &refused), 1);
	refused_id(refused.identity, refused.id);
	assert_string_equal(refused.id, "0700000000000000");
	assert_int_equal(refused_read(place->root, refused.id, &read), 0);
	assert_memory_equal(read.identity, refused.identity, sizeof(read.identity));
	assert_string_equal(read.texts.product, refused.texts.product);
	assert_string_equal(read.texts.serial, "S7");
	assert_string_equal(read.path, refused.path);
	assert_string_equal(read.user, "ana");
	assert_int_equal(read.bus, BUS_MMC);
	assert_int_equal(read.kinds, refused.kinds);
	assert_int_equal(read.vendor, 0x0951);
	assert_int_equal(read.first, NOW);
	assert_int_equal(read.last, NOW);
	assert_int_equal(read.times, 1);
}

static void check_longest_texts(void **state)
{
	const struct place *place = *state;
	struct refused refused = stick(8, 3, NOW), read;

	memset(refused.texts.serial, 's', DEVICE_TEXT_MAX);
	memset(refused.path, 'p', sizeof(refused.path) - 1);
	memset(refused.user, 'u', GRANTS_USER_MAX);
	assert_int_equal(refused_note(place->root, &refused), 1);
	refused_id(refused.identity, refused.id);
	assert_int_equal(refused_read(place->root, refused.id, &read), 0);
	assert_string_equal(read.texts.serial, refused.texts.serial);
	assert_string_equal(read.path, refused.path);
	assert_string_equal(read.user, refused.user);
}

static void check_again_and_again(void **state)
{
	const struct place *place = *state;
	struct refused read;

	assert_int_equal(note(place, 1, 1, NOW), 1);
	assert_int_equal(note(place, 1, 1, NOW), 0);
	assert_int_equal(note(place, 1, 2, NOW + REFUSED_PAUSE_SEC - 1), 0);
	assert_int_equal(note(place, 1, 2, NOW + REFUSED_PAUSE_SEC), 1);
	assert_int_equal(refused_read(place->root, "0100000000000000", &read), 0);
	assert_int_equal(read.times, 2);
	assert_int_equal(read.first, NOW);
	assert_int_equal(read.last, NOW + REFUSED_PAUSE_SEC);
	assert_string_equal(read.path, "/devices/usb1/1-2");
	/* a clock that was set back does not silence it */
	assert_int_equal(note(place, 1, 2, NOW - 1000), 1);
}

/* One port, a new serial number twenty times a second, for a minute; then what was there before. */
static void check_one_port_floods(void **state)
{
	const struct place *place = *state;
	struct refused read;
	struct listed *listed = calloc(1, sizeof(*listed));
	int written = 0;

	assert_non_null(listed);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(note(place, 100 + i, 10 + i, NOW), 1);
	for (unsigned i = 0; i < 1200; i++)
		written += note(place, 1000 + i, 1, NOW + i / 20);
	assert_true(written > 0 && written <= 60 / REFUSED_PAUSE_SEC * REFUSED_BURST);
	assert_int_equal(list(place, listed), 10 + REFUSED_AT_PORT);
	assert_int_equal(refused_read(place->root, "6400000000000000", &read), 0);
	free(listed);
}

/* The same with a hub of many ports, and hubs behind it: still one thing that somebody plugged in.
 */
static void check_a_hub_floods(void **state)
{
	const struct place *place = *state;
	struct listed *listed = calloc(1, sizeof(*listed));
	int written = 0;

	assert_non_null(listed);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(note(place, 100 + i, 10 + i, NOW), 1);
	for (unsigned i = 0; i < 1200; i++) {
		struct refused refused = stick(1000 + i, 1, NOW + i / 20);

		(void)snprintf(refused.path, sizeof(refused.path),
			       "/devices/usb1/1-1/1-1.%u/1-1.%u.%u", i % 7, i % 7, i % 61);
		written += refused_note(place->root, &refused);
	}
	assert_true(written > 0 && written <= 60 / REFUSED_PAUSE_SEC * REFUSED_BURST_BEHIND);
	assert_int_equal(list(place, listed), 40 + REFUSED_BEHIND_PORT);
	free(listed);
}

static void check_oldest_makes_room(void **state)
{
	const struct place *place = *state;
	struct listed *listed = calloc(1, sizeof(*listed));
	struct refused read;

	assert_non_null(listed);
	for (unsigned i = 0; i < REFUSED_MAX + 6; i++)
		assert_int_equal(note(place, 1 + i, 1 + i, NOW + i), 1);
	assert_int_equal(list(place, listed), REFUSED_MAX);
	assert_int_equal(listed->item[0].last, NOW + REFUSED_MAX + 5);
	for (size_t i = 1; i < listed->n; i++)
		assert_true(listed->item[i - 1].last > listed->item[i].last);
	assert_int_equal(refused_read(place->root, "0600000000000000", &read), -ENOENT);
	assert_int_equal(refused_read(place->root, "0700000000000000", &read), 0);
	free(listed);
}

static void check_forgotten(void **state)
{
	const struct place *place = *state;
	struct listed *listed = calloc(1, sizeof(*listed));

	assert_non_null(listed);
	assert_int_equal(refused_forget(place->root, "0100000000000000"), -ENOENT);
	assert_int_equal(note(place, 1, 1, NOW), 1);
	assert_int_equal(refused_forget(place->root, "../refused"), -ENOENT);
	assert_int_equal(refused_forget(place->root, "0100000000000000"), 0);
	assert_int_equal(list(place, listed), 0);
	free(listed);
}

static void put_file(const struct place *place, const char *name, const char *text)
{
	char path[160];
	scoped_fd int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void check_rubbish_goes(void **state)
{
	const struct place *place = *state;
	struct listed *listed = calloc(1, sizeof(*listed));
	char path[160];

	assert_non_null(listed);
	assert_int_equal(note(place, 1, 1, NOW), 1);
	put_file(place, ".4711", "half a rec");
	put_file(place, "0200000000000000", "damaged");
	put_file(place, "readme", "");
	assert_int_equal(list(place, listed), 1);
	(void)snprintf(path, sizeof(path), "%s/.4711", place->folder);
	assert_int_equal(access(path, F_OK), -1);
	(void)snprintf(path, sizeof(path), "%s/0200000000000000", place->folder);
	assert_int_equal(access(path, F_OK), -1);
	free(listed);
}

/* A record that stands under another one's name would be asked for in its place. */
static void check_wrong_name(void **state)
{
	const struct place *place = *state;
	struct refused read;
	char from[160], to[160];

	assert_int_equal(note(place, 1, 1, NOW), 1);
	(void)snprintf(from, sizeof(from), "%s/0100000000000000", place->folder);
	(void)snprintf(to, sizeof(to), "%s/0200000000000000", place->folder);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(refused_read(place->root, "0200000000000000", &read), -EBADMSG);
}

/* Two dozen ports at once: none is lost, none is over the limit. */
static void check_parallel(void **state)
{
	const struct place *place = *state;
	struct listed *listed = calloc(1, sizeof(*listed));
	int status;

	assert_non_null(listed);
	for (unsigned i = 0; i < 24; i++)
		if (fork() == 0) {
			for (unsigned j = 0; j < 10; j++)
				(void)note(place, 1 + 10 * i + j, i, NOW + 10 * j);
			_exit(0);
		}
	while (wait(&status) > 0)
		assert_int_equal(status, 0);
	assert_int_equal(list(place, listed), REFUSED_MAX);
	free(listed);
}

#define TEST(name, function)                            \
	{                                               \
		name, function, set_up, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is noted is read", check_round_trip),
		TEST("the longest texts", check_longest_texts),
		TEST("one that comes again and again", check_again_and_again),
		TEST("one port, 20 serial numbers a second", check_one_port_floods),
		TEST("many hubs at one port, 20 serial numbers a second", check_a_hub_floods),
		TEST("the oldest makes room", check_oldest_makes_room),
		TEST("forgotten", check_forgotten),
		TEST("rubbish goes", check_rubbish_goes),
		TEST("a record under another name", check_wrong_name),
		TEST("many ports at once", check_parallel),
	};

	return cmocka_run_group_tests_name("refused devices", tests, NULL, NULL);
}
