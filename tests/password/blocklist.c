/* SPDX-License-Identifier: MIT */
/* blocklist.c - lists built from every form they come in; lookup in whole and in damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include <sereno/blocklist.h>
#include <sereno/scoped.h>
#include <sereno/strength.h>

#include "blocklist_build.h"
#include "blocklist_format.h"

/* SHA-1 of password, 123456, qwerty, letmein: in order of the hashes below. */
#define PASSWORD_SHA1 "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"
#define DIGITS_SHA1   "7C4A8D09CA3762AF61E59520943DC26494F8941B"
#define QWERTY_SHA1   "b1b3773a05c0ed0176787a4f1574ff0075f7521e"
#define LETMEIN_SHA1  "B7A875FC1EA228B9061041B7CEC4BD3C52AB3CE3"
#define NTLM	      "32ED87BDB5FDC5E9CBA88547376818D4"

struct place {
	char dir[40], in[64], out[64];
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->dir, sizeof(place->dir), "%s/sereno-list-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(place->dir));
	(void)snprintf(place->in, sizeof(place->in), "%s/in", place->dir);
	(void)snprintf(place->out, sizeof(place->out), "%s/out", place->dir);
	*state = place;
	return 0;
}

/* Nothing but what the tests made may be left. */
static int remove_place(void **state)
{
	struct place *place = *state;

	(void)unlink(place->in);
	(void)unlink(place->out);
	assert_int_equal(rmdir(place->dir), 0);
	free(place);
	return 0;
}

static void write_file(const char *path, const void *text, size_t size)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
}

