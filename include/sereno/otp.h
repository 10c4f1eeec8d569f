/* SPDX-License-Identifier: MIT */
/*
 * otp.h - one-time codes (TOTP, RFC 6238), what a phone must know of them, and recovery codes.
 *
 * Pure functions: nothing is read or stored, the caller passes the time in; only random bytes come
 * from the system. What was used already is codes.h's to know. Callable inside other people's
 * processes; needs liboath and libcrypt, each only by those who call for it, and libqrencode while
 * it draws. Secrets are erased wherever a function leaves a copy of its own.
 */
#ifndef SERENO_OTP_H
#define SERENO_OTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OTP_SECRET_MIN	10 /* bytes; shorter ones than 16 only come from other programs */
#define OTP_SECRET_MAX	64
#define OTP_DIGITS_MIN	6
#define OTP_DIGITS_MAX	8
#define OTP_PERIOD_MIN	15 /* seconds */
#define OTP_PERIOD_MAX	300
#define OTP_WINDOW_MAX	2		     /* steps before and after now */
#define OTP_CODE_SIZE	(OTP_DIGITS_MAX + 1) /* with the final NUL, as all sizes here */
#define OTP_LABEL_SIZE	64
#define OTP_ISSUER_SIZE 65
#define OTP_PERSON_SIZE 257 /* account name */

enum otp_algorithm { OTP_SHA1, OTP_SHA256, OTP_SHA512 };

/* What host and phone share. SHA-1, 6 digits, 30 s is what every phone understands. */
struct otp_token {
	uint32_t algorithm; /* enum otp_algorithm; of a fixed size, as it is stored */
	uint32_t digits, period_sec;
	uint32_t secret_length;
	uint8_t secret[OTP_SECRET_MAX];
};

/* Whether every number in @token is within bounds. */
bool otp_token_sound(const struct otp_token *token);

/* A token with a random secret of 20, 32 or 64 bytes, as the algorithm asks. Returns 0, -EINVAL or
 * a negative errno. */
int otp_token_new(enum otp_algorithm algorithm, uint32_t digits, uint32_t period_sec,
		  struct otp_token *ret);

/* Erase; for scoped(), too. */
void otp_token_erase(struct otp_token *token);

/* The step that @now (UTC seconds) lies in; 0 before 1970. */
uint64_t otp_step(const struct otp_token *token, int64_t now);

/* The code of a step: token->digits digits. Returns 0, -EINVAL or -EIO. */
int otp_code(const struct otp_token *token, uint64_t step, char code[static OTP_CODE_SIZE]);

/* Steps @first to @last are looked at, both included; a code counts when its step is greater than
 * @used. */
struct otp_range {
	uint64_t first, last, used;
};

enum otp_match {
	OTP_WRONG,
	OTP_REPLAYED, /* of a step that was used, or one before it */
	OTP_RIGHT,
};

/* The steps around @now, shifted by @drift: @window of them before and after. */
struct otp_range otp_range_around(const struct otp_token *token, int64_t now, int64_t drift,
				  uint32_t window);

/* Compare @code (digits only) with that of every step of @range, in time that does not depend on
 * which of them it is. *@ret_step is the greatest step that matched, for OTP_RIGHT and
 * OTP_REPLAYED. At most OTP_RANGE_MAX steps. Returns 0, -EINVAL or -EIO. */
#define OTP_RANGE_MAX 8192
int otp_search(const struct otp_token *token, const struct otp_range *range, const char *code,
	       enum otp_match *ret, uint64_t *ret_step);

/* Two codes in a row: @code at some step of the range and @next at the one after it, which is
 * *@ret_step. As otp_search(); OTP_REPLAYED when the first was used. */
int otp_search_pair(const struct otp_token *token, const struct otp_range *range,
		    const char *const code[static 2], enum otp_match *ret, uint64_t *ret_step);

/*
 * What somebody typed at the prompt. Spaces go, from codes and recovery codes, hyphens and the case
 * of letters from recovery codes only, where o is read as 0, i and l as 1.
 */
#define OTP_RECOVERY_LENGTH 12 /* characters of 5 bits */

enum otp_answer_kind {
	OTP_ANSWER_EMPTY,     /* nothing but spaces */
	OTP_ANSWER_MALFORMED, /* neither of the two; also what is longer than 64 bytes */
	OTP_ANSWER_CODE,      /* 6 to 8 ASCII digits */
	OTP_ANSWER_RECOVERY,  /* a recovery code or a ticket */
};

struct otp_answer {
	enum otp_answer_kind kind;
	uint32_t length;
	char text[OTP_RECOVERY_LENGTH + 1]; /* "" but for the last two kinds */
};

