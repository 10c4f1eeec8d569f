/* SPDX-License-Identifier: MIT */
/*
 * words.h - one written value: number, duration, date, hours, name.
 *
 * Pure functions. Where a value can be wrong in several ways, *@ret_why is a static piece of a
 * sentence behind "'VALUE' ", as "is out of range".
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include <sereno/calendar.h>

/* Decimal digits, no sign, no leading zero. Returns 0, -EINVAL or -ERANGE. */
int word_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret, const char **ret_why);

/* Four hexadecimal digits in either case. Returns 0 or -EINVAL. */
int word_number16(const char *text, uint32_t *ret);

/* "90s", "15m", "8h", "45d" or "1y" (365 days), to at most 100 years. Returns 0 or -EINVAL. */
int word_duration(const char *text, uint64_t *ret_sec, const char **ret_why);

enum word_precision { WORD_DAY, WORD_MINUTE };

/* "2026-12-31" or "2026-12-31T18:00". Returns 0 or -EINVAL. */
int word_civil(const char *text, struct civil *ret, enum word_precision *ret_precision,
	       const char **ret_why);

/* The first minute of the day after @day. */
struct civil word_next_day(struct civil day);

/* Days (bit 0 is Monday) and minutes of the day, as calendar_add() takes them. */
struct word_hours {
	unsigned days, start, end;
};

/* "Mon-Fri 07:00-21:00", "Mon,Wed 08:00-12:00", "07:00-21:00", "Sat". Returns 0 or -EINVAL. */
int word_hours(const char *text, struct word_hours *ret, const char **ret_why);

/* Whether @text must be meant as hours, well written or not, and cannot be a name of times:. */
bool word_looks_like_hours(const char *text);

/* Whether @text may name a role, an origin, ...: letters digits . _ - from a letter on. */
bool word_is_name(const char *text);

/* Whether @text may name an account or a Unix group, a directory's included ("DOM\ana",
 * "domain users"). */
bool word_is_account(const char *text);

/* Whether @text may be a PAM service: a file name below /etc/pam.d. */
bool word_is_service(const char *text);

/* Whether @text is a full path of a file, without detours (//, /./, /../). */
bool word_is_path(const char *text);

#define ISSUER_MAX 64 /* bytes */

/* Whether @text, of characters that a policy may have, can stand before the colon of an otpauth://
 * label. */
bool word_is_issuer(const char *text);

/* Whether @text may be a host name, with * and ? as wildcards. */
bool word_is_host(const char *text);

#endif
