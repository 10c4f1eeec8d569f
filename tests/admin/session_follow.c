/* SPDX-License-Identifier: MIT */
/*
 * session_follow.c - sereno sessions follow, on real processes in audit sessions of their own,
 * under a policy that changes, with clocks that are passed.
 */
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include <sereno/event.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "session_follow.h"

#define ANA    54321
#define LUIS   54322
#define RESCUE 54323
#define FREE   999

/* clang-format off */
static const char passwd[] =
	"root:x:0:0:root:/root:/bin/bash\n"
	"ana:x:54321:54321::/home/ana:/bin/bash\n"
	"luis:x:54322:54322::/home/luis:/bin/bash\n"
	"rescue:x:54323:54323::/home/rescue:/bin/bash\n"
	"free:x:999:999::/:/bin/sh\n";
static const char rescue_block[] =
	"accounts: {break-glass: {members: [rescue]}}\n";
static const char both[] =
	"roles:\n"
	"  clerk: {members: [ana, luis], allow: [{services: [sshd], from: [10.0.0.0/8]}]}\n"
	"  dba: {members: [luis], allow: [{services: [sshd], from: [10.1.0.0/16]}]}\n";
static const char no_clerk[] =
	"roles:\n"
	"  clerk: {members: [ana], allow: [{services: [login], from: [seat]}]}\n"
	"  dba: {members: [luis], allow: [{services: [sshd], from: [10.1.0.0/16]}]}\n";
static const char none[] =
	"roles:\n"
	"  dba: {members: [luis], allow: [{services: [sshd], from: [10.1.0.0/16]}]}\n";
static const char gives_adm[] =
	"roles:\n"
	"  clerk: {members: [ana], allow: [{services: [sshd], from: [10.0.0.0/8]}]}\n"
	"  dba: {members: [ana], gives-groups: [adm], allow: []}\n";
static const char gives_none[] =
	"roles:\n"
	"  clerk: {members: [ana], allow: [{services: [sshd], from: [10.0.0.0/8]}]}\n";
static const char tells[] = "session: {when-access-ends: tell}\n";
static const char on_trial[] = "observe: [roles]\n";
/* clang-format on */

/* What happened, as it was reported. */
static struct {
	unsigned told, ended, failed;
	char reason[32];
} seen;

int event_send(const char *root, const struct event *event)
{
	(void)root;
	seen.told += event->id == EVENT_SESSION_TOLD;
	seen.ended += event->id == EVENT_SESSION_ENDED;
	seen.failed += event->id == EVENT_SESSION_END_FAILED;
	(void)snprintf(seen.reason, sizeof(seen.reason), "%s", event->reason ? event->reason : "");
	return 0;
}

struct scene {
	struct options options;
	struct output output;
	struct session_clock clock;
};

