/* SPDX-License-Identifier: MIT */
/*
 * slot_faults.c - tests: every call of the store fails once, in every place it is made.
 *
 * Whatever failed: what was confirmed stands, nothing older comes back, no descriptor is lost, and
 * the next opening works.
 */
#include "slot_wraps.h"

#include <openssl/crypto.h>

/* Each call the sweeps made fail, so that a call that nobody makes any more is noticed. */
static unsigned struck_ever[CALLS];

static unsigned descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 128; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static bool is(const struct found *found, enum slot_state state, int64_t value)
{
	return found->opened == 0 && found->read == 0 && found->state == state &&
	       found->value == value;
}

static void complain(const char *what, const struct found *found, int r)
{
	fail_msg(
		"%s: %s %u, manner %u, error %d: returned %d, then open %d read %d state %u value %d",
		what, call_names[plan.call], plan.nth, plan.manner, plan.error, r, found->opened,
		found->read, found->state, (int)found->value);
}

/* The file was new: the write stands, or did not happen. */
static bool beginning_holds(const struct found *found, int r)
{
	if (is(found, SLOT_SOUND, 12))
		return true;
	return r < 0 &&
	       (found->opened == -ENOENT || is(found, SLOT_NEW, 0) || is(found, SLOT_FELL_BACK, 0));
}

/* The file told NEWER: never OLDER. */
static bool record_holds(const struct found *found, int r)
{
	if (is(found, SLOT_SOUND, 12))
		return true;
	return r < 0 && (is(found, SLOT_SOUND, NEWER) || is(found, SLOT_FELL_BACK, NEWER));
}

struct scenario {
	bool existing;
	bool (*holds)(const struct found *found, int r);
	const struct slot_kind *kind;
};

static void start_over(struct scene *scene, const struct scenario *scenario)
{
	const char *var = scene_path(scene, "var");

	/* Directories and key too: making them can fail as well. */
	if (access(var, F_OK) == 0)
		assert_int_equal(nftw(var, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	if (scenario->existing)
		prepare(scene, scenario->kind);
}

/* One write with one fault. Returns whether the fault happened. */
static bool run(struct scene *scene, const struct scenario *scenario)
{
	const unsigned before = descriptors();
	struct found found;
	bool struck;
	int r;

	r = put(scene->root, scenario->kind, &ana, 12);
	struck = plan.struck > 0;
	struck_ever[plan.call] += plan.struck;
	disarm();
	found = look(scene->root, scenario->kind, &ana);
	if (!scenario->holds(&found, r) || (!struck && r < 0) || descriptors() != before)
		complain("after the fault", &found, r);
	r = put(scene->root, scenario->kind, &ana, 13);
	found = look(scene->root, scenario->kind, &ana);
	if (r != 0 || !is(&found, SLOT_SOUND, 13))
		complain("the write after the fault", &found, r);
	return struck;
}

static void sweep(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EINTR, EROFS, ENOMEM };
	struct scene *scene = *state;
	const struct scenario *scenario = scene->row;
	bool struck;

	for (enum call call = 0; call < CALLS; call++) {
		struck = true;
		for (unsigned n = 1; struck; n++) {
			start_over(scene, scenario);
			arm(call, n, n % 2 ? FAIL_ONCE : FAIL_FROM_THEN_ON,
			    errors[n % ARRAY_SIZE(errors)]);
			/* for ever interrupted is not a fault that a loop can survive */
			if (plan.error == EINTR)
				plan.manner = FAIL_ONCE;
			struck = run(scene, scenario);
		}
	}
}

/* Once more with the same manner and error for the calls that move bytes. */
static void sweep_bytes(struct scene *scene, enum manner manner, int error, bool survives)
{
	static const enum call calls[] = { CALL_PREAD, CALL_PWRITE, CALL_GETRANDOM };
	const struct scenario *scenario = scene->row;
	bool struck;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struck = true;
		for (unsigned n = 1; struck; n++) {
			start_over(scene, scenario);
			arm(calls[i], n, manner, error);
			struck = run(scene, scenario);
			if (!survives || !struck)
				continue;
			start_over(scene, scenario);
			arm(calls[i], n, manner, error);
			r = put(scene->root, scenario->kind, &ana, 12);
			disarm();
			assert_int_equal(r, 0);
		}
	}
}