/* Cannot fail: what it is stands in @ret->kind. Erase it afterwards. */
void otp_answer_read(const char *typed, struct otp_answer *ret);
void otp_answer_erase(struct otp_answer *answer);

/* What it is alone. */
enum otp_answer_kind otp_answer_kind(const char *typed);

/* Why such an answer is refused unread, in a word for the log; NULL for those to be looked at. */
const char *otp_answer_flaw(enum otp_answer_kind kind);

/* When to tell of a refusal, so that the time tells nothing: @taken after the answer, rounded up to
 * a whole number of @unit, which is more than all checks take. */
int64_t otp_refusal_due(int64_t taken, int64_t unit);

/*
 * Recovery codes, and tickets: 60 random bits as "0x5k-m9q2-7rtz". Only a yescrypt hash is kept;
 * those that are made with the same setting (salt) are all compared with one hash of an answer.
 */
#define OTP_RECOVERY_SIZE 15
#define OTP_RECOVERY_MAX  16 /* of one account */
#define OTP_SETTING_SIZE  64
#define OTP_HASH_SIZE	  44

struct otp_hash {
	char text[OTP_HASH_SIZE]; /* "" is none, and equals none */
};

/* Random ones. Return 0 or a negative errno; @code is to be erased. */
int otp_recovery_new(char code[static OTP_RECOVERY_SIZE]);
int otp_setting_new(char setting[static OTP_SETTING_SIZE]);

/* Hash the text of an OTP_ANSWER_RECOVERY. Some milliseconds: hold no lock. Returns 0, -EINVAL,
 * -ENOMEM or -EIO. */
int otp_hash(const char *setting, const struct otp_answer *answer, struct otp_hash *ret);

/* In constant time. */
bool otp_hash_equal(const struct otp_hash *one, const struct otp_hash *other);

/* Base32 (RFC 4648), upper case without padding. Returns 0 or -ENOBUFS. */
#define OTP_BASE32_SIZE ((OTP_SECRET_MAX * 8 + 4) / 5 + 1)
int otp_base32_encode(const uint8_t *bytes, size_t length, char *text, size_t size);

/* Either case, with or without padding, spaces and hyphens anywhere. Returns 0, -EINVAL or
 * -ENOBUFS; @bytes is untouched or erased on errors. */
int otp_base32_decode(const char *text, uint8_t *bytes, size_t size, size_t *ret_length);

/* The secret for people who type it: base32 in groups of four. */
#define OTP_SECRET_TEXT_SIZE (OTP_BASE32_SIZE + OTP_BASE32_SIZE / 4 + 1)
int otp_secret_text(const struct otp_token *token, char *text, size_t size);

/* Whether @text is printable UTF-8 of 1 to size - 1 bytes: issuers, names of accounts and of
 * tokens. */
bool otp_label_sound(const char *text, size_t size);

/* Whom a phone shows beside the account: @issuer, or where that is "" the @host, if its name will
 * do for one; else "". Borrows from both. */
const char *otp_issuer(const char *issuer, const char *host);

/*
 * The otpauth:// URI that phones read (Key URI Format). Issuer (may be "") and person are
 * otp_label_sound() and contain no ':' . Parameters that have their default are left out, so that
 * the QR code stays small. Returns 0, -EINVAL or -ENOBUFS.
 */
#define OTP_URI_SIZE 1536
int otp_uri(const struct otp_token *token, const char *issuer, const char *person, char *uri,
	    size_t size);

enum otp_qr_form {
	OTP_QR_BLOCKS,	 /* UTF-8 half blocks: a column and half a row a module */
	OTP_QR_ASCII,	 /* ## and spaces: two columns and a row a module */
	OTP_QR_COLOURED, /* half blocks in black on white by escape sequences, for a terminal of
			    one's own; a conversation does not let them through */
};

/* What the terminal paints behind its text: a phone wants dark on light. */
enum otp_qr_ground { OTP_QR_ON_DARK, OTP_QR_ON_LIGHT };

struct otp_qr_look {
	enum otp_qr_form form;
	enum otp_qr_ground ground; /* not for OTP_QR_COLOURED */
	uint32_t columns, rows;	   /* at most; 80 and 40 fit everywhere */
};

/* Draw @text (a URI) as a QR code: lines, each with '\n'. *@ret is released with otp_text_free().
 * Returns 0, -EMSGSIZE (does not fit), -ELIBACC (libqrencode, which is loaded for this alone, is
 * not there), -ELIBBAD, -ENOMEM or -EIO. */
int otp_qr_draw(const char *text, const struct otp_qr_look *look, char **ret);

/* Erase and release; NULL is allowed. */
void otp_text_free(char *text);
void otp_text_free_p(char **text);

#endif
