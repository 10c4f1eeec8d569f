/* SPDX-License-Identifier: MIT */
/*
 * meta.h - the first record of a compiled policy: what it is, and all that absence may depend on.
 *
 * Small whatever the size of the policy: every decision reads it.
 */
#ifndef SERENO_POLICY_META_H
#define SERENO_POLICY_META_H

#include <sereno/origin.h>
#include <sereno/policy.h>

#include "id_set.h"
#include "media_record.h"
#include "table.h"

#define META_FORMAT	    1
#define META_WATCHED_MAX    64
#define PREFIX_LENGTHS_IPV4 33
#define PREFIX_LENGTHS_IPV6 129

/* Zero-initialise; release with meta_clear(). */
struct meta {
	struct policy_facts facts;
	uint32_t buckets[TABLE_COUNT];
	uint32_t anywhere; /* origin id of "anywhere", ID_NONE when no from: names it */
	bool used_ipv4[PREFIX_LENGTHS_IPV4]; /* lengths of the prefixes in ORIGINS */
	bool used_ipv6[PREFIX_LENGTHS_IPV6];
	/* The numbers that GROUPS has, where there are few: no other needs to be looked for. */
	bool has_watched;
	struct id_set watched;
	struct id_set direct_login, break_glass_from; /* origin ids, settled */
	char *break_glass;			      /* account names, each with its NUL */
	size_t break_glass_bytes;
	bool has_attempts;
	struct attempt_limits attempts;
	struct second_factor_rules second_factor;
	enum access_end access_end;
	uint64_t by_request_sec; /* a request waits so long for an answer */
	bool has_media;
	struct media_facts media;
	bool has_password; /* the rules are in PASSWORDS, for who changes one */
};

void encode_meta(struct encoder *encoder, const struct meta *meta);

/* Returns 0, -EBADMSG or -ENOMEM; *@ret then is empty. */
int decode_meta(struct decoder *decoder, struct meta *ret);
void meta_clear(struct meta *meta);

/* Whether GROUPS may have something for @gid; without looking, so that "no" is certain. */
bool meta_watches(const struct meta *meta, gid_t gid);

/* Whether @user is a break-glass account. */
bool meta_is_break_glass(const struct meta *meta, const char *user);

#endif
