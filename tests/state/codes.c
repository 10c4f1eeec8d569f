/* SPDX-License-Identifier: MIT */
/* codes.c - tests: a code is accepted once; tokens, recovery codes and tickets come and go. */
#include "codes_scene.h"

/* One answer after another. */
struct answer {
	int64_t code_at, now; /* seconds after NOW */
	enum codes_verdict expected;
};

struct story {
	const char *name;
	struct answer answers[6]; /* up to one with expected and times 0 behind the first */
	unsigned n;
};

#define HOUR 3600

/* clang-format off */
static const struct story stories[] = {
	{ "once",                         { { 0, 0, CODES_ACCEPTED }, { 0, 0, CODES_REPLAYED } }, 2 },
	{ "an older step",                { { 0, 0, CODES_ACCEPTED }, { -30, 0, CODES_REPLAYED } }, 2 },
	{ "the step ahead, then this",    { { 30, 0, CODES_ACCEPTED }, { 0, 0, CODES_REPLAYED },
					    { 30, 30, CODES_REPLAYED }, { 60, 60, CODES_ACCEPTED } }, 4 },
	{ "three in a row",               { { -30, 0, CODES_ACCEPTED }, { 0, 0, CODES_ACCEPTED },
					    { 30, 0, CODES_ACCEPTED }, { 30, 0, CODES_REPLAYED } }, 4 },
	{ "the next day",                 { { 0, 0, CODES_ACCEPTED }, { 86400, 86400, CODES_ACCEPTED } }, 2 },
	{ "the clock goes back a minute", { { 0, 0, CODES_ACCEPTED }, { 0, -60, CODES_WRONG },
					    { -60, -60, CODES_REPLAYED }, { 30, 30, CODES_ACCEPTED } }, 4 },
	{ "the clock goes back an hour",  { { 0, 0, CODES_ACCEPTED }, { 0, -HOUR, CODES_CLOCK },
					    { -HOUR, -HOUR, CODES_CLOCK }, { 0, 0, CODES_REPLAYED },
					    { 30, 0, CODES_ACCEPTED } }, 5 },
	{ "three used codes, ten hours on and back", { { 0, 0, CODES_ACCEPTED }, { 30, 30, CODES_ACCEPTED },
					    { 60, 60, CODES_ACCEPTED }, { 0, 10 * HOUR, CODES_WRONG },
					    { 30, 10 * HOUR, CODES_WRONG },
					    { 10 * HOUR, 10 * HOUR, CODES_ACCEPTED } }, 6 },
	{ "the clock goes ten hours on, and comes back", { { 0, 0, CODES_ACCEPTED }, { 30, 10 * HOUR, CODES_WRONG },
					    { 60, 60, CODES_ACCEPTED } }, 3 },
	{ "year 2603",                    { { 18249999980, 18249999980, CODES_ACCEPTED },
					    { 18249999980, 18249999980, CODES_REPLAYED } }, 2 },
};
/* clang-format on */

static void story(void **state)
{
	struct scene *scene = *state;
	const struct story *story = scene->row;

	give(scene, &person, &phone, "phone");
	for (unsigned i = 0; i < story->n; i++) {
		const struct answer *answer = &story->answers[i];

		assert_int_equal(
			verdict(scene, show(&phone, NOW + answer->code_at).code, NOW + answer->now),
			answer->expected);
	}
}

static void nothing_is_written_for_nobody(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(verdict(scene, "123456", NOW), CODES_NOT_ENROLLED);
	assert_int_equal(verdict(scene, "0a5k-m9q2-7rtz", NOW), CODES_NOT_ENROLLED);
	assert_int_equal(verdict(scene, "", NOW), CODES_EMPTY);
	assert_int_equal(verdict(scene, "hello", NOW), CODES_MALFORMED);
	assert_int_equal(access(codes_path(scene), F_OK), -1);
}

