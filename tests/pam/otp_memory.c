/* SPDX-License-Identifier: MIT */
/* otp_memory.c - a code counts again in its own login and at its seat, and nowhere else. */
#include "otp_talk.h"

#include <sys/wait.h>

#include <sereno/login.h>
#include <sereno/remembered.h>

#define RULES                                                                                  \
	"sereno: 1\n"                                                                          \
	"timezone: UTC\n"                                                                      \
	"accounts: {min-uid: 1}\n"                                                             \
	"roles:\n"                                                                             \
	"  employee:\n"                                                                        \
	"    members: [%s, games, bin]\n"                                                      \
	"    allow:\n"                                                                         \
	"      - {services: [sshd, login, sudo], from: [anywhere], second-factor: required}\n" \
	"second-factor: {remember: %s}\n"

/* Whoever runs the test; as root it can speak for daemon as sudo does. */
static const char *asker(void)
{
	return getuid() == 0 ? HELD : getpwuid(getuid())->pw_name;
}

static void use(struct host *host, const char *remember)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), RULES, asker(), remember);
	host_policy(host, text);
	stack_behind_password(host, "sshd");
	stack_behind_password(host, "login");
	host_module(host, "sudo", "account", "pam_sereno_otp");
	host_module(host, "sudo", "account", "pam_sereno_access");
	give_phone(host, asker());
}

static void open_login(const struct host *host, const char *origin)
{
	struct login login = { .session = LOGIN_NONE, .uid = getpwnam(asker())->pw_uid };

	(void)snprintf(login.service, sizeof(login.service), "sshd");
	assert_int_equal(origin_parse(origin, &login.origin), 0);
	assert_int_equal(login_write(host->root, &login), 0);
}

/* One login, with a code if one is asked for. */
static int log_in_at(struct host *host, const char *service, const char *rhost, const char *tty,
		     const char *code)
{
	const struct entry entry = { service, asker(), rhost, tty, NULL };
	struct dialogue dialogue = { .password = "right", .codes = { code } };

	return log_in(host, &entry, AUTH_AND_ACCOUNT, &dialogue);
}

/* sudo with a cached password: the account phase alone. How often it asked, or -1 refused. */
static int sudo(struct host *host, const char *code)
{
	const struct entry entry = { "sudo", asker(), NULL, "/dev/pts/1", asker() };
	struct dialogue dialogue = { .codes = { code } };
	const int result = log_in(host, &entry, ONLY_ACCOUNT, &dialogue);

	return result == PAM_SUCCESS ? (int)dialogue.asked : -1;
}

static void sudo_in_the_same_login_does_not_ask_again(void **state)
{
	struct host *host = *state;

	use(host, "8h");
	assert_int_equal(log_in_at(host, "sshd", "10.1.2.3", "ssh", show(0).code), PAM_SUCCESS);
	assert_int_equal(sudo(host, NULL), -1); /* no login is open yet */
	open_login(host, "10.1.2.3");
	drop_events(host);
	assert_int_equal(sudo(host, NULL), 0);
	assert_event(host, "code.remembered subject=\"");
	assert_int_equal(sudo(host, NULL), 0);
}

/* sshd checks the code in a process of its own, whose parent opens the login. */
static void a_code_checked_by_a_child(void **state)
{
	struct host *host = *state;
	int status;
	pid_t pid;

	use(host, "8h");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(log_in_at(host, "sshd", "10.1.2.3", "ssh", show(0).code));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	open_login(host, "10.1.2.3");
	assert_int_equal(sudo(host, NULL), 0);
}

/* A login from its beginning to its end, by the modules themselves; how often sudo asked in it and
 * after it. */
static void after_the_login_nothing_counts(void **state)
{
	const struct entry entry = { "sshd", asker(), "10.1.2.3", "pts/1", NULL };
	const struct shown now = show(0);
	struct dialogue dialogue = { .password = "right", .codes = { now.code } };
	struct host *host = *state;
	pam_handle_t *pamh;

	use(host, "8h");
	host_module(host, "sshd", "session", "pam_sereno_session");
	pamh = begin(host, &entry, &dialogue);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(sudo(host, NULL), 0);
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	/* the same process opens another login, which was not asked */
	open_login(host, "10.1.2.3");
	assert_int_equal(sudo(host, NULL), -1);
}

