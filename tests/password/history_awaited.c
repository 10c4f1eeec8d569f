/* SPDX-License-Identifier: MIT */
/* history_awaited.c - tests: changes that a history is told of before they are made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <crypt.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/history.h>
#include <sereno/scoped.h>

#include "history_record.h"

#define USER "ana"
#define UID  1000
#define NOW  1700000000

struct scene {
	char root[40];
};

/* A history with a salt of the lowest cost. */
static void begin_cheaply(const char *root)
{
	const struct slot_owner owner = { "1000", "", UID };
	struct history_record record = { 0 };
	char text[CRYPT_GENSALT_OUTPUT_SIZE];
	struct slot_file *file = NULL;

	assert_non_null(crypt_gensalt_rn("$y$", 1, NULL, 0, text, sizeof(text)));
	assert_true(strlen(text) < sizeof(record.setting));
	memcpy(record.setting, text, strlen(text));
	assert_int_equal(slot_open(root, &history_kind, &owner, SLOT_CREATE, &file), 0);
	assert_int_equal(slot_write(file, &record, SLOT_SHARED), 0);
	slot_close(file);
}

static int make_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	char path[80];
	FILE *file;

	assert_non_null(scene);
	(void)snprintf(scene->root, sizeof(scene->root), "%s/sereno-await-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(scene->root));
	(void)snprintf(path, sizeof(path), "%s/etc", scene->root);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/etc/machine-id", scene->root);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("0123456789abcdef0123456789abcdef\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	begin_cheaply(scene->root);
	*state = scene;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static int remove_scene(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(nftw(scene->root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(scene);
	return 0;
}

/* Judge @candidate while the hash has @tag. */
static enum history_answer judge(const struct scene *scene, const char *candidate, uint64_t tag,
				 struct history_token **ret)
{
	const struct history_change change = {
		.user = USER,
		.uid = UID,
		.candidate = candidate,
		.keep = { .entries = 5 },
		.now = NOW,
		.tag = tag,
	};
	struct history_token *token = NULL;
	enum history_answer answer;

	assert_int_equal(history_judge(scene->root, &change, &token, &answer), 0);
	if (ret)
		*ret = token;
	else
		history_token_free(token);
	return answer;
}

static void await(const struct scene *scene, const char *candidate, uint64_t tag)
{
	struct history_token *token = NULL;

	(void)judge(scene, candidate, tag, &token);
	assert_int_equal(history_await(scene->root, token), 0);
	history_token_free(token);
}

static void it_counts_once_the_hash_is_another(void **state)
{
	await(*state, "one-Kolibri", 1);
	assert_int_equal(judge(*state, "one-Kolibri", 1, NULL), HISTORY_FRESH);
	assert_int_equal(judge(*state, "one-Kolibri", 2, NULL), HISTORY_REUSED);
	await(*state, "two-Lanterns", 2);
	assert_int_equal(judge(*state, "one-Kolibri", 3, NULL), HISTORY_REUSED);
	assert_int_equal(judge(*state, "two-Lanterns", 3, NULL), HISTORY_REUSED);
}

/* However often a change fails, it pushes no password out that was really had. */
static void failed_changes_push_nothing_out(void **state)
{
	char candidate[32];

	await(*state, "one-Kolibri", 1);
	for (unsigned i = 0; i < 8; i++) {
		(void)snprintf(candidate, sizeof(candidate), "never-%u-set", i);
		await(*state, candidate, 2);
		assert_int_equal(judge(*state, "one-Kolibri", 2, NULL), HISTORY_REUSED);
	}
}

/* Which of them was made cannot be told: each counts. */
static void changes_at_the_same_time_all_count(void **state)
{
	struct history_token *first = NULL, *second = NULL;
	const struct scene *scene = *state;

	(void)judge(scene, "one-Kolibri", 1, &first);
	(void)judge(scene, "two-Lanterns", 1, &second);
	assert_int_equal(history_await(scene->root, first), 0);
	assert_int_equal(history_await(scene->root, second), 0);
	history_token_free(first);
	history_token_free(second);
	assert_int_equal(judge(scene, "one-Kolibri", 2, NULL), HISTORY_REUSED);
	assert_int_equal(judge(scene, "two-Lanterns", 2, NULL), HISTORY_REUSED);
}

/* Begun anew in between, with another salt: the two cannot be told apart any more. */
static void another_history_is_not_mixed_in(void **state)
{
	struct history_token *token = NULL;
	const struct scene *scene = *state;

	(void)judge(scene, "one-Kolibri", 1, &token);
	assert_int_equal(history_remove(scene->root, USER, UID), 0);
	await(scene, "two-Lanterns", 1);
	assert_int_equal(history_await(scene->root, token), -ESTALE);
	history_token_free(token);
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, make_scene, remove_scene)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SCENE(it_counts_once_the_hash_is_another),
		ON_SCENE(failed_changes_push_nothing_out),
		ON_SCENE(changes_at_the_same_time_all_count),
		ON_SCENE(another_history_is_not_mixed_in),
	};

	return cmocka_run_group_tests_name("changes awaited", tests, NULL, NULL);
}
