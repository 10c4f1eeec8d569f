/* SPDX-License-Identifier: MIT */
/* age.c - tests: what an age record remembers, to which hash it belongs, and what damage costs. */
#include "slot_scene.h"

#include <sereno/age.h>

#include "age_record.h"

#define NOW 1700000000

static struct age_owner owner_of(const struct scene *scene)
{
	return (struct age_owner){ scene->root, "ana", 1000 };
}

static struct age read_age(const struct scene *scene)
{
	const struct age_owner owner = owner_of(scene);
	struct age age;
	bool fell_back = true;

	assert_int_equal(age_read(&owner, &age, &fell_back), 0);
	assert_false(fell_back);
	return age;
}

static void nothing_is_all_zero(void **state)
{
	static const struct age none = { 0 };
	const struct age age = read_age(*state);
	uint8_t bytes[AGE_RECORD_SIZE], nothing[AGE_RECORD_SIZE];

	age_encode(&age, bytes);
	age_encode(&none, nothing);
	assert_memory_equal(bytes, nothing, sizeof(bytes));
	assert_int_equal(age_changed(&age, age_tag("hash")), 0);
	assert_int_equal(age_demanded(&age, age_tag("hash")), AGE_FINE);
}

static void tags_tell_hashes_apart(void **state)
{
	(void)state;
	assert_true(age_tag("") != 0);
	assert_true(age_tag("$y$j9T$a$b") == age_tag("$y$j9T$a$b"));
	assert_true(age_tag("$y$j9T$a$b") != age_tag("$y$j9T$a$c"));
}

static void bytes_hold_everything(void **state)
{
	const struct age age = {
		.begun = 1,
		.last_login = 2,
		.renewed = INT64_MAX,
		.changed = 4,
		.change_recorded = 5,
		.change_tag = UINT64_MAX,
		.demand = AGE_LEAKED,
		.demand_since = 7,
		.demand_tag = 8,
		.list_tag = 9,
		.list = { 1, 2, 3, [15] = 255 },
	};
	uint8_t bytes[AGE_RECORD_SIZE];
	struct age again = { 0 };

	(void)state;
	age_encode(&age, bytes);
	assert_int_equal(age_decode(bytes, &again), 0);
	/* field by field: what lies between them is the compiler's */
	assert_true(again.begun == age.begun && again.last_login == age.last_login);
	assert_true(again.renewed == age.renewed && again.changed == age.changed);
	assert_true(again.change_recorded == age.change_recorded);
	assert_true(again.change_tag == age.change_tag && again.demand == age.demand);
	assert_true(again.demand_since == age.demand_since && again.demand_tag == age.demand_tag);
	assert_true(again.list_tag == age.list_tag);
	assert_memory_equal(again.list, age.list, sizeof(age.list));
	bytes[48] = 200; /* a demand there is not */
	assert_int_equal(age_decode(bytes, &again), -EBADMSG);
}

static void a_change_counts_once_the_hash_is_another(void **state)
{
	const struct age_owner owner = owner_of(*state);
	struct age age;

	assert_int_equal(age_record_change(&owner, NOW, age_tag("first")), 0);
	age = read_age(*state);
	assert_int_equal(age_changed(&age, age_tag("first")), 0); /* not made, or not yet */
	assert_int_equal(age_changed(&age, age_tag("second")), NOW);
	assert_int_equal(age_record_change(&owner, NOW + 5, age_tag("second")), 0);
	age = read_age(*state);
	assert_int_equal(age_changed(&age, age_tag("second")), NOW);
	assert_int_equal(age_record_change(&owner, NOW + 9, age_tag("second")), 0);
	age = read_age(*state);
	assert_int_equal(age_changed(&age, age_tag("second")), NOW);
	assert_int_equal(age_changed(&age, age_tag("third")), NOW + 9);
}

static void a_demand_ends_with_the_hash(void **state)
{
	const struct age_owner owner = owner_of(*state);
	struct age age;

	assert_int_equal(age_demand(&owner, NOW, age_tag("first"), AGE_LEAKED), 0);
	age = read_age(*state);
	assert_int_equal(age_demanded(&age, age_tag("first")), AGE_LEAKED);
	assert_int_equal(age_demanded(&age, age_tag("second")), AGE_FINE);
}

static void a_check_is_of_one_hash_and_list(void **state)
{
	static const uint8_t list[AGE_LIST_SIZE] = { 1 }, newer[AGE_LIST_SIZE] = { 2 };
	const struct age_owner owner = owner_of(*state);
	struct age age;

	assert_int_equal(age_record_list(&owner, NOW, age_tag("first"), list), 0);
	age = read_age(*state);
	assert_true(age_checked(&age, age_tag("first"), list));
	assert_false(age_checked(&age, age_tag("first"), newer));
	assert_false(age_checked(&age, age_tag("second"), list));
}

