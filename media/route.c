/* SPDX-License-Identifier: MIT */
/* route.c - the interfaces of the default routes, from /proc/net, and where sysfs has them. */
#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "route.h"

#define INTERFACES_MAX 64
#define FIELDS_MAX     16

struct interfaces {
	size_t n;
	char name[INTERFACES_MAX][IF_NAMESIZE];
};

static void add(struct interfaces *interfaces, const char *name)
{
	for (size_t i = 0; i < interfaces->n; i++)
		if (strcmp(interfaces->name[i], name) == 0)
			return;
	if (interfaces->n == INTERFACES_MAX || strlen(name) >= IF_NAMESIZE)
		return;
	memcpy(interfaces->name[interfaces->n++], name, strlen(name) + 1);
}

static size_t split(char *line, char *fields[static FIELDS_MAX])
{
	size_t n = 0;
	char *field;

	line[strcspn(line, "\n")] = '\0';
	while (n < FIELDS_MAX && (field = strsep(&line, " \t")) != NULL)
		if (field[0])
			fields[n++] = field;
	return n;
}

static bool is_zero(const char *field)
{
	return field[strspn(field, "0")] == '\0';
}

/* proc(5): interface, destination, gateway, flags, three more, mask. */
static void read_ipv4(const char *root, struct interfaces *interfaces)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	char *fields[FIELDS_MAX];
	size_t size = 0;

	if (asprintf(&path, "%s/proc/net/route", root) < 0)
		return;
	stream = fopen(path, "re");
	while (stream && getline(&line, &size, stream) >= 0)
		if (split(line, fields) >= 8 && is_zero(fields[1]) && is_zero(fields[7]))
			add(interfaces, fields[0]);
}

/* Destination, its length, source, its length, next hop, four more, interface. The kernel's own
 * entry that rejects everything is the loopback's, which is no device. */
static void read_ipv6(const char *root, struct interfaces *interfaces)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	char *fields[FIELDS_MAX];
	size_t size = 0;

	if (asprintf(&path, "%s/proc/net/ipv6_route", root) < 0)
		return;
	stream = fopen(path, "re");
	while (stream && getline(&line, &size, stream) >= 0)
		if (split(line, fields) >= 10 && is_zero(fields[0]) && is_zero(fields[1]))
			add(interfaces, fields[9]);
}

/* sysfs has a link lower_NAME for each interface that one stands on. */
static void add_lower(const char *root, struct interfaces *interfaces, const char *name)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *links;

	if (asprintf(&path, "%s/sys/class/net/%s", root, name) < 0)
		return;
	links = opendir(path);
	while (links && (entry = readdir(links)) != NULL)
		if (strncmp(entry->d_name, "lower_", 6) == 0)
			add(interfaces, entry->d_name + 6);
	if (links)
		(void)closedir(links); /* it was read from */
}

bool route_needs(const char *root, const char *directory)
{
	struct interfaces interfaces = { 0 };
	char link[IF_NAMESIZE + 16], path[BLOCK_PATH_SIZE];

	read_ipv4(root, &interfaces);
	read_ipv6(root, &interfaces);
	for (size_t i = 0; i < interfaces.n; i++) {
		add_lower(root, &interfaces, interfaces.name[i]);
		(void)snprintf(link, sizeof(link), "class/net/%s", interfaces.name[i]); /* fits */
		if (sysfs_directory(root, link, path) == 0 && sysfs_is_below(path, directory))
			return true;
	}
	return false;
}
