/* SPDX-License-Identifier: MIT */
/*
 * revoked_keys.c - the step revoked-keys: keys that he came in with let nobody in any more,
 * wherever they turn up.
 *
 * A key that merely lies among his may be somebody else's, put there to have it taken away from all
 * who stay: only what the journal says was used is revoked, which takes the secret half of it. A
 * list of revoked keys that cannot be read makes sshd refuse every key, so that the new one is
 * tried before it is put in the place of the old one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "own_keys.h"
#include "program.h"
#include "step.h"
#include "tree.h"

#define TO_REVOKE "keys-to-revoke"
#define ASIDE	  ".sereno-departure"
#define KEYGEN	  "/usr/bin/ssh-keygen"

static const char magic[] = "SSHKRL\n"; /* with its NUL: what a list in binary begins with */

struct revocation {
	const struct leaver *leaver;
	struct findings *findings;
	const char *path; /* of the list, by the configuration: below the root */
	struct keyring keys;
	size_t missing; /* of those, not in the list that was looked at last */
};

/* Of those that he came in with, without those of whoever does this. */
static int choose(struct revocation *revocation)
{
	scoped_free struct keyring *spared = calloc(1, sizeof(*spared));
	scoped_free struct findings *none = calloc(1, sizeof(*none));
	struct keyring *keys = &revocation->keys;
	size_t n = 0;
	int r;

	if (!spared || !none)
		return -ENOMEM;
	own_keys_gather(revocation->leaver, keys, none);
	r = own_keys_of_actor(revocation->leaver, spared);
	for (size_t i = 0; i < keys->n; i++) {
		struct key key = keys->item[i];

		free(take(key.text, NULL));
		if (key.used && !keyring_knows(spared, key.fingerprint))
			keys->item[n++] = key;
	}
	keys->n = n;
	keyring_clear(spared);
	return r;
}

/* One key of a list, as ssh-keygen tells it. */
static void cross_out(void *context, const char *line)
{
	struct revocation *revocation = context;
	char hex[FINGERPRINT_HEX + 1];

	if (strncmp(line, "hash: SHA256:", 13) != 0)
		return;
	for (size_t i = 0; i < revocation->keys.n; i++) {
		struct key *key = &revocation->keys.item[i];

		if (key->used && fingerprint_hex(key->fingerprint, hex) == 0 &&
		    strcmp(line + 13, hex) == 0) {
			key->used = false; /* counted once */
			revocation->missing--;
		}
	}
}

/* How many are not in the list @path yet. Returns 0 or a negative errno. */
static int compare(struct revocation *revocation, const char *path)
{
	const char *const argv[] = { KEYGEN, "-Q", "-l", "-f", path, NULL };
	int r;

	revocation->missing = revocation->keys.n;
	for (size_t i = 0; i < revocation->keys.n; i++)
		revocation->keys.item[i].used = true;
	r = program_read(argv, cross_out, revocation);
	return r > 0 ? -EBADMSG : r;
}

/* What ssh-keygen reads: kept, for whoever has to do it by hand. */
static int keep_list(const struct revocation *revocation)
{
	scoped_free char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return -ENOMEM;
	for (size_t i = 0; i < revocation->keys.n; i++)
		fprintf(stream, "hash: SHA256:%s\n", revocation->keys.item[i].fingerprint);
	if (fclose(stream) != 0)
		return -ENOMEM;
	return departure_report(revocation->leaver->evidence, TO_REVOKE, text, length);
}

