/* SPDX-License-Identifier: MIT */
/*
 * codes.h - the second factor of one account: its tokens, recovery codes, tickets.
 *
 * One sealed slot file a user. A code is accepted once: only if its step is greater than the last
 * one accepted of its token, whatever the clock does, and only when that is on the disk (one
 * fdatasync) before the answer is given. Wrong answers write nothing; how often one may try is
 * attempts.h's to count, before codes_check().
 *
 * Damage costs: a record that falls back to the one before takes every code up to now, and those
 * that a phone may show ahead of now, for used; its recovery codes and its ticket are void until
 * new ones are issued, and who was not enrolled needs a ticket. What is begun or taken away
 * (enrolment, removal, recovery codes issued, a ticket redeemed) is written to both slots, so that
 * no fall back revives what was before. A whole older file put back is not detectable.
 *
 * Call as root, after the answer was typed: each call locks the record for a moment, never while it
 * hashes. Callable inside other people's processes; no state outside of the record. Functions
 * return 0, also for refusals; or a negative errno, and the caller refuses (-EBADMSG,
 * -EKEYREJECTED, -EPERM: the record is lost or cannot be trusted, see codes_reset(); -EBUSY;
 * -EINVAL: what was passed; or what slot_open() and slot_write() report). Outputs are written with
 * 0 only.
 */
#ifndef SERENO_CODES_H
#define SERENO_CODES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/otp.h>

#define CODES_TOKENS_MAX      4
#define CODES_CLOCK_SLACK_SEC 120
#define CODES_RESYNC_STEPS    1440 /* to either side: 12 hours of 30 s */

struct codes_account {
	const char *user;
	uid_t uid;
};

/* What somebody typed, when, and how many steps before and after are good (0 to
 * OTP_WINDOW_MAX). */
struct codes_attempt {
	const char *typed;
	int64_t now; /* UTC seconds */
	uint32_t window;
};

enum codes_verdict {
	CODES_ACCEPTED,	     /* a code; it is used up, durably */
	CODES_RECOVERED,     /* a recovery code; the same */
	CODES_WRONG,	     /* also of a kind this account has not got */
	CODES_EMPTY,	     /* nothing was typed, and nothing read */
	CODES_MALFORMED,     /* neither a code nor a recovery code; nothing was read */
	CODES_REPLAYED,	     /* right, but of a step used before, or older */
	CODES_CLOCK,	     /* wrong or replayed, and this host's clock is behind the last code */
	CODES_NOT_ENROLLED,  /* there is no token */
	CODES_RECOVERY_VOID, /* recovery codes need to be issued anew; none was compared */
};

/* For the log: "wrong", "replayed" and so on. */
const char *codes_verdict_word(enum codes_verdict verdict);

/* For the log, in English: a record fell back; one cannot be used, for the errno @err (-ENOKEY is
 * the host key's fault). */
#define CODES_FALLBACK_TEXT                                                           \
	"a damaged record of a second factor: codes up to now are used up, recovery " \
	"codes void"
#define CODES_ERROR_SIZE 256
void codes_error_text(int err, char text[static CODES_ERROR_SIZE]);

struct codes_result {
	enum codes_verdict verdict;
	char label[OTP_LABEL_SIZE]; /* of the token, for CODES_ACCEPTED and CODES_REPLAYED */
	int32_t offset;		    /* CODES_ACCEPTED: its step is so many after the expected one */
	uint32_t recovery_left;
	bool fell_back; /* the record was damaged: report state.fallback */
};

/* Check an answer. The verdict is CODES_ACCEPTED or CODES_RECOVERED for one caller only, however
 * many ask at once and whoever is killed. */
int codes_check(const char *root, const struct codes_account *account,
		const struct codes_attempt *attempt, struct codes_result *ret);

/*
 * Enrolment. Who needs a code and has no token may enrol in his login within some time of the
 * first such login (enrol-within), once; after that, and who ever was enrolled, with a ticket.
 */
enum codes_door {
	CODES_DOOR_ENROLLED, /* has a token */
	CODES_DOOR_OPEN,     /* may enrol now, until @until */
	CODES_DOOR_TICKET,   /* only with a ticket */
};

struct codes_needed {
	enum codes_door door;
	int64_t until; /* UTC seconds; CODES_DOOR_OPEN only */
};

/* Somebody logs in, his password was right, he needs a code and was shown a token: note the first
 * such time, durably, and tell whether he may enrol. @within_sec 0: with a ticket only. */
int codes_need(const char *root, const struct codes_account *account, uint32_t within_sec,
	       int64_t now, struct codes_needed *ret);

enum codes_warrant {
	CODES_BY_DOOR,	 /* the door must be open: checked again, so that one of two is first */
	CODES_BY_TICKET, /* redeems the ticket */
	CODES_BY_CALLER, /* an administrator, or the user who has just shown another token's code */
};

/* A token that was shown to its user (otp_token_new(), kept in memory until here) and the code that
 * his phone makes of it. */
struct codes_enrolment {
	const struct otp_token *token;
	const char *label; /* otp_label_sound(), none of his other tokens' */
	enum codes_warrant warrant;
	uint32_t within_sec; /* CODES_BY_DOOR */
	const char *ticket;  /* CODES_BY_TICKET, as typed */
	struct codes_attempt confirm;
};

