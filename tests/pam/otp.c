/* SPDX-License-Identifier: MIT */
/* otp.c - pam_sereno_otp.so as libpam loads it: who is asked, what is accepted, what is said. */
#include "otp_talk.h"

#include <dirent.h>

#include <sereno/attempts.h>

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
static const struct entry at_login = { "login", HELD, NULL, "tty1", NULL };
static const struct entry by_ftp = { "ftp", HELD, "10.1.2.3", "ftp", NULL };

static void use(struct host *host, const char *policy)
{
	host_policy(host, policy);
	for (size_t i = 0; i < 2; i++)
		stack_code_alone(host, i ? "ftp" : "sshd");
	give_phone(host, HELD);
}

/* Codes typed where the code comes alone. */
static const struct row {
	const char *name;
	const char *typed; /* "now", "wrong" or as it is */
	int code;
	const char *event;
} rows[] = {
	{ "a right code", "now", PAM_SUCCESS,
	  "code.accepted subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" detail=\"token "
	  "phone, offset " },
	{ "a wrong code", "wrong", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=wrong" },
	{ "nothing", "", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=empty" },
	{ "words", "open sesame", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=malformed" },
	{ "a sign", "+12345", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=malformed" },
	{ "hexadecimal", "0x1234", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=malformed" },
	{ "digits that are not ASCII", "\331\240\331\241\331\242\331\243\331\244\331\245",
	  PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=malformed" },
	{ "what sshd puts in place of a password", "\b\n\r\177INCORRECT\b\n\r\177INC", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=malformed" },
	{ "a recovery code he has not got", "0x5k-m9q2-7rtz", PAM_AUTH_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=wrong" },
	{ "nobody answers", NULL, PAM_CONV_ERR,
	  "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" reason=no-answer" },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	const struct shown now = show(0), wrong = show_wrong();
	struct dialogue dialogue = { .codes = { row->typed } };
	struct host *host;

	if (row->typed && strcmp(row->typed, "now") == 0)
		dialogue.codes[0] = now.code;
	if (row->typed && strcmp(row->typed, "wrong") == 0)
		dialogue.codes[0] = wrong.code;
	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), row->code);
	assert_int_equal(dialogue.asked, 1);
	assert_string_equal(dialogue.told, "");
	assert_event(host, row->event);
	assert_event(host, "");
	assert_int_equal(host_tear_down(state), 0);
}

static void the_account_phase_knows(void **state)
{
	const struct shown now = show(0);
	struct dialogue dialogue = { .codes = { now.code } };
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_int_equal(dialogue.asked, 1);
}

static void a_code_is_good_once(void **state)
{
	const struct shown now = show(0);
	struct dialogue dialogue = { .codes = { now.code } }, again = dialogue;
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_SUCCESS);
	drop_events(host);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &again), PAM_AUTH_ERR);
	assert_event(host, "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" "
			   "reason=replayed");
}

static void a_key_alone_is_asked_in_the_account_phase(void **state)
{
	const struct shown now = show(0);
	struct dialogue dialogue = { .codes = { now.code } }, mute = { .codes = { NULL } };
	struct dialogue wrong = { .codes = { "000000" } };
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &mute), PAM_CONV_ERR);
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &wrong), PAM_PERM_DENIED);
	assert_int_equal(log_in(host, &by_ssh, ONLY_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_int_equal(mute.asked + wrong.asked + dialogue.asked, 3);
}

static void not_needed_not_asked(void **state)
{
	struct dialogue dialogue = { .codes = { "000000" } };
	struct host *host = *state;
	pam_handle_t *pamh;

	use(host, POLICY);
	host_line(host, "ftp", "auth required pam_permit.so");
	assert_int_equal(log_in(host, &by_ftp, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_int_equal(dialogue.asked, 0);
	/* by itself it lets nobody in */
	host_module(host, "other-service", "auth", "pam_sereno_otp");
	pamh = begin(host, &(struct entry){ "other-service", FREE, NULL, NULL, NULL }, &dialogue);
	assert_int_not_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(dialogue.asked, 0);
	assert_int_equal(pam_end(pamh, PAM_AUTH_ERR), PAM_SUCCESS);
}

/* A code that is due on trial is noted, and nobody is asked for it. */
static void on_trial_not_asked(void **state)
{
	struct dialogue dialogue = { .codes = { "000000" } };
	struct host *host = *state;

	use(host, POLICY "observe: [second-factor]\n");
	host_line(host, "sshd", "auth required pam_permit.so");
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_int_equal(dialogue.asked, 0);
	assert_string_equal(dialogue.told, "");
	assert_event(host, "access.on-trial subject=\"daemon\" service=\"sshd\" "
			   "origin=\"10.1.2.3\" verdict=allow reason=second-factor "
			   "rule=\"employee.1\" line=10");
	assert_event(host, "");
}

/* Where the code comes alone, all are asked alike: nobody learns who has a code, or exists. */
static const struct stranger {
	const char *name, *user, *event;
} strangers[] = {
	{ "no such account", "no-such-account", "" },
	{ "without a role", ROLELESS, "access.denied subject=\"" ROLELESS "\"" },
	{ "not enrolled", "games", "code.refused subject=\"games\"" },
};

static void check_stranger(void **state)
{
	const struct stranger *stranger = *state;
	const struct entry entry = { "sshd", stranger->user, "10.1.2.3", "ssh", NULL };
	struct dialogue dialogue = { .codes = { "123456" } };
	struct host *host;

	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host, POLICY);
	assert_int_equal(log_in(host, &entry, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
	assert_int_equal(dialogue.asked, 1);
	assert_string_equal(dialogue.told, "");
	assert_event(host, stranger->event);
	assert_int_equal(host_tear_down(state), 0);
}

static void so_many_and_no_more(void **state)
{
	const struct shown wrong = show_wrong(), now = show(0);
	struct host *host = *state;

	use(host, POLICY);
	for (unsigned i = 0; i < 3; i++) {
		struct dialogue dialogue = { .codes = { wrong.code } };

		assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
		assert_event(host, "code.refused subject=\"daemon\" service=\"sshd\" "
				   "origin=\"10.1.2.3\" reason=wrong");
	}
	for (unsigned i = 0; i < 2; i++) {
		struct dialogue dialogue = { .codes = { now.code } };

		assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
		assert_event(host, "attempts.refused subject=\"daemon\" service=\"sshd\" "
				   "origin=\"10.1.2.3\" reason=too-many");
	}
}

static void without_limits_codes_have_strict_ones(void **state)
{
	const struct shown wrong = show_wrong();
	struct host *host = *state;
	unsigned checked = 0;

	use(host, HEAD "      - {services: [sshd], from: [anywhere], second-factor: required}\n");
	for (unsigned i = 0; i < 8; i++) {
		struct dialogue dialogue = { .codes = { wrong.code } };
		char event[8192];

		assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
		host_event(host, event);
		checked += strstr(event, "reason=wrong") != NULL;
	}
	assert_int_equal(checked, 5);
}

/* What cannot be a code is not looked up, and costs nothing. */
static void no_code_no_charge(void **state)
{
	static const char *const typed[] = { "", "nonsense", "12345", "\b\n\r\177INCORRECT" };
	const struct shown now = show(0);
	struct dialogue right = { .codes = { now.code } };
	struct host *host = *state;

	use(host, POLICY);
	for (unsigned i = 0; i < 4; i++) {
		struct dialogue dialogue = { .codes = { typed[i] } };

		assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
	}
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &right), PAM_SUCCESS);
}

static struct attempt_status status_of(const struct host *host)
{
	const struct attempt_limits limits = ATTEMPT_LIMITS_STRICT;
	const struct attempt_subject subject = { .user = HELD,
						 .uid = getpwnam(HELD)->pw_uid,
						 .known = true };
	struct attempt_status status[16] = { { .failed = 0 } };
	struct attempt_clock now;

	assert_int_equal(attempt_clock_now(&now), 0);
	assert_true(attempt_status(host->root, &limits, &subject, &now, status, 16) >= 0);
	return status[0];
}

/* The guard has charged for the password: a wrong code behind it is no second failure. */
static void behind_a_password_one_charge(void **state)
{
	const struct shown wrong = show_wrong(), now = show(0);
	struct dialogue bad = { .password = "right", .codes = { wrong.code } };
	struct dialogue good = { .password = "right", .codes = { now.code } };
	struct host *host = *state;

	host_policy(host, POLICY);
	stack_behind_password(host, "sshd");
	give_phone(host, HELD);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &bad), PAM_AUTH_ERR);
	assert_int_equal(status_of(host).failed, 1);
	assert_int_equal(status_of(host).pending, 0);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &good), PAM_SUCCESS);
	assert_int_equal(status_of(host).failed, 0);
	assert_int_equal(status_of(host).pending, 0);
	assert_int_equal(good.passwords, 1);
	assert_int_equal(good.asked, 1);
}

