/* SPDX-License-Identifier: MIT */
/* running.c - jobs, processes and what they left: his are ended, and nobody else's. */
#include "leaver.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* A user id that no account of a test host has, and no other run of this test. */
static uid_t nobody_has(void)
{
	return 1000000000 + 2 * (uid_t)getpid();
}

static void test_spools(void **state)
{
	struct scene *scene = *state;
	char file[512];

	put(scene, "var/spool/cron/crontabs/pepe", "* * * * * x\n* * * * * y\n");
	put(scene, "var/spool/cron/atjobs/a0000101abcdef", "x\n");
	put(scene, "var/lib/systemd/linger/pepe", "");
	put(scene, "var/lib/systemd/linger/eva", "");
	assert_int_equal(take_one(scene, "crontab", DEPARTURE_LOOK), STEP_DONE);
	assert_true(found(scene, FOUND_DONE, "lines: 2"));
	assert_true(is_there(scene, "var/spool/cron/crontabs/pepe"));
	assert_int_equal(take_one(scene, "crontab", DEPARTURE_DO), STEP_DONE);
	assert_int_equal(take_one(scene, "crontab", DEPARTURE_DO), STEP_NOTHING);
	assert_int_equal(take_one(scene, "at", DEPARTURE_DO), STEP_DONE);
	assert_int_equal(take_one(scene, "linger", DEPARTURE_DO), STEP_DONE);
	assert_false(is_there(scene, "var/spool/cron/crontabs/pepe"));
	assert_false(is_there(scene, "var/spool/cron/atjobs/a0000101abcdef"));
	assert_false(is_there(scene, "var/lib/systemd/linger/pepe"));
	assert_true(is_there(scene, "var/lib/systemd/linger/eva"));
	(void)snprintf(file, sizeof(file), "%s/crontab", scene->evidence + 1);
	assert_text(scene, file, "* * * * * x\n* * * * * y\n");
	give_back(scene, "crontab");
	give_back(scene, "linger");
	assert_text(scene, "var/spool/cron/crontabs/pepe", "* * * * * x\n* * * * * y\n");
	assert_true(is_there(scene, "var/lib/systemd/linger/pepe"));
}

/* The first crontab is the one that is kept. */
static void test_kept_once(void **state)
{
	struct scene *scene = *state;
	char file[512];

	put(scene, "var/spool/cron/crontabs/pepe", "* * * * * first\n");
	(void)take_one(scene, "crontab", DEPARTURE_DO);
	put(scene, "var/spool/cron/crontabs/pepe", "* * * * * second\n");
	assert_int_equal(take_one(scene, "crontab", DEPARTURE_DO), STEP_DONE);
	(void)snprintf(file, sizeof(file), "%s/crontab", scene->evidence + 1);
	assert_text(scene, file, "* * * * * first\n");
}

static void test_spool_traps(void **state)
{
	struct scene *scene = *state;
	char file[512], target[512];

	in_tree(scene, "var/spool/cron/crontabs/pepe", file);
	in_tree(scene, "etc/passwd", target);
	assert_int_equal(symlink(target, file), 0);
	assert_int_equal(take_one(scene, "crontab", DEPARTURE_DO), STEP_DONE);
	assert_false(is_there(scene, "var/spool/cron/crontabs/pepe"));
	assert_true(is_there(scene, "etc/passwd"));
	(void)snprintf(file, sizeof(file), "%s/crontab", scene->evidence + 1);
	assert_false(is_there(scene, file));
}

static void test_mentions(void **state)
{
	struct scene *scene = *state;

	make_folder(scene, "etc/sudoers.d");
	put(scene, "etc/sudoers", "# pepe was here\npepe2 ALL=ALL\nUser_Alias A = eva,pepe\n");
	put(scene, "etc/sudoers.d/x", "not.pepe ALL=ALL\n");
	assert_int_equal(take_one(scene, "mentions", DEPARTURE_DO), STEP_TO_DO);
	assert_int_equal(scene->findings.count[FOUND_TO_DO], 1);
	assert_true(found(scene, FOUND_TO_DO, "/etc/sudoers:3:"));
}

