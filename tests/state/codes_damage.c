/* SPDX-License-Identifier: MIT */
/* codes_damage.c - tests: a damaged record costs its owner codes, and gives nobody one. */
#include "codes_scene.h"

#define HOUR 3600

/* The newest slot is lost, with the use of a code. */
static void used_code_stays_used(void **state)
{
	struct scene *scene = *state;
	struct codes_result result;

	give(scene, &person, &phone, "phone");
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_ACCEPTED);
	damage_newest(scene);
	result = check(scene->root, show(&phone, NOW).code, NOW);
	assert_int_equal(result.verdict, CODES_REPLAYED);
	assert_true(result.fell_back);
	result = check(scene->root, show(&phone, NOW).code, NOW);
	assert_int_equal(result.verdict, CODES_REPLAYED);
	assert_false(result.fell_back); /* was written */
}

/* The code a phone showed a step ahead of now was good, too. */
static void code_ahead_stays_used(void **state)
{
	struct scene *scene = *state;

	give(scene, &person, &phone, "phone");
	assert_int_equal(verdict(scene, show(&phone, NOW + 30).code, NOW), CODES_ACCEPTED);
	damage_newest(scene);
	assert_int_equal(verdict(scene, show(&phone, NOW + 30).code, NOW + 30), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 60).code, NOW + 60), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 120).code, NOW + 120), CODES_ACCEPTED);
}

static void drift_counts(void **state)
{
	struct scene *scene = *state;
	const struct shown first = show(&phone, NOW + HOUR), second = show(&phone, NOW + HOUR + 30);
	const struct codes_resync request = { "phone", { first.code, second.code }, NOW };
	struct codes_result result;

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_resync(scene->root, &person, &request, &result), 0);
	assert_int_equal(verdict(scene, show(&phone, NOW + HOUR + 90).code, NOW + 60),
			 CODES_ACCEPTED);
	damage_newest(scene);
	assert_int_equal(verdict(scene, show(&phone, NOW + HOUR + 90).code, NOW + 60),
			 CODES_REPLAYED);
}

/* The other slot was lost: it cannot be told, so it costs the same, once. */
static void older_slot_lost(void **state)
{
	struct scene *scene = *state;

	give(scene, &person, &phone, "phone");
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_ACCEPTED);
	damage_newest(scene);
	assert_int_equal(verdict(scene, show(&phone, NOW + 300).code, NOW + 300), CODES_REPLAYED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 390).code, NOW + 390), CODES_ACCEPTED);
	assert_int_equal(verdict(scene, show(&phone, NOW + 420).code, NOW + 420), CODES_ACCEPTED);
}

static void recovery_void(void **state)
{
	struct scene *scene = *state;
	char codes[2][OTP_RECOVERY_SIZE];
	struct codes_result result;
	struct codes_status status;

	give(scene, &person, &phone, "phone");
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 2, codes), 0);
	assert_int_equal(verdict(scene, codes[0], NOW), CODES_RECOVERED);
	damage(scene, 0);
	assert_int_equal(codes_status(scene->root, &person, &status), 0);
	assert_true(status.fell_back);
	result = check(scene->root, codes[0], NOW);
	assert_int_equal(result.verdict, CODES_RECOVERY_VOID);
	assert_true(result.fell_back);
	assert_int_equal(verdict(scene, codes[1], NOW), CODES_RECOVERY_VOID);
	assert_int_equal(codes_status(scene->root, &person, &status), 0);
	assert_true(status.recovery_void && !status.fell_back);
	assert_int_equal(status.recovery_left, 0);
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 2, codes), 0);
	assert_int_equal(verdict(scene, codes[1], NOW), CODES_RECOVERED);
}

static void ticket_void(void **state)
{
	struct scene *scene = *state;
	char ticket[OTP_RECOVERY_SIZE];
	bool is_good = true;

	assert_int_equal(codes_ticket_issue(scene->root, &person, NOW, HOUR, ticket), 0);
	damage(scene, 1);
	assert_int_equal(codes_ticket_check(scene->root, &person, ticket, NOW, &is_good), 0);
	assert_false(is_good);
}

