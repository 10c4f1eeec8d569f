/* SPDX-License-Identifier: MIT */
/* key_files.c - where sshd looks for keys, by its configuration, and accounts that have a home. */
#include "key_files.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "tree.h"

#define CONFIGURATION "/etc/ssh"
#define FILES_MAX     1000
#define ENTRY_ROOM    65536

static void add_pattern(struct key_patterns *patterns, const char *word, size_t length)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (strlen(patterns->item[i]) == length &&
		    memcmp(patterns->item[i], word, length) == 0)
			return;
	if (length == 0 || length >= PATH_MAX || patterns->n == KEY_PATTERNS_MAX ||
	    (length == 4 && memcmp(word, "none", 4) == 0))
		return;
	memcpy(patterns->item[patterns->n], word, length);
	patterns->item[patterns->n++][length] = '\0';
}

static bool is_keyword(const char *line, size_t length, const char *keyword)
{
	return strlen(keyword) == length && strncasecmp(line, keyword, length) == 0;
}

/* The first one counts, as for sshd. */
static void read_revoked(struct key_patterns *patterns, const char *value)
{
	size_t length;

	value += strspn(value, " \t=\"");
	length = strcspn(value, " \t\"\r\n");
	if (patterns->revoked[0] || length == 0 || length >= PATH_MAX || *value != '/')
		return;
	memcpy(patterns->revoked, value, length);
	patterns->revoked[length] = '\0';
}

/* Also those of Match blocks, whomever they are for. */
static void read_line(struct key_patterns *patterns, const char *line)
{
	size_t length;

	line += strspn(line, " \t");
	length = strcspn(line, " \t=\"\r\n");
	if (is_keyword(line, length, "AuthorizedKeysCommand") ||
	    is_keyword(line, length, "TrustedUserCAKeys"))
		patterns->command = true;
	if (is_keyword(line, length, "RevokedKeys"))
		read_revoked(patterns, line + length);
	if (!is_keyword(line, length, "AuthorizedKeysFile"))
		return;
	for (line += length; *line && *line != '\n' && *line != '#'; line += length) {
		line += strspn(line, " \t=\"\r");
		length = strcspn(line, " \t\"\r\n");
		add_pattern(patterns, line, length);
	}
}

static int read_file(void *context, int directory, const char *name)
{
	struct key_patterns *patterns = context;
	scoped_free char *text = NULL;
	size_t length;

	if (strcmp(name, "sshd_config") != 0 && !strstr(name, ".conf"))
		return 0;
	if (tree_read(directory, name, &text, &length, NULL) < 0)
		return 0;
	for (const char *at = text; at && *at; at = strchr(at, '\n'), at += at != NULL)
		read_line(patterns, at);
	return 0;
}

int key_patterns_read(const char *root, struct key_patterns *ret)
{
	static const char *const standard[] = { ".ssh/authorized_keys", ".ssh/authorized_keys2" };
	static const char *const folders[] = { CONFIGURATION, CONFIGURATION "/sshd_config.d" };
	int r = 0;

	ret->n = 0;
	ret->command = false;
	ret->revoked[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		add_pattern(ret, standard[i], strlen(standard[i]));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(folders); i++) {
		scoped_fd int folder = tree_open(root, folders[i], O_RDONLY | O_DIRECTORY);

		if (folder >= 0)
			r = tree_each(folder, FILES_MAX, read_file, ret);
		else if (folder != -ENOENT)
			r = folder;
	}
	return r;
}

static const char *token_of(char letter, const struct home *home, char number[static 16])
{
	switch (letter) {
	case '%':
		return "%";
	case 'u':
		return home->user;
	case 'h':
		return home->path;
	case 'U':
		(void)snprintf(number, 16, "%u", home->uid); /* fits */
		return number;
	default:
		return NULL;
	}
}

bool key_pattern_is_personal(const char *pattern)
{
	for (; *pattern; pattern++)
		if (*pattern == '%' && *++pattern != '%')
			return true;
	return false;
}

int key_pattern_expand(const char *pattern, const struct home *home, char path[static PATH_MAX],
		       bool *ret_relative)
{
	char number[16], plain[2] = "";
	const char *part;
	size_t n = 0;

	if (strncmp(pattern, "%h/", 3) == 0)
		pattern += 3;
	path[0] = '\0';
	for (; *pattern; pattern++) {
		plain[0] = *pattern;
		part = *pattern == '%' ? token_of(*++pattern, home, number) : plain;
		if (!part)
			return -EINVAL;
		if (n + strlen(part) >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(path + n, part, strlen(part) + 1);
		n += strlen(part);
	}
	*ret_relative = path[0] != '/';
	return 0;
}

int homes_each(const char *root, void (*each)(void *context, const struct home *home),
	       void *context)
{
	scoped_fd int fd = tree_open(root, "/etc/passwd", O_RDONLY);
	scoped_file FILE *stream = fd < 0 ? NULL : fdopen(fd, "re");
	scoped_free char *room = malloc(ENTRY_ROOM);
	struct passwd entry, *found;
	int r;

	if (!stream)
		return fd < 0 ? fd : neg_errno();
	(void)take(fd, -1);
	if (!room)
		return -ENOMEM;
	while ((r = fgetpwent_r(stream, &entry, room, ENTRY_ROOM, &found)) == 0) {
		const struct home home = { entry.pw_name, entry.pw_dir, entry.pw_uid };

		if (entry.pw_dir[0] == '/')
			each(context, &home);
	}
	return r == ENOENT ? 0 : -r;
}
