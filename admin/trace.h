/* SPDX-License-Identifier: MIT */
/*
 * trace.h - why each role and rule of a policy does or does not help one request.
 *
 * For explanations only: the verdict is access_judge()'s. This walks the text in force in the
 * same order of conditions and names the first that fails.
 */
#ifndef ADMIN_TRACE_H
#define ADMIN_TRACE_H

#include <sereno/grants.h>

#include "holders.h"
#include "subject.h"

struct question {
	const struct model *model;
	const struct zone *zone; /* the policy was compiled with */
	const struct people *people;
	const struct subject *subject;
	const char *root;	     /* "" asks the name service for groups */
	const struct grants *grants; /* NULL: none */
	const char *host;	     /* the policy was compiled for */
	const char *service;
	const struct origin *origin;
	int64_t at;
	unsigned met; /* enum access_demand */
};

enum standing {
	STANDING_HELD,
	STANDING_NO_MEMBER,
	STANDING_EXCEPTED,
	STANDING_NOT_YET,
	STANDING_ENDED,
	STANDING_EXCLUDED, /* by another role he, or another account of the same person, holds */
};

enum obstacle {
	OBSTACLE_NONE,
	OBSTACLE_HOST,
	OBSTACLE_SERVICE,
	OBSTACLE_ORIGIN,
	OBSTACLE_NOT_YET,
	OBSTACLE_ENDED,
	OBSTACLE_HOURS,
	OBSTACLE_FACTOR,
};

struct role_trace {
	enum standing standing;
	const char *group;    /* that makes him a member, NULL when he is named */
	uint32_t grant;	      /* by which he holds it, 0: by none */
	int64_t until;	      /* of the role or of the grant */
	const char *excluder; /* the role that excludes this one */
};

struct rule_trace {
	enum obstacle obstacle;
	int64_t until; /* of a rule that fits */
};

/* Trace every role: *@ret has model->n_roles elements and is the caller's. Returns 0 or -ENOMEM. */
int trace_roles(const struct question *question, struct role_trace **ret);

/* @until is of the role, as traced. */
void trace_rule(const struct question *question, int64_t until, const struct rule *rule,
		struct rule_trace *ret);

/* A sentence for people, a word for JSON. */
const char *standing_text(enum standing standing);
const char *standing_name(enum standing standing);
const char *obstacle_text(enum obstacle obstacle);
const char *obstacle_name(enum obstacle obstacle);

#endif
