/* SPDX-License-Identifier: MIT */
/*
 * register.h - the register of formal authorizations: who granted, asked, approved, left, signed.
 *
 * ROOT/var/lib/sereno/register.db (SQLite, root, 0600) keeps every act with who, when and why; rows
 * are added and closed, never removed. Never on the path of a login: logins read what the register
 * publishes after each change (grants.h). A change is on disk, and published, when its function
 * returns 0. Only for commands and daemons that run as root; one thread at a time per handle; of
 * several processes one writes and the others wait, REGISTER_WAIT_SEC at most.
 *
 * Functions that change something return 0, a positive enum register_refusal, which
 * register_refusal_text() has a sentence for, or a negative errno: -EBUSY (others kept it locked),
 * -EBADMSG (damaged, or not a register), -ENOSPC, -EINVAL (a text that is too long, empty or has
 * control characters; a name that cannot be one), -ENOMEM, -EIO. Nothing has changed then; if only
 * publishing failed, -EREMOTEIO: the change is in the register, and whoever opens it next publishes
 * it.
 */
#ifndef SERENO_REGISTER_H
#define SERENO_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/access.h>
#include <sereno/grants.h>
#include <sereno/policy.h>
#include <sereno/role_terms.h>

#define REGISTER_WAIT_SEC   5
#define REGISTER_REASON_MAX 1024 /* bytes of any text that people write */
#define REGISTER_OPEN_MAX   16	 /* requests of one user that wait for an answer */

struct register_db;

/* Who does it, when and why; every row has one. */
struct act {
	const char *user;
	uid_t uid;  /* as the kernel says: peer's or login uid, never a name that was typed */
	int64_t at; /* UTC seconds: now */
	const char *reason; /* "" for none, where one is not asked for */
};

enum register_refusal {
	REGISTER_DONE,
	REFUSED_NO_ROLE,	/* the policy in force has no such role */
	REFUSED_OWN_GRANT,	/* to oneself, or to the same person by accounts.persons */
	REFUSED_OWN_REQUEST,	/* likewise: deciding what oneself has asked for */
	REFUSED_NO_END,		/* the role is privileged: the grant must end */
	REFUSED_OVER,		/* it would end before it begins, or in the past */
	REFUSED_TOO_LONG,	/* longer than on-request.at-most */
	REFUSED_NOT_ON_REQUEST, /* the role cannot be asked for */
	REFUSED_NOT_ASKER,	/* holds no role of on-request.by */
	REFUSED_NOT_APPROVER,	/* holds no role of on-request.approved-by */
	REFUSED_TOO_MANY,	/* REGISTER_OPEN_MAX */
	REFUSED_DECIDED,	/* the request was answered, taken back or is void */
	REFUSED_SAID_YES,	/* has approved it before; another one must, too */
	REFUSED_UNKNOWN,	/* nothing open of that number or name */
	REFUSED_DEPARTED,	/* who asks, decides, grants or is granted to has departed */
	REFUSED_ALREADY,	/* the same is there already */
	REFUSED_SECRETS,	/* secrets that he knew are not attested yet */
	REFUSED_EXCLUDED,	/* he, or his person, has a role that the role excludes */
	REFUSED_UNATTENDED,	/* a program's role is held by being named in the policy */
	REFUSED_CHECK,		/* the caller's own check said no */
	REFUSED_ASKER_LOST,	/* who has asked holds no role of on-request.by any more */
	REFUSED_OWN_DEVICE,	/* letting a device in for oneself, or for the same person */
	REFUSED_NO_APPROVERS,	/* the policy has no media.requests: nobody lets devices in */
	REFUSED_FOR_EVER,	/* longer than REGISTER_DEVICE_SEC_MAX */
};

/* One sentence in English, static, for gettext to translate. */
const char *register_refusal_text(enum register_refusal refusal);

/*
 * Open the register below @root ("" is the host), made if it is not there; ROOT/var/lib/sereno must
 * be. If what is published is older or missing it is published anew, with what ended before @now
 * (UTC seconds) left out. *@ret is released with register_close(). Returns 0, -EPERM (others could
 * have written it) or as above.
 */
int register_open(const char *root, int64_t now, struct register_db **ret);

/* The same for who serves others meanwhile and tries again later: nobody is waited for, so that
 * everything may return -EBUSY, until a change of this handle is in the register; for what belongs
 * to that, publishing it above all, it waits REGISTER_AFTERWARDS_MSEC in all. */
