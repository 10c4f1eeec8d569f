/* SPDX-License-Identifier: MIT */
/*
 * generation.c - tests of putting a policy in force: all or nothing, one at a time.
 */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <sereno/grants.h>
#include <sereno/scoped.h>

#define GENERATIONS "/var/lib/sereno/generations"

static const char small[] = "sereno: 1\n";

struct root {
	char path[64];
};

static int remove_tree(const char *path)
{
	char *command = NULL;
	int r;

	assert_true(asprintf(&command, "rm -r '%s'", path) > 0);
	r = system(command);
	free(command);
	return r;
}

static int setup(void **state)
{
	struct root *root = calloc(1, sizeof(*root));

	assert_non_null(root);
	memcpy(root->path, "/tmp/sereno-test.XXXXXX", sizeof("/tmp/sereno-test.XXXXXX"));
	assert_non_null(mkdtemp(root->path));
	*state = root;
	return 0;
}

static int teardown(void **state)
{
	struct root *root = *state;
	const int r = remove_tree(root->path);

	free(root);
	return r;
}

/* Whether ROOT/@path exists. */
static bool exists(const struct root *root, const char *path)
{
	scoped_free char *full = NULL;
	struct stat st;

	assert_true(asprintf(&full, "%s%s", root->path, path) > 0);
	return lstat(full, &st) == 0;
}

static void make_directory(const struct root *root, const char *path)
{
	scoped_free char *full = NULL;

	assert_true(asprintf(&full, "%s%s", root->path, path) > 0);
	assert_int_equal(mkdir(full, 0755), 0);
}

static void compile_into(const char *dir, uint64_t generation)
{
	const struct compile_inputs inputs = {
		.text = small,
		.text_length = strlen(small),
		.host = "pg-01",
		.now = FIXTURE_NOW,
		.generation = generation,
		.group_id = fixture_group,
		.user_id = fixture_user,
	};
	struct diag_list diags = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_read("", small, strlen(small), FIXTURE_NOW, &model, &diags), 0);
	assert_int_equal(policy_compile(model, &inputs, dir, &diags), 0);
	diag_clear(&diags);
	model_free(model);
}

/* One whole apply; returns the number of the generation. */
static uint64_t apply(const struct root *root)
{
	struct generation generation;
	uint64_t number;

	assert_int_equal(generation_begin(root->path, &generation), 0);
	compile_into(generation.dir, generation.number);
	assert_int_equal(generation_commit(&generation), 0);
	number = generation.number;
	generation_end(&generation);
	return number;
}

static uint64_t in_force(const struct root *root)
{
	struct policy *policy = NULL;
	uint64_t number;
	int r;

	r = policy_open(root->path, &policy);
	if (r == -ENOENT)
		return 0;
	assert_int_equal(r, 0);
	number = policy_facts(policy)->generation;
	policy_close(policy);
	return number;
}

static void test_apply(void **state)
{
	const struct root *root = *state;

	assert_true(in_force(root) == 0);
	for (uint64_t i = 1; i <= 12; i++) {
		assert_true(apply(root) == i);
		assert_true(in_force(root) == i);
	}
	/* The one before stays; older ones go. */
	assert_true(exists(root, GENERATIONS "/12"));
	assert_true(exists(root, GENERATIONS "/11"));
	assert_false(exists(root, GENERATIONS "/10"));
	assert_false(exists(root, GENERATIONS "/1"));
	assert_false(exists(root, "/var/lib/sereno/in-force.new"));
}

/* What was begun and not committed changes nothing and leaves nothing. */
static void test_abandoned(void **state)
{
	const struct root *root = *state;
	struct generation generation;

	assert_true(apply(root) == 1);
	assert_int_equal(generation_begin(root->path, &generation), 0);
	compile_into(generation.dir, generation.number);
	assert_true(in_force(root) == 1);
	generation_end(&generation);
	assert_true(in_force(root) == 1);
	assert_false(exists(root, GENERATIONS "/2"));
	assert_true(apply(root) == 2);
}

