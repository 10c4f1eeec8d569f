/* SPDX-License-Identifier: MIT */
/* media_ways.c - groups, rules of polkit and programs that a media: block has to live with. */
#include "media_ways.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "messages.h"

#define NAMED_MAX 5	  /* of the members of a group */
#define RULES_MAX 1048576 /* bytes, of a file of polkit's that is looked into */
#define OWN_RULE  "10-sereno-media.rules"

/* Debian gives the nodes of disks and drives to them. */
static const char *const groups[] = { "disk", "cdrom", "plugdev" };

struct members {
	const struct situation *situation;
	size_t n;
	const char *name[NAMED_MAX]; /* the first of them */
};

static struct mark place_of(const struct situation *situation)
{
	return situation->edition->model->media.at;
}

static bool is_break_glass(const struct model *model, const char *user)
{
	for (size_t i = 0; i < model->break_glass.n; i++)
		if (strcmp(model->break_glass.item[i].text, user) == 0)
			return true;
	return false;
}

/* Whether the policy judges him, and he could not become root: root needs no group. */
static int is_held_back(const struct situation *situation, const char *user)
{
	const struct model *model = situation->edition->model;
	const struct role_set *set = holders_find(situation->holders, user);
	const struct account *account = people_account(situation->people, user);
	bool is_administrator = false;
	int r;

	if (!account || account->uid == 0 || is_break_glass(model, user) ||
	    (!set && !uid_governed(account->uid, model->min_uid)))
		return 0;
	if (!set)
		return 1;
	r = role_set_can_become_root(situation, set, &is_administrator);
	return r < 0 ? r : !is_administrator;
}

static int count_member(void *context, const char *user)
{
	struct members *members = context;
	const size_t n = members->n < NAMED_MAX ? members->n : NAMED_MAX;
	int r;

	for (size_t i = 0; i < n; i++) /* by list and as primary group */
		if (strcmp(members->name[i], user) == 0)
			return 0;
	r = is_held_back(members->situation, user);
	if (r <= 0)
		return r;
	if (members->n < NAMED_MAX)
		members->name[members->n] = user;
	members->n++;
	return 0;
}

static void report_members(const struct members *members, const char *group)
{
	char list[NAMED_MAX * 72] = "", escaped[ESCAPE_MAX], name[ESCAPE_MAX];
	const size_t shown = members->n < NAMED_MAX ? members->n : NAMED_MAX;
	size_t used = 0;

	for (size_t i = 0; i < shown; i++) {
		const int n = snprintf(list + used, sizeof(list) - used, "%s%.64s", i ? ", " : "",
				       members->name[i]);

		used += n > 0 ? (size_t)n : 0; /* fits */
	}
	if (shown < members->n)
		(void)snprintf(list + used, sizeof(list) - used, ", ..."); /* fits */
	situation_report(members->situation, DIAG_WARNING, place_of(members->situation),
			 P_("group %s may open disks and drives past what media: says, and has %zu "
			    "member who is no administrator (%s): what is refused or limited is "
			    "kept from it; still, take him out: gpasswd -d %s %s",
			    "group %s may open disks and drives past what media: says, and has %zu "
			    "members who are no administrators (%s): what is refused or limited is "
			    "kept from it; still, take them out: gpasswd -d %s %s",
			    members->n),
			 group, members->n, escape(escaped, list), escape(name, members->name[0]),
			 group);
}

static int check_groups(const struct situation *situation)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		const struct unix_group *group = people_group(situation->people, groups[i]);
		struct members members = { .situation = situation };
		int r;

		if (!group)
			continue;
		r = people_members(situation->people, group, count_member, &members);
		if (r < 0)
			return r;
		if (members.n > 0)
			report_members(&members, groups[i]);
	}
	return 0;
}

/* Whether the file says yes, and to actions of udisks or without looking which. */
static bool says_yes(int folder, const char *name)
{
	scoped_fd int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	scoped_free char *text = malloc(RULES_MAX + 1);
	ssize_t n = fd < 0 || !text ? -1 : read(fd, text, RULES_MAX);

	if (n < 0)
		return false;
	text[n] = '\0';
	return strstr(text, "Result.YES") && (strstr(text, "udisks") || !strstr(text, "action.id"));
}

/* polkit(8): files of both directories by their names; the first that answers counts. */
static int check_polkit(const struct situation *situation, const char *below)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	char name[ESCAPE_MAX];
	DIR *folder;

	if (asprintf(&path, "%s%s", situation->root, below) < 0)
		return -ENOMEM;
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (strstr(entry->d_name, ".rules") && strcmp(entry->d_name, OWN_RULE) < 0 &&
		    says_yes(dirfd(folder), entry->d_name))
			situation_report(situation, DIAG_WARNING, place_of(situation),
					 _("%s/%s says yes to udisks, and is asked before "
					   "sereno's %s: who it is for mounts, unlocks and formats "
					   "media past media:; give it a later name, or take "
					   "udisks out of it"),
					 below, escape(name, entry->d_name), OWN_RULE);
	if (folder)
		(void)closedir(folder); /* it was read from */
	return 0;
}

static bool is_there(const char *root, const char *path)
{
	scoped_free char *whole = NULL;

	return asprintf(&whole, "%s%s", root, path) >= 0 && access(whole, F_OK) == 0;
}

static void check_programs(const struct situation *situation)
{
	const char *root = situation->root;

	if (is_there(root, "/usr/sbin/usbguard-daemon"))
		situation_report(
			situation, DIAG_WARNING, place_of(situation),
			_("USBGuard is installed: it refuses what media: lets in, and lets "
			  "in what that refuses, whichever comes last; take its rules over "
			  "by sereno media import, then: systemctl disable --now usbguard"));
	if (is_there(root, "/usr/libexec/boltd") && is_there(root, "/sys/bus/thunderbolt"))
		situation_report(
			situation, DIAG_WARNING, place_of(situation),
			_("Thunderbolt is let in by bolt, not by media:, which only sees "
			  "the USB devices and disks behind it; who sits at the seat and is "
			  "in group sudo may let it in without a password"));
}

int check_media_ways(const struct situation *situation)
{
	int r;

	if (situation->edition->model->media.at.line == 0)
		return 0;
	r = check_groups(situation);
	if (r == 0)
		r = check_polkit(situation, "/etc/polkit-1/rules.d");
	if (r == 0)
		r = check_polkit(situation, "/usr/share/polkit-1/rules.d");
	if (r == 0)
		check_programs(situation);
	return r;
}
