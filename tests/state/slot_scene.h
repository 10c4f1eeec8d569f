/* SPDX-License-Identifier: MIT */
/* slot_scene.h - for the tests of slot files: a root directory of their own, and payloads that tell
 * a number. */
#ifndef SERENO_TESTS_SLOT_SCENE_H
#define SERENO_TESTS_SLOT_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

#include "slot_record.h"

#define UNUSED __attribute__((unused))

static const struct slot_kind open_kind UNUSED = { "attempts", 7, 200, NULL };
static const struct slot_kind sealed_kind UNUSED = { "codes", 3, 5000, &host_seal };
static const struct slot_owner ana UNUSED = { "1000", "ana", 1000 };
static const struct slot_owner berta UNUSED = { "1001", "berta", 1001 };

struct scene {
	const void *row; /* of the test's table */
	char root[64];
	char path[512]; /* of the last scene_path() */
};

/* ROOT/@tail, kept until the next call. */
static UNUSED const char *scene_path(struct scene *scene, const char *tail)
{
	const int n = snprintf(scene->path, sizeof(scene->path), "%s/%s", scene->root, tail);

	assert_true(n > 0 && (size_t)n < sizeof(scene->path));
	return scene->path;
}

static UNUSED const char *record_path(struct scene *scene, const struct slot_kind *kind,
				      const struct slot_owner *owner)
{
	char tail[256];

	snprintf(tail, sizeof(tail), "var/lib/sereno/%s/%s", kind->directory, owner->name);
	return scene_path(scene, tail);
}

static UNUSED void scene_write(struct scene *scene, const char *tail, const char *text)
{
	FILE *file = fopen(scene_path(scene, tail), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static UNUSED int scene_begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	const char *shared = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	const char *under = getenv("TMPDIR");

	if (!scene)
		return -1;
	scene->row = *state;
	snprintf(scene->root, sizeof(scene->root), "%s/sereno-slot-XXXXXX", under ? under : shared);
	if (!mkdtemp(scene->root) || mkdir(scene_path(scene, "etc"), 0755) < 0)
		return -1;
	scene_write(scene, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	*state = scene;
	return 0;
}

static UNUSED int remove_one(const char *path, const struct stat *st UNUSED, int type UNUSED,
			     struct FTW *where UNUSED)
{
	return remove(path);
}

static UNUSED int scene_end(void **state)
{
	struct scene *scene = *state;
	const int r = nftw(scene->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(scene);
	return r;
}

/* A payload that says @value everywhere, so that a mixture of two writes shows. */
static UNUSED void tell(uint8_t *payload, size_t size, uint32_t value)
{
	for (size_t i = 0; i < size; i++)
		payload[i] = (uint8_t)(value >> (8 * (i % 4)));
}

/* What @payload tells, or -1 when it is a mixture. */
static UNUSED int64_t told(const uint8_t *payload, size_t size)
{
	uint32_t value = 0;
	uint8_t expected[SLOT_PAYLOAD_MAX];

	for (size_t i = 0; i < 4 && i < size; i++)
		value |= (uint32_t)payload[i] << (8 * i);
	tell(expected, size, value);
	return memcmp(payload, expected, size) == 0 ? (int64_t)value : -1;
}

/* What one opening found: an error of open or read, or a state and what the payload tells. */
struct found {
	int opened, read;
	enum slot_state state;
	int64_t value;
};

static UNUSED struct found look(const char *root, const struct slot_kind *kind,
				const struct slot_owner *owner)
{
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	struct found found = { .value = -1 };

	found.opened = slot_open(root, kind, owner, SLOT_MUST_EXIST, &file);
	if (found.opened < 0)
		return found;
	found.read = slot_read(file, payload, &found.state);
	if (found.read == 0)
		found.value = told(payload, kind->payload_size);
	return found;
}

/* Open, creating, and write @value. */
static UNUSED int put(const char *root, const struct slot_kind *kind,
		      const struct slot_owner *owner, uint32_t value)
{
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	int r = slot_open(root, kind, owner, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	tell(payload, kind->payload_size, value);
	return slot_write(file, payload, SLOT_DURABLE);
}

static UNUSED void expect(const struct found *found, enum slot_state state, int64_t value)
{
	assert_int_equal(found->opened, 0);
	assert_int_equal(found->read, 0);
	assert_int_equal(found->state, state);
	assert_int_equal(found->value, value);
}

static UNUSED size_t slot_length(const struct slot_kind *kind)
{
	return (slot_record_size(kind) + 4095) / 4096 * 4096;
}

static UNUSED void change(const char *path, off_t offset, const void *bytes, size_t length)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, offset), length);
}

static UNUSED void read_bytes(const char *path, off_t offset, void *bytes, size_t length)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, bytes, length, offset), length);
}

static UNUSED void flip(struct scene *scene, off_t offset, uint8_t bits)
{
	uint8_t byte;

	read_bytes(scene->path, offset, &byte, 1);
	byte ^= bits;
	change(scene->path, offset, &byte, 1);
}

/* The record of @owner tells first OLDER, then NEWER. */
#define OLDER 10
#define NEWER 11

static UNUSED void prepare(struct scene *scene, const struct slot_kind *kind)
{
	assert_int_equal(put(scene->root, kind, &ana, OLDER), 0);
	assert_int_equal(put(scene->root, kind, &ana, NEWER), 0);
	(void)record_path(scene, kind, &ana);
}

static UNUSED struct CMUnitTest a_test(const char *name, CMUnitTestFunction test, const void *row)
{
	return (struct CMUnitTest){ name, test, scene_begin, scene_end, (void *)(uintptr_t)row };
}

#endif
