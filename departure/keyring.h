/* SPDX-License-Identifier: MIT */
/*
 * keyring.h - public keys of ssh(1), told apart by what they are and not by what stands beside
 * them.
 */
#ifndef DEPARTURE_KEYRING_H
#define DEPARTURE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fingerprint.h"

#define KEYRING_MAX 1000

struct key {
	char *text; /* base64; NULL: its fingerprint alone is known */
	bool used;  /* somebody came in with it, so that he has the secret half */
	char fingerprint[FINGERPRINT_LENGTH + 1];
};

struct keyring {
	size_t n, lost; /* lost: had no room */
	struct key item[KEYRING_MAX];
};

void keyring_clear(struct keyring *ring);

/* The key in a line of an authorized_keys or .pub file, options before it and a comment behind it
 * allowed: its base64 text, borrowed from @line, *@ret_length bytes; NULL: there is none. */
const char *keyring_parse(const char *line, size_t *ret_length);

/* Add the keys in @text, line by line, each once. Returns 0 or -ENOMEM. */
int keyring_add(struct keyring *ring, const char *text);

/* Add a key that was used, by its fingerprint (FINGERPRINT_LENGTH characters); one that is there is
 * marked. */
void keyring_add_used(struct keyring *ring, const char *fingerprint);

/* Add what keyring_write() wrote. Returns 0 or -ENOMEM. */
int keyring_read(struct keyring *ring, const char *text);
void keyring_write(const struct keyring *ring, FILE *stream);

/* Whether one of them has that fingerprint. */
bool keyring_knows(const struct keyring *ring, const char *fingerprint);

/* Whether the key in @line is one of them. */
bool keyring_has(const struct keyring *ring, const char *line);

#endif