/* clang-format off */
static const struct row {
	const char *name, *text;
	uint64_t min_count;
	int err;
	uint64_t line;
	const char *in, *not_in;
} rows[] = {
	{ "ordered hashes", PASSWORD_SHA1 ":99\n" DIGITS_SHA1 ":5\n" LETMEIN_SHA1 ":7\n", 0, 0, 0, "letmein", "qwerty" },
	{ "unordered hashes", LETMEIN_SHA1 ":99\n" DIGITS_SHA1 ":5\n" PASSWORD_SHA1 ":7\n", 0, 0, 0, "123456", "qwerty" },
	{ "CR LF, no last newline", PASSWORD_SHA1 ":99\r\n" DIGITS_SHA1 ":5", 0, 0, 0, "123456", "letmein" },
	{ "small digits", QWERTY_SHA1 ":1\n", 0, 0, 0, "qwerty", "QWERTY" },
	{ "without counts", PASSWORD_SHA1 "\n" DIGITS_SHA1 "\r\n", 100, 0, 0, "123456", "letmein" },
	{ "minimum kept", PASSWORD_SHA1 ":99\n" DIGITS_SHA1 ":100\n", 100, 0, 0, "123456", "password" },
	{ "minimum, all go", PASSWORD_SHA1 ":99\n" DIGITS_SHA1 ":5\n", 100, -ENODATA, 0, NULL, NULL },
	{ "greatest count", PASSWORD_SHA1 ":18446744073709551615\n", 100, 0, 0, "password", "123456" },
	{ "count too great", PASSWORD_SHA1 ":18446744073709551616\n", 0, -EINVAL, 1, NULL, NULL },
	{ "count missing", PASSWORD_SHA1 ":\n", 0, -EINVAL, 1, NULL, NULL },
	{ "count not a number", PASSWORD_SHA1 ":5\n" DIGITS_SHA1 ":5x\n", 0, -EINVAL, 2, NULL, NULL },
	{ "empty lines", "\n\r\n" PASSWORD_SHA1 ":99\n\n", 0, 0, 0, "password", "" },
	{ "a word among hashes", PASSWORD_SHA1 ":99\nletmein\n", 0, -EINVAL, 2, NULL, NULL },
	{ "a hash among words", "letmein\nqwerty\n" PASSWORD_SHA1 ":99\n", 0, -EINVAL, 3, NULL, NULL },
	{ "a digit short", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD:9\n" PASSWORD_SHA1 ":1\n", 0, -EINVAL, 2, NULL, NULL },
	{ "NTLM", NTLM ":99\n", 0, -ENOTSUP, 1, NULL, NULL },
	{ "NTLM without counts", NTLM "\r\n", 0, -ENOTSUP, 1, NULL, NULL },
	{ "words", "letmein\nqwerty\n", 0, 0, 0, "qwerty", "password" },
	{ "words, CR LF", "letmein\r\nqwerty", 7, 0, 0, "letmein", "letmein\r" },
	{ "words with spaces and accents", " a b \n\u00f1and\u00fa\n", 0, 0, 0, "\u00f1and\u00fa", "a b" },
	{ "words with a byte order mark", "\xEF\xBB\xBFletmein\n", 0, 0, 0, "letmein", "\xEF\xBB\xBFletmein" },
	{ "a word twice", "letmein\nqwerty\nletmein\n", 0, 0, 0, "letmein", "let" },
	{ "a colon in a word", "a:1\n12345:abcd\n", 0, 0, 0, "12345:abcd", "12345" },
	{ "not Latin text", "\xff\xfe\xfd\n", 0, 0, 0, "\xff\xfe\xfd", "?" },
	{ "empty file", "", 0, -ENODATA, 0, NULL, NULL },
};
/* clang-format on */

static void check_row(void **state)
{
	const struct row *row = *state;
	struct place *place;
	uint64_t line = 77;
	void *made;

	assert_int_equal(make_place(&made), 0);
	place = made;
	write_file(place->in, row->text, strlen(row->text));
	write_file(place->out, "as before", 9);
	assert_int_equal(blocklist_build(place->in, place->out, row->min_count, NULL, NULL, &line),
			 row->err);
	assert_int_equal(line, row->line);
	if (row->err) {
		char kept[16] = "";
		scoped_fd int fd = open(place->out, O_RDONLY | O_CLOEXEC);

		assert_int_equal(read(fd, kept, sizeof(kept)), 9);
		assert_string_equal(kept, "as before");
	} else {
		struct stat st;

		assert_int_equal(blocklist_has(place->out, row->in), 1);
		assert_int_equal(blocklist_has(place->out, row->not_in), 0);
		assert_int_equal(stat(place->out, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0644);
	}
	assert_int_equal(remove_place(&made), 0);
}

static int build(const struct place *place, size_t room)
{
	const struct list_recipe recipe = { .in = place->in, .out = place->out, .room = room };
	uint64_t line;

	return list_build(&recipe, &line);
}

static void write_words(const struct place *place, unsigned n, unsigned step)
{
	scoped_file FILE *file = fopen(place->in, "we");

	assert_non_null(file);
	for (unsigned i = 0; i < n; i++)
		assert_true(fprintf(file, "word%u\n", i * step % n) > 0);
}

static void check_words(const struct place *place, unsigned n)
{
	char word[32];

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(word, sizeof(word), "word%u", i);
		assert_int_equal(blocklist_has(place->out, word), 1);
		(void)snprintf(word, sizeof(word), "no%u", i);
		assert_int_equal(blocklist_has(place->out, word), 0);
	}
}

/* Whatever the memory and the order, the list is the same, and so is its version. */
static void merges(void **state)
{
	static const size_t rooms[] = { 3000, 1000, 333, 80, 2999 };
	uint8_t first[BLOCKLIST_VERSION_SIZE], version[BLOCKLIST_VERSION_SIZE];
	const struct place *place = *state;

	write_words(place, 3000, 1);
	assert_int_equal(build(place, 100000), 0);
	assert_int_equal(blocklist_version(place->out, first), 0);
	check_words(place, 3000);
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		write_words(place, 3000, 7);
		assert_int_equal(build(place, rooms[i]), 0);
		assert_int_equal(blocklist_version(place->out, version), 0);
		assert_memory_equal(version, first, sizeof(first));
		check_words(place, 3000);
	}
	assert_int_equal(build(place, 2), -EFBIG);  /* more than RUNS_MAX runs */
	assert_int_equal(build(place, 30), -EFBIG); /* more runs than memory holds entries */
	write_words(place, 3001, 1);
	assert_int_equal(build(place, 1000), 0);
	assert_int_equal(blocklist_version(place->out, version), 0);
	assert_memory_not_equal(version, first, sizeof(first));
}

