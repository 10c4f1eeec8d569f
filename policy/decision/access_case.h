/* SPDX-License-Identifier: MIT */
/* access_case.h - what access_load() hands to access_judge(): everything but the time. */
#ifndef SERENO_POLICY_ACCESS_CASE_H
#define SERENO_POLICY_ACCESS_CASE_H

#include <sereno/access.h>
#include <sereno/service.h>

#include "compiled/compiled.h"

enum subject_class { SUBJECT_UNGOVERNED, SUBJECT_ROOT, SUBJECT_BREAK_GLASS, SUBJECT_GOVERNED };

/* How long a role is held, and by what: being named, or a Unix group, or a grant. */
struct case_holding {
	struct validity valid; /* within the role's own */
	uint32_t grant;	       /* its number in the register; 0 for none */
	bool own;	       /* the subject's, not another account's of his person */
};

/* A role held by the subject, or by another account of his person: that one only excludes. */
struct case_role {
	char name[MODEL_NAME_MAX + 1];
	uint32_t line;
	struct validity valid;
	size_t holdings_at, n_holdings; /* in access_case.holdings; at least one */
	bool own, unattended;
	size_t excludes_at, n_excludes; /* in access_case.excludes: roles also held */
	bool excludes_groups;		/* one that it excludes is held by Unix group */
	struct id_set gives;		/* the groups it gives */
};

struct case_rule {
	size_t role; /* index into roles */
	struct rule_fact fact;
};

/* The rules for the service from one origin, those of one role side by side. */
struct case_origin {
	struct case_rule *rules;
	size_t n_rules;
};

struct access_case {
	enum subject_class subject;
	enum service_kind kind;
	unsigned observe;
	int64_t departed; /* from then on nothing is allowed; TIME_NO_END */
	bool at_place;	  /* root and break-glass: every origin is one where they may come in */

	/* Only for SUBJECT_GOVERNED. A kind that needs no rule has one made-up rule per role. */
	struct case_role *roles;
	size_t n_roles;
	size_t *excludes; /* indices into roles */
	size_t n_excludes;
	struct case_holding *holdings;
	size_t n_holdings;
	bool mixed; /* roles for people and for programs among his own: these exclude each other */
	struct case_origin *origins;
	size_t n_origins; /* at least 1; all must allow */
	bool has_zone;	  /* loaded when some rule has hours */
	struct zone zone;
};

/* Whether the subject holds the role at @index at @now: it is his, in force and not set aside
 * because it and another one exclude each other. */
bool role_counts(const struct access_case *access, size_t index, int64_t now);

#endif
