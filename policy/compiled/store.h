/* SPDX-License-Identifier: MIT */
/*
 * store.h - finding a record in an open constant database (cdb), by pread(2) alone.
 *
 * libcdb writes these files; it needs eight system calls to find a key where two will do, and a
 * login pays for each. The record that was written first is found without one. Nothing here is
 * trusted: every offset is held against the file's size, and what is found is only as good as the
 * checksum its reader then checks.
 */
#ifndef SERENO_POLICY_STORE_H
#define SERENO_POLICY_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STORE_INDEX_BYTES 2048 /* 256 hash tables: position, slots */
#define STORE_HEAD_BYTES \
	3072 /* read when it is opened: the index, and the first record if it is small */
#define STORE_KEY_BYTES		  8
#define STORE_RECORD_BYTES(value) (2 * 4 + STORE_KEY_BYTES + (value) + 2 * 8) /* with its slots */
#define STORE_VALUE_MAX		  (32u << 20)

struct store {
	int fd;
	size_t size;	   /* of the file */
	size_t head_bytes; /* of @head that the file has */
	uint8_t head[STORE_HEAD_BYTES];
};

/* Take the open file @fd of @size bytes, which stays the caller's. Returns 0, -EBADMSG (too short
 * or too long for a cdb, or cut) or a read error. */
int store_open(int fd, off_t size, struct store *ret);

/* Memory of the caller's, released with free(). */
struct value {
	uint8_t *bytes;
	size_t length;
};

/* Find the value of @key, of STORE_VALUE_MAX bytes at most. Returns 0, -EBADMSG (not there, or the
 * file makes no sense), -ENOMEM or a read error. */
int store_find(const struct store *store, const uint8_t key[static STORE_KEY_BYTES],
	       struct value *ret);

#endif