/* A client that answers every hidden prompt with the password. */
static void the_password_again_is_no_code(void **state)
{
	struct dialogue dialogue = { .password = "87654321", .codes = { "87654321" } };
	struct host *host = *state;

	host_policy(host, POLICY);
	stack_behind_password(host, "sshd");
	give_phone(host, HELD);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_AUTH_ERR);
	assert_event(host, "code.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" "
			   "reason=password-again");
}

static void become_another(struct dialogue *dialogue)
{
	assert_int_equal(pam_set_item(dialogue->pamh, PAM_USER, "games"), PAM_SUCCESS);
}

static void who_is_asked_must_stay(void **state)
{
	const struct shown now = show(0);
	struct dialogue dialogue = { .codes = { now.code }, .when_asked = become_another };
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_AUTH_ERR);
}

/* One handle, two authentications: what was shown in the first does not count in the second. */
static void a_new_authentication_begins_anew(void **state)
{
	const struct shown now = show(0), wrong = show_wrong();
	struct dialogue dialogue = { .codes = { now.code, wrong.code, NULL } };
	struct host *host = *state;
	pam_handle_t *pamh;

	use(host, POLICY);
	pamh = begin(host, &by_ssh, &dialogue);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_CONV_ERR);
	assert_int_equal(pam_end(pamh, PAM_AUTH_ERR), PAM_SUCCESS);
}