static void result_tells(void **state)
{
	struct scene *scene = *state;
	struct codes_result result;

	give(scene, &person, &phone, "phone");
	give(scene, &person, &tablet, "tablet");
	result = check(scene->root, show(&phone, NOW + 30).code, NOW);
	assert_int_equal(result.verdict, CODES_ACCEPTED);
	assert_string_equal(result.label, "phone");
	assert_int_equal(result.offset, 1);
	assert_false(result.fell_back);
	result = check(scene->root, show(&tablet, NOW - 60).code, NOW);
	assert_int_equal(result.verdict, CODES_ACCEPTED);
	assert_string_equal(result.label, "tablet");
	assert_int_equal(result.offset, -1);
	result = check(scene->root, show(&phone, NOW + 30).code, NOW);
	assert_int_equal(result.verdict, CODES_REPLAYED);
	assert_string_equal(result.label, "phone");
	result = check(scene->root, show_wrong(&phone, NOW).code, NOW);
	assert_int_equal(result.verdict, CODES_WRONG);
	assert_string_equal(result.label, "");
}

/* Two labels for one secret: the code is still good once. */
static void twins(void **state)
{
	struct scene *scene = *state;
	const struct shown earlier = show(&phone, NOW - 3600);
	const struct codes_enrolment enrolment = { .token = &phone,
						   .label = "old phone",
						   .warrant = CODES_BY_CALLER,
						   .confirm = { earlier.code, NOW - 3600, 1 } };
	enum codes_enrolled enrolled;

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_enrol(scene->root, &person, &enrolment, &enrolled), 0);
	assert_int_equal(enrolled, CODES_ENROLLED);
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_ACCEPTED);
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 30).code, NOW), CODES_ACCEPTED);
}

static void window_is_bounded(void **state)
{
	struct scene *scene = *state;
	struct codes_attempt attempt = { show(&phone, NOW).code, NOW, OTP_WINDOW_MAX + 1 };
	struct codes_result result;

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_check(scene->root, &person, &attempt, &result), -EINVAL);
	attempt = (struct codes_attempt){ show(&phone, NOW + 30).code, NOW, 0 };
	assert_int_equal(codes_check(scene->root, &person, &attempt, &result), 0);
	assert_int_equal(result.verdict, CODES_WRONG);
	attempt.window = 2;
	assert_int_equal(codes_check(scene->root, &person, &attempt, &result), 0);
	assert_int_equal(result.verdict, CODES_ACCEPTED);
}

static void another_user_has_others(void **state)
{
	struct scene *scene = *state;

	give(scene, &other_person, &phone, "phone");
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_NOT_ENROLLED);
	give(scene, &person, &tablet, "tablet");
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_WRONG);
}

static void recovered(void **state)
{
	struct scene *scene = *state;
	char codes[OTP_RECOVERY_MAX][OTP_RECOVERY_SIZE], again[1][OTP_RECOVERY_SIZE];
	struct codes_result result;

	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 8, codes), -ENOENT);
	give(scene, &person, &phone, "phone");
	assert_int_equal(verdict(scene, "0a5k-m9q2-7rtz", NOW), CODES_WRONG);
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 17, codes), -EINVAL);
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 8, codes), 0);
	assert_int_equal(verdict(scene, "0a5k-m9q2-7rtz", NOW), CODES_WRONG);
	for (uint32_t i = 0; i < 3; i++) {
		result = check(scene->root, codes[i], NOW);
		assert_int_equal(result.verdict, CODES_RECOVERED);
		assert_int_equal(result.recovery_left, 7 - i);
		result = check(scene->root, codes[i], NOW);
		assert_int_equal(result.verdict, CODES_WRONG);
		assert_int_equal(result.recovery_left, 7 - i);
	}
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 1, again), 0);
	assert_int_equal(verdict(scene, codes[4], NOW), CODES_WRONG);
	result = check(scene->root, again[0], NOW);
	assert_int_equal(result.verdict, CODES_RECOVERED);
	assert_int_equal(result.recovery_left, 0);
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_ACCEPTED);
}

static enum codes_enrolled enrol(struct scene *scene, const struct codes_enrolment *enrolment)
{
	enum codes_enrolled enrolled;

	assert_int_equal(codes_enrol(scene->root, &person, enrolment, &enrolled), 0);
	return enrolled;
}

static struct codes_needed need(struct scene *scene, uint32_t within_sec, int64_t now)
{
	struct codes_needed needed;

	assert_int_equal(codes_need(scene->root, &person, within_sec, now, &needed), 0);
	return needed;
}

