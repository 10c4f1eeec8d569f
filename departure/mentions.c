/* SPDX-License-Identifier: MIT */
/*
 * mentions.c - the step mentions: files of the system that name him, for people to look at.
 *
 * A name may be a word for something else, and a line that goes may let somebody else in: nothing
 * is changed.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "step.h"
#include "sudo_rules.h"
#include "tree.h"

#define FILES_MAX 10000

/* Files, and directories of files, that say who may do what or as whom something runs. */
static const char *const places[] = {
	"/etc/sudoers",
	"/etc/sudoers.d",
	"/etc/doas.conf",
	"/etc/polkit-1/rules.d",
	"/etc/polkit-1/localauthority/50-local.d",
	"/etc/crontab",
	"/etc/cron.d",
	"/etc/cron.allow",
	"/etc/at.allow",
	"/etc/systemd/system",
	"/etc/security/access.conf",
	"/etc/security/group.conf",
	"/etc/security/limits.d",
	"/etc/ssh/sshd_config",
	"/etc/ssh/sshd_config.d",
	"/etc/ssh/authorized_principals",
	"/etc/aliases",
	"/etc/subuid",
	"/etc/subgid",
	"/etc/samba/smb.conf",
	"/etc/exports",
	"/etc/udev/rules.d",
	"/etc/usbguard/rules.conf",
	"/etc/usbguard/IPAccessControl.d",
	"/etc/sereno/policy.yaml",
};

struct reading {
	const struct leaver *leaver;
	struct findings *findings;
	const char *path;
	char number[16]; /* "#1002", as sudoers has it */
};

static bool part_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool names(const char *line, size_t length, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; n > 0 && i + n <= length; i++)
		if (memcmp(line + i, word, n) == 0 && (i == 0 || !part_of_word(line[i - 1])) &&
		    (i + n == length || !part_of_word(line[i + n])))
			return true;
	return false;
}

static bool is_comment(const char *line, size_t length, const char *number)
{
	const size_t n = strlen(number);

	while (length > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	return length > 0 && *line == '#' && !(length >= n && memcmp(line, number, n) == 0);
}

static void read_text(struct reading *reading, const char *path, const char *text)
{
	const char *user = reading->leaver->user;
	size_t number = 1;

	for (const char *at = text; *at; number++) {
		const size_t length = strcspn(at, "\n");

		if (!is_comment(at, length, reading->number) &&
		    (names(at, length, user) || names(at, length, reading->number)))
			finding_add(reading->findings, FOUND_TO_DO, "%s:%zu: %.*s", path, number,
				    length > 200 ? 200 : (int)length, at);
		at += length + (at[length] == '\n');
	}
}

static int read_file(void *context, int directory, const char *name)
{
	struct reading *reading = context;
	scoped_free char *text = NULL;
	char path[512];
	size_t length;

	(void)snprintf(path, sizeof(path), "%s/%s", reading->path,
		       name); /* shown alone: may be cut */
	if (strcmp(name, reading->leaver->user) == 0)
		finding_add(reading->findings, FOUND_TO_DO, "%s has his name", path);
	if (tree_read(directory, name, &text, &length, NULL) == 0)
		read_text(reading, path, text);
	return 0;
}

static void read_place(struct reading *reading, const char *place)
{
	scoped_fd int fd = tree_open(reading->leaver->root, place, O_RDONLY);
	scoped_free char *text = NULL;
	scoped_fd int parent = -1;
	const char *slash = strrchr(place, '/');
	char folder[128];
	struct stat st;
	size_t length;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	reading->path = place;
	if (S_ISDIR(st.st_mode)) {
		if (tree_each(fd, FILES_MAX, read_file, reading) < 0)
			finding_add(reading->findings, FOUND_TO_DO, "%s cannot be read to its end",
				    place);
		return;
	}
	(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - place),
		       place); /* ours: fits */
	parent = tree_open(reading->leaver->root, folder, O_RDONLY | O_DIRECTORY);
	if (parent >= 0 && tree_read(parent, slash + 1, &text, &length, NULL) == 0)
		read_text(reading, place, text);
}

void mentions_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	struct reading reading = { .leaver = leaver, .findings = findings };

	(void)mode;
	if (leaver->uid != GRANTS_NO_UID)
		(void)snprintf(reading.number, sizeof(reading.number), "#%u",
			       leaver->uid); /* fits */
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		read_place(&reading, places[i]);
	sudo_rules_tell(leaver, findings);
}
