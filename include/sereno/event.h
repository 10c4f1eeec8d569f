/* SPDX-License-Identifier: MIT */
/*
 * event.h - everything sereno reports, as one closed catalogue of typed events.
 *
 * One call sends one line: to journald's native socket with fields, or to /dev/log where there is
 * no journal. Callable inside other people's processes: no openlog(), no signal, no descriptor
 * left open, never blocks for longer than EVENT_TIMEOUT_MSEC. Values may be hostile: every byte
 * outside of printable ASCII, quotes and backslashes are written as \xNN. No secret is ever passed.
 */
#ifndef SERENO_EVENT_H
#define SERENO_EVENT_H

#include <stddef.h>
#include <stdint.h>

#define EVENT_TIMEOUT_MSEC 250
#define EVENT_LINE_MAX	   2048

enum event_id {
	EVENT_ACCESS_ALLOWED,
	EVENT_ACCESS_DENIED,
	EVENT_ACCESS_ON_TRIAL, /* observe: would have been refused */
	EVENT_ROOT_LOGIN,      /* direct login of root allowed */
	EVENT_BREAK_GLASS_USED,
	EVENT_BREAK_GLASS_REFUSED,
	EVENT_ROLE_CONFLICT,   /* roles set aside, they exclude each other */
	EVENT_POLICY_UNUSABLE, /* the compiled policy could not be used; the fallback decided */
	EVENT_POLICY_APPLIED,
	EVENT_POLICY_REFUSED, /* an apply that was refused */
	EVENT_SESSION_OPENED,
	EVENT_SESSION_CLOSED,
	EVENT_SESSION_UNRECORDED, /* a login not recorded: refused, or sudo in it knows no origin */
	EVENT_ATTEMPTS_REFUSED,	  /* too many wrong passwords: this one was not checked */
	EVENT_ATTEMPTS_ON_TRIAL,  /* observe: would have been refused */
	EVENT_ATTEMPTS_UNLOCKED,  /* an administrator forgot an account's wrong passwords */
	EVENT_STATE_FALLBACK,	  /* a damaged record; an older or stricter one stood in */
	EVENT_STATE_UNUSABLE,	  /* a record could not be read or written */
	EVENT_PASSWORD_ACCEPTED,  /* a new password was handed on to be set */
	EVENT_PASSWORD_REFUSED,
	EVENT_PASSWORD_ON_TRIAL, /* observe: would have been refused, or a new one asked for */
	EVENT_PASSWORD_DUE,	 /* a login must choose a new one */
	EVENT_PASSWORD_EXPIRED,	 /* an administrator wants it changed */
	EVENT_ACCOUNT_INACTIVE,	 /* refused, not used for too long */
	EVENT_ACCOUNT_ON_TRIAL,	 /* observe: would have been refused */
	EVENT_ACCOUNT_RENEWED,
	EVENT_CODE_ACCEPTED,  /* a one-time code; it is used up */
	EVENT_CODE_RECOVERED, /* a recovery code; it is used up */
	EVENT_CODE_REFUSED,
	EVENT_CODE_REMEMBERED, /* one accepted before counts again */
	EVENT_OTP_ENROLLED,    /* here and below: by whom, for whom, who may be the same */
	EVENT_OTP_IMPORTED,
	EVENT_OTP_REMOVED,
	EVENT_OTP_RECOVERY, /* new recovery codes */
	EVENT_OTP_RESYNCED,
	EVENT_OTP_TICKET,
	EVENT_KEY_SEALED,
	EVENT_KEY_UNSEALED,    /* for this boot, or for good */
	EVENT_KEY_UNUSABLE,    /* the host key is not there: no code can be checked */
	EVENT_CLIENT_REFUSED,  /* serenod turned somebody away: too many connections */
	EVENT_VERIFIER_FAILED, /* no password could be checked for serenod */
	EVENT_ROLE_GRANTED,    /* in the register, by whom, to whom */
	EVENT_ROLE_REVOKED,
	EVENT_ACCOUNT_DEPARTED, /* somebody tries an account whose owner has left */
	EVENT_REQUEST_MADE,	/* for a role, here and below */
	EVENT_REQUEST_APPROVED, /* by one; EVENT_ROLE_GRANTED follows when these are enough */
	EVENT_REQUEST_DENIED,
	EVENT_REQUEST_WITHDRAWN,
	EVENT_REQUEST_REFUSED, /* somebody would have decided who may not */
	EVENT_SESSION_TOLD,    /* somebody was told that his access ends, and when */
	EVENT_SESSION_ENDED,   /* a session was ended, its access was over */
	EVENT_SESSION_END_FAILED,
	EVENT_DEPARTURE_BEGUN,	/* by whom, who leaves, from when on */
	EVENT_DEPARTURE_FAILED, /* some steps: something of his is still there */
	EVENT_DEPARTURE_CLOSED,
	EVENT_DEPARTURE_UNDONE,
	EVENT_MEDIA_ALLOWED, /* a device was let in; here and below by whom it is used */
	EVENT_MEDIA_REFUSED,
	EVENT_MEDIA_ON_TRIAL,	   /* observe: would have been refused */
	EVENT_MEDIA_TWIN,	   /* refused: another one that says it is the same is in use */
	EVENT_MEDIA_REMOVED,	   /* what was in use was put out */
	EVENT_MEDIA_FAILED,	   /* it could not be decided, or done: the device stays off */
	EVENT_MEDIA_LEAVING,	   /* it is in use, and will be taken away in a moment */
	EVENT_MEDIA_SEATS_UNKNOWN, /* who sits where is not known: nobody does */
	EVENT_BACKUP_MADE,	   /* of all state, by whom */
	EVENT_STATE_RESTORED,	   /* from a backup, by whom: what came after it is gone */
	EVENT_REVIEW_OPENED,
	EVENT_REVIEW_SIGNED,  /* by the role's owner */
	EVENT_REVIEW_REFUSED, /* somebody would have signed who may not */
	EVENT_MEDIA_APPROVED, /* by one, for whom; EVENT_MEDIA_GRANTED follows when that is enough
			       */
	EVENT_MEDIA_DENIED,
	EVENT_MEDIA_GRANTED, /* in the register, by whom, for whom */
	EVENT_MEDIA_REVOKED,
	EVENT_COUNT,
};