static void write_file(const char *root, const char *name, const char *text)
{
	scoped_free char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/%s", root, name) > 0);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void run_below(const char *root, const char *line)
{
	scoped_free char *command = NULL;

	assert_true(asprintf(&command, "cd %s && %s", root, line) > 0);
	assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	char root[] = "/tmp/sereno-follow.XXXXXX";

	assert_non_null(scene);
	assert_non_null(mkdtemp(root));
	memcpy(scene->options.root, root, sizeof(root));
	scene->options.root_given = scene->options.root;
	scene->output.stream = fopen("/dev/null", "we");
	assert_non_null(scene->output.stream);
	scene->clock = session_clock_read();
	run_below(root, "mkdir -p etc/sereno run var/lib");
	write_file(root, "etc/passwd", passwd);
	write_file(root, "etc/group", "root:x:0:\nadm:x:4:\n");
	memset(&seen, 0, sizeof(seen));
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(fclose(scene->output.stream), 0);
	run_below(scene->options.root, "rm -r etc run var");
	assert_int_equal(rmdir(scene->options.root), 0);
	free(scene);
	return 0;
}

static void use_policy(struct scene *scene, const char *first, const char *roles)
{
	scoped_free char *text = NULL;

	assert_true(asprintf(&text, "sereno: 1\n%s%s%s", first, rescue_block, roles) > 0);
	write_file(scene->options.root, "etc/sereno/policy.yaml", text);
	assert_int_equal(apply_run(&scene->options, &scene->output), EXIT_YES);
}

static int set_login_uid(uid_t uid)
{
	scoped_fd int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	char text[16];
	const int n = snprintf(text, sizeof(text), "%u", uid);

	return fd >= 0 && write(fd, text, (size_t)n) == n ? 0 : -1;
}

static void stay_open(const struct scene *scene, struct login *login, const char *origin, gid_t gid)
{
	uid_t uid = login->uid;

	if (set_login_uid(uid) < 0 || login_self(&login->session, &uid) < 0 ||
	    login->session == LOGIN_NONE || origin_parse(origin, &login->origin) < 0 ||
	    login_write(scene->options.root, login) < 0)
		_exit(1);
	if (gid != 0 && (setgroups(1, &gid) < 0 || setresuid(uid, uid, uid) < 0))
		_exit(2);
	(void)raise(SIGSTOP); /* seen by who waits */
	for (;;)
		(void)pause();
}

/* A login of @user by ssh, in the group @gid unless that is 0. Skips where there are no audit
 * sessions. */
static pid_t open_login(struct scene *scene, const char *user, uid_t uid, const char *origin,
			gid_t gid)
{
	struct login login = { .uid = uid, .opened = scene->clock.now, .service = "sshd" };
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	(void)snprintf(login.user, sizeof(login.user), "%s", user);
	if (child == 0)
		stay_open(scene, &login, origin, gid);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	if (!WIFSTOPPED(status))
		skip();
	assert_int_equal(kill(child, SIGCONT), 0);
	return child;
}

/* A minute's round, @later seconds after the start. */
static void follow_at(struct scene *scene, int64_t later, enum exit_status expected)
{
	const struct session_clock clock = { scene->clock.now + later, scene->clock.boot + later };

	assert_int_equal(session_follow(&scene->options, &scene->output, clock), expected);
}

static bool is_alive(pid_t child)
{
	return waitpid(child, NULL, WNOHANG) == 0;
}

static void put_away(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	(void)waitpid(child, NULL, 0);
}

/* Her rule goes: told, ten minutes, ended. He has another one: not even told. */
static void a_rule_is_gone(void **state)
{
	struct scene *scene = *state;
	pid_t ana, luis;

	use_policy(scene, "", both);
	ana = open_login(scene, "ana", ANA, "10.1.2.3", 0);
	luis = open_login(scene, "luis", LUIS, "10.1.2.3", 0);
	follow_at(scene, 0, EXIT_YES);
	assert_int_equal(seen.told, 0);
	use_policy(scene, "", no_clerk);
	seen.told = 0;
	follow_at(scene, 0, EXIT_YES);
	assert_int_equal(seen.told, 1);
	assert_string_equal(seen.reason, "no-rule");
	follow_at(scene, 300, EXIT_YES);
	follow_at(scene, 599, EXIT_YES);
	assert_int_equal(seen.told, 1);
	assert_int_equal(seen.ended, 0);
	assert_true(is_alive(ana));
	follow_at(scene, 600, EXIT_YES);
	assert_int_equal(seen.ended, 1);
	assert_false(is_alive(ana));
	assert_true(is_alive(luis));
	put_away(luis);
}

/* What was taken back is given again before the ten minutes are over. */
static void a_rule_comes_back(void **state)
{
	struct scene *scene = *state;
	pid_t ana;

	use_policy(scene, "", none);
	ana = open_login(scene, "ana", ANA, "10.1.2.3", 0);
	follow_at(scene, 0, EXIT_YES);
	assert_int_equal(seen.told, 1);
	assert_string_equal(seen.reason, "no-role");
	use_policy(scene, "", both);
	follow_at(scene, 500, EXIT_YES);
	use_policy(scene, "", none);
	follow_at(scene, 700, EXIT_YES);
	assert_int_equal(seen.told, 2);
	assert_true(is_alive(ana));
	follow_at(scene, 1299, EXIT_YES);
	assert_true(is_alive(ana));
	follow_at(scene, 1300, EXIT_YES);
	assert_false(is_alive(ana));
}

static void only_told(void **state)
{
	struct scene *scene = *state;
	pid_t ana;

	use_policy(scene, tells, none);
	ana = open_login(scene, "ana", ANA, "10.1.2.3", 0);
	follow_at(scene, 0, EXIT_YES);
	follow_at(scene, 9999, EXIT_YES);
	assert_int_equal(seen.told, 1);
	assert_int_equal(seen.ended, 0);
	assert_true(is_alive(ana));
	put_away(ana);
}

static void check_left_alone(struct scene *scene, const char *user, uid_t uid,
			     enum exit_status expected)
{
	const pid_t child = open_login(scene, user, uid, "192.0.2.1", 0);

	follow_at(scene, 0, expected);
	follow_at(scene, 9999, expected);
	assert_int_equal(seen.told, 0);
	assert_int_equal(seen.ended, 0);
	assert_true(is_alive(child));
	put_away(child);
}

/* From places where neither may come from. */
static void break_glass_is_left_alone(void **state)
{
	use_policy(*state, "", none);
	check_left_alone(*state, "rescue", RESCUE, EXIT_YES);
}

static void root_is_left_alone(void **state)
{
	use_policy(*state, "", none);
	check_left_alone(*state, "root", 0, EXIT_YES);
}

static void the_ungoverned_are_left_alone(void **state)
{
	use_policy(*state, "", none);
	check_left_alone(*state, "free", FREE, EXIT_YES);
}

static void on_trial_nothing_is_done(void **state)
{
	use_policy(*state, on_trial, none);
	check_left_alone(*state, "ana", ANA, EXIT_YES);
}

/* Also where it was told before, and is due. */
static void an_unreadable_policy_ends_nobody(void **state)
{
	struct scene *scene = *state;
	pid_t ana;

	use_policy(scene, "", none);
	ana = open_login(scene, "ana", ANA, "10.1.2.3", 0);
	follow_at(scene, 0, EXIT_YES);
	assert_int_equal(seen.told, 1);
	run_below(scene->options.root, "truncate -s -64 var/lib/sereno/in-force/policy.1.cdb");
	follow_at(scene, 9999, EXIT_SYSTEM);
	run_below(scene->options.root, "rm -r var/lib/sereno");
	follow_at(scene, 9999, EXIT_SYSTEM);
	assert_int_equal(seen.ended, 0);
	assert_true(is_alive(ana));
	put_away(ana);
}

/* Her rule stays, but not the role that gave her a group which her processes still have. */
static void a_group_is_lost(void **state)
{
	struct scene *scene = *state;
	pid_t ana;

	use_policy(scene, "", gives_adm);
	ana = open_login(scene, "ana", ANA, "10.1.2.3", 4);
	follow_at(scene, 0, EXIT_YES);
	assert_int_equal(seen.told, 0);
	use_policy(scene, "", gives_none);
	follow_at(scene, 60, EXIT_YES);
	assert_int_equal(seen.told, 1);
	assert_string_equal(seen.reason, "group");
	follow_at(scene, 659, EXIT_YES);
	assert_true(is_alive(ana));
	follow_at(scene, 660, EXIT_YES);
	assert_int_equal(seen.ended, 1);
	assert_false(is_alive(ana));
}

/* Deleted, or of a directory that does not answer now. */
static void an_unknown_account_is_left_alone(void **state)
{
	use_policy(*state, "", both);
	check_left_alone(*state, "lia", ANA + 100, EXIT_NO);
}

static void a_dry_run_changes_nothing(void **state)
{
	struct scene *scene = *state;
	pid_t ana;

	use_policy(scene, "", none);
	ana = open_login(scene, "ana", ANA, "10.1.2.3", 0);
	scene->options.given = OPTION_DRY_RUN;
	follow_at(scene, 0, EXIT_YES);
	follow_at(scene, 9999, EXIT_YES);
	assert_int_equal(seen.told, 0);
	assert_int_equal(seen.ended, 0);
	assert_true(is_alive(ana));
	put_away(ana);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_rule_is_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_rule_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(break_glass_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(root_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_ungoverned_are_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(on_trial_nothing_is_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unreadable_policy_ends_nobody, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_group_is_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unknown_account_is_left_alone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_dry_run_changes_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