static void interrupted(void **state)
{
	sweep_bytes(*state, FAIL_ONCE, EINTR, true);
}

static void cut_short(void **state)
{
	sweep_bytes(*state, CUT_SHORT, 0, true);
}

static void torn(void **state)
{
	sweep_bytes(*state, CUT_SHORT_THEN_FAIL, EIO, false);
}

static void every_call_struck(void **state)
{
	(void)state;
	for (enum call call = 0; call < CALLS; call++)
		if (struck_ever[call] == 0)
			fail_msg("%s never failed", call_names[call]);
}

/* A block that cannot be read is a lost slot; a failure of ours is not. */
static void reading(void **state)
{
	static const int errors[] = { EIO, ENOMEM, ENOSPC, EBADF };
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	const unsigned key_reads = kind->seal ? 3 : 0; /* machine-id, its end, key */
	struct found found;

	prepare(scene, kind);
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		for (unsigned n = 1; n <= 2; n++) {
			arm(CALL_PREAD, key_reads + n, FAIL_ONCE, errors[i]);
			found = look(scene->root, kind, &ana);
			disarm();
			assert_int_equal(plan.struck, 1);
			if (errors[i] == EIO)
				expect(&found, SLOT_FELL_BACK, n == 1 ? OLDER : NEWER);
			else
				assert_int_equal(found.read, -errors[i]);
		}
		arm(CALL_PREAD, key_reads + 1, FAIL_FROM_THEN_ON, errors[i]);
		found = look(scene->root, kind, &ana);
		disarm();
		assert_int_equal(found.read, -errors[i]);
	}
}

static void removing(void **state)
{
	static const enum call calls[] = { CALL_OPEN,  CALL_OPENAT,   CALL_FSTAT, CALL_FSTATAT,
					   CALL_FLOCK, CALL_UNLINKAT, CALL_FSYNC };
	static const struct scenario existing = { true, record_holds, &open_kind };
	struct scene *scene = *state;
	struct found found;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		for (unsigned n = 1; n < 3; n++) {
			start_over(scene, &existing);
			arm(calls[i], n, FAIL_ONCE, EIO);
			r = slot_remove(scene->root, &open_kind, &ana);
			struck_ever[calls[i]] += plan.struck;
			disarm();
			found = look(scene->root, &open_kind, &ana);
			if (found.opened != -ENOENT && !(r < 0 && is(&found, SLOT_SOUND, NEWER)))
				complain("after removing", &found, r);
			assert_int_equal(put(scene->root, &open_kind, &ana, 14), 0);
		}
	}
}

/* A file is synced before it has its name, its name after; only durable writes wait for the disk.
 */
static void synced_in_order(void **state)
{
	static const struct slot_owner carla = { "1002", "carla", 1002 };
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX] = { 0 };

	prepare(scene, kind);
	arm(CALLS, 1, FAIL_ONCE, 0);
	assert_int_equal(slot_open(scene->root, kind, &carla, SLOT_CREATE, &file), 0);
	assert_string_equal(plan.order, "wsrs");
	arm(CALLS, 1, FAIL_ONCE, 0);
	assert_int_equal(slot_write(file, payload, SLOT_SHARED), 0);
	assert_string_equal(plan.order, "w");
	arm(CALLS, 1, FAIL_ONCE, 0);
	assert_int_equal(slot_write(file, payload, SLOT_DURABLE), 0);
	assert_string_equal(plan.order, "wd");
	arm(CALLS, 1, FAIL_ONCE, 0);
	slot_close(file);
	assert_int_equal(slot_remove(scene->root, kind, &carla), 0);
	assert_string_equal(plan.order, "s");
	disarm();
}

