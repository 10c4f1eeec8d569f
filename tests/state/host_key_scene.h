/* SPDX-License-Identifier: MIT */
/*
 * host_key_scene.h - for the tests of the host key: a record under it, and the key moved.
 *
 * What seals is somebody else's work: here the bytes are made up, and a boot is what empties /run.
 */
#ifndef SERENO_TESTS_HOST_KEY_SCENE_H
#define SERENO_TESTS_HOST_KEY_SCENE_H

#include <errno.h>

#include "slot_scene.h"

#include <sereno/host_key.h>

static const uint8_t wrapped[] UNUSED = "pretend that this is encrypted\n";

static UNUSED struct host_key_places places_of(struct scene *scene)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	struct host_key_places places;

	assert_int_equal(host_key_open(scene->root, &key), 0);
	host_key_look(key, &places);
	return places;
}

static UNUSED void expect_places(struct scene *scene, int plain, int sealed, int unsealed)
{
	const struct host_key_places places = places_of(scene);

	assert_int_equal(places.plain, plain);
	assert_int_equal(places.sealed, sealed);
	assert_int_equal(places.unsealed, unsealed);
	assert_int_equal(places.left, -ENOENT);
}

/* What is in memory is gone; the sealed key is decrypted and loaded, as the unit does it. */
static UNUSED void boot(struct scene *scene, const struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	uint8_t sealed[HOST_KEY_SEALED_MAX];
	size_t length = 0;
	int r;

	if (access(scene_path(scene, "run"), F_OK) == 0)
		assert_int_equal(nftw(scene->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(host_key_open(scene->root, &key), 0);
	assert_int_equal(host_key_lock(key), 0);
	r = host_key_read_sealed(key, sealed, sizeof(sealed), &length);
	if (r == -ENOENT)
		return;
	assert_int_equal(r, 0);
	assert_int_equal(length, sizeof(wrapped));
	assert_memory_equal(sealed, wrapped, length);
	assert_int_equal(host_key_load(key, image), 0);
}

static UNUSED void expect_record(struct scene *scene)
{
	const struct found found = look(scene->root, &sealed_kind, &ana);

	expect(&found, SLOT_SOUND, NEWER);
}

static UNUSED int seal(const char *root, const struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	int r = host_key_open(root, &key);

	if (r == 0)
		r = host_key_lock(key);
	if (r < 0)
		return r;
	return host_key_seal(key, image, wrapped, sizeof(wrapped));
}

static UNUSED int unseal(const char *root, const struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	int r = host_key_open(root, &key);

	if (r == 0)
		r = host_key_lock(key);
	return r < 0 ? r : host_key_unseal(key, image);
}

static UNUSED int load(const char *root, const struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	int r = host_key_open(root, &key);

	if (r == 0)
		r = host_key_lock(key);
	return r < 0 ? r : host_key_load(key, image);
}

/* A record, and the key it is under. */
static UNUSED void begin(struct scene *scene, struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;

	prepare(scene, &sealed_kind);
	assert_int_equal(host_key_open(scene->root, &key), 0);
	assert_int_equal(host_key_read(key, image), 0);
}

static UNUSED void begin_sealed(struct scene *scene, struct host_key_image *image)
{
	begin(scene, image);
	assert_int_equal(seal(scene->root, image), 0);
}

#endif
