/* SPDX-License-Identifier: MIT */
/* otp_dialogue.c - what programs make of the question for a code, and what is never said. */
#include "otp_talk.h"

#define LONG_ANSWER 100000

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

static char long_answer[LONG_ANSWER + 1];

static void use(struct host *host)
{
	host_policy(host, POLICY "root: {direct-login: []}\n");
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
}

static const struct row {
	const char *name;
	struct dialogue dialogue;
	int code;
	const char *event;
} rows[] = {
	{ "answered, but with nothing at all",
	  { .mute = true },
	  PAM_CONV_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=no-answer" },
	{ "the program breaks off",
	  { .answer = PAM_ABORT },
	  PAM_CONV_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=no-answer" },
	{ "the program will ask again",
	  { .answer = PAM_CONV_AGAIN },
	  PAM_INCOMPLETE,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=no-answer" },
	{ "the program has no memory left",
	  { .answer = PAM_BUF_ERR },
	  PAM_BUF_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=no-answer" },
	{ "a hundred thousand digits",
	  { .codes = { long_answer } },
	  PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=malformed" },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	struct dialogue dialogue = row->dialogue;
	struct host *host;

	memset(long_answer, '1', LONG_ANSWER);
	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), row->code);
	assert_int_equal(dialogue.asked, 1);
	assert_event(host, row->event);
	assert_event(host, "");
	assert_int_equal(host_tear_down(state), 0);
}

static void spaces_are_for_the_eye(void **state)
{
	const struct shown now = show(0);
	char typed[16];
	struct dialogue dialogue = { .codes = { typed } };
	struct host *host = *state;

	(void)snprintf(typed, sizeof(typed), " %.3s %s ", now.code, now.code + 3);
	use(host);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_SUCCESS);
}

/* sshd replaces the password of a root who may not log in; a stranger must not exhaust his. */
static void the_filler_for_root_is_not_charged(void **state)
{
	const struct entry entry = { "sshd", "root", "10.1.2.3", "ssh", NULL };
	struct host *host = *state;
	char path[128];

	use(host);
	for (unsigned i = 0; i < 4; i++) {
		struct dialogue dialogue = { .codes = { "\b\n\r\177INCORRECT\b\n\r\177INC" } };

		assert_int_equal(log_in(host, &entry, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
		assert_int_equal(dialogue.asked, 1);
	}
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/attempts", host->root);
	assert_int_equal(access(path, F_OK), -1);
}

/* A client that answers every hidden prompt with the password, where no guard stands in front. */
static void the_password_again_is_not_charged(void **state)
{
	const struct shown now = show(0);
	struct dialogue right = { .password = "secret", .codes = { now.code } };
	struct host *host = *state;

	host_policy(host, POLICY);
	host_line(host, "sshd", "auth optional pam_unix.so"); /* asks, and is not believed */
	host_module(host, "sshd", "auth", "pam_sereno_otp");
	give_phone(host, HELD);
	for (unsigned i = 0; i < 5; i++) {
		struct dialogue again = { .password = "12345678", .codes = { "12345678" } };

		assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &again), PAM_AUTH_ERR);
		assert_event(host, "code.refused subject=\"daemon\" service=\"sshd\" "
				   "origin=\"10.1.2.3\" reason=password-again");
	}
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &right), PAM_SUCCESS);
}

static void give_recovery(const struct host *host, char code[2][OTP_RECOVERY_SIZE])
{
	const struct codes_account account = account_of(HELD);

	assert_int_equal(codes_recovery_issue(host->root, &account, time(NULL), 2, code), 0);
}

static void silence_is_kept(void **state)
{
	char code[2][OTP_RECOVERY_SIZE];
	struct dialogue loud = { .codes = { code[0] } };
	struct dialogue silent = { .codes = { code[1] }, .flags = (int)PAM_SILENT };
	struct dialogue away = { .codes = { NULL } };
	struct dialogue away_silent = { .codes = { NULL }, .flags = (int)PAM_SILENT };
	struct host *host = *state;

	use(host);
	give_recovery(host, code);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &loud), PAM_SUCCESS);
	assert_string_equal(loud.told, "Recovery codes left: 1\n");
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &silent), PAM_SUCCESS);
	assert_string_equal(silent.told, "");
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &away), PAM_CONV_ERR);
	assert_begins(away.told, "A one-time code is needed, and none was given.\n");
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &away_silent), PAM_CONV_ERR);
	assert_string_equal(away_silent.told, "");
}

/* Standard output and error are the program's: some send them to whoever logs in. */
static void nothing_is_printed(void **state)
{
	static const char *const typed[] = { NULL, "", "words", "123456", "0x5k-m9q2-7rtz" };
	const struct shown now = show(0);
	struct dialogue right = { .codes = { now.code } };
	struct host *host = *state;
	FILE *file = tmpfile();
	const int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	struct stat st;
	int code;

	assert_non_null(file);
	use(host);
	assert_true(out >= 0 && err >= 0 && fflush(NULL) == 0);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	code = log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &right);
	for (size_t i = 0; i < ARRAY_SIZE(typed); i++) {
		struct dialogue dialogue = { .codes = { typed[i] } };

		(void)log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue);
	}
	assert_true(fflush(NULL) == 0 && fstat(fileno(file), &st) == 0);
	assert_true(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	assert_true(close(out) == 0 && close(err) == 0 && fclose(file) == 0);
	assert_int_equal(code, PAM_SUCCESS);
	assert_int_equal(st.st_size, 0);
}

static void an_unknown_option_refuses(void **state)
{
	const char *build = getenv("O") ? getenv("O") : "build";
	struct dialogue dialogue = { .codes = { "123456" } };
	struct host *host = *state;
	char line[512];

	host_policy(host, POLICY);
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(line, sizeof(line), "%s required %s/pam_sereno_otp.so nullok",
			       i ? "account" : "auth", build);
		host_line(host, "sshd", line);
	}
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_SERVICE_ERR);
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &dialogue), PAM_SERVICE_ERR);
	assert_int_equal(dialogue.asked, 0);
}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(spaces_are_for_the_eye),
		AT_CODES(the_filler_for_root_is_not_charged),
		AT_CODES(the_password_again_is_not_charged),
		AT_CODES(silence_is_kept),
		AT_CODES(nothing_is_printed),
		AT_CODES(an_unknown_option_refuses),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name,
						  .test_func = check_row,
						  .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests_name("what programs make of a code", tests, NULL, NULL);
}
