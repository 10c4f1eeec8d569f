/* SPDX-License-Identifier: MIT */
/* own_keys.c - the step own-keys: files that let a key into his account are moved aside. */
#include "own_keys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "evidence.h"
#include "step.h"
#include "tree.h"
#include "used_keys.h"

#define HIS_KEYS  "his-keys"
#define TRIES_MAX 20
#define ASIDE_MAX 300
#define NAMES_MAX 10000

static const char *const host_files[] = { ".rhosts", ".shosts" };

struct gathering {
	struct keyring *ring;
	struct findings *findings;
	bool public_alone; /* of the files there, those that end in .pub, and what was moved aside
			    */
};

static void gather_file(const struct gathering *gathering, int directory, const char *name)
{
	scoped_free char *text = NULL;
	size_t length;
	int r = tree_read(directory, name, &text, &length, NULL);

	/* A line with one is no key to sshd; those behind it are. */
	for (size_t i = 0; r == 0 && i < length; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	if (r == 0)
		r = keyring_add(gathering->ring, text);
	if (r < 0 && r != -ENOENT)
		finding_add(
			gathering->findings, FOUND_TO_DO,
			"%s in his home is no plain file, or too large (%s): keys in it are not "
			"looked for in the files of others",
			name, strerrordesc_np(-r));
}

static bool ends_in(const char *name, const char *ending)
{
	const size_t length = strlen(name), end = strlen(ending);

	return length > end && strcmp(name + length - end, ending) == 0;
}

static int gather_beside(void *context, int directory, const char *name)
{
	if (ends_in(name, ".pub") || strstr(name, ".departed-"))
		gather_file(context, directory, name);
	return 0;
}

static struct home home_of(const struct leaver *leaver)
{
	return (struct home){ .user = leaver->user, .path = leaver->home, .uid = leaver->uid };
}

/* The file of @pattern that is his: in his home, or elsewhere under his name. */
static int open_place(const struct leaver *leaver, int home, const char *pattern,
		      char path[static PATH_MAX], const char **ret_name)
{
	const struct home own = home_of(leaver);
	bool relative;
	int r = key_pattern_expand(pattern, &own, path, &relative);
	int top;

	if (r < 0)
		return r;
	if (relative)
		return home < 0 ? -ENOENT : tree_open_parent(home, path, ret_name);
	if (!key_pattern_is_personal(pattern))
		return -ENOENT; /* one file for all is not his */
	top = tree_open(leaver->root, "/", O_RDONLY | O_DIRECTORY);
	if (top < 0)
		return top;
	r = tree_open_parent(top, path + 1, ret_name);
	(void)close(top);
	return r;
}

void own_keys_gather(const struct leaver *leaver, struct keyring *ring, struct findings *findings)
{
	scoped_free struct key_patterns *patterns = calloc(1, sizeof(*patterns));
	struct gathering gathering = { .ring = ring, .findings = findings };
	scoped_fd int home = tree_open_home(leaver);
	scoped_free char *kept = NULL;
	scoped_fd int ssh = -1;
	char path[PATH_MAX];
	size_t length;

	if (!patterns || key_patterns_read(leaver->root, patterns) < 0) {
		finding_add(findings, FOUND_FAILED, "the configuration of sshd cannot be read");
		return;
	}
	for (size_t i = 0; i < patterns->n; i++) {
		const char *name = NULL;
		scoped_fd int place = open_place(leaver, home, patterns->item[i], path, &name);

		if (place >= 0)
			gather_file(&gathering, place, name);
	}
	if (home >= 0)
		ssh = tree_open_beneath(home, ".ssh", O_RDONLY | O_DIRECTORY);
	if (ssh >= 0 && tree_each(ssh, NAMES_MAX, gather_beside, &gathering) < 0)
		finding_add(findings, FOUND_TO_DO, ".ssh in his home cannot be read to its end");
	if (evidence_read(leaver, HIS_KEYS, &kept, &length) == 0 && keyring_read(ring, kept) < 0)
		finding_add(findings, FOUND_FAILED, "memory is short");
	used_keys_gather(leaver, ring, findings);
}

struct spared {
	const struct leaver *leaver;
	struct keyring *ring;
	struct findings *none;
};

static void spare_keys(void *context, const struct home *home)
{
	const struct spared *spared = context;
	struct leaver actor = *spared->leaver;

	if (!actor.actor || strcmp(home->user, actor.actor) != 0)
		return;
	actor.user = home->user;
	actor.home = home->path;
	actor.uid = home->uid;
	actor.evidence = -1;
	own_keys_gather(&actor, spared->ring, spared->none);
}

int own_keys_of_actor(const struct leaver *leaver, struct keyring *ring)
{
	scoped_free struct findings *none = calloc(1, sizeof(*none));
	struct spared spared = { leaver, ring, none };

	return none ? homes_each(leaver->root, spare_keys, &spared) : -ENOMEM;
}

static int keep_keys(const struct leaver *leaver, const struct keyring *ring)
{
	scoped_free char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return -ENOMEM;
	keyring_write(ring, stream);
	if (fclose(stream) != 0)
		return -ENOMEM;
	return departure_report(leaver->evidence, HIS_KEYS, text, length);
}

/* Whatever it is, also a link or a FIFO: a name is all that is moved. */
static void move_aside(const struct leaver *leaver, int directory, const char *name,
		       struct findings *findings)
{
	char aside[ASIDE_MAX];
	int r = -EEXIST;

	for (int i = 0; r == -EEXIST && i < TRIES_MAX; i++) {
		(void)snprintf(aside, sizeof(aside),
			       i == 0 ? "%s.departed-%u" : "%s.departed-%u-%d", name,
			       leaver->departure, i + 1); /* names of ours fit */
		r = renameat2(directory, name, directory, aside, RENAME_NOREPLACE) < 0 ? neg_errno()
										       : 0;
	}
	if (r < 0)
		finding_fail(findings, r, "%s cannot be moved aside", name);
	else
		finding_add(findings, FOUND_DONE, "%s moved aside, to %s", name, aside);
}

static void take_file(const struct leaver *leaver, enum departure_mode mode, int directory,
		      const char *name, struct findings *findings)
{
	if (faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (mode == DEPARTURE_LOOK)
		finding_add(findings, FOUND_DONE, "%s moved aside", name);
	else
		move_aside(leaver, directory, name, findings);
}

/* A directory that is a link leads sshd somewhere else: the link itself is moved. */
static void take_link(const struct leaver *leaver, enum departure_mode mode, int home,
		      const char *pattern, struct findings *findings)
{
	char first[ASIDE_MAX / 2];
	const size_t length = strcspn(pattern, "/");
	struct stat st;

	if (length == 0 || length >= sizeof(first) || !pattern[length])
		return;
	memcpy(first, pattern, length);
	first[length] = '\0';
	if (fstatat(home, first, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode))
		take_file(leaver, mode, home, first, findings);
}

static void take_patterns(const struct leaver *leaver, enum departure_mode mode, int home,
			  struct findings *findings)
{
	scoped_free struct key_patterns *patterns = calloc(1, sizeof(*patterns));
	char path[PATH_MAX];

	if (!patterns || key_patterns_read(leaver->root, patterns) < 0) {
		finding_add(findings, FOUND_FAILED, "the configuration of sshd cannot be read");
		return;
	}
	for (size_t i = 0; i < patterns->n; i++) {
		const char *name = NULL;
		scoped_fd int place = open_place(leaver, home, patterns->item[i], path, &name);

		if (place >= 0)
			take_file(leaver, mode, place, name, findings);
		else if ((place == -ELOOP || place == -ENOTDIR) && home >= 0)
			take_link(leaver, mode, home, path, findings);
		else if (place != -ENOENT)
			finding_fail(findings, place, "%s", patterns->item[i]);
	}
}

void own_keys_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	scoped(keyring_clear) struct keyring ring = { 0 };
	scoped_fd int home = tree_open_home(leaver);
	int r = 0;

	if (home < 0 && home != -ENOENT)
		finding_fail(findings, home, "his home %s cannot be opened", leaver->home);
	own_keys_gather(leaver, &ring, findings);
	if (mode == DEPARTURE_DO)
		r = keep_keys(leaver, &ring);
	if (r < 0) {
		finding_fail(findings, r, "his keys cannot be kept, and were left");
		return;
	}
	take_patterns(leaver, mode, home, findings);
	for (size_t i = 0; home >= 0 && i < ARRAY_SIZE(host_files); i++)
		take_file(leaver, mode, home, host_files[i], findings);
}

static void give_back(const struct leaver *leaver, int directory, const char *name,
		      struct findings *findings)
{
	char aside[ASIDE_MAX];

	(void)snprintf(aside, sizeof(aside), "%s.departed-%u", name, leaver->departure); /* fits */
	if (renameat2(directory, aside, directory, name, RENAME_NOREPLACE) == 0)
		finding_add(findings, FOUND_DONE, "%s put back", name);
	else if (errno != ENOENT)
		finding_fail(findings, neg_errno(), "%s cannot be put back", name);
}

void own_keys_undo(const struct leaver *leaver, struct findings *findings)
{
	scoped_free struct key_patterns *patterns = calloc(1, sizeof(*patterns));
	scoped_fd int home = tree_open_home(leaver);
	char path[PATH_MAX];

	if (!patterns || key_patterns_read(leaver->root, patterns) < 0) {
		finding_add(findings, FOUND_FAILED, "the configuration of sshd cannot be read");
		return;
	}
	if (home >= 0)
		give_back(leaver, home, ".ssh", findings); /* where it was a link */
	for (size_t i = 0; i < patterns->n; i++) {
		const char *name = NULL;
		scoped_fd int place = open_place(leaver, home, patterns->item[i], path, &name);

		if (place >= 0)
			give_back(leaver, place, name, findings);
	}
	for (size_t i = 0; home >= 0 && i < ARRAY_SIZE(host_files); i++)
		give_back(leaver, home, host_files[i], findings);
}
