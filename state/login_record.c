/* SPDX-License-Identifier: MIT */
/* login_record.c - one open login as a fixed record with length and checksum. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "login_record.h"

static const uint8_t magic[8] = { 's', 'e', 'r', 'l', 'o', 'g', 'i', '1' };

_Static_assert(sizeof(struct login_record) == 392, "no padding: its bytes would be undefined");
_Static_assert(sizeof(((struct login *)NULL)->user) == 256, "record and login differ");
_Static_assert(sizeof(((struct login *)NULL)->service) == 64, "record and login differ");

/* FNV-1a: against torn and flipped bytes; who could forge a record is root. */
static uint64_t checksum(const struct login_record *record)
{
	const uint8_t *byte = (const uint8_t *)record;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = offsetof(struct login_record, leader_start); i < sizeof(*record); i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return hash;
}

void login_record_encode(const struct login *login, struct login_record *ret)
{
	struct login_record record = {
		.length = sizeof(record),
		.session = login->session,
		.uid = login->uid,
		.leader = (uint32_t)login->leader,
		.leader_start = login->leader_start,
		.opened = login->opened,
		.origin_kind = login->origin.kind,
	};

	memcpy(record.magic, magic, sizeof(magic));
	if (login->origin.kind == ORIGIN_ADDRESS) {
		record.address_family = login->origin.address.family;
		memcpy(record.address, login->origin.address.byte, sizeof(record.address));
	}
	memcpy(record.user, login->user, strnlen(login->user, sizeof(login->user) - 1));
	memcpy(record.service, login->service, strnlen(login->service, sizeof(login->service) - 1));
	record.checksum = checksum(&record);
	*ret = record;
}

static bool origin_is_sound(const struct login_record *record)
{
	static const uint8_t zero[16];

	switch (record->origin_kind) {
	case ORIGIN_UNKNOWN:
	case ORIGIN_SEAT:
	case ORIGIN_SERIAL:
	case ORIGIN_JOBS:
		return record->address_family == 0 &&
		       memcmp(record->address, zero, sizeof(zero)) == 0;
	case ORIGIN_ADDRESS:
		if (record->address_family == ADDRESS_IPV6)
			return true;
		return record->address_family == ADDRESS_IPV4 &&
		       memcmp(record->address + 4, zero, sizeof(zero) - 4) == 0;
	default: /* the number comes from a file */
		return false;
	}
}

static bool record_is_sound(const struct login_record *record, size_t length)
{
	return length == sizeof(*record) && memcmp(record->magic, magic, sizeof(magic)) == 0 &&
	       record->length == sizeof(*record) && record->checksum == checksum(record) &&
	       record->leader > 0 && record->leader <= INT32_MAX && origin_is_sound(record) &&
	       record->user[sizeof(record->user) - 1] == '\0' &&
	       record->service[sizeof(record->service) - 1] == '\0';
}

int login_record_decode(const struct login_record *record, size_t length, struct login *ret)
{
	struct login login;

	if (!record_is_sound(record, length))
		return -EBADMSG;
	memset(&login, 0, sizeof(login));
	login.session = record->session;
	login.uid = record->uid;
	login.leader = (pid_t)record->leader;
	login.leader_start = record->leader_start;
	login.opened = record->opened;
	login.origin.kind = (enum origin_kind)record->origin_kind;
	if (login.origin.kind == ORIGIN_ADDRESS) {
		login.origin.address.family = (enum address_family)record->address_family;
		memcpy(login.origin.address.byte, record->address, sizeof(record->address));
	}
	memcpy(login.user, record->user, sizeof(login.user));
	memcpy(login.service, record->service, sizeof(login.service));
	*ret = login;
	return 0;
}