static void lock_is_waited_for(void **state)
{
	struct scene *scene = *state;
	struct found found;

	prepare(scene, &open_kind);
	arm(CALL_FLOCK, 1, FAIL_FROM_THEN_ON, EWOULDBLOCK);
	found = look(scene->root, &open_kind, &ana);
	assert_int_equal(found.opened, -EBUSY);
	assert_in_range(plan.slept_nsec / 1000000, SLOT_LOCK_MSEC, SLOT_LOCK_MSEC + 100);
	arm(CALL_FLOCK, 1, FAIL_FROM_THEN_ON, EWOULDBLOCK);
	assert_int_equal(slot_remove(scene->root, &open_kind, &ana), -EBUSY);
	arm(CALL_FLOCK, 1, FAIL_ONCE, EWOULDBLOCK);
	found = look(scene->root, &open_kind, &ana);
	disarm();
	expect(&found, SLOT_SOUND, NEWER);
	assert_int_equal(plan.struck, 1);
}

/* What others do between our open(2) and our lock: functions without arguments need to know where.
 */
static struct scene *here;

static void somebody_removes(void)
{
	assert_int_equal(unlink(record_path(here, &open_kind, &ana)), 0);
}

static void somebody_replaces(void)
{
	char from[sizeof(here->path)];

	memcpy(from, record_path(here, &open_kind, &berta), sizeof(from));
	assert_int_equal(rename(from, record_path(here, &open_kind, &ana)), 0);
}

static void removed_before_lock(void **state)
{
	struct found found;

	here = *state;
	prepare(here, &open_kind);
	arm(CALLS, 1, FAIL_ONCE, 0);
	plan.before_flock = somebody_removes;
	found = look(here->root, &open_kind, &ana);
	assert_int_equal(found.opened, -ENOENT);
	prepare(here, &open_kind);
	plan.before_flock = somebody_removes;
	assert_int_equal(put(here->root, &open_kind, &ana, 12), 0);
	assert_null(plan.before_flock);
	found = look(here->root, &open_kind, &ana);
	expect(&found, SLOT_SOUND, 12);
}

static void replaced_before_lock(void **state)
{
	struct found found;

	here = *state;
	prepare(here, &open_kind);
	assert_int_equal(put(here->root, &open_kind, &berta, 5), 0);
	arm(CALLS, 1, FAIL_ONCE, 0);
	plan.before_flock = somebody_replaces;
	found = look(here->root, &open_kind, &ana);
	assert_int_equal(found.opened, 0);
	assert_int_equal(found.read, -EBADMSG); /* the file that bears the name now is berta's */
}

static void strangers_own_it(void **state)
{
	static const mode_t types[] = { S_IFREG, S_IFDIR };
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct found found;

	prepare(scene, kind);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		arm(CALLS, 1, FAIL_ONCE, 0);
		plan.foreign = types[i];
		found = look(scene->root, kind, &ana);
		assert_int_equal(found.opened, -EPERM);
		assert_int_equal(put(scene->root, kind, &ana, 12), -EPERM);
	}
	disarm();
	plan.foreign = 0;
	found = look(scene->root, kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
}

static unsigned released(struct scene *scene, const void *secret, size_t length)
{
	struct found found;

	arm(CALLS, 1, FAIL_ONCE, 0);
	plan.secret = secret;
	plan.secret_length = length;
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 0x51525354), 0);
	found = look(scene->root, &sealed_kind, &ana);
	plan.secret = NULL;
	expect(&found, SLOT_SOUND, 0x51525354);
	return plan.secrets_released;
}

