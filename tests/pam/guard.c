/* SPDX-License-Identifier: MIT */
/* guard.c - pam_sereno_guard.so as libpam loads it: what is charged, refused, settled. */
#include "guarded.h"

#include <sereno/attempts.h>

#include "guard.h"

#define POLICY_LOCKS POLICY_HEAD "attempts: {allow: 3, within: 15m, then: {lock: until-unlocked}}\n"

static const struct entry daemon_office = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
static const struct entry nobody_here = { "sshd", "no-such-account", "10.1.2.3", "ssh", NULL };

/* The guard keeps its count of each apart: three are checked, the fourth is not. */
static const struct row {
	const char *name;
	struct entry entry;
	const char *event; /* of the fourth */
} rows[] = {
	{ "a person",
	  { "sshd", HELD, "10.1.2.3", "ssh", NULL },
	  "attempts.refused subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" "
	  "reason=too-many until=" },
	{ "a person without a role",
	  { "sshd", ROLELESS, "10.1.2.3", "ssh", NULL },
	  "attempts.refused subject=\"bin\" service=\"sshd\"" },
	{ "at the seat",
	  { "login", HELD, NULL, "tty1", NULL },
	  "attempts.refused subject=\"daemon\" service=\"login\" origin=\"seat\"" },
	{ "no address",
	  { "sshd", HELD, "some-host", "ssh", NULL },
	  "attempts.refused subject=\"daemon\" service=\"sshd\" origin=\"unknown\"" },
	{ "root",
	  { "sshd", "root", "10.1.2.3", "ssh", NULL },
	  "attempts.refused subject=\"root\"" },
	{ "break-glass at the seat",
	  { "login", RESCUE, NULL, "tty1", NULL },
	  "attempts.refused subject=\"sync\"" },
	{ "no such account, and no name in the log",
	  { "sshd", "no-such-account", "10.1.2.3", "ssh", NULL },
	  "attempts.refused subject=\"?\" service=\"sshd\" origin=\"10.1.2.3\" reason=too-many" },
	{ "root's password asked of somebody by su",
	  { "su", "root", NULL, "pts/1", HELD },
	  "attempts.refused subject=\"root\" service=\"su\" origin=\"unknown\"" },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	struct host *host;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	host_policy(host, POLICY_DELAYS);
	assert_int_equal(wrong_checked(host, &row->entry, 3), 3);
	assert_event(host, "");
	assert_int_equal(wrong_checked(host, &row->entry, 1), 0);
	assert_event(host, row->event);
	assert_event(host, "");
	assert_int_equal(host_tear_down(state), 0);
}

static void a_right_password_is_not_checked_either(void **state)
{
	struct host *host = *state;
	struct talk talk;

	host_policy(host, POLICY_DELAYS);
	assert_int_equal(wrong_checked(host, &daemon_office, 4), 3);
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, &talk),
			 PAM_AUTH_ERR);
	assert_int_equal(talk.asked, 1);
	assert_int_equal(talk.checked, 0);
}

static void a_prompt_without_an_answer_costs_nothing(void **state)
{
	struct host *host = *state;
	struct talk talk;

	host_policy(host, POLICY_DELAYS);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(log_in(host, &daemon_office, NULL, BEHIND_PERMITS, &talk),
				 PAM_AUTHTOK_ERR);
		assert_int_equal(talk.checked, 0);
		/* an account without a password is for the modules behind to judge */
		assert_int_equal(log_in(host, &daemon_office, "", BEHIND_DENIES, &talk),
				 PAM_AUTH_ERR);
		assert_int_equal(talk.checked, 1);
	}
	assert_int_equal(wrong_checked(host, &daemon_office, 4), 3);
}

static void right_passwords_cost_nothing(void **state)
{
	struct host *host = *state;

	host_policy(host, POLICY_DELAYS);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL),
				 PAM_SUCCESS);
	assert_int_equal(wrong_checked(host, &daemon_office, 2), 2);
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL), PAM_SUCCESS);
	assert_int_equal(wrong_checked(host, &daemon_office, 4), 3);
}

/* A stack of which only the guard says nothing bad must not let anybody in. */
static void being_allowed_to_try_is_no_success(void **state)
{
	struct host *host = *state;
	struct talk talk = { .password = "any" };
	char line[256];
	pam_handle_t *pamh;

	host_policy(host, POLICY_DELAYS);
	(void)snprintf(line, sizeof(line), "auth requisite %s/pam_sereno_guard.so root=%s",
		       getenv("O") ? getenv("O") : "build", host->root);
	host_line(host, "sshd", line);
	pamh = start_guarded(host, &daemon_office, &talk);
	assert_int_not_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(talk.asked, 1);
	assert_int_equal(pam_end(pamh, PAM_AUTH_ERR), PAM_SUCCESS);
}

