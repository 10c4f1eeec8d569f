/* SPDX-License-Identifier: MIT */
/* access.c - pam_sereno_access.so as libpam loads it: every code it returns, and why. */
#include "host.h"

#include <security/pam_modules.h>

#include <sereno/role_use.h>

#include "second_factor.h"

#define REFUSED "Access is not permitted here and now."

/* clang-format off */
static const char policy[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"origins:\n"
	"  office: [10.0.0.0/8, 'fd00::/16']\n"
	"accounts:\n"
	"  min-uid: 1\n"
	"  break-glass: {members: [" RESCUE "]}\n"
	"roles:\n"
	"  employee:\n"
	"    members: [" HELD "]\n"
	"    allow:\n"
	"      - {services: [sshd, login], from: [office, seat]}\n"
	"      - {services: [ftp], from: [anywhere], second-factor: required}\n"
	"      - {services: [xrdp-sesman], from: [anywhere]}\n"
	"  visitor:\n"
	"    members: [games]\n"
	"    until: 2020-01-01\n"
	"    allow:\n"
	"      - {services: [sshd], from: [office]}\n"
	"root:\n"
	"  direct-login: [seat]\n";

static const struct row {
	const char *name;
	struct entry entry;
	int code;
	const char *event; /* how its line begins, behind the event's name; "" for none */
	const char *told;
} rows[] = {
	/* logins */
	{ "from the office", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" verdict=allow reason=rule rule=\"employee.1\" line=12 policy=", "" },
	{ "IPv4-mapped", { "sshd", HELD, "::ffff:10.1.2.3", "ssh", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\"", "" },
	{ "IPv6", { "sshd", HELD, "fd00::1%eth0", "ssh", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"sshd\" origin=\"fd00::1\"", "" },
	{ "from elsewhere", { "sshd", HELD, "192.0.2.1", "ssh", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"sshd\" origin=\"192.0.2.1\" verdict=deny reason=no-rule policy=", REFUSED },
	{ "a host name is not looked up", { "sshd", HELD, "localhost", "ssh", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"sshd\" origin=\"unknown\"", REFUSED },
	{ "a name that looks like an address", { "sshd", HELD, "10.1.2.3.example.org", "ssh", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"sshd\" origin=\"unknown\"", REFUSED },
	{ "anywhere takes the unknown", { "xrdp-sesman", HELD, NULL, ":10", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"xrdp-sesman\" origin=\"unknown\"", "" },
	{ "at the seat", { "login", HELD, NULL, "/dev/tty1", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"login\" origin=\"seat\"", "" },
	{ "an empty remote host is none", { "login", HELD, "", "tty1", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"login\" origin=\"seat\"", "" },
	{ "a pseudo terminal is no seat", { "login", HELD, NULL, "pts/1", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"login\" origin=\"unknown\"", REFUSED },
	{ "sshd does not own its line", { "sshd", HELD, NULL, "tty1", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"sshd\" origin=\"unknown\"", REFUSED },
	{ "a remote host beats the line", { "login", HELD, "192.0.2.1", "tty1", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"login\" origin=\"192.0.2.1\"", REFUSED },
	{ "an unknown service is a login", { "telnetd", HELD, "10.1.2.3", NULL, NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"telnetd\"", REFUSED },
	{ "no role", { "sshd", ROLELESS, "10.1.2.3", "ssh", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"bin\" service=\"sshd\" origin=\"10.1.2.3\" verdict=deny reason=no-role", REFUSED },
	{ "a role that is over", { "sshd", "games", "10.1.2.3", "ssh", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"games\"", REFUSED },
	{ "not governed", { "vsftpd", FREE, "192.0.2.1", "ssh", NULL }, PAM_IGNORE, "", "" },
	{ "second factor not seen", { "ftp", HELD, "10.1.2.3", NULL, NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"daemon\" service=\"ftp\" origin=\"10.1.2.3\" verdict=deny reason=second-factor", REFUSED },
	{ "no such account", { "sshd", "no-such-account", "10.1.2.3", "ssh", NULL }, PAM_USER_UNKNOWN,
	  "access.denied subject=\"no-such-account\" service=\"sshd\" origin=\"?\" verdict=deny reason=no-account", "" },
	{ "no user", { "sshd", NULL, "10.1.2.3", "ssh", NULL }, PAM_SERVICE_ERR,
	  "access.denied subject=\"?\" service=\"sshd\"", "" },
	/* root and break-glass */
	{ "root at the seat", { "login", "root", NULL, "tty1", NULL }, PAM_SUCCESS,
	  "root.login subject=\"root\" service=\"login\" origin=\"seat\" verdict=allow", "" },
	{ "root at a serial line", { "login", "root", NULL, "ttyS0", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"root\" service=\"login\" origin=\"serial\"", REFUSED },
	{ "root from the network", { "sshd", "root", "10.1.2.3", "ssh", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"root\"", REFUSED },
	{ "break-glass at the seat", { "login", RESCUE, NULL, "tty1", NULL }, PAM_SUCCESS,
	  "break-glass.used subject=\"sync\" service=\"login\" origin=\"seat\" verdict=allow", "" },
	{ "break-glass from the network", { "sshd", RESCUE, "10.1.2.3", "ssh", NULL }, PAM_PERM_DENIED,
	  "break-glass.refused subject=\"sync\"", REFUSED },
	/* jobs and the rest: a role, but no rule; never a word */
	{ "job of a role's holder", { "cron", HELD, NULL, "cron", NULL }, PAM_SUCCESS,
	  "access.allowed subject=\"daemon\" service=\"cron\" origin=\"jobs\" verdict=allow reason=role rule=\"employee\" ", "" },
	{ "job without a role", { "cron", ROLELESS, NULL, "cron", NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"bin\" service=\"cron\" origin=\"jobs\"", "" },
	{ "job of root", { "cron", "root", NULL, "cron", NULL }, PAM_SUCCESS, "access.allowed subject=\"root\"", "" },
	{ "user manager", { "systemd-user", HELD, NULL, NULL, NULL }, PAM_SUCCESS, "access.allowed subject=\"daemon\"", "" },
	{ "user manager without a role", { "systemd-user", ROLELESS, NULL, NULL, NULL }, PAM_PERM_DENIED,
	  "access.denied subject=\"bin\"", "" },
	{ "unlocking", { "swaylock", HELD, NULL, NULL, NULL }, PAM_SUCCESS, "access.allowed subject=\"daemon\"", "" },
};
/* clang-format on */

static int account(struct host *host, const struct entry *entry, int flags)
{
	pam_handle_t *pamh = host_start(host, entry);
	const int code = pam_acct_mgmt(pamh, flags);

	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static void use_module(const struct host *host, const char *service)
{
	host_module(host, service, "account", "pam_sereno_access");
}

static bool earlier_row_has(const struct row *row, const char *service)
{
	for (const struct row *earlier = rows; earlier < row; earlier++)
		if (strcmp(earlier->entry.service, service) == 0)
			return true;
	return false;
}

static struct host *shared; /* of all rows: a row changes nothing */

static void set_up_rows(void **state)
{
	assert_int_equal(host_set_up(state), 0);
	shared = *state;
	host_policy(shared, policy);
	for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++)
		if (!earlier_row_has(row, row->entry.service))
			use_module(shared, row->entry.service);
	/* libpam makes a refusal of a stack where all ignore; a permit behind tells the two apart
	 */
	host_line(shared, "vsftpd", "account required pam_permit.so");
}

static void check_row(void **state)
{
	const struct row *row = *state;
	const int code = row->code == PAM_IGNORE ? PAM_SUCCESS : row->code;

	assert_int_equal(account(shared, &row->entry, 0), code);
	assert_event(shared, row->event);
	assert_event(shared, "");
	assert_string_equal(shared->told, row->told);
}

static const struct entry from_elsewhere = { "sshd", HELD, "192.0.2.1", "ssh", NULL };

static void prove_second_factor(struct host *host)
{
	assert_int_equal(second_factor_note(host->pamh, getpwnam(HELD)->pw_uid, SECOND_FACTOR_NOW),
			 0);
}

static void prove_that_of_another(struct host *host)
{
	assert_int_equal(
		second_factor_note(host->pamh, getpwnam(HELD)->pw_uid + 1, SECOND_FACTOR_NOW), 0);
}

static void a_second_factor_seen_in_this_handle(void **state)
{
	const struct entry entry = { "ftp", HELD, "10.1.2.3", NULL, NULL };
	struct host *host = *state;

	host_policy(host, policy);
	host_line(host, "ftp", "account required pam_echo.so x");
	use_module(host, "ftp");
	host->inside = prove_second_factor;
	assert_int_equal(account(host, &entry, 0), PAM_SUCCESS);
	host->inside = prove_that_of_another;
	assert_int_equal(account(host, &entry, 0), PAM_PERM_DENIED);
}

static void silent_means_silent(void **state)
{
	struct host *host = *state;

	host_policy(host, policy);
	use_module(host, "sshd");
	assert_int_equal(account(host, &from_elsewhere, PAM_SILENT), PAM_PERM_DENIED);
	assert_string_equal(host->told, "");
}

static void on_trial_it_only_records(void **state)
{
	struct host *host = *state;
	char text[2048];
	char event[8192];

	(void)snprintf(text, sizeof(text), "observe: [all]\n%s", policy);
	host_policy(host, text);
	use_module(host, "sshd");
	assert_int_equal(account(host, &from_elsewhere, 0), PAM_SUCCESS);
	assert_string_equal(host->told, "");
	host_event(host, event);
	assert_begins(event, "access.on-trial subject=\"daemon\" service=\"sshd\" "
			     "origin=\"192.0.2.1\" verdict=allow reason=no-rule");
	assert_null(strstr(event, "until="));
}

/* For those who review roles: a refusal is no use of one, nor is what only a trial let in. */
static void a_role_that_let_in_was_used(void **state)
{
	const struct entry office = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
	const int64_t before = time(NULL);
	struct host *host = *state;
	char text[2048];
	int64_t at = 0;

	(void)snprintf(text, sizeof(text), "observe: [all]\n%s", policy);
	host_policy(host, text);
	use_module(host, "sshd");
	assert_int_equal(account(host, &from_elsewhere, 0), PAM_SUCCESS);
	host_policy(host, policy);
	assert_int_equal(account(host, &from_elsewhere, 0), PAM_PERM_DENIED);
	assert_int_equal(role_use_last(host->root, "employee", &at), -ENOENT);
	assert_int_equal(account(host, &office, 0), PAM_SUCCESS);
	assert_int_equal(role_use_last(host->root, "employee", &at), 0);
	assert_in_range(at, before, before + 60);
	assert_int_equal(role_use_last(host->root, "visitor", &at), -ENOENT);
}

static void an_unknown_option_refuses(void **state)
{
	static const char *const options[] = { "debug", "root", "root=", "root=etc", "roots=/" };
	struct host *host = *state;
	char service[16], line[512];

	host_policy(host, policy);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const struct entry entry = { service, HELD, "10.1.2.3", NULL, NULL };

		(void)snprintf(service, sizeof(service), "service-%zu", i);
		(void)snprintf(line, sizeof(line), "account required %s/pam_sereno_access.so %s",
			       getenv("O") ? getenv("O") : "build", options[i]);
		host_line(host, service, line);
		assert_int_equal(account(host, &entry, 0), PAM_SERVICE_ERR);
	}
}

/* A user name of every odd byte: never a crash, never a success, never raw in the log. */
static void hostile_user_names(void **state)
{
	struct host *host = *state;
	char user[8] = "daemon";
	char event[8192];

	host_policy(host, policy);
	use_module(host, "sshd");
	for (int byte = 1; byte < 256; byte++) {
		const struct entry entry = { "sshd", user, "10.1.2.3", "ssh", NULL };

		user[6] = (char)byte;
		assert_int_equal(account(host, &entry, 0), PAM_USER_UNKNOWN);
		host_event(host, event);
		assert_begins(event, "access.denied subject=\"daemon");
		for (const char *c = event; *c; c++)
			assert_in_range((unsigned char)*c, 0x20, 0x7e);
	}
}

static void a_huge_user_name_and_host(void **state)
{
	struct host *host = *state;
	static char huge[70000];
	const struct entry user = { "sshd", huge, "10.1.2.3", "ssh", NULL };
	char long_text[2000]; /* libpam's audit record takes not much more */
	const struct entry remote = { "sshd", HELD, long_text, long_text, long_text };

	memset(huge, 'a', sizeof(huge) - 1);
	memset(long_text, '1', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	host_policy(host, policy);
	use_module(host, "sshd");
	assert_int_not_equal(account(host, &user, 0), PAM_SUCCESS);
	assert_int_equal(account(host, &remote, 0), PAM_PERM_DENIED);
}

int main(void)
{
	struct CMUnitTest row_tests[ARRAY_SIZE(rows)];
	const struct CMUnitTest tests[] = {
		ON_HOST(a_second_factor_seen_in_this_handle),
		ON_HOST(silent_means_silent),
		ON_HOST(on_trial_it_only_records),
		ON_HOST(a_role_that_let_in_was_used),
		ON_HOST(an_unknown_option_refuses),
		ON_HOST(hostile_user_names),
		ON_HOST(a_huge_user_name_and_host),
	};
	void *state = NULL;
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	set_up_rows(&state); /* a group's own set-up would take the place of the rows */
	failed = cmocka_run_group_tests_name("account rows", row_tests, NULL, NULL);
	(void)host_tear_down(&state);
	failed += cmocka_run_group_tests_name("account", tests, NULL, NULL);
	return failed;
}
