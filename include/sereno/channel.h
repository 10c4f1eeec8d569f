/* SPDX-License-Identifier: MIT */
/*
 * channel.h - what serenod is asked by those who are not root, and how it answers.
 *
 * The state of this host is root's. A program of a user's own (a screen locker, `sereno otp`,
 * `sereno request`) asks serenod, by a socket, about the account that the kernel says it runs as:
 * no message says who asks. Root is not answered; root's programs use codes.h and register.h.
 *
 * ROOT/run/sereno/serenod.socket, SOCK_SEQPACKET: a packet is a message, each request has one
 * reply. A connection is one conversation of at most CHANNEL_MESSAGES_MAX requests and
 * CHANNEL_CONVERSATION_SEC; what it began goes with it. Whatever is refused is answered at one
 * fixed delay after it came, and counts as a wrong attempt to unlock (attempts.h), but for what can
 * be no code at all.
 *
 * Libc only, callable inside other people's processes: no state, no signals (SIGPIPE neither), no
 * descriptor left open; errno is as it was when 0 is returned. Functions return 0 or a negative
 * errno. Messages hold secrets: erase them; nothing is left of them in here.
 */
#ifndef SERENO_CHANNEL_H
#define SERENO_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include <sereno/codes.h>
#include <sereno/media.h>
#include <sereno/otp.h>
#include <sereno/refused.h>

#define CHANNEL_SOCKET		 "/run/sereno/serenod.socket" /* below ROOT */
#define CHANNEL_VERSION		 1
#define CHANNEL_MESSAGE_MAX	 2048 /* bytes on the wire */
#define CHANNEL_MESSAGES_MAX	 8    /* requests in one conversation */
#define CHANNEL_CONVERSATION_SEC 180
#define CHANNEL_TIMEOUT_SEC	 5   /* how long a client waits for a reply */
#define CHANNEL_PASSWORD_SEC	 15  /* likewise, where it has a password looked at */
#define CHANNEL_SERVICE_SIZE	 64  /* with the final NUL, as all sizes here */
#define CHANNEL_TYPED_SIZE	 128 /* a code, recovery code or ticket as it was typed */
#define CHANNEL_PROOF_SIZE	 513 /* also a password (PAM_MAX_RESP_SIZE) */
#define CHANNEL_ROLE_SIZE	 65
#define CHANNEL_USER_SIZE	 256
#define CHANNEL_REASON_SIZE	 513
#define CHANNEL_ROLES_SIZE	 257 /* several names, for people */
#define CHANNEL_WHY_SIZE	 129
#define CHANNEL_COLUMNS_MAX	 1000
#define CHANNEL_PAGE_MAX	 4   /* requests for roles, or devices, in one reply */
#define CHANNEL_DEVICE_SIZE	 129 /* what a device calls itself, and its serial number */

/* The numbers are those of the messages: never changed, never used anew. */
enum channel_kind {
	CHANNEL_VERIFY = 1,  /* is @code[0] a code of mine? It is used up */
	CHANNEL_STATUS = 2,  /* what is known of my second factor; asks for no proof */
	CHANNEL_BEGIN = 3,   /* make me a token called @label, by @proof; any but a recovery code */
	CHANNEL_CONFIRM = 4, /* @code[0] is the new token's: keep it. After CHANNEL_BEGIN */
	CHANNEL_RECOVERY = 5, /* make me new recovery codes, by a current code as @proof */
	CHANNEL_RESYNC = 6,   /* @code are two in a row of the token @label ("": the only one);
				 @proof is the password, a recovery code, or a code of another */
	/* Requests for roles, of any account; no proof is asked for. */
	CHANNEL_ASK_ROLE = 7, /* give me @role for @for_sec; @reason */
	CHANNEL_WITHDRAW = 8, /* my request @id */
	CHANNEL_REQUESTS = 9, /* mine, and those I may decide; of the number @id, or (0) those after
				 @after, the open ones or (@ended) all */
	/* The request @id; @reason. The login that the asking process runs in must be the account's
	 * own, and the process must be the one that has connected, and has been answered before in
	 * this conversation: so is known who it is, whatever numbers processes get. */
	CHANNEL_APPROVE = 10,
	CHANNEL_DENY = 11,
	/* Reviews, of who owns a role: the roles that I own, or @role of them, as a text of lines
	 * at most @columns wide (0: as they come), or as JSON. It comes by a descriptor of its own:
	 * channel_ask_for_list(). */
	CHANNEL_REVIEW = 12,
	/* I sign @role, whose list had the digest @reason; who I am is known as with
	 * CHANNEL_APPROVE. */
	CHANNEL_SIGN = 13,
	/* Devices. Who lets them in must have logged in as himself, as above. */
	CHANNEL_DEVICES = 14, /* @about: those I may see; of the number @id, or (0) after @after,
				 the open ones or (@ended) all */
	/* Let in the refused @device for @user for @for_sec with @access; @reason. Where it is open
	 * already with the same terms, this approves it. */
	CHANNEL_LET_IN = 15,
	CHANNEL_DEVICE_APPROVE = 16, /* the request @id; @reason */
	CHANNEL_DEVICE_DENY = 17,    /* the request @id, or (0) the refused @device, which is then
					off the list; @reason */
	CHANNEL_DEVICE_REVOKE = 18,  /* the grant @id; @reason */
};

