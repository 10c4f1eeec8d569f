/* SPDX-License-Identifier: MIT */
/*
 * login.c - fuzzer of the records of open logins and of /proc/PID/stat.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "login_record.h"
#include "process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is decoded is encoded to a record that says the same. */
static void check_record(const struct login_record *record, size_t length)
{
	struct login_record again;
	struct login login, other;

	if (login_record_decode(record, length, &login) < 0)
		return;
	assert(memchr(login.user, '\0', sizeof(login.user)));
	assert(memchr(login.service, '\0', sizeof(login.service)));
	assert(login.leader > 0);
	login_record_encode(&login, &again);
	assert(login_record_decode(&again, sizeof(again), &other) == 0);
	assert(login.session == other.session && login.uid == other.uid);
	assert(memcmp(&login.origin, &other.origin, sizeof(login.origin)) == 0);
	assert(strcmp(login.user, other.user) == 0);
}

/* The same bytes behind a right magic, length and checksum: as root could write them. */
static void check_plausible(const uint8_t *data, size_t size)
{
	struct login login = { .leader = 1 };

	if (size > sizeof(login))
		size = sizeof(login);
	memcpy(&login, data, size);
	if ((unsigned)login.origin.kind <= ORIGIN_ADDRESS) {
		struct login_record record;

		login_record_encode(&login, &record);
		check_record(&record, sizeof(record));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free char *text = malloc(size + 1);
	struct login_record record;
	uint64_t start;

	if (!text)
		return 0;
	memset(&record, 0, sizeof(record));
	if (size > 0) {
		memcpy(text, data, size);
		memcpy(&record, data, size < sizeof(record) ? size : sizeof(record));
	}
	text[size] = '\0';
	(void)process_parse_start(text, &start); /* any answer, but no crash */
	check_record(&record, size);
	check_plausible(data, size);
	return 0;
}
