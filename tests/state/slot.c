/* SPDX-License-Identifier: MIT */
/* slot.c - tests: what a record file does while nothing goes wrong. */
#include "slot_scene.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "slot_checksum.h"

/* clang-format off */
static const struct slot_kind
	one          = { "one", 1, 1, NULL },
	sector       = { "sector", 1, SLOT_SECTOR_PAYLOAD, NULL },
	large        = { "large", 1, SLOT_PAYLOAD_MAX, NULL },
	sealed_one   = { "sealed-one", 1, 1, &host_seal },
	sealed_large = { "sealed-large", 1, SLOT_PAYLOAD_MAX, &host_seal };
/* clang-format on */

static void new_is_zero(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	enum slot_state found;

	for (int i = 0; i < 2; i++) { /* made, and found made */
		assert_int_equal(slot_open(scene->root, kind, &ana, SLOT_CREATE, &file), 0);
		tell(payload, kind->payload_size, 77);
		assert_int_equal(slot_read(file, payload, &found), 0);
		assert_int_equal(found, SLOT_NEW);
		assert_int_equal(told(payload, kind->payload_size), 0);
		slot_close(take(file, NULL));
	}
}

static void newest_is_read(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct found found;

	for (uint32_t i = 1; i < 8; i++) {
		assert_int_equal(put(scene->root, kind, &ana, i), 0);
		found = look(scene->root, kind, &ana);
		expect(&found, SLOT_SOUND, i);
	}
}

static void one_handle_reads_its_writes(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	enum slot_state found;

	assert_int_equal(slot_open(scene->root, kind, &ana, SLOT_CREATE, &file), 0);
	for (uint32_t i = 1; i < 8; i++) {
		tell(payload, kind->payload_size, i);
		assert_int_equal(slot_write(file, payload, SLOT_SHARED), 0);
		tell(payload, kind->payload_size, 77);
		assert_int_equal(slot_read(file, payload, &found), 0);
		assert_int_equal(found, SLOT_SOUND);
		assert_int_equal(told(payload, kind->payload_size), i);
	}
}

static void size_never_changes(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct stat before, after;

	assert_int_equal(put(scene->root, kind, &ana, 1), 0);
	assert_int_equal(stat(record_path(scene, kind, &ana), &before), 0);
	for (uint32_t i = 2; i < 6; i++)
		assert_int_equal(put(scene->root, kind, &ana, i), 0);
	assert_int_equal(stat(scene->path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_blocks, after.st_blocks);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_true(before.st_blocks * 512 >= before.st_size); /* nothing is left to be allocated */
}

static void owners_are_apart(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct found found;

	assert_int_equal(put(scene->root, kind, &ana, 5), 0);
	assert_int_equal(put(scene->root, kind, &berta, 6), 0);
	found = look(scene->root, kind, &ana);
	expect(&found, SLOT_SOUND, 5);
	found = look(scene->root, kind, &berta);
	expect(&found, SLOT_SOUND, 6);
}

static void removed_is_new(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	enum slot_state found;

	assert_int_equal(slot_remove(scene->root, kind, &ana), -ENOENT);
	assert_int_equal(put(scene->root, kind, &ana, 5), 0);
	assert_int_equal(slot_remove(scene->root, kind, &ana), 0);
	assert_int_equal(slot_remove(scene->root, kind, &ana), -ENOENT);
	assert_int_equal(slot_open(scene->root, kind, &ana, SLOT_CREATE, &file), 0);
	assert_int_equal(slot_read(file, payload, &found), 0);
	assert_int_equal(found, SLOT_NEW);
}

static void nothing_is_made_unasked(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct slot_file *file = NULL;
	struct stat st;

	assert_int_equal(slot_open(scene->root, kind, &ana, SLOT_MUST_EXIST, &file), -ENOENT);
	assert_null(file);
	assert_int_equal(stat(scene_path(scene, "var"), &st), -1);
	assert_int_equal(put(scene->root, kind, &berta, 1), 0);
	assert_int_equal(slot_open(scene->root, kind, &ana, SLOT_MUST_EXIST, &file), -ENOENT);
	assert_int_equal(stat(record_path(scene, kind, &ana), &st), -1);
}

static mode_t mode_of(struct scene *scene, const char *tail)
{
	struct stat st;

	assert_int_equal(stat(scene_path(scene, tail), &st), 0);
	return st.st_mode & 07777;
}

/* A login program's umask is its own affair. */
static void modes_under(struct scene *scene, mode_t mask)
{
	const mode_t before = umask(mask);
	const int r = put(scene->root, &open_kind, &ana, 1);

	(void)umask(before);
	assert_int_equal(r, 0);
	assert_int_equal(mode_of(scene, "var/lib/sereno"), 0755);
	assert_int_equal(mode_of(scene, "var/lib/sereno/attempts"), 0700);
	assert_int_equal(mode_of(scene, "var/lib/sereno/attempts/1000"), 0600);
}

static void modes_open_umask(void **state)
{
	modes_under(*state, 0);
}

static void modes_strict_umask(void **state)
{
	modes_under(*state, 0177);
}

/* The lock as another program would see it. */
static bool is_locked(const char *path)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return false;
	assert_int_equal(errno, EWOULDBLOCK);
	return true;
}

static void locked_while_open(void **state)
{
	struct scene *scene = *state;
	struct slot_file *file = NULL;

	assert_int_equal(slot_open(scene->root, &open_kind, &ana, SLOT_CREATE, &file), 0);
	assert_true(is_locked(record_path(scene, &open_kind, &ana)));
	slot_close(file);
	assert_false(is_locked(scene->path));
}

