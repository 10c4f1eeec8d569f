/* SPDX-License-Identifier: MIT */
/* seal_key.c - the host key as records need it: made at first use, found where it lies. */
#include "seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

#include "seal_name.h"
#include "slot_place.h"

#define LOOKS_MAX 5 /* at a key that is being sealed or unsealed */

/* Returns 0 when @directory has the name @name, -ENOENT, or another negative errno. */
static int look_for(int directory, const char *name)
{
	struct stat st;

	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? neg_errno() : 0;
}

int seal_key_open_run(const char *root, int *ret_fd)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s/run/sereno", root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return slot_place_kind(AT_FDCWD, path, SLOT_MUST_EXIST, ret_fd);
}

static int read_unsealed(const char *root, const char *name, struct host_key_image *image)
{
	scoped_fd int run = -1;
	int r = seal_key_open_run(root, &run);

	if (r == 0)
		r = seal_image_read(run, name, image);
	return r == -ENOENT ? -ENOKEY : r;
}

static int look_once(const char *root, int state, const struct seal_names *names,
		     struct host_key_image *image)
{
	int r = seal_image_read(state, names->key, image);

	if (r != -ENOENT)
		return r;
	r = look_for(state, names->sealed);
	return r < 0 ? r : read_unsealed(root, names->key, image);
}

/*
 * Returns 0, -ENOENT: there is no key at all, -ENOKEY: there is a sealed one only, or what is wrong
 * with the one there is. Sealing makes the sealed and the unsealed file before it takes the plain
 * one away, unsealing the reverse: who came between, or read what was being taken away, looks once
 * more.
 */
static int find(const char *root, int state, const struct seal_names *names,
		struct host_key_image *image)
{
	int r = look_once(root, state, names, image);

	for (unsigned i = 1; i < LOOKS_MAX && r < 0; i++)
		r = look_once(root, state, names, image);
	return r;
}

/* Another process may make it, and even have sealed it, at the same time: whoever has claimed the
 * name looks again. */
static int make(const char *root, int state, const struct seal_names *names,
		struct host_key_image *image)
{
	scoped(slot_place_disclaim) struct slot_claim claim = { .fd = -1 };
	int r = slot_place_claim(state, names->key, &claim);

	if (r < 0)
		return r;
	r = find(root, state, names, image);
	if (r != -ENOENT)
		return r;
	r = seal_image_make(image);
	if (r < 0)
		return r;
	r = slot_place_fill(&claim, 0400, image->bytes, sizeof(image->bytes));
	return r == 0 || r == -EEXIST ? find(root, state, names, image) : r;
}

int seal_key_open(const char *root, int state, enum slot_missing missing, struct seal_key **ret)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	struct seal_names names;
	struct seal_key *key;
	int r = seal_names_of(root, &names);

	if (r < 0)
		return r;
	r = find(root, state, &names, &image);
	if (r == -ENOENT && missing == SLOT_CREATE)
		r = make(root, state, &names, &image);
	if (r < 0)
		return r == -ENOENT ? -ENOKEY : r;
	key = malloc(sizeof(*key));
	if (!key)
		return -ENOMEM;
	memcpy(key->id, image.bytes + SEAL_AT_ID, sizeof(key->id));
	memcpy(key->bytes, image.bytes + SEAL_AT_KEY, sizeof(key->bytes));
	*ret = key;
	return 0;
}

void seal_key_close(struct seal_key *key)
{
	if (!key)
		return;
	explicit_bzero(key, sizeof(*key));
	free(key);
}

bool seal_is_closed(const char *root)
{
	scoped_fd int state = -1;
	struct seal_names names;

	return seal_names_of(root, &names) == 0 &&
	       slot_place_state(root, SLOT_MUST_EXIST, &state) == 0 &&
	       look_for(state, names.key) != 0 && look_for(state, names.sealed) != -ENOENT;
}
