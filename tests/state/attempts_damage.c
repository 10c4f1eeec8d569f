/* SPDX-License-Identifier: MIT */
/*
 * attempts_damage.c - tests: damaged records cost attempts and give none.
 *
 * The record of a user has two slots of one block each; which of them is the newer changes with
 * every write, so that both are damaged in turn.
 */
#include "attempts_play.h"

#define BLOCK	    4096
#define TABLE	    "var/lib/sereno/attempts/origins"
#define TABLE_BYTES (512 * 512)
#define HOME	    "192.0.2.10"
#define AWAY	    "198.51.100.1"

/* A fact about the next charge. */
struct next {
	int r;
	enum attempt_answer answer;
	uint32_t wait;
	bool fell_back;
};

static const struct step ana_home = { ANA, .from = HOME };
static const struct step ana_away = { ANA, .from = AWAY };
static const struct step ana_seat = { ANA, .from = "seat" };
static const struct step ana_unlocks = { ANA, .from = "seat", .class = ATTEMPT_UNLOCK };
static const struct step root_seat = { ROOT, .from = "seat" };
static const struct step root_away = { ROOT, .from = AWAY };
static const struct step nobody_away = { NOBODY, .from = AWAY };

static struct next try_charge(struct play *play, const struct step *step)
{
	const struct attempt_subject subject = step_subject(step);
	struct next next = { 0 };

	next.r = attempt_charge(play->root, play->limits, &subject, &play->clock, &play->charges[0],
				&next.answer, &next.wait);
	if (next.r == 0)
		next.fell_back = play->charges[0].fell_back;
	return next;
}

static bool fail_once(struct play *play, const struct step *step)
{
	const struct next next = try_charge(play, step);

	assert_int_equal(next.r, 0);
	if (next.answer == ATTEMPT_CHARGED)
		play_settle(play, 0, ATTEMPT_FAILED);
	return next.answer == ATTEMPT_CHARGED;
}

static void expect_next(const struct next *next, enum attempt_answer answer, uint32_t wait)
{
	assert_int_equal(next->r, 0);
	assert_int_equal(next->answer, answer);
	assert_int_equal(next->wait, wait);
	assert_true(next->fell_back);
}

static const char *record_of(struct scene *scene, const struct step *step)
{
	char tail[128];

	if (step->known)
		snprintf(tail, sizeof(tail), "var/lib/sereno/attempts/%u", step->uid);
	else
		snprintf(tail, sizeof(tail), "var/lib/sereno/attempts/unknown");
	return scene_path(scene, tail);
}

static void damage_slot(struct scene *scene, const struct step *step, unsigned slot)
{
	(void)record_of(scene, step);
	flip(scene, (off_t)slot * BLOCK + 100, 0x10);
}

static void damage_both(struct scene *scene, const struct step *step)
{
	damage_slot(scene, step, 0);
	damage_slot(scene, step, 1);
}

/* How many more are granted after @failed failures and the loss of @slot. */
static unsigned granted_after(struct scene *scene, const struct step *step, unsigned failed,
			      unsigned slot)
{
	struct play play = play_begin(scene->root, &delays);
	struct next next;
	unsigned granted = 1;

	(void)unlink(scene_path(scene, TABLE));
	(void)unlink(record_of(scene, step));
	assert_true(fail_once(&play, step));
	assert_int_equal(attempt_clear(scene->root, step->uid), 0);
	for (unsigned i = 0; i < failed; i++)
		assert_true(fail_once(&play, step));
	damage_slot(scene, step, slot);
	next = try_charge(&play, step);
	assert_int_equal(next.r, 0);
	assert_true(next.fell_back);
	if (next.answer == ATTEMPT_REFUSED)
		return 0;
	play_settle(&play, 0, ATTEMPT_FAILED);
	while (fail_once(&play, step))
		granted++;
	return granted;
}

/* No more than without the loss, and less than a record without failures would allow. */
static void one_slot_lost(void **state)
{
	struct scene *scene = *state;
	const struct step *step = scene->row;
	unsigned granted;

	for (unsigned failed = 0; failed <= delays.allow; failed++) {
		for (unsigned slot = 0; slot < 2; slot++) {
			granted = granted_after(scene, step, failed, slot);
			assert_true(granted <= delays.allow - failed);
			assert_true(granted < delays.allow || step == &ana_away);
		}
	}
}

