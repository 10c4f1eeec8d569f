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

static void nor_break_glass_without_a_policy(void **state)
{
	struct host *host = *state;

	host_policy(host, POLICY_DELAYS);
	leave(host, RESCUE, time(NULL) - 60);
	assert_int_equal(unlink(host->in_force), 0);
	assert_int_equal(account_of(host, &rescue_at_seat), PAM_PERM_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_HOST(no_password_is_checked),
		ON_HOST(nor_where_attempts_are_not_counted),
		ON_HOST(until_then_it_is),
		ON_HOST(a_key_lets_nobody_in),
		ON_HOST(nor_break_glass_without_a_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
