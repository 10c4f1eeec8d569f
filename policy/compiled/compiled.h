/* SPDX-License-Identifier: MIT */
/*
 * compiled.h - what the tables of a compiled policy hold: their keys and their values.
 *
 * Writing and reading stand side by side so that they cannot drift apart. Whatever is decoded is
 * checked here, once: behind it ids may still name something that is not there, but every number
 * that is computed with lies in its range.
 */
#ifndef SERENO_POLICY_COMPILED_H
#define SERENO_POLICY_COMPILED_H

#include <sereno/calendar.h>
#include <sereno/model.h>
#include <sereno/origin.h>
#include <sereno/role_terms.h>

#include "id_set.h"
#include "record.h"

#define COMPILED_KEY_MAX 18
#define USER_NAME_MAX	 255

/* A key of a table. */
struct table_key {
	uint8_t byte[COMPILED_KEY_MAX];
	size_t length;
};

struct table_key key_of_id(uint32_t id);		     /* PERSONS, GROUPS, ROLES, PASSWORDS */
struct table_key key_of_line(enum origin_kind kind);	     /* ORIGINS: seat, serial, jobs */
struct table_key key_of_prefix(const struct prefix *prefix); /* ORIGINS: a network */
struct table_key key_of_rules(uint32_t role, uint32_t service, uint32_t origin); /* RULES */

/* SUBJECTS: one per role that names the user, and one for his person. */
enum mention_kind { MENTION_MEMBER = 1, MENTION_EXCEPT, MENTION_PERSON };

struct mention {
	enum mention_kind kind;
	uint32_t id; /* of the role or the person */
};

void encode_mention(struct encoder *encoder, struct mention mention);
struct mention decode_mention(struct decoder *decoder);

/* GRANTS: one per role that names the user as a member and gives groups; what a look-up of groups
 * needs to know of it. Release with grant_fact_clear(). */
struct grant_fact {
	bool depends; /* on what other roles he holds: ROLES tells */
	struct validity valid;
	struct id_set gives; /* as in ROLES */
};

void encode_grant(struct encoder *encoder, const struct grant_fact *grant);
int decode_grant(struct decoder *decoder, struct grant_fact *ret);
void grant_fact_clear(struct grant_fact *grant);

/* OWN_NAMES: u32 gid; OWN_GIDS: the name. */

/* ROLES. Release with role_fact_clear(). */
struct role_fact {
	char name[MODEL_NAME_MAX + 1];
	uint32_t line;
	bool unattended;
	struct validity valid;
	struct id_set excludes;
	bool excludes_groups; /* one of those is held by Unix group */
	struct id_set gives;  /* numbers of Unix groups, settled; never 0 */
};

void encode_role(struct encoder *encoder, const struct role_fact *role);
int decode_role(struct decoder *decoder, struct role_fact *ret);
void role_fact_clear(struct role_fact *role);

/* RULES: one per rule that is in force here for its role, service and origin. */
struct rule_fact {
	uint32_t number, line;
	struct validity valid;
	unsigned demands; /* enum access_demand */
	bool always;	  /* @calendar is not asked */
	struct calendar calendar;
};

void encode_rule(struct encoder *encoder, const struct rule_fact *rule);
void decode_rule(struct decoder *decoder, struct rule_fact *ret);

/* ROLE_NAMES: u32 role. TERMS: one per role. */
void encode_role_names(struct encoder *encoder, const struct names *names);
void decode_role_names(struct decoder *decoder, struct role_names *ret);
void encode_terms(struct encoder *encoder, const struct role *role);
int decode_terms(struct decoder *decoder, struct role_terms *ret);

/* ZONE. */
void encode_zone(struct encoder *encoder, const struct zone *zone);
int decode_zone(struct decoder *decoder, struct zone *ret);

#endif