static void by_the_door(void **state)
{
	struct scene *scene = *state;
	const struct shown right = show(&phone, NOW), wrong = show_wrong(&phone, NOW),
			   other = show(&tablet, NOW);
	struct codes_enrolment first = { .token = &phone,
					 .label = "phone",
					 .within_sec = HOUR,
					 .confirm = { wrong.code, NOW, 1 } };
	struct codes_enrolment second = { .token = &tablet,
					  .label = "tablet",
					  .within_sec = HOUR,
					  .confirm = { other.code, NOW, 1 } };

	assert_int_equal(enrol(scene, &first), CODES_DOOR_CLOSED); /* no login asked for a code */
	assert_int_equal(need(scene, HOUR, NOW).door, CODES_DOOR_OPEN);
	assert_int_equal(need(scene, HOUR, NOW + 60).until, NOW + HOUR);
	assert_int_equal(need(scene, 0, NOW).door, CODES_DOOR_TICKET);
	assert_int_equal(enrol(scene, &first), CODES_UNCONFIRMED);
	first.confirm.typed = right.code;
	assert_int_equal(enrol(scene, &first), CODES_ENROLLED);
	assert_int_equal(need(scene, HOUR, NOW).door, CODES_DOOR_ENROLLED);
	assert_int_equal(verdict(scene, right.code, NOW), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 30).code, NOW), CODES_ACCEPTED);
	assert_int_equal(enrol(scene, &second), CODES_DOOR_CLOSED); /* another was first */
	assert_int_equal(codes_remove(scene->root, &person, NULL, NOW), 0);
	assert_int_equal(need(scene, HOUR, NOW).door, CODES_DOOR_TICKET); /* the thief's turn? no */
	assert_int_equal(enrol(scene, &second), CODES_DOOR_CLOSED);
}

static void too_late(void **state)
{
	struct scene *scene = *state;
	const struct shown late = show(&phone, NOW + HOUR);
	const struct codes_enrolment enrolment = { .token = &phone,
						   .label = "phone",
						   .within_sec = HOUR,
						   .confirm = { late.code, NOW + HOUR, 1 } };

	assert_int_equal(need(scene, HOUR, NOW).door, CODES_DOOR_OPEN);
	assert_int_equal(need(scene, HOUR, NOW + HOUR - 1).door, CODES_DOOR_OPEN);
	assert_int_equal(need(scene, HOUR, NOW + HOUR).door, CODES_DOOR_TICKET);
	assert_int_equal(enrol(scene, &enrolment), CODES_DOOR_CLOSED);
}

static void by_ticket(void **state)
{
	struct scene *scene = *state;
	const struct shown right = show(&phone, NOW), other = show(&tablet, NOW);
	char ticket[OTP_RECOVERY_SIZE], older[OTP_RECOVERY_SIZE];
	struct codes_enrolment enrolment = { .token = &phone,
					     .label = "phone",
					     .warrant = CODES_BY_TICKET,
					     .ticket = "0a5k-m9q2-7rtz",
					     .confirm = { right.code, NOW, 1 } };
	bool is_good = true;

	assert_int_equal(enrol(scene, &enrolment), CODES_TICKET_WRONG);
	assert_int_equal(codes_ticket_issue(scene->root, &person, NOW, HOUR, older), 0);
	assert_int_equal(codes_ticket_issue(scene->root, &person, NOW, HOUR, ticket), 0);
	assert_int_equal(codes_ticket_check(scene->root, &person, older, NOW, &is_good), 0);
	assert_false(is_good);
	assert_int_equal(codes_ticket_check(scene->root, &person, ticket, NOW, &is_good), 0);
	assert_true(is_good);
	assert_int_equal(codes_ticket_check(scene->root, &person, ticket, NOW + HOUR, &is_good), 0);
	assert_false(is_good);
	assert_int_equal(codes_ticket_check(scene->root, &person, "123456", NOW, &is_good), 0);
	assert_false(is_good);
	assert_int_equal(verdict(scene, ticket, NOW), CODES_NOT_ENROLLED);
	enrolment.ticket = older;
	assert_int_equal(enrol(scene, &enrolment), CODES_TICKET_WRONG);
	enrolment.ticket = ticket;
	assert_int_equal(enrol(scene, &enrolment), CODES_ENROLLED);
	assert_int_equal(verdict(scene, ticket, NOW), CODES_WRONG);
	enrolment.token = &tablet;
	enrolment.label = "tablet";
	enrolment.confirm.typed = other.code;
	assert_int_equal(enrol(scene, &enrolment), CODES_TICKET_WRONG);
}

