/* SPDX-License-Identifier: MIT */
/* otp_thief.c - who has some of what a login needs gets no more by it: a password, a terminal. */
#include "otp_talk.h"

#include <sereno/remembered.h>

#define SU_ASKS \
	HEAD "      - {services: [su], from: [anywhere], second-factor: required}\n" ATTEMPTS

#define SU_BY_TICKET SU_ASKS "second-factor: {enrol: ticket}\n"

/* As su does: a program that runs as root and names who called it. */
static const struct entry su_to_root = { "su", "root", NULL, "pts/1", "games" };
static const struct entry su_to_oneself = { "su", "games", NULL, "pts/1", "games" };

static const struct entry by_ssh = { "sshd", "games", "10.1.2.3", "ssh", NULL };
static const struct entry by_ftp = { "ftp", "games", "10.1.2.3", NULL, NULL };

static void use(struct host *host, const char *policy)
{
	host_policy(host, policy);
	stack_behind_password(host, "su");
	stack_behind_password(host, "sshd");
	stack_behind_password(host, "ftp");
}

/* At a terminal that was left open su takes the password of another account: his who sits there
 * now. It says nothing of whose terminal it is. */
static void another_ones_password_enrols_nobody(void **state)
{
	struct dialogue thief = { .password = "the thief's own", .codes = { "123456" } };
	struct dialogue owner = { .password = "right", .codes = { "12", "12", "12", "12" } };
	struct host *host = *state;

	if (getuid() != 0)
		skip();
	use(host, SU_ASKS);
	assert_int_equal(log_in(host, &su_to_root, AUTH_AND_ACCOUNT, &thief), PAM_AUTH_ERR);
	assert_string_equal(thief.told, "");
	assert_int_equal(log_in(host, &su_to_oneself, AUTH_AND_ACCOUNT, &owner), PAM_PERM_DENIED);
	assert_non_null(strstr(owner.told, "Scan"));
}

static void another_ones_password_redeems_no_ticket(void **state)
{
	char ticket[OTP_RECOVERY_SIZE];
	struct dialogue thief = { .password = "the thief's own", .codes = { ticket, "123456" } };
	const struct codes_account games = account_of("games");
	struct host *host = *state;

	if (getuid() != 0)
		skip();
	use(host, SU_BY_TICKET);
	assert_int_equal(codes_ticket_issue(host->root, &games, time(NULL), 3600, ticket), 0);
	assert_int_equal(log_in(host, &su_to_root, AUTH_AND_ACCOUNT, &thief), PAM_AUTH_ERR);
	assert_string_equal(thief.told, "");
}

/* Who knows the password logs in where no code is asked for, again and again: that gives him no
 * more codes to guess where one is. */
static void a_right_password_takes_no_wrong_code_back(void **state)
{
	const struct shown wrong = show_wrong(), right = show(0);
	struct dialogue guess, password, last = { .password = "right", .codes = { right.code } };
	struct host *host = *state;

	use(host, POLICY);
	give_phone(host, "games");
	for (unsigned i = 0; i < 3; i++) {
		guess = (struct dialogue){ .password = "right", .codes = { wrong.code } };
		assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &guess), PAM_AUTH_ERR);
		password = (struct dialogue){ .password = "right" };
		if (i < 2)
			assert_int_equal(log_in(host, &by_ftp, AUTH_AND_ACCOUNT, &password),
					 PAM_SUCCESS);
	}
	drop_events(host);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &last), PAM_AUTH_ERR);
	assert_event(host, "attempts.refused subject=\"games\"");
}

/* A phone that was stolen, and with which somebody logged in: its token is taken away. */
/* Who has the phone alone shows a right code where it comes first, and fails at what stands behind:
 * that gives him no more passwords to guess. */
static void a_right_code_takes_no_wrong_password_back(void **state)
{
	struct dialogue thief, guess;
	struct host *host = *state;

	host_policy(host, POLICY);
	host_module(host, "sshd", "auth", "pam_sereno_otp");
	host_line(host, "sshd", "auth required pam_deny.so");
	host_module(host, "ftp", "auth", "pam_sereno_guard");
	host_line(host, "ftp", "auth required pam_deny.so");
	give_phone(host, "games");
	guess = (struct dialogue){ .password = "guess" };
	assert_int_equal(log_in(host, &by_ftp, ONLY_AUTH, &guess), PAM_AUTH_ERR);
	for (int step = 0; step < 2; step++) {
		const struct shown right = show(step);

		thief = (struct dialogue){ .codes = { right.code } };
		assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &thief), PAM_AUTH_ERR);
	}
	drop_events(host);
	guess = (struct dialogue){ .password = "guess" };
	assert_int_equal(log_in(host, &by_ftp, ONLY_AUTH, &guess), PAM_AUTH_ERR);
	assert_event(host, "attempts.refused subject=\"games\"");
}

static void a_token_taken_away_counts_nowhere_again(void **state)
{
	static const struct entry at_the_seat = { "login", "games", NULL, "/dev/tty1", NULL };
	const struct shown code = show(0);
	struct dialogue with_phone = { .password = "right", .codes = { code.code } };
	struct dialogue again = { .password = "right", .codes = { NULL } }, later = again;
	struct host *host = *state;

	use(host, POLICY "second-factor: {remember: 8h}\n");
	stack_behind_password(host, "login");
	give_phone(host, "games");
	assert_int_equal(log_in(host, &at_the_seat, AUTH_AND_ACCOUNT, &with_phone), PAM_SUCCESS);
	assert_int_equal(log_in(host, &at_the_seat, AUTH_AND_ACCOUNT, &again), PAM_SUCCESS);
	assert_int_equal(again.asked, 0);
	/* the seat, and the processes that may open the login: this one and its parent */
	assert_int_equal(remembered_forget(host->root, account_of("games").uid), 3);
	assert_int_equal(log_in(host, &at_the_seat, AUTH_AND_ACCOUNT, &later), PAM_CONV_ERR);
}

/* The accounts whose numbers begin alike are others. */
static void only_his_places_are_forgotten(void **state)
{
	const struct remembered_place seat = { REMEMBERED_SEAT, 0, 0 };
	struct host *host = *state;
	struct attempt_clock now;

	assert_int_equal(attempt_clock_now(&now), 0);
	assert_int_equal(remembered_forget(host->root, 100), 0); /* nothing is there yet */
	assert_int_equal(remembered_write(host->root, 100, &seat, &now), 0);
	assert_int_equal(remembered_write(host->root, 1000, &seat, &now), 0);
	assert_int_equal(remembered_forget(host->root, 100), 1);
	assert_int_equal(remembered_find(host->root, 100, &seat, 60, &now), -ENOENT);
	assert_int_equal(remembered_find(host->root, 1000, &seat, 60, &now), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_CODES(another_ones_password_enrols_nobody),
		AT_CODES(another_ones_password_redeems_no_ticket),
		AT_CODES(a_right_password_takes_no_wrong_code_back),
		AT_CODES(a_right_code_takes_no_wrong_password_back),
		AT_CODES(a_token_taken_away_counts_nowhere_again),
		AT_CODES(only_his_places_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
