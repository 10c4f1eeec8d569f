/* SPDX-License-Identifier: MIT */
/*
 * errand.h - a caller's business with the register: what is opened for it, and what he may see
 * there. For room daemon/.
 */
#ifndef DAEMON_ERRAND_H
#define DAEMON_ERRAND_H

#include <sereno/asker.h>
#include <sereno/register.h>
#include <sereno/role_terms.h>

#include "talk.h"

#define ERRAND_ROLES 32 /* that are remembered at once; any number may be looked at */

/* What the policy says of a role, to this caller. */
struct errand_role {
	char name[MODEL_NAME_MAX + 1];
	bool decides; /* he holds one of those that approve */
	uint32_t approvers;
	char approver_roles[CHANNEL_ROLES_SIZE];
};

struct errand {
	struct talk *talk;
	struct register_db *db;
	struct policy *policy;
	struct account account;
	struct asker asker;
	struct access_request request;
	struct register_person person;
	struct act act;	    /* now, by the caller, with the request's reason */
	int64_t expiry_sec; /* of what nobody answers */
	size_t n_roles;
	struct errand_role roles[ERRAND_ROLES];
};

/* Open all of it; @errand holds nothing but its talk. Always release with errand_clear(). Returns
 * 0, -EBUSY (somebody else has the register: try again later) or another negative errno. */
int errand_open(struct errand *errand);
void errand_clear(struct errand *errand);

/* Why who has asked is not the account himself, in a login of his own; NULL: he is. */
const char *errand_not_himself(const struct talk *talk);

struct errand_page {
	uint32_t id, after; /* as in struct channel_request */
	bool ended;
};

/*
 * Put into the reply what he may see: his own requests, and those that he could decide; as many as
 * fit. What nobody has answered in time is void, and written down as such when it is met here.
 * Returns 0 or a negative errno.
 */
int errand_list(struct errand *errand, const struct errand_page *page);

/* Answers, shared by what is about roles and what is about devices. */

/* CHANNEL_NOT_ALLOWED, and why. */
void errand_refuse(struct errand *errand, const char *why);

/* CHANNEL_UNAVAILABLE; the log says what. */
void errand_unavailable(struct errand *errand, const char *what, int err);

/* Say what the register returned, unless it is 0. */
void errand_answer_with(struct errand *errand, int r);

/* "auditor, dba": names that do not fit are left out with a mark. */
void errand_join_names(const struct role_names *names, char text[static CHANNEL_ROLES_SIZE]);

/* Cut where a character begins. */
void errand_copy_text(char *to, size_t size, const char *from);

#endif
