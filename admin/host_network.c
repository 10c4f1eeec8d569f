/* SPDX-License-Identifier: MIT */
/* host_network.c - interfaces by /proc/net and by their addresses, and where sysfs has them. */
#include "host_network.h"

#include <dirent.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <sereno/scoped.h>

#define INTERFACES_MAX 64
#define FIELDS_MAX     16

struct interfaces {
	size_t n;
	char name[INTERFACES_MAX][IF_NAMESIZE];
};

/* A table of /proc/net with one route a line. */
struct route_table {
	const char *path;
	size_t n_fields, zero[2], name; /* a default route has 0 in those two */
};

/* proc(5): interface, destination, gateway, flags, three more, mask. And of IPv6: destination, its
 * length, source, its length, next hop, four more, interface. */
static const struct route_table tables[] = {
	{ "/proc/net/route", 8, { 1, 7 }, 0 },
	{ "/proc/net/ipv6_route", 10, { 0, 1 }, 9 },
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

	while (n < FIELDS_MAX && (field = strsep(&line, " \t\n")) != NULL)
		if (field[0])
			fields[n++] = field;
	return n;
}

static bool is_zero(const char *field)
{
	return field[strspn(field, "0")] == '\0';
}

/* The kernel's own entry that rejects everything is the loopback's, which is no device. */
static int read_routes(const char *root, const struct route_table *table,
		       struct interfaces *interfaces)
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	char *fields[FIELDS_MAX];
	size_t size = 0;

	if (asprintf(&path, "%s%s", root, table->path) < 0)
		return -ENOMEM;
	stream = fopen(path, "re");
	while (stream && getline(&line, &size, stream) >= 0)
		if (split(line, fields) >= table->n_fields && is_zero(fields[table->zero[0]]) &&
		    is_zero(fields[table->zero[1]]))
			add(interfaces, fields[table->name]);
	return 0;
}

/* sysfs has a link lower_NAME for each interface that one stands on. */
static int add_lower(const char *root, const char *name, struct interfaces *interfaces)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *links;

	if (asprintf(&path, "%s/sys/class/net/%s", root, name) < 0)
		return -ENOMEM;
	links = opendir(path);
	while (links && (entry = readdir(links)) != NULL)
		if (strncmp(entry->d_name, "lower_", 6) == 0)
			add(interfaces, entry->d_name + 6);
	if (links)
		(void)closedir(links); /* it was read from */
	return 0;
}

/* @interface, and those that it stands on. */
static int tell(const char *root, const char *interface, host_network_each *each, void *context)
{
	struct interfaces interfaces = { .n = 0 };
	char target[PATH_MAX];
	int r = 0;

	add(&interfaces, interface);
	for (size_t i = 0; r == 0 && i < interfaces.n; i++) {
		scoped_free char *path = NULL;
		ssize_t n;

		if (asprintf(&path, "%s/sys/class/net/%s", root, interfaces.name[i]) < 0)
			return -ENOMEM;
		n = readlink(path, target, sizeof(target) - 1);
		if (n < 0)
			continue;
		target[n] = '\0';
		r = each(context, interface, target);
		if (r == 0)
			r = add_lower(root, interfaces.name[i], &interfaces);
	}
	return r;
}

int host_network_default(const char *root, host_network_each *each, void *context)
{
	struct interfaces interfaces = { .n = 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tables); i++)
		r = read_routes(root, &tables[i], &interfaces);
	for (size_t i = 0; r == 0 && i < interfaces.n; i++)
		r = tell(root, interfaces.name[i], each, context);
	return r;
}

static bool has_address(const struct sockaddr *name, const struct address *address)
{
	const struct sockaddr_in *ipv4 = (const void *)name;
	const struct sockaddr_in6 *ipv6 = (const void *)name;

	if (name->sa_family == AF_INET)
		return address->family == ADDRESS_IPV4 &&
		       memcmp(address->byte, &ipv4->sin_addr, 4) == 0;
	return name->sa_family == AF_INET6 && address->family == ADDRESS_IPV6 &&
	       memcmp(address->byte, &ipv6->sin6_addr, 16) == 0;
}

int host_network_of(const char *root, const struct address *address, host_network_each *each,
		    void *context)
{
	struct ifaddrs *list, *item;
	int r = 0;

	if (getifaddrs(&list) < 0)
		return errno == ENOMEM ? -ENOMEM : 0;
	for (item = list; r == 0 && item; item = item->ifa_next)
		if (item->ifa_addr && has_address(item->ifa_addr, address))
			r = tell(root, item->ifa_name, each, context);
	freeifaddrs(list);
	return r;
}