/* The numbers as above. */
enum channel_about {
	CHANNEL_ABOUT_REFUSED = 1, /* in an order that stays, where none comes or goes; @after is
				      how many to pass over */
	CHANNEL_ABOUT_REQUESTS = 2,
	CHANNEL_ABOUT_GRANTS = 3,
};

/* What shows that it is the user himself and not a program of his, or at his unlocked screen. */
enum channel_proof_kind {
	CHANNEL_PROOF_NONE = 0,	    /* CHANNEL_VERIFY, _STATUS, _CONFIRM */
	CHANNEL_PROOF_PASSWORD = 1, /* of the account, as PAM checks it */
	CHANNEL_PROOF_TICKET = 2,
	CHANNEL_PROOF_CODE = 3, /* of a token he has, or a recovery code: used up */
};

/* What a request has no use for is 0 or "". */
struct channel_request {
	enum channel_kind kind;
	char service[CHANNEL_SERVICE_SIZE]; /* CHANNEL_VERIFY: the PAM service that wants it, for
					       the log; printable ASCII */
	char label[OTP_LABEL_SIZE];	    /* otp_label_sound() */
	enum channel_proof_kind proof_kind;
	char proof[CHANNEL_PROOF_SIZE];
	char code[2][CHANNEL_TYPED_SIZE];
	char role[CHANNEL_ROLE_SIZE];
	uint64_t for_sec;
	char reason[CHANNEL_REASON_SIZE]; /* one line; CHANNEL_ASK_ROLE, _DENY and _SIGN need one */
	uint32_t id, after;
	bool ended;
	bool as_json;
	uint32_t columns; /* at most CHANNEL_COLUMNS_MAX */
	enum channel_about about;
	char device[REFUSED_ID_SIZE]; /* of the list of the refused */
	char user[CHANNEL_USER_SIZE];
	enum media_access access;
};

/* The numbers as above. */
enum channel_answer {
	CHANNEL_ACCEPTED = 1,
	CHANNEL_REFUSED = 2,	 /* the code or the proof, or too many were wrong: no reason told */
	CHANNEL_UNAVAILABLE = 3, /* it could not be looked at; the log says why */
	/* After what proves him: he may know these. Nothing was changed. */
	CHANNEL_TICKET_NEEDED = 4, /* CHANNEL_BEGIN by password: not open, or not any more; a code
				      of a token he has does as well */
	CHANNEL_LABEL_TAKEN = 5,   /* he has a token of that name */
	CHANNEL_FULL = 6,	   /* he has CODES_TOKENS_MAX */
	CHANNEL_NO_TOKEN = 7,	   /* CHANNEL_RECOVERY, CHANNEL_RESYNC: there is none (of that
				      name) */
	CHANNEL_UNCONFIRMED = 8,   /* CHANNEL_CONFIRM: not its code; may be tried again.
				      CHANNEL_RESYNC: no two codes in a row of it */
	/* The conversation is over. */
	CHANNEL_BUSY = 9,	   /* too many connections, of his or of all */
	CHANNEL_NOT_FOR_ROOT = 10, /* root needs none of this */
	CHANNEL_NO_ACCOUNT = 11,   /* the caller's uid has none */
	CHANNEL_UNKNOWN = 12,	   /* no such request in this version, or not now */
	/* CHANNEL_ASK_ROLE and what follows it. Nothing was changed. */
	CHANNEL_NOT_ALLOWED = 13, /* @why says it */
};