static void found_lost_once(void **state)
{
	struct scene *scene = *state;
	const struct step *step = scene->row;
	struct play play = play_begin(scene->root, &delays);
	struct next next;

	assert_true(fail_once(&play, step));
	damage_slot(scene, step, 0);
	next = try_charge(&play, step);
	assert_true(next.fell_back);
	next = try_charge(&play, step);
	assert_false(next.fell_back);
}

/* Settling finds the loss, too: the charge was made in the record that is lost. */
static void lost_between(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);
	unsigned granted = 1;

	for (unsigned slot = 0; slot < 2; slot++, granted = 1) {
		unlink(record_of(scene, &ana_seat));
		assert_int_equal(try_charge(&play, &ana_seat).answer, ATTEMPT_CHARGED);
		damage_slot(scene, &ana_seat, slot);
		assert_int_equal(attempt_settle(play.root, &delays, &play.charges[0],
						ATTEMPT_SUCCEEDED, &play.clock),
				 1);
		while (fail_once(&play, &ana_seat))
			granted++;
		assert_true(granted <= delays.allow);
	}
}

static void lost_for_good(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);

	assert_true(fail_once(&play, &ana_home));
	damage_both(scene, &ana_home);
	assert_int_equal(try_charge(&play, &ana_home).r, -EBADMSG);
	assert_int_equal(try_charge(&play, &ana_seat).r, -EBADMSG);
	assert_int_equal(try_charge(&play, &root_seat).r, 0);
	assert_int_equal(attempt_clear(scene->root, 1000), 0);
	assert_true(fail_once(&play, &ana_home));
}

static void status_does_not_mend(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);
	const struct attempt_subject subject = step_subject(&root_seat);
	struct attempt_status status;

	assert_true(fail_once(&play, &root_seat));
	damage_both(scene, &root_seat);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			attempt_status(scene->root, &delays, &subject, &play.clock, &status, 1),
			-EBADMSG);
}

static void root_waits_once(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);
	struct next next;

	assert_true(fail_once(&play, &root_seat));
	damage_both(scene, &root_seat);
	next = try_charge(&play, &root_seat);
	expect_next(&next, ATTEMPT_REFUSED, 30);
	next = try_charge(&play, &root_away);
	assert_int_equal(next.wait, 30);
	play.clock.boot_sec += 30;
	assert_true(fail_once(&play, &root_seat));
	assert_int_equal(try_charge(&play, &root_seat).wait, 60);
}

static void wrong_mode(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);

	assert_true(fail_once(&play, &ana_home));
	assert_true(fail_once(&play, &root_seat));
	assert_int_equal(chmod(record_of(scene, &ana_home), 0644), 0);
	assert_int_equal(chmod(record_of(scene, &root_seat), 0644), 0);
	assert_int_equal(try_charge(&play, &ana_home).r, -EPERM);
	assert_int_equal(try_charge(&play, &root_seat).wait, 30);
	assert_int_equal(attempt_clear(scene->root, 1000), 0);
	assert_true(fail_once(&play, &ana_home));
}

static void names_of_nobody_go_on(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);
	struct next next;

	assert_true(fail_once(&play, &nobody_away));
	damage_both(scene, &nobody_away);
	next = try_charge(&play, &nobody_away);
	assert_int_equal(next.r, 0);
	assert_true(next.fell_back);
}

/* What may happen to the table of strangers. */
struct blow {
	const char *name;
	void (*strike)(const char *path);
	bool renews; /* the whole table is lost, and somebody is told */
};

static void zero(const char *path)
{
	static const uint8_t zeros[TABLE_BYTES];

	change(path, 0, zeros, sizeof(zeros));
}

static void scramble(const char *path)
{
	uint8_t bytes[512];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + 1);
	for (off_t offset = 0; offset < TABLE_BYTES; offset += 512)
		change(path, offset, bytes, sizeof(bytes));
}

static void rotate(const char *path)
{
	uint8_t first[512], bytes[512];

	read_bytes(path, 0, first, sizeof(first));
	for (off_t offset = 512; offset < TABLE_BYTES; offset += 512) {
		read_bytes(path, offset, bytes, sizeof(bytes));
		change(path, offset - 512, bytes, sizeof(bytes));
	}
	change(path, TABLE_BYTES - 512, first, sizeof(first));
}

static void cut(const char *path)
{
	assert_int_equal(truncate(path, 1000), 0);
}

static void open_up(const char *path)
{
	assert_int_equal(chmod(path, 0666), 0);
}

static void replace_by_link(const char *path)
{
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
}