/* A login of another process, with a code and on the terminal that sudo() has; it is over. */
static void log_in_elsewhere(struct host *host)
{
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		pid = fork(); /* its parent does not open what comes later */
		if (pid == 0) {
			if (log_in_at(host, "sshd", "10.1.2.3", "pts/1", show(0).code) !=
			    PAM_SUCCESS)
				_exit(1);
			open_login(host, "10.1.2.3");
			_exit(sudo(host, NULL) == 0 ? 0 : 2);
		}
		_exit(pid > 0 && waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_pseudo_terminal_is_nobodys(void **state)
{
	struct host *host = *state;

	use(host, "8h");
	log_in_elsewhere(host);
	open_login(host, "10.1.2.3");
	assert_int_equal(sudo(host, NULL), -1);
}

static void what_sudo_asked_counts_for_the_next(void **state)
{
	const struct shown now = show(0);
	struct host *host = *state;

	use(host, "8h");
	open_login(host, "10.1.2.3");
	assert_int_equal(sudo(host, now.code), 1);
	assert_int_equal(sudo(host, NULL), 0);
}

static void never_means_never(void **state)
{
	const struct shown now = show(0), next = show(1);
	struct host *host = *state;

	use(host, "never");
	open_login(host, "10.1.2.3");
	assert_int_equal(log_in_at(host, "sshd", "10.1.2.3", "ssh", now.code), PAM_SUCCESS);
	assert_int_equal(sudo(host, NULL), -1);
	assert_int_equal(sudo(host, next.code), 1);
	assert_int_equal(sudo(host, NULL), -1);
}

/* From the network every login is asked; at the seat the same user is not, until the next boot. */
static void a_seat_is_remembered_and_an_address_is_not(void **state)
{
	const struct shown first = show(0), next = show(1);
	struct host *host = *state;

	use(host, "8h");
	assert_int_equal(log_in_at(host, "sshd", "10.1.2.3", "ssh", first.code), PAM_SUCCESS);
	assert_int_equal(log_in_at(host, "sshd", "10.1.2.3", "ssh", first.code), PAM_AUTH_ERR);
	assert_int_equal(log_in_at(host, "login", NULL, "tty1", first.code), PAM_AUTH_ERR);
	assert_int_equal(log_in_at(host, "login", NULL, "tty1", next.code), PAM_SUCCESS);
	assert_int_equal(log_in_at(host, "login", NULL, "tty2", first.code), PAM_SUCCESS);
	assert_int_equal(log_in_at(host, "sshd", "10.1.2.3", "ssh", first.code), PAM_AUTH_ERR);
	assert_int_equal(log_in_at(host, "login", NULL, "pts/1", first.code), PAM_AUTH_ERR);
}

static void never_across_users(void **state)
{
	const struct entry other = { "login", "games", NULL, "tty1", NULL };
	struct dialogue dialogue = { .password = "right", .codes = { "000000" } };
	struct host *host = *state;

	use(host, "8h");
	give_phone(host, "games");
	assert_int_equal(log_in_at(host, "login", NULL, "tty1", show(0).code), PAM_SUCCESS);
	assert_int_equal(log_in(host, &other, AUTH_AND_ACCOUNT, &dialogue), PAM_AUTH_ERR);
	assert_int_equal(dialogue.asked, 1);
}

/* What is not the same place, account, boot or time, by the record itself. */
static const struct row {
	const char *name;
	uid_t uid;
	struct remembered_place place;
	int64_t later;
	uint8_t boot;
	int err;
} rows[] = {
	{ "the same", 7, { REMEMBERED_LOGIN, 4242, 99 }, 0, 1, 0 },
	{ "within its time", 7, { REMEMBERED_LOGIN, 4242, 99 }, 59, 1, 0 },
	{ "after its time", 7, { REMEMBERED_LOGIN, 4242, 99 }, 60, 1, -ENOENT },
	{ "before it was", 7, { REMEMBERED_LOGIN, 4242, 99 }, -1, 1, -ENOENT },
	{ "another user", 8, { REMEMBERED_LOGIN, 4242, 99 }, 0, 1, -ENOENT },
	{ "another process", 7, { REMEMBERED_LOGIN, 4243, 99 }, 0, 1, -ENOENT },
	{ "a later process of that number", 7, { REMEMBERED_LOGIN, 4242, 100 }, 0, 1, -ENOENT },
	{ "another boot", 7, { REMEMBERED_LOGIN, 4242, 99 }, 0, 2, -ENOENT },
	{ "the seat", 7, { REMEMBERED_SEAT, 0, 0 }, 0, 1, -ENOENT },
	{ "a line", 7, { REMEMBERED_LINE, 4242, 0 }, 0, 1, -ENOENT },
};

static void check_row(void **state)
{
	const struct remembered_place place = { REMEMBERED_LOGIN, 4242, 99 };
	const struct row *row = *state;
	struct attempt_clock now = { .boot_sec = 1000, .boot_id = { 1 } };
	struct host *host;

	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	assert_int_equal(remembered_find(host->root, 7, &place, 60, &now), -ENOENT);
	assert_int_equal(remembered_write(host->root, 7, &place, &now), 0);
	now.boot_sec = (uint64_t)(1000 + row->later);
	now.boot_id[0] = row->boot;
	assert_int_equal(remembered_find(host->root, row->uid, &row->place, 60, &now), row->err);
	assert_int_equal(remembered_remove(host->root, 7, &place), 0);
	assert_int_equal(remembered_find(host->root, 7, &place, 60, &now), -ENOENT);
	assert_int_equal(host_tear_down(state), 0);
}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(sudo_in_the_same_login_does_not_ask_again),
		AT_CODES(a_code_checked_by_a_child),
		AT_CODES(after_the_login_nothing_counts),
		AT_CODES(a_pseudo_terminal_is_nobodys),
		AT_CODES(what_sudo_asked_counts_for_the_next),
		AT_CODES(never_means_never),
		AT_CODES(a_seat_is_remembered_and_an_address_is_not),
		AT_CODES(never_across_users),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name,
						  .test_func = check_row,
						  .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests_name("remembered codes", tests, NULL, NULL);
}