/* The numbers as above. */
enum channel_role_state {
	CHANNEL_ROLE_OPEN = 1,
	CHANNEL_ROLE_GRANTED = 2,
	CHANNEL_ROLE_DENIED = 3,
	CHANNEL_ROLE_WITHDRAWN = 4,
	CHANNEL_ROLE_VOID = 5, /* nobody answered in time */
};

/* A request for a role. Times are UTC seconds, 0 where there is none. */
struct channel_role_request {
	uint32_t id;
	enum channel_role_state state;
	char role[CHANNEL_ROLE_SIZE], user[CHANNEL_USER_SIZE];
	uint64_t for_sec;
	int64_t made, void_at;
	char reason[CHANNEL_REASON_SIZE];
	uint32_t approvals, approvers; /* so many have said yes, of so many needed */
	bool mine;
	bool mine_to_decide;			 /* by the roles held now */
	char approver_roles[CHANNEL_ROLES_SIZE]; /* whose holders may decide: "auditor, dba" */
	char closed_by[CHANNEL_USER_SIZE];	 /* "": nobody yet */
	int64_t closed;
	char closed_reason[CHANNEL_REASON_SIZE]; /* longer ones are cut */
	uint32_t grant;				 /* its number in the register; 0: none */
	int64_t until;				 /* the grant's end */
};

/* The numbers as above. */
enum channel_device_state {
	CHANNEL_DEVICE_REFUSED = 1, /* nobody has said anything about it */
	CHANNEL_DEVICE_OPEN = 2,    /* waits for others */
	CHANNEL_DEVICE_GRANTED = 3, /* also what is over by now: see @until */
	CHANNEL_DEVICE_DENIED = 4,
	CHANNEL_DEVICE_WITHDRAWN = 5, /* whom it was for has left */
	CHANNEL_DEVICE_VOID = 6,      /* nobody answered in time */
	CHANNEL_DEVICE_REVOKED = 7,
};

/* A device that was refused, is being let in, or was. Times are UTC seconds, 0 where there is none;
 * longer texts are cut. */
struct channel_device {
	enum channel_device_state state;
	uint32_t request, grant; /* their numbers; 0: none */
	char device[REFUSED_ID_SIZE];
	uint16_t vendor, product;
	uint32_t kinds;			  /* 1u << enum device_kind each */
	char name[CHANNEL_DEVICE_SIZE];	  /* without control characters, but else as it likes */
	char serial[CHANNEL_DEVICE_SIZE]; /* likewise */
	char user[CHANNEL_USER_SIZE];	  /* for whom; CHANNEL_DEVICE_REFUSED: who sat there, "" */
	enum media_access access;
	uint64_t for_sec;
	enum media_reason refused;  /* CHANNEL_DEVICE_REFUSED: why */
	uint32_t times;		    /* likewise: how often */
	int64_t made, void_at;	    /* CHANNEL_DEVICE_REFUSED: first and last seen */
	char by[CHANNEL_USER_SIZE]; /* who asked, granted or, at last, said no */
	char reason[CHANNEL_REASON_SIZE];
	uint32_t approvals;
	bool each;			/* one of each of @roles has to say yes, else one of any */
	char roles[CHANNEL_ROLES_SIZE]; /* whose holders decide */
	bool mine_to_decide;		/* by the roles held now */
	int64_t since, until;		/* of the grant */
};