static int copy(int directory, const char *name, const char *aside)
{
	scoped_free char *text = NULL;
	scoped_fd int fd = -1;
	size_t length;
	int r = tree_read(directory, name, &text, &length, NULL);

	if (r < 0)
		return r;
	(void)unlinkat(directory, aside, 0); /* of a run that was cut short */
	fd = openat(directory, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return neg_errno();
	r = tree_write(fd, text, length);
	return r == 0 && fchmod(fd, 0644) < 0 ? neg_errno() : r;
}

static int sync_name(int directory, const char *name)
{
	scoped_fd int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? neg_errno() : 0;
}

/* Add them to a copy, look whether they are in it, and put it in the list's place. */
static int add_to_list(struct revocation *revocation, int directory, const char *name)
{
	char keys[64], aside[NAME_MAX + 1], said[PROGRAM_SAID_MAX];
	scoped_free char *path = NULL;
	const char *const argv[] = { KEYGEN, "-q", "-k", "-u", "-f", NULL, keys, NULL };
	const char *with_path[ARRAY_SIZE(argv)];
	int r;

	if (snprintf(aside, sizeof(aside), "%s" ASIDE, name) >= (int)sizeof(aside))
		return -ENAMETOOLONG;
	if (asprintf(&path, "%s%s" ASIDE, revocation->leaver->root, revocation->path) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	(void)snprintf(keys, sizeof(keys), "/proc/%d/fd/%d/" TO_REVOKE, (int)getpid(),
		       revocation->leaver->evidence); /* fits */
	memcpy(with_path, argv, sizeof(argv));
	with_path[5] = path;
	r = copy(directory, name, aside);
	if (r == 0)
		r = program_run(with_path, said);
	if (r == 0)
		r = compare(revocation, path);
	if (r > 0 || (r == 0 && revocation->missing > 0))
		r = -EBADMSG;
	if (r == 0)
		r = sync_name(directory, aside);
	if (r == 0 && renameat(directory, aside, directory, name) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(directory, aside, 0);
	return r;
}

/* Whether the list is one that only root writes, in binary. Returns 1, 0 or a negative errno. */
static int look_at_list(int directory, const char *name)
{
	scoped_free char *text = NULL;
	struct stat st;
	size_t length;
	const int r = tree_read(directory, name, &text, &length, &st);

	if (r < 0)
		return r;
	if (!trusted_writers(&st))
		return -EPERM;
	return length >= sizeof(magic) && memcmp(text, magic, sizeof(magic)) == 0;
}

static void add_keys(struct revocation *revocation, enum departure_mode mode, int directory,
		     const char *name)
{
	struct findings *findings = revocation->findings;
	scoped_free char *path = NULL;
	int r = look_at_list(directory, name);

	if (r == 0) {
		finding_add(findings, FOUND_TO_DO,
			    "%s is a list as text: make it one that takes fingerprints, with "
			    "ssh-keygen -k -f NEW %s EVIDENCE/" TO_REVOKE ", and name NEW behind "
			    "RevokedKeys",
			    revocation->path, revocation->path);
		return;
	}
	if (r > 0 && asprintf(&path, "%s%s", revocation->leaver->root, revocation->path) < 0) {
		path = NULL;
		r = -ENOMEM;
	}
	if (r > 0)
		r = compare(revocation, path);
	if (r == 0 && revocation->missing == 0)
		return;
	if (r == 0 && mode == DEPARTURE_DO)
		r = add_to_list(revocation, directory, name);
	if (r < 0)
		finding_fail(findings, r, "%s: his keys cannot be added to it", revocation->path);
	else
		finding_add(findings, FOUND_DONE, "%s: keys that he came in with, added: %zu",
			    revocation->path, revocation->keys.n);
}

static void take_in(struct revocation *revocation, enum departure_mode mode)
{
	struct findings *findings = revocation->findings;
	const char *name = NULL;
	scoped_fd int top = tree_open(revocation->leaver->root, "/", O_RDONLY | O_DIRECTORY);
	scoped_fd int directory =
		top < 0 ? top : tree_open_parent(top, revocation->path + 1, &name);
	int r = directory < 0 ? directory : 0;

	if (r == 0 && mode == DEPARTURE_DO)
		r = keep_list(revocation);
	if (r < 0)
		finding_fail(findings, r, "%s", revocation->path);
	else
		add_keys(revocation, mode, directory, name);
}

/* Without a list in the configuration there is none to add to, and setting one up is not ours. */
static void tell(const struct revocation *revocation, enum departure_mode mode)
{
	const int r = mode == DEPARTURE_DO ? keep_list(revocation) : 0;

	if (r < 0)
		finding_fail(revocation->findings, r, TO_REVOKE);
	finding_add(
		revocation->findings, FOUND_TO_DO,
		"keys that he came in with: %zu; sshd has no list of revoked keys: ssh-keygen -k "
		"-f /etc/ssh/revoked_keys EVIDENCE/" TO_REVOKE ", and only then, in "
		"/etc/ssh/sshd_config.d/revoked.conf, the line: RevokedKeys "
		"/etc/ssh/revoked_keys",
		revocation->keys.n);
}

void revoked_keys_take(const struct leaver *leaver, enum departure_mode mode,
		       struct findings *findings)
{
	scoped_free struct key_patterns *patterns = calloc(1, sizeof(*patterns));
	scoped_free struct revocation *revocation = calloc(1, sizeof(*revocation));
	int r = patterns && revocation ? key_patterns_read(leaver->root, patterns) : -ENOMEM;

	if (r == 0) {
		*revocation = (struct revocation){ .leaver = leaver, .findings = findings };
		revocation->path = patterns->revoked;
		r = choose(revocation);
	}
	if (r < 0) {
		finding_fail(findings, r, "his keys cannot be revoked");
		return;
	}
	if (revocation->keys.n > 0 && patterns->revoked[0])
		take_in(revocation, mode);
	else if (revocation->keys.n > 0)
		tell(revocation, mode);
	keyring_clear(&revocation->keys);
}
