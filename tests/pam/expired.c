/* SPDX-License-Identifier: MIT */
/* expired.c - an expired password opens nothing, and is no word to a job. */
#include "host.h"

#include <security/pam_modules.h>

/*
 * Debian's common-account, with pam_debug in the place of pam_unix: it says what pam_unix says of
 * an expired password, and the "done" ends the phase there.
 */
#define UNIX_LINE  "account [success=1 new_authtok_reqd=done default=ignore] pam_debug.so acct="
#define NEW_WANTED UNIX_LINE "new_authtok_reqd"
#define UNEXPIRED  UNIX_LINE "success"

/* Demands and hours that nobody meets today: a job asks for neither. */
static const char policy_format[] = /* %s: a day that is not today */
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts: {min-uid: 1}\n"
	"roles:\n"
	"  employee:\n"
	"    members: [" HELD "]\n"
	"    allow:\n"
	"      - {services: [sshd], from: [10.0.0.0/8]}\n"
	"      - {services: [ftp], from: [10.0.0.0/8], second-factor: required}\n"
	"      - {services: [login], from: [seat], hours: [%s]}\n";

static void use_policy(struct host *host)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	const time_t now = time(NULL);
	char text[1024];
	struct tm parts;

	assert_non_null(gmtime_r(&now, &parts));
	(void)snprintf(text, sizeof(text), policy_format, days[(parts.tm_wday + 3) % 7]);
	host_policy(host, text);
}

static void use_access(const struct host *host, const char *service)
{
	const char *build = getenv("O");
	char line[512];

	(void)snprintf(line, sizeof(line), "account requisite %s/pam_sereno_access.so root=%s",
		       build ? build : "build", host->root);
	host_line(host, service, line);
}

static void use_common_account(const struct host *host, const char *service, const char *unix_line)
{
	host_line(host, service, unix_line);
	host_line(host, service, "account requisite pam_deny.so");
	host_line(host, service, "account required pam_permit.so");
}

static int account(struct host *host, const struct entry *entry)
{
	pam_handle_t *pamh = host_start(host, entry);
	const int code = pam_acct_mgmt(pamh, 0);

	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

/* clang-format off */
static const struct row {
	const char *name;
	struct entry entry;
	const char *unix_line;
	int code;
} stack_rows[] = {
	{ "allowed, expired", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, NEW_WANTED, PAM_NEW_AUTHTOK_REQD },
	{ "allowed, not expired", { "sshd", HELD, "10.1.2.3", "ssh", NULL }, UNEXPIRED, PAM_SUCCESS },
	{ "out of hours, expired", { "login", HELD, NULL, "tty1", NULL }, NEW_WANTED, PAM_PERM_DENIED },
	{ "out of hours, not expired", { "login", HELD, NULL, "tty1", NULL }, UNEXPIRED, PAM_PERM_DENIED },
	{ "from elsewhere, expired", { "sshd", HELD, "192.0.2.1", "ssh", NULL }, NEW_WANTED, PAM_PERM_DENIED },
	{ "second factor missing, expired", { "ftp", HELD, "10.1.2.3", NULL, NULL }, NEW_WANTED, PAM_PERM_DENIED },
	{ "no role, expired", { "sshd", ROLELESS, "10.1.2.3", "ssh", NULL }, NEW_WANTED, PAM_PERM_DENIED },
	{ "not governed, expired", { "sshd", FREE, "10.1.2.3", "ssh", NULL }, NEW_WANTED, PAM_NEW_AUTHTOK_REQD },
};

/* What stands alone in the stack is what our module itself says. */
static const struct row job_rows[] = {
	{ "cron, holder of a role", { "cron", HELD, NULL, "cron", NULL }, NULL, PAM_SUCCESS },
	{ "crond, holder of a role", { "crond", HELD, NULL, "cron", NULL }, NULL, PAM_SUCCESS },
	{ "at, holder of a role", { "atd", HELD, NULL, NULL, NULL }, NULL, PAM_SUCCESS },
	{ "user manager, holder of a role", { "systemd-user", HELD, NULL, NULL, NULL }, NULL, PAM_SUCCESS },
	{ "cron without a role", { "cron", ROLELESS, NULL, "cron", NULL }, NULL, PAM_PERM_DENIED },
	{ "at without a role", { "atd", ROLELESS, NULL, NULL, NULL }, NULL, PAM_PERM_DENIED },
	{ "user manager without a role", { "systemd-user", ROLELESS, NULL, NULL, NULL }, NULL, PAM_PERM_DENIED },
	{ "cron of root", { "cron", "root", NULL, "cron", NULL }, NULL, PAM_SUCCESS },
	{ "at of root", { "atd", "root", NULL, NULL, NULL }, NULL, PAM_SUCCESS },
	{ "user manager of root", { "systemd-user", "root", NULL, NULL, NULL }, NULL, PAM_SUCCESS },
};
/* clang-format on */

static struct host *shared; /* of all rows: each makes its own stack */

static void check_row(void **state)
{
	const struct row *row = *state;
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/pam.d/%s", shared->root, row->entry.service);
	assert_true(unlink(path) == 0 || errno == ENOENT);
	use_access(shared, row->entry.service);
	if (row->unix_line)
		use_common_account(shared, row->entry.service, row->unix_line);
	drop_events(shared); /* a full socket would make each event wait */
	assert_int_equal(account(shared, &row->entry), row->code);
}

/* Why the manual wants our line first: behind pam_unix it is not reached. */
static void behind_pam_unix_it_is_skipped(void **state)
{
	const struct entry out_of_hours = { "login", HELD, NULL, "tty1", NULL };
	struct host *host = *state;

	use_policy(host);
	use_common_account(host, "login", NEW_WANTED);
	use_access(host, "login");
	assert_int_equal(account(host, &out_of_hours), PAM_NEW_AUTHTOK_REQD);
	assert_event(host, "");
}

/* Without a usable policy either: a refusal, or nothing said, but no new password. */
static void jobs_without_a_policy(void **state)
{
	struct host *host = *state;

	for (size_t i = 0; i < ARRAY_SIZE(job_rows); i++) {
		int code;

		use_access(host, job_rows[i].entry.service);
		code = account(host, &job_rows[i].entry);
		assert_true(code == PAM_SUCCESS || code == PAM_PERM_DENIED);
		drop_events(host);
	}
}

static struct CMUnitTest test_of(const struct row *row)
{
	return (struct CMUnitTest){ .name = row->name,
				    .test_func = check_row,
				    .initial_state = (void *)(uintptr_t)row };
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_HOST(behind_pam_unix_it_is_skipped),
		ON_HOST(jobs_without_a_policy),
	};
	struct CMUnitTest rows[ARRAY_SIZE(stack_rows) + ARRAY_SIZE(job_rows)];
	void *state = NULL;
	size_t n = 0;
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(stack_rows); i++)
		rows[n++] = test_of(&stack_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(job_rows); i++)
		rows[n++] = test_of(&job_rows[i]);
	assert_int_equal(host_set_up(&state), 0);
	shared = state;
	use_policy(shared);
	failed = cmocka_run_group_tests_name("expired passwords, jobs", rows, NULL, NULL);
	(void)host_tear_down(&state);
	failed += cmocka_run_group_tests_name("the order of the stack", tests, NULL, NULL);
	return failed;
}
