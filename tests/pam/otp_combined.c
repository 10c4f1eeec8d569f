/* SPDX-License-Identifier: MIT */
/* otp_combined.c - prompt=combined: password and code in one reply. */
#include "otp_talk.h"

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

enum behind { BEHIND_GUARD, BY_ITSELF };

static void use(struct host *host, enum behind behind)
{
	const char *build = getenv("O") ? getenv("O") : "build";
	char line[512];

	host_policy(host, POLICY);
	if (behind == BEHIND_GUARD)
		host_module(host, "sshd", "auth", "pam_sereno_guard");
	(void)snprintf(line, sizeof(line),
		       "auth required %s/pam_sereno_otp.so prompt=combined root=%s", build,
		       host->root);
	host_line(host, "sshd", line);
	host_line(host, "sshd", "auth optional pam_echo.so behind");
	host_line(host, "sshd", "auth required pam_permit.so");
	host_module(host, "sshd", "account", "pam_sereno_otp");
	host_module(host, "sshd", "account", "pam_sereno_access");
	give_phone(host, HELD);
}

/* What is typed: %s is the code of now. */
static const struct row {
	const char *name, *typed;
	enum behind behind;
	int code;
	const char *handed_on;
} rows[] = {
	{ "both", "secret%s", BY_ITSELF, PAM_SUCCESS, "secret" },
	{ "both, behind the guard", "secret%s", BEHIND_GUARD, PAM_SUCCESS, "secret" },
	{ "a password that ends in digits", "secret2026%s", BY_ITSELF, PAM_SUCCESS, "secret2026" },
	{ "no code", "secret", BY_ITSELF, PAM_AUTH_ERR, "secret" },
	{ "too few digits", "secret12345", BY_ITSELF, PAM_AUTH_ERR, "secret12345" },
	{ "a wrong code: the password is checked all the same", "secret000000", BY_ITSELF,
	  PAM_AUTH_ERR, "secret" },
	{ "the code alone: the modules behind ask", "%s", BY_ITSELF, PAM_SUCCESS, "" },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	const struct shown now = show(0);
	const char *code = strstr(row->typed, "%s");
	char typed[64];
	struct dialogue dialogue = { .password = typed };
	struct host *host;

	(void)snprintf(typed, sizeof(typed), "%.*s%s",
		       code ? (int)(code - row->typed) : (int)strlen(row->typed), row->typed,
		       code ? now.code : "");
	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host, row->behind);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), row->code);
	assert_int_equal(dialogue.passwords, 1);
	assert_int_equal(dialogue.asked, 0);
	assert_string_equal(dialogue.handed_on, row->handed_on);
	assert_int_equal(host_tear_down(state), 0);
}

static void nobody_else_has_the_option(void **state)
{
	struct dialogue dialogue = { .password = "secret" };
	const char *build = getenv("O") ? getenv("O") : "build";
	struct host *host = *state;
	char line[512];

	host_policy(host, POLICY);
	(void)snprintf(line, sizeof(line),
		       "account required %s/pam_sereno_access.so prompt=combined", build);
	host_line(host, "sshd", line);
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &dialogue), PAM_SERVICE_ERR);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = check_row,
						.initial_state = (void *)(uintptr_t)&rows[i] };
	tests[ARRAY_SIZE(rows)] = (struct CMUnitTest)AT_CODES(nobody_else_has_the_option);
	return cmocka_run_group_tests_name("password and code in one", tests, NULL, NULL);
}
