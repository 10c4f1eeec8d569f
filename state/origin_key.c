/* SPDX-License-Identifier: MIT */
/* origin_key.c - what counts as one origin: a line, an IPv4 address, an IPv6 network of 64 bits. */
#include <string.h>

#include "octets.h"
#include "origin_key.h"

enum { KEY_NONE, KEY_UNKNOWN, KEY_SEAT, KEY_SERIAL, KEY_JOBS, KEY_IPV4, KEY_IPV6 };

bool origin_is_line(const struct origin *origin)
{
	switch (origin->kind) {
	case ORIGIN_SEAT:
	case ORIGIN_SERIAL:
	case ORIGIN_JOBS:
		return true;
	case ORIGIN_UNKNOWN:
	case ORIGIN_ADDRESS:
		break;
	}
	return false;
}

/* A home or an office has a whole IPv6 /64 and uses many addresses of it, on purpose. */
static struct origin_key address_key(const struct address *address)
{
	struct origin_key key = { .kind = KEY_IPV6 };
	size_t length = sizeof(key.bytes);

	if (address->family == ADDRESS_IPV4) {
		key.kind = KEY_IPV4;
		length = 4;
	}
	memcpy(key.bytes, address->byte, length);
	return key;
}

struct origin_key origin_key_of(const struct origin *origin)
{
	switch (origin->kind) {
	case ORIGIN_SEAT:
		return (struct origin_key){ .kind = KEY_SEAT };
	case ORIGIN_SERIAL:
		return (struct origin_key){ .kind = KEY_SERIAL };
	case ORIGIN_JOBS:
		return (struct origin_key){ .kind = KEY_JOBS };
	case ORIGIN_ADDRESS:
		return address_key(&origin->address);
	case ORIGIN_UNKNOWN:
		break;
	}
	return (struct origin_key){ .kind = KEY_UNKNOWN };
}

struct origin origin_of_key(const struct origin_key *key)
{
	struct origin origin = { .kind = ORIGIN_UNKNOWN };

	switch (key->kind) {
	case KEY_SEAT:
		origin.kind = ORIGIN_SEAT;
		break;
	case KEY_SERIAL:
		origin.kind = ORIGIN_SERIAL;
		break;
	case KEY_JOBS:
		origin.kind = ORIGIN_JOBS;
		break;
	case KEY_IPV4:
	case KEY_IPV6:
		origin.kind = ORIGIN_ADDRESS;
		origin.address.family = key->kind == KEY_IPV4 ? ADDRESS_IPV4 : ADDRESS_IPV6;
		memcpy(origin.address.byte, key->bytes, sizeof(key->bytes));
		break;
	default: /* read from a file */
		break;
	}
	return origin;
}

bool origin_key_equal(const struct origin_key *a, const struct origin_key *b)
{
	return a->kind == b->kind && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void origin_key_encode(const struct origin_key *key, uint8_t **cursor)
{
	octets_put(cursor, key->kind, 1);
	octets_put_bytes(cursor, key->bytes, sizeof(key->bytes));
}

void origin_key_decode(struct origin_key *key, const uint8_t **cursor)
{
	key->kind = octets_get_u8(cursor);
	octets_get_bytes(cursor, key->bytes, sizeof(key->bytes));
}