enum codes_enrolled {
	CODES_ENROLLED,	    /* durable; the confirming code is used up */
	CODES_UNCONFIRMED,  /* the code is wrong: he may try again, nothing was changed */
	CODES_DOOR_CLOSED,  /* too late, or another was first */
	CODES_TICKET_WRONG, /* or used, or expired */
};

/* Also -EEXIST (the label), -E2BIG (CODES_TOKENS_MAX). */
int codes_enrol(const char *root, const struct codes_account *account,
		const struct codes_enrolment *enrolment, enum codes_enrolled *ret);

/* A token that its user had with another program. */
#define CODES_IMPORT_AHEAD 3000 /* steps; further off is no used code but a mistake */
struct codes_import {
	const struct otp_token *token;
	const char *label; /* otp_label_sound(), none of his other tokens' */
	uint64_t used;	   /* the greatest step that other program knows to be used; 0 none */
};

/* Give an account @n tokens, in one write: all or none. Every code up to @now and @window steps
 * ahead counts as used, and what .used tells of. Also -EEXIST (the label), -EALREADY (he has this
 * secret), -E2BIG (CODES_TOKENS_MAX). */
int codes_import(const char *root, const struct codes_account *account,
		 const struct codes_import *imports, size_t n, uint32_t window, int64_t now);

/* Make a ticket for an administrator to hand over, instead of one made before; it is good for
 * @valid_sec from @now. Erase @ticket. */
int codes_ticket_issue(const char *root, const struct codes_account *account, int64_t now,
		       uint32_t valid_sec, char ticket[static OTP_RECOVERY_SIZE]);

/* Whether what was typed is the ticket; it stays good. Charge attempts first. */
int codes_ticket_check(const char *root, const struct codes_account *account, const char *typed,
		       int64_t now, bool *ret);

/* Make @n recovery codes (up to OTP_RECOVERY_MAX), instead of those made before. Also -ENOENT:
 * there is no token to recover. Erase @code. */
int codes_recovery_issue(const char *root, const struct codes_account *account, int64_t now,
			 uint32_t n, char (*code)[OTP_RECOVERY_SIZE]);

/* Take a token away, or all of them with their recovery codes (@label NULL). The ticket goes, too.
 * Also -ENOENT. */
int codes_remove(const char *root, const struct codes_account *account, const char *label,
		 int64_t now);

/*
 * A phone's clock is wrong: two codes in a row, within CODES_RESYNC_STEPS of now, tell by how much,
 * which is kept (for administrators, and users who have shown another proof; never at login). They
 * must be later than the last code used, and are used up themselves. Verdicts: CODES_ACCEPTED,
 * CODES_WRONG, CODES_REPLAYED, CODES_MALFORMED, CODES_NOT_ENROLLED (no such token).
 */
struct codes_resync {
	const char *label; /* NULL: the only token */
	const char *typed[2];
	int64_t now;
};
int codes_resync(const char *root, const struct codes_account *account,
		 const struct codes_resync *resync, struct codes_result *ret);

struct codes_token_status {
	char label[OTP_LABEL_SIZE];
	enum otp_algorithm algorithm;
	uint32_t digits, period_sec;
	int64_t enrolled, used; /* UTC seconds; 0 never */
	int32_t drift;		/* steps, by codes_resync() */
};

struct codes_status {
	uint32_t n_tokens;
	struct codes_token_status token[CODES_TOKENS_MAX];
	uint32_t recovery_left;
	bool recovery_void;
	bool fell_back;	  /* the record is damaged now; the next check repairs it, at a cost */
	bool ticket_only; /* was enrolled, or damaged: the door does not open any more */
	int64_t recovery_issued;	       /* UTC seconds here and below; 0 never */
	int64_t needed;			       /* first login that needed a code */
	int64_t ticket_issued, ticket_expires; /* 0: there is none */
};

/* What is known, for commands; no secrets. Changes nothing. Also -ENOENT: there is no record. */
int codes_status(const char *root, const struct codes_account *account, struct codes_status *ret);

/* Whether who has this status would find the door open at a login at @now that needs a code: as
 * codes_need() then says, unless the clock went back. {0} is the status of who has no record. */
bool codes_may_enrol(const struct codes_status *status, uint32_t within_sec, int64_t now);

/* Whether there is, or may be, a record of account @uid: nothing of it is read, and no key needed.
 */
bool codes_may_exist(const char *root, uid_t uid);

/* The accounts that have a record, by uid in ascending order: *@ret is the caller's, released with
 * free(). Returns how many, or a negative errno. Changes nothing. */
ssize_t codes_accounts(const char *root, uid_t **ret);

/* An administrator lets a user begin anew whose record is lost: he is not enrolled, and needs a
 * ticket. Also -ENOENT. */
int codes_reset(const char *root, const struct codes_account *account);

/* The record was put back from a copy: it pays as one that fell back, for what was used since. Also
 * -ENOENT. */
int codes_restored(const char *root, const struct codes_account *account, int64_t now);

/* The account is gone. Returns 0, -ENOENT or a negative errno. */
int codes_forget(const char *root, const struct codes_account *account);

#endif
