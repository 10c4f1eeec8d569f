/* SPDX-License-Identifier: MIT */
/*
 * apply.c - an apply that is killed, or fails, at any of its steps leaves no lax fallback.
 *
 * The calls that make changes last are this program's own: the one whose turn it is kills the
 * process or fails.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <sereno/event.h>
#include <sereno/fallback.h>
#include <sereno/model.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "commands.h"

#define STEPS_MOST 100

static const char plain[] =
	"sereno: 1\naccounts: {min-uid: 500, break-glass: {members: [rescue]}}\n";
static const char lax[] = "sereno: 1\nobserve: [roles]\n"
			  "accounts: {min-uid: 1000, break-glass: {members: [rescue]}}\n";

enum fate { FATE_KILLED, FATE_FAILS };

/* Of the child that applies: which call is hit, and how. */
static struct {
	unsigned turn, step;
	enum fate fate;
} trial;

/* Whether this call is to fail; does not come back where it is to kill. */
static bool is_hit(void)
{
	if (++trial.step != trial.turn)
		return false;
	if (trial.fate == FATE_KILLED)
		(void)raise(SIGKILL);
	errno = ENOSPC;
	return true;
}

int fsync(int fd)
{
	(void)fd; /* no power is cut here */
	return is_hit() ? -1 : 0;
}

int symlinkat(const char *target, int directory, const char *name)
{
	return is_hit() ? -1 : (int)syscall(SYS_symlinkat, target, directory, name);
}

int renameat(int from, const char *old, int to, const char *new)
{
	return is_hit() ? -1 : renameat2(from, old, to, new, 0);
}

/* Events are a byte each in ROOT/events. */
int event_send(const char *root, const struct event *event)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;

	assert_true(asprintf(&path, "%s/events", root) > 0);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, event->id == EVENT_POLICY_APPLIED ? "a" : "r", 1), 1);
	return 0;
}

static void write_file(const char *root, const char *name, const char *text)
{
	scoped_free char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/%s", root, name) > 0);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static off_t size_of(const char *root, const char *name)
{
	scoped_free char *path = NULL;
	struct stat st;

	assert_true(asprintf(&path, "%s/%s", root, name) > 0);
	return stat(path, &st) < 0 ? 0 : st.st_size;
}

static void run_below(const char *root, const char *line)
{
	scoped_free char *command = NULL;

	assert_true(asprintf(&command, "cd %s && %s", root, line) > 0);
	assert_int_equal(system(command), 0);
}

/* Apply @text below @root in a child whose @turn-th call is hit. Returns what waitpid(2) says. */
static int apply(const char *root, const char *text, unsigned turn, enum fate fate)
{
	struct options options = { 0 };
	struct output output = { 0 };
	pid_t child;
	int status = 0;

	write_file(root, "etc/sereno/policy.yaml", text);
	memcpy(options.root, root, strlen(root) + 1);
	options.root_given = options.root;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		output.stream = fopen("/dev/null", "we");
		if (!output.stream || !freopen("/dev/null", "w", stderr))
			_exit(99);
		trial.turn = turn;
		trial.fate = fate;
		status = (int)apply_run(&options, &output);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* What holds whenever an apply of lax over plain stops. */
static void check_left(const char *root, unsigned turn, int status)
{
	struct policy *policy = NULL;
	struct fallback fallback;
	const struct policy_facts *facts;

	assert_int_equal(policy_open(root, &policy), 0);
	facts = policy_facts(policy);
	assert_int_equal(fallback_read(root, &fallback), 0);
	assert_int_equal(fallback.n_break_glass, 1);
	if (fallback.observe & ~facts->observe)
		fail_msg("at step %u the fallback observes more than the policy", turn);
	if (fallback.min_uid > facts->min_uid)
		fail_msg("at step %u the fallback governs fewer than the policy", turn);
	if (WIFEXITED(status)) {
		/* Who could clean up did: the fallback is that of the policy in force. */
		assert_true(facts->observe || fallback.min_uid == facts->min_uid);
		assert_int_equal(size_of(root, "events"), facts->observe ? 2 : 1);
		assert_true(WEXITSTATUS(status) == EXIT_SYSTEM ||
			    (fallback.observe && fallback.min_uid == facts->min_uid));
	}
	policy_close(policy);
}

static void test_every_step(void **state)
{
	const enum fate fate = (enum fate)(uintptr_t)*state;
	char root[] = "/tmp/sereno-test.XXXXXX";
	unsigned turn;
	int status = -1;

	assert_non_null(mkdtemp(root));
	run_below(root, "mkdir -p etc/sereno");
	write_file(root, "etc/passwd",
		   "root:x:0:0::/root:/bin/sh\n"
		   "rescue:x:1001:1001::/:/bin/sh\n");
	write_file(root, "etc/group", "root:x:0:\n");
	write_file(root, "etc/shadow", "root:*:1::::::\nrescue:$y$x:1::::::\n");
	for (turn = 1; turn < STEPS_MOST; turn++) {
		run_below(root, "rm -rf var events etc/sereno/fallback");
		assert_int_equal(apply(root, plain, 0, fate), 0);
		status = apply(root, lax, turn, fate);
		check_left(root, turn, status);
		if (status == 0)
			break;
	}
	assert_int_equal(status, 0);
	assert_true(turn > 10);
	run_below(root, "rm -r ../${PWD##*/}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "killed at each step", test_every_step, NULL, NULL,
		  (void *)(uintptr_t)FATE_KILLED },
		{ "each step fails", test_every_step, NULL, NULL, (void *)(uintptr_t)FATE_FAILS },
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
