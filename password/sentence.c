/* SPDX-License-Identifier: MIT */
/* sentence.c - what speaks against a password, in words; and the rules of a policy to judge it by.
 */
#include <stdio.h>
#include <string.h>

#include <sereno/strength.h>

/* clang-format off */
static const char *const words[STRENGTH_FAULTS] = {
	[STRENGTH_TOO_SHORT]       = "too-short",
	[STRENGTH_TOO_FEW_CLASSES] = "too-few-classes",
	[STRENGTH_REPEATS]         = "repeats",
	[STRENGTH_SEQUENCE]        = "sequence",
	[STRENGTH_TOO_SIMILAR]     = "too-similar",
	[STRENGTH_CONTAINS_NAME]   = "contains-name",
	[STRENGTH_CONTAINS_WORD]   = "contains-word",
	[STRENGTH_DICTIONARY]      = "dictionary",
	[STRENGTH_KNOWN_BASE]      = "known-base",
	[STRENGTH_LEAKED]          = "leaked",
	[STRENGTH_REUSED]          = "reused",
	[STRENGTH_NOT_TEXT]        = "not-text",
	[STRENGTH_TOO_LONG]        = "too-long",
	[STRENGTH_BASE_REUSED]     = "base-reused",
};
/* clang-format on */

const char *strength_word(enum strength_fault fault)
{
	return (unsigned)fault < STRENGTH_FAULTS ? words[fault] : "";
}

/* What stands for %u; 0 where there is none. */
static uint32_t number_of(enum strength_fault fault, const struct strength_rules *rules)
{
	switch (fault) {
	case STRENGTH_TOO_SHORT:
		return rules->min_length;
	case STRENGTH_TOO_FEW_CLASSES:
		return rules->min_classes;
	case STRENGTH_REPEATS:
		return rules->max_repeat;
	case STRENGTH_TOO_SIMILAR:
		return rules->differs_by;
	case STRENGTH_TOO_LONG:
		return STRENGTH_CHARACTERS_MAX;
	case STRENGTH_SEQUENCE:
	case STRENGTH_CONTAINS_NAME:
	case STRENGTH_CONTAINS_WORD:
	case STRENGTH_DICTIONARY:
	case STRENGTH_KNOWN_BASE:
	case STRENGTH_LEAKED:
	case STRENGTH_REUSED:
	case STRENGTH_NOT_TEXT:
	case STRENGTH_BASE_REUSED:
	case STRENGTH_FAULTS:
		break;
	}
	return 0;
}

void strength_sentence(enum strength_fault fault, const char *format,
		       const struct strength_rules *rules, const struct strength_verdict *verdict,
		       char text[static STRENGTH_SENTENCE_MAX])
{
	const char *value = verdict->word ? verdict->word : "";
	const char *mark = strstr(format, fault == STRENGTH_CONTAINS_WORD ? "%s" : "%u");
	char number[16];
	int before;

	if (fault != STRENGTH_CONTAINS_WORD) {
		(void)snprintf(number, sizeof(number), "%u", number_of(fault, rules)); /* fits */
		value = number;
	}
	if (!mark || mark - format >= STRENGTH_SENTENCE_MAX) {
		(void)snprintf(text, STRENGTH_SENTENCE_MAX, "%s", format); /* may be cut */
		return;
	}
	before = (int)(mark - format);
	(void)snprintf(text, STRENGTH_SENTENCE_MAX, "%.*s%s%s", before, format, value, mark + 2);
}

struct strength_rules strength_rules_of(const struct password_rules *policy,
					const char *listed[static PASSWORD_WORDS_MAX])
{
	for (size_t i = 0; i < policy->n_words; i++)
		listed[i] = policy->word[i];
	return (struct strength_rules){
		.min_length = policy->min_length,
		.min_classes = policy->min_classes,
		.max_repeat = policy->max_repeat,
		.differs_by = policy->differs_by,
		.dictionary = policy->dictionary,
		.not_containing = listed,
		.n_not_containing = policy->n_words,
		.blocklist = policy->blocklist[0] ? policy->blocklist : NULL,
	};
}