static void damage_refuses(void **state)
{
	const struct shown now = show(0);
	struct dialogue dialogue = { .codes = { now.code } };
	struct host *host = *state;
	char command[200];

	use(host, POLICY);
	(void)snprintf(command, sizeof(command),
		       "find '%s'/var/lib/sereno -path '*codes*' -type f -exec truncate -s 5 {} +",
		       host->root);
	assert_int_equal(system(command), 0);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_AUTHINFO_UNAVAIL);
	assert_event(host, "state.unusable subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" "
			   "detail=\"the record of a second factor");
}

static unsigned descriptors(void)
{
	DIR *stream = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(stream);
	while (readdir(stream))
		n++;
	assert_int_equal(closedir(stream), 0);
	return n;
}

static void nothing_stays_open(void **state)
{
	static const char *const typed[] = { NULL, "", "123456", "0x5k-m9q2-7rtz" };
	const struct shown now = show(0);
	struct dialogue right = { .codes = { now.code } };
	struct host *host = *state;
	unsigned before;

	use(host, POLICY);
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &right), PAM_SUCCESS);
	before = descriptors();
	for (unsigned i = 0; i < 4; i++) {
		struct dialogue dialogue = { .codes = { typed[i] } };

		assert_int_not_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue),
				     PAM_SUCCESS);
	}
	assert_int_equal(descriptors(), before);
}

static void no_policy_no_entry(void **state)
{
	const struct shown now = show(0);
	const struct fallback fallback = { .min_uid = 1 };
	struct dialogue dialogue = { .codes = { now.code } };
	struct host *host = *state;

	use(host, POLICY);
	assert_int_equal(fallback_write(host->root, &fallback), 0);
	assert_int_equal(unlink(host->in_force), 0);
	assert_int_equal(log_in(host, &by_ssh, ONLY_AUTH, &dialogue), PAM_SERVICE_ERR);
	assert_int_equal(dialogue.asked, 1);
	assert_event(host, "policy.unusable ");
	assert_event(host, "access.denied subject=\"daemon\" ");
}

/* A stack that forgot the access module's line: no code is asked for at a forbidden hour, or where
 * nobody can tell whether one is due; that must not let anybody in. */
static void the_access_module_is_not_there(void **state)
{
	struct dialogue dialogue = { .codes = { "000000" } };
	const struct fallback fallback = { .min_uid = 1 };
	struct host *host = *state;

	host_policy(host, HEAD "      - {services: [login], from: [anywhere], since: 2999-01-01, "
			       "second-factor: required}\n");
	host_module(host, "login", "account", "pam_sereno_otp");
	host_line(host, "login", "account required pam_permit.so");
	assert_int_equal(log_in(host, &at_login, ONLY_ACCOUNT, &dialogue), PAM_PERM_DENIED);
	assert_event(host, "access.denied subject=\"daemon\" service=\"login\" ");
	assert_int_equal(fallback_write(host->root, &fallback), 0);
	assert_int_equal(unlink(host->in_force), 0);
	assert_int_equal(log_in(host, &at_login, ONLY_ACCOUNT, &dialogue), PAM_SERVICE_ERR);
	assert_int_equal(dialogue.asked, 0);
}

#define NAMED(table, n, test)                                             \
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)                    \
		tests[(n)++] = (struct CMUnitTest)                        \
		{                                                         \
			.name = (table)[i].name, .test_func = (test),     \
			.initial_state = (void *)(uintptr_t) & (table)[i] \
		}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(the_account_phase_knows),
		AT_CODES(a_code_is_good_once),
		AT_CODES(a_key_alone_is_asked_in_the_account_phase),
		AT_CODES(not_needed_not_asked),
		AT_CODES(on_trial_not_asked),
		AT_CODES(so_many_and_no_more),
		AT_CODES(without_limits_codes_have_strict_ones),
		AT_CODES(no_code_no_charge),
		AT_CODES(behind_a_password_one_charge),
		AT_CODES(the_password_again_is_no_code),
		AT_CODES(who_is_asked_must_stay),
		AT_CODES(a_new_authentication_begins_anew),
		AT_CODES(damage_refuses),
		AT_CODES(no_policy_no_entry),
		AT_CODES(the_access_module_is_not_there),
		AT_CODES(nothing_stays_open),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(strangers) + ARRAY_SIZE(single)];
	size_t n = 0;

	NAMED(rows, n, check_row);
	NAMED(strangers, n, check_stranger);
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests_name("one-time codes", tests, NULL, NULL);
}