/* However deep the alias, on however many lines; not what is for everybody. */
static void test_sudo_rules(void **state)
{
	struct scene *scene = *state;
	char by_number[64];

	if (access("/usr/bin/cvtsudoers", X_OK) != 0)
		skip();
	put(scene, "etc/sudoers",
	    "User_Alias A = eva, \\\n  pepe\nUser_Alias B = A\nB host = (root) /bin/first\n"
	    "eva ALL = /bin/second\nALL ALL = /bin/third\n");
	assert_int_equal(take_one(scene, "mentions", DEPARTURE_DO), STEP_TO_DO);
	assert_true(found(scene, FOUND_TO_DO, "pepe,host,root,,\"\",/bin/first"));
	assert_false(found(scene, FOUND_TO_DO, "/bin/second"));
	assert_false(found(scene, FOUND_TO_DO, "/bin/third"));
	(void)snprintf(by_number, sizeof(by_number), "User_Alias C = #%u\nC ALL = /bin/fourth\n",
		       scene->leaver.uid);
	put(scene, "etc/sudoers", by_number);
	(void)take_one(scene, "mentions", DEPARTURE_LOOK);
	assert_true(found(scene, FOUND_TO_DO, "/bin/fourth"));
	put(scene, "etc/sudoers", "pepe ALL = = x\n");
	(void)take_one(scene, "mentions", DEPARTURE_LOOK);
	assert_true(found(scene, FOUND_TO_DO, "cannot read /etc/sudoers"));
	put(scene, "etc/sudoers", "@includedir /etc/sudoers.d\n");
	assert_int_equal(take_one(scene, "mentions", DEPARTURE_LOOK), STEP_NOTHING);
}

static void test_administered(void **state)
{
	struct scene *scene = *state;

	put(scene, "etc/group", "desk:x:60:eva\nlab:x:61:eva\n");
	put(scene, "etc/gshadow", "desk:!:luis,pepe,eva:eva\nlab:!:luis:eva\n");
	assert_int_equal(take_one(scene, "groups", DEPARTURE_DO), STEP_TO_DO);
	assert_int_equal(scene->findings.count[FOUND_TO_DO], 1);
	assert_true(found(scene, FOUND_TO_DO, "gpasswd -A 'luis,eva' desk"));
}

static void test_files(void **state)
{
	struct scene *scene = *state;
	char file[512];

	make_folder(scene, "srv");
	put(scene, "srv/tool", "");
	in_tree(scene, "srv/tool", file);
	assert_int_equal(chmod(file, 04755), 0);
	assert_int_equal(take_one(scene, "files", DEPARTURE_DO), STEP_TO_DO);
	assert_true(found(scene, FOUND_TO_DO, "/srv/tool"));
}

/* Whoever is left behind by a test that fails must not keep anybody waiting. */
static _Noreturn void go_on(pid_t parent, int ready)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of user id would take it back */
	if (getppid() != parent)
		_exit(1);
	(void)close(STDOUT_FILENO);
	(void)close(STDERR_FILENO);
	(void)!write(ready, "x", 1);
	for (;;)
		(void)pause();
}

/* A process of @uid with @children; all of them run when this returns. */
static pid_t start(uid_t uid, int children)
{
	const pid_t parent = getpid();
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const pid_t self = getpid();

		if (setresuid(uid, uid, uid) < 0)
			_exit(1);
		(void)signal(SIGTERM, SIG_IGN);
		for (int i = 0; i < children; i++)
			if (fork() == 0)
				go_on(self, ready[1]);
		go_on(parent, ready[1]);
	}
	(void)close(ready[1]);
	for (int i = 0; i <= children; i++)
		assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void test_processes(void **state)
{
	struct scene *scene = *state;
	pid_t his, other;
	int status;

	if (geteuid() != 0)
		skip();
	his = start(nobody_has(), 5);
	other = start(nobody_has() + 1, 0);
	scene->leaver.root = "";
	scene->leaver.uid = nobody_has();
	scene->leaver.user = "sereno-nobody";
	assert_int_equal(take_one(scene, "processes", DEPARTURE_LOOK), STEP_DONE);
	assert_int_equal(scene->findings.count[FOUND_DONE], 6);
	assert_int_equal(waitpid(his, &status, WNOHANG), 0);
	assert_int_equal(take_one(scene, "processes", DEPARTURE_DO), STEP_DONE);
	assert_int_equal(waitpid(his, &status, 0), his);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(other, &status, WNOHANG), 0);
	assert_int_equal(take_one(scene, "processes", DEPARTURE_DO), STEP_NOTHING);
	(void)kill(other, SIGKILL);
	(void)waitpid(other, &status, 0);
}