/* Sorted at first, in disorder from the second part on. */
static void order_given_up(void **state)
{
	const struct place *place = *state;
	const char *text = PASSWORD_SHA1 ":1\n" LETMEIN_SHA1 ":1\n" QWERTY_SHA1 ":1\n" DIGITS_SHA1
					 ":1\n" PASSWORD_SHA1 ":1\n";

	for (size_t room = 2; room < 7; room++) {
		write_file(place->in, text, strlen(text));
		assert_int_equal(build(place, room), 0);
		assert_int_equal(blocklist_has(place->out, "password"), 1);
		assert_int_equal(blocklist_has(place->out, "letmein"), 1);
		assert_int_equal(blocklist_has(place->out, "qwerty"), 1);
		assert_int_equal(blocklist_has(place->out, "123456"), 1);
		assert_int_equal(blocklist_has(place->out, "654321"), 0);
	}
}

/* Lines longer than any password, and than the buffer: left out, or a fault among hashes. */
static void long_lines(void **state)
{
	static const size_t lengths[] = { STRENGTH_BYTES_MAX, STRENGTH_BYTES_MAX + 1,
					  (1 << 20) - 1,      1 << 20,
					  (1 << 20) + 1,      3 << 20 };
	const struct place *place = *state;

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const size_t n = lengths[i];
		scoped_free char *text = malloc(n + 32);
		uint64_t line;

		assert_non_null(text);
		memset(text, 'x', n + 32);
		memcpy(text, "first\n", 6);
		memcpy(text + 6 + n, "\nlast", 6);
		write_file(place->in, text, 6 + n + 5);
		assert_int_equal(build(place, 100), 0);
		assert_int_equal(blocklist_has(place->out, "first"), 1);
		assert_int_equal(blocklist_has(place->out, "last"), 1);
		text[6 + n] = '\0';
		assert_int_equal(blocklist_has(place->out, text + 6), n <= STRENGTH_BYTES_MAX);
		memcpy(text, PASSWORD_SHA1 "\n", 41);
		write_file(place->in, text, 6 + n);
		assert_int_equal(blocklist_build(place->in, place->out, 0, NULL, NULL, &line),
				 -EINVAL);
		assert_int_equal(line, 2);
	}
}

static void a_nul_in_a_word(void **state)
{
	const struct place *place = *state;
	uint64_t line;

	write_file(place->in, "a\nb\0c\n", 6);
	assert_int_equal(blocklist_build(place->in, place->out, 0, NULL, NULL, &line), -EINVAL);
	assert_int_equal(line, 2);
}

struct seen {
	struct blocklist_progress last;
	unsigned calls;
};

static void see(const struct blocklist_progress *progress, void *context)
{
	struct seen *seen = context;

	assert_true(progress->kept >= seen->last.kept);
	assert_true(progress->bytes_read <= progress->bytes_total);
	seen->last = *progress;
	seen->calls++;
}

static void progress(void **state)
{
	const struct place *place = *state;
	struct seen seen = { 0 };
	uint64_t line;

	write_words(place, 140000, 1);
	assert_int_equal(blocklist_build(place->in, place->out, 0, see, &seen, &line), 0);
	assert_int_equal(seen.calls, 3);
	assert_int_equal(seen.last.kept, 140000);
	assert_int_equal(seen.last.bytes_read, seen.last.bytes_total);
	assert_true(seen.last.bytes_total > 140000);
}