static void door_closed(void **state)
{
	struct scene *scene = *state;
	struct codes_needed needed;

	assert_int_equal(codes_need(scene->root, &person, HOUR, NOW, &needed), 0);
	assert_int_equal(needed.door, CODES_DOOR_OPEN);
	damage(scene, 0);
	assert_int_equal(codes_need(scene->root, &person, HOUR, NOW, &needed), 0);
	assert_int_equal(needed.door, CODES_DOOR_TICKET);
}

/* Whichever slot is lost, what was taken away does not come back. */
static void removed_stays_removed(void **state)
{
	struct scene *scene = *state;
	const unsigned slot = *(const unsigned *)scene->row;

	give(scene, &person, &phone, "phone");
	assert_int_equal(verdict(scene, show(&phone, NOW).code, NOW), CODES_ACCEPTED);
	assert_int_equal(codes_remove(scene->root, &person, "phone", NOW), 0);
	damage(scene, slot);
	assert_int_equal(verdict(scene, show(&phone, NOW + 300).code, NOW + 300),
			 CODES_NOT_ENROLLED);
}

/* Whichever slot is lost, who is enrolled stays so: the door is not opened to a second. */
static void enrolled_stays_enrolled(void **state)
{
	struct scene *scene = *state;
	const unsigned slot = *(const unsigned *)scene->row;
	struct codes_needed needed;

	assert_int_equal(codes_need(scene->root, &person, HOUR, NOW, &needed), 0);
	give(scene, &person, &phone, "phone");
	damage(scene, slot);
	assert_int_equal(codes_need(scene->root, &person, HOUR, NOW, &needed), 0);
	assert_int_equal(needed.door, CODES_DOOR_ENROLLED);
}

static void both_lost(void **state)
{
	struct scene *scene = *state;
	const struct shown code = show(&phone, NOW);
	const struct codes_attempt attempt = { code.code, NOW, 1 };
	struct codes_result result;
	struct codes_needed needed;
	struct codes_status status;
	char codes[1][OTP_RECOVERY_SIZE];

	give(scene, &person, &phone, "phone");
	damage(scene, 0);
	damage(scene, 1);
	assert_int_equal(codes_check(scene->root, &person, &attempt, &result), -EBADMSG);
	assert_int_equal(codes_need(scene->root, &person, HOUR, NOW, &needed), -EBADMSG);
	assert_int_equal(codes_status(scene->root, &person, &status), -EBADMSG);
	assert_int_equal(codes_remove(scene->root, &person, NULL, NOW), -EBADMSG);
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 1, codes), -EBADMSG);
	assert_int_equal(codes_reset(scene->root, &person), 0);
	assert_int_equal(codes_check(scene->root, &person, &attempt, &result), 0);
	assert_int_equal(result.verdict, CODES_NOT_ENROLLED);
	assert_int_equal(codes_need(scene->root, &person, HOUR, NOW, &needed), 0);
	assert_int_equal(needed.door, CODES_DOOR_TICKET);
	assert_int_equal(codes_reset(scene->root, &other_person), -ENOENT);
}

/* One user's record under another's name is nobody's. */
static void copied(void **state)
{
	struct scene *scene = *state;
	const struct codes_attempt attempt = { "123456", NOW, 1 };
	struct codes_result result;
	char command[1024];

	give(scene, &other_person, &tablet, "tablet");
	give(scene, &person, &phone, "phone");
	(void)snprintf(command, sizeof(command), "cat %s/var/lib/sereno/codes/1001 >%s",
		       scene->root, codes_path(scene));
	assert_int_equal(system(command), 0);
	assert_int_equal(codes_check(scene->root, &person, &attempt, &result), -EBADMSG);
	assert_int_equal(codes_check(scene->root, &other_person, &attempt, &result), 0);
}

