/* SPDX-License-Identifier: MIT */
/*
 * keyring.h - public keys of ssh(1), told apart by what they are and not by what stands beside
 * them.
 */
#ifndef DEPARTURE_KEYRING_H
#define DEPARTURE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#define KEYRING_MAX 1000

/* sshd takes a key in one spelling of base64 only, so equal texts are equal keys. */
struct keyring {
	size_t n, lost; /* lost: had no room */
	char *key[KEYRING_MAX];
};

void keyring_clear(struct keyring *ring);

/* The key in a line of an authorized_keys or .pub file, options before it and a comment behind it
 * allowed: its base64 text, borrowed from @line, *@ret_length bytes; NULL: there is none. */
const char *keyring_parse(const char *line, size_t *ret_length);

/* Add the keys in @text, line by line, each once. Returns 0 or -ENOMEM. */
int keyring_add(struct keyring *ring, const char *text);

/* Whether the key in @line is one of them. */
bool keyring_has(const struct keyring *ring, const char *line);

#endif
