/* SPDX-License-Identifier: MIT */
/* administered.c - groups that somebody administers, which leaving them does not end. */
#include "administered.h"

#include <fcntl.h>
#include <gshadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "evidence.h"
#include "program.h"
#include "tree.h"

#define GPASSWD	   "/usr/bin/gpasswd"
#define KEPT	   "administered.before"
#define ENTRY_ROOM 1048576 /* of one group, members included */
#define LIST_MAX   4096

struct change {
	const struct leaver *leaver;
	struct findings *findings;
	enum departure_mode mode;
};

/* Who administers it besides @user, with commas. Returns 0 or -E2BIG. */
static int list_others(const struct sgrp *group, const char *user, char list[static LIST_MAX])
{
	size_t used = 0;

	list[0] = '\0';
	for (char **name = group->sg_adm; *name; name++) {
		int n;

		if (strcmp(*name, user) == 0)
			continue;
		n = snprintf(list + used, LIST_MAX - used, "%s%s", used ? "," : "", *name);
		if (n < 0 || (size_t)n >= LIST_MAX - used)
			return -E2BIG;
		used += (size_t)n;
	}
	return 0;
}

static int set_administrators(const struct sgrp *group, const char *list, struct findings *findings)
{
	const char *const argv[] = { GPASSWD, "-A", list, group->sg_namp, NULL };
	char said[PROGRAM_SAID_MAX];
	const int r = program_run(argv, said);

	if (r < 0)
		finding_fail(findings, r, GPASSWD " could not be run");
	else if (r > 0)
		finding_add(findings, FOUND_FAILED, GPASSWD " failed with %d: %s", r, said);
	return r == 0 ? 0 : -EIO;
}

static void take_from(void *context, const struct sgrp *group)
{
	const struct change *change = context;
	const struct leaver *leaver = change->leaver;
	char list[LIST_MAX];
	int r = -ENOENT;

	for (char **name = group->sg_adm; *name && r == -ENOENT; name++)
		if (strcmp(*name, leaver->user) == 0)
			r = list_others(group, leaver->user, list);
	if (r == -ENOENT)
		return;
	if (r == 0 && *leaver->root) {
		finding_add(change->findings, FOUND_TO_DO,
			    "he administers the group %s: gpasswd -A '%s' %s", group->sg_namp, list,
			    group->sg_namp);
		return;
	}
	if (r == 0 && change->mode == DEPARTURE_DO)
		r = evidence_add(leaver, KEPT, group->sg_namp);
	if (r < 0)
		finding_fail(change->findings, r, "he administers the group %s", group->sg_namp);
	else if (change->mode == DEPARTURE_LOOK ||
		 set_administrators(group, list, change->findings) == 0)
		finding_add(change->findings, FOUND_DONE, "administers the group %s no more",
			    group->sg_namp);
}

/* What is changed meanwhile is not seen: gpasswd puts a new file in the place of this one. */
static int each_group(const char *root, void (*each)(void *context, const struct sgrp *group),
		      void *context)
{
	scoped_fd int fd = tree_open(root, "/etc/gshadow", O_RDONLY);
	scoped_file FILE *stream = fd < 0 ? NULL : fdopen(fd, "re");
	scoped_free char *room = malloc(ENTRY_ROOM);
	struct sgrp entry, *found;
	int r;

	if (!stream)
		return fd < 0 ? fd : neg_errno();
	(void)take(fd, -1);
	if (!room)
		return -ENOMEM;
	while ((r = fgetsgent_r(stream, &entry, room, ENTRY_ROOM, &found)) == 0)
		each(context, &entry);
	return r == ENOENT ? 0 : -r;
}

void administered_take(const struct leaver *leaver, enum departure_mode mode,
		       struct findings *findings)
{
	struct change change = { leaver, findings, mode };
	const int r = each_group(leaver->root, take_from, &change);

	if (r < 0 && r != -ENOENT)
		finding_fail(findings, r, "/etc/gshadow cannot be read");
}

struct giving {
	const struct leaver *leaver;
	struct findings *findings;
	const char *kept; /* names of groups, one in each line */
};

static bool has_line(const char *text, const char *line)
{
	const size_t length = strlen(line);

	for (; text && *text; text = strchr(text, '\n'), text += text != NULL)
		if (strncmp(text, line, length) == 0 && (text[length] == '\n' || !text[length]))
			return true;
	return false;
}

static void give_to(void *context, const struct sgrp *group)
{
	const struct giving *giving = context;
	const char *user = giving->leaver->user;
	scoped_free char *with_him = NULL;
	char list[LIST_MAX];

	if (!has_line(giving->kept, group->sg_namp) || list_others(group, user, list) < 0)
		return;
	if (asprintf(&with_him, "%s%s%s", list, *list ? "," : "", user) < 0) {
		with_him = NULL;
		finding_fail(giving->findings, -ENOMEM, "the group %s", group->sg_namp);
		return;
	}
	if (set_administrators(group, with_him, giving->findings) == 0)
		finding_add(giving->findings, FOUND_DONE, "administers the group %s again",
			    group->sg_namp);
}

void administered_undo(const struct leaver *leaver, struct findings *findings)
{
	scoped_free char *kept = NULL;
	struct giving giving = { leaver, findings, NULL };
	size_t length;
	int r = evidence_read(leaver, KEPT, &kept, &length);

	if (r == -ENOENT || *leaver->root)
		return;
	giving.kept = kept;
	if (r == 0)
		r = each_group(leaver->root, give_to, &giving);
	if (r < 0)
		finding_fail(findings, r, "the groups he administered are not given back");
}
