/* SPDX-License-Identifier: MIT */
/* media_standing.c - the kernel's defaults, the boot loader's file and the watcher, for status. */
#include "media_standing.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "messages.h"

#define BUSES	"/sys/bus/usb/devices"
#define MODULE	"/sys/module/usbcore/parameters/authorized_default"
#define SNIPPET "/etc/default/grub.d/sereno-media.cfg"
#define OURS	"/run/sereno/media-managed"
#define GROUP	"/sys/fs/cgroup/system.slice/sereno-media.service/cgroup.events"
#define WIDTH	12 /* of a name in status */

static int read_text(const char *root, const char *path, char *ret, size_t size)
{
	scoped_free char *whole = NULL;
	scoped_fd int fd = -1;
	ssize_t n;

	if (asprintf(&whole, "%s%s", root, path) < 0)
		return -ENOMEM;
	fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	n = fd < 0 ? -1 : read(fd, ret, size - 1);
	if (n < 0)
		return neg_errno();
	ret[n] = '\0';
	return 0;
}

static bool is_there(const char *root, const char *path)
{
	scoped_free char *whole = NULL;

	return asprintf(&whole, "%s%s", root, path) >= 0 && access(whole, F_OK) == 0;
}

/* -1 is what the kernel has where nobody said anything: on. */
static char read_start(const char *root, const char *path)
{
	char text[16] = "";

	if (read_text(root, path, text, sizeof(text)) < 0)
		return '\0';
	return text[0] == '0' || text[0] == '2' ? text[0] : '1';
}

static int compare_buses(const void *a, const void *b)
{
	return strverscmp(((const struct standing_bus *)a)->name,
			  ((const struct standing_bus *)b)->name);
}

static void read_bus(const char *root, const char *name, struct media_standing *standing)
{
	struct standing_bus *bus = &standing->bus[standing->n];
	scoped_free char *path = NULL;

	if (standing->n == STANDING_BUSES_MAX || strlen(name) >= sizeof(bus->name) ||
	    asprintf(&path, BUSES "/%s/authorized_default", name) < 0)
		return;
	bus->start = read_start(root, path);
	memcpy(bus->name, name, strlen(name) + 1);
	standing->n += bus->start != '\0';
}

static void read_buses(const char *root, struct media_standing *standing)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *folder = asprintf(&path, "%s" BUSES, root) < 0 ? NULL : opendir(path);

	while (folder && (entry = readdir(folder)))
		if (strncmp(entry->d_name, "usb", 3) == 0)
			read_bus(root, entry->d_name, standing);
	if (folder)
		(void)closedir(folder); /* it was read from */
	qsort(standing->bus, standing->n, sizeof(standing->bus[0]), compare_buses);
}

void media_standing_read(const char *root, const struct policy *policy, struct media_standing *ret)
{
	struct media_rules rules;
	char events[128] = "";

	*ret = (struct media_standing){ .start = read_start(root, MODULE) };
	policy_media(policy, &rules);
	ret->managed = rules.given;
	ret->on_trial = rules.given && rules.observe;
	ret->boot = is_there(root, SNIPPET);
	ret->ours = is_there(root, OURS);
	ret->watched = read_text(root, GROUP, events, sizeof(events)) == 0 &&
		       strstr(events, "populated 1");
	read_buses(root, ret);
}

/* The first bus on which what comes starts on, or NULL. */
static const char *first_open(const struct media_standing *standing)
{
	for (size_t i = 0; i < standing->n; i++)
		if (standing->bus[i].start != '0')
			return standing->bus[i].name;
	return standing->start && standing->start != '0' ? "usbcore" : NULL;
}

static bool has_closed(const struct media_standing *standing)
{
	for (size_t i = 0; i < standing->n; i++)
		if (standing->bus[i].start == '0')
			return true;
	return standing->start == '0';
}

bool media_standing_is_open(const struct media_standing *standing)
{
	return standing->managed && !standing->on_trial && first_open(standing);
}

bool media_standing_is_unwatched(const struct media_standing *standing)
{
	return standing->managed && !standing->watched;
}

/* With the boot loader's file a host means it so: the helper lets them in. */
bool media_standing_is_shut(const struct media_standing *standing)
{
	return !standing->managed && standing->ours && has_closed(standing);
}

static const char *start_text(const struct media_standing *standing, char text[static 128])
{
	const char *open = first_open(standing);

	if (!standing->start && standing->n == 0)
		return _("there is no USB");
	if (!open)
		return _("off, until it is let in");
	if (!has_closed(standing))
		return _("on");
	(void)snprintf(text, 128, _("off, but on at %s"), open); /* may be cut */
	return text;
}

void media_standing_print(const struct media_standing *standing, const struct output *output)
{
	char text[128];

	if (!standing->managed && !standing->boot && !has_closed(standing))
		return;
	output_field(output, WIDTH, _("media"),
		     !standing->managed	  ? _("not managed")
		     : standing->on_trial ? _("on trial: everything is let in")
					  : _("managed"));
	output_field(output, WIDTH, _("  new is"), start_text(standing, text));
	output_field(output, WIDTH, _("  at boot"),
		     standing->boot ? _("all off, by the boot loader")
				    : _("on; sereno media boot on changes that"));
	output_field(output, WIDTH, _("  watcher"),
		     standing->watched ? _("runs") : _("does not run"));
}

void media_standing_write(const struct media_standing *standing, struct json *json)
{
	char start[2] = { standing->start, '\0' };

	json_begin(json, "media", JSON_OBJECT);
	json_bool(json, "managed", standing->managed);
	json_bool(json, "on_trial", standing->on_trial);
	json_bool(json, "boot", standing->boot);
	json_bool(json, "watcher", standing->watched);
	json_string(json, "authorized_default", start[0] ? start : NULL);
	json_begin(json, "buses", JSON_ARRAY);
	for (size_t i = 0; i < standing->n; i++) {
		start[0] = standing->bus[i].start;
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "bus", standing->bus[i].name);
		json_string(json, "authorized_default", start);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}
