/* SPDX-License-Identifier: MIT */
/*
 * login_record.h - one open login as bytes. For room state/ only.
 *
 * In the order of this machine's bytes: /run does not outlive the running kernel.
 */
#ifndef STATE_LOGIN_RECORD_H
#define STATE_LOGIN_RECORD_H

#include <stdint.h>

#include <sereno/login.h>

struct login_record {
	uint8_t magic[8];
	uint64_t checksum; /* over all that follows */
	uint64_t leader_start;
	int64_t opened;
	uint32_t length; /* of all */
	uint32_t session;
	uint32_t uid;
	uint32_t leader;
	uint32_t origin_kind;
	uint32_t address_family; /* 0 when the origin is no address */
	uint8_t address[16];
	char user[256];
	char service[64];
};

void login_record_encode(const struct login *login, struct login_record *ret);

/* Check the @length bytes read into @record and decode them. Returns 0 or -EBADMSG. */
int login_record_decode(const struct login_record *record, size_t length, struct login *ret);

#endif