static void fork_keeps_no_lock(void **state)
{
	struct scene *scene = *state;
	struct slot_file *file = NULL;
	int pipes[2], status;
	char byte;
	pid_t child;

	assert_int_equal(slot_open(scene->root, &open_kind, &ana, SLOT_CREATE, &file), 0);
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(pipes[1]);
		_exit(read(pipes[0], &byte, 1) == 0 ? 0
						    : 1); /* lives until the parent has looked */
	}
	slot_close(file);
	assert_false(is_locked(record_path(scene, &open_kind, &ana)));
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static unsigned descriptors(bool only_inheritable)
{
	unsigned n = 0;
	int flags;

	for (int fd = 0; fd < 256; fd++) {
		flags = fcntl(fd, F_GETFD);
		if (flags >= 0 && !(only_inheritable && (flags & FD_CLOEXEC)))
			n++;
	}
	return n;
}

static void descriptors_are_ours(void **state)
{
	struct scene *scene = *state;
	struct slot_file *file = NULL;
	const unsigned before = descriptors(false), inheritable = descriptors(true);

	assert_int_equal(slot_open(scene->root, &sealed_kind, &ana, SLOT_CREATE, &file), 0);
	assert_int_equal(descriptors(false), before + 1);
	assert_int_equal(descriptors(true), inheritable);
	slot_close(file);
	assert_int_equal(descriptors(false), before);
}

static void bounds_are_checked(void **state)
{
	static const char long_text[300] = { [0 ... 298] = 'a' };
	/* clang-format off */
	static const struct {
		struct slot_kind kind;
		struct slot_owner owner;
	} rows[] = {
		{ { "k", 1, 0, NULL },                    { "1000", "ana", 1000 } },
		{ { "k", 1, SLOT_PAYLOAD_MAX + 1, NULL }, { "1000", "ana", 1000 } },
		{ { "", 1, 8, NULL },                     { "1000", "ana", 1000 } },
		{ { "..", 1, 8, NULL },                   { "1000", "ana", 1000 } },
		{ { "a/b", 1, 8, NULL },                  { "1000", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { "", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { ".", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { "..", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { "../x", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { "1000.new", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { "1000\n", "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { long_text, "ana", 1000 } },
		{ { "k", 1, 8, NULL },                    { "1000", long_text, 1000 } },
	};
	/* clang-format on */
	struct scene *scene = *state;
	struct slot_file *file = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(
			slot_open(scene->root, &rows[i].kind, &rows[i].owner, SLOT_CREATE, &file),
			-EINVAL);
		assert_int_equal(slot_remove(scene->root, &rows[i].kind, &rows[i].owner), -EINVAL);
		assert_null(file);
	}
}

static void longest_names_work(void **state)
{
	struct scene *scene = *state;
	char name[129], user[257];
	const struct slot_owner owner = { name, user, UINT32_MAX };
	struct found found;

	memset(name, 'n', sizeof(name) - 1);
	memset(user, 'u', sizeof(user) - 1);
	name[sizeof(name) - 1] = user[sizeof(user) - 1] = '\0';
	assert_int_equal(put(scene->root, &sealed_kind, &owner, 9), 0);
	found = look(scene->root, &sealed_kind, &owner);
	expect(&found, SLOT_SOUND, 9);
}

static uint32_t by_definition(const uint8_t *bytes, size_t length)
{
	uint32_t checksum = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		checksum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			checksum = (checksum >> 1) ^ (checksum & 1 ? 0x82f63b78 : 0);
	}
	return ~checksum;
}

static void checksum_is_the_standard_one(void **state)
{
	uint8_t bytes[256];

	(void)state;
	assert_int_equal(slot_checksum(0, "123456789", 9), 0xe3069283);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + 13);
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		assert_int_equal(slot_checksum(0, bytes, length), by_definition(bytes, length));
		assert_int_equal(slot_checksum(slot_checksum(0, bytes, length / 3),
					       bytes + length / 3, length - length / 3),
				 by_definition(bytes, length));
	}
}

/* clang-format off */
#define EACH_KIND(test) \
	ROW(#test ", one byte", test, &one), ROW(#test ", one sector", test, &sector), \
	ROW(#test ", large", test, &large), ROW(#test ", sealed byte", test, &sealed_one), \
	ROW(#test ", large and sealed", test, &sealed_large)
#define ROW(name, test, row) { name, test, scene_begin, scene_end, (void *)(uintptr_t)(row) }
#define PLAIN(test) ROW(#test, test, NULL)
/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_KIND(new_is_zero),
		EACH_KIND(newest_is_read),
		EACH_KIND(one_handle_reads_its_writes),
		EACH_KIND(size_never_changes),
		EACH_KIND(owners_are_apart),
		EACH_KIND(removed_is_new),
		EACH_KIND(nothing_is_made_unasked),
		PLAIN(modes_open_umask),
		PLAIN(modes_strict_umask),
		PLAIN(locked_while_open),
		PLAIN(fork_keeps_no_lock),
		PLAIN(descriptors_are_ours),
		PLAIN(bounds_are_checked),
		PLAIN(longest_names_work),
		PLAIN(checksum_is_the_standard_one),
	};

	return cmocka_run_group_tests_name("slot files", tests, NULL, NULL);
}