static struct attempt_status status_of(const struct host *host, const char *user)
{
	const struct attempt_limits limits = ATTEMPT_LIMITS_STRICT;
	const struct attempt_subject subject = { .user = user,
						 .uid = getpwnam(user)->pw_uid,
						 .known = true };
	struct attempt_status status[16] = { { .failed = 0 } };
	struct attempt_clock now;

	assert_int_equal(attempt_clock_now(&now), 0);
	assert_true(attempt_status(host->root, &limits, &subject, &now, status, 16) >= 0);
	return status[0];
}

enum ending { END_ACCOUNT, END_SETCRED, END_REFRESH, END_DELETE, END_PLAIN, END_SILENT };

/* A right password, and what the program does next. */
static const struct settling {
	const char *name;
	enum ending ending;
	unsigned failed, pending;
	bool known;
} settlings[] = {
	{ "the account phase", END_ACCOUNT, 0, 0, true },
	{ "credentials established", END_SETCRED, 0, 0, true },
	{ "credentials refreshed", END_REFRESH, 0, 0, true },
	{ "credentials deleted: nothing is taken back", END_DELETE, 1, 0, false },
	{ "neither", END_PLAIN, 1, 0, false },
	{ "the silent end of a copy", END_SILENT, 0, 1, false },
};

static void finish_by(pam_handle_t *pamh, enum ending ending)
{
	switch (ending) {
	case END_ACCOUNT:
		assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
		assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
		return;
	case END_SETCRED:
		assert_int_equal(pam_setcred(pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
		return;
	case END_REFRESH:
		assert_int_equal(pam_setcred(pamh, PAM_REFRESH_CRED), PAM_SUCCESS);
		return;
	case END_DELETE:
		assert_int_equal(pam_setcred(pamh, PAM_DELETE_CRED), PAM_SUCCESS);
		return;
	case END_PLAIN:
	case END_SILENT:
		return;
	}
}

static void check_settling(void **state)
{
	const struct settling *settling = *state;
	struct talk talk = { .password = "right" };
	struct attempt_status status;
	struct host *host;
	pam_handle_t *pamh;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	host_policy(host, POLICY_DELAYS);
	use_stack(host, "sshd", BEHIND_PERMITS);
	pamh = start_guarded(host, &daemon_office, &talk);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	finish_by(pamh, settling->ending);
	assert_int_equal(pam_end(pamh, settling->ending == END_SILENT ? PAM_DATA_SILENT : 0),
			 PAM_SUCCESS);
	status = status_of(host, HELD);
	assert_int_equal(status.failed, settling->failed);
	assert_int_equal(status.pending, settling->pending);
	assert_int_equal(status.known_origin, settling->known);
	assert_event(host, "");
	assert_int_equal(host_tear_down(state), 0);
}

static void each_authentication_of_a_handle_is_a_try(void **state)
{
	struct host *host = *state;
	struct talk talk = { .password = "wrong" };
	pam_handle_t *pamh;

	host_policy(host, POLICY_DELAYS);
	use_stack(host, "sshd", BEHIND_DENIES);
	pamh = start_guarded(host, &daemon_office, &talk);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(talk.asked, 5);
	assert_int_equal(talk.checked, 3);
	assert_int_equal(pam_end(pamh, PAM_AUTH_ERR), PAM_SUCCESS);
}

static void look_for_charge(struct talk *talk, pam_handle_t *pamh)
{
	const void *charge = NULL;

	talk->seen = pam_get_data(pamh, GUARD_DATA, &charge) == PAM_SUCCESS && charge;
}

static void the_charge_is_kept_in_the_handle(void **state)
{
	struct host *host = *state;
	struct talk talk = { .password = "right", .when_checked = look_for_charge };
	pam_handle_t *pamh;

	host_policy(host, POLICY_DELAYS);
	use_stack(host, "sshd", BEHIND_PERMITS);
	pamh = start_guarded(host, &daemon_office, &talk);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_true(talk.seen);
	talk.password = "";
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_int_equal(talk.checked, 2);
	assert_false(talk.seen);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

static void the_owner_gets_in_from_his_usual_place(void **state)
{
	struct host *host = *state;
	char address[32];
	struct entry stranger = { "sshd", HELD, address, "ssh", NULL };
	unsigned checked = 0;

	host_policy(host, POLICY_DELAYS);
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL), PAM_SUCCESS);
	for (unsigned i = 0; i < 20; i++) {
		(void)snprintf(address, sizeof(address), "192.0.2.%u", i + 1);
		checked += wrong_checked(host, &stranger, 4);
		drop_events(host);
	}
	assert_int_equal(checked, 9);
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL), PAM_SUCCESS);
	assert_int_equal(log_in(host, &stranger, "right", BEHIND_PERMITS, NULL), PAM_AUTH_ERR);
}

