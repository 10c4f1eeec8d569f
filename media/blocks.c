/* SPDX-License-Identifier: MIT */
/* blocks.c - block devices below a directory of sysfs, and their holders. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "blocks.h"

#define NUMBER_SIZE 32

static void close_directory(DIR **directory)
{
	if (*directory)
		(void)closedir(*directory); /* it was read from */
}

bool sysfs_is_below(const char *path, const char *directory)
{
	const size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/* Links of sysfs go up and then down from /sys: what is behind the way up is the same for all. */
static int read_link(int at, const char *name, char ret[static BLOCK_PATH_SIZE])
{
	char target[BLOCK_PATH_SIZE];
	const ssize_t length = readlinkat(at, name, target, sizeof(target));
	const char *path = target;

	if (length < 0)
		return neg_errno();
	if ((size_t)length >= sizeof(target))
		return -ENAMETOOLONG;
	target[length] = '\0';
	while (strncmp(path, "../", 3) == 0)
		path += 3;
	memcpy(ret, path, strlen(path) + 1);
	return 0;
}

int sysfs_directory(const char *root, const char *link, char ret[static BLOCK_PATH_SIZE])
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s/sys/%s", root, link) < 0)
		return -ENOMEM;
	return read_link(AT_FDCWD, path, ret);
}

/* "8:17" */
static int read_number(int classes, const char *name, dev_t *ret)
{
	char path[BLOCK_NAME_SIZE + 8], text[NUMBER_SIZE];
	unsigned long major_part, minor_part;
	scoped_fd int fd = -1;
	ssize_t length;
	char *end;

	(void)snprintf(path, sizeof(path), "%s/dev", name); /* fits */
	fd = openat(classes, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return neg_errno();
	length = read(fd, text, sizeof(text) - 1);
	if (length < 0)
		return neg_errno();
	text[length] = '\0';
	major_part = strtoul(text, &end, 10);
	if (end == text || *end != ':')
		return -EBADMSG;
	minor_part = strtoul(end + 1, NULL, 10);
	*ret = makedev((unsigned)major_part, (unsigned)minor_part);
	return 0;
}

static bool is_there(int classes, const char *name, const char *file)
{
	char path[BLOCK_NAME_SIZE + 16];

	(void)snprintf(path, sizeof(path), "%s/%s", name, file); /* fits */
	return faccessat(classes, path, F_OK, 0) == 0;
}

static bool has_name(const struct blocks *blocks, const char *name)
{
	for (size_t i = 0; i < blocks->n; i++)
		if (strcmp(blocks->item[i].name, name) == 0)
			return true;
	return false;
}

static int make_room(struct blocks *blocks)
{
	const size_t room = blocks->room ? 2 * blocks->room : 16;
	struct block *item;

	if (blocks->n < blocks->room)
		return 0;
	if (room > BLOCKS_MAX)
		return -E2BIG;
	item = reallocarray(blocks->item, room, sizeof(*item));
	if (!item)
		return -ENOMEM;
	blocks->item = item;
	blocks->room = room;
	return 0;
}

/* What is gone by now is not there. */
static int add(struct blocks *blocks, int classes, const char *name)
{
	struct block block = { .is_ours = true };
	int r;

	if (has_name(blocks, name))
		return 0;
	if (strlen(name) >= sizeof(block.name))
		return -ENAMETOOLONG;
	memcpy(block.name, name, strlen(name) + 1);
	r = read_number(classes, name, &block.number);
	if (r < 0)
		return r == -ENOENT || r == -ENODEV ? 0 : r;
	block.is_disk = !is_there(classes, name, "partition");
	block.is_map = is_there(classes, name, "dm/uuid");
	r = make_room(blocks);
	if (r < 0)
		return r;
	blocks->item[blocks->n++] = block;
	return 0;
}

static int open_names(int at, const char *path, DIR **ret)
{
	scoped_fd int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory;

	if (fd < 0)
		return neg_errno();
	directory = fdopendir(fd);
	if (!directory)
		return neg_errno();
	(void)take(fd, -1);
	*ret = directory;
	return 0;
}

static int add_below(struct blocks *blocks, int classes, const char *path)
{
	scoped(close_directory) DIR *names = NULL;
	char target[BLOCK_PATH_SIZE];
	const struct dirent *entry;
	int r = open_names(classes, ".", &names);

	while (r == 0 && (entry = readdir(names)) != NULL) {
		if (entry->d_name[0] == '.' || read_link(classes, entry->d_name, target) < 0)
			continue;
		if (sysfs_is_below(target, path))
			r = add(blocks, classes, entry->d_name);
	}
	return r;
}

static int add_holders(struct blocks *blocks, int classes, const char *name)
{
	scoped(close_directory) DIR *names = NULL;
	char path[BLOCK_NAME_SIZE + 16];
	const struct dirent *entry;
	int r;

	(void)snprintf(path, sizeof(path), "%s/holders", name); /* fits */
	r = open_names(classes, path, &names);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && (entry = readdir(names)) != NULL)
		if (entry->d_name[0] != '.')
			r = add(blocks, classes, entry->d_name);
	return r;
}

/* A volume that spans this device and others is not this device's to close. */
static bool has_all_slaves(const struct blocks *blocks, int classes, const char *name)
{
	scoped(close_directory) DIR *names = NULL;
	char path[BLOCK_NAME_SIZE + 16];
	const struct dirent *entry;

	(void)snprintf(path, sizeof(path), "%s/slaves", name); /* fits */
	if (open_names(classes, path, &names) < 0)
		return true;
	while ((entry = readdir(names)) != NULL)
		if (entry->d_name[0] != '.' && !has_name(blocks, entry->d_name))
			return false;
	return true;
}

int blocks_find(const char *root, const char *directory, struct blocks *ret)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	scoped_free char *path = NULL;
	scoped_fd int classes = -1;
	int r;

	if (asprintf(&path, "%s/sys/class/block", root) < 0)
		return -ENOMEM;
	classes = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (classes < 0)
		return neg_errno();
	r = add_below(&blocks, classes, directory);
	for (size_t i = 0; r == 0 && i < blocks.n; i++)
		r = add_holders(&blocks, classes, blocks.item[i].name);
	if (r < 0)
		return r;
	for (size_t i = 0; i < blocks.n; i++)
		blocks.item[i].is_ours = has_all_slaves(&blocks, classes, blocks.item[i].name);
	*ret = take(blocks, (struct blocks){ 0 });
	return 0;
}

void blocks_clear(struct blocks *blocks)
{
	free(blocks->item);
	*blocks = (struct blocks){ 0 };
}

bool blocks_have(const struct blocks *blocks, dev_t number)
{
	for (size_t i = 0; i < blocks->n; i++)
		if (blocks->item[i].number == number)
			return true;
	return false;
}
