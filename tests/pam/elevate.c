/* SPDX-License-Identifier: MIT */
/* elevate.c - sudo, su, chsh and polkit: who asks, and from which of the open logins. */
#include "host.h"

#include <sys/wait.h>

#include <sereno/login.h>

static const char policy[] = "sereno: 1\n"
			     "origins: {office: [10.0.0.0/8]}\n"
			     "roles:\n"
			     "  employee:\n"
			     "    members: [%s]\n"
			     "    allow:\n"
			     "      - {services: [sudo, chsh], from: [office, seat]}\n";

/* Whoever runs the test; as root it can speak for daemon as sudo does. */
static const char *asker(void)
{
	return getuid() == 0 ? HELD : getpwuid(getuid())->pw_name;
}

static void use_module(struct host *host, const char *service)
{
	char text[512];

	(void)snprintf(text, sizeof(text), policy, asker());
	host_policy(host, text);
	host_module(host, service, "account", "pam_sereno_access");
}

static int account(struct host *host, const struct entry *entry)
{
	pam_handle_t *pamh = host_start(host, entry);
	const int code = pam_acct_mgmt(pamh, 0);

	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static void open_by(const struct host *host, const char *service, uint32_t session, uid_t uid,
		    const char *origin)
{
	struct login login = { .session = session, .uid = uid };

	(void)snprintf(login.service, sizeof(login.service), "%s", service);
	assert_int_equal(origin_parse(origin, &login.origin), 0);
	assert_int_equal(login_write(host->root, &login), 0);
}

static void open_login(const struct host *host, uint32_t session, const char *origin)
{
	open_by(host, "sshd", session, getpwnam(asker())->pw_uid, origin);
}

static int sudo(struct host *host, char event[static 8192])
{
	const struct entry entry = { "sudo", asker(), NULL, "/dev/tty1", asker() };
	int code;

	drop_events(host);
	code = account(host, &entry);
	host_event(host, event);
	return code;
}

static void sudo_comes_from_its_login(void **state)
{
	struct host *host = *state;
	char event[8192];

	use_module(host, "sudo");
	assert_int_equal(sudo(host, event), PAM_PERM_DENIED); /* the terminal proves nothing */
	assert_non_null(strstr(event, " service=\"sudo\" origin=\"unknown\" verdict=deny"));
	open_login(host, 1000001, "10.1.2.3");
	assert_int_equal(sudo(host, event), PAM_SUCCESS);
	assert_non_null(strstr(event, " origin=\"10.1.2.3\" verdict=allow"));
	open_login(host, 1000002, "seat");
	assert_int_equal(sudo(host, event), PAM_SUCCESS);
	open_login(host, 1000003, "192.0.2.1"); /* every open login must fit */
	assert_int_equal(sudo(host, event), PAM_PERM_DENIED);
	assert_int_equal(login_remove(host->root, 1000003), 0);
	assert_int_equal(sudo(host, event), PAM_SUCCESS);
}

static void jobs_and_managers_are_no_logins(void **state)
{
	struct host *host = *state;
	const uid_t uid = getpwnam(asker())->pw_uid;
	char event[8192];

	use_module(host, "sudo");
	open_by(host, "cron", 1000001, uid, "jobs");
	open_by(host, "systemd-user", 1000002, uid, "unknown");
	assert_int_equal(sudo(host, event), PAM_PERM_DENIED);
	assert_non_null(strstr(event, " origin=\"unknown\" verdict=deny"));
	open_login(host, 1000003, "10.1.2.3");
	assert_int_equal(sudo(host, event), PAM_SUCCESS);
	assert_non_null(strstr(event, " origin=\"10.1.2.3\" verdict=allow"));
}

/* A process that belongs to login uid OTHER for good, as pam_loginuid makes one. */
#define OTHER  4242
#define CANNOT 77

static uint32_t become_a_login(uid_t login_uid)
{
	scoped_fd int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	uint32_t session = LOGIN_NONE;
	char text[16];
	const int n = snprintf(text, sizeof(text), "%u", login_uid);
	uid_t uid;

	if (fd >= 0 && write(fd, text, (size_t)n) == n)
		(void)login_self(&session, &uid); /* LOGIN_NONE is the answer to a failure */
	return session;
}

/* Run @act in a login of @login_uid's: it returns a PAM code. CANNOT: we are in a login already. */
static int in_login_of(struct host *host, uid_t login_uid,
		       int (*act)(struct host *, uint32_t session))
{
	const pid_t child = fork();
	uint32_t session;
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		session = become_a_login(login_uid);
		_exit(session == LOGIN_NONE ? CANNOT : act(host, session));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int in_own_login(struct host *host, int (*act)(struct host *, uint32_t session))
{
	const int code = in_login_of(host, OTHER, act);

	if (code == CANNOT)
		skip(); /* we run in a login, and may not change it */
	return code;
}

/* The subject's own logins say one thing, the login he is in (by su) another. */
static int sudo_in_office(struct host *host, uint32_t session)
{
	char event[8192];

	open_login(host, 1000003, "192.0.2.1");
	open_by(host, "sshd", session, OTHER, "10.1.2.3");
	return sudo(host, event);
}

static int sudo_elsewhere(struct host *host, uint32_t session)
{
	char event[8192];

	open_login(host, 1000003, "10.1.2.3");
	open_by(host, "sshd", session, OTHER, "192.0.2.1");
	return sudo(host, event);
}

/* A terminal that the user manager started: every login of its user counts. */
static int sudo_below_manager(struct host *host, uint32_t session)
{
	char event[8192];

	open_login(host, 1000003, "192.0.2.1");
	open_by(host, "sshd", 1000004, OTHER, "10.1.2.3");
	open_by(host, "systemd-user", session, OTHER, "unknown");
	return sudo(host, event);
}

/* A service's process chose the login uid of somebody who sits in the office. */
static int sudo_with_chosen_uid(struct host *host, uint32_t session)
{
	char event[8192];

	(void)session;
	open_by(host, "sshd", 1000004, OTHER, "10.1.2.3");
	return sudo(host, event);
}

static void the_login_it_is_in_tells(void **state)
{
	struct host *host = *state;

	use_module(host, "sudo");
	assert_int_equal(in_own_login(host, sudo_in_office), PAM_SUCCESS);
	assert_int_equal(in_own_login(host, sudo_elsewhere), PAM_PERM_DENIED);
	assert_int_equal(in_own_login(host, sudo_below_manager), PAM_SUCCESS);
	assert_int_equal(in_own_login(host, sudo_with_chosen_uid), PAM_PERM_DENIED);
}

/* The break-glass account in its own login, as pam_loginuid marks it. */
static uid_t rescue_uid(void)
{
	return getpwnam(RESCUE)->pw_uid;
}

static int su_by_rescue(struct host *host)
{
	const struct entry entry = { "su", "root", NULL, NULL, RESCUE };

	return account(host, &entry);
}

static void block_records(const struct host *host)
{
	char path[108];

	path_below(host, "/run/sereno", path);
	assert_int_equal(symlink("/nonexistent", path), 0);
}

static int rescue_unrecorded(struct host *host, uint32_t session)
{
	(void)session;
	block_records(host);
	return su_by_rescue(host);
}

/* Nothing kept the login from being recorded: it came by a way that does not ask sereno. */
static int rescue_could_be_recorded(struct host *host, uint32_t session)
{
	(void)session;
	return su_by_rescue(host);
}

static int rescue_elsewhere(struct host *host, uint32_t session)
{
	open_by(host, "sshd", session, rescue_uid(), "10.1.2.3");
	return su_by_rescue(host);
}

static const struct rescue_row {
	const char *name;
	int (*act)(struct host *host, uint32_t session);
	const char *login; /* whose login uid; NULL: the break-glass account's own */
	int code;
	const char *event;
} rescue_rows[] = {
	{ "break-glass, unrecorded", rescue_unrecorded, NULL, PAM_SUCCESS,
	  "break-glass.used subject=\"sync\" target=\"root\" service=\"su\" origin=\"unknown\" "
	  "verdict=allow" },
	{ "break-glass, unrecorded, in a login of another", rescue_unrecorded, HELD,
	  PAM_PERM_DENIED, "break-glass.refused " },
	{ "break-glass, never recorded", rescue_could_be_recorded, NULL, PAM_PERM_DENIED,
	  "break-glass.refused " },
	{ "break-glass, recorded elsewhere", rescue_elsewhere, NULL, PAM_PERM_DENIED,
	  "break-glass.refused " },
};

static void check_rescue(void **state)
{
	const struct rescue_row *row = *state;
	struct host *host;
	char event[8192];
	int code;

	if (getuid() != 0)
		skip(); /* only root can speak for another */
	assert_int_equal(host_set_up(state), 0);
	host = *state;
	host_policy(host, "sereno: 1\naccounts: {break-glass: {members: [" RESCUE "]}}\n");
	host_module(host, "su", "account", "pam_sereno_access");
	code = in_login_of(host, getpwnam(row->login ? row->login : RESCUE)->pw_uid, row->act);
	if (code != CANNOT) {
		assert_int_equal(code, row->code);
		host_event(host, event);
		assert_begins(event, row->event);
	}
	assert_int_equal(host_tear_down(state), 0);
	if (code == CANNOT)
		skip(); /* we run in a login, and may not change it */
}

static void unreadable_records_refuse(void **state)
{
	struct host *host = *state;
	char event[8192], path[108];

	use_module(host, "sudo");
	open_login(host, 1000001, "10.1.2.3");
	path_below(host, "/run/sereno/logins/1000001", path);
	assert_int_equal(truncate(path, 10), 0);
	assert_int_equal(sudo(host, event), PAM_PERM_DENIED);
	assert_non_null(strstr(event, "detail=\"the records of open logins cannot be read\""));
}

/* chsh sets no PAM_RUSER: who asks is the real uid. */
static void a_tool_asks_for_the_real_uid(void **state)
{
	const struct entry entry = { "chsh", ROLELESS, NULL, "tty1", NULL };
	struct host *host = *state;
	char event[8192];

	use_module(host, "chsh");
	assert_int_equal(account(host, &entry), getuid() == 0 ? PAM_SUCCESS : PAM_PERM_DENIED);
	host_event(host, event);
	assert_non_null(strstr(event, getuid() == 0 ? "subject=\"root\" target=\"bin\""
						    : " target=\"bin\""));
}

/* Root asking is never refused; who asks is not the target. */
static void root_asks(void **state)
{
	const struct entry entry = { "su", ROLELESS, NULL, NULL, "root" };
	struct host *host = *state;
	char event[8192];

	if (getuid() != 0)
		skip(); /* a program with our real uid speaks for us */
	use_module(host, "su");
	assert_int_equal(account(host, &entry), PAM_SUCCESS);
	host_event(host, event);
	assert_begins(event, "access.allowed subject=\"root\" target=\"bin\" service=\"su\"");
}

/* As polkit's helper runs: the administrator in PAM_RUSER, the caller only as real uid. */
static void nobody_speaks_for_another(void **state)
{
	const struct entry entry = { "polkit-1", "root", NULL, NULL, "root" };
	struct host *host = *state;
	char event[8192];
	int code;

	use_module(host, "polkit-1");
	if (geteuid() == 0)
		assert_int_equal(setresuid(getpwnam(HELD)->pw_uid, 0, 0), 0);
	code = account(host, &entry);
	if (geteuid() == 0)
		assert_int_equal(setresuid(0, 0, 0), 0);
	assert_int_equal(code, PAM_PERM_DENIED);
	host_event(host, event);
	assert_non_null(strstr(event, " target=\"root\" service=\"polkit-1\""));
	assert_null(strstr(event, "subject=\"root\""));
}

/* As a helper of polkit that runs as root altogether: whose password it wants is not who asks. */
static void an_asker_that_polkit_does_not_tell_is_refused(void **state)
{
	static const char *const remote_users[] = { NULL, "root", HELD };
	struct host *host = *state;
	char event[8192];

	if (getuid() != 0)
		skip(); /* only root runs as root */
	use_module(host, "polkit-1");
	for (size_t i = 0; i < ARRAY_SIZE(remote_users); i++) {
		const struct entry entry = { "polkit-1", HELD, NULL, NULL, remote_users[i] };

		assert_true(account(host, &entry) != PAM_SUCCESS);
		host_event(host, event);
		assert_begins(event, "access.denied subject=\"?\" target=\"daemon\" "
				     "service=\"polkit-1\"");
		assert_non_null(strstr(event, "detail=\"polkit does not tell who asks\""));
	}
}

int main(void)
{
	const struct CMUnitTest fixed[] = {
		ON_HOST(sudo_comes_from_its_login),
		ON_HOST(jobs_and_managers_are_no_logins),
		ON_HOST(the_login_it_is_in_tells),
		ON_HOST(unreadable_records_refuse),
		ON_HOST(a_tool_asks_for_the_real_uid),
		ON_HOST(root_asks),
		ON_HOST(nobody_speaks_for_another),
		ON_HOST(an_asker_that_polkit_does_not_tell_is_refused),
	};
	struct CMUnitTest tests[ARRAY_SIZE(fixed) + ARRAY_SIZE(rescue_rows)];

	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_SIZE(rescue_rows); i++)
		tests[ARRAY_SIZE(fixed) + i] =
			(struct CMUnitTest){ .name = rescue_rows[i].name,
					     .test_func = check_rescue,
					     .initial_state = (void *)(uintptr_t)&rescue_rows[i] };
	return cmocka_run_group_tests_name("who asks for another's rights", tests, NULL, NULL);
}
