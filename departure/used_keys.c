/* SPDX-License-Identifier: MIT */
/* used_keys.c - the keys that somebody came in with, as sshd wrote them in the log. */
#include "used_keys.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "program.h"
#include "tree.h"

#define ACCEPTED  "Accepted publickey for "
#define AUTH_LOG  "/var/log/auth.log"
#define JOURNAL	  "/var/log/journal"
#define LINES_MAX 10000000 /* of auth.log */
#define USER_ROOM 256

struct reading {
	const char *user;
	struct keyring *ring;
};

const char *used_key_parse(const char *line, const char *user)
{
	const char *at = strstr(line, ACCEPTED);

	if (!at || strncmp(at += strlen(ACCEPTED), user, strlen(user)) != 0)
		return NULL;
	at += strlen(user);
	if (strncmp(at, " from ", 6) != 0)
		return NULL;
	at = strstr(at, " ssh2: ");
	if (!at)
		return NULL;
	/* The kind of the key, then its fingerprint: the next one would be an authority's. */
	at += strlen(" ssh2: ");
	at += strcspn(at, " ");
	if (strncmp(at, " SHA256:", 8) != 0)
		return NULL;
	return fingerprint_parse(at + 8) ? at + 8 : NULL;
}

/* A quotation mark inside of a text of JSON has a backslash before it, so that nothing but the
 * field itself looks like this. */
const char *used_key_of_entry(const char *entry, const char *user)
{
	static const char field[] = "\"MESSAGE\":\"";
	const char *message = strstr(entry, field);

	if (!message)
		return NULL;
	message += strlen(field);
	return strncmp(message, ACCEPTED, strlen(ACCEPTED)) == 0 ? used_key_parse(message, user)
								 : NULL;
}

static void read_entry(void *context, const char *line)
{
	const struct reading *reading = context;
	const char *fingerprint = used_key_of_entry(line, reading->user);

	if (fingerprint)
		keyring_add_used(reading->ring, fingerprint);
}

/* Names that mean what they say in a pattern and in JSON. */
static bool is_plain(const char *user)
{
	for (const char *c = user; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-@", *c))
			return false;
	return *user && strlen(user) < USER_ROOM;
}

/* Returns 0, 1 (nothing in it), -ENOENT (there is no journal) or another negative errno. */
static int read_journal(const struct leaver *leaver, struct reading *reading)
{
	char pattern[USER_ROOM + 64], folder[4096];
	const char *const argv[] = { "/usr/bin/journalctl",
				     "--quiet",
				     "--no-pager",
				     "--output=json",
				     "--output-fields=MESSAGE",
				     pattern,
				     *leaver->root ? folder : "--system",
				     "_UID=0",
				     "_COMM=sshd",
				     "+",
				     "_UID=0",
				     "_COMM=sshd-session",
				     NULL };
	scoped_fd int journal = tree_open(leaver->root, JOURNAL, O_RDONLY | O_DIRECTORY);
	int r;

	/* Without one on disk there may be one since the boot. */
	if (journal < 0 && (*leaver->root || access("/run/log/journal", F_OK) < 0))
		return -ENOENT;
	(void)snprintf(pattern, sizeof(pattern), "--grep=^" ACCEPTED "%s from ",
		       reading->user); /* fits: a plain name */
	if (snprintf(folder, sizeof(folder), "--directory=%s" JOURNAL, leaver->root) >=
	    (int)sizeof(folder))
		return -ENAMETOOLONG;
	r = program_read(argv, read_entry, reading);
	return r > 0 ? 1 : r; /* nothing fits the pattern */
}

static void tell_of_log(const struct leaver *leaver, const struct reading *used,
			struct findings *findings)
{
	scoped_fd int fd = tree_open(leaver->root, AUTH_LOG, O_RDONLY | O_NONBLOCK);
	scoped_file FILE *stream = fd < 0 ? NULL : fdopen(fd, "re");
	char line[PROGRAM_LINE_MAX];

	if (!stream)
		return;
	(void)take(fd, -1);
	for (size_t i = 0; i < LINES_MAX && fgets(line, sizeof(line), stream); i++) {
		const char *fingerprint = used_key_parse(line, used->user);

		if (fingerprint)
			keyring_add_used(used->ring, fingerprint);
	}
	for (size_t i = 0; i < used->ring->n; i++)
		finding_add(findings, FOUND_TO_DO,
			    AUTH_LOG " says that he came in with the key SHA256:%s: any program "
				     "can write that, so only his own files count",
			    used->ring->item[i].fingerprint);
}

void used_keys_gather(const struct leaver *leaver, struct keyring *ring, struct findings *findings)
{
	scoped_free struct keyring *told = calloc(1, sizeof(*told));
	struct reading reading = { leaver->user, ring };
	int r;

	if (!is_plain(leaver->user) || !told) {
		finding_add(findings, FOUND_TO_DO, "the log cannot be searched for his name");
		return;
	}
	r = read_journal(leaver, &reading);
	if (r > 0 || r == -ENOENT) {
		reading.ring = told;
		tell_of_log(leaver, &reading, findings);
		keyring_clear(told);
	} else if (r < 0) {
		finding_add(findings, FOUND_TO_DO,
			    "the journal was not read to its end (%s): keys he came in with may be "
			    "missing",
			    strerrordesc_np(-r));
	}
}
