/* SPDX-License-Identifier: MIT */
/* otp_enrol.c - enrolment in the conversation of a login: who may, what is shown, how it ends. */
#include "otp_talk.h"

static const struct entry by_ssh = { "sshd", "games", "10.1.2.3", "ssh", NULL };

#define BY_TICKET POLICY "second-factor: {enrol: ticket}\n"

static void use(struct host *host, const char *policy)
{
	host_policy(host, policy);
	stack_behind_password(host, "sshd");
}

static char typed_code[OTP_CODE_SIZE];
static char typed_recovery[OTP_RECOVERY_SIZE];

/* What a phone makes of the secret, which stands in a line of its own. */
static void read_secret(const char *told, struct otp_token *ret)
{
	char *text = strdup(told), *rest = text, *line;
	bool found = false;

	*ret = (struct otp_token){ OTP_SHA1, 6, 30, 0, "" };
	while (!found && (line = strsep(&rest, "\n"))) {
		size_t length = 0;

		found = strlen(line) == 39 && /* 32 characters in groups of four */
			otp_base32_decode(line, ret->secret, sizeof(ret->secret), &length) == 0;
		ret->secret_length = (uint32_t)length;
	}
	free(text);
	assert_true(found);
	assert_int_equal(ret->secret_length, 20);
}

static void scan(struct dialogue *dialogue)
{
	struct otp_token token;

	if (!strstr(dialogue->told, "Scan"))
		return;
	read_secret(dialogue->told, &token);
	assert_int_equal(otp_code(&token, otp_step(&token, time(NULL)), typed_code), 0);
}

static struct codes_status status_of(const struct host *host, const char *user)
{
	const struct codes_account account = account_of(user);
	struct codes_status status;

	assert_int_equal(codes_status(host->root, &account, &status), 0);
	return status;
}

/* The lines from the first one of the picture on, which are as wide as it is: how many, and whether
 * each is so many characters wide. */
static void measure(const char *told, const char *ink, size_t *ret_rows, size_t *ret_columns)
{
	const char *line = strstr(told, ink);

	*ret_rows = *ret_columns = 0;
	while (line && strcspn(line, "\n") > 20 && strspn(line, "# \342\226\200\204\210") > 20) {
		size_t columns = 0;

		for (size_t i = 0; line[i] != '\n'; i++)
			columns += (line[i] & 0xc0) != 0x80;
		*ret_columns = columns > *ret_columns ? columns : *ret_columns;
		(*ret_rows)++;
		line += strcspn(line, "\n") + 1;
	}
}

static void the_first_login_shows_a_token(void **state)
{
	struct dialogue dialogue = { .password = "right",
				     .codes = { typed_code },
				     .when_asked = scan };
	struct dialogue later = { .password = "right", .codes = { typed_recovery } };
	struct host *host = *state;
	const char *recovery;
	size_t rows, columns;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_int_equal(dialogue.asked, 1);
	measure(dialogue.told, "\342\226", &rows, &columns);
	assert_in_range(rows, 17, 40);
	assert_in_range(columns, 33, 80);
	assert_event(
		host,
		"otp.enrolled subject=\"games\" target=\"games\" service=\"sshd\" origin=\"10.1.2.3\" "
		"reason=at-login");
	assert_event(host, "access.allowed subject=\"games\"");
	assert_int_equal(status_of(host, "games").n_tokens, 1);
	assert_int_equal(status_of(host, "games").recovery_left, 8);
	/* from now on he is asked, and a recovery code does at the same prompt */
	recovery = strstr(dialogue.told, "good once:\n  ");
	assert_non_null(recovery);
	memcpy(typed_recovery, recovery + 13, OTP_RECOVERY_SIZE - 1);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &later), PAM_SUCCESS);
	assert_non_null(strstr(later.told, "Recovery codes left: 7"));
	assert_event(host, "code.recovered subject=\"games\"");
}

static void plain_characters_for_who_asks(void **state)
{
	struct dialogue dialogue = { .password = "right",
				     .codes = { "q", typed_code },
				     .when_asked = scan };
	struct host *host = *state;
	size_t rows, columns;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	measure(dialogue.told, "##", &rows, &columns);
	assert_in_range(rows, 33, 40);
	assert_in_range(columns, 66, 80);
	/* the same secret, not another one */
	assert_int_equal(status_of(host, "games").n_tokens, 1);
}

/* A name that makes the picture too wide for every terminal: the secret can be typed. */
static void a_picture_too_large_is_left_out(void **state)
{
	struct dialogue dialogue = { .password = "right",
				     .codes = { "q", typed_code },
				     .when_asked = scan };
	struct host *host = *state;
	size_t rows, columns;

	use(host, POLICY "second-factor: {totp: {issuer: "
			 "'A firm whose name is as long as a name in a phone can be, 64 by'}}\n");
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	measure(dialogue.told, "##", &rows, &columns);
	assert_int_equal(rows, 0);
	assert_non_null(strstr(dialogue.told, "(The picture does not fit here.)"));
}

