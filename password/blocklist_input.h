/* SPDX-License-Identifier: MIT */
/*
 * blocklist_input.h - a list of leaked passwords as people publish it, entry by entry.
 */
#ifndef PASSWORD_BLOCKLIST_INPUT_H
#define PASSWORD_BLOCKLIST_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

enum input_form { INPUT_UNTOLD, INPUT_HASHES, INPUT_WORDS };

struct list_input {
	int fd;
	enum input_form form;
	uint64_t min_count;
	uint64_t line; /* number of the line read last, from 1 */
	uint64_t bytes_read, bytes_total;
	char *buffer;
	size_t at, filled;
	EVP_MD *sha1;
	EVP_MD_CTX *context;
};

/* Open @path, "-" for standard input. Returns 0 or a negative errno. */
int input_open(const char *path, uint64_t min_count, struct list_input *ret);
void input_close(struct list_input *input);

/* The next entry. Returns 1, 0 at the end, -EINVAL or -ENOTSUP as blocklist_build(), or a negative
 * errno. */
int input_next(struct list_input *input, uint64_t *ret);

#endif