#define REGISTER_AFTERWARDS_MSEC 500
int register_open_hastily(const char *root, int64_t now, struct register_db **ret);

/* The same for reading alone: nothing is made or published. -ENOENT: there is none. */
int register_open_reading(const char *root, struct register_db **ret);
void register_close(struct register_db *db);
void register_close_p(struct register_db **db); /* for scoped() */

/* Whether logins see what the register says: what is published is of its last change, and sound.
 * What has ended since by itself is no matter: logins know when it ends. Returns 1, 0 or a negative
 * errno. */
int register_is_published(struct register_db *db);

/*
 * Checks of the caller's that must hold when the change is made, such as who would be left to
 * administer: called while nobody else can change the register, after the refusals of our own.
 * @change is the number of what is about to be ended. NULL: none. Returns 0, 1 (refuse) or a
 * negative errno.
 */
struct register_check {
	int (*allows)(void *context, uint32_t change);
	void *context;
};

/* Grants. */

struct grant_wish {
	const char *user, *role;
	int64_t since, until; /* UTC seconds, until excluded; TIME_NO_END where the role lets it */
};

/* Grant. @policy is the policy in force. On success *@ret is the number of the grant. */
int register_grant(struct register_db *db, struct policy *policy, const struct act *act,
		   const struct grant_wish *wish, uint32_t *ret);

/* End one grant, or all of @user for @role, now. REFUSED_UNKNOWN where none is open. */
int register_revoke_id(struct register_db *db, const struct act *act, uint32_t id,
		       const struct register_check *check);
int register_revoke(struct register_db *db, const struct act *act, const char *user,
		    const char *role, const struct register_check *check);

/* Texts are borrowed for the call; times that are not set are 0. */
struct grant_row {
	uint32_t id, request; /* request 0: granted without one */
	const char *user, *role;
	int64_t since, until;
	struct act made;
	struct act revoked; /* user NULL: not revoked */
};

/* Which ones; zero-initialised is all. */
struct register_query {
	const char *user, *role; /* NULL: any */
	uint32_t id;		 /* 0: any */
	int64_t open_at;	 /* 0: also what is over; else what is not over then */
};

/* Call @each for each row in the order of the numbers, until it returns other than 0, which is then
 * returned, else 0 or a negative errno. */
typedef int register_each_grant(void *context, const struct grant_row *row);
int register_grants(struct register_db *db, const struct register_query *query,
		    register_each_grant *each, void *context);

/* Requests for roles with on-request. */

struct request_wish {
	const char *role;
	uint64_t for_sec; /* from the last approval on */
};

/* The person who asks or decides: act->user with his groups, his person's other accounts with
 * theirs, as for access_load(); service and origins do not count. */
struct register_person {
	struct policy *policy; /* in force */
	const struct access_request *request;
	/* Whether @user, who has asked or said yes before, holds one of @roles at @now: returns 1,
	 * 0 or a negative errno, which is then returned. NULL: as his name and grants tell, groups
	 * not asked. Called while nobody else can change the register. */
	int (*other_holds)(void *context, const char *user, int64_t now,
			   const struct role_names *roles);
	void *context;
};

/* Ask, as act->user, who must hold a role of on-request.by now. *@ret is the number of the request.
 */
int register_request(struct register_db *db, const struct register_person *person,
		     const struct act *act, const struct request_wish *wish, uint32_t *ret);

enum register_decision { DECISION_DENY, DECISION_APPROVE };

struct decision {
	uint32_t approvals, approvers; /* so many have said yes, of so many needed */
	uint32_t grant;		       /* 0: still waits for others */
	int64_t until;		       /* of the grant */
};

/*
 * Decide the request @id, as act->user, who must hold one of on-request.approved-by now.
 * The approval that makes the number full grants, from now, for the time that was asked. Who has
 * asked must still be one who may ask, and who said yes before one who may approve: else his
 * approval counts no more, and he may say it again once he is.
 */
int register_decide(struct register_db *db, const struct register_person *person,
		    const struct act *act, uint32_t id, enum register_decision decision);

/* What has become of the request @id. */
int register_decision(struct register_db *db, uint32_t id, struct decision *ret);

/* Take back one's own request. */
int register_withdraw(struct register_db *db, const struct act *act, uint32_t id);

