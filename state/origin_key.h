/* SPDX-License-Identifier: MIT */
/* origin_key.h - what counts as one origin: a line, an IPv4 address, an IPv6 network of 64 bits. */
#ifndef SERENO_STATE_ORIGIN_KEY_H
#define SERENO_STATE_ORIGIN_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include <sereno/origin.h>

#define ORIGIN_KEY_SIZE 9 /* bytes on the disk */

struct origin_key {
	uint8_t kind; /* 0 none */
	uint8_t bytes[8];
};

struct origin_key origin_key_of(const struct origin *origin);

/* The reverse: the network's base for IPv6. A key of no known kind is an unknown origin. */
struct origin origin_of_key(const struct origin_key *key);

bool origin_key_equal(const struct origin_key *a, const struct origin_key *b);

/* Whether it is a line of this host (seat, serial, jobs), which nobody reaches over the network. */
bool origin_is_line(const struct origin *origin);

void origin_key_encode(const struct origin_key *key, uint8_t **cursor);
void origin_key_decode(struct origin_key *key, const uint8_t **cursor);

#endif
