/* SPDX-License-Identifier: MIT */
/*
 * slot_mounts.c - tests: full and read-only file systems, real ones, in a mount namespace of our
 * own.
 *
 * Needs root, or a kernel that lets users have namespaces; where it has neither it fails and says
 * so.
 */
#include "slot_scene.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

/* Returns whether @text could be written to the existing file @path. */
static bool set(const char *path, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Become root of a user namespace: of one user and one group. */
static bool enter_user_namespace(void)
{
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %u 1", (unsigned)getuid());
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && set("/proc/self/uid_map", users) &&
	       set("/proc/self/setgroups", "deny") && set("/proc/self/gid_map", groups);
}

static bool enter_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0 && !enter_user_namespace())
		return false;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void mount_var(struct scene *scene, const char *options)
{
	(void)mkdir(scene_path(scene, "var"), 0755);
	assert_int_equal(mount("tmpfs", scene->path, "tmpfs", MS_NOSUID, options), 0);
}

static void remount_var(struct scene *scene, unsigned long flags, const char *options)
{
	assert_int_equal(mount("tmpfs", scene_path(scene, "var"), NULL,
			       MS_REMOUNT | MS_NOSUID | flags, options),
			 0);
}

static int unmount_and_end(void **state)
{
	struct scene *scene = *state;

	if (umount2(scene_path(scene, "var"), MNT_DETACH) < 0)
		return -1;
	return scene_end(state);
}

/* Write to a file of its own until nothing fits any more. */
static void fill_up(struct scene *scene)
{
	static const uint8_t page[4096] = { 1 };
	scoped_fd int fd =
		open(scene_path(scene, "var/filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n;

	assert_true(fd >= 0);
	do {
		n = write(fd, page, sizeof(page));
	} while (n > 0);
	assert_int_equal(errno, ENOSPC);
}

static void empty_again(struct scene *scene)
{
	assert_int_equal(unlink(scene_path(scene, "var/filler")), 0);
}

static void full_from_the_start(void **state)
{
	struct scene *scene = *state;
	struct found found;
	struct stat st;
	char left[600];

	mount_var(scene, "size=4k");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(put(scene->root, &open_kind, &ana, 5), -ENOSPC);
		found = look(scene->root, &open_kind, &ana);
		assert_int_equal(found.opened, -ENOENT);
		snprintf(left, sizeof(left), "%s.new", record_path(scene, &open_kind, &ana));
		assert_int_equal(stat(left, &st), -1);
	}
	remount_var(scene, 0, "size=64k");
	assert_int_equal(put(scene->root, &open_kind, &ana, 5), 0);
	found = look(scene->root, &open_kind, &ana);
	expect(&found, SLOT_SOUND, 5);
}

static void no_inode_left(void **state)
{
	struct scene *scene = *state;
	struct found found;

	mount_var(scene, "nr_inodes=5"); /* root, lib, sereno, codes, key: none for the record */
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 5), -ENOSPC);
	remount_var(scene, 0, "nr_inodes=20");
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 5), 0);
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_SOUND, 5);
}

/* What exists goes on working on a full disk, for as long as it takes. */
static void full_later(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct found found;

	mount_var(scene, "size=256k");
	prepare(scene, kind);
	fill_up(scene);
	for (uint32_t i = 20; i < 60; i++) {
		assert_int_equal(put(scene->root, kind, &ana, i), 0);
		found = look(scene->root, kind, &ana);
		expect(&found, SLOT_SOUND, i);
	}
	assert_int_equal(put(scene->root, kind, &berta, 5), -ENOSPC);
	found = look(scene->root, kind, &berta);
	assert_int_equal(found.opened, -ENOENT);
	empty_again(scene);
	assert_int_equal(put(scene->root, kind, &berta, 5), 0);
	found = look(scene->root, kind, &berta);
	expect(&found, SLOT_SOUND, 5);
}

static void read_only(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct found found;

	mount_var(scene, "size=256k");
	prepare(scene, kind);
	remount_var(scene, MS_RDONLY, NULL);
	found = look(scene->root, kind, &ana);
	assert_int_equal(found.opened, -EROFS); /* it could not be locked and charged either */
	assert_int_equal(put(scene->root, kind, &ana, 20), -EROFS);
	assert_int_equal(put(scene->root, kind, &berta, 20), -EROFS);
	assert_int_equal(slot_remove(scene->root, kind, &ana), -EROFS);
	found = look(scene->root, kind, &berta);
	assert_int_equal(found.opened, -ENOENT);
	remount_var(scene, 0, NULL);
	found = look(scene->root, kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
	assert_int_equal(put(scene->root, kind, &ana, 20), 0);
}

static void read_only_from_the_start(void **state)
{
	struct scene *scene = *state;

	mount_var(scene, "size=256k");
	remount_var(scene, MS_RDONLY, NULL);
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 5), -EROFS);
	remount_var(scene, 0, NULL);
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 5), 0);
}

/* A bind mount can be read-only where its file system is not. */
static void read_only_bind(void **state)
{
	struct scene *scene = *state;
	struct found found;
	const char *var;

	mount_var(scene, "size=256k");
	prepare(scene, &open_kind);
	var = scene_path(scene, "var");
	assert_int_equal(mount(var, var, NULL, MS_BIND, NULL), 0);
	assert_int_equal(mount(NULL, var, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL),
			 0);
	assert_int_equal(put(scene->root, &open_kind, &ana, 20), -EROFS);
	assert_int_equal(umount2(scene_path(scene, "var"), MNT_DETACH), 0);
	found = look(scene->root, &open_kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
}

/* clang-format off */
#define ROW(name, test, row) { name, test, scene_begin, unmount_and_end, (void *)(uintptr_t)(row) }
/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW("full from the start", full_from_the_start, NULL),
		ROW("no inode left", no_inode_left, NULL),
		ROW("full later, open", full_later, &open_kind),
		ROW("full later, sealed", full_later, &sealed_kind),
		ROW("read-only, open", read_only, &open_kind),
		ROW("read-only, sealed", read_only, &sealed_kind),
		ROW("read-only from the start", read_only_from_the_start, NULL),
		ROW("read-only bind mount", read_only_bind, NULL),
	};

	if (!enter_namespace()) {
		fprintf(stderr,
			"FAILED: no mount namespace here (%s); run as root, or allow users "
			"namespaces of their own (sysctl kernel.unprivileged_userns_clone=1)\n",
			strerror(errno));
		return 1;
	}
	return cmocka_run_group_tests_name("file systems", tests, NULL, NULL);
}
