/* SPDX-License-Identifier: MIT */
/* ending.c - real processes in real audit sessions: found, told, seen with their groups, ended. */
#include <termios.h>
#include <time.h>

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "play.h"
#include "processes.h"

#define ANA  54321
#define LUIS 54322

struct place {
	char root[64];
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	char run[80];

	assert_non_null(place);
	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-sessions-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	(void)snprintf(run, sizeof(run), "%s/run", place->root);
	assert_int_equal(mkdir(run, 0755), 0);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	scoped_free char *command = NULL;

	assert_true(asprintf(&command, "rm -r '%s'", place->root) > 0);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

static void need_audit(void)
{
	if (geteuid() != 0 || !audit_is_there())
		skip();
}

/* How many processes there are of @login. */
static size_t count_of(const struct login *login, uid_t uid)
{
	scoped(processes_free_p) struct processes *processes = NULL;
	size_t n = 0;

	assert_int_equal(processes_read(&processes), 0);
	processes_mark(processes, login, uid);
	for (size_t i = 0; i < processes->n; i++)
		n += processes->item[i].belongs;
	return n;
}

/* One that is deaf to SIGHUP, in a session of its own, and nobody's child; another that is. */
static void hides(void *context)
{
	const int ready = *(const int *)context;

	if (fork() == 0) {
		(void)setsid();
		(void)signal(SIGHUP, SIG_IGN);
		if (fork() == 0 && write(ready, "x", 1) == 1)
			sleeps(NULL);
		_exit(0);
	}
	if (fork() == 0)
		sleeps(NULL);
	if (write(ready, "y", 1) == 1)
		sleeps(NULL);
}

static void all_of_a_session_is_ended(void **state)
{
	const struct place *place = *state;
	struct login login, other_login;
	struct play play = { place->root, "ana", "sshd", "10.1.2.3", ANA, hides, NULL };
	const struct play other = { place->root, "luis", "sshd", "10.1.2.3", LUIS, sleeps, NULL };
	int fds[2];
	char byte;
	pid_t child, second;

	need_audit();
	assert_int_equal(pipe(fds), 0);
	play.context = &fds[1];
	child = play_start(&play, &login);
	second = play_start(&other, &other_login);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	assert_in_range(count_of(&login, ANA), 3, 4); /* the one in between may be gone */
	assert_int_equal(session_end(&login, ANA, SESSION_BY_SIGNALS), 0);
	(void)waitpid(child, NULL, 0);
	assert_int_equal(count_of(&login, ANA), 0);
	assert_true(is_alive(second));
	put_away(second);
	close_p(&fds[0]);
	close_p(&fds[1]);
}

/* Each starts the next one and ends: whatever is looked at is gone. */
static void hops(void *context)
{
	const int ready = *(const int *)context;
	time_t end;

	if (fork() != 0)
		sleeps(NULL); /* the leader */
	(void)signal(SIGHUP, SIG_IGN);
	if (write(ready, "x", 1) != 1)
		_exit(22);
	end = time(NULL) + 10; /* should it never be caught */
	while (time(NULL) < end)
		if (fork() != 0)
			_exit(0);
	_exit(0);
}

static void a_chain_that_hops_is_ended(void **state)
{
	const struct place *place = *state;
	struct login login;
	struct play play = { place->root, "ana", "sshd", "10.1.2.3", ANA, hops, NULL };
	const struct timespec pause = { .tv_nsec = 1000000 };
	size_t seen = 0;
	int fds[2];
	char byte;
	pid_t child;

	need_audit();
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	play.context = &fds[1];
	child = play_start(&play, &login);
	close_p(&fds[1]);
	while (read(fds[0], &byte, 1) != 1)
		(void)nanosleep(&pause, NULL);
	assert_int_equal(session_end(&login, ANA, SESSION_BY_SIGNALS), 0);
	(void)waitpid(child, NULL, 0);
	/* The end of the pipe that it holds is closed when the last one is gone. */
	for (int i = 0; i < 50 && seen == 0; i++) {
		seen = read(fds[0], &byte, 1) == 0;
		(void)nanosleep(&pause, NULL);
	}
	assert_int_equal(seen, 1);
	close_p(&fds[0]);
}

/* A number that is said to be another user's: the leader and what descends from it, no more. */
static void a_shared_session_is_ended_by_descent(void **state)
{
	const struct place *place = *state;
	struct login login, other_login;
	const struct play play = { place->root, "ana", "sshd", "10.1.2.3", ANA, sleeps, NULL };
	const struct play other = { place->root, "luis", "sshd", "10.1.2.3", LUIS, sleeps, NULL };
	pid_t child, second;

	need_audit();
	child = play_start(&play, &login);
	second = play_start(&other, &other_login);
	login.session = other_login.session;
	assert_int_equal(session_end(&login, LUIS, SESSION_BY_SIGNALS), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(is_alive(second));
	put_away(second);
}

static void number_one_is_never_ended(void **state)
{
	const struct login login = { .session = LOGIN_NONE, .uid = ANA, .leader = 1 };

	(void)state;
	assert_int_equal(session_end(&login, ANA, SESSION_BY_SIGNALS), -EPERM);
}

/* Its number is in use again: whoever has it now is left alone. */
static void another_process_of_the_number(void **state)
{
	struct login login = { .session = LOGIN_NONE, .uid = ANA };
	const pid_t child = fork();

	(void)state;
	if (child == 0)
		sleeps(NULL);
	login.leader = child;
	login.leader_start = process_started(child) - 1;
	assert_int_equal(session_end(&login, ANA, SESSION_BY_SIGNALS), 0);
	assert_true(is_alive(child));
	login.leader_start++;
	assert_int_equal(session_end(&login, ANA, SESSION_BY_SIGNALS), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void oneself_is_never_ended(void **state)
{
	const struct login login = { .session = LOGIN_NONE,
				     .uid = ANA,
				     .leader = getpid(),
				     .leader_start = process_started(getpid()) };

	(void)state;
	assert_int_equal(session_end(&login, ANA, SESSION_BY_SIGNALS), 0);
}

struct groups_row {
	const char *name;
	uid_t uid; /* that a process of his session runs as */
	gid_t gid, group;
	struct session_groups groups;
	bool expected;
};

static const gid_t adm[] = { 4 }, desk[] = { 90000 }, many[] = { 50, 4, 90000 };
/* clang-format off */
static const struct groups_row groups_rows[] = {
	{ "a group that is due", ANA, 100, 4, { adm, adm, 1, 1 }, false },
	{ "a group that no role gave", ANA, 100, 4, { NULL, NULL, 0, 0 }, false },
	{ "a group that a role gave", ANA, 100, 4, { adm, NULL, 1, 0 }, true },
	{ "as the primary one, too", ANA, 4, 100, { adm, NULL, 1, 0 }, true },
	{ "one of our own that is due", ANA, 100, 90000, { NULL, desk, 0, 1 }, false },
	{ "one of our own", ANA, 100, 90000, { NULL, adm, 0, 1 }, true },
	{ "another one of our own", ANA, 100, 90001, { NULL, many, 0, 3 }, true },
	{ "of a process that runs as another", LUIS, 100, 90000, { NULL, NULL, 0, 0 }, false },
};
/* clang-format on */

static void takes_groups(void *context)
{
	const struct groups_row *row = context;

	if (setgroups(1, &row->group) < 0 || setresgid(row->gid, row->gid, row->gid) < 0 ||
	    setresuid(row->uid, row->uid, row->uid) < 0)
		_exit(20);
	(void)raise(SIGSTOP); /* seen by who waits */
	sleeps(NULL);
}

static void check_groups(void **state)
{
	struct groups_row row = *(const struct groups_row *)*state;
	scoped(processes_free_p) struct processes *processes = NULL;
	struct login login;
	void *place;
	struct play play = { .user = "ana",
			     .service = "sshd",
			     .origin = "seat",
			     .uid = ANA,
			     .act = takes_groups,
			     .context = &row };
	pid_t child;
	int status;

	need_audit();
	assert_int_equal(set_up(&place), 0);
	play.root = ((struct place *)place)->root;
	child = play_start(&play, &login);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(processes_read(&processes), 0);
	assert_int_equal(session_lost_group(processes, &login, ANA, &row.groups), row.expected);
	put_away(child);
	assert_int_equal(tear_down(&place), 0);
}

static void has_a_line(void *context)
{
	const int line = *(const int *)context;

	if (setsid() < 0 || ioctl(line, TIOCSCTTY, 0) < 0)
		_exit(21);
	(void)raise(SIGSTOP);
	sleeps(NULL);
}

/* Open a line of @uid's. */
static int open_line(uid_t uid, int *ret_line)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	char path[64];

	assert_true(master >= 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, path, sizeof(path)), 0);
	*ret_line = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(*ret_line >= 0);
	assert_int_equal(fchown(*ret_line, uid, (gid_t)-1), 0);
	return master;
}

static void tell_on(const struct place *place, uid_t owner, size_t expected)
{
	scoped(processes_free_p) struct processes *processes = NULL;
	scoped_fd int line = -1;
	scoped_fd int master = open_line(owner, &line);
	struct login login;
	const struct play play = { place->root, "ana", "sshd", "seat", ANA, has_a_line, &line };
	const pid_t child = play_start(&play, &login);
	char text[64] = "";

	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	assert_int_equal(processes_read(&processes), 0);
	assert_int_equal(session_tell(processes, &login, ANA, "hear, hear\r\n"), expected);
	if (expected > 0) {
		assert_true(read(master, text, sizeof(text) - 1) > 0);
		assert_non_null(strstr(text, "hear, hear"));
	}
	put_away(child);
}

static void his_terminal_is_told(void **state)
{
	need_audit();
	tell_on(*state, ANA, 1);
}

static void the_terminal_of_another_is_not(void **state)
{
	need_audit();
	tell_on(*state, LUIS, 0);
}

/* Somebody holds the output: nobody waits for him. */
static void a_held_terminal_holds_nobody_up(void **state)
{
	scoped(processes_free_p) struct processes *processes = NULL;
	scoped_fd int line = -1;
	scoped_fd int master = open_line(ANA, &line);
	struct login login;
	const struct play play = {
		((const struct place *)*state)->root, "ana", "sshd", "seat", ANA, has_a_line, &line
	};
	pid_t child;

	need_audit();
	child = play_start(&play, &login);
	assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
	assert_int_equal(tcflow(line, TCOOFF), 0); /* as by Ctrl-S */
	assert_int_equal(processes_read(&processes), 0);
	assert_int_equal(session_tell(processes, &login, ANA, "hear, hear\r\n"), 0);
	put_away(child);
	assert_true(master >= 0);
}

static void memory_is_kept(void **state)
{
	const struct place *place = *state;
	const struct login login = { .session = 7,
				     .leader = getpid(),
				     .leader_start = process_started(getpid()) };
	struct login later = login;
	const struct session_memory kept = {
		.told = true, .deadline = 1234, .n_gids = 2, .gid = { 4, 50 }
	};
	struct session_memory memory;
	scoped_fd int fd = -1;
	scoped_free char *path = NULL;

	assert_int_equal(session_memory_open(place->root, SESSION_MEMORY_READ, &fd), -ENOENT);
	assert_int_equal(session_memory_open(place->root, SESSION_MEMORY_CHANGE, &fd), 0);
	session_memory_read(fd, &login, &memory);
	assert_false(memory.told);
	assert_int_equal(session_memory_write(fd, &login, &kept), 0);
	session_memory_read(fd, &login, &memory);
	assert_memory_equal(&memory, &kept, sizeof(kept));
	later.leader_start++;
	assert_int_equal(session_memory_write(fd, &later, &kept), 0);
	session_memory_prune(fd);
	session_memory_read(fd, &later, &memory); /* the same number, another process */
	assert_false(memory.told);
	session_memory_read(fd, &login, &memory);
	assert_true(memory.told);
	assert_true(asprintf(&path, "%s/run/sereno/follow/%d-%llu", place->root, (int)login.leader,
			     (unsigned long long)login.leader_start) > 0);
	assert_int_equal(truncate(path, 40), 0);
	session_memory_read(fd, &login, &memory);
	assert_false(memory.told);
	session_memory_remove(fd, &login);
	assert_int_equal(access(path, F_OK), -1);
}

static const struct CMUnitTest plain[] = {
	cmocka_unit_test_setup_teardown(all_of_a_session_is_ended, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_chain_that_hops_is_ended, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_shared_session_is_ended_by_descent, set_up, tear_down),
	cmocka_unit_test(number_one_is_never_ended),
	cmocka_unit_test(another_process_of_the_number),
	cmocka_unit_test(oneself_is_never_ended),
	cmocka_unit_test_setup_teardown(his_terminal_is_told, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_terminal_of_another_is_not, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_held_terminal_holds_nobody_up, set_up, tear_down),
	cmocka_unit_test_setup_teardown(memory_is_kept, set_up, tear_down),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(plain) + ARRAY_SIZE(groups_rows)];

	memcpy(tests, plain, sizeof(plain));
	for (size_t i = 0; i < ARRAY_SIZE(groups_rows); i++)
		tests[ARRAY_SIZE(plain) + i] = (struct CMUnitTest){
			.name = groups_rows[i].name,
			.test_func = check_groups,
			.initial_state = (void *)(uintptr_t)&groups_rows[i],
		};
	return cmocka_run_group_tests_name("ending", tests, NULL, NULL);
}
