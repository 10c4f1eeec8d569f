/* SPDX-License-Identifier: MIT */
/*
 * origin.h - where a request comes from, and the networks and lines a policy names.
 *
 * Pure functions without state; callable from every room and any thread. No name is ever looked
 * up in DNS: an origin that is not an address or a line we know is ORIGIN_UNKNOWN.
 */
#ifndef SERENO_ORIGIN_H
#define SERENO_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum origin_kind {
	ORIGIN_UNKNOWN, /* cannot be told: only "anywhere" fits */
	ORIGIN_SEAT,	/* this screen and keyboard */
	ORIGIN_SERIAL,	/* serial and hypervisor lines */
	ORIGIN_JOBS,	/* cron, at, services: no login */
	ORIGIN_ADDRESS, /* a network address */
};

enum address_family { ADDRESS_IPV4 = 4, ADDRESS_IPV6 = 6 };

/* Network byte order; IPv4 uses the first 4 bytes, the rest is 0. An IPv4-mapped IPv6 address is
 * always held as IPv4. */
struct address {
	enum address_family family;
	uint8_t byte[16];
};

struct origin {
	enum origin_kind kind;
	struct address address; /* meaningful for ORIGIN_ADDRESS only, else zero */
};

/* A network: the first @length bits of @base; the other bits are 0. */
struct prefix {
	struct address base;
	uint8_t length; /* 0 to 32 or 0 to 128 */
};

#define ORIGIN_TEXT_MAX 48 /* the longest origin_format() result with its NUL */

/* Parse an address as PAM_RHOST holds it: IPv4 or IPv6 (RFC 4291 §2.2), an IPv6 scope ("%eth0")
 * dropped. Returns 0, or -EINVAL for anything else, a host name included. */
int address_parse(const char *text, struct address *ret);

/* Parse "10.0.0.0/8", "fd00::/16" or a single address (full length). Returns 0, -EINVAL, or
 * -ERANGE when bits behind the prefix are set (10.0.0.1/8: probably a slip). */
int prefix_parse(const char *text, struct prefix *ret);

/* Whether @address lies in @prefix; families never mix. */
bool prefix_contains(const struct prefix *prefix, const struct address *address);

/* Whether some address lies in both. */
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);

/* Set to zero all bits of @address behind the first @length. */
void address_mask(struct address *address, uint8_t length);

/* Classify the line that a login program opened itself, by its name (PAM_TTY, with or without
 * "/dev/"): tty1 and X displays such as ":0" are the seat; ttyS0, hvc0, ttyAMA0, console ... are
 * serial; everything else, pts/N above all, is unknown. Only for programs of kind SERVICE_LOGIN
 * that own their line: the name proves nothing anywhere else. */
enum origin_kind origin_of_line(const char *tty);

/*
 * To which of two origins of one user an attempt is charged, where no one can tell which of them it
 * came from: an address before a line, then the first that is known. What is charged to the seat
 * must not come from the network, and addresses are bounded by allow-per-user.
 */
const struct origin *origin_to_charge(const struct origin *first, const struct origin *second);

/* Write "seat", "serial", "jobs", "unknown" or the address to @text. */
void origin_format(const struct origin *origin, char text[static ORIGIN_TEXT_MAX]);

/* The reverse, for command lines and records: the words of origin_format() or an address.
 * Returns 0 or -EINVAL. */
int origin_parse(const char *text, struct origin *ret);

/* Write "10.0.0.0/8"; @text has room for ORIGIN_TEXT_MAX + 4 bytes. */
void prefix_format(const struct prefix *prefix, char text[static ORIGIN_TEXT_MAX + 4]);

#endif
