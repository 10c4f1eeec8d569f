/* SPDX-License-Identifier: MIT */
/*
 * compile.h - a compilation at work: what the files of the compiler hand to each other.
 *
 * Each step adds to the tables and to meta; faults of the policy go to diags, failures are
 * returned. Time and memory grow linearly with the model (sorting aside).
 */
#ifndef SERENO_POLICY_COMPILE_H
#define SERENO_POLICY_COMPILE_H

#include <sereno/policy.h>

#include "compiled.h"
#include "meta.h"
#include "private_file.h"
#include "table_writer.h"

/* A rule that holds on this host. */
struct placed_rule {
	uint32_t role;
	const struct rule *rule;
};

/* The numbers given to what from: and services: lists name; see compile_selectors.c. */
struct selectors {
	struct prefix *prefixes; /* written in some from: list; sorted, each once */
	size_t n_prefixes;
	const char **services; /* written in some services: list; sorted, each once */
	size_t n_services;
	bool *origin_used, *service_used; /* the named ones */
	bool kind_used[FROM_NAME];
};

struct compilation {
	const struct model *model;
	const struct compile_inputs *inputs;
	struct diag_list *diags;
	struct placed_rule *placed;
	size_t n_placed;
	struct selectors selectors;
	struct id_set *given_by; /* gids that each role gives, settled; by compile_given() */
	struct id_set given;	 /* by any role, settled */
	struct meta meta;
	struct multimap tables[TABLE_COUNT];
	struct private_facts private;
	struct multimap devices[PRIVATE_TABLES]; /* of the private file */
	struct encoder kind_rules;		 /* of its META */
	struct encoder item;			 /* scratch: one item at a time */
};

/* Add what compilation->item holds to @table under @key. */
void compile_add(struct compilation *compilation, enum table table, const struct table_key *key);

/* Number the selectors of every placed rule and of root and break-glass, and fill ORIGINS and
 * SERVICES. */
int compile_selectors(struct compilation *compilation);
void selectors_clear(struct selectors *selectors);

/* Append the origin ids of @list, settled. After compile_selectors(). */
int selectors_of_from(const struct compilation *compilation, const struct from_list *list,
		      struct id_set *ret);

/* Append the service ids of @names, settled. */
int selectors_of_services(const struct compilation *compilation, const struct names *names,
			  struct id_set *ret);

/* Find the numbers of the groups that roles give; fill OWN_NAMES and OWN_GIDS. */
int compile_given(struct compilation *compilation);

/* Fill GRANTS for the members of the role @id, of which @role is known. */
int compile_grant(struct compilation *compilation, uint32_t id, const struct role_fact *role);

/* Fill ROLE_NAMES and TERMS. */
int compile_terms(struct compilation *compilation);

/* Fill ROLES, GRANTS and RULES. After compile_given(). */
int compile_rules(struct compilation *compilation);

/* Fill PASSWORDS, and what meta has of attempts and of ages. */
int compile_limits(struct compilation *compilation);

/* Fill what meta has of media, APPROVERS and the tables of the private file. */
int compile_media(struct compilation *compilation);
int compile_write_private(struct compilation *compilation, const struct table_writer *writer);

/* Warn of roles with very many rules that one login has to look at. */
int compile_warn_alike(const struct compilation *compilation);

/* Fill SUBJECTS, PERSONS and GROUPS, and check who exists. After compile_given(). */
int compile_subjects(struct compilation *compilation);

/* Put the break-glass accounts into meta, and check them. */
int compile_break_glass(struct compilation *compilation);

#endif
