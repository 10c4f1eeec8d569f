/* SPDX-License-Identifier: MIT */
/* session.c - pam_sereno_session.so as libpam loads it: decided again, ended in time, recorded. */
#include "host.h"

#include <security/pam_modules.h>

#include <sereno/age.h>
#include <sereno/login.h>
#include <sereno/service.h>

#define RUNTIME_DATA "systemd.runtime_max_sec"

/* clang-format off */
static const char policy_format[] = /* %s: the last day of a rule */
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts: {min-uid: 1, break-glass: {members: [" RESCUE "]}}\n"
	"roles:\n"
	"  employee:\n"
	"    members: [" HELD "]\n"
	"    allow:\n"
	"      - {services: [sshd], from: [10.0.0.0/8], until: %s}\n"
	"      - {services: [login], from: [seat]}\n"
	"      - {services: [ftp], from: [anywhere], second-factor: required}\n";

static const struct row {
	const char *name;
	struct entry entry;
	int code;
	const char *event; /* how its line begins; "" for none */
	bool recorded;
} rows[] = {
	{ "allowed", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, PAM_SUCCESS,
	  "session.opened subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" until=", true },
	{ "without an end", { "login", HELD, NULL, "tty1", NULL }, PAM_SUCCESS,
	  "session.opened subject=\"daemon\" service=\"login\" origin=\"seat\"", true },
	{ "refused", { "sshd", HELD, "192.0.2.1", "ssh", NULL }, PAM_SESSION_ERR,
	  "access.denied subject=\"daemon\" service=\"sshd\" origin=\"192.0.2.1\" verdict=deny reason=no-rule", false },
	{ "demands were met before", { "ftp", HELD, "10.1.2.3", NULL, NULL }, PAM_SUCCESS,
	  "session.opened subject=\"daemon\"", true },
	{ "the ungoverned are recorded too", { "sshd", FREE, "192.0.2.1", "ssh", NULL }, PAM_SUCCESS,
	  "session.opened subject=\"nobody\" service=\"sshd\" origin=\"192.0.2.1\"", true },
	{ "a job is recorded without a word", { "cron", HELD, NULL, "cron", NULL }, PAM_SUCCESS, "", true },
	{ "a job without a role", { "cron", ROLELESS, NULL, "cron", NULL }, PAM_SESSION_ERR,
	  "access.denied subject=\"bin\" service=\"cron\"", false },
	{ "a user manager as well", { "systemd-user", HELD, NULL, NULL, NULL }, PAM_SUCCESS, "", true },
	{ "no such account", { "sshd", "no-such-account", NULL, NULL, NULL }, PAM_USER_UNKNOWN,
	  "access.denied subject=\"no-such-account\"", false },
};
/* clang-format on */

#define DAY 86400

/* Midnight UTC a month from now: the end of the rule's last day. */
static time_t rule_end(void)
{
	return (time(NULL) / DAY + 30) * DAY;
}

/* Put the policy in force, with @first as its first lines. */
static void use_policy(struct host *host, const char *first)
{
	const time_t last_day = rule_end() - DAY;
	char day[16], text[1024], whole[1100];
	struct tm parts;

	assert_non_null(gmtime_r(&last_day, &parts));
	assert_true(strftime(day, sizeof(day), "%Y-%m-%d", &parts) > 0);
	(void)snprintf(text, sizeof(text), policy_format, day);
	(void)snprintf(whole, sizeof(whole), "%s%s", first, text);
	host_policy(host, whole);
}

static void use_modules(struct host *host, const char *service)
{
	use_policy(host, "");
	host_module(host, service, "session", "pam_sereno_session");
}

static uid_t login_uid(const char *user)
{
	uint32_t session;
	uid_t uid;

	assert_int_equal(login_self(&session, &uid), 0);
	return uid == LOGIN_NONE ? getpwnam(user)->pw_uid : uid;
}

/* How many logins of @user are open; the last one is left in @ret. */
static ssize_t open_logins(const struct host *host, const char *user, struct login *ret)
{
	scoped_free struct login *logins = NULL;
	const ssize_t n = login_list(host->root, login_uid(user), &logins);

	if (n > 0)
		*ret = logins[n - 1];
	return n;
}

static void check_row(void **state)
{
	const struct row *row = *state;
	struct host *host;
	struct login login;
	pam_handle_t *pamh;
	int code;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	use_modules(host, row->entry.service);
	pamh = host_start(host, &row->entry);
	code = pam_open_session(pamh, 0);
	assert_int_equal(code, row->code);
	assert_event(host, row->event);
	assert_event(host, "");
	if (row->code != PAM_USER_UNKNOWN)
		assert_int_equal(open_logins(host, row->entry.user, &login), row->recorded);
	if (code == PAM_SUCCESS) {
		assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
		assert_int_equal(open_logins(host, row->entry.user, &login), 0);
	}
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	assert_int_equal(host_tear_down(state), 0);
}

static void the_record_tells_all(void **state)
{
	const struct entry entry = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
	struct host *host = *state;
	char text[ORIGIN_TEXT_MAX];
	struct login login;
	pam_handle_t *pamh;

	use_modules(host, "sshd");
	pamh = host_start(host, &entry);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(open_logins(host, HELD, &login), 1);
	assert_string_equal(login.user, HELD);
	assert_string_equal(login.service, "sshd");
	assert_int_equal(login.leader, getpid());
	assert_in_range(login.opened, time(NULL) - 60, time(NULL));
	origin_format(&login.origin, text);
	assert_string_equal(text, "10.1.2.3");
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_event(host, "session.opened ");
	assert_event(host, "session.closed subject=\"daemon\" service=\"sshd\"");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

/* Where no record can be written: whom that refuses, and who comes in to repair it. */
/* clang-format off */
static const struct unrecorded_row {
	const char *name;
	const char *first; /* lines of the policy */
	struct entry entry;
	int code;
	const char *verdict;
} unrecorded_rows[] = {
	{ "unrecorded: the governed", "", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, PAM_SESSION_ERR, "deny" },
	{ "unrecorded: on trial", "observe: [roles]\n", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, PAM_SUCCESS, "allow" },
	{ "unrecorded: another block on trial", "observe: [root]\n", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, PAM_SESSION_ERR, "deny" },
	{ "unrecorded: the ungoverned", "", { "sshd", FREE, "192.0.2.1", "ssh", NULL }, PAM_SUCCESS, "allow" },
	{ "unrecorded: root", "", { "login", "root", NULL, "tty1", NULL }, PAM_SUCCESS, "allow" },
	{ "unrecorded: break-glass", "", { "login", RESCUE, NULL, "tty1", NULL }, PAM_SUCCESS, "allow" },
	{ "unrecorded: a job", "", { "cron", HELD, NULL, "cron", NULL }, PAM_SUCCESS, "allow" },
	{ "unrecorded: a user manager", "", { "systemd-user", HELD, NULL, NULL, NULL }, PAM_SUCCESS, "allow" },
};
/* clang-format on */

static void check_unrecorded(void **state)
{
	const struct unrecorded_row *row = *state;
	char path[108], event[8192], verdict[32];
	struct host *host;
	pam_handle_t *pamh;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	use_modules(host, row->entry.service);
	use_policy(host, row->first);
	path_below(host, "/run/sereno", path);
	assert_int_equal(symlink("/nonexistent", path), 0);
	pamh = host_start(host, &row->entry);
	assert_int_equal(pam_open_session(pamh, 0), row->code);
	host_event(host, event);
	assert_begins(event, "session.unrecorded subject=");
	(void)snprintf(verdict, sizeof(verdict), " verdict=%s detail=\"", row->verdict);
	assert_non_null(strstr(event, verdict));
	host_event(host, event); /* a session that is not opened is not reported as one */
	assert_int_equal(strncmp(event, "session.opened ", 15) == 0,
			 row->code == PAM_SUCCESS &&
				 service_kind(row->entry.service) == SERVICE_LOGIN);
	assert_int_equal(host->told[0] != '\0', row->code != PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	assert_int_equal(host_tear_down(state), 0);
}

static void sudo_is_a_step_inside_of_a_login(void **state)
{
	const struct entry entry = { "sudo", HELD, NULL, NULL, HELD };
	struct host *host = *state;
	struct login login;
	pam_handle_t *pamh;

	use_modules(host, "sudo");
	use_policy(host, "observe: [all]\n"); /* whoever runs the test */
	pamh = host_start(host, &entry);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(open_logins(host, HELD, &login), 0);
	assert_event(host, "");
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

/* Of the governed, and of logins only: neither a job nor sudo is one. */
static void the_last_login_is_recorded(void **state)
{
	static const struct {
		struct entry entry;
		bool recorded;
	} cases[] = {
		{ { "cron", HELD, NULL, "cron", NULL }, false },
		{ { "sshd", HELD, "192.0.2.1", "ssh", NULL }, false }, /* refused */
		{ { "sshd", HELD, "10.1.2.3", "ssh", NULL }, true },
		{ { "sshd", FREE, "10.1.2.3", "ssh", NULL }, false },
	};
	struct host *host = *state;

	use_modules(host, "sshd");
	host_module(host, "cron", "session", "pam_sereno_session");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *user = cases[i].entry.user;
		const struct age_owner owner = { host->root, user, getpwnam(user)->pw_uid };
		pam_handle_t *pamh = host_start(host, &cases[i].entry);
		struct age age;

		(void)pam_open_session(pamh, 0);
		assert_int_equal(age_read(&owner, &age, NULL), 0);
		assert_int_equal(age.last_login >= time(NULL) - 60, cases[i].recorded);
		assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	}
}

static char seen_runtime[64];

static void look_at_runtime(struct host *host)
{
	const void *runtime = NULL;

	seen_runtime[0] = '\0';
	if (pam_get_data(host->pamh, RUNTIME_DATA, &runtime) == PAM_SUCCESS && runtime)
		(void)snprintf(seen_runtime, sizeof(seen_runtime), "%s", (const char *)runtime);
}

static void free_data(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

static void set_runtime_first(struct host *host)
{
	assert_int_equal(pam_set_data(host->pamh, RUNTIME_DATA, strdup("77"), free_data),
			 PAM_SUCCESS);
	host->inside = look_at_runtime;
}

/* What the module that stands behind ours finds, as pam_systemd would. */
static const char *runtime_behind(struct host *host, const struct entry *entry)
{
	pam_handle_t *pamh;

	seen_runtime[0] = '\0';
	pamh = host_start(host, entry);
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	return seen_runtime;
}

static const struct entry from_office = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
static const struct entry at_the_seat = { "login", HELD, NULL, "tty1", NULL };

static void logind_gets_the_end(void **state)
{
	struct host *host = *state;
	const long long end = rule_end();
	long long before, seconds;

	use_modules(host, "sshd");
	host_line(host, "sshd", "session required pam_echo.so x");
	host->inside = look_at_runtime;
	before = time(NULL);
	seconds = strtoll(runtime_behind(host, &from_office), NULL, 10);
	assert_in_range(seconds, end - time(NULL), end - before);
}

static void without_an_end_logind_gets_none(void **state)
{
	struct host *host = *state;

	use_modules(host, "login");
	host_line(host, "login", "session required pam_echo.so x");
	host->inside = look_at_runtime;
	assert_string_equal(runtime_behind(host, &at_the_seat), "");
}

static void an_end_set_before_stays(void **state)
{
	struct host *host = *state;

	host_line(host, "sshd", "session required pam_echo.so x");
	use_modules(host, "sshd");
	host_line(host, "sshd", "session required pam_echo.so x");
	host->inside = set_runtime_first;
	assert_string_equal(runtime_behind(host, &from_office), "77");
}

static void on_trial_nothing_ends(void **state)
{
	struct host *host = *state;

	use_modules(host, "sshd");
	use_policy(host, "observe: [roles]\n");
	host_line(host, "sshd", "session required pam_echo.so x");
	host->inside = look_at_runtime;
	assert_string_equal(runtime_behind(host, &from_office), "");
}

static void where_nothing_is_ended_logind_gets_no_end(void **state)
{
	struct host *host = *state;

	use_modules(host, "sshd");
	use_policy(host, "session: {when-access-ends: tell}\n");
	host_line(host, "sshd", "session required pam_echo.so x");
	host->inside = look_at_runtime;
	assert_string_equal(runtime_behind(host, &from_office), "");
}

int main(void)
{
	const struct CMUnitTest fixed[] = {
		ON_HOST(the_record_tells_all),
		ON_HOST(the_last_login_is_recorded),
		ON_HOST(sudo_is_a_step_inside_of_a_login),
		ON_HOST(logind_gets_the_end),
		ON_HOST(without_an_end_logind_gets_none),
		ON_HOST(an_end_set_before_stays),
		ON_HOST(on_trial_nothing_ends),
		ON_HOST(where_nothing_is_ended_logind_gets_no_end),
	};
	const size_t n_rows = ARRAY_SIZE(fixed) + ARRAY_SIZE(rows);
	struct CMUnitTest tests[ARRAY_SIZE(fixed) + ARRAY_SIZE(rows) + ARRAY_SIZE(unrecorded_rows)];

	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[ARRAY_SIZE(fixed) + i] =
			(struct CMUnitTest){ .name = rows[i].name,
					     .test_func = check_row,
					     .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(unrecorded_rows); i++)
		tests[n_rows + i] =
			(struct CMUnitTest){ .name = unrecorded_rows[i].name,
					     .test_func = check_unrecorded,
					     .initial_state =
						     (void *)(uintptr_t)&unrecorded_rows[i] };
	return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
