/* SPDX-License-Identifier: MIT */
/* otp_faults.c - every call below a login with a code fails, and nobody is let in for it. */
#include "otp_talk.h"

#include "calls.h"

#define A_WHILE 7200 /* seconds: waits are over, codes are new */

/* What is typed, and where. */
struct scene {
	const char *name;
	const char *user;
	enum phases phases;
	enum typed { RIGHT, WRONG, USED, RECOVERY, NOT_HIS_RECOVERY, HIS_PASSWORD } typed;
	bool behind_password;
};

/* clang-format off */
static const struct scene scenes[] = {
	{ "a wrong code", HELD, AUTH_AND_ACCOUNT, WRONG, false },
	{ "a wrong code behind a key", HELD, ONLY_ACCOUNT, WRONG, false },
	{ "no confirmation of a token", "games", AUTH_AND_ACCOUNT, WRONG, true },
	{ "a right code", HELD, AUTH_AND_ACCOUNT, RIGHT, false },
	{ "a right code behind a password", HELD, AUTH_AND_ACCOUNT, RIGHT, true },
	/* from here on with ENDURE in the environment only */
	{ "a used code", HELD, AUTH_AND_ACCOUNT, USED, false },
	{ "somebody else's recovery code", HELD, AUTH_AND_ACCOUNT, NOT_HIS_RECOVERY, false },
	{ "a code of who has no token", "games", AUTH_AND_ACCOUNT, WRONG, false },
	{ "a code of nobody", "no-such-account", AUTH_AND_ACCOUNT, WRONG, false },
	{ "a wrong code behind a password", HELD, AUTH_AND_ACCOUNT, WRONG, true },
	{ "the password again", HELD, AUTH_AND_ACCOUNT, HIS_PASSWORD, true },
	{ "a right code behind a key", HELD, ONLY_ACCOUNT, RIGHT, false },
	{ "a recovery code", HELD, AUTH_AND_ACCOUNT, RECOVERY, false },
};
/* clang-format on */
#define QUICK 5

static const struct scene *scene;
static struct shown typed;

/* Of the login that is tried. */
static struct {
	bool set;
	enum call call;
	unsigned nth;
	enum manner manner;
} fault;

static char recovery[1][OTP_RECOVERY_SIZE];

static bool may_enter(void)
{
	return scene->typed == RIGHT || scene->typed == RECOVERY;
}

/* What libpam hears of the auth phase by itself: "not needed" would let in. */
static void stack(const struct host *host)
{
	if (scene->behind_password) {
		stack_behind_password(host, "sshd");
		return;
	}
	host_module(host, "sshd", "auth", "pam_sereno_otp");
	host_line(host, "sshd", "auth required pam_permit.so");
	host_module(host, "sshd", "account", "pam_sereno_otp");
	host_module(host, "sshd", "account", "pam_sereno_access");
}

/* One login; *@ret_authenticated what the auth phase said. */
static int one_login(struct host *host, struct dialogue *dialogue, int *ret_authenticated)
{
	const struct entry entry = { "sshd", scene->user, "10.1.2.3", "ssh", NULL };
	pam_handle_t *pamh = begin(host, &entry, dialogue);
	int code = PAM_SUCCESS;

	if (take(fault.set, false))
		calls_arm(fault.call, fault.nth, fault.manner,
			  fault.call >= CALL_malloc ? ENOMEM : EIO);
	if (scene->phases != ONLY_ACCOUNT)
		code = pam_authenticate(pamh, 0);
	*ret_authenticated = code;
	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	calls_disarm();
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static const char *type(struct host *host)
{
	const struct codes_account account = account_of(HELD);
	struct dialogue dialogue = { .codes = { typed.code } };
	int authenticated;

	switch (scene->typed) {
	case USED:
		typed = show(0);
		dialogue.codes[0] = typed.code;
		dialogue.password = "right";
		assert_int_equal(one_login(host, &dialogue, &authenticated), PAM_SUCCESS);
		return typed.code;
	case RIGHT:
		typed = show(0);
		return typed.code;
	case WRONG:
		typed = show_wrong();
		return typed.code;
	case RECOVERY:
		assert_int_equal(
			codes_recovery_issue(host->root, &account, time(NULL), 1, recovery), 0);
		return recovery[0];
	case NOT_HIS_RECOVERY:
		return "0x5k-m9q2-7rtz";
	case HIS_PASSWORD:
		return "right";
	}
	return NULL;
}

/* The nth call fails. Returns whether it was there to fail. */
static bool fail_one(struct host *host, enum call call, unsigned nth, enum manner manner)
{
	const char *answer = type(host);
	struct dialogue dialogue = { .password = "right", .codes = { answer } }, again = dialogue;
	bool struck;
	int authenticated, code;

	fault.set = true;
	fault.call = call;
	fault.nth = nth;
	fault.manner = manner;
	code = one_login(host, &dialogue, &authenticated);
	struck = calls.struck;
	if (!may_enter() && scene->phases != ONLY_ACCOUNT && !scene->behind_password)
		assert_int_not_equal(authenticated, PAM_SUCCESS);
	if (!may_enter() || !struck)
		assert_int_equal(code == PAM_SUCCESS, may_enter());
	/* Whatever was told the first time: there are no two. */
	if (may_enter() && one_login(host, &again, &authenticated) == PAM_SUCCESS)
		assert_int_not_equal(code, PAM_SUCCESS);
	drop_events(host);
	calls.moved_sec += A_WHILE;
	return struck;
}

/* The owner is not locked out by what went wrong. */
static void owner_gets_in(struct host *host)
{
	const struct entry entry = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
	const struct shown now = show(0);
	struct dialogue dialogue = { .password = "right", .codes = { now.code } };

	assert_int_equal(log_in(host, &entry, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	calls.moved_sec += A_WHILE;
}

static void run(struct host *host, enum call call, enum manner manner)
{
	unsigned nth = 1;

	while (fail_one(host, call, nth, manner))
		assert_true(++nth < 2000);
	if (nth > 1)
		owner_gets_in(host);
}

static void every_call_fails(void **state)
{
	struct host *host;
	const enum call last = CALLS_OWN_MALLOC ? CALLS_ALL : CALL_malloc;

	scene = *state;
	calls.raised = 5000;
	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	host_policy(host, POLICY);
	stack(host);
	give_phone(host, HELD);
	for (enum call call = 0; call < last; call++) {
		run(host, call, FAIL_ONCE);
		if (getenv("ENDURE"))
			run(host, call, FAIL_FROM_THEN_ON);
	}
	assert_int_equal(host_tear_down(state), 0);
}

int main(void)
{
	const size_t n = getenv("ENDURE") ? ARRAY_SIZE(scenes) : QUICK;
	struct CMUnitTest tests[ARRAY_SIZE(scenes)] = { 0 };

	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = scenes[i].name,
						.test_func = every_call_fails,
						.initial_state = (void *)(uintptr_t)&scenes[i] };
	if (!calls_keep("pam_sereno_otp") || !calls_keep("pam_sereno_guard") ||
	    !calls_keep("pam_sereno_access"))
		return 1;
	return _cmocka_run_group_tests("codes, calls that fail", tests, n, NULL, NULL);
}
