/* SPDX-License-Identifier: MIT */
/*
 * slot.c - fuzzer: slot files with any bytes and any generations.
 *
 * The first byte chooses. Bytes: a sound record with the input laid over it by XOR is refused, or
 * nothing was changed. Files: two records of any generations, sound or not; what is read is the
 * newest sound one, and the write after it is read back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

#include "seal_key.h"
#include "slot_record.h"

#define BLOCK	4096
#define PAYLOAD 40

#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

static const struct slot_kind kinds[] = {
	{ "open", 1, PAYLOAD, NULL },
	{ "sealed", 1, PAYLOAD, &host_seal },
};
static const struct slot_owner owner = { "1000", "ana", 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_bytes(const struct slot_kind *kind, const uint8_t *data, size_t size)
{
	static const struct seal_key key = { { 1, 2, 3, 4 }, { 5 } };
	const struct slot_identity identity = { kind, owner, &key };
	const size_t length = slot_record_size(kind);
	uint8_t record[SLOT_RECORD_MAX], payload[PAYLOAD] = { 9 }, read[PAYLOAD];
	uint64_t generation = 0;
	bool changed = false;
	int r;

	REQUIRE(slot_record_encode(&identity, 6, payload, record) == 0);
	for (size_t i = 0; i < size && i < length; i++) {
		record[i] ^= data[i];
		changed = changed || data[i] != 0;
	}
	r = slot_record_decode(&identity, 0, record, read, &generation);
	REQUIRE(changed ? r == -EBADMSG || r == -EKEYREJECTED : r == 0 && generation == 6);
	if (r == 0)
		REQUIRE(memcmp(read, payload, PAYLOAD) == 0);
	/* Any bytes at all, for the sanitizers. */
	memset(record, 0, sizeof(record));
	memcpy(record, data, size < length ? size : length);
	(void)slot_record_decode(&identity, 1, record, read, &generation);
}

/* A directory for the life of the process. */
static char root[] = "/dev/shm/sereno-fuzz-slot-XXXXXX";

static void remove_root(void)
{
	static const char *const tails[] = { "/var/lib/sereno/open/1000",
					     "/var/lib/sereno/open",
					     "/var/lib/sereno",
					     "/var/lib",
					     "/var",
					     "" };
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		snprintf(path, sizeof(path), "%s%s", root, tails[i]);
		(void)remove(path);
	}
}

static const char *root_directory(void)
{
	static bool made;

	if (!made)
		REQUIRE(mkdtemp(root) != NULL && atexit(remove_root) == 0);
	made = true;
	return root;
}

static void write_slots(const uint8_t bytes[2 * BLOCK])
{
	char path[128];
	scoped_fd int fd = -1;

	snprintf(path, sizeof(path), "%s/var/lib/sereno/open/1000", root_directory());
	fd = open(path, O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && pwrite(fd, bytes, 2 * BLOCK, 0) == 2 * BLOCK);
}

/* Generations come from the input: nine bytes a slot, the ninth damages it or not. */
static uint64_t compose(unsigned index, const uint8_t *data, uint8_t *record)
{
	const struct slot_identity identity = { &kinds[0], owner, NULL };
	uint8_t payload[PAYLOAD];
	uint64_t generation;

	memcpy(&generation, data, sizeof(generation));
	generation = (generation & ~UINT64_C(1)) | index;
	memset(payload, (int)(generation % 251), sizeof(payload));
	REQUIRE(slot_record_encode(&identity, generation, payload, record) == 0);
	if (data[8] & 1)
		record[data[8] % slot_record_size(&kinds[0])] ^= 0x10;
	return data[8] & 1 || generation > SLOT_GENERATION_MAX ? 0 : generation;
}

static void check_file(struct slot_file *file, uint64_t newest, bool both)
{
	uint8_t payload[PAYLOAD], expected[PAYLOAD];
	enum slot_state state;
	int r = slot_read(file, payload, &state);

	if (newest == 0) {
		REQUIRE(r == -EBADMSG && slot_write(file, payload, SLOT_SHARED) == -EBADMSG);
		return;
	}
	memset(expected, (int)(newest % 251), sizeof(expected));
	REQUIRE(r == 0 && memcmp(payload, expected, PAYLOAD) == 0);
	REQUIRE(state == (!both ? SLOT_FELL_BACK : newest <= 2 ? SLOT_NEW : SLOT_SOUND));
	memset(expected, 252, sizeof(expected));
	r = slot_write(file, expected, SLOT_SHARED);
	if (newest == SLOT_GENERATION_MAX) {
		REQUIRE(r == -EOVERFLOW);
		return;
	}
	REQUIRE(r == 0 && slot_read(file, payload, &state) == 0);
	REQUIRE(memcmp(payload, expected, PAYLOAD) == 0);
	REQUIRE(state != SLOT_NEW);
}

static void fuzz_file(const uint8_t *data)
{
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t bytes[2 * BLOCK] = { 0 };
	uint64_t first, second;

	REQUIRE(slot_open(root_directory(), &kinds[0], &owner, SLOT_CREATE, &file) == 0);
	first = compose(0, data, bytes);
	second = compose(1, data + 9, bytes + BLOCK);
	write_slots(bytes);
	check_file(file, first > second ? first : second, first > 0 && second > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	if (data[0] % 3 < 2)
		fuzz_bytes(&kinds[data[0] % 3], data + 1, size - 1);
	else if (size >= 1 + 2 * 9)
		fuzz_file(data + 1);
	return 0;
}
