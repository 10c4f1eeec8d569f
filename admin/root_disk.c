/* SPDX-License-Identifier: MIT */
/* root_disk.c - what the root file system is on, by the mounts and by sysfs. */
#include "root_disk.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#define BLOCKS_MAX 64

/* Numbers of block devices, "8:1": those found, and what they are built on. */
struct blocks {
	size_t n;
	char number[BLOCKS_MAX][24];
};

static int add(struct blocks *blocks, const char *number)
{
	const size_t length = strcspn(number, "\n ");

	for (size_t i = 0; i < blocks->n; i++)
		if (strncmp(blocks->number[i], number, length) == 0 &&
		    blocks->number[i][length] == '\0')
			return 0;
	if (blocks->n == BLOCKS_MAX || length >= sizeof(blocks->number[0]))
		return -E2BIG;
	memcpy(blocks->number[blocks->n], number, length);
	blocks->number[blocks->n++][length] = '\0';
	return 0;
}

/* File systems of several disks have a number of their own: the source names one of them. */
static int add_source(const char *root, const char *source, struct blocks *blocks)
{
	scoped_free char *path = NULL;
	char number[24];
	struct stat st;

	if (source[0] != '/')
		return -ENODEV;
	if (asprintf(&path, "%s%s", root, source) < 0)
		return -ENOMEM;
	if (stat(path, &st) < 0)
		return neg_errno();
	if (!S_ISBLK(st.st_mode))
		return -ENODEV;
	(void)snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev),
		       minor(st.st_rdev)); /* 21 */
	return add(blocks, number);
}

/* One line of mountinfo (proc_pid_mountinfo(5)): its number is the third word, where it is mounted
 * the fifth, its source the second one behind " - ". */
static int add_mount(const char *root, char *line, struct blocks *blocks)
{
	char *rest = strstr(line, " - ");
	char *words[5], *save = line, *source;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		words[i] = strsep(&save, " ");
		if (!save)
			return -EBADMSG;
	}
	if (strcmp(words[4], "/") != 0 && strcmp(words[4], "/usr") != 0)
		return 0;
	if (strncmp(words[2], "0:", 2) != 0)
		return add(blocks, words[2]);
	source = rest ? strchr(rest + 3, ' ') : NULL;
	if (!source)
		return -EBADMSG;
	source++;
	source[strcspn(source, " \n")] = '\0';
	return add_source(root, source, blocks);
}

static int read_mounts(const char *root, struct blocks *blocks)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	size_t size = 0;
	int r = 0;

	if (asprintf(&path, "%s/proc/self/mountinfo", root) < 0)
		return -ENOMEM;
	stream = fopen(path, "re");
	if (!stream)
		return neg_errno();
	while (r == 0 && getline(&line, &size, stream) >= 0)
		r = add_mount(root, line, blocks);
	if (r == 0 && blocks->n == 0)
		r = -ENOENT;
	return r;
}

static int add_slave(const char *slaves, const char *name, struct blocks *blocks)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	size_t size = 0;

	if (asprintf(&path, "%s/%s/dev", slaves, name) < 0)
		return -ENOMEM;
	stream = fopen(path, "re");
	if (!stream || getline(&line, &size, stream) < 0)
		return neg_errno();
	return add(blocks, line);
}

static int add_slaves(const char *root, const char *number, struct blocks *blocks)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *stream;
	int r = 0;

	if (asprintf(&path, "%s/sys/dev/block/%s/slaves", root, number) < 0)
		return -ENOMEM;
	stream = opendir(path);
	if (!stream) /* a partition has none */
		return errno == ENOENT ? 0 : neg_errno();
	while (r == 0 && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			r = add_slave(path, entry->d_name, blocks);
	(void)closedir(stream);
	return r;
}

static int is_on_usb(const char *root, const char *number)
{
	scoped_free char *path = NULL;
	char target[PATH_MAX];
	ssize_t n;

	if (asprintf(&path, "%s/sys/dev/block/%s", root, number) < 0)
		return -ENOMEM;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return neg_errno();
	target[n] = '\0';
	return strstr(target, "/usb") != NULL;
}

int root_disk_is_on_usb(const char *root)
{
	struct blocks blocks = { .n = 0 };
	int r = read_mounts(root, &blocks);

	for (size_t i = 0; r == 0 && i < blocks.n; i++) {
		r = is_on_usb(root, blocks.number[i]);
		if (r == 0)
			r = add_slaves(root, blocks.number[i], &blocks);
	}
	return r;
}
