/* SPDX-License-Identifier: MIT */
/* host_key.c - tests: the host key is sealed, loaded and put back, and killed at every step of it.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "host_key_scene.h"

/* The killed one dies before his nth step; or in place of it, that call fails. */
static struct {
	unsigned left; /* steps; 0: nobody dies */
	int error;     /* 0: killed */
} fate;

static bool strikes(void)
{
	if (fate.left == 0 || --fate.left > 0)
		return false;
	if (fate.error == 0)
		(void)raise(SIGKILL);
	errno = fate.error;
	return true;
}

/* clang-format off */
#define WRAP(name, parameters, arguments) \
	int __real_##name parameters; \
	int __wrap_##name parameters; \
	int __wrap_##name parameters \
	{ \
		return strikes() ? -1 : __real_##name arguments; \
	}

WRAP(fsync, (int fd), (fd))
WRAP(ftruncate, (int fd, off_t length), (fd, length))
WRAP(fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(renameat2, (int d, const char *n, int e, const char *m, unsigned f), (d, n, e, m, f))
WRAP(unlinkat, (int d, const char *n, int f), (d, n, f))
WRAP(flock, (int fd, int operation), (fd, operation))
/* clang-format on */

ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	if (!strikes())
		return __real_pwrite(fd, bytes, length, offset);
	if (fate.error == 0)
		return __real_pwrite(fd, bytes, length / 2, offset);
	return -1;
}

/* Waiting takes no time, where nobody is waited for who would come. */
static bool time_flies;
static int64_t waited_sec;

int __real_nanosleep(const struct timespec *pause, struct timespec *left);

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	const int r = __real_clock_gettime(clock, now);

	now->tv_sec += waited_sec;
	return r;
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *left);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *left)
{
	if (!time_flies)
		return __real_nanosleep(pause, left);
	waited_sec++;
	return 0;
}

