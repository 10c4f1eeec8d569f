/* SPDX-License-Identifier: MIT */
/* sudo_rules.c - rules of sudo that are for somebody, however they name him. */
#include "sudo_rules.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "program.h"
#include "tree.h"

#define CVTSUDOERS  "/usr/bin/cvtsudoers"
#define SUDOERS	    "/etc/sudoers"
#define FILTER_ROOM 320

/* Characters that mean something in a filter. */
static bool is_plain(const char *user)
{
	for (const char *c = user; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-.@$", *c))
			return false;
	return *user && strlen(user) < 256;
}

/* One rule, as comma-separated values: rule,USER,HOST,RUNAS,GROUP,OPTIONS,COMMAND. */
static void tell_rule(void *context, const char *line)
{
	static const char rule[] = "rule,", setting[] = "defaults_user,";
	struct findings *findings = context;

	if (strncmp(line, rule, strlen(rule)) == 0)
		line += strlen(rule);
	else if (strncmp(line, setting, strlen(setting)) != 0)
		return;
	if (strncmp(line, "ALL,", 4) != 0 && strncmp(line, "user,host,", 10) != 0)
		finding_add(findings, FOUND_TO_DO,
			    "sudo has for him (user,host,as user,as group,options,command): %s",
			    line);
}

static int ask(const struct leaver *leaver, const char *filter, struct findings *findings)
{
	scoped_free char *path = NULL;
	/* Of the host: also by groups that he is in by now. */
	const char *const argv[] = {
		CVTSUDOERS, *leaver->root ? "-e" : "-eM", "-p", "-f", "csv", "-m", filter, NULL,
		NULL
	};
	const char *with_path[ARRAY_SIZE(argv)];

	if (asprintf(&path, "%s" SUDOERS, leaver->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	memcpy(with_path, argv, sizeof(argv));
	with_path[7] = path;
	return program_read(with_path, tell_rule, findings);
}

/* Files that a tree includes would be those of the host. */
static bool can_be_asked(const struct leaver *leaver)
{
	scoped_fd int folder = tree_open(leaver->root, "/etc", O_RDONLY | O_DIRECTORY);
	scoped_free char *text = NULL;
	size_t length;

	if (folder < 0 || tree_read(folder, "sudoers", &text, &length, NULL) < 0)
		return false;
	return !*leaver->root || !strstr(text, "include");
}

void sudo_rules_tell(const struct leaver *leaver, struct findings *findings)
{
	char filter[FILTER_ROOM];
	int r;

	if (access(CVTSUDOERS, X_OK) < 0 || !is_plain(leaver->user) || !can_be_asked(leaver))
		return;
	(void)snprintf(filter, sizeof(filter), "user=%s", leaver->user); /* fits */
	r = ask(leaver, filter, findings);
	(void)snprintf(filter, sizeof(filter), "user=#%u", leaver->uid);
	if (r == 0 && leaver->uid != GRANTS_NO_UID)
		r = ask(leaver, filter, findings);
	if (r != 0)
		finding_add(findings, FOUND_TO_DO,
			    CVTSUDOERS " cannot read " SUDOERS " (%s): what is for him in it may "
				       "not be told",
			    r > 0 ? "a fault in it" : strerrordesc_np(-r));
}