static void secrets_are_erased(void **state)
{
	struct scene *scene = *state;
	uint8_t payload[12], key[48];
	char command[256];
	void (*volatile release)(void *) = free; /* the compiler knows too much of free(3) */
	char *decoy;

	tell(payload, sizeof(payload), 0x51525354);
	assert_int_equal(released(scene, payload, sizeof(payload)), 0);
	snprintf(command, sizeof(command), "cp %s/var/lib/sereno/host-*.key %s/key", scene->root,
		 scene->root);
	assert_int_equal(system(command), 0);
	read_bytes(scene_path(scene, "key"), 0, key, sizeof(key));
	assert_int_equal(released(scene, key + 12, 32), 0);

	/* The trap itself works. */
	decoy = strndup((const char *)key, 12);
	assert_non_null(decoy);
	plan.secret = key;
	plan.secret_length = 8; /* the magic */
	release(decoy);
	plan.secret = NULL;
	assert_int_equal(plan.secrets_released, 1);
}

/* The cipher's library out of memory: no slot is lost by that. */
static unsigned library_calls, library_fails_at;

static bool library_fails(void)
{
	return library_fails_at > 0 && ++library_calls >= library_fails_at;
}

static void *library_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return library_fails() ? NULL : malloc(size);
}

static void *library_realloc(void *owner, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return library_fails() ? NULL : realloc(owner, size);
}

static void library_free(void *owner, const char *file, int line)
{
	(void)file, (void)line;
	free(owner);
}

static void library_out_of_memory(void **state)
{
	struct scene *scene = *state;
	unsigned n_failed = 0;
	struct found found;

	prepare(scene, &sealed_kind);
	memset(&plan, 0, sizeof(plan));
	for (unsigned n = 1; n < 40; n++) {
		library_calls = 0;
		library_fails_at = n;
		found = look(scene->root, &sealed_kind, &ana);
		library_fails_at = 0;
		if (found.opened == 0 && found.read == 0)
			expect(&found, SLOT_SOUND, NEWER);
		else
			n_failed++;
		assert_int_not_equal(found.read, -EBADMSG);
	}
	assert_true(n_failed > 0);
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
}

int main(void)
{
	static const struct scenario scenarios[] = {
		{ false, beginning_holds, &open_kind },
		{ false, beginning_holds, &sealed_kind },
		{ true, record_holds, &open_kind },
		{ true, record_holds, &sealed_kind },
	};
	static const char *const names[] = { "a new file, open", "a new file, sealed",
					     "a record, open", "a record, sealed" };
	struct CMUnitTest tests[4 * ARRAY_SIZE(scenarios) + 13];
	size_t n = 0;

	if (CRYPTO_set_mem_functions(library_malloc, library_realloc, library_free) != 1)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		tests[n++] = a_test(names[i], sweep, &scenarios[i]);
		tests[n++] = a_test(names[i], interrupted, &scenarios[i]);
		tests[n++] = a_test(names[i], cut_short, &scenarios[i]);
		tests[n++] = a_test(names[i], torn, &scenarios[i]);
	}
	tests[n++] = a_test("removing", removing, NULL);
	tests[n++] = a_test("every call was made to fail", every_call_struck, NULL);
	tests[n++] = a_test("reading, open", reading, &open_kind);
	tests[n++] = a_test("reading, sealed", reading, &sealed_kind);
	tests[n++] = a_test("synced in order, open", synced_in_order, &open_kind);
	tests[n++] = a_test("synced in order, sealed", synced_in_order, &sealed_kind);
	tests[n++] = a_test("the lock is waited for", lock_is_waited_for, NULL);
	tests[n++] = a_test("removed before the lock", removed_before_lock, NULL);
	tests[n++] = a_test("replaced before the lock", replaced_before_lock, NULL);
	tests[n++] = a_test("a stranger's, open", strangers_own_it, &open_kind);
	tests[n++] = a_test("a stranger's, sealed", strangers_own_it, &sealed_kind);
	tests[n++] = a_test("secrets are erased", secrets_are_erased, NULL);
	tests[n++] = a_test("the library is out of memory", library_out_of_memory, NULL);
	return _cmocka_run_group_tests("failing calls", tests, n, NULL, NULL);
}
