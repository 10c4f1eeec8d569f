/* SPDX-License-Identifier: MIT */
/* grants_damage.c - tests: bytes of the published grants are changed or cut off: what is read is as
 * it was, or an error. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/grants.h>
#include <sereno/scoped.h>

#define HOLDERS	      40
#define SIZE_MAX_READ 65536

struct place {
	char root[64], file[128]; /* the one that is damaged */
	uint8_t bytes[SIZE_MAX_READ];
	size_t size;
};

static const char *const asked[] = { "user0", "user7", "user39", "nobody", "left3", "left12", "" };

/* All that @grants says of the users asked about, as one text; what cannot be read is an error. */
static int tell(const struct grants *grants, char text[static 1024])
{
	struct departure departure;
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		scoped_free struct grant *item = NULL;
		const ssize_t n = grants_of(grants, asked[i], &item);
		int r;

		if (n < 0)
			return (int)n;
		for (ssize_t k = 0; k < n; k++)
			used += (size_t)snprintf(text + used, 1024 - used, "%u %s %lld,",
						 item[k].id, item[k].role,
						 (long long)item[k].valid.until);
		r = grants_departed(grants, asked[i], i < 4 ? (uid_t)(3020 + i) : GRANTS_NO_UID,
				    &departure);
		if (r < 0)
			return r;
		if (r > 0)
			used += (size_t)snprintf(text + used, 1024 - used, "left %s,",
						 departure.user);
	}
	return 0;
}

static int tell_of(const struct place *place, char text[static 1024])
{
	scoped(grants_close_p) struct grants *grants = NULL;
	const int r = grants_open(place->root, &grants);

	return r < 0 ? r : tell(grants, text);
}

static void make_directories(const struct place *place)
{
	static const char *const names[] = { "/var", "/var/lib", "/var/lib/sereno" };
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", place->root, names[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
}

static void publish_serial(const struct place *place, uint64_t serial)
{
	static char users[HOLDERS][16];
	struct granted grants[HOLDERS];
	struct departure departures[HOLDERS];
	const struct grants_image image = {
		.facts = { .serial = serial,
			   .published = 1000,
			   .n_grants = HOLDERS,
			   .n_departures = HOLDERS },
		.grants = grants,
		.departures = departures,
	};

	for (uint32_t i = 0; i < HOLDERS; i++) {
		(void)snprintf(users[i], sizeof(users[i]), "user%u", i);
		grants[i] =
			(struct granted){ .user = users[i],
					  .grant = { .id = i, .role = "dba", .valid = { 5, i } } };
		departures[i] = (struct departure){ .id = i,
						    .uid = 3000 + i,
						    .since = i % 2 ? 5000 + i : i };
		(void)snprintf(departures[i].user, sizeof(departures[i].user), "left%u", i);
	}
	assert_int_equal(grants_publish(place->root, &image), 0);
}

static void path_of(const struct place *place, const char *name, char path[static 128])
{
	(void)snprintf(path, 128, "%s/var/lib/sereno/%s", place->root, name);
}

static void place_open(struct place *place, const char *name)
{
	ssize_t n;
	int fd;

	*place = (struct place){ .root = "/dev/shm/sereno-test.XXXXXX" };
	if (access("/dev/shm", W_OK) != 0)
		*place = (struct place){ .root = "/tmp/sereno-test.XXXXXX" };
	assert_non_null(mkdtemp(place->root));
	make_directories(place);
	publish_serial(place, 9);
	path_of(place, name, place->file);
	fd = open(place->file, O_RDONLY | O_CLOEXEC);
	n = read(fd, place->bytes, sizeof(place->bytes));
	assert_true(n > 0 && n < SIZE_MAX_READ);
	place->size = (size_t)n;
	(void)close(fd);
}

static void place_close(const struct place *place)
{
	static const char *const names[] = { "/var/lib/sereno", "/var/lib", "/var", "" };
	char path[128];

	path_of(place, "grants.1.cdb", path);
	assert_int_equal(unlink(path), 0);
	path_of(place, "leavers.1.cdb", path);
	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", place->root, names[i]);
		assert_int_equal(rmdir(path), 0);
	}
}

