/* SPDX-License-Identifier: MIT */
/*
 * otp_kills.c - a login is killed at any moment: a code that was used stays so, the next login
 * works, nothing is left lying about.
 *
 * With ENDURE in the environment 500 kills, else some.
 */
#include "otp_talk.h"

#include <ftw.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "calls.h"

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

/* How far the one who will be killed has come, in memory that is shared. */
static struct progress {
	unsigned asked, told;
	int code;
} * progress;

static void has_been_asked(struct dialogue *dialogue)
{
	(void)dialogue;
	__atomic_store_n(&progress->asked, 1, __ATOMIC_SEQ_CST);
}

static int try(struct host *host, const char *typed)
{
	struct dialogue dialogue = { .codes = { typed } };

	return log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue);
}

static int64_t monotonic_nsec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* One logs in and is killed @nsec after the question. */
static void log_in_and_die(struct host *host, const char *typed, int64_t nsec)
{
	int64_t until;
	int status;
	pid_t pid;

	*progress = (struct progress){ .asked = 0 };
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct dialogue dialogue = { .codes = { typed }, .when_asked = has_been_asked };

		progress->code = log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue);
		__atomic_store_n(&progress->told, 1, __ATOMIC_SEQ_CST);
		_exit(0);
	}
	while (!__atomic_load_n(&progress->asked, __ATOMIC_SEQ_CST))
		continue;
	until = monotonic_nsec() + nsec;
	while (monotonic_nsec() < until)
		continue;
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

#define STATE "/var/lib/sereno"
#define RUN   "/run/sereno"

static unsigned files;

static int count_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)where;
	if (type != FTW_F)
		return 0;
	files++;
	return strstr(path, ".new") != NULL;
}

/* The files below @directory, none of them half made. */
static unsigned files_in(const struct host *host, const char *directory)
{
	char path[108];

	path_below(host, directory, path);
	files = 0;
	assert_int_equal(nftw(path, count_file, 8, FTW_PHYS), 0);
	return files;
}

static void use(struct host *host)
{
	calls.raised = 5000;
	close_p(&host->journal);
	host->journal = -1;
	host_policy(host, POLICY);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
}

/* How long one takes from the question on. */
static int64_t duration_nsec(struct host *host)
{
	int64_t began, longest = 0;

	for (unsigned i = 0; i < 4; i++) {
		calls.moved_sec += 90;
		began = monotonic_nsec();
		assert_int_equal(try(host, show(0).code), PAM_SUCCESS);
		if (i > 0 && monotonic_nsec() - began > longest)
			longest = monotonic_nsec() - began;
	}
	return longest;
}

static void a_code(void **state)
{
	const unsigned kills = getenv("ENDURE") ? 500 : 60;
	struct host *host = *state;
	unsigned before, expected, remembered, accepted = 0, half_way = 0;
	int64_t longest;

	use(host);
	longest = duration_nsec(host);
	expected = files_in(host, STATE);
	remembered = files_in(host, RUN);
	for (unsigned i = 0; i < kills; i++) {
		struct shown code, next;

		calls.moved_sec += 90;
		code = show(0);
		log_in_and_die(host, code.code, rand() % longest);
		before = progress->told && progress->code == PAM_SUCCESS;
		accepted += before;
		before += try(host, code.code) == PAM_SUCCESS;
		half_way += !progress->told && before == 0;
		assert_in_range(before, 0, 1);
		assert_int_not_equal(try(host, code.code), PAM_SUCCESS);
		calls.moved_sec += 60; /* no longer than codes need */
		next = show(0);
		assert_int_equal(try(host, next.code), PAM_SUCCESS);
		assert_int_equal(files_in(host, STATE), expected);
		/* whatever was noted for the dead goes when the next one is noted */
		assert_in_range(files_in(host, RUN), 1, remembered + 2);
	}
	print_message("%u killed: %u had been told yes, %u used a code and were not\n", kills,
		      accepted, half_way);
}

/* In the middle of a first enrolment: he is enrolled, or he is not, and may be. */
static void a_first_record(void **state)
{
	const unsigned kills = getenv("ENDURE") ? 500 : 60;
	struct host *host = *state;
	unsigned finished = 0;

	use(host);
	for (unsigned i = 0; i < kills; i++) {
		const struct codes_account account = account_of("games");
		struct codes_status found;
		int64_t until;
		int status, r;
		pid_t pid;

		assert_true((pid = fork()) >= 0);
		if (pid == 0) {
			give_phone(host, "games");
			_exit(0);
		}
		until = monotonic_nsec() + rand() % 5000000;
		while (monotonic_nsec() < until)
			continue;
		(void)kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		finished += WIFEXITED(status);
		r = codes_status(host->root, &account, &found);
		assert_true(r == 0 || r == -ENOENT);
		assert_false(r == 0 && found.fell_back);
		if (r < 0 || found.n_tokens == 0)
			give_phone(host, "games");
		assert_int_equal(codes_status(host->root, &account, &found), 0);
		assert_int_equal(found.n_tokens, 1);
		(void)files_in(host, STATE);
		assert_int_equal(codes_forget(host->root, &account), 0);
	}
	print_message("%u killed: %u had finished\n", kills, finished);
}

/* What one wrote who died before it had its name goes; of the living it stays. */
static void a_half_made_note(void **state)
{
	struct host *host = *state;
	const pid_t dead = fork();
	char path[2][160];
	int status;

	if (dead == 0)
		_exit(0);
	assert_int_equal(waitpid(dead, &status, 0), dead);
	use(host);
	assert_int_equal(try(host, show(0).code), PAM_SUCCESS);
	for (unsigned i = 0; i < 2; i++) {
		FILE *file;

		(void)snprintf(path[i], sizeof(path[i]), "%s" RUN "/codes/.%d", host->root,
			       i ? (int)getppid() : (int)dead);
		file = fopen(path[i], "w");
		assert_non_null(file);
		assert_int_equal(fclose(file), 0);
	}
	calls.moved_sec += 90;
	assert_int_equal(try(host, show(0).code), PAM_SUCCESS);
	assert_int_equal(access(path[0], F_OK), -1);
	assert_int_equal(access(path[1], F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_CODES(a_code),
		AT_CODES(a_first_record),
		AT_CODES(a_half_made_note),
	};

	srand((unsigned)getpid());
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (progress == MAP_FAILED || !calls_keep("pam_sereno_otp") ||
	    !calls_keep("pam_sereno_access"))
		return 1;
	return cmocka_run_group_tests_name("logins that are killed", tests, NULL, NULL);
}