static void *go_on_alone(void *nothing)
{
	for (;;)
		(void)pause();
	return nothing;
}

/* Its first thread ends, and it looks like one that is gone. */
static _Noreturn void lose_head(uid_t uid)
{
	pthread_t thread;

	if (setresuid(uid, uid, uid) < 0 || pthread_create(&thread, NULL, go_on_alone, NULL) != 0)
		_exit(1);
	pthread_exit(NULL);
}

static char state_of(pid_t pid)
{
	char path[64], text[256];
	FILE *stream;
	size_t n;
	char *end;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	stream = fopen(path, "re");
	assert_non_null(stream);
	n = fread(text, 1, sizeof(text) - 1, stream);
	(void)fclose(stream);
	text[n] = '\0';
	end = strrchr(text, ')');
	assert_non_null(end);
	return end[2];
}

static void test_headless(void **state)
{
	struct scene *scene = *state;
	const uid_t uid = nobody_has();
	int status = 0;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		lose_head(uid);
	while (state_of(pid) != 'Z')
		(void)sched_yield();
	scene->leaver.root = "";
	scene->leaver.uid = uid;
	scene->leaver.user = "sereno-nobody";
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(take_one(scene, "processes", DEPARTURE_LOOK), STEP_DONE);
	assert_int_equal(scene->findings.count[FOUND_DONE], 1);
	assert_int_equal(take_one(scene, "processes", DEPARTURE_DO), STEP_DONE);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

#define HOPS_MAX 20000

/* Each starts the next one and ends, so that none is there when it is looked at. Whoever was
 * not ended goes on to the last one. */
static _Noreturn void hop(uid_t uid)
{
	if (setresuid(uid, uid, uid) < 0)
		_exit(1);
	for (int i = 0; i < HOPS_MAX; i++)
		if (fork() != 0)
			_exit(0);
	_exit(0);
}

static size_t reap_all(void)
{
	size_t n = 0;

	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		n++;
	return n;
}

static void test_hopping(void **state)
{
	struct scene *scene = *state;
	const uid_t uid = nobody_has();
	pid_t pid;

	if (geteuid() != 0)
		skip();
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		hop(uid);
	scene->leaver.root = "";
	scene->leaver.uid = uid;
	scene->leaver.user = "sereno-nobody";
	(void)take_one(scene, "processes", DEPARTURE_DO);
	assert_int_equal(scene->findings.count[FOUND_FAILED], 0);
	assert_true(reap_all() < HOPS_MAX);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Nobody's number is everybody's; a tree has no processes of its own. */
static void test_no_processes(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(take_one(scene, "processes", DEPARTURE_DO), STEP_NOTHING);
	scene->leaver.root = "";
	scene->leaver.uid = 0;
	assert_int_equal(take_one(scene, "processes", DEPARTURE_DO), STEP_NOTHING);
	scene->leaver.uid = GRANTS_NO_UID;
	assert_int_equal(take_one(scene, "processes", DEPARTURE_DO), STEP_NOTHING);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest scenes[] = {
		SCENE(test_spools),	  SCENE(test_kept_once),    SCENE(test_spool_traps),
		SCENE(test_mentions),	  SCENE(test_files),	    SCENE(test_processes),
		SCENE(test_no_processes), SCENE(test_headless),	    SCENE(test_hopping),
		SCENE(test_sudo_rules),	  SCENE(test_administered),
	};

	return cmocka_run_group_tests_name("running", scenes, NULL, NULL);
}
