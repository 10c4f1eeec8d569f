/* SPDX-License-Identifier: MIT */
/* otp_key.c - a code behind a key: what sshd says of it, and what that is good for. */
#include "otp_talk.h"

#include <stdlib.h>

#define METHODS "SSH_AUTH_INFO_0="
#define A_KEY	"publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGm0lWCbLb\n"

static const char *build(void)
{
	return getenv("O") ? getenv("O") : "build";
}

/* The stack of key and code, as the README has it. */
static void use(struct host *host, const char *service, const char *policy)
{
	char line[512];

	host_policy(host, policy);
	host_module(host, service, "auth", "pam_sereno_otp");
	(void)snprintf(line, sizeof(line), "auth required %s/pam_sereno_otp.so shown=key root=%s",
		       build(), host->root);
	host_line(host, service, line);
	host_module(host, service, "account", "pam_sereno_otp");
	host_module(host, service, "account", "pam_sereno_access");
}

/* A login whose program says @methods, in the account phase @later. */
static int log_in_after(struct host *host, const struct entry *entry, const char *methods,
			const char *later, struct dialogue *dialogue)
{
	pam_handle_t *pamh = begin(host, entry, dialogue);
	char variable[256];
	int code;

	(void)snprintf(variable, sizeof(variable), METHODS "%s", methods);
	assert_int_equal(pam_putenv(pamh, variable), PAM_SUCCESS);
	code = pam_authenticate(pamh, 0);
	(void)snprintf(variable, sizeof(variable), METHODS "%s", later);
	assert_int_equal(pam_putenv(pamh, variable), PAM_SUCCESS);
	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

/* Who needs no code is let in for his key, and for nothing else. */
static const struct row {
	const char *name, *service, *methods;
	int code;
} rows[] = {
	{ "a key", "sshd", A_KEY, PAM_SUCCESS },
	{ "a key, then a password", "sshd", A_KEY "password\n", PAM_SUCCESS },
	{ "a password, then a key", "sshd", "password\n" A_KEY, PAM_SUCCESS },
	{ "a certificate", "sshd", "publickey ssh-ed25519-cert-v01@openssh.com AAAA ssh-rsa BBBB\n",
	  PAM_SUCCESS },
	{ "nothing before it", "sshd", "", PAM_AUTH_ERR },
	{ "a password", "sshd", "password\n", PAM_AUTH_ERR },
	{ "another host's word", "sshd", "hostbased ssh-ed25519 AAAA\n", PAM_AUTH_ERR },
	{ "the word alone", "sshd", "publickey\n", PAM_AUTH_ERR },
	{ "the word within a line", "sshd", "password publickey ssh-ed25519 AAAA\n", PAM_AUTH_ERR },
	{ "another program's word", "login", A_KEY, PAM_AUTH_ERR },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	const struct entry entry = { row->service, HELD, "10.1.2.3", "ssh", NULL };
	struct dialogue dialogue = { .codes = { NULL } };
	struct host *host;

	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host, row->service, HEAD "      - {services: [sshd, login], from: [anywhere]}\n");
	assert_int_equal(log_in_after(host, &entry, row->methods, row->methods, &dialogue),
			 row->code);
	assert_int_equal(dialogue.asked, 0);
	assert_int_equal(dialogue.passwords, 0);
	assert_int_equal(host_tear_down(state), 0);
}

static void key_and_code(void **state)
{
	const struct entry entry = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
	const struct shown now = show(0), wrong = show_wrong();
	struct dialogue right = { .codes = { now.code } }, bad = { .codes = { wrong.code } };
	struct dialogue without = { .codes = { now.code } };
	struct host *host = *state;

	use(host, "sshd", POLICY);
	give_phone(host, HELD);
	assert_int_equal(log_in_after(host, &entry, A_KEY, A_KEY, &bad), PAM_AUTH_ERR);
	assert_int_equal(log_in_after(host, &entry, A_KEY, A_KEY, &right), PAM_SUCCESS);
	assert_int_equal(right.asked, 1);
	/* a code alone is one factor */
	assert_int_equal(log_in_after(host, &entry, "", "", &without), PAM_AUTH_ERR);
}

static char typed_code[OTP_CODE_SIZE];

static void scan(struct dialogue *dialogue)
{
	const char *end = strstr(dialogue->told, "\n");
	struct otp_token token = { OTP_SHA1, 6, 30, 20, "" };
	char secret[64];
	size_t length = 0;

	if (!end)
		return;
	(void)snprintf(secret, sizeof(secret), "%.39s", end + 1);
	assert_int_equal(otp_base32_decode(secret, token.secret, sizeof(token.secret), &length), 0);
	assert_int_equal(length, 20);
	assert_int_equal(otp_code(&token, otp_step(&token, time(NULL)), typed_code), 0);
}

static void who_came_by_a_key_may_enrol(void **state)
{
	const struct entry entry = { "sshd", "games", "10.1.2.3", "ssh", NULL };
	struct dialogue dialogue = { .codes = { typed_code }, .when_asked = scan };
	struct host *host = *state;

	use(host, "sshd", POLICY);
	assert_int_equal(log_in_after(host, &entry, A_KEY, A_KEY, &dialogue), PAM_SUCCESS);
	assert_event(
		host,
		"otp.enrolled subject=\"games\" target=\"games\" service=\"sshd\" origin=\"10.1.2.3\" "
		"reason=at-login");
}

static void or_redeem_a_ticket(void **state)
{
	const struct entry entry = { "sshd", "games", "10.1.2.3", "ssh", NULL };
	const struct codes_account games = account_of("games");
	char ticket[OTP_RECOVERY_SIZE];
	struct dialogue dialogue = { .codes = { ticket, typed_code }, .when_asked = scan };
	struct dialogue by_nothing = { .codes = { ticket } };
	struct host *host = *state;

	use(host, "sshd", POLICY "second-factor: {enrol: ticket}\n");
	assert_int_equal(codes_ticket_issue(host->root, &games, time(NULL), 3600, ticket), 0);
	drop_events(host);
	assert_int_equal(log_in_after(host, &entry, "", "", &by_nothing), PAM_AUTH_ERR);
	assert_event(host, "code.refused subject=\"games\" service=\"sshd\" origin=\"10.1.2.3\" "
			   "reason=ticket-alone");
	assert_int_equal(log_in_after(host, &entry, A_KEY, A_KEY, &dialogue), PAM_SUCCESS);
	drop_events(host);
}

/* What is said in the authentication phase is looked at again: sshd writes it anew, whatever came
 * in between. */
static void said_once_is_not_enough(void **state)
{
	const struct entry entry = { "sshd", "games", "10.1.2.3", "ssh", NULL };
	struct dialogue dialogue = { .codes = { "123456" } };
	struct host *host = *state;

	use(host, "sshd", POLICY);
	assert_int_equal(log_in_after(host, &entry, A_KEY, "", &dialogue), PAM_PERM_DENIED);
	assert_null(strstr(dialogue.told, "Scan"));
}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(key_and_code),
		AT_CODES(who_came_by_a_key_may_enrol),
		AT_CODES(or_redeem_a_ticket),
		AT_CODES(said_once_is_not_enough),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name,
						  .test_func = check_row,
						  .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests_name("a code behind a key", tests, NULL, NULL);
}