static void unconfirmed_is_not_enrolled(void **state)
{
	struct dialogue wrong = { .password = "right", .codes = { "12", "12", "12", "12" } };
	struct dialogue away = { .password = "right", .codes = { NULL } };
	struct dialogue blind = { .password = "right", .shows_nothing = true };
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &wrong), PAM_PERM_DENIED);
	assert_int_equal(wrong.asked, 3);
	drop_events(host);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &away), PAM_CONV_ERR);
	assert_event(host, "code.refused subject=\"games\" service=\"sshd\" origin=\"10.1.2.3\" "
			   "reason=no-answer");
	drop_events(host); /* of the access module, too */
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &blind), PAM_CONV_ERR);
	assert_event(host, "code.refused subject=\"games\" service=\"sshd\" origin=\"10.1.2.3\" "
			   "reason=no-answer");
	assert_int_equal(status_of(host, "games").n_tokens, 0);
	assert_false(status_of(host, "games").ticket_only);
}

/* Or the time to enrol in would be over before he has seen a token once. */
static void who_is_shown_nothing_loses_no_time(void **state)
{
	struct dialogue blind = { .password = "right", .shows_nothing = true };
	struct dialogue away = { .password = "right", .codes = { NULL } };
	const struct codes_account games = account_of("games");
	struct codes_status status;
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &blind), PAM_CONV_ERR);
	assert_int_equal(codes_status(host->root, &games, &status), -ENOENT);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &away), PAM_CONV_ERR);
	assert_non_null(strstr(away.told, "Scan"));
	assert_int_not_equal(status_of(host, "games").needed, 0);
}

/* The authentication phase alone gives nothing away and enrols nobody: its stack may have been
 * passed with a wrong password. */
static void authentication_alone_shows_nothing(void **state)
{
	struct dialogue dialogue = { .password = "wrong", .codes = { "123456" } };
	const struct codes_account games = account_of("games");
	struct codes_status status;
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_SUCCESS);
	assert_string_equal(dialogue.told, "");
	assert_int_equal(dialogue.asked, 0);
	assert_int_equal(codes_status(host->root, &games, &status), -ENOENT);
}

static void without_a_password_nobody_enrols(void **state)
{
	struct dialogue alone = { .codes = { "123456" } }, by_key = alone;
	struct host *host = *state;

	host_policy(host, POLICY);
	stack_code_alone(host, "sshd");
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &alone), PAM_AUTH_ERR);
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &by_key), PAM_PERM_DENIED);
	assert_string_equal(alone.told, "");
	assert_null(strstr(by_key.told, "Scan"));
}

static void too_late_is_too_late(void **state)
{
	struct dialogue dialogue = { .password = "right", .codes = { "123456" } };
	const struct codes_account games = account_of("games");
	struct codes_needed needed;
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(codes_need(host->root, &games, 7 * 86400, time(NULL) - 8 * 86400, &needed),
			 0);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_AUTH_ERR);
	assert_int_equal(dialogue.asked, 1);
	assert_string_equal(dialogue.told, "");
}

static void a_ticket_at_the_same_prompt(void **state)
{
	char ticket[OTP_RECOVERY_SIZE];
	struct dialogue none = { .password = "right", .codes = { "123456" } };
	struct dialogue wrong = { .password = "right", .codes = { "0x5k-m9q2-7rtz" } };
	struct dialogue right = { .password = "right",
				  .codes = { ticket, typed_code },
				  .when_asked = scan };
	struct dialogue again = { .password = "right", .codes = { ticket } };
	const struct codes_account games = account_of("games");
	struct host *host = *state;

	use(host, BY_TICKET);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &none), PAM_AUTH_ERR);
	assert_int_equal(codes_ticket_issue(host->root, &games, time(NULL), 3600, ticket), 0);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &wrong), PAM_AUTH_ERR);
	drop_events(host);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &right), PAM_SUCCESS);
	assert_int_equal(right.asked, 2);
	assert_event(
		host,
		"otp.enrolled subject=\"games\" target=\"games\" service=\"sshd\" origin=\"10.1.2.3\" "
		"reason=ticket");
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &again), PAM_AUTH_ERR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_CODES(the_first_login_shows_a_token),
		AT_CODES(plain_characters_for_who_asks),
		AT_CODES(a_picture_too_large_is_left_out),
		AT_CODES(unconfirmed_is_not_enrolled),
		AT_CODES(who_is_shown_nothing_loses_no_time),
		AT_CODES(authentication_alone_shows_nothing),
		AT_CODES(without_a_password_nobody_enrols),
		AT_CODES(too_late_is_too_late),
		AT_CODES(a_ticket_at_the_same_prompt),
	};

	return cmocka_run_group_tests_name("enrolment at login", tests, NULL, NULL);
}
