/* SPDX-License-Identifier: MIT */
/* departure.c - people who leave, the secrets they knew; and reviews. */
#include "office.h"

static const char *const secrets[] = { "grub", "bmc" };
static const struct departure_wish leaving = { "luis", 1004, OFFICE_NOW + HOUR, secrets, 2 };

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

static void test_begins(void **state)
{
	const struct act act = act_of("marta", 0);
	struct office office;
	uint32_t id = 0;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &id), 0);
	assert_int_equal(id, 1);
	assert_true(office_holds(&office, "luis", "sysadmin", HOUR - 1));
	assert_false(office_holds(&office, "luis", "sysadmin", HOUR));
	assert_false(has_left(&office, "luis", GRANTS_NO_UID, HOUR - 1));
	assert_true(has_left(&office, "luis", GRANTS_NO_UID, HOUR));
	assert_true(has_left(&office, "another", 1004, HOUR));
	assert_false(has_left(&office, "another", 1005, HOUR));
	office_close(&office);
}

/* The same again is no other one; its time only comes nearer. */
static void test_again(void **state)
{
	const struct act act = act_of("marta", 0);
	struct departure_wish wish = leaving;
	struct office office;
	uint32_t first, id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &first), 0);
	wish.from = OFFICE_NOW + 2 * HOUR;
	assert_int_equal(register_departure_begin(office.db, &act, &wish, &id), 0);
	assert_int_equal(id, first);
	assert_true(has_left(&office, "luis", GRANTS_NO_UID, HOUR));
	wish.from = OFFICE_NOW;
	assert_int_equal(register_departure_begin(office.db, &act, &wish, &id), 0);
	assert_true(has_left(&office, "luis", GRANTS_NO_UID, 0));
	office_close(&office);
}

static void test_undone(void **state)
{
	const struct act act = act_of("marta", 2 * HOUR);
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &id), 0);
	assert_int_equal(register_departure_undo(office.db, &act, id), 0);
	assert_true(office_holds(&office, "luis", "sysadmin", 2 * HOUR));
	assert_int_equal(register_departure_undo(office.db, &act, id), REFUSED_UNKNOWN);
	office_close(&office);
}

/* The clock goes back a day, and the register changes: who has left has left. */
static void test_clock_back(void **state)
{
	const struct act act = act_of("marta", 2 * HOUR), back = act_of("marta", 2 * HOUR - DAY);
	const struct departure_wish other = { "zoe", GRANTS_NO_UID, OFFICE_NOW, NULL, 0 };
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &id), 0);
	assert_int_equal(register_departure_begin(office.db, &back, &other, &id), 0);
	assert_true(has_left(&office, "luis", GRANTS_NO_UID, 2 * HOUR - DAY));
	assert_false(office_holds(&office, "luis", "sysadmin", 2 * HOUR - DAY));
	office_close(&office);
}

static int count_secrets(void *context, const struct secret_row *row)
{
	*(size_t *)context += row->attested.user ? 1 : 100;
	return 0;
}

static int count_steps(void *context, const struct step_row *row)
{
	assert_string_equal(row->step, "linger");
	*(size_t *)context += row->result == STEP_DONE;
	return 0;
}

static void test_closed(void **state)
{
	const struct act act = act_of("marta", HOUR);
	struct office office;
	size_t n = 0;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &id), 0);
	assert_int_equal(register_departure_step(office.db, &act, id, "linger", STEP_FAILED), 0);
	assert_int_equal(register_departure_step(office.db, &act, id, "linger", STEP_DONE), 0);
	assert_int_equal(register_steps(office.db, id, count_steps, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(register_departure_close(office.db, &act, id), REFUSED_SECRETS);
	assert_int_equal(register_attest(office.db, &act, id, "grub"), 0);
	assert_int_equal(register_attest(office.db, &act, id, "grub"), REFUSED_UNKNOWN);
	assert_int_equal(register_attest(office.db, &act, id, "none"), REFUSED_UNKNOWN);
	n = 0;
	assert_int_equal(register_secrets(office.db, id, count_secrets, &n), 0);
	assert_int_equal(n, 101);
	assert_int_equal(register_departure_close(office.db, &act, id), REFUSED_SECRETS);
	assert_int_equal(register_attest(office.db, &act, id, "bmc"), 0);
	assert_int_equal(register_departure_close(office.db, &act, id), 0);
	assert_int_equal(register_departure_close(office.db, &act, id), REFUSED_UNKNOWN);
	assert_true(has_left(&office, "luis", GRANTS_NO_UID, HOUR));
	office_close(&office);
}

/* Who has left neither grants nor is granted anything; his requests are withdrawn. */
static void test_departed_acts(void **state)
{
	const struct grant_wish wish = { "bea", "dba", OFFICE_NOW, OFFICE_NOW + DAY };
	const struct grant_wish to_him = { "luis", "vault", OFFICE_NOW, OFFICE_NOW + DAY };
	const struct act act = act_of("marta", 0), later = act_of("luis", HOUR);
	const struct access_request who = { .uid = 1500, .subject = { .user = "luis" } };
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &id), 0);
	assert_int_equal(office_grant(&office, "luis", HOUR, &wish, &id), REFUSED_DEPARTED);
	assert_int_equal(office_grant(&office, "marta", HOUR, &to_him, &id), REFUSED_DEPARTED);
	assert_int_equal(register_request(office.db,
					  &(struct register_person){ .policy = office.policy,
								     .request = &who },
					  &later, &(struct request_wish){ "dba", HOUR }, &id),
			 REFUSED_DEPARTED);
	office_close(&office);
}