static void test_changed(void **state)
{
	static struct place place;
	char sound[1024], now[1024];
	unsigned errors = 0;
	int fd;

	place_open(&place, *state);
	assert_int_equal(tell_of(&place, sound), 0);
	assert_non_null(strstr(sound, "39 dba 39,"));
	assert_non_null(strstr(sound, "left left3,left left12,"));
	fd = open(place.file, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t at = 0; at < place.size; at++) {
		const uint8_t bad = place.bytes[at] ^ (uint8_t)(1u << at % 8);
		int r;

		assert_int_equal(pwrite(fd, &bad, 1, (off_t)at), 1);
		r = tell_of(&place, now);
		assert_true(r == 0 || r == -EBADMSG);
		if (r == 0)
			assert_string_equal(now, sound);
		errors += r < 0;
		assert_int_equal(pwrite(fd, &place.bytes[at], 1, (off_t)at), 1);
	}
	assert_true(errors > 300);
	(void)close(fd);
	place_close(&place);
}

static void test_cut(void **state)
{
	static struct place place;
	char sound[1024], now[1024];

	place_open(&place, *state);
	assert_int_equal(tell_of(&place, sound), 0);
	for (size_t size = place.size; size-- > 0;) {
		int r;

		assert_int_equal(truncate(place.file, (off_t)size), 0);
		r = tell_of(&place, now);
		assert_true(r == 0 || r == -EBADMSG);
		if (r == 0)
			assert_string_equal(now, sound);
	}
	place_close(&place);
}

static void test_not_there(void **state)
{
	static struct place place;
	struct grants *grants;
	char other[160];

	place_open(&place, *state);
	assert_int_equal(chmod(place.file, 0666), 0);
	assert_int_equal(grants_open(place.root, &grants), -EPERM);
	assert_int_equal(unlink(place.file), 0);
	assert_int_equal(grants_open(place.root, &grants), -EBADMSG);
	(void)snprintf(other, sizeof(other), "%s.other", place.file);
	publish_serial(&place, 9);
	assert_int_equal(rename(place.file, other), 0);
	assert_int_equal(symlink(other, place.file), 0);
	assert_int_equal(grants_open(place.root, &grants), -EPERM);
	assert_int_equal(unlink(other), 0);
	place_close(&place);
}

/* Whether @name is written in the file itself. */
static bool is_written(const struct place *place, const char *name)
{
	return memmem(place->bytes, place->size, name, strlen(name)) != NULL;
}

/* What everybody may read has who has left, and not who will; an older list of who will is none. */
static void test_yet_to_come(void **state)
{
	static struct place place;
	struct grants *grants;
	char path[128], kept[160];
	struct stat st;

	place_open(&place, "grants.1.cdb");
	assert_true(is_written(&place, "left12"));
	assert_false(is_written(&place, "left13"));
	path_of(&place, "leavers.1.cdb", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	(void)snprintf(kept, sizeof(kept), "%s.kept", path);
	assert_int_equal(link(path, kept), 0);
	publish_serial(&place, 10);
	assert_int_equal(rename(kept, path), 0);
	assert_int_equal(grants_open(place.root, &grants), -EBADMSG);
	publish_serial(&place, 9);
	assert_int_equal(grants_open(place.root, &grants), 0);
	grants_close(grants);
	(void)state;
	place_close(&place);
}

/* Who is not root is told nothing of it, and no error either. */
static void test_not_root(void **state)
{
	static struct place place;
	char text[1024];
	int r;

	(void)state;
	if (geteuid() != 0)
		skip();
	place_open(&place, "grants.1.cdb");
	assert_int_equal(chmod(place.root, 0755), 0);
	assert_int_equal(seteuid(65534), 0);
	r = tell_of(&place, text);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, 0);
	assert_non_null(strstr(text, "left left12,"));
	assert_null(strstr(text, "left left3,"));
	place_close(&place);
}

#define GRANTS	(void *)(uintptr_t) "grants.1.cdb"
#define LEAVERS (void *)(uintptr_t) "leavers.1.cdb"

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_changed, GRANTS),
		cmocka_unit_test_prestate(test_changed, LEAVERS),
		cmocka_unit_test_prestate(test_cut, GRANTS),
		cmocka_unit_test_prestate(test_cut, LEAVERS),
		cmocka_unit_test_prestate(test_not_there, GRANTS),
		cmocka_unit_test_prestate(test_not_there, LEAVERS),
		cmocka_unit_test(test_yet_to_come),
		cmocka_unit_test(test_not_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