/* Put a record there that is sealed as it should be, but was written by something else. */
static void overwrite(struct scene *scene, const struct codes_record *record)
{
	scoped(slot_close_p) struct slot_file *file = NULL;

	assert_int_equal(slot_open(scene->root, &codes_kind, &ana, SLOT_CREATE, &file), 0);
	assert_int_equal(slot_write(file, record, SLOT_SHARED), 0);
	assert_int_equal(slot_write(file, record, SLOT_SHARED), 0);
}

static void strange_records(void **state)
{
	struct scene *scene = *state;
	const struct codes_record sound = { .n_tokens = 1, .token[0] = { phone, .label = "a" } };
	struct codes_record records[9];
	struct codes_status status;

	for (size_t i = 0; i < ARRAY_SIZE(records); i++)
		records[i] = sound;
	records[0].n_tokens = CODES_TOKENS_MAX + 1;
	records[1].n_recovery = OTP_RECOVERY_MAX + 1;
	records[2].token[0].token.digits = 0;
	records[3].token[0].token.secret_length = 65;
	memset(records[4].token[0].label, 'a', OTP_LABEL_SIZE);
	records[5].token[0].drift = CODES_RESYNC_STEPS + 1;
	memset(records[6].recovery_setting, 'a', OTP_SETTING_SIZE);
	memset(records[7].ticket.hash.text, 'a', OTP_HASH_SIZE);
	records[8].n_recovery = 3;
	memset(records[8].recovery[2].text, 'a', OTP_HASH_SIZE);
	overwrite(scene, &sound);
	assert_int_equal(codes_status(scene->root, &person, &status), 0);
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		overwrite(scene, &records[i]);
		assert_int_equal(codes_status(scene->root, &person, &status), -EBADMSG);
	}
}

/* A byte of any sort that is changed anywhere in one slot never makes a used code good. */
static void any_byte(void **state)
{
	struct scene *scene = *state;
	const off_t length = (off_t)(2 * slot_length(&codes_kind));
	const struct shown code = show(&phone, NOW);
	const struct codes_attempt attempt = { code.code, NOW, 1 };
	struct codes_result result;
	unsigned paid = 0;

	for (off_t offset = 0; offset < length; offset += 61) {
		int r;

		give(scene, &person, &phone, "phone");
		assert_int_equal(verdict(scene, code.code, NOW), CODES_ACCEPTED);
		(void)codes_path(scene);
		flip(scene, offset, 1);
		r = codes_check(scene->root, &person, &attempt, &result);
		assert_true(r < 0 || result.verdict == CODES_REPLAYED);
		paid += r == 0 && result.fell_back;
		assert_int_equal(codes_forget(scene->root, &person), 0);
	}
	assert_true(paid > 20);
}

static const unsigned slots[] = { 0, 1 };

static const struct {
	const char *name;
	CMUnitTestFunction test;
	const unsigned *slot;
} rows[] = {
	{ "a used code stays used", used_code_stays_used, NULL },
	{ "a code used ahead of time stays used", code_ahead_stays_used, NULL },
	{ "a phone that is ahead", drift_counts, NULL },
	{ "it costs once", older_slot_lost, NULL },
	{ "recovery codes are void", recovery_void, NULL },
	{ "a ticket is void", ticket_void, NULL },
	{ "the door is closed", door_closed, NULL },
	{ "slot 0 lost: removed stays removed", removed_stays_removed, &slots[0] },
	{ "slot 1 lost: removed stays removed", removed_stays_removed, &slots[1] },
	{ "slot 0 lost: enrolled stays enrolled", enrolled_stays_enrolled, &slots[0] },
	{ "slot 1 lost: enrolled stays enrolled", enrolled_stays_enrolled, &slots[1] },
	{ "both slots lost", both_lost, NULL },
	{ "another user's record", copied, NULL },
	{ "sealed, but strange", strange_records, NULL },
	{ "any byte", any_byte, NULL },
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = a_test(rows[i].name, rows[i].test, rows[i].slot);
	return cmocka_run_group_tests_name("damaged codes", tests, NULL, NULL);
}