/* A process that died left a generation and a half-made link. */
static void test_interrupted(void **state)
{
	const struct root *root = *state;
	scoped_free char *link = NULL;

	assert_true(apply(root) == 1);
	make_directory(root, GENERATIONS "/2");
	make_directory(root, GENERATIONS "/notes"); /* not ours: stays */
	assert_true(asprintf(&link, "%s/var/lib/sereno/in-force.new", root->path) > 0);
	assert_int_equal(symlink("generations/2", link), 0);
	assert_true(apply(root) == 3);
	assert_true(in_force(root) == 3);
	assert_false(exists(root, GENERATIONS "/2"));
	assert_true(exists(root, GENERATIONS "/1"));
	assert_true(exists(root, GENERATIONS "/notes"));
}

static void test_busy(void **state)
{
	const struct root *root = *state;
	struct generation first, second;

	assert_int_equal(generation_begin(root->path, &first), 0);
	assert_int_equal(generation_begin(root->path, &second), -EBUSY);
	assert_true(exists(root, GENERATIONS "/1")); /* the loser took nothing away */
	generation_end(&first);
	assert_int_equal(generation_begin(root->path, &second), 0);
	generation_end(&second);
}

/* Whoever can write where the link lies decides who logs in. */
static void test_unsafe_state(void **state)
{
	const struct root *root = *state;
	struct policy *policy = NULL;
	scoped_free char *path = NULL;

	assert_true(apply(root) == 1);
	assert_true(asprintf(&path, "%s/var/lib/sereno", root->path) > 0);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(policy_open(root->path, &policy), -EPERM);
	assert_int_equal(chmod(path, 0755), 0);
	assert_true(in_force(root) == 1);
}

/* So does whoever can put another directory where the link points to. */
static void test_unsafe_generations(void **state)
{
	const struct root *root = *state;
	struct policy *policy = NULL;
	scoped_free char *path = NULL;

	assert_true(apply(root) == 1);
	assert_true(asprintf(&path, "%s" GENERATIONS, root->path) > 0);
	assert_int_equal(chmod(path, 0757), 0);
	assert_int_equal(policy_open(root->path, &policy), -EPERM);
	assert_int_equal(chmod(path, 0755), 0);
	assert_true(in_force(root) == 1);
}

/* Who can write in the directory of a generation can put an older policy there. */
static void test_unsafe_generation(void **state)
{
	const struct root *root = *state;
	struct policy *policy = NULL;
	scoped_free char *path = NULL;

	assert_true(apply(root) == 1);
	assert_true(asprintf(&path, "%s" GENERATIONS "/1", root->path) > 0);
	assert_int_equal(chmod(path, 0757), 0);
	assert_int_equal(policy_open(root->path, &policy), -EPERM);
	assert_int_equal(chmod(path, 0755), 0);
	assert_true(in_force(root) == 1);
}

/* What was published with nothing in it is told by its mode too: a longer one may have been cut. */
static void test_nothing_granted(void **state)
{
	static const struct granted granted = { "ana",
						{ .role = "r", .valid = { 0, TIME_NO_END } } };
	const struct grants_image image = { .facts.n_grants = 1, .grants = &granted };
	const struct root *root = *state;
	scoped(policy_close_p) struct policy *none = NULL, *some = NULL, *cut = NULL;
	scoped_free char *path = NULL;
	struct stat st;

	assert_true(apply(root) == 1);
	assert_true(asprintf(&path, "%s/var/lib/sereno/grants.1.cdb", root->path) > 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0444);
	assert_int_equal(policy_open_for_all(root->path, &none), 0);
	assert_null(policy_grants(none));
	assert_int_equal(grants_publish(root->path, &image), 0);
	assert_int_equal(policy_open_for_all(root->path, &some), 0);
	assert_int_equal(grants_facts(policy_grants(some))->n_grants, 1);
	assert_int_equal(truncate(path, st.st_size), 0);
	assert_int_equal(policy_open_for_all(root->path, &cut), -EBADMSG);
}