static void unlocking_counts_apart(void **state)
{
	const struct entry unlock = { "xscreensaver", HELD, NULL, ":0", NULL };
	const struct entry seat = { "login", HELD, NULL, "tty1", NULL };
	struct host *host = *state;

	host_policy(host, POLICY_DELAYS);
	assert_int_equal(wrong_checked(host, &unlock, 5), 3);
	assert_int_equal(wrong_checked(host, &seat, 5), 3);
}

/* sshd puts a filler in the place of the password where the name may not log in with one. */
static void sshd_s_filler_costs_the_account_nothing(void **state)
{
	static const char *const fillers[] = { "\b", "\b\n\r\177INCORRECT",
					       "\b\n\r\177INCORRECT\b\n\r\177INC" };
	const struct entry root = { "sshd", "root", "10.1.2.3", "ssh", NULL };
	struct host *host = *state;
	unsigned checked = 0;
	struct talk talk;

	host_policy(host, POLICY_DELAYS);
	for (unsigned i = 0; i < 9; i++) {
		assert_int_equal(log_in(host, &root, fillers[i % 3], BEHIND_DENIES, &talk),
				 PAM_AUTH_ERR);
		checked += talk.checked;
	}
	assert_int_equal(checked, 3); /* as of a name that is nobody's */
	assert_int_equal(wrong_checked(host, &root, 4), 3);
}

static void a_lock_stays_and_says_so(void **state)
{
	const struct entry root = { "login", "root", NULL, "tty1", NULL };
	const struct entry seat = { "login", HELD, NULL, "tty1", NULL };
	struct host *host = *state;
	char event[8192];

	host_policy(host, POLICY_LOCKS);
	assert_int_equal(wrong_checked(host, &seat, 4), 3);
	host_event(host, event);
	assert_begins(event, "attempts.refused subject=\"daemon\" service=\"login\" "
			     "origin=\"seat\" reason=locked");
	assert_null(strstr(event, "until="));
	assert_int_equal(wrong_checked(host, &root, 4), 3);
	assert_event(host, "attempts.refused subject=\"root\" service=\"login\" origin=\"seat\" "
			   "reason=too-many until=");
}

static void on_trial_nobody_waits(void **state)
{
	struct host *host = *state;

	host_policy(host, "observe: [attempts]\n" POLICY_DELAYS);
	assert_int_equal(wrong_checked(host, &daemon_office, 5), 5);
	assert_event(host, "attempts.on-trial subject=\"daemon\" service=\"sshd\" "
			   "origin=\"10.1.2.3\" reason=too-many until=");
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL), PAM_SUCCESS);
}

/* Not even the prompt is the guard's. */
static void what_is_not_limited_is_left_alone(void **state)
{
	const struct entry ungoverned = { "sshd", FREE, "10.1.2.3", "ssh", NULL };
	struct host *host = *state;
	struct talk talk;

	host_policy(host, POLICY_HEAD);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(log_in(host, &daemon_office, "x", BEHIND_DENIES, &talk),
				 PAM_AUTH_ERR);
		assert_int_equal(talk.asked, 0);
		assert_int_equal(talk.checked, 1);
	}
	host_policy(host, POLICY_DELAYS);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(log_in(host, &ungoverned, "x", BEHIND_DENIES, &talk),
				 PAM_AUTH_ERR);
		assert_int_equal(talk.asked, 0);
		assert_int_equal(talk.checked, 1);
	}
	assert_event(host, "");
}

static void without_a_policy_the_strict_limits_hold(void **state)
{
	const struct attempt_limits strict = ATTEMPT_LIMITS_STRICT;
	const uid_t uid = getpwnam(HELD)->pw_uid;
	struct fallback fallback = { .min_uid = uid };
	struct host *host = *state;

	assert_int_equal(fallback_write(host->root, &fallback), 0);
	assert_int_equal(wrong_checked(host, &daemon_office, strict.allow + 1), strict.allow);
	assert_int_equal(wrong_checked(host, &nobody_here, strict.allow + 1), strict.allow);
}

static void spoil(const struct host *host, const char *command)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "cd %s/var/lib/sereno/attempts && %s", host->root,
		       command);
	assert_int_equal(system(text), 0);
}

