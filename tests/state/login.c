/* SPDX-License-Identifier: MIT */
/* login.c - records of open logins: written, found, stale, damaged. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <sereno/login.h>
#include <sereno/scoped.h>

#include "login_record.h"
#include "process.h"

#define ANA  1001
#define LUIS 1002

struct place {
	char root[40];
	char logins[80];
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	char run[64];

	assert_non_null(place);
	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-login-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	(void)snprintf(run, sizeof(run), "%s/run", place->root);
	assert_int_equal(mkdir(run, 0755), 0);
	(void)snprintf(place->logins, sizeof(place->logins), "%s/run/sereno/logins", place->root);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", place->root);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

static struct login login_of(uint32_t session, uid_t uid, const char *origin)
{
	struct login login = { .session = session,
			       .uid = uid,
			       .opened = 1700000000,
			       .user = "ana",
			       .service = "sshd" };

	assert_int_equal(origin_parse(origin, &login.origin), 0);
	return login;
}

static void write_login(const struct place *place, uint32_t session, uid_t uid, const char *origin)
{
	const struct login login = login_of(session, uid, origin);

	assert_int_equal(login_write(place->root, &login), 0);
}

static size_t count_files(const struct place *place)
{
	DIR *stream = opendir(place->logins);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(stream);
	while ((entry = readdir(stream)))
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	(void)closedir(stream);
	return n;
}

static void record_path(const struct place *place, const char *name, char path[static 128])
{
	(void)snprintf(path, 128, "%s/%s", place->logins, name);
}

static void written_and_found(void **state)
{
	const struct place *place = *state;
	char text[ORIGIN_TEXT_MAX];
	struct login login;

	write_login(place, 7, ANA, "fd00:20::1");
	assert_int_equal(login_find(place->root, 7, ANA, &login), 0);
	assert_int_equal(login.session, 7);
	assert_int_equal(login.uid, ANA);
	assert_int_equal(login.leader, getpid());
	assert_int_equal(login.opened, 1700000000);
	assert_string_equal(login.user, "ana");
	assert_string_equal(login.service, "sshd");
	origin_format(&login.origin, text);
	assert_string_equal(text, "fd00:20::1");
}

static void of_another_session_or_user_is_not_found(void **state)
{
	const struct place *place = *state;
	struct login login;

	assert_int_equal(login_find(place->root, 7, ANA, &login), -ENOENT);
	write_login(place, 7, ANA, "seat");
	assert_int_equal(login_find(place->root, 8, ANA, &login), -ENOENT);
	assert_int_equal(login_find(place->root, 7, LUIS, &login), -ENOENT);
	assert_int_equal(login_find(place->root, LOGIN_NONE, ANA, &login), -ENOENT);
}

static void a_second_record_replaces_the_first(void **state)
{
	const struct place *place = *state;
	struct login login;

	write_login(place, 7, ANA, "seat");
	write_login(place, 7, ANA, "10.1.2.3");
	assert_int_equal(login_find(place->root, 7, ANA, &login), 0);
	assert_int_equal(login.origin.kind, ORIGIN_ADDRESS);
	assert_int_equal(count_files(place), 1);
}

/* Run @act in a process of its own, which then is gone. */
static void in_child(const struct place *place, int (*act)(const struct place *))
{
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(act(place) == 0 ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int write_seven(const struct place *place)
{
	const struct login login = login_of(7, ANA, "seat");

	return login_write(place->root, &login);
}

/*
 * Two logins in one audit session, as when a daemon is started by hand from within a login: which
 * of them a process belongs to cannot be told.
 */
static void of_two_logins_in_one_session_the_origin_is_unknown(void **state)
{
	const struct place *place = *state;
	char byte;
	struct login login;
	int ready[2], done[2], status;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) { /* writes the first record and lives until the second is there */
		const struct login first = login_of(7, ANA, "10.1.2.3");

		(void)close(done[1]);
		if (login_write(place->root, &first) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(done[0], &byte, 1) == 0 ? 0 : 1);
	}
	(void)close(done[0]);
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	write_login(place, 7, ANA, "seat");
	assert_int_equal(login_find(place->root, 7, ANA, &login), 0);
	assert_int_equal(login.leader, getpid());
	assert_int_equal(login.origin.kind, ORIGIN_UNKNOWN);
	write_login(place, 8, ANA, "seat"); /* a session of its own */
	assert_int_equal(login_find(place->root, 8, ANA, &login), 0);
	assert_int_equal(login.origin.kind, ORIGIN_SEAT);
	(void)close(done[1]);
	(void)close(ready[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_login_that_is_over_shares_nothing(void **state)
{
	const struct place *place = *state;
	struct login login;

	in_child(place, write_seven);
	write_login(place, 7, ANA, "10.1.2.3");
	assert_int_equal(login_find(place->root, 7, ANA, &login), 0);
	assert_int_equal(login.origin.kind, ORIGIN_ADDRESS);
}

static void over_a_damaged_record_the_origin_is_unknown(void **state)
{
	const struct place *place = *state;
	struct login login;
	char path[128];

	write_login(place, 7, ANA, "seat");
	record_path(place, "7", path);
	assert_int_equal(truncate(path, 100), 0);
	write_login(place, 7, ANA, "seat");
	assert_int_equal(login_find(place->root, 7, ANA, &login), 0);
	assert_int_equal(login.origin.kind, ORIGIN_UNKNOWN);
}

static void the_directory_is_private(void **state)
{
	const struct place *place = *state;
	char path[128];
	struct stat st;

	write_login(place, 7, ANA, "seat");
	assert_int_equal(stat(place->logins, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	record_path(place, "7", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void the_list_is_of_one_user(void **state)
{
	const struct place *place = *state;
	struct login *logins = NULL;

	assert_int_equal(login_list(place->root, ANA, &logins), 0);
	assert_null(logins);
	for (uint32_t session = 1; session <= 20; session++)
		write_login(place, session, session % 2 ? ANA : LUIS, "seat");
	write_login(place, LOGIN_NONE, ANA, "serial");
	assert_int_equal(login_list(place->root, ANA, &logins), 11);
	for (size_t i = 0; i < 11; i++)
		assert_int_equal(logins[i].uid, ANA);
	free(logins);
	assert_int_equal(login_list(place->root, 1003, &logins), 0);
	free(logins);
}

static int write_without_session(const struct place *place)
{
	const struct login login = login_of(LOGIN_NONE, ANA, "seat");

	return login_write(place->root, &login);
}

static int fail_to_remove_seven(const struct place *place)
{
	return login_remove(place->root, 7) == -EPERM ? 0 : -1;
}

static void a_leader_that_is_gone_leaves_no_login(void **state)
{
	const struct place *place = *state;
	struct login *logins = NULL;
	struct login login;

	in_child(place, write_seven);
	in_child(place, write_without_session);
	assert_int_equal(count_files(place), 2);
	assert_int_equal(login_find(place->root, 7, ANA, &login), -ENOENT);
	assert_int_equal(count_files(place), 1);
	assert_int_equal(login_list(place->root, ANA, &logins), 0);
	assert_int_equal(count_files(place), 0);
	free(logins);
}

static void a_recycled_process_number_is_not_the_leader(void **state)
{
	const struct place *place = *state;
	struct login_record record;
	struct login login = login_of(7, ANA, "seat");
	char path[128];
	FILE *file;

	write_login(place, 7, ANA, "seat");
	login.leader = getpid();
	login.leader_start = 1; /* our number, but of somebody who started at boot */
	login_record_encode(&login, &record);
	record_path(place, "7", path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(&record, sizeof(record), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(login_find(place->root, 7, ANA, &login), -ENOENT);
}

static void only_the_leader_removes(void **state)
{
	const struct place *place = *state;

	assert_int_equal(login_remove(place->root, 7), -ENOENT);
	write_login(place, 7, ANA, "seat");
	in_child(place, fail_to_remove_seven);
	assert_int_equal(login_remove(place->root, 7), 0);
	assert_int_equal(login_remove(place->root, 7), -ENOENT);
	write_login(place, LOGIN_NONE, ANA, "seat");
	assert_int_equal(login_remove(place->root, LOGIN_NONE), 0);
	assert_int_equal(count_files(place), 0);
}

static void a_directory_of_others_is_refused(void **state)
{
	const struct place *place = *state;
	const struct login login = login_of(7, ANA, "seat");
	struct login *logins = NULL;
	struct login found;

	write_login(place, 7, ANA, "seat");
	assert_int_equal(chmod(place->logins, 0777), 0);
	assert_int_equal(login_write(place->root, &login), -EPERM);
	assert_int_equal(login_find(place->root, 7, ANA, &found), -EPERM);
	assert_int_equal(login_list(place->root, ANA, &logins), -EPERM);
	assert_int_equal(login_remove(place->root, 7), -EPERM);
}

static void trying_leaves_nothing(void **state)
{
	const struct place *place = *state;

	assert_int_equal(login_try(place->root), 0);
	assert_int_equal(login_try(place->root), 0);
	assert_int_equal(count_files(place), 0);
	assert_int_equal(chmod(place->logins, 0777), 0);
	assert_int_equal(login_try(place->root), -EPERM);
	assert_int_equal(rmdir(place->logins), 0);
	assert_int_equal(symlink("/nonexistent", place->logins), 0);
	assert_true(login_try(place->root) < 0);
}

static void a_record_of_others_is_refused(void **state)
{
	const struct place *place = *state;
	struct login found;
	char path[128];

	write_login(place, 7, ANA, "seat");
	record_path(place, "7", path);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(login_find(place->root, 7, ANA, &found), -EPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/proc/self/stat", path), 0);
	assert_int_equal(login_find(place->root, 7, ANA, &found), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(login_find(place->root, 7, ANA, &found), -EPERM);
}

static void a_record_under_another_name_is_damaged(void **state)
{
	const struct place *place = *state;
	struct login *logins = NULL;
	struct login found;
	char seven[128], eight[128];

	write_login(place, 7, ANA, "seat");
	record_path(place, "7", seven);
	record_path(place, "8", eight);
	assert_int_equal(rename(seven, eight), 0);
	assert_int_equal(login_find(place->root, 8, ANA, &found), -EBADMSG);
	assert_int_equal(login_list(place->root, ANA, &logins), -EBADMSG);
}

/* Cut at every length, and every bit flipped: never a login that was not written. */
static void a_damaged_record_is_never_a_login(void **state)
{
	struct login_record record, damaged;
	struct login login = login_of(7, ANA, "10.1.2.3");
	struct login decoded;

	(void)state;
	login.leader = 5;
	login_record_encode(&login, &record);
	assert_int_equal(login_record_decode(&record, sizeof(record), &decoded), 0);
	for (size_t length = 0; length < sizeof(record); length++)
		assert_int_equal(login_record_decode(&record, length, &decoded), -EBADMSG);
	for (size_t bit = 0; bit < 8 * sizeof(record); bit++) {
		damaged = record;
		((uint8_t *)&damaged)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(login_record_decode(&damaged, sizeof(damaged), &decoded),
				 -EBADMSG);
	}
}

static void a_cut_file_is_damaged(void **state)
{
	const struct place *place = *state;
	struct login found;
	char path[128];

	write_login(place, 7, ANA, "seat");
	record_path(place, "7", path);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(login_find(place->root, 7, ANA, &found), -EBADMSG);
}

#define FIELDS "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
static const struct stat_row {
	const char *name, *stat;
	int err;
	uint64_t start;
} stat_rows[] = {
	{ "plain", "12 (bash) " FIELDS "4711 20 21", 0, 4711 },
	{ "last field", "12 (bash) " FIELDS "4711\n", 0, 4711 },
	{ "name with parentheses", "12 (a) S 1 (b) " FIELDS "4711 20", 0, 4711 },
	{ "name with a newline", "12 (a\nb) " FIELDS "4711 20", 0, 4711 },
	{ "largest", "12 (a) " FIELDS "18446744073709551615 1", 0, UINT64_MAX },
	{ "overflow", "12 (a) " FIELDS "18446744073709551616 1", -EBADMSG, 0 },
	{ "negative", "12 (a) " FIELDS "-1 1", -EBADMSG, 0 },
	{ "letters", "12 (a) " FIELDS "1x 1", -EBADMSG, 0 },
	{ "too short", "12 (a) S 1 2 3", -EBADMSG, 0 },
	{ "no name", "12 a S 1 2 3", -EBADMSG, 0 },
	{ "empty", "", -EBADMSG, 0 },
};

static void check_stat(void **state)
{
	const struct stat_row *row = *state;
	uint64_t start = 0;

	assert_int_equal(process_parse_start(row->stat, &start), row->err);
	assert_int_equal(start, row->start);
}

static void processes_start(void **state)
{
	uint64_t ours = 0, other = 0;

	(void)state;
	assert_int_equal(process_start(getpid(), &ours), 0);
	assert_int_equal(process_start(getpid(), &other), 0);
	assert_true(ours > 0);
	assert_int_equal(ours, other);
	assert_int_equal(process_start(INT32_MAX, &other), -ENOENT);
}

static void ourselves(void **state)
{
	uint32_t session;
	uid_t uid;

	(void)state;
	assert_int_equal(login_self(&session, &uid), 0);
	assert_true((session == LOGIN_NONE) == (uid == LOGIN_NONE));
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest fixed[] = {
		IN_PLACE(written_and_found),
		IN_PLACE(of_another_session_or_user_is_not_found),
		IN_PLACE(a_second_record_replaces_the_first),
		IN_PLACE(of_two_logins_in_one_session_the_origin_is_unknown),
		IN_PLACE(a_login_that_is_over_shares_nothing),
		IN_PLACE(over_a_damaged_record_the_origin_is_unknown),
		IN_PLACE(the_directory_is_private),
		IN_PLACE(the_list_is_of_one_user),
		IN_PLACE(a_leader_that_is_gone_leaves_no_login),
		IN_PLACE(a_recycled_process_number_is_not_the_leader),
		IN_PLACE(only_the_leader_removes),
		IN_PLACE(a_directory_of_others_is_refused),
		IN_PLACE(trying_leaves_nothing),
		IN_PLACE(a_record_of_others_is_refused),
		IN_PLACE(a_record_under_another_name_is_damaged),
		IN_PLACE(a_cut_file_is_damaged),
		cmocka_unit_test(a_damaged_record_is_never_a_login),
		cmocka_unit_test(processes_start),
		cmocka_unit_test(ourselves),
	};
	struct CMUnitTest tests[ARRAY_SIZE(fixed) + ARRAY_SIZE(stat_rows)];

	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_SIZE(stat_rows); i++)
		tests[ARRAY_SIZE(fixed) + i] =
			(struct CMUnitTest){ .name = stat_rows[i].name,
					     .test_func = check_stat,
					     .initial_state = (void *)(uintptr_t)&stat_rows[i] };
	return cmocka_run_group_tests_name("open logins", tests, NULL, NULL);
}