/* A clock that went back does not make a ticket good again. */
static void expired_for_good(void **state)
{
	struct scene *scene = *state;
	char ticket[OTP_RECOVERY_SIZE];
	bool is_good = true;

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_ticket_issue(scene->root, &person, NOW, HOUR, ticket), 0);
	assert_int_equal(verdict(scene, show(&phone, NOW + HOUR).code, NOW + HOUR), CODES_ACCEPTED);
	assert_int_equal(codes_ticket_check(scene->root, &person, ticket, NOW, &is_good), 0);
	assert_false(is_good);
}

static int try_enrol(struct scene *scene, const struct codes_enrolment *enrolment)
{
	enum codes_enrolled enrolled;

	return codes_enrol(scene->root, &person, enrolment, &enrolled);
}

static void enrolments_refused(void **state)
{
	struct scene *scene = *state;
	struct otp_token broken = tablet, others[CODES_TOKENS_MAX - 1];
	static const char *const labels[] = { "1", "2", "3" };
	const struct shown code = show(&tablet, NOW);
	struct codes_enrolment enrolment = { .token = &tablet,
					     .label = "phone",
					     .warrant = CODES_BY_CALLER,
					     .confirm = { code.code, NOW, 1 } };

	give(scene, &person, &phone, "phone");
	assert_int_equal(try_enrol(scene, &enrolment), -EEXIST);
	enrolment.label = "a\nb";
	assert_int_equal(try_enrol(scene, &enrolment), -EINVAL);
	enrolment.label = "";
	assert_int_equal(try_enrol(scene, &enrolment), -EINVAL);
	enrolment.label = "one more";
	enrolment.confirm.typed = NULL; /* never without a code */
	assert_int_equal(try_enrol(scene, &enrolment), -EINVAL);
	enrolment.confirm.typed = code.code;
	enrolment.warrant = CODES_BY_TICKET; /* nor without what it says */
	assert_int_equal(try_enrol(scene, &enrolment), -EINVAL);
	enrolment.warrant = CODES_BY_CALLER;
	broken.digits = 9;
	enrolment.token = &broken;
	assert_int_equal(try_enrol(scene, &enrolment), -EINVAL);
	enrolment.token = &tablet;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(otp_token_new(OTP_SHA1, 6, 30, &others[i]), 0);
		give(scene, &person, &others[i], labels[i]);
	}
	assert_int_equal(try_enrol(scene, &enrolment), -E2BIG);
}

static void removed(void **state)
{
	struct scene *scene = *state;
	char codes[2][OTP_RECOVERY_SIZE];
	struct codes_status status;

	assert_int_equal(codes_remove(scene->root, &person, NULL, NOW), -ENOENT);
	give(scene, &person, &phone, "phone");
	give(scene, &person, &tablet, "tablet");
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 2, codes), 0);
	assert_int_equal(codes_remove(scene->root, &person, "watch", NOW), -ENOENT);
	assert_int_equal(codes_remove(scene->root, &person, "phone", NOW), 0);
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_WRONG);
	assert_int_equal(verdict(scene, show(&tablet, NOW).code, NOW), CODES_ACCEPTED);
	assert_int_equal(verdict(scene, codes[0], NOW), CODES_RECOVERED);
	assert_int_equal(codes_remove(scene->root, &person, "tablet", NOW), 0);
	assert_int_equal(verdict(scene, codes[1], NOW), CODES_NOT_ENROLLED);
	assert_int_equal(verdict(scene, show(&tablet, NOW + 60).code, NOW), CODES_NOT_ENROLLED);
	assert_int_equal(codes_status(scene->root, &person, &status), 0);
	assert_int_equal(status.n_tokens + status.recovery_left, 0);
	assert_true(status.ticket_only);
}

static struct codes_result resync(struct scene *scene, int64_t first_at, int64_t second_at)
{
	const struct shown first = show(&phone, first_at), second = show(&phone, second_at);
	const struct codes_resync request = { NULL, { first.code, second.code }, NOW };
	struct codes_result result;

	assert_int_equal(codes_resync(scene->root, &person, &request, &result), 0);
	return result;
}

