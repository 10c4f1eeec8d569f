/* SPDX-License-Identifier: MIT */
/* departed.c - an account whose owner has left, by the register: no password is checked, nothing is
 * allowed, and it is an alert. */
#include "guarded.h"

#include <sereno/grants.h>

static const struct entry office = { "sshd", HELD, "10.1.2.3", "ssh", NULL };
static const struct entry rescue_at_seat = { "login", RESCUE, NULL, "tty1", NULL };

#define ALERT \
	"account.departed subject=\"daemon\" service=\"sshd\" origin=\"10.1.2.3\" verdict=deny reason=departed"

/* Publish that @user leaves at @since. */
static void leave(const struct host *host, const char *user, int64_t since)
{
	struct departure departure = { .id = 1, .uid = GRANTS_NO_UID, .since = since };
	const struct grants_image image = {
		.facts = { .serial = 7, .published = 1000, .n_departures = 1 },
		.departures = &departure,
	};

	(void)snprintf(departure.user, sizeof(departure.user), "%s", user);
	assert_int_equal(grants_publish(host->root, &image), 0);
}

static int account_of(struct host *host, const struct entry *entry)
{
	pam_handle_t *pamh;
	int code;

	host_module(host, entry->service, "account", "pam_sereno_access");
	host_line(host, entry->service, "account required pam_permit.so");
	pamh = host_start(host, entry);
	code = pam_acct_mgmt(pamh, 0);
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static void no_password_is_checked(void **state)
{
	struct host *host = *state;
	struct talk talk;

	host_policy(host, POLICY_DELAYS);
	leave(host, HELD, time(NULL) - 60);
	assert_int_equal(log_in(host, &office, "right", BEHIND_PERMITS, &talk), PAM_AUTH_ERR);
	assert_int_equal(talk.asked, 1);
	assert_int_equal(talk.checked, 0);
	assert_event(host, ALERT);
	assert_event(host, "");
}

static void nor_where_attempts_are_not_counted(void **state)
{
	struct host *host = *state;

	host_policy(host, POLICY_HEAD);
	leave(host, HELD, time(NULL) - 60);
	assert_int_equal(wrong_checked(host, &office, 1), 0);
	assert_event(host, ALERT);
}

static void until_then_it_is(void **state)
{
	struct host *host = *state;

	host_policy(host, POLICY_DELAYS);
	leave(host, HELD, time(NULL) + 3600);
	assert_int_equal(wrong_checked(host, &office, 1), 1);
	assert_event(host, "");
}

static void a_key_lets_nobody_in(void **state)
{
	struct host *host = *state;

	host_policy(host, POLICY_DELAYS);
	leave(host, HELD, time(NULL) - 60);
	assert_int_equal(account_of(host, &office), PAM_PERM_DENIED);
	assert_event(host, ALERT);
}

/* What a policy leaves for the time without one. */
static void policy_with_rescue(struct host *host)
{
	const struct fallback fallback = { .min_uid = 1,
					   .n_break_glass = 1,
					   .break_glass = { RESCUE } };

	host_policy(host, POLICY_DELAYS);
	assert_int_equal(fallback_write(host->root, &fallback), 0);
}

static void nor_break_glass_without_a_policy(void **state)
{
	struct host *host = *state;

	policy_with_rescue(host);
	assert_int_equal(unlink(host->in_force), 0);
	assert_int_equal(account_of(host, &rescue_at_seat), PAM_SUCCESS);
	leave(host, RESCUE, time(NULL) - 60);
	assert_int_equal(account_of(host, &rescue_at_seat), PAM_PERM_DENIED);
}

/* Each of the two files knows it. */
static void nor_when_one_file_is_lost(void **state)
{
	static const char *const names[] = { "grants.1.cdb", "leavers.1.cdb" };
	struct host *host = *state;
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		policy_with_rescue(host);
		leave(host, RESCUE, 900); /* published since, so that both files have it */
		(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/%s", host->root, names[i]);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(account_of(host, &rescue_at_seat), PAM_PERM_DENIED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_HOST(no_password_is_checked),
		ON_HOST(nor_where_attempts_are_not_counted),
		ON_HOST(until_then_it_is),
		ON_HOST(a_key_lets_nobody_in),
		ON_HOST(nor_break_glass_without_a_policy),
		ON_HOST(nor_when_one_file_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