static void records_that_cannot_be_used_refuse(void **state)
{
	const struct entry root = { "login", "root", NULL, "tty1", NULL };
	const struct entry root_elsewhere = { "sshd", "root", "10.1.2.3", "ssh", NULL };
	const struct entry rescue = { "login", RESCUE, NULL, "ttyS0", NULL };
	struct host *host = *state;

	host_policy(host, POLICY_DELAYS);
	assert_int_equal(wrong_checked(host, &daemon_office, 1), 1);
	assert_int_equal(wrong_checked(host, &root, 1), 1);
	spoil(host, "chmod 0777 .");
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL), PAM_AUTH_ERR);
	assert_event(host, "state.unusable subject=\"daemon\" detail=\"the record of wrong ");
	assert_int_equal(log_in(host, &root_elsewhere, "right", BEHIND_PERMITS, NULL),
			 PAM_AUTH_ERR);
	assert_event(host, "state.unusable subject=\"root\"");
	assert_int_equal(log_in(host, &root, "right", BEHIND_PERMITS, NULL), PAM_SUCCESS);
	assert_event(host, "state.unusable subject=\"root\"");
	assert_int_equal(log_in(host, &rescue, "right", BEHIND_PERMITS, NULL), PAM_SUCCESS);
	assert_event(host, "state.unusable subject=\"sync\"");
	assert_event(host, "");
}

static void a_lost_record(void **state)
{
	const struct entry root = { "login", "root", NULL, "tty1", NULL };
	struct host *host = *state;
	unsigned checked;

	host_policy(host, POLICY_DELAYS);
	assert_int_equal(wrong_checked(host, &daemon_office, 1), 1);
	assert_int_equal(wrong_checked(host, &root, 1), 1);
	spoil(host, "for f in *; do s=$(stat -c %s $f); head -c $s /dev/urandom >$f; done");
	assert_int_equal(log_in(host, &daemon_office, "right", BEHIND_PERMITS, NULL), PAM_AUTH_ERR);
	assert_event(host, "state.unusable subject=\"daemon\"");
	/* his begins anew, and may first have to wait: he is never kept out for good */
	checked = wrong_checked(host, &root, 1);
	assert_in_range(checked, 0, 1);
	assert_event(host, "state.fallback subject=\"root\"");
}

static void an_unknown_option_refuses(void **state)
{
	struct host *host = *state;
	struct talk talk = { .password = "right" };
	char line[256];
	pam_handle_t *pamh;

	host_policy(host, POLICY_DELAYS);
	(void)snprintf(line, sizeof(line), "auth requisite %s/pam_sereno_guard.so debug",
		       getenv("O") ? getenv("O") : "build");
	host_line(host, "sshd", line);
	host_line(host, "sshd", "auth required pam_permit.so");
	pamh = start_guarded(host, &daemon_office, &talk);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SERVICE_ERR);
	assert_int_equal(talk.asked, 0);
	assert_int_equal(pam_end(pamh, PAM_SERVICE_ERR), PAM_SUCCESS);
}

static void hostile_names_and_passwords(void **state)
{
	struct host *host = *state;
	char user[8] = "daemon";
	static char password[PAM_MAX_RESP_SIZE];
	const struct entry entry = { "sshd", user, "10.1.2.3", "ssh", NULL };

	host_policy(host, POLICY_DELAYS);
	for (int byte = 1; byte < 256; byte += 3) {
		user[6] = (char)byte;
		memset(password, byte, sizeof(password) - 1);
		assert_int_equal(log_in(host, &entry, password, BEHIND_DENIES, NULL), PAM_AUTH_ERR);
		drop_events(host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_HOST(a_right_password_is_not_checked_either),
		ON_HOST(a_prompt_without_an_answer_costs_nothing),
		ON_HOST(right_passwords_cost_nothing),
		ON_HOST(being_allowed_to_try_is_no_success),
		ON_HOST(each_authentication_of_a_handle_is_a_try),
		ON_HOST(the_charge_is_kept_in_the_handle),
		ON_HOST(the_owner_gets_in_from_his_usual_place),
		ON_HOST(unlocking_counts_apart),
		ON_HOST(sshd_s_filler_costs_the_account_nothing),
		ON_HOST(a_lock_stays_and_says_so),
		ON_HOST(on_trial_nobody_waits),
		ON_HOST(what_is_not_limited_is_left_alone),
		ON_HOST(without_a_policy_the_strict_limits_hold),
		ON_HOST(records_that_cannot_be_used_refuse),
		ON_HOST(a_lost_record),
		ON_HOST(an_unknown_option_refuses),
		ON_HOST(hostile_names_and_passwords),
	};
	struct CMUnitTest each[ARRAY_SIZE(rows) + ARRAY_SIZE(settlings)];
	size_t n = 0;
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		each[n++] = (struct CMUnitTest){ .name = rows[i].name,
						 .test_func = check_row,
						 .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(settlings); i++)
		each[n++] =
			(struct CMUnitTest){ .name = settlings[i].name,
					     .test_func = check_settling,
					     .initial_state = (void *)(uintptr_t)&settlings[i] };
	failed = cmocka_run_group_tests_name("guard rows", each, NULL, NULL);
	failed += cmocka_run_group_tests_name("guard", tests, NULL, NULL);
	return failed;
}
