/* SPDX-License-Identifier: MIT */
/*
 * strength.h - is this password good enough? Every reason at once.
 *
 * Pure but for the dictionary and the blocklist, which are read. No configuration file but the
 * policy counts: libpwquality gets its settings from here. Candidates are secrets: they are never
 * logged, copied outside of erased memory, or passed to another program. One thread at a time:
 * cracklib keeps its open dictionary in a static. Independent of the locale.
 */
#ifndef SERENO_STRENGTH_H
#define SERENO_STRENGTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sereno/limits.h>

/* Longest password accepted: what PAM carries and crypt(3) hashes, and what is worth judging. */
#define STRENGTH_BYTES_MAX	511
#define STRENGTH_CHARACTERS_MAX 256

#define STRENGTH_RUN_MAX 4 /* abcd, 4321: a longer run up or down is STRENGTH_SEQUENCE */

struct strength_rules {
	uint32_t min_length;  /* characters: code points as typed, not normalised */
	uint32_t min_classes; /* 0 to 4: lower, upper, digit, other */
	uint32_t max_repeat;  /* of one character in a row; 0 no limit */
	uint32_t differs_by;  /* characters changed from the old password; 0 no limit */
	bool dictionary;      /* cracklib, also with digits, leet, years, seasons taken off */
	const char *const *not_containing; /* words, any case, also in leet */
	size_t n_not_containing;
	const char *blocklist; /* path of a blocklist.h file, NULL for none */
};

/* Who it is for: none of it may be contained. Any may be NULL. */
struct strength_person {
	const char *user, *full_name; /* GECOS: every word of 4 characters or more */
};

enum strength_fault {
	STRENGTH_TOO_SHORT,
	STRENGTH_TOO_FEW_CLASSES,
	STRENGTH_REPEATS,
	STRENGTH_SEQUENCE,
	STRENGTH_TOO_SIMILAR,
	STRENGTH_CONTAINS_NAME,
	STRENGTH_CONTAINS_WORD,
	STRENGTH_DICTIONARY,
	STRENGTH_KNOWN_BASE,
	STRENGTH_LEAKED,
	STRENGTH_REUSED,
	STRENGTH_NOT_TEXT,
	STRENGTH_TOO_LONG,
	STRENGTH_BASE_REUSED,
	STRENGTH_FAULTS,
};

/* Which reasons speak against the password; bit 1 << enum strength_fault, and numbers for the
 * messages. */
struct strength_verdict {
	unsigned faults;
	uint32_t length, classes, differs; /* measured; @differs is 0 without an old password */
	const char *word; /* the listed word contained; borrowed from @rules, NULL otherwise */
};

/*
 * Judge @candidate against @rules; @old may be NULL. Always sets *@ret. Returns 0, or a negative
 * errno when the dictionary or the blocklist cannot be read (-ENOENT: there is none, -EPERM: others
 * could have written it): refuse then, and say so; the faults found are still in *@ret. A text that
 * is too long or no text gets that fault alone. STRENGTH_REUSED and STRENGTH_BASE_REUSED are not
 * judged here but by the history: they are for the caller to add.
 */
int strength_judge(const struct strength_rules *rules, const struct strength_person *person,
		   const char *candidate, const char *old, struct strength_verdict *ret);

/* Write the sentence for one fault, for gettext to have been applied to by the caller: a format
 * with at most one %u or %s. Static English text. %u is the rule's number for TOO_SHORT,
 * TOO_FEW_CLASSES, REPEATS and TOO_SIMILAR and STRENGTH_CHARACTERS_MAX for TOO_LONG; %s the word
 * for CONTAINS_WORD. */
const char *strength_text(enum strength_fault fault);

/* A word for logs and programs: "too-short". Static. */
const char *strength_word(enum strength_fault fault);

#define STRENGTH_SENTENCE_MAX 512

/* Write strength_text(@fault), or the translation of it in @format, with its %u or %s filled in;
 * nothing else in it is a format, so that a slip in a translation is only ugly. */
void strength_sentence(enum strength_fault fault, const char *format,
		       const struct strength_rules *rules, const struct strength_verdict *verdict,
		       char text[static STRENGTH_SENTENCE_MAX]);

/* The rules of a policy as strength_judge() takes them; @listed is what .not_containing points to,
 * all borrowed from @policy. */
struct strength_rules strength_rules_of(const struct password_rules *policy,
					const char *listed[static PASSWORD_WORDS_MAX]);

#define STRENGTH_BASE_MAX 512

/*
 * The base of a password: lower case without accents, leet undone, digits and symbols at the ends
 * and years taken off ("P@ssw0rd2024!" -> "password"); seasons, months and days of the week, too,
 * where a word remains ("MadridVerano2025" -> "madrid", but "Verano2025!" -> "verano"). Writes at
 * most STRENGTH_BASE_MAX bytes with the NUL; a secret of the caller. Returns its length; 0 when
 * nothing is left or it is no text.
 */
size_t strength_base(const char *password, char base[static STRENGTH_BASE_MAX]);

#endif
