/* SPDX-License-Identifier: MIT */
/*
 * slot_torture.c - tests: writers that are killed at any moment, and many at a time.
 *
 * SEED=n repeats a run as far as the scheduler lets it.
 */
#include "slot_scene.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define KILLS		250 /* of each of the two kinds */
#define ROUNDS_A_FILE	25  /* then it is removed, so that kills meet its making too */
#define MOMENT_WRITES	6   /* a writer lives for so many writes at most */
#define MOMENT_MAX_NSEC 3000000
#define WRITERS		30
#define INCREMENTS	20

/* What the writer says about itself, in memory that outlives it. */
struct progress {
	_Atomic uint32_t trying, confirmed;
};

static uint32_t next_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

static struct progress *progress_new(void)
{
	struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(progress != MAP_FAILED);
	return progress;
}

/* Count up until killed: each number is confirmed before the next is tried. */
__attribute__((noreturn)) static void write_until_killed(const char *root,
							 const struct slot_kind *kind,
							 struct progress *progress)
{
	struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	enum slot_state state;
	uint32_t value;

	for (;;) {
		if (slot_open(root, kind, &ana, SLOT_CREATE, &file) < 0)
			_exit(2);
		if (slot_read(file, payload, &state) < 0)
			_exit(3);
		if (told(payload, kind->payload_size) < 0)
			_exit(4);
		value = progress->confirmed + 1;
		progress->trying = value;
		tell(payload, kind->payload_size, value);
		if (slot_write(file, payload, value % 8 ? SLOT_SHARED : SLOT_DURABLE) < 0)
			_exit(5);
		progress->confirmed = value;
		slot_close(file);
	}
}

static int64_t now_nsec(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* How long a writer may live here, so that kills meet work on slow and fast machines. */
static uint32_t longest_moment(struct scene *scene)
{
	const int64_t start = now_nsec();
	const pid_t child = fork(); /* starting takes its time too */
	int64_t taken;
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	for (uint32_t i = 0; i < MOMENT_WRITES; i++)
		assert_int_equal(put(scene->root, scene->row, &ana, i), 0);
	taken = now_nsec() - start;
	return taken < MOMENT_MAX_NSEC ? (uint32_t)taken : MOMENT_MAX_NSEC;
}

static void kill_at_random(struct scene *scene, struct progress *progress, uint32_t nsec)
{
	const struct timespec moment = { .tv_nsec = nsec };
	const pid_t writer = fork();
	int status;

	assert_true(writer >= 0);
	if (writer == 0)
		write_until_killed(scene->root, scene->row, progress);
	(void)ppoll(NULL, 0, &moment, NULL);
	assert_int_equal(kill(writer, SIGKILL), 0);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	if (!WIFSIGNALED(status))
		fail_msg("the writer gave up with %d", WEXITSTATUS(status));
}

/* What is there after a kill: the number confirmed, or the one that was being written. */
static uint32_t check_after_kill(struct scene *scene, const struct progress *progress)
{
	const struct found found = look(scene->root, scene->row, &ana);

	if (found.opened == -ENOENT && progress->confirmed == 0)
		return 0;
	assert_int_equal(found.opened, 0);
	assert_int_equal(found.read, 0);
	if (found.state == SLOT_NEW)
		assert_int_equal(progress->confirmed, 0);
	if (found.state != SLOT_SOUND || found.value != progress->trying)
		assert_int_equal(found.value, progress->confirmed);
	return (uint32_t)found.value;
}

static void killed(void **state)
{
	struct scene *scene = *state;
	struct progress *progress = progress_new();
	const char *seed = getenv("SEED");
	uint32_t random = seed ? (uint32_t)strtoul(seed, NULL, 10) | 1 : 20250601;
	uint64_t written = 0;
	uint32_t longest;
	int r;

	assert_int_equal(put(scene->root, scene->row, &berta, 1),
			 0); /* key and library are there */
	longest = longest_moment(scene);
	for (unsigned i = 0; i < KILLS; i++) {
		if (i % ROUNDS_A_FILE == 0) {
			written += progress->confirmed;
			r = slot_remove(scene->root, scene->row, &ana);
			assert_true(r == 0 || r == -ENOENT);
			progress->trying = progress->confirmed = 0;
		}
		kill_at_random(scene, progress, next_random(&random) % longest);
		progress->confirmed = check_after_kill(scene, progress);
	}
	assert_true(written + progress->confirmed > KILLS / 4); /* they were killed at work */
	print_message("%u writes confirmed\n", (unsigned)(written + progress->confirmed));
	assert_int_equal(munmap(progress, sizeof(*progress)), 0);
}

static int increment(const char *root, const struct slot_kind *kind)
{
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[SLOT_PAYLOAD_MAX];
	enum slot_state state;
	int64_t value;
	int r = slot_open(root, kind, &ana, SLOT_CREATE, &file);

	if (r < 0)
		return r;
	r = slot_read(file, payload, &state);
	if (r < 0)
		return r;
	value = told(payload, kind->payload_size);
	if (value < 0 || state == SLOT_FELL_BACK)
		return -EBADMSG;
	tell(payload, kind->payload_size, (uint32_t)value + 1);
	return slot_write(file, payload, SLOT_SHARED);
}

static void parallel(void **state)
{
	struct scene *scene = *state;
	struct found found;
	pid_t writers[WRITERS];
	int status, r;

	for (unsigned i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		assert_true(writers[i] >= 0);
		if (writers[i] > 0)
			continue;
		for (unsigned n = 0; n < INCREMENTS; n++) {
			do {
				r = increment(scene->root, scene->row);
			} while (r == -EBUSY); /* two seconds are not long on a busy machine */
			if (r < 0)
				_exit(1);
		}
		_exit(0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	found = look(scene->root, scene->row, &ana);
	expect(&found, SLOT_SOUND, WRITERS * INCREMENTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test("killed, open", killed, &open_kind),
		a_test("killed, sealed", killed, &sealed_kind),
		a_test("parallel, open", parallel, &open_kind),
		a_test("parallel, sealed", parallel, &sealed_kind),
	};

	return cmocka_run_group_tests_name("slot torture", tests, NULL, NULL);
}
