/* SPDX-License-Identifier: MIT */
/* history.c - passwords and bases used before, for one user and for many changes at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sereno/history.h>
#include <sereno/scoped.h>

#include "history_hash.h"

#define USER "marta"
#define UID  1003
#define DAY  86400
#define NOW  1750000000

struct scene {
	char root[64];
};

static void write_text(const char *root, const char *tail, const char *text)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", root, tail);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Begin a history at the least cost of yescrypt: these tests are not about that. */
static void begin_cheaply(const char *root)
{
	const struct slot_owner owner = { "1003", "", UID };
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
	const char *shared = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	static const char *const dirs[] = { "etc", "var", "var/lib", "var/lib/sereno" };

	assert_non_null(scene);
	(void)snprintf(scene->root, sizeof(scene->root), "%s/sereno-history-XXXXXX", shared);
	assert_non_null(mkdtemp(scene->root));
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "%s/%s", scene->root, dirs[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	write_text(scene->root, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	*state = scene;
	return 0;
}

static int make_cheap_scene(void **state)
{
	const int r = make_scene(state);

	begin_cheaply(((struct scene *)*state)->root);
	return r;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int remove_scene(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(nftw(scene->root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(scene);
	return 0;
}

static struct history_change change_to(const char *candidate)
{
	return (struct history_change){
		.user = USER,
		.uid = UID,
		.candidate = candidate,
		.keep = { .entries = 24 },
		.now = NOW,
	};
}

static enum history_answer judge(const struct scene *scene, const struct history_change *change)
{
	struct history_token *token = NULL;
	enum history_answer answer;

	assert_int_equal(history_judge(scene->root, change, &token, &answer), 0);
	assert_false(history_token_fell_back(token));
	history_token_free(token);
	return answer;
}

static enum history_answer judge_text(const struct scene *scene, const char *candidate)
{
	const struct history_change change = change_to(candidate);

	return judge(scene, &change);
}

/* Returns 0 or what went wrong: also for child processes. */
static int commit(const struct scene *scene, const struct history_change *change)
{
	struct history_token *token = NULL;
	enum history_answer answer;
	int r;

	r = history_judge(scene->root, change, &token, &answer);
	if (r == 0)
		r = history_commit(scene->root, token);
	history_token_free(token);
	return r;
}

static void commit_text(const struct scene *scene, const char *candidate)
{
	const struct history_change change = change_to(candidate);

	assert_int_equal(commit(scene, &change), 0);
}

static void read_record(const struct scene *scene, struct history_record *ret)
{
	const struct slot_owner owner = { "1003", "", UID };
	struct slot_file *file = NULL;
	enum slot_state found;

	assert_int_equal(slot_open(scene->root, &history_kind, &owner, SLOT_MUST_EXIST, &file), 0);
	assert_int_equal(slot_read(file, ret, &found), 0);
	slot_close(file);
}

static void reuse(void **state)
{
	static const struct {
		const char *candidate;
		enum history_answer answer;
	} cases[] = {
		{ "Verano2025!", HISTORY_REUSED },
		{ "verano2025!", HISTORY_BASE_REUSED },
		{ "Verano2026!", HISTORY_BASE_REUSED },
		{ "#V3rano#", HISTORY_BASE_REUSED },
		{ "verano", HISTORY_BASE_REUSED },
		{ "\1verano", HISTORY_FRESH }, /* no text, and no way to the hash of a base */
		{ "Otono2025!", HISTORY_FRESH },
		{ "Sol!2025", HISTORY_REUSED },
		{ "Sol!2026", HISTORY_FRESH }, /* short bases are not kept */
		{ "99887766", HISTORY_REUSED },
		{ "99887765", HISTORY_FRESH },
		{ "", HISTORY_FRESH },
	};
	const struct scene *scene = *state;

	assert_int_equal(judge_text(scene, "Verano2025!"), HISTORY_FRESH);
	assert_int_equal(judge_text(scene, "Verano2025!"), HISTORY_FRESH); /* only judged */
	commit_text(scene, "Verano2025!");
	commit_text(scene, "Sol!2025");
	commit_text(scene, "99887766");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(judge_text(scene, cases[i].candidate), cases[i].answer);
}

static void longest(void **state)
{
	const struct scene *scene = *state;
	char password[512];

	memset(password, 'k', sizeof(password));
	password[255] = '\0';
	commit_text(scene, password);
	assert_int_equal(judge_text(scene, password), HISTORY_REUSED);
	for (size_t i = 0; i + 3 < sizeof(password); i += 3)
		memcpy(password + i, "\u6211", 3); /* three bytes each, 170 characters */
	password[510] = '\0';
	commit_text(scene, password);
	assert_int_equal(judge_text(scene, password), HISTORY_REUSED);
}

static void count_bound(void **state)
{
	const struct scene *scene = *state;
	struct history_change change = change_to("");
	char password[32];

	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(password, sizeof(password), "p%ux", i);
		commit_text(scene, password);
	}
	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(password, sizeof(password), "p%ux", i);
		assert_int_equal(judge_text(scene, password),
				 i < 16 ? HISTORY_FRESH : HISTORY_REUSED);
	}
	change.candidate = "p37x";
	change.keep.entries = 2;
	assert_int_equal(judge(scene, &change), HISTORY_FRESH);
	change.candidate = "p38x";
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
	change.candidate = "p40x"; /* a shorter history lets go of the rest for good */
	assert_int_equal(commit(scene, &change), 0);
	assert_int_equal(judge_text(scene, "p38x"), HISTORY_FRESH);
	assert_int_equal(judge_text(scene, "p39x"), HISTORY_REUSED);
}

static void all_entries(void **state)
{
	const struct scene *scene = *state;
	struct history_change change;
	char password[32];

	for (unsigned i = 0; i < HISTORY_ENTRIES_MAX + 1; i++) {
		(void)snprintf(password, sizeof(password), "p%ux", i);
		change = change_to(password);
		change.keep.entries = HISTORY_ENTRIES_MAX;
		assert_int_equal(commit(scene, &change), 0);
	}
	change.candidate = "p0x";
	assert_int_equal(judge(scene, &change), HISTORY_FRESH);
	change.candidate = "p1x";
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
}

static void days_bound(void **state)
{
	const struct scene *scene = *state;
	struct history_change change = change_to("Kwq-first-9");

	change.keep.days = 30;
	assert_int_equal(commit(scene, &change), 0);
	change.now = NOW + 30 * DAY;
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
	change.now = NOW - 5 * DAY; /* the clock went back */
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
	change.now = NOW + 30 * DAY + 1;
	assert_int_equal(judge(scene, &change), HISTORY_FRESH);
	change.keep.days = 0;
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
	change.keep.days = 30;
	change.candidate = "Zvt-second-7";
	assert_int_equal(commit(scene, &change), 0);
	change.candidate = "Kwq-first-9";
	change.keep.days = 0;
	assert_int_equal(judge(scene, &change), HISTORY_FRESH);
}

/* The password that was there before the history counts from the first change on. */
static void old_one(void **state)
{
	const struct scene *scene = *state;
	struct history_change change = change_to("Invierno-77");

	change.old = "Invierno-76";
	assert_int_equal(judge(scene, &change), HISTORY_BASE_REUSED);
	change.candidate = "Invierno-76";
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
	change.candidate = "Zvt-second-7";
	assert_int_equal(commit(scene, &change), 0);
	assert_int_equal(judge_text(scene, "Invierno-76"), HISTORY_REUSED);
	change.candidate = "Kwq-third-9";
	change.old = "never had";
	assert_int_equal(commit(scene, &change), 0);
	assert_int_equal(judge_text(scene, "never had"), HISTORY_FRESH);
}

static void bad_numbers(void **state)
{
	const struct scene *scene = *state;
	struct history_token *token = NULL;
	struct history_change change = change_to("x");
	enum history_answer answer;

	change.keep.entries = 0;
	assert_int_equal(history_judge(scene->root, &change, &token, &answer), -EINVAL);
	change.keep.entries = HISTORY_ENTRIES_MAX + 1;
	assert_int_equal(history_judge(scene->root, &change, &token, &answer), -EINVAL);
	assert_null(token);
	history_token_free(token);
}

static void users_apart(void **state)
{
	const struct scene *scene = *state;
	struct history_change change = change_to("Verano2025!");

	commit_text(scene, "Verano2025!");
	change.user = "luis";
	change.uid = UID + 1;
	assert_int_equal(judge(scene, &change), HISTORY_FRESH);
	assert_int_equal(history_remove(scene->root, "luis", UID + 1), 0);
	assert_int_equal(history_remove(scene->root, "luis", UID + 1), -ENOENT);
	change.uid = UID; /* renamed, or a uid that was had before: it shuts nobody out */
	assert_int_equal(judge(scene, &change), HISTORY_REUSED);
}

/* Begun anew between judging and committing: adopted while it is empty, else told. */
static void removed_in_between(void **state)
{
	const struct scene *scene = *state;
	const struct history_change change = change_to("Verano2025!");
	struct history_token *token = NULL;
	enum history_answer answer;

	assert_int_equal(history_judge(scene->root, &change, &token, &answer), 0);
	assert_int_equal(history_remove(scene->root, USER, UID), 0);
	assert_int_equal(history_commit(scene->root, token), 0);
	assert_int_equal(judge_text(scene, "Verano2025!"), HISTORY_REUSED);
	assert_int_equal(history_remove(scene->root, USER, UID), 0);
	begin_cheaply(scene->root);
	commit_text(scene, "Otono2025!");
	assert_int_equal(history_commit(scene->root, token), -ESTALE);
	history_token_free(token);
}

/* A sealed record with nonsense inside is refused, not believed. */
static void nonsense(void **state)
{
	const struct slot_owner owner = { "1003", "", UID };
	struct history_record records[3] = {
		{ .n = HISTORY_ENTRIES_MAX + 1, .setting = "$y$j75$x" }, { .n = 1 }, { .n = 0 }
	};
	const struct history_change change = change_to("x");
	const struct scene *scene = *state;

	memset(records[2].setting, 'x', sizeof(records[2].setting));
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct history_token *token = NULL;
		struct slot_file *file = NULL;
		enum history_answer answer;

		assert_int_equal(slot_open(scene->root, &history_kind, &owner, SLOT_CREATE, &file),
				 0);
		assert_int_equal(slot_write(file, &records[i], SLOT_SHARED), 0);
		slot_close(file);
		assert_int_equal(history_judge(scene->root, &change, &token, &answer), -EBADMSG);
	}
}

static void change_byte(const char *path, off_t at)
{
	scoped_fd int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

/* One slot damaged: told, and the one before counts. Both: refused until an administrator acts. */
static void damaged(void **state)
{
	const struct scene *scene = *state;
	const struct history_change change = change_to("Verano2025!");
	struct history_token *token = NULL;
	enum history_answer answer;
	struct stat st;
	char path[128];

	commit_text(scene, "Verano2025!");
	commit_text(scene, "Otono-2025!");
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/history/1003", scene->root);
	assert_int_equal(stat(path, &st), 0);
	change_byte(path, 300);
	assert_int_equal(history_judge(scene->root, &change, &token, &answer), 0);
	assert_true(history_token_fell_back(token));
	assert_int_equal(answer, HISTORY_REUSED);
	history_token_free(take(token, NULL));
	change_byte(path, st.st_size / 2 + 300);
	assert_int_equal(history_judge(scene->root, &change, &token, &answer), -EBADMSG);
	assert_null(token);
	assert_int_equal(history_remove(scene->root, USER, UID), 0);
	assert_int_equal(judge_text(scene, "Verano2025!"), HISTORY_FRESH);
}

/* 30 changes at once, and none is lost. They begin the history, too. */
static void thirty_at_once(void **state)
{
	const struct scene *scene = *state;
	struct history_change all = change_to("p0x");
	struct history_record record;
	pid_t child[30];
	char password[32];

	for (unsigned i = 0; i < ARRAY_SIZE(child); i++) {
		struct history_change change = change_to(password);

		(void)snprintf(password, sizeof(password), "p%ux", i);
		change.keep.entries = HISTORY_ENTRIES_MAX;
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			_exit(commit(scene, &change) != 0);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++) {
		int status;

		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	read_record(scene, &record);
	assert_int_equal(record.n, ARRAY_SIZE(child));
	for (size_t i = 0; i < record.n; i++)
		for (size_t k = 0; k < i; k++)
			assert_false(
				hash_equal(&record.entry[i].password, &record.entry[k].password));
	all.keep.entries = 30;
	assert_int_equal(judge(scene, &all), HISTORY_REUSED);
	all.candidate = "p29x";
	assert_int_equal(judge(scene, &all), HISTORY_REUSED);
}

/* Without a record the salt and the cost are the system's own. */
static void first_of_all(void **state)
{
	const struct scene *scene = *state;
	struct history_record record;

	commit_text(scene, "Verano2025!");
	assert_int_equal(judge_text(scene, "Verano2026!"), HISTORY_BASE_REUSED);
	read_record(scene, &record);
	assert_memory_equal(record.setting, "$y$j9T$", 7);
	assert_int_equal(record.n, 1);
	assert_int_equal(strlen(record.entry[0].password.text), HISTORY_HASH_SIZE);
	assert_string_not_equal(record.entry[0].password.text, record.entry[0].base.text);
}

static void hashes_compared(void **state)
{
	struct history_hash one = { "" }, other = { "" };

	(void)state;
	assert_false(hash_equal(&one, &other));
	memset(one.text, 'a', HISTORY_HASH_SIZE);
	assert_false(hash_equal(&one, &other));
	memset(other.text, 'a', HISTORY_HASH_SIZE);
	assert_true(hash_equal(&one, &other));
	other.text[HISTORY_HASH_SIZE - 1] = 'b';
	assert_false(hash_equal(&one, &other));
}

#define CHEAPLY(test) cmocka_unit_test_setup_teardown(test, make_cheap_scene, remove_scene)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHEAPLY(reuse),
		CHEAPLY(longest),
		CHEAPLY(count_bound),
		CHEAPLY(all_entries),
		CHEAPLY(days_bound),
		CHEAPLY(old_one),
		CHEAPLY(bad_numbers),
		CHEAPLY(users_apart),
		CHEAPLY(removed_in_between),
		CHEAPLY(nonsense),
		CHEAPLY(damaged),
		cmocka_unit_test_setup_teardown(thirty_at_once, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(first_of_all, make_scene, remove_scene),
		cmocka_unit_test(hashes_compared),
	};

	return cmocka_run_group_tests_name("password history", tests, NULL, NULL);
}
