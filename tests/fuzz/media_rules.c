/* SPDX-License-Identifier: MIT */
/*
 * media_rules.c - fuzzer: any bytes as the rules about devices, and as what was granted.
 *
 * The first byte of the input says how: which of the two files; as the file itself, or as changes
 * to a sound one, each an offset of two bytes and a byte; and whether the records then get right
 * checksums. What is read is within its bounds; a decision is one of those that there are.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/device_grants.h>
#include <sereno/media.h>
#include <sereno/scoped.h>

#include "compiled/record.h"
#include "compiled/table.h"

#define INPUT_MAX (1u << 16)

#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

enum { AS_CHANGES = 1, SEALED = 2, AS_GRANTS = 4 };

/* A directory for the life of the process, with sound files, made once. */
static char root[] = "/dev/shm/sereno-fuzz-media-XXXXXX";
static struct sound {
	const char *tail;
	uint8_t bytes[INPUT_MAX];
	size_t size;
} sound[2] = { { .tail = "/generation/private.1.cdb" },
	       { .tail = "/var/lib/sereno/devices.1.cdb" } };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void below_root(char path[static 128], const char *tail)
{
	const int n = snprintf(path, 128, "%s%s", root, tail);

	REQUIRE(n >= 0 && n < 128);
}

static void remove_root(void)
{
	static const char *const tails[] = {
		"/generation/private.1.cdb",
		"/generation/policy.1.cdb",
		"/generation/policy.yaml",
		"/generation",
		"/var/lib/sereno/devices.1.cdb",
		"/var/lib/sereno",
		"/var/lib",
		"/var",
		"",
	};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		below_root(path, tails[i]);
		(void)remove(path);
	}
}

static int no_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	(void)group;
	(void)ret;
	return -ENOENT;
}

static int no_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	(void)user;
	(void)ret;
	return -ENOENT;
}

static void compile(void)
{
	static const char text[] =
		"sereno: 1\ntimezone: UTC\nroles: {it: {members: [luis], allow: []}}\nmedia:\n"
		"  rules:\n"
		"    - {name: a, device: {vendor: '0951', product: '1666', serial: [SERIAL1]}, roles: "
		"[it, system], access: read-write}\n"
		"    - {name: b, device: {vendor: '0951', product: '1666'}, until: 2026-12-31, access: "
		"read-only}\n"
		"    - {name: c, device: {vendor: '0951'}, roles: [it], access: encrypted}\n"
		"    - {name: d, device: {kind: storage}, roles: [it], access: encrypted}\n"
		"    - {name: e, device: {kind: network}, access: deny}\n";
	struct diag_list diags = { 0 };
	struct compile_inputs inputs = {
		.text = text,
		.text_length = sizeof(text) - 1,
		.host = "h",
		.generation = 3,
		.group_id = no_group,
		.user_id = no_user,
	};
	struct model *model;
	char path[128];

	below_root(path, "/generation");
	REQUIRE(model_read("", text, sizeof(text) - 1, 1000, &model, &diags) == 0);
	REQUIRE(policy_compile(model, &inputs, path, &diags) == 0);
	model_free(model);
	diag_clear(&diags);
}

static void publish(void)
{
	static const struct device_grant grants[] = {
		{ 1, { 1 }, "luis", 1500, MEDIA_READ_WRITE, { 5, 100000 } },
		{ 2, { 1 }, "eva", 1501, MEDIA_READ_ONLY, { 5, 100000 } },
		{ 3, { 2 }, "luis", 1500, MEDIA_ENCRYPTED, { 5, 100000 } },
	};
	const struct device_grants_image image = {
		.serial = 9, .published = 1000, .n = ARRAY_SIZE(grants), .grants = grants
	};

	REQUIRE(device_grants_publish(root, &image) == 0);
}