static int note_state(void *context, const struct request_row *row)
{
	*(enum request_state *)context = row->state;
	return 0;
}

static enum request_state state_of(const struct office *office, uint32_t id)
{
	const struct register_query query = { .id = id };
	enum request_state state = REQUEST_VOID;

	assert_int_equal(register_requests(office->db, &query, note_state, &state), 0);
	return state;
}

/* Whoever opens it writes down what the time has brought. */
static void open_again(struct office *office, int64_t after)
{
	register_close(office->db);
	office->db = NULL;
	assert_int_equal(register_open(office->root, OFFICE_NOW + after, &office->db), 0);
}

/* What he has asked for stays as it is until he leaves: he would see it. */
static void test_requests_go(void **state)
{
	const struct act act = act_of("marta", 0), asks = act_of("luis", 0);
	const struct access_request who = { .uid = 1500, .subject = { .user = "luis" } };
	const struct request_wish wish = { "dba", HOUR };
	struct office office;
	uint32_t id, request = 0;

	(void)state;
	office_open(&office);
	assert_int_equal(register_request(office.db,
					  &(struct register_person){ .policy = office.policy,
								     .request = &who },
					  &asks, &wish, &request),
			 0);
	assert_int_equal(register_departure_begin(office.db, &act, &leaving, &id), 0);
	assert_int_equal(state_of(&office, request), REQUEST_OPEN);
	open_again(&office, HOUR - 1);
	assert_int_equal(state_of(&office, request), REQUEST_OPEN);
	open_again(&office, HOUR);
	assert_int_equal(state_of(&office, request), REQUEST_WITHDRAWN);
	office_close(&office);
}

static void test_refused(void **state)
{
	const struct act act = act_of("marta", 0);
	const char *const bad[] = { "gr\nub" };
	const struct departure_wish root = { "root", 0, OFFICE_NOW, NULL, 0 };
	const struct departure_wish secret = { "luis", 1004, OFFICE_NOW, bad, 1 };
	const struct departure_wish nameless = { "", 1004, OFFICE_NOW, NULL, 0 };
	struct office office;
	uint32_t id;

	(void)state;
	office_open(&office);
	assert_int_equal(register_departure_begin(office.db, &act, &root, &id), -EINVAL);
	assert_int_equal(register_departure_begin(office.db, &act, &secret, &id), -EINVAL);
	assert_int_equal(register_departure_begin(office.db, &act, &nameless, &id), -EINVAL);
	assert_false(has_left(&office, "luis", 1004, DAY));
	office_close(&office);
}

static int count_parts(void *context, const struct review_row *row)
{
	*(size_t *)context += row->signed_by.user ? 1 : 100;
	return 0;
}

static void test_review(void **state)
{
	const struct review_part parts[] = { { "dba", "mar" }, { "vault", "eva" } };
	const struct act act = act_of("marta", 0), mar = act_of("mar", 60), eva = act_of("eva", 60);
	const struct register_query open = { .open_at = OFFICE_NOW };
	struct office office;
	uint32_t id;
	size_t n = 0;

	(void)state;
	office_open(&office);
	assert_int_equal(register_review_open(office.db, &act, OFFICE_NOW, parts, 2, &id),
			 REFUSED_OVER);
	assert_int_equal(register_review_open(office.db, &act, OFFICE_NOW + DAY, parts, 2, &id), 0);
	assert_int_equal(register_review_open(office.db, &act, OFFICE_NOW + DAY, parts, 2, &id),
			 REFUSED_ALREADY);
	assert_int_equal(register_review_sign(office.db, &eva, "dba"), REFUSED_NOT_APPROVER);
	assert_int_equal(register_review_sign(office.db, &mar, "dba"), 0);
	assert_int_equal(register_review_sign(office.db, &mar, "dba"), REFUSED_UNKNOWN);
	assert_int_equal(register_reviews(office.db, &open, count_parts, &n), 0);
	assert_int_equal(n, 101);
	assert_int_equal(register_review_sign(office.db, &eva, "vault"), 0);
	n = 0;
	assert_int_equal(register_reviews(office.db, &open, count_parts, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(register_review_open(office.db, &act, OFFICE_NOW + DAY, parts, 2, &id), 0);
	office_close(&office);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begins),	    cmocka_unit_test(test_again),
		cmocka_unit_test(test_undone),	    cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_closed),	    cmocka_unit_test(test_departed_acts),
		cmocka_unit_test(test_refused),	    cmocka_unit_test(test_review),
		cmocka_unit_test(test_requests_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
