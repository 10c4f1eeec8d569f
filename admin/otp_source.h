/* SPDX-License-Identifier: MIT */
/*
 * otp_source.h - tokens in the files of other programs: google-authenticator's, oath-toolkit's
 * usersfile, an otpauth:// URI.
 *
 * The texts may be hostile, and hold secrets: they are taken apart in place, nothing of them is
 * ever printed, and otp_source_clear() erases what was found. A line is taken or refused, with the
 * reason; what may be taken is typed and within bounds.
 */
#ifndef ADMIN_OTP_SOURCE_H
#define ADMIN_OTP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sereno/otp.h>

struct otp_found {
	unsigned long line;
	const char *refused;	    /* why, to be translated; NULL: the token may be taken */
	char user[OTP_PERSON_SIZE]; /* "" where the file does not tell */
	struct otp_token token;
	uint64_t used;	   /* the greatest step noted as used; 0 none */
	unsigned n_spare;  /* recovery codes of another kind */
	bool clock_is_off; /* the phone's, as that program has found */
	bool has_password; /* a static one, beside the token */
};

struct otp_source {
	struct otp_found *found;
	size_t n, room;
};

/* Take @text apart. @now is for what was used. Returns 0 or -ENOMEM; what is wrong with the text is
 * a refused line. */
typedef int otp_source_read(char *text, int64_t now, struct otp_source *ret);
otp_source_read otp_source_google, otp_source_oath, otp_source_uri;

/* Erase and release. */
void otp_source_clear(struct otp_source *source);

/* For the three: a place for what line @line holds, or NULL; valid until the next one. */
struct otp_found *otp_source_add(struct otp_source *source, unsigned long line);

/* The next line or word, ended in place, or NULL; *@at moves behind it. */
char *otp_source_line(char **at);
char *otp_source_word(char **at);

/* Decimal digits up to @max. Returns 0 or -EINVAL. */
int otp_source_number(const char *text, uint64_t max, uint64_t *ret);

#endif