static void keep(struct sound *file)
{
	char path[128];
	ssize_t n;
	int fd;

	below_root(path, file->tail);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, file->bytes, sizeof(file->bytes));
	REQUIRE(n > 0 && close(fd) == 0);
	file->size = (size_t)n;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const tails[] = { "/var", "/var/lib", "/var/lib/sereno", "/generation" };
	char path[128];

	(void)argc;
	(void)argv;
	REQUIRE(mkdtemp(root) != NULL && atexit(remove_root) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		below_root(path, tails[i]);
		REQUIRE(mkdir(path, 0755) == 0);
	}
	compile();
	publish();
	keep(&sound[0]);
	keep(&sound[1]);
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
static size_t make_file(const struct sound *file, const uint8_t *data, size_t size, uint8_t *bytes)
{
	const unsigned how = size > 0 ? data[0] : 0;
	size_t length = size > 0 ? size - 1 : 0;

	if ((how & AS_CHANGES) != 0) {
		memcpy(bytes, file->bytes, file->size);
		for (size_t i = 1; i + 3 <= size; i += 3)
			bytes[(data[i] | (size_t)data[i + 1] << 8) % file->size] = data[i + 2];
		length = file->size;
	} else if (length > 0) {
		memcpy(bytes, data + 1, length);
	}
	if ((how & SEALED) != 0)
		seal(bytes, length);
	return length;
}

static void write_file(const struct sound *file, const uint8_t *bytes, size_t length)
{
	char path[128];
	scoped_fd int fd = -1;

	below_root(path, file->tail);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	REQUIRE(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
}

/* Returns whether there was an answer. */
static bool ask(struct policy *policy, const struct device_facts *device, struct media_verdict *ret)
{
	static const char *const roles[] = { "other", "it" };
	const struct media_subject subject = {
		.present = true, .user = "luis", .uid = 1500, .roles = roles, .n_roles = 2
	};
	scoped(media_free_p) struct media_case *media = NULL;
	const int r = media_load(policy, root, device, &media);

	REQUIRE(r == 0 || r == -EBADMSG);
	if (r < 0)
		return false;
	media_judge(media, device, &subject, 2000, ret);
	REQUIRE(ret->access <= MEDIA_READ_WRITE && ret->access == ret->enforced);
	REQUIRE(memchr(ret->rule, '\0', sizeof(ret->rule)) && ret->until > 2000);
	return true;
}

static void ask_all(struct policy *policy, bool unsealed)
{
	struct device_facts device = { .kinds = 1u << KIND_STORAGE, .identity = { 2 } };
	struct media_verdict verdict;

	if (ask(policy, &device, &verdict) && unsealed)
		REQUIRE(verdict.access == MEDIA_ENCRYPTED);
	device.has_ids = true;
	device.vendor = 0x0951;
	device.product = 0x1666;
	if (ask(policy, &device, &verdict) && unsealed)
		REQUIRE(verdict.access == MEDIA_READ_ONLY);
	(void)snprintf(device.serial, sizeof(device.serial), "SERIAL1");
	if (ask(policy, &device, &verdict) && unsealed)
		REQUIRE(verdict.access == MEDIA_READ_WRITE);
	device.kinds |= 1u << KIND_NETWORK;
	if (ask(policy, &device, &verdict) && unsealed)
		REQUIRE(verdict.access == MEDIA_DENY);
	device.malformed = true;
	if (ask(policy, &device, &verdict))
		REQUIRE(verdict.access == MEDIA_DENY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sound *file = &sound[size > 0 && (data[0] & AS_GRANTS) != 0];
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped_free uint8_t *bytes = NULL;
	char path[128];

	if (size > INPUT_MAX)
		return 0;
	bytes = malloc(INPUT_MAX);
	REQUIRE(bytes != NULL);
	write_file(file, bytes, make_file(file, data, size, bytes));
	below_root(path, "/generation");
	REQUIRE(policy_open_in(path, &policy) == 0);
	/* Some bytes changed and no new checksum: an error, or the answer of the sound file. */
	ask_all(policy, size > 0 && (data[0] & (AS_CHANGES | SEALED)) == AS_CHANGES && size <= 4);
	(void)policy_verify(policy);
	write_file(file, file->bytes, file->size);
	return 0;
}