/* Nor is who will leave forgotten at a login, who stands in a file of his own. */
static void test_nobody_leaves(void **state)
{
	static const struct departure departure = { .user = "ana",
						    .uid = 1001,
						    .since = 2000000000 };
	const struct grants_image image = { .facts.n_departures = 1, .departures = &departure };
	const struct root *root = *state;
	scoped(policy_close_p) struct policy *none = NULL, *some = NULL, *cut = NULL;
	scoped_free char *path = NULL;
	struct stat st;

	assert_true(apply(root) == 1);
	assert_true(asprintf(&path, "%s/var/lib/sereno/leavers.1.cdb", root->path) > 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(policy_open_at_login(root->path, &none), 0);
	assert_null(policy_grants(none));
	assert_int_equal(grants_publish(root->path, &image), 0);
	assert_int_equal(policy_open_at_login(root->path, &some), 0);
	assert_int_equal(grants_facts(policy_grants(some))->n_departures, 1);
	assert_int_equal(truncate(path, st.st_size), 0);
	assert_int_equal(policy_open_at_login(root->path, &cut), -EBADMSG);
}

/* A umask, tight or loose, does not show in what readers need and writers must not have. */
static void test_umask(void **state)
{
	const struct root *root = *state;
	scoped_free char *path = NULL;
	struct stat st;
	mode_t old;

	old = umask(0077);
	assert_true(apply(root) == 1);
	(void)umask(0);
	assert_true(apply(root) == 2);
	(void)umask(old);
	assert_true(asprintf(&path, "%s" GENERATIONS "/1", root->path) > 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_true(in_force(root) == 2);
}

static void test_text(void **state)
{
	const struct root *root = *state;
	struct diag_list diags = { 0 };
	scoped_free char *text = NULL;
	size_t length = 0;

	assert_true(apply(root) == 1);
	assert_int_equal(policy_text_in_force(root->path, &text, &length, &diags), 0);
	assert_int_equal(length, strlen(small));
	assert_string_equal(text, small);
	diag_clear(&diags);
}

/* clang-format off */
static const struct uid_row {
	const char *name;
	uid_t uid, min_uid;
	bool governed;
} uid_rows[] = {
	{ "root",               0,          0,    false },
	{ "the first",          1000,       1000, true },
	{ "one less",           999,        1000, false },
	{ "before greeters",    60577,      1000, true },
	{ "first greeter",      60578,      1000, false },
	{ "last greeter",       60705,      1000, false },
	{ "after greeters",     60706,      1000, true },
	{ "before dynamic",     61183,      1000, true },
	{ "first dynamic",      61184,      1000, false },
	{ "last dynamic",       65519,      1000, false },
	{ "after dynamic",      65520,      1000, true },
	{ "nobody",             65534,      1000, false },
	{ "invalid, 16 bits",   65535,      1000, false },
	{ "a directory's",      65536,      1000, true },
	{ "invalid, 32 bits",   UINT32_MAX, 1000, false },
	{ "no min-uid",         1,          0,    true },
};
/* clang-format on */

static void test_uid(void **state)
{
	const struct uid_row *row = *state;

	assert_int_equal(uid_governed(row->uid, row->min_uid), row->governed);
}

int main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test_setup_teardown(test_apply, setup, teardown),
		cmocka_unit_test_setup_teardown(test_abandoned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsafe_state, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsafe_generations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsafe_generation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_granted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_leaves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_umask, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text, setup, teardown),
	};
	struct CMUnitTest tests[ARRAY_SIZE(uid_rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(uid_rows); i++)
		tests[n++] = (struct CMUnitTest){ uid_rows[i].name, test_uid, NULL, NULL,
						  (void *)(uintptr_t)&uid_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
