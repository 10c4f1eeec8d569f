/* SPDX-License-Identifier: MIT */
/*
 * name_service.c - groups that roles give reach a login by nsswitch.conf, and outlive the role
 * where a cache stands in between.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "messages.h"
#include "safety.h"

#define BLANKS " \t\r\n"

/* A configuration file read line by line; comments are cut off. */
struct lines {
	FILE *file;
	char *line;
	size_t size;
};

static void lines_close(struct lines *lines)
{
	fclose_p(&lines->file);
	free(lines->line);
}

static bool lines_open(const char *root, const char *below, struct lines *ret)
{
	scoped_free char *path = NULL;

	*ret = (struct lines){ 0 };
	if (asprintf(&path, "%s%s", root, below) < 0) {
		path = NULL;
		return false;
	}
	ret->file = fopen(path, "re");
	return ret->file;
}

static char *lines_next(struct lines *lines)
{
	if (!lines->file || getline(&lines->line, &lines->size, lines->file) < 0)
		return NULL;
	lines->line[strcspn(lines->line, "#")] = '\0';
	return lines->line;
}

/* The next word of *@rest, or NULL; *@rest is then behind it. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS);
	char *end = word + strcspn(word, BLANKS);

	if (word == end)
		return NULL;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* How the line group: of nsswitch.conf serves us. */
struct group_line {
	bool named, last;
	bool ended;	/* before it comes to us, where a service before has nothing to say */
	bool overruled; /* there is a line initgroups: */
};

/* What to do about the service before it, "STATUS=return" or "!STATUS=return". Success never ends a
 * look-up of all groups (nsswitch.conf(5), initgroups). */
static bool ends_look_up(const char *word)
{
	const char *action = strchr(word, '=');

	return action && strncasecmp(action, "=return", strlen("=return")) == 0 &&
	       strncasecmp(word, "success=", strlen("success=")) != 0;
}

static void read_group_line(char *rest, struct group_line *ret)
{
	bool in_brackets = false;
	char *word;

	while ((word = next_word(&rest))) {
		if (word[0] == '[') {
			in_brackets = true;
			word++;
		}
		if (in_brackets) {
			ret->ended = ret->ended || (!ret->named && ends_look_up(word));
			in_brackets = !strchr(word, ']');
			continue;
		}
		ret->last = strcmp(word, "sereno") == 0;
		ret->named = ret->named || ret->last;
	}
}

static struct group_line read_nsswitch(const char *root)
{
	scoped(lines_close) struct lines lines;
	struct group_line group = { 0 };
	char *rest;

	(void)lines_open(root, "/etc/nsswitch.conf", &lines);
	while ((rest = lines_next(&lines))) {
		rest += strspn(rest, BLANKS);
		if (strncmp(rest, "group:", strlen("group:")) == 0)
			read_group_line(rest + strlen("group:"), &group);
		else if (strncmp(rest, "initgroups:", strlen("initgroups:")) == 0)
			group.overruled = true;
	}
	return group;
}

/* Whether nscd.conf says to keep no groups. */
static bool keeps_no_groups(const char *root)
{
	scoped(lines_close) struct lines lines;
	bool off = false;
	char *rest;

	(void)lines_open(root, "/etc/nscd.conf", &lines);
	while ((rest = lines_next(&lines))) {
		const char *key = next_word(&rest);
		const char *table = key ? next_word(&rest) : NULL;
		const char *value = table ? next_word(&rest) : NULL;

		if (value && strcmp(key, "enable-cache") == 0 && strcmp(table, "group") == 0)
			off = strcmp(value, "no") == 0;
	}
	return off;
}

static bool nscd_runs(const char *root)
{
	static const char *const traces[] = { "/run/nscd/socket", "/run/nscd/nscd.pid" };

	for (size_t i = 0; i < ARRAY_SIZE(traces); i++) {
		scoped_free char *path = NULL;

		if (asprintf(&path, "%s%s", root, traces[i]) < 0)
			path = NULL;
		else if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* The first group that a role gives, or NULL. */
static const struct name *first_given(const struct model *model)
{
	for (size_t i = 0; i < model->n_roles; i++)
		if (model->roles[i].gives_groups.n > 0)
			return &model->roles[i].gives_groups.item[0];
	return NULL;
}

void check_name_service(const struct situation *situation)
{
	const struct name *given = first_given(situation->edition->model);
	const struct group_line group = read_nsswitch(situation->root);

	if (!given)
		return;
	if (nscd_runs(situation->root) && !keeps_no_groups(situation->root))
		situation_report(
			situation, DIAG_FAULT, given->at,
			_("nscd runs, and keeps the groups of a user for up to an hour after "
			  "a role has ended: remove it, or write 'enable-cache group no' in "
			  "nscd.conf and restart it"));
	if (!group.named)
		situation_report(situation, DIAG_WARNING, given->at,
				 _("nobody gets the groups of roles yet: write sereno as the last "
				   "word of the line group: in nsswitch.conf"));
	else if (!group.last)
		situation_report(
			situation, DIAG_WARNING, given->at,
			_("sereno is not the last word of the line group: in nsswitch.conf, so "
			  "it does not see the groups of the services behind it"));
	if (group.ended)
		situation_report(
			situation, DIAG_WARNING, given->at,
			_("the line group: in nsswitch.conf ends before sereno for whom a service "
			  "before it does not know: take its [...=return] away"));
	if (group.overruled)
		situation_report(situation, DIAG_WARNING, given->at,
				 _("the line initgroups: in nsswitch.conf stands in the place of "
				   "group:, so that no groups of roles are given: remove it"));
}