/* What belongs to the request, with CHANNEL_ACCEPTED; else 0. */
struct channel_reply {
	enum channel_answer answer;
	enum channel_kind kind;	    /* of the request; CHANNEL_UNKNOWN: CHANNEL_STATUS, no matter */
	bool recovered;		    /* CHANNEL_VERIFY: by a recovery code */
	uint32_t recovery_left;	    /* CHANNEL_VERIFY by a recovery code, CHANNEL_CONFIRM */
	struct codes_status status; /* CHANNEL_STATUS; without a token it says so */
	/* CHANNEL_BEGIN: what otp_uri() needs */
	struct otp_token token;
	char issuer[OTP_ISSUER_SIZE], person[OTP_PERSON_SIZE];
	/* CHANNEL_RECOVERY; CHANNEL_CONFIRM where he had none. 0 where the policy has none */
	uint32_t n_recovery;
	char recovery[OTP_RECOVERY_MAX][OTP_RECOVERY_SIZE];
	/* CHANNEL_REQUESTS, in the order of their numbers; else the one it is about, as it is now
	 */
	uint32_t n_requests;
	bool more; /* ask again, after the last one's number */
	struct channel_role_request request[CHANNEL_PAGE_MAX];
	/* CHANNEL_DEVICES; else the one it is about, as it is now. @more as above */
	uint32_t n_devices;
	struct channel_device device[CHANNEL_PAGE_MAX];
	/* CHANNEL_NOT_ALLOWED: a sentence without a capital, in English, for gettext to translate
	 */
	char why[CHANNEL_WHY_SIZE];
};

/* Erase; for scoped(), too. */
void channel_request_erase(struct channel_request *request);
void channel_reply_erase(struct channel_reply *reply);

/*
 * Connect; *@ret_fd is closed by the caller, which ends the conversation. Returns 0; -ENOENT or
 * -ECONNREFUSED: there is no serenod; -EPERM: who listens is not root (nor, below a @root that is
 * not "", the caller); -ENAMETOOLONG; -ETIMEDOUT; or what socket(2) and connect(2) reported.
 */
int channel_open(const char *root, int *ret_fd);

/*
 * Ask, and wait up to CHANNEL_TIMEOUT_SEC (with a password CHANNEL_PASSWORD_SEC) for the reply,
 * also when it is a refusal. Returns 0 with
 * *@ret; -EINVAL: no such request can be sent (too long, not printable); -ETIMEDOUT; -EPIPE or
 * -ECONNRESET: it went away; -EBADMSG: no reply of this version. Nothing is to be taken for
 * accepted then; open another conversation.
 */
int channel_ask(int fd, const struct channel_request *request, struct channel_reply *ret);

/*
 * The same for CHANNEL_REVIEW: with CHANNEL_ACCEPTED *@ret_list is where the list is to be read, to
 * its end; the caller closes it. A NUL and an enum reviewer_end (reviewer.h) end it, else it is not
 * to be used. It is written while it is read: who waits too long finds it cut short.
 */
int channel_ask_for_list(int fd, const struct channel_request *request, struct channel_reply *ret,
			 int *ret_list);

/* A conversation of one CHANNEL_VERIFY. *@ret_left: recovery codes left, where it was one; else
 * UINT32_MAX. Returns as the two above. */
int channel_verify(const char *root, const char *service, const char *typed,
		   enum channel_answer *ret, uint32_t *ret_left);

/*
 * To and from the wire, for both ends. Encoding returns the length, at most CHANNEL_MESSAGE_MAX, or
 * -EINVAL. Decoding takes any bytes: it returns 0, -EPROTONOSUPPORT (of another version, or of a
 * kind it does not know) or -EBADMSG; every text is then terminated, every number within its
 * bounds, every byte accounted for.
 */
ssize_t channel_request_encode(const struct channel_request *request,
			       uint8_t bytes[static CHANNEL_MESSAGE_MAX]);
int channel_request_decode(const uint8_t *bytes, size_t length, struct channel_request *ret);
ssize_t channel_reply_encode(const struct channel_reply *reply,
			     uint8_t bytes[static CHANNEL_MESSAGE_MAX]);
int channel_reply_decode(const uint8_t *bytes, size_t length, struct channel_reply *ret);

#endif
