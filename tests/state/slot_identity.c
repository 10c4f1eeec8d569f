/* SPDX-License-Identifier: MIT */
/* slot_identity.c - tests: a record copied to where it does not belong, and what a disk shows. */
#include "slot_scene.h"

#include <errno.h>

/* clang-format off */
static const struct other {
	const char *name;
	struct slot_kind kind;
	struct slot_owner owner;
} others[] = {
	{ "another user",      { "attempts", 7, 200, NULL }, { "1000", "berta", 1000 } },
	{ "another file",      { "attempts", 7, 200, NULL }, { "1000-unlock", "ana", 1000 } },
	{ "another uid",       { "attempts", 7, 200, NULL }, { "1000", "ana", 1001 } },
	{ "another kind",      { "history", 7, 200, NULL },  { "1000", "ana", 1000 } },
	{ "another format",    { "attempts", 8, 200, NULL }, { "1000", "ana", 1000 } },
	{ "another size",      { "attempts", 7, 201, NULL }, { "1000", "ana", 1000 } },
	{ "a sealed kind",     { "attempts", 7, 200, &host_seal }, { "1000", "ana", 1000 } },
	{ "letters that move", { "attempt", 7, 200, NULL },  { "s1000", "ana", 1000 } },
};
/* clang-format on */

/* Put our file where @other's would be. Sealed kinds must not accept it either. */
static void check_other(struct scene *scene, const struct slot_kind *kind,
			const struct slot_kind *other_kind, const struct slot_owner *owner)
{
	char from[sizeof(scene->path)];
	struct found found;

	assert_int_equal(put(scene->root, &sealed_kind, &berta, 1), 0); /* there is a host key */
	prepare(scene, kind);
	memcpy(from, scene->path, sizeof(from));
	if (strcmp(from, record_path(scene, other_kind, owner)) != 0) {
		assert_int_equal(put(scene->root, other_kind, owner, 5), 0);
		assert_int_equal(rename(from, record_path(scene, other_kind, owner)), 0);
	}
	found = look(scene->root, other_kind, owner);
	assert_int_equal(found.opened, 0);
	assert_int_equal(found.read, -EBADMSG);
}

static void check_other_open(void **state)
{
	struct scene *scene = *state;
	const struct other *other = scene->row;

	check_other(scene, &open_kind, &other->kind, &other->owner);
}

static void check_other_sealed(void **state)
{
	struct scene *scene = *state;
	const struct other *other = scene->row;
	struct slot_kind mine = open_kind, kind = other->kind;

	mine.seal = &host_seal;
	kind.seal = kind.seal ? NULL : &host_seal; /* the last but one row: open where sealed was */
	check_other(scene, &mine, &kind, &other->owner);
}

/* Neither plain nor equal ciphertexts on the disk. */
static void sealed_is_secret(void **state)
{
	struct scene *scene = *state;
	const size_t size = slot_record_size(&sealed_kind);
	uint8_t first[20480], second[20480];

	assert_int_equal(put(scene->root, &sealed_kind, &ana, 0x41414141), 0);
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 0x41414141), 0);
	(void)record_path(scene, &sealed_kind, &ana);
	read_bytes(scene->path, 0, first, size);
	read_bytes(scene->path, (off_t)slot_length(&sealed_kind), second, size);
	assert_null(memmem(first, size, "AAAA", 4));
	assert_null(memmem(second, size, "AAAA", 4));
	assert_memory_not_equal(first + 24, second + 24, 12); /* the nonce */
	assert_memory_not_equal(first + 52, second + 52, size - 52);
}

static void open_is_readable(void **state)
{
	struct scene *scene = *state;
	uint8_t slot[4096];

	assert_int_equal(put(scene->root, &open_kind, &ana, 0x41414141), 0);
	read_bytes(record_path(scene, &open_kind, &ana), 4096, slot, sizeof(slot));
	assert_non_null(memmem(slot, sizeof(slot), "AAAAAAAA", 8));
}

/* A generation no host reaches was made up: it does not lock the record for ever by wrapping. */
static void generation_ends(void **state)
{
	struct scene *scene = *state;
	const struct slot_identity identity = { &open_kind, ana, NULL };
	uint8_t payload[200], record[4096] = { 0 };
	struct found found;

	prepare(scene, &open_kind);
	tell(payload, sizeof(payload), 30);
	assert_int_equal(slot_record_encode(&identity, UINT64_MAX - 1, payload, record), 0);
	change(scene->path, 0, record, sizeof(record));
	found = look(scene->root, &open_kind, &ana);
	expect(&found, SLOT_SOUND, 30);
	assert_int_equal(put(scene->root, &open_kind, &ana, 31), -EOVERFLOW);
	assert_int_equal(slot_record_encode(&identity, UINT64_MAX, payload, record), 0);
	change(scene->path, 4096, record, sizeof(record));
	found = look(scene->root, &open_kind, &ana);
	expect(&found, SLOT_FELL_BACK, 30);
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(others) + 3];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		tests[n++] = a_test(others[i].name, check_other_open, &others[i]);
		tests[n++] = a_test(others[i].name, check_other_sealed, &others[i]);
	}
	tests[n++] = a_test("sealed is secret", sealed_is_secret, NULL);
	tests[n++] = a_test("open is readable", open_is_readable, NULL);
	tests[n++] = a_test("generation at its end", generation_ends, NULL);
	return _cmocka_run_group_tests("slot identities", tests, n, NULL, NULL);
}