static void replace_by_fifo(const char *path)
{
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* clang-format off */
static const struct blow blows[] = {
	{ "table of zeros", zero, false },
	{ "table of noise", scramble, false },
	{ "table with its buckets moved", rotate, false },
	{ "table cut short", cut, true },
	{ "table that all may write", open_up, true },
	{ "table that is a link", replace_by_link, true },
	{ "table that is a FIFO", replace_by_fifo, true },
};
/* clang-format on */

/* Everybody new has one attempt; where he is known nothing changes. */
static void table_lost(void **state)
{
	struct scene *scene = *state;
	const struct blow *blow = scene->row;
	struct play play = play_begin(scene->root, &delays);
	const struct step known[] = { RIGHT(ANA, HOME), { 0 } };
	struct next next;

	play_all(&play, known);
	assert_true(fail_once(&play, &ana_away));
	blow->strike(scene_path(scene, TABLE));
	next = try_charge(&play, &ana_away);
	assert_int_equal(next.r, 0);
	assert_int_equal(next.answer, ATTEMPT_CHARGED);
	assert_int_equal(next.fell_back, blow->renews);
	assert_int_equal(try_charge(&play, &ana_away).answer, ATTEMPT_REFUSED);
	for (unsigned i = 0; i < delays.allow; i++)
		assert_true(fail_once(&play, &ana_home));
	play.clock.boot_sec += 2000;
	for (unsigned i = 0; i < delays.allow; i++)
		assert_true(fail_once(&play, &ana_away));
	assert_false(fail_once(&play, &ana_away));
}

static void table_is_directory(void **state)
{
	struct scene *scene = *state;
	struct play play = play_begin(scene->root, &delays);

	assert_true(fail_once(&play, &ana_away));
	assert_int_equal(unlink(scene_path(scene, TABLE)), 0);
	assert_int_equal(mkdir(scene->path, 0700), 0);
	assert_true(try_charge(&play, &ana_away).r < 0);
	assert_true(fail_once(&play, &ana_seat));
}

struct odd_limits {
	const char *name;
	struct attempt_limits limits;
};

/* clang-format off */
static const struct odd_limits odd[] = {
	{ "limits: none allowed",        { 0, 900, THEN_DELAY, 30, 30, 50 } },
	{ "limits: too many allowed",    { ATTEMPT_ALLOW_MAX + 1, 900, THEN_DELAY, 30, 30, 50 } },
	{ "limits: no window",           { 3, 0, THEN_DELAY, 30, 30, 50 } },
	{ "limits: no delay",            { 3, 900, THEN_DELAY, 0, 30, 50 } },
	{ "limits: no length of a lock", { 3, 900, THEN_LOCK, 0, 0, 50 } },
	{ "limits: none allowed a user", { 3, 900, THEN_DELAY, 30, 30, 0 } },
};
/* clang-format on */

static void odd_limits_are_refused(void **state)
{
	struct scene *scene = *state;
	const struct odd_limits *row = scene->row;
	struct play play = play_begin(scene->root, &row->limits);

	assert_int_equal(try_charge(&play, &ana_seat).r, -EINVAL);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		a_test("a slot lost, at a line", one_slot_lost, &ana_seat),
		a_test("a slot lost, by a stranger", one_slot_lost, &ana_away),
		a_test("a slot lost, unlocking", one_slot_lost, &ana_unlocks),
		a_test("a slot lost, root", one_slot_lost, &root_seat),
		a_test("a lost slot is reported once", found_lost_once, &ana_seat),
		a_test("a slot lost between charge and settlement", lost_between, NULL),
		a_test("both slots lost: until unlocked", lost_for_good, NULL),
		a_test("both slots lost: told, not mended", status_does_not_mend, NULL),
		a_test("both slots lost: root waits once", root_waits_once, NULL),
		a_test("both slots lost: no account", names_of_nobody_go_on, NULL),
		a_test("a record that all may read", wrong_mode, NULL),
		a_test("table that is a directory", table_is_directory, NULL),
	};
	struct CMUnitTest tests[ARRAY_SIZE(others) + ARRAY_SIZE(blows) + ARRAY_SIZE(odd)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		tests[n++] = others[i];
	for (size_t i = 0; i < ARRAY_SIZE(blows); i++)
		tests[n++] = a_test(blows[i].name, table_lost, &blows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		tests[n++] = a_test(odd[i].name, odd_limits_are_refused, &odd[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
