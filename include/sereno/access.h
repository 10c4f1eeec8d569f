/* SPDX-License-Identifier: MIT */
/*
 * access.h - may this subject do this, from there, now? And until when?
 *
 * Two steps. access_load() fetches what the policy in force says about one subject and service:
 * reads, no clock. access_judge() is a pure function of that and of the time: no I/O, no clock,
 * no globals. Both are callable inside other people's processes, one thread per object.
 * The cost grows with the roles held and the rules that fit, not with the size of the policy.
 */
#ifndef SERENO_ACCESS_H
#define SERENO_ACCESS_H

#include <sereno/origin.h>
#include <sereno/policy.h>
#include <sereno/service.h>

/* One account of the subject's person, with its Unix groups. */
struct access_account {
	const char *user;
	/* Primary group included; may be empty where policy_facts.asks_groups is false. */
	const gid_t *groups;
	size_t n_groups;
};

struct access_request {
	const char *service; /* PAM service name */
	uid_t uid;	     /* of the subject */
	struct access_account subject;
	/* The same person's other accounts; they only count in excludes. */
	const struct access_account *others;
	size_t n_others;
	/* One, or for ELEVATE and TOOL every login he has open; none is unknown. */
	const struct origin *origins;
	size_t n_origins;
	/* ELEVATE and TOOL without an origin: the kernel's login uid is the subject's own, and no
	 * record of a login can be kept now. A break-glass account was at its place to log in. */
	bool own_login;
};

enum access_outcome {
	ACCESS_DENY,
	ACCESS_ALLOW,
	ACCESS_NOT_GOVERNED, /* the rest of the PAM stack decides */
};

/* Why; each has a sentence (access_reason_text()) and a word for logs (access_reason_name()). */
enum access_reason {
	REASON_RULE,	      /* allow: a rule fits */
	REASON_ROLE,	      /* allow: job, user manager, unlock of a role's holder */
	REASON_ROOT_ASKS,     /* allow: root asking sudo, su, ... or root's job */
	REASON_ROOT_LOGIN,    /* allow: root.direct-login names the origin. Loud */
	REASON_BREAK_GLASS,   /* allow: break-glass account at its place, or own_login. Loud */
	REASON_UNGOVERNED,    /* not governed */
	REASON_NO_ROLE,	      /* deny: holds no role now */
	REASON_EXCLUSION,     /* deny: the roles held exclude each other, or are of two kinds */
	REASON_NO_RULE,	      /* deny: no rule of a role held is for this service from there */
	REASON_DATES,	      /* deny: a rule fits, but not yet or no more */
	REASON_HOURS,	      /* deny: a rule fits, but not at this hour */
	REASON_SECOND_FACTOR, /* deny: a rule fits, its second factor was not seen */
	REASON_ROOT_ORIGIN,   /* deny: root.direct-login does not name the origin */
	REASON_BREAK_GLASS_ORIGIN, /* deny: break-glass account from elsewhere */
	REASON_DEPARTED,	   /* deny: has left, by the register. Loud */
	REASON_NO_POLICY,	   /* the policy in force cannot be used (fallback.h) */
};

enum access_demand {
	DEMAND_SECOND_FACTOR = 1 << 0,
};

struct access_verdict {
	/* What happens; with observe it may be ALLOW where @enforced says DENY. */
	enum access_outcome outcome;
	enum access_outcome enforced; /* what the rules alone say */
	enum access_reason reason;    /* of @enforced */
	bool on_trial;	       /* observe holds the enforcing back: outcome differs from enforced */
	unsigned demands;      /* enum access_demand: all that the fitting rules ask for */
	unsigned demands_open; /* those not yet met */
	int64_t until;	       /* allow: first moment at which it no longer holds, whatever new
				demands come up before; TIME_NO_END */
	int64_t until_told;    /* the same without his departure: all that he may hear of */
	char role[MODEL_NAME_MAX + 1]; /* of the rule that allowed, or "" */
	uint32_t rule;		       /* its number in the role, 0: holding the role is enough */
	uint32_t grant;		       /* by which the role is held, in the register; 0: by none */
	uint32_t line;		       /* the rule's, or then the role's, in the policy's text */
	bool conflict;		       /* roles were set aside because they exclude each other */
};

struct access_case;

/*
 * Fetch what @policy says about @request. *@ret is released with access_free(); it borrows
 * nothing from @request or @policy. Returns 0, -EBADMSG (policy damaged: refuse), -E2BIG, -ENOMEM
 * or a read error.
 */
int access_load(struct policy *policy, const struct access_request *request,
		struct access_case **ret);
void access_free(struct access_case *access);
void access_free_p(struct access_case **access); /* for scoped() */

/* Decide at @now (UTC seconds), with the demands in @met (enum access_demand) already met. */
void access_judge(const struct access_case *access, int64_t now, unsigned met,
		  struct access_verdict *ret);

/* A word for logs ("no-rule") and a sentence for people ("no rule of a role held is for this
 * service from there"); both static, English, the sentence for gettext to translate. */
const char *access_reason_name(enum access_reason reason);
const char *access_reason_text(enum access_reason reason);

#endif