/* Void what was not answered for @after_sec (approvals.by-request). */
int register_void(struct register_db *db, const struct act *act, uint64_t after_sec);

enum request_state {
	REQUEST_OPEN,
	REQUEST_GRANTED,
	REQUEST_DENIED,
	REQUEST_WITHDRAWN,
	REQUEST_VOID
};

struct request_row {
	uint32_t id, grant, approvals, approvers;
	enum request_state state;
	const char *role;
	uint64_t for_sec;
	struct act made;
	struct act closed; /* user NULL: open; of the last approval, the denial ... */
};

/* The same for requests; where query->open_at is set, those that wait for an answer, also when they
 * have waited too long already. */
typedef int register_each_request(void *context, const struct request_row *row);
int register_requests(struct register_db *db, const struct register_query *query,
		      register_each_request *each, void *context);

/* Departures. */

struct departure_wish {
	const char *user;
	uid_t uid;		    /* GRANTS_NO_UID: unknown */
	int64_t from;		    /* UTC seconds; act->at or later */
	const char *const *secrets; /* that he knew, to be attested before it is closed */
	size_t n_secrets;
};

/* Begin: from wish->from on nothing is allowed to him. His open requests are withdrawn, what he
 * approved and is still open counts no more. *@ret is the number of the departure. Beginning again
 * what is begun gives its number, may only move its time nearer, and adds the secrets. */
int register_departure_begin(struct register_db *db, const struct act *act,
			     const struct departure_wish *wish, uint32_t *ret);

/* What a step of it came to; the same step again replaces nothing, the last one counts. */
enum step_result { STEP_DONE, STEP_NOTHING, STEP_FAILED, STEP_TO_DO };
int register_departure_step(struct register_db *db, const struct act *act, uint32_t id,
			    const char *step, enum step_result result);

/* He is back: the name and the number are as before. His grants that are not over count again. */
int register_departure_undo(struct register_db *db, const struct act *act, uint32_t id);

/* Say that the secret @secret was changed. */
int register_attest(struct register_db *db, const struct act *act, uint32_t id, const char *secret);

/* Close: REFUSED_SECRETS until each is attested. The name and the number stay departed. */
int register_departure_close(struct register_db *db, const struct act *act, uint32_t id);

struct departure_row {
	uint32_t id;
	const char *user;
	uid_t uid;
	int64_t from;
	uint32_t secrets_open;
	struct act made, undone, closed; /* user NULL: not so */
};

/* The same for departures; where query->open_at is set, those neither undone nor closed. */
typedef int register_each_departure(void *context, const struct departure_row *row);
int register_departures(struct register_db *db, const struct register_query *query,
			register_each_departure *each, void *context);

struct secret_row {
	const char *secret;
	struct act attested; /* user NULL: not yet */
};

/* The secrets of one departure, by name. */
typedef int register_each_secret(void *context, const struct secret_row *row);
int register_secrets(struct register_db *db, uint32_t departure, register_each_secret *each,
		     void *context);

struct step_row {
	const char *step;
	enum step_result result;
	struct act made; /* reason: what was found or done */
};

/* Its steps, in the order in which they were noted. */
typedef int register_each_step(void *context, const struct step_row *row);
int register_steps(struct register_db *db, uint32_t departure, register_each_step *each,
		   void *context);

/* Reviews: of each role by its owner. */

struct review_part {
	const char *role, *owner;
};

/* Open a review of @parts to be signed by @deadline. REFUSED_ALREADY while another one is open. */
int register_review_open(struct register_db *db, const struct act *act, int64_t deadline,
			 const struct review_part *parts, size_t n, uint32_t *ret);

/* Sign @role in the open review; act->user must be its owner (else REFUSED_NOT_APPROVER), and
 * act->reason is what he saw, such as a hash of the list. The last signature closes the review. */
int register_review_sign(struct register_db *db, const struct act *act, const char *role);

struct review_row {
	uint32_t id;
	const char *role, *owner;
	int64_t deadline;
	struct act opened, signed_by; /* user NULL: not yet */
};

/* The parts of all reviews; of the open ones alone where query->open_at is set. */
typedef int register_each_review(void *context, const struct review_row *row);
int register_reviews(struct register_db *db, const struct register_query *query,
		     register_each_review *each, void *context);

#endif