/* NULL, 0 and EVENT_NO_TIME members are left out, or written as "?" where the event needs them. The
 * strings are borrowed for the call. */
#define EVENT_NO_TIME INT64_MAX
struct event {
	enum event_id id;
	const char *subject; /* who asks */
	const char *target;  /* for whom, where that differs: su; for EVENT_OTP_... always */
	const char *service;
	const char *origin;
	const char *device;  /* where it is, its numbers and what it calls itself */
	const char *verdict; /* allow, deny, not-governed; of devices: as media_access_name() */
	const char *reason;  /* a word */
	const char *rule;    /* ROLE.NUMBER, or ROLE where no rule is needed */
	uint32_t line;	     /* of the rule in the policy's text */
	const char *policy;  /* hash of its text */
	const char *detail;  /* free English text */
	int64_t until;	     /* UTC seconds */
};

/* Send @event; sockets are looked for below @root ("" is the host). Returns 0, or a negative errno
 * when nobody took it: a login is never refused for that. */
int event_send(const char *root, const struct event *event);

/* The text of the line that event_send() writes, without time and program: for tests and
 * commands. Returns its length, cut to EVENT_LINE_MAX - 1. */
size_t event_format(const struct event *event, char text[static EVENT_LINE_MAX]);

/* The name of an event, "access.denied", and its syslog priority (LOG_ERR ...). */
const char *event_name(enum event_id id);
int event_priority(enum event_id id);

#endif
