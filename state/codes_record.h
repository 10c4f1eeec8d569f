/* SPDX-License-Identifier: MIT */
/*
 * codes_record.h - a user's tokens and recovery codes as they lie in his slot file.
 *
 * In the machine's byte order: it is sealed with this machine's key.
 */
#ifndef SERENO_STATE_CODES_RECORD_H
#define SERENO_STATE_CODES_RECORD_H

#include <sereno/codes.h>
#include <sereno/slot.h>

struct codes_token {
	struct otp_token token;
	int32_t drift; /* steps the phone is ahead */
	char label[OTP_LABEL_SIZE];
	uint64_t last_step; /* the greatest that was used; 0 none */
	int64_t enrolled, used;
};

/* What an administrator hands over, to enrol with. */
struct codes_ticket {
	char setting[OTP_SETTING_SIZE];
	struct otp_hash hash; /* "" for none */
	int64_t issued, expires;
};

struct codes_record {
	uint32_t n_tokens, n_recovery; /* of those issued, the used ones included */
	uint32_t recovery_void;	       /* 1: fell back, must be issued anew */
	uint32_t ticket_only;	       /* 1: the door does not open any more */
	int64_t latest;		       /* greatest time at which it was written */
	int64_t accepted;	       /* time of the last code accepted */
	int64_t needed;		       /* first login that needed a code */
	int64_t recovery_issued;
	char recovery_setting[OTP_SETTING_SIZE];
	struct otp_hash recovery[OTP_RECOVERY_MAX]; /* of one salt; "" when used */
	struct codes_ticket ticket;
	struct codes_token token[CODES_TOKENS_MAX];
};

extern const struct slot_kind codes_kind;

/* A record, open and locked. */
struct codes {
	struct slot_file *file;
	struct codes_record record;
	bool fell_back;
};

/* Open, read and check. A record that fell back is made to pay at once, durably. */
int codes_open(const char *root, const struct codes_account *account, enum slot_missing missing,
	       int64_t now, struct codes *ret);

/* The same without change, and so without paying. */
int codes_peek(const char *root, const struct codes_account *account, struct codes *ret);

/* Erase, unlock, close; for scoped(). */
void codes_close(struct codes *codes);

/* An older record stands in for a newer one: what may have been used since is used. */
void codes_pay(struct codes_record *record, int64_t now);

/* Make it durable: what was used up. */
int codes_write(struct codes *codes, int64_t now);

/* Make it durable in both slots: what was begun or taken away. */
int codes_write_both(struct codes *codes, int64_t now);

uint32_t codes_recovery_left(const struct codes_record *record);

/* The token of that label, or NULL. */
struct codes_token *codes_find(struct codes_record *record, const char *label);

/* The time for what expires: it never goes back. */
int64_t codes_time(const struct codes_record *record, int64_t now);

/* Whether who has no token may enrol at @now, and until when. */
enum codes_door codes_door_of(const struct codes_record *record, uint32_t within_sec, int64_t now,
			      int64_t *ret_until);

/* Hash what was typed for a ticket, to be compared under the lock. Returns 0, or 1: there is
 * nothing it could equal. */
int codes_hash_ticket(const char *root, const struct codes_account *account, const char *typed,
		      int64_t now, struct otp_hash *ret);

/* Whether @hash is that of the ticket, and it has not expired. */
bool codes_ticket_is(const struct codes_record *record, const struct otp_hash *hash, int64_t now);

#endif
