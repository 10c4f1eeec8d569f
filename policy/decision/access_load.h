/* SPDX-License-Identifier: MIT */
/*
 * access_load.h - a load at work: what the files behind access_load() hand to each other.
 *
 * Every step returns 0, -EBADMSG, -ENOMEM or a read error, and leaves what it allocated to
 * reading->access and to the sets here.
 */
#ifndef SERENO_POLICY_ACCESS_LOAD_H
#define SERENO_POLICY_ACCESS_LOAD_H

#include "access_case.h"
#include "compiled/inforce.h"

/* A role of an account of the person's, and how he came by it. */
struct holding {
	uint32_t role;
	struct case_holding how;
};

/* Zero-initialise; release with holdings_clear(). */
struct holdings {
	struct holding *item;
	size_t n, allocated;
};

void holdings_clear(struct holdings *holdings);
int holdings_add(struct holdings *holdings, uint32_t role, const struct case_holding *how);

struct reading {
	const struct policy *policy;
	const struct access_request *request;
	struct access_case *access;
	/* Where the request has no uid: see groups.h. Else NULL. */
	int (*find_uid)(const char *user, uid_t *ret);
	struct id_set own;  /* roles of the subject */
	struct id_set held; /* and of his person's other accounts; access->roles in this order */
	bool has_others;    /* his person has other accounts */
	struct holdings holdings; /* of the roles in held, by role once they are loaded */
	struct id_set services;	  /* ids of the service */
	struct id_set calendars;  /* of the rules found; access->calendars in this order */
};

void reading_clear(struct reading *reading);

/* Classify the subject; for a governed one, reading->own and ->held are then set. */
int load_subject(struct reading *reading);

/* The role called @name. Returns 1 (then *@ret is set), 0 (there is none) or a negative errno. */
int role_find(const struct policy *policy, const char *name, uint32_t *ret);

/* What the policy says of the role @id. */
int role_load(const struct policy *policy, uint32_t id, struct role_fact *ret);

/* Add what @user was granted, @own or not; roles that the policy does not have are left out. */
int load_granted(const struct policy *policy, const char *user, bool own, struct holdings *ret);

/* Set access->departed. */
int load_departure(const struct reading *reading);

/* Whether the register has anything on the name @user. Returns 1, 0 or a negative errno. */
int is_registered(const struct policy *policy, const char *user);

/* Append the ids of everything a from: list can name that @origin lies in, settled. */
int load_origin_ids(const struct policy *policy, const struct origin *origin, struct id_set *ret);

/* How many origins the request has, and which; one without any is from an unknown one. */
size_t count_origins(const struct access_request *request);
struct origin request_origin(const struct access_request *request, size_t index);

/* Whether a break-glass account may elevate from a login of its own that has no record. */
bool elevates_in_own_login(const struct access_request *request);

/* Whether an earlier origin of the request is the same one: many logins, one bastion. */
bool origin_repeats(const struct access_request *request, size_t index);

/* Fill access->roles from reading->held. */
int load_roles(struct reading *reading);

/* Fill access->origins and ->zone with the rules for the service. */
int load_rules(struct reading *reading);

/* Add to the first of access->origins the rules that name a service which needs none: they let
 * nobody in who does not come in without them, but what they demand is due. Where a session is that
 * unlocks cannot be told: the rules from anywhere, the seat and serial lines fit, at all hours. */
int load_unlocking(struct reading *reading);

/* Add @rule to @origin. */
int origin_add_rule(struct case_origin *origin, const struct case_rule *rule);

#endif