static void resynced(void **state)
{
	struct scene *scene = *state;
	struct codes_result result;

	assert_int_equal(resync(scene, NOW, NOW + 30).verdict, CODES_NOT_ENROLLED);
	give(scene, &person, &phone, "phone");
	assert_int_equal(resync(scene, NOW + HOUR, NOW + HOUR + 60).verdict, CODES_WRONG);
	assert_int_equal(resync(scene, NOW + 13 * HOUR, NOW + 13 * HOUR + 30).verdict, CODES_WRONG);
	result = resync(scene, NOW + HOUR, NOW + HOUR + 30);
	assert_int_equal(result.verdict, CODES_ACCEPTED);
	assert_int_equal(result.offset, 121);
	assert_int_equal(resync(scene, NOW + HOUR, NOW + HOUR + 30).verdict, CODES_REPLAYED);
	assert_int_equal(resync(scene, NOW, NOW + 30).verdict, CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + HOUR + 30).code, NOW), CODES_REPLAYED);
	result = check(scene->root, show(&phone, NOW + HOUR + 60).code, NOW);
	assert_int_equal(result.verdict, CODES_ACCEPTED);
	assert_int_equal(result.offset, 1);
	assert_int_equal(verdict(scene, show(&phone, NOW + 300).code, NOW + 300), CODES_WRONG);
	assert_int_equal(verdict(scene, show(&phone, NOW + HOUR + 330).code, NOW + 300),
			 CODES_ACCEPTED);
}

static void status_tells(void **state)
{
	struct scene *scene = *state;
	char codes[3][OTP_RECOVERY_SIZE], ticket[OTP_RECOVERY_SIZE];
	struct codes_status status;

	assert_int_equal(codes_status(scene->root, &person, &status), -ENOENT);
	(void)need(scene, HOUR, NOW - 60);
	give(scene, &person, &tablet, "tablet");
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW - 30, 3, codes), 0);
	assert_int_equal(codes_ticket_issue(scene->root, &person, NOW - 20, HOUR, ticket), 0);
	assert_int_equal(verdict(scene, codes[2], NOW), CODES_RECOVERED);
	assert_int_equal(verdict(scene, show(&tablet, NOW).code, NOW), CODES_ACCEPTED);
	assert_int_equal(codes_status(scene->root, &person, &status), 0);
	assert_int_equal(status.n_tokens, 1);
	assert_string_equal(status.token[0].label, "tablet");
	assert_int_equal(status.token[0].algorithm, OTP_SHA256);
	assert_int_equal(status.token[0].digits, 8);
	assert_int_equal(status.token[0].period_sec, 60);
	assert_int_equal(status.token[0].enrolled, NOW - 86400);
	assert_int_equal(status.token[0].used, NOW);
	assert_int_equal(status.recovery_left, 2);
	assert_int_equal(status.recovery_issued, NOW - 30);
	assert_int_equal(status.needed, NOW - 60);
	assert_int_equal(status.ticket_issued, NOW - 20);
	assert_int_equal(status.ticket_expires, NOW - 20 + HOUR);
	assert_false(status.fell_back || status.recovery_void);
	assert_int_equal(codes_forget(scene->root, &person), 0);
	assert_int_equal(codes_forget(scene->root, &person), -ENOENT);
	assert_int_equal(codes_status(scene->root, &person, &status), -ENOENT);
}

static const struct {
	const char *name;
	CMUnitTestFunction test;
} others[] = {
	{ "nothing is read or written for who is not enrolled", nothing_is_written_for_nobody },
	{ "the result tells which token, and its offset", result_tells },
	{ "two tokens with one secret", twins },
	{ "the window is bounded", window_is_bounded },
	{ "another user has other tokens", another_user_has_others },
	{ "recovery codes", recovered },
	{ "enrolment by the door", by_the_door },
	{ "enrolment too late", too_late },
	{ "enrolment by ticket", by_ticket },
	{ "an expired ticket stays so", expired_for_good },
	{ "enrolments refused", enrolments_refused },
	{ "removal", removed },
	{ "a phone's clock is wrong", resynced },
	{ "status", status_tells },
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(stories) + ARRAY_SIZE(others)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stories); i++)
		tests[n++] = a_test(stories[i].name, story, &stories[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		tests[n++] = a_test(others[i].name, others[i].test, NULL);
	return cmocka_run_group_tests_name("codes of a user", tests, NULL, NULL);
}