static void each_keeps_the_others(void **state)
{
	static const uint8_t list[AGE_LIST_SIZE] = { 1 };
	const struct age_owner owner = owner_of(*state);
	struct age age;

	assert_int_equal(age_record_login(&owner, NOW), 0);
	assert_int_equal(age_demand(&owner, NOW + 1, age_tag("first"), AGE_EXPIRED), 0);
	assert_int_equal(age_renew(&owner, NOW + 2), 0);
	assert_int_equal(age_record_list(&owner, NOW + 3, age_tag("first"), list), 0);
	assert_int_equal(age_record_login(&owner, NOW + 4), 0);
	age = read_age(*state);
	assert_int_equal(age.begun, NOW);
	assert_int_equal(age.last_login, NOW + 4);
	assert_int_equal(age.renewed, NOW + 2);
	assert_int_equal(age_demanded(&age, age_tag("first")), AGE_EXPIRED);
	assert_true(age_checked(&age, age_tag("first"), list));
}

/* usermod -l, or a uid that was had by somebody else: the record goes on. */
static void a_new_name_keeps_the_record(void **state)
{
	const struct age_owner owner = owner_of(*state);
	struct age_owner renamed = owner;
	struct age age;

	renamed.user = "ana.ruiz";
	assert_int_equal(age_record_login(&owner, NOW), 0);
	assert_int_equal(age_read(&renamed, &age, NULL), 0);
	assert_int_equal(age.last_login, NOW);
	assert_int_equal(age_record_change(&renamed, NOW, age_tag("first")), 0);
	assert_int_equal(age_restart(&renamed, NOW + 1, age_tag("first")), 0);
	assert_int_equal(age_read(&owner, &age, NULL), 0);
	assert_int_equal(age.begun, NOW + 1);
}

static void the_host_remembers_its_first_time(void **state)
{
	const struct scene *scene = *state;

	assert_int_equal(age_host_since(scene->root, NOW), NOW);
	assert_int_equal(age_host_since(scene->root, NOW + 100), NOW);
	assert_int_equal(age_host_since("/nonexistent", NOW + 100), NOW + 100);
}

/* Overwrite the slots of ana's record that @which has a bit for. */
static void spoil(const struct scene *scene, unsigned which)
{
	uint8_t rubbish[256];
	char path[256];
	struct stat st;
	int fd;

	memset(rubbish, 0x5a, sizeof(rubbish));
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/ages/1000", scene->root);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	for (unsigned slot = 0; slot < 2; slot++)
		if (which & 1u << slot)
			assert_int_equal(
				pwrite(fd, rubbish, sizeof(rubbish), slot * (st.st_size / 2)),
				sizeof(rubbish));
	assert_int_equal(close(fd), 0);
}

/* What must not be forgotten is in both slots, whichever is damaged; checks are made again. */
static void falling_back_forgets_no_demand(void **state)
{
	static const uint8_t list[AGE_LIST_SIZE] = { 1 };
	struct scene *scene = *state;
	const struct age_owner owner = owner_of(scene);

	for (unsigned slot = 0; slot < 2; slot++) {
		bool fell_back = false;
		struct age age;

		assert_int_equal(age_demand(&owner, NOW, age_tag("first"), AGE_EXPIRED), 0);
		assert_int_equal(age_record_list(&owner, NOW, age_tag("first"), list), 0);
		spoil(scene, 1u << slot);
		assert_int_equal(age_read(&owner, &age, &fell_back), 0);
		assert_true(fell_back);
		assert_int_equal(age_demanded(&age, age_tag("first")), AGE_EXPIRED);
		assert_false(age_checked(&age, age_tag("first"), list));
		assert_int_equal(age_restart(&owner, NOW, age_tag("first")), 0);
	}
}

static void a_lost_record_costs_a_change(void **state)
{
	struct scene *scene = *state;
	const struct age_owner owner = owner_of(scene);
	struct age age;

	assert_int_equal(age_record_login(&owner, NOW), 0);
	spoil(scene, 3);
	assert_int_equal(age_read(&owner, &age, NULL), -EBADMSG);
	assert_int_equal(age_record_login(&owner, NOW), -EBADMSG);
	assert_int_equal(age_restart(&owner, NOW + 1, age_tag("first")), 0);
	age = read_age(scene);
	assert_int_equal(age_demanded(&age, age_tag("first")), AGE_LOST);
	assert_int_equal(age.begun, NOW + 1);
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_begin, scene_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_tell_hashes_apart),
		cmocka_unit_test(bytes_hold_everything),
		ON_SCENE(nothing_is_all_zero),
		ON_SCENE(a_change_counts_once_the_hash_is_another),
		ON_SCENE(a_demand_ends_with_the_hash),
		ON_SCENE(a_check_is_of_one_hash_and_list),
		ON_SCENE(each_keeps_the_others),
		ON_SCENE(a_new_name_keeps_the_record),
		ON_SCENE(the_host_remembers_its_first_time),
		ON_SCENE(falling_back_forgets_no_demand),
		ON_SCENE(a_lost_record_costs_a_change),
	};

	return cmocka_run_group_tests_name("ages", tests, NULL, NULL);
}
