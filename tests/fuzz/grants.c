/* SPDX-License-Identifier: MIT */
/*
 * grants.c - fuzzer: any bytes as what the register has published.
 *
 * The first byte of the input says how: as the file itself, or as changes to a sound file, each
 * an offset of two bytes and a byte; and whether the records then get right checksums. What is read
 * is within its bounds; who was granted something and has departed is never nobody by an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/grants.h>
#include <sereno/scoped.h>

#include "compiled/checksum.h"
#include "compiled/record.h"
#include "compiled/table.h"

#define INPUT_MAX (1u << 16)

#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

enum { AS_CHANGES = 1, SEALED = 2 };

/* A directory for the life of the process, and a sound file, made once. */
static char root[] = "/dev/shm/sereno-fuzz-grants-XXXXXX";
static struct {
	uint8_t bytes[INPUT_MAX];
	size_t size;
} sound;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void below_root(char path[static 128], const char *tail)
{
	const int n = snprintf(path, 128, "%s%s", root, tail);

	REQUIRE(n >= 0 && n < 128);
}

static void remove_root(void)
{
	static const char *const tails[] = { "/var/lib/sereno/grants.1.cdb",
					     "/var/lib/sereno/leavers.1.cdb",
					     "/var/lib/sereno",
					     "/var/lib",
					     "/var",
					     "" };
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		below_root(path, tails[i]);
		(void)remove(path);
	}
}

static void publish(void)
{
	static const struct granted grants[] = {
		{ "ana", { 1, "dba", { 5, 1000 } } },
		{ "ana", { 2, "auditor", { 5, 2000 } } },
		{ "bea", { 3, "dba", { 5, 3000 } } },
	};
	static const struct departure departures[] = {
		{ 1, "leo", 1500, 900 },
		{ 2, "toor", GRANTS_NO_UID, 800 },
	};
	const struct grants_image image = {
		.facts = { .serial = 9, .published = 1000, .n_grants = 3, .n_departures = 2 },
		.grants = grants,
		.departures = departures,
	};

	REQUIRE(grants_publish(root, &image) == 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const tails[] = { "/var", "/var/lib", "/var/lib/sereno" };
	char path[128];
	ssize_t n;
	int fd;

	(void)argc;
	(void)argv;
	REQUIRE(mkdtemp(root) != NULL && atexit(remove_root) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		below_root(path, tails[i]);
		REQUIRE(mkdir(path, 0755) == 0);
	}
	publish();
	below_root(path, "/var/lib/sereno/grants.1.cdb");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, sound.bytes, sizeof(sound.bytes));
	REQUIRE(n > 0 && close(fd) == 0);
	sound.size = (size_t)n;
	return 0;
}

static uint32_t number_at(const uint8_t *bytes)
{
	struct decoder decoder = { .next = bytes, .left = 4 };

	return decode_u32(&decoder);
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

/* Give each record from the end of the index on its length and its checksum. */
static void seal(uint8_t *bytes, size_t size)
{
	size_t at = STORE_INDEX_BYTES;

	while (at + 8 + STORE_KEY_BYTES + RECORD_HEADER_BYTES <= size) {
		const size_t key = number_at(bytes + at), length = number_at(bytes + at + 4);
		uint8_t *record = bytes + at + 8 + STORE_KEY_BYTES;

		if (key != STORE_KEY_BYTES || length < RECORD_HEADER_BYTES ||
		    length > size - at - 8 - STORE_KEY_BYTES)
			return;
		put_u32(record + 4, (uint32_t)length);
		put_u32(record, crc32c(record + 4, length - 4));
		at += 8 + STORE_KEY_BYTES + length;
	}
}

/* The file that the input stands for, in @bytes of INPUT_MAX; returns its size. */
static size_t make_file(const uint8_t *data, size_t size, uint8_t *bytes)
{
	const unsigned how = size > 0 ? data[0] : 0;
	size_t length = size > 0 ? size - 1 : 0;

	if ((how & AS_CHANGES) != 0) {
		memcpy(bytes, sound.bytes, sound.size);
		for (size_t i = 1; i + 3 <= size; i += 3)
			bytes[(data[i] | (size_t)data[i + 1] << 8) % sound.size] = data[i + 2];
		length = sound.size;
	} else if (length > 0) {
		memcpy(bytes, data + 1, length);
	}
	if ((how & SEALED) != 0)
		seal(bytes, length);
	return length;
}

static void write_file(const uint8_t *bytes, size_t length)
{
	char path[128];
	scoped_fd int fd = -1;

	below_root(path, "/var/lib/sereno/grants.1.cdb");
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	REQUIRE(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
}

static void ask(const struct grants *grants, const char *user, uid_t uid)
{
	scoped_free struct grant *item = NULL;
	struct departure departure;
	const ssize_t n = grants_of(grants, user, &item);
	const int r = grants_departed(grants, user, uid, &departure);

	REQUIRE(n <= 0 || item != NULL);
	for (ssize_t i = 0; i < n; i++)
		REQUIRE(memchr(item[i].role, '\0', sizeof(item[i].role)));
	REQUIRE(r <= 1);
	if (r == 1)
		REQUIRE(memchr(departure.user, '\0', sizeof(departure.user)));
}

/* One byte changed and no new checksum: what is told of the sound file's people is as it was. */
static void ask_unsealed(const struct grants *grants)
{
	scoped_free struct grant *item = NULL;
	struct departure departure;
	ssize_t n = grants_of(grants, "ana", &item);
	int r = grants_departed(grants, "other", 1500, &departure);

	REQUIRE(n < 0 || (n == 2 && item[0].id + item[1].id == 3));
	REQUIRE(r < 0 || (r == 1 && departure.since == 900));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	scoped_free uint8_t *bytes = NULL;
	int r;

	if (size > INPUT_MAX)
		return 0;
	bytes = malloc(INPUT_MAX);
	REQUIRE(bytes != NULL);
	write_file(bytes, make_file(data, size, bytes));
	r = grants_open(root, &grants);
	REQUIRE(r == 0 || r == -EBADMSG);
	if (r < 0)
		return 0;
	ask(grants, "ana", 1000);
	ask(grants, "leo", 1500);
	ask(grants, "toor", 0);
	ask(grants, "", GRANTS_NO_UID);
	if (size >= 1 && size <= 1 + 3 && data[0] == AS_CHANGES)
		ask_unsealed(grants);
	(void)grants_verify(grants);
	return 0;
}
