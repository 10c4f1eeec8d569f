/* SPDX-License-Identifier: MIT */
/*
 * tree.h - a sysfs of a test's own, below a root of its own: from descriptions of umockdev, or made
 * up. Plain files: what is written stays, and what is removed is gone for who has opened it, too.
 */
#ifndef TESTS_DEVICE_TREE_H
#define TESTS_DEVICE_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

struct tree {
	char root[64];
	char path[PATH_MAX]; /* of the last tree_path() */
};

/* ROOT/sys@path/@name, kept until the next call. */
static inline const char *tree_path(struct tree *tree, const char *path, const char *name)
{
	const int n = snprintf(tree->path, sizeof(tree->path), "%s/sys%s%s%s", tree->root, path,
			       name[0] ? "/" : "", name);

	assert_true(n > 0 && (size_t)n < sizeof(tree->path));
	return tree->path;
}

static inline void tree_folder(struct tree *tree, const char *path)
{
	char *at;

	(void)tree_path(tree, path, "");
	for (at = tree->path + strlen(tree->root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		(void)mkdir(tree->path, 0755);
		*at = '/';
	}
	(void)mkdir(tree->path, 0755);
}

static inline void tree_bytes(struct tree *tree, const char *device, const char *name,
			      const void *bytes, size_t length)
{
	scoped_fd int fd =
		open(tree_path(tree, device, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
}

/* As the kernel shows it: a newline more. */
static inline void tree_text(struct tree *tree, const char *device, const char *name,
			     const char *text)
{
	char line[4096];
	const int n = snprintf(line, sizeof(line), "%s\n", text);

	assert_true(n > 0 && (size_t)n < sizeof(line));
	tree_bytes(tree, device, name, line, (size_t)n);
}

/* What an attribute holds now, without the newline. */
static inline const char *tree_read(struct tree *tree, const char *device, const char *name)
{
	scoped_fd int fd = open(tree_path(tree, device, name), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	memset(tree->path, 0, sizeof(tree->path));
	assert_true(read(fd, tree->path, sizeof(tree->path) - 1) >= 0);
	tree->path[strcspn(tree->path, "\n")] = '\0';
	return tree->path;
}

static inline void tree_link(struct tree *tree, const char *device)
{
	const char *name = strrchr(device, '/') + 1;
	char target[PATH_MAX];

	assert_true(snprintf(target, sizeof(target), "../../..%s", device) < PATH_MAX);
	tree_folder(tree, "/bus/usb/devices");
	assert_int_equal(symlink(target, tree_path(tree, "/bus/usb/devices", name)), 0);
}

static inline void tree_add(struct tree *tree, const char *device)
{
	tree_folder(tree, device);
	tree_text(tree, device, "uevent", "DEVTYPE=usb_device");
	tree_link(tree, device);
}

static inline unsigned tree_digit(char c)
{
	assert_true(c && strchr("0123456789ABCDEF", c));
	return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

static inline void tree_hex(struct tree *tree, const char *device, const char *name,
			    const char *digits)
{
	uint8_t bytes[4096];
	size_t n = 0;

	for (; digits[0]; digits += 2) {
		assert_true(n < sizeof(bytes));
		bytes[n++] = (uint8_t)(tree_digit(digits[0]) << 4 | tree_digit(digits[1]));
	}
	tree_bytes(tree, device, name, bytes, n);
}

/* "A: NAME=VALUE" or "H: NAME=DIGITS" below @device. */
static inline void tree_attribute(struct tree *tree, const char *device, char *line)
{
	char *value = strchr(line, '=');

	assert_non_null(value);
	*value++ = '\0';
	if (strchr(line + 3, '/')) /* of a subdirectory: power/control */
		return;
	if (line[0] == 'H')
		tree_hex(tree, device, line + 3, value);
	else if (value[0])
		tree_text(tree, device, line + 3, value);
	else
		tree_bytes(tree, device, line + 3, "", 0);
}

/* All devices of tests/data/usb/@name. */
static inline void tree_load(struct tree *tree, const char *name)
{
	scoped_free char *line = NULL;
	scoped_file FILE *file = NULL;
	char device[PATH_MAX] = "", path[PATH_MAX];
	size_t size = 0;

	assert_true(snprintf(path, sizeof(path), "tests/data/usb/%s", name) < PATH_MAX);
	file = fopen(path, "re");
	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "P: ", 3) == 0) {
			assert_true(snprintf(device, sizeof(device), "%s", line + 3) < PATH_MAX);
			tree_add(tree, device);
		} else if (strncmp(line, "A: ", 3) == 0 || strncmp(line, "H: ", 3) == 0) {
			tree_attribute(tree, device, line);
		}
	}
}

static inline int tree_set_up(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	assert_true(snprintf(tree->root, sizeof(tree->root), "/tmp/sereno-device-XXXXXX") > 0);
	assert_non_null(mkdtemp(tree->root));
	*state = tree;
	return 0;
}

static inline int tree_remove_one(const char *path, const struct stat *status, int type,
				  struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void tree_remove(struct tree *tree, const char *device)
{
	const char *name = strrchr(device, '/') + 1;

	(void)nftw(tree_path(tree, device, ""), tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)unlink(tree_path(tree, "/bus/usb/devices", name));
}

static inline int tree_tear_down(void **state)
{
	struct tree *tree = *state;

	(void)nftw(tree->root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(tree);
	return 0;
}

#endif