static void odd_files(void **state)
{
	const struct place *place = *state;
	uint8_t version[BLOCKLIST_VERSION_SIZE];
	uint64_t line;

	assert_int_equal(blocklist_has(place->out, "x"), -ENOENT);
	assert_int_equal(blocklist_build(place->in, place->out, 0, NULL, NULL, &line), -ENOENT);
	assert_int_equal(blocklist_build(place->dir, place->out, 0, NULL, NULL, &line), -EISDIR);
	write_words(place, 10, 1);
	assert_int_equal(blocklist_build(place->in, "/nowhere/out", 0, NULL, NULL, &line), -ENOENT);
	assert_int_equal(build(place, 100), 0);
	assert_int_equal(chmod(place->out, 0664), 0);
	assert_int_equal(blocklist_has(place->out, "word1"), -EPERM);
	assert_int_equal(blocklist_version(place->out, version), -EPERM);
	assert_int_equal(chmod(place->out, 0644), 0);
	assert_int_equal(blocklist_has(place->out, "word1"), 1);
	assert_int_equal(blocklist_has(place->dir, "x"), -EPERM);
	assert_int_equal(unlink(place->out), 0);
	assert_int_equal(mkfifo(place->out, 0600), 0);
	assert_int_equal(blocklist_has(place->out, "x"), -EPERM); /* and does not wait */
}

/* The list in memory; the caller frees it. */
static uint8_t *read_whole(const char *path, size_t *ret_size)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *bytes;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	*ret_size = (size_t)st.st_size;
	return bytes;
}

static void change_byte(int fd, size_t at, int value)
{
	const uint8_t byte = (uint8_t)value;

	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
}

/* Any byte changed is noticed by the lookups that read it, and never turns yes into no. */
static void any_byte_changed(void **state)
{
	const struct place *place = *state;
	size_t size, noticed = 0;
	scoped_free uint8_t *bytes = NULL;
	scoped_fd int fd = -1;

	write_words(place, 30, 1);
	assert_int_equal(build(place, 100), 0);
	bytes = read_whole(place->out, &size);
	fd = open(place->out, O_RDWR | O_CLOEXEC);
	assert_int_equal(size, 64 + 30 * 8 + 17 * 16);
	for (size_t i = 0; i < size; i++) {
		char word[16];
		bool here = false;

		change_byte(fd, i, bytes[i] ^ 0x40);
		for (unsigned k = 0; k < 30; k++) {
			int r;

			(void)snprintf(word, sizeof(word), "word%u", k);
			r = blocklist_has(place->out, word);
			assert_true(r == 1 || r == -EBADMSG);
			here |= r < 0;
		}
		noticed += here;
		change_byte(fd, i, bytes[i]);
	}
	assert_true(noticed >= 64 + 30 * 8); /* marks of empty buckets may not be read */
}

static void any_length(void **state)
{
	const struct place *place = *state;
	const size_t size = 64 + 30 * 8 + 17 * 16;

	write_words(place, 30, 1);
	assert_int_equal(build(place, 100), 0);
	for (size_t i = size; i-- > 0;) {
		assert_int_equal(truncate(place->out, (off_t)i), 0);
		assert_int_equal(blocklist_has(place->out, "word3"), -EBADMSG);
	}
}

/* The number of descriptors that are open. */
static unsigned count_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	assert_int_equal(closedir(dir), 0);
	return n;
}

static void nothing_stays_open(void **state)
{
	const struct place *place = *state;
	const unsigned before = count_open();
	uint64_t line;

	write_words(place, 100, 7);
	assert_int_equal(build(place, 20), 0);
	assert_int_equal(blocklist_has(place->out, "word1"), 1);
	write_file(place->in, NTLM, 32);
	assert_int_equal(blocklist_build(place->in, place->out, 0, NULL, NULL, &line), -ENOTSUP);
	assert_int_equal(count_open(), before);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest others[] = {
		IN_PLACE(merges),	    IN_PLACE(order_given_up), IN_PLACE(long_lines),
		IN_PLACE(a_nul_in_a_word),  IN_PLACE(progress),	      IN_PLACE(odd_files),
		IN_PLACE(any_byte_changed), IN_PLACE(any_length),     IN_PLACE(nothing_stays_open),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows)];
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = check_row,
						.initial_state = (void *)(uintptr_t)&rows[i] };
	failed = cmocka_run_group_tests_name("blocklist, form by form", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("blocklist", others, NULL, NULL);
}
