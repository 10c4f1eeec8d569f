/* SPDX-License-Identifier: MIT */
/* map.c - the disks and partitions that a map of the device mapper is built on in the end. */
#include "map.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

static int add(struct map_parts *parts, const char *path)
{
	if (parts->n == MAP_PARTS_MAX)
		return -E2BIG;
	if (strlen(path) >= sizeof(parts->path[0]))
		return -ENAMETOOLONG;
	memcpy(parts->path[parts->n++], path, strlen(path) + 1);
	return 0;
}

/* The links in slaves/ go up as far as /sys/devices, and down again. */
static int add_link(struct map_parts *parts, const char *slaves, const char *name)
{
	char link[2 * PATH_MAX], target[PATH_MAX];
	const char *path = target;
	ssize_t n;

	(void)snprintf(link, sizeof(link), "%s/%s", slaves, name); /* fits */
	n = readlink(link, target, sizeof(target) - 16);
	if (n < 0)
		return neg_errno();
	target[n] = '\0';
	while (strncmp(path, "../", 3) == 0)
		path += 3;
	if (strncmp(path, "devices/", 8) != 0) {
		/* it went up no further than /sys/devices itself */
		memmove(target + 8, path, strlen(path) + 1);
		memcpy(target, "devices/", 8);
		path = target;
	}
	memmove(target + 1, path, strlen(path) + 1);
	target[0] = '/';
	return add(parts, target);
}

/* How many it is built on: 0 where it is no map, or none that is loaded. */
static int add_slaves(const char *root, const char *path, struct map_parts *parts)
{
	char slaves[PATH_MAX];
	const struct dirent *entry;
	const size_t before = parts->n;
	DIR *stream;
	int n, r = 0;

	n = snprintf(slaves, sizeof(slaves), "%s/sys%s/slaves", root, path);
	if (n < 0 || (size_t)n >= sizeof(slaves))
		return -ENAMETOOLONG;
	stream = opendir(slaves);
	if (!stream)
		return errno == ENOENT ? 0 : neg_errno();
	while (r == 0 && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			r = add_link(parts, slaves, entry->d_name);
	(void)closedir(stream);
	return r < 0 ? r : (int)(parts->n - before);
}

static void take_out(struct map_parts *parts, size_t i)
{
	parts->n--;
	memmove(parts->path[i], parts->path[i + 1], (parts->n - i) * sizeof(parts->path[0]));
}

int map_find_parts(const char *root, const char *path, struct map_parts *ret)
{
	size_t i = 0, steps = 0;
	int r;

	ret->n = 0;
	r = add(ret, path);
	if (r < 0)
		return r;
	while (i < ret->n) {
		if (++steps > 4 * MAP_PARTS_MAX)
			return -E2BIG;
		r = add_slaves(root, ret->path[i], ret);
		if (r < 0)
			return r;
		if (r > 0)
			take_out(ret, i);
		else
			i++;
	}
	return 0;
}
