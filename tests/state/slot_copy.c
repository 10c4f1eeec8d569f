/* SPDX-License-Identifier: MIT */
/* slot_copy.c - tests: a copy made while others write is one of the records that were written. */
#include "slot_scene.h"

#include <errno.h>
#include <sys/wait.h>

#include <sereno/slot_copy.h>

#define WRITERS 4
#define WRITES	250

static int open_records(struct scene *scene)
{
	const int fd = open(scene_path(scene, "var/lib/sereno/attempts"),
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* Each write says one number everywhere, and is of either slot. */
static void write_on(const char *root)
{
	scoped_free uint8_t *payload = calloc(1, open_kind.payload_size);

	for (uint32_t i = 0; payload && i < WRITES; i++) {
		struct slot_file *file = NULL;

		tell(payload, open_kind.payload_size, (uint32_t)getpid() * WRITES + i);
		if (slot_open(root, &open_kind, &ana, SLOT_CREATE, &file) < 0 ||
		    slot_write(file, payload, SLOT_SHARED) < 0)
			_exit(1);
		slot_close(file);
	}
	_exit(payload ? 0 : 1);
}

static bool all_ended(unsigned *running)
{
	int status;

	while (*running > 0 && waitpid(-1, &status, WNOHANG) > 0) {
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		(*running)--;
	}
	return *running == 0;
}

/* The copy, put where another root has its record, is sound. */
static void check_copy(struct scene *scene, const struct slot_copy *copy, const char *other)
{
	struct found found;

	assert_int_equal(copy->mode, 0600);
	assert_int_equal(copy->length, 2 * slot_length(&open_kind));
	(void)record_path(scene, &open_kind, &ana);
	change(other, 0, copy->bytes, copy->length);
	snprintf(scene->path, sizeof(scene->path), "%s/other", scene->root);
	found = look(scene->path, &open_kind, &ana);
	assert_int_equal(found.opened, 0);
	assert_int_equal(found.read, 0);
	assert_true(found.state != SLOT_FELL_BACK);
	assert_true(found.value >= 0);
}

static void thousand_writes(void **state)
{
	struct scene *scene = *state;
	unsigned running = WRITERS, copies = 0;
	char root[128], other[256];
	scoped_fd int records = -1;

	snprintf(root, sizeof(root), "%s/other", scene->root);
	assert_int_equal(mkdir(root, 0755), 0);
	assert_int_equal(put(root, &open_kind, &ana, OLDER), 0);
	snprintf(other, sizeof(other), "%s/var/lib/sereno/attempts/1000", root);
	assert_int_equal(put(scene->root, &open_kind, &ana, OLDER), 0);
	records = open_records(scene);
	for (unsigned i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_on(scene->root);
	while (!all_ended(&running)) {
		scoped(slot_copy_clear) struct slot_copy copy = { 0 };

		assert_int_equal(slot_copy(records, "1000", &copy), 0);
		check_copy(scene, &copy, other);
		copies++;
	}
	assert_true(copies > 0);
}

static void refused(void **state)
{
	scoped(slot_copy_clear) struct slot_copy copy = { 0 };
	struct scene *scene = *state;
	scoped_fd int records = -1;

	prepare(scene, &open_kind);
	records = open_records(scene);
	assert_int_equal(slot_copy(records, "1001", &copy), -ENOENT);
	assert_int_equal(linkat(records, "1000", records, "two", 0), 0);
	assert_int_equal(slot_copy(records, "1000", &copy), -EPERM);
	assert_int_equal(unlinkat(records, "two", 0), 0);
	assert_int_equal(slot_copy(records, "1000", &copy), 0);
	assert_int_equal(symlinkat("1000", records, "link"), 0);
	assert_int_equal(slot_copy(records, "link", &copy), -EPERM);
	assert_int_equal(mkfifoat(records, "pipe", 0600), 0);
	assert_int_equal(slot_copy(records, "pipe", &copy), -EPERM);
	assert_int_equal(mkdirat(records, "directory", 0700), 0);
	assert_int_equal(slot_copy(records, "directory", &copy), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test("a thousand writes meanwhile", thousand_writes, NULL),
		a_test("what is no plain file is refused", refused, NULL),
	};

	return cmocka_run_group_tests_name("copies of records", tests, NULL, NULL);
}