static void sealed_and_back(void **state)
{
	struct scene *scene = *state;
	struct host_key_image image;
	struct stat st;

	begin(scene, &image);
	expect_places(scene, 0, -ENOENT, -ENOENT);
	assert_int_equal(seal(scene->root, &image), 0);
	expect_places(scene, -ENOENT, 0, 0);
	expect_record(scene);
	assert_int_equal(stat(scene_path(scene, "run/sereno"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	boot(scene, &image);
	expect_places(scene, -ENOENT, 0, 0);
	expect_record(scene);
	assert_int_equal(load(scene->root, &image), 0); /* once more changes nothing */
	expect_record(scene);
	assert_int_equal(put(scene->root, &sealed_kind, &berta, 3), 0);
	assert_int_equal(unseal(scene->root, &image), 0);
	expect_places(scene, 0, -ENOENT, -ENOENT);
	expect_record(scene);
	boot(scene, &image);
	expect_record(scene);
}

/* Another key, or bytes that are none, are not sealed in the place of ours. */
static void only_what_is_there(void **state)
{
	struct scene *scene = *state;
	scoped(host_key_close_p) struct host_key *key = NULL;
	struct host_key_image image, other = { { 0 } };

	begin(scene, &image);
	assert_int_equal(seal(scene->root, &other), -EBADMSG);
	assert_int_equal(unseal(scene->root, &other), -EBADMSG);
	assert_int_equal(load(scene->root, &other), -EBADMSG);
	assert_int_equal(host_key_open(scene->root, &key), 0);
	assert_int_equal(host_key_lock(key), 0);
	assert_int_equal(host_key_seal(key, &image, wrapped, 0), -EINVAL);
	assert_int_equal(host_key_seal(key, &image, wrapped, HOST_KEY_SEALED_MAX + 1), -EINVAL);
	expect_places(scene, 0, -ENOENT, -ENOENT);
	assert_int_equal(host_key_seal(key, &image, wrapped, sizeof(wrapped)), 0);
	assert_int_equal(host_key_seal(key, &image, wrapped, sizeof(wrapped)), -ESTALE);
	expect_places(scene, -ENOENT, 0, 0);
}

/* A move: what it begins with, and the places once it is complete. */
struct move {
	const char *name;
	void (*begin)(struct scene *scene, struct host_key_image *image);
	int (*run)(const char *root, const struct host_key_image *image);
	bool ends_plain;
};

static const struct move sealing = { "killed while sealing", begin, seal, false };
static const struct move unsealing = { "killed while unsealing", begin_sealed, unseal, true };
static const struct move loading = { "killed while loading", begin_sealed, load, false };

static void start_over(struct scene *scene, const struct move *move, struct host_key_image *image)
{
	static const char *const trees[] = { "var", "run" };

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		if (access(scene_path(scene, trees[i]), F_OK) == 0)
			assert_int_equal(nftw(scene->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	move->begin(scene, image);
	if (move == &loading)
		assert_int_equal(
			nftw(scene_path(scene, "run"), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	memset(&fate, 0, sizeof(fate));
}

/* Returns whether the child lived. */
static bool run_in_child(struct scene *scene, const struct move *move,
			 const struct host_key_image *image, unsigned step)
{
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		fate.left = step;
		_exit(move->run(scene->root, image) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	return status == 0;
}

/* The same, done again, completes it. */
static void complete(struct scene *scene, const struct move *move,
		     const struct host_key_image *image)
{
	const struct host_key_places places = places_of(scene);

	if (move != &sealing || places.plain == 0)
		assert_int_equal(move->run(scene->root, image), 0);
	else
		assert_int_equal(load(scene->root, image), 0);
	expect_places(scene, move->ends_plain ? 0 : -ENOENT, move->ends_plain ? -ENOENT : 0,
		      move->ends_plain ? -ENOENT : 0);
	expect_record(scene);
}

static void killed_at_every_step(void **state)
{
	struct scene *scene = *state;
	const struct move *move = scene->row;
	struct host_key_image image;
	bool lived = false;
	unsigned step;

	for (step = 1; !lived; step++) {
		start_over(scene, move, &image);
		lived = run_in_child(scene, move, &image, step);
		if (move != &loading)
			expect_record(scene); /* without a boot */
		complete(scene, move, &image);
		start_over(scene, move, &image);
		(void)run_in_child(scene, move, &image, step);
		boot(scene, &image);
		expect_record(scene);
		complete(scene, move, &image);
	}
	assert_true(step > (move == &loading ? 8 : 20));
}

/* One call fails: it is said, nothing is lost. */
static void failing_at_every_step(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EROFS };
	struct scene *scene = *state;
	const struct move *move = scene->row;
	struct host_key_image image;
	bool struck = true;

	for (unsigned step = 1; struck; step++) {
		start_over(scene, move, &image);
		fate.error = errors[step % ARRAY_SIZE(errors)];
		fate.left = step;
		(void)move->run(scene->root, &image);
		struck = fate.left == 0;
		memset(&fate, 0, sizeof(fate));
		if (move != &loading)
			expect_record(scene);
		boot(scene, &image);
		expect_record(scene);
		complete(scene, move, &image);
	}
}

#define ROUNDS	60
#define READERS 2

/* Records are read, and new ones made, all the while that the key goes to and fro. */
static void readers_never_fail(void **state)
{
	struct scene *scene = *state;
	struct host_key_image image;
	pid_t readers[READERS];
	int status;

	begin(scene, &image);
	for (unsigned i = 0; i < READERS; i++) {
		readers[i] = fork();
		assert_true(readers[i] >= 0);
		if (readers[i] > 0)
			continue;
		while (access(scene_path(scene, "stop"), F_OK) < 0)
			if (look(scene->root, &sealed_kind, &ana).value != NEWER)
				_exit(1);
		_exit(0);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		assert_int_equal(seal(scene->root, &image), 0);
		assert_int_equal(unseal(scene->root, &image), 0);
	}
	scene_write(scene, "stop", "");
	for (unsigned i = 0; i < READERS; i++) {
		assert_int_equal(waitpid(readers[i], &status, 0), readers[i]);
		assert_int_equal(status, 0);
	}
	expect_record(scene);
}

static void one_at_a_time(void **state)
{
	struct scene *scene = *state;
	scoped(host_key_close_p) struct host_key *key = NULL;
	struct host_key_image image;

	begin(scene, &image);
	assert_int_equal(host_key_open(scene->root, &key), 0);
	assert_int_equal(host_key_lock(key), 0);
	time_flies = true;
	assert_int_equal(seal(scene->root, &image), -EBUSY);
	time_flies = false;
	host_key_close(take(key, NULL));
	assert_int_equal(seal(scene->root, &image), 0);
}

int main(void)
{
	static const struct move *const moves[] = { &sealing, &unsealing, &loading };
	struct CMUnitTest tests[2 * ARRAY_SIZE(moves) + 4];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		tests[n++] = a_test(moves[i]->name, killed_at_every_step, moves[i]);
		tests[n++] =
			a_test("... and every call failing once", failing_at_every_step, moves[i]);
	}
	tests[n++] = a_test("sealed, booted, put back", sealed_and_back, NULL);
	tests[n++] = a_test("only the key that is there", only_what_is_there, NULL);
	tests[n++] = a_test("readers never fail", readers_never_fail, NULL);
	tests[n++] = a_test("one at a time", one_at_a_time, NULL);
	return _cmocka_run_group_tests("moving the host key", tests, n, NULL, NULL);
}
