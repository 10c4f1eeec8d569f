/* SPDX-License-Identifier: MIT */
/*
 * compiled.c - fuzzer: any bytes as the compiled policy in force.
 *
 * A checksum stops a fuzzer at the door, so every record that is long enough gets a right one
 * first: what lies behind has to stand hostile records, too.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/access.h>
#include <sereno/scoped.h>

#include "record.h"
#include "table.h"

#define INPUT_MAX (1u << 16)

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

static void ask(struct policy *policy, const char *user, const char *service, const char *from)
{
	const gid_t groups[] = { 50, 60 };
	struct access_request request = {
		.service = service,
		.uid = 1500,
		.subject = { .user = user, .groups = groups, .n_groups = ARRAY_SIZE(groups) },
		.n_origins = 1,
	};
	struct access_verdict verdict;
	struct access_case *access;
	struct origin origin;

	if (origin_parse(from, &origin) < 0)
		abort();
	request.origins = &origin;
	if (access_load(policy, &request, &access) < 0)
		return;
	access_judge(access, 1768212000, 0, &verdict);
	access_judge(access, INT64_MAX, DEMAND_SECOND_FACTOR, &verdict);
	access_judge(access, INT64_MIN, DEMAND_SECOND_FACTOR, &verdict);
	access_free(access);
}

static void ask_all(const char *directory)
{
	const char *names[POLICY_PERSON_MAX];
	struct policy *policy;

	if (policy_open_in(directory, &policy) < 0)
		return;
	(void)policy_same_person(policy, "ana", names, POLICY_PERSON_MAX);
	ask(policy, "ana", "login", "seat");
	ask(policy, "bea", "sshd", "10.20.9.10");
	ask(policy, "bea", "cron", "jobs");
	ask(policy, "rescue", "sudo", "fd00::1");
	(void)policy_verify(policy);
	policy_close(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char directory[] = "/dev/shm/sereno-fuzz.XXXXXX", path[64];
	uint8_t *bytes;
	ssize_t written;
	int fd;

	if (size > INPUT_MAX || !mkdtemp(directory))
		return 0;
	bytes = malloc(size + 1);
	if (!bytes || snprintf(path, sizeof(path), "%s/policy.1.cdb", directory) < 0)
		abort();
	if (size > 0)
		memcpy(bytes, data, size);
	if (size > 0 && (data[size - 1] & 1) != 0)
		seal(bytes, size);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	written = write(fd, bytes, size);
	if (written < 0 || close(fd) < 0)
		abort();
	ask_all(directory);
	free(bytes);
	if (unlink(path) < 0 || rmdir(directory) < 0)
		abort();
	return 0;
}
