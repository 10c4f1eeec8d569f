/* SPDX-License-Identifier: MIT */
/* host_key_closed.c - tests: the host key is sealed, and what lies below /run is not what it was.
 */
#include "host_key_scene.h"

/* Sealed, and nothing in memory: no record is read, none made, no key either. */
static void sealed_not_loaded(void **state)
{
	struct scene *scene = *state;
	struct host_key_image image;
	struct found found;

	begin_sealed(scene, &image);
	assert_int_equal(nftw(scene_path(scene, "run"), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	found = look(scene->root, &sealed_kind, &ana);
	assert_int_equal(found.opened, -ENOKEY);
	assert_true(seal_is_closed(scene->root));
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 20), -ENOKEY);
	assert_int_equal(put(scene->root, &sealed_kind, &berta, 1), -ENOKEY);
	expect_places(scene, -ENOENT, 0, -ENOENT);
	boot(scene, &image);
	expect_record(scene);
}

/* What lies in /run counts beside a sealed key only. */
static void look_alike(void **state)
{
	struct scene *scene = *state;
	struct host_key_image image;
	struct found found;
	char tail[96];
	scoped(host_key_close_p) struct host_key *key = NULL;

	begin_sealed(scene, &image);
	assert_int_equal(host_key_open(scene->root, &key), 0);
	snprintf(tail, sizeof(tail), "var/lib/sereno/host-%s.key.cred", host_key_id(key));
	assert_int_equal(unlink(scene_path(scene, tail)), 0);
	found = look(scene->root, &sealed_kind, &ana);
	assert_int_equal(found.opened, -ENOKEY);
	assert_false(seal_is_closed(scene->root));
	assert_int_equal(host_key_read(key, &image), -ENOKEY);
	assert_int_equal(put(scene->root, &sealed_kind, &berta, 1), 0); /* a key of its own */
	found = look(scene->root, &sealed_kind, &ana);
	assert_int_equal(found.read, -EKEYREJECTED);
}

/* What was done to the unsealed key at scene->path. */
static void readable(struct scene *scene)
{
	assert_int_equal(chmod(scene->path, 0440), 0);
}

static void linked(struct scene *scene)
{
	char other[600];

	snprintf(other, sizeof(other), "%s-other", scene->path);
	assert_int_equal(rename(scene->path, other), 0);
	assert_int_equal(symlink(other, scene->path), 0);
}

static void damaged(struct scene *scene)
{
	flip(scene, 20, 1);
}

static void cut(struct scene *scene)
{
	assert_int_equal(truncate(scene->path, 20), 0);
}

static void in_open_directory(struct scene *scene)
{
	assert_int_equal(chmod(scene_path(scene, "run/sereno"), 0777), 0);
}

static void gone(struct scene *scene)
{
	assert_int_equal(unlink(scene->path), 0);
}

/* clang-format off */
static const struct row {
	const char *name;
	void (*damage)(struct scene *scene);
	int opened;
} rows[] = {
	{ "the unsealed key is readable for others",      readable,          -EPERM },
	{ "the unsealed key is a link",                   linked,            -EPERM },
	{ "the unsealed key is damaged",                  damaged,           -EBADMSG },
	{ "the unsealed key is cut",                      cut,               -EBADMSG },
	{ "the unsealed key's directory is anybody's",    in_open_directory, -EPERM },
	{ "the unsealed key is gone",                     gone,              -ENOKEY },
};
/* clang-format on */

static void check_row(void **state)
{
	struct scene *scene = *state;
	const struct row *row = scene->row;
	scoped(host_key_close_p) struct host_key *key = NULL;
	struct host_key_image image;
	char tail[96];

	begin_sealed(scene, &image);
	assert_int_equal(host_key_open(scene->root, &key), 0);
	snprintf(tail, sizeof(tail), "run/sereno/host-%s.key", host_key_id(key));
	(void)scene_path(scene, tail);
	row->damage(scene);
	assert_int_equal(look(scene->root, &sealed_kind, &ana).opened, row->opened);
	assert_int_equal(put(scene->root, &sealed_kind, &berta, 1), row->opened);
	boot(scene, &image);
	expect_record(scene);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 2];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = a_test(rows[i].name, check_row, &rows[i]);
	tests[n++] = a_test("sealed and not loaded", sealed_not_loaded, NULL);
	tests[n++] = a_test("a look-alike below run", look_alike, NULL);
	return _cmocka_run_group_tests("a sealed host key", tests, n, NULL, NULL);
}
