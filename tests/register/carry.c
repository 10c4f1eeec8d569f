/* SPDX-License-Identifier: MIT */
/* carry.c - who has left by one register has left by another one, after it was carried over. */
#include "office.h"

#include <sereno/register_carry.h>
#include <sereno/register_known.h>

#define ROOM 512

static const char *const secrets[] = { "grub", "bmc" };

static uint32_t leave(const struct office *office, const char *user, uid_t uid, int64_t after)
{
	const struct act act = act_of("marta", 0);
	const struct departure_wish wish = { user, uid, OFFICE_NOW + after, secrets, 2 };
	uint32_t id = 0;

	assert_int_equal(register_departure_begin(office->db, &act, &wish, &id), 0);
	return id;
}

static bool has_left(const struct office *office, const char *user, uid_t uid, int64_t after)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	struct departure departure;
	int r;

	assert_int_equal(grants_open(office->root, &grants), 0);
	r = grants_departed(grants, user, uid, &departure);
	assert_true(r >= 0);
	return r == 1 && departure.since <= OFFICE_NOW + after;
}

static int add_carried(void *context, const struct carried *row)
{
	char *text = context;
	const size_t used = strlen(text);

	(void)snprintf(text + used, ROOM - used, "%s %u>%u at %ld; ", row->user, row->from_id,
		       row->id, (long)(row->from - OFFICE_NOW));
	return 0;
}

static void carry(const struct office *from, const struct office *to, const char *wanted)
{
	char text[ROOM] = "";

	assert_int_equal(register_carry(to->db, from->root, OFFICE_NOW + HOUR, add_carried, text),
			 0);
	assert_string_equal(text, wanted);
}

static int add_secret(void *context, const struct secret_row *row)
{
	char *text = context;
	const size_t used = strlen(text);

	(void)snprintf(text + used, ROOM - used, "%s%s ", row->secret,
		       row->attested.user ? "+" : "-");
	return 0;
}

static int add_step(void *context, const struct step_row *row)
{
	char *text = context;
	const size_t used = strlen(text);

	(void)snprintf(text + used, ROOM - used, "%s=%d ", row->step, (int)row->result);
	return 0;
}

static void assert_details(const struct office *office, uint32_t id, const char *wanted_secrets,
			   const char *wanted_steps)
{
	char text[ROOM] = "", steps[ROOM] = "";

	assert_int_equal(register_secrets(office->db, id, add_secret, text), 0);
	assert_string_equal(text, wanted_secrets);
	assert_int_equal(register_steps(office->db, id, add_step, steps), 0);
	assert_string_equal(steps, wanted_steps);
}

struct offices {
	struct office now, old;
};

static int set_up(void **state)
{
	struct offices *offices = calloc(1, sizeof(*offices));

	assert_non_null(offices);
	office_open(&offices->now);
	office_open(&offices->old);
	*state = offices;
	return 0;
}

static int tear_down(void **state)
{
	struct offices *offices = *state;

	office_close(&offices->now);
	office_close(&offices->old);
	free(offices);
	return 0;
}

/* Begun, planned, closed: all stay so, with what was done about them; twice is once. */
static void test_new(void **state)
{
	const struct offices *offices = *state;
	const struct office *now = &offices->now, *old = &offices->old;
	const struct act act = act_of("marta", 0);
	uint32_t id;

	leave(now, "luis", 1004, 0);
	assert_int_equal(register_departure_step(now->db, &act, 1, "linger", STEP_FAILED), 0);
	assert_int_equal(register_attest(now->db, &act, 1, "grub"), 0);
	leave(now, "rob", 1005, DAY);
	id = leave(now, "tom", 1006, 0);
	assert_int_equal(register_attest(now->db, &act, id, "grub"), 0);
	assert_int_equal(register_attest(now->db, &act, id, "bmc"), 0);
	assert_int_equal(register_departure_close(now->db, &act, id), 0);
	carry(now, old, "luis 1>1 at 0; rob 2>2 at 86400; tom 3>3 at 0; ");
	carry(now, old, "luis 1>1 at 0; rob 2>2 at 86400; tom 3>3 at 0; ");
	assert_details(old, 1, "bmc- grub+ ", "linger=2 ");
	assert_true(has_left(old, "luis", GRANTS_NO_UID, 0));
	assert_true(has_left(old, "other", 1004, 0));
	assert_true(has_left(old, "tom", GRANTS_NO_UID, 0));
	assert_false(has_left(old, "rob", GRANTS_NO_UID, DAY - 1));
	assert_true(has_left(old, "rob", GRANTS_NO_UID, DAY));
	assert_int_equal(register_departure_close(old->db, &act, 3), REFUSED_UNKNOWN);
	assert_int_equal(register_departure_undo(old->db, &act, 1), 0);
	assert_false(has_left(old, "luis", 1004, DAY));
}

/* Who is back is let in by neither; of two departures the earlier time counts, and the present
 * one's details. */
static void test_both(void **state)
{
	const struct offices *offices = *state;
	const struct office *now = &offices->now, *old = &offices->old;
	const struct act act = act_of("marta", 0);

	leave(now, "luis", 1004, 0);
	assert_int_equal(register_departure_undo(now->db, &act, 1), 0);
	leave(now, "rob", GRANTS_NO_UID, DAY);
	leave(old, "eva", 1007, 0);
	leave(old, "rob", 1005, 2 * DAY);
	assert_int_equal(register_attest(old->db, &act, 2, "grub"), 0);
	carry(now, old, "rob 2>2 at 86400; ");
	assert_false(has_left(old, "luis", GRANTS_NO_UID, DAY));
	assert_true(has_left(old, "eva", GRANTS_NO_UID, 0));
	assert_true(has_left(old, "rob", GRANTS_NO_UID, DAY));
	assert_details(old, 2, "bmc- grub- ", "");
}

static int count_known(void *context, const struct known *row)
{
	(void)row;
	++*(size_t *)context;
	return 0;
}

static void test_known(void **state)
{
	const struct offices *offices = *state;
	const struct known known = { "luis", "sysadmin", "grub" };
	size_t n = 0;

	assert_int_equal(register_learn(offices->now.db, OFFICE_NOW, &known, 1), 0);
	carry(&offices->now, &offices->old, "");
	assert_int_equal(register_known(offices->old.db, "luis", count_known, &n), 0);
	assert_int_equal(n, 1);
}

static void test_none(void **state)
{
	const struct offices *offices = *state;
	char text[ROOM] = "";

	assert_int_equal(
		register_carry(offices->old.db, "/dev/null", OFFICE_NOW, add_carried, text),
		-ENOTDIR);
	assert_int_equal(register_carry(offices->old.db, "/proc", OFFICE_NOW, add_carried, text),
			 -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_new, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_both, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
