/* SPDX-License-Identifier: MIT */
/*
 * history_record.h - the history of one user's passwords as it lies in his slot file.
 *
 * In the machine's byte order: it is sealed with this machine's key.
 */
#ifndef PASSWORD_HISTORY_RECORD_H
#define PASSWORD_HISTORY_RECORD_H

#include <stdint.h>

#include <sereno/history.h>
#include <sereno/slot.h>

#define HISTORY_HASH_SIZE    43 /* of yescrypt's text, behind the last $ */
#define HISTORY_SETTING_SIZE 64
#define HISTORY_AWAITED_MAX  4 /* changes of one password that run at the same time */

struct history_hash {
	char text[HISTORY_HASH_SIZE + 1]; /* "" for none */
};

struct history_entry {
	int64_t when; /* UTC seconds */
	struct history_hash password, base;
};

/* A change that was about to be made when the hash of the password had @tag. */
struct history_awaited {
	uint64_t tag;
	struct history_entry entry;
};

struct history_record {
	uint32_t n, n_awaited;
	char setting[HISTORY_SETTING_SIZE]; /* yescrypt's cost and salt, for crypt(3) */
	struct history_entry entry[HISTORY_ENTRIES_MAX]; /* oldest first */
	struct history_awaited awaited[HISTORY_AWAITED_MAX];
};

extern const struct slot_kind history_kind;

#endif
