/* SPDX-License-Identifier: MIT */
/* strength.c - is this password good enough? Every reason at once. */
#include <sereno/strength.h>

#include <errno.h>
#include <string.h>

#include <sereno/blocklist.h>
#include <sereno/scoped.h>

#include "characters.h"
#include "contained.h"
#include "dictionary.h"
#include "judge.h"
#include "known.h"
#include "quality.h"
#include "scrub.h"

/* cracklib calls systematic what has many neighbours of the alphabet anywhere: no, st, hi. Some
 * words in a row have them by chance. */
#define PASSPHRASE_MIN 20

enum class { CLASS_LOWER = 1, CLASS_UPPER = 2, CLASS_DIGIT = 4, CLASS_OTHER = 8 };

/* clang-format off */
/* Capital letters beyond ASCII: every one from first to last, or every second. */
static const struct {
	uint32_t first, last, step;
} capitals[] = {
	{ 0xC0, 0xD6, 1 }, { 0xD8, 0xDE, 1 }, { 0x100, 0x136, 2 }, { 0x139, 0x147, 2 }, { 0x14A, 0x176, 2 },
	{ 0x178, 0x178, 1 }, { 0x179, 0x17D, 2 }, { 0x386, 0x38F, 1 }, { 0x391, 0x3AB, 1 }, { 0x400, 0x42F, 1 },
	{ 0x1E9E, 0x1E9E, 1 },
};

static const struct {
	uint32_t first, last;
} small[] = {
	{ 0xDF, 0xF6 }, { 0xF8, 0xFF }, { 0x100, 0x17F }, { 0x3AC, 0x3CE }, { 0x430, 0x45F },
};

static const char *const texts[STRENGTH_FAULTS] = {
	[STRENGTH_TOO_SHORT]       = "It must have at least %u characters.",
	[STRENGTH_TOO_FEW_CLASSES] = "It must mix at least %u of: small letters, capitals, digits, other characters.",
	[STRENGTH_REPEATS]         = "No character may stand more than %u times in a row.",
	[STRENGTH_SEQUENCE]        = "It is too regular: a run such as abcde or 12345, or the same backwards.",
	[STRENGTH_TOO_SIMILAR]     = "It must differ from the old one in at least %u characters.",
	[STRENGTH_CONTAINS_NAME]   = "It contains your name.",
	[STRENGTH_CONTAINS_WORD]   = "It contains the word \"%s\".",
	[STRENGTH_DICTIONARY]      = "It is based on a word of the dictionary.",
	[STRENGTH_KNOWN_BASE]      = "Without its digits and symbols it is a common word or next to nothing.",
	[STRENGTH_LEAKED]          = "It is in a list of known passwords.",
	[STRENGTH_REUSED]          = "You have used it before.",
	[STRENGTH_NOT_TEXT]        = "It contains characters that cannot be used in a password.",
	[STRENGTH_TOO_LONG]        = "It is too long: at most %u characters can be used.",
	[STRENGTH_BASE_REUSED]     = "You have used it before with other digits or symbols.",
};
/* clang-format on */

const char *strength_text(enum strength_fault fault)
{
	return (unsigned)fault < STRENGTH_FAULTS ? texts[fault] : "";
}

/* The class of @point beyond ASCII. Letters of scripts without capitals are "other". */
static enum class class_beyond_ascii(uint32_t point) {
	for (size_t i = 0; i < ARRAY_SIZE(capitals);
	     i++) if (point >= capitals[i].first && point <= capitals[i].last &&
		      (point - capitals[i].first) % capitals[i].step == 0) return CLASS_UPPER;
	for (size_t i = 0; i < ARRAY_SIZE(small);
	     i++) if (point >= small[i].first && point <= small[i].last) return CLASS_LOWER;
	return CLASS_OTHER;
}

static enum class class_of(uint32_t point) {
	if (is_digit(point)) return CLASS_DIGIT;
	if (point >= 'a' && point <= 'z') return CLASS_LOWER;
	if (point >= 'A' && point <= 'Z') return CLASS_UPPER;
	return point < 0x80 ? CLASS_OTHER : class_beyond_ascii(point);
}

static uint32_t count_classes(const struct characters *text)
{
	unsigned seen = 0;

	for (size_t i = 0; i < text->n; i++)
		seen |= class_of(text->at[i]);
	return (uint32_t)__builtin_popcount(seen);
}

static uint32_t longest_repeat(const struct characters *text)
{
	uint32_t longest = 0, length = 0;

	for (size_t i = 0; i < text->n; i++) {
		length = i > 0 && text->at[i] == text->at[i - 1] ? length + 1 : 1;
		if (length > longest)
			longest = length;
	}
	return longest;
}

static void add_fault(struct strength_verdict *verdict, enum strength_fault fault)
{
	verdict->faults |= 1U << fault;
}

static void judge_form(const struct strength_rules *rules, const struct characters *text,
		       struct strength_verdict *verdict)
{
	verdict->length = (uint32_t)text->n;
	verdict->classes = count_classes(text);
	if (verdict->length < rules->min_length || text->n == 0)
		add_fault(verdict, STRENGTH_TOO_SHORT);
	if (verdict->classes < rules->min_classes)
		add_fault(verdict, STRENGTH_TOO_FEW_CLASSES);
	if (rules->max_repeat && longest_repeat(text) > rules->max_repeat)
		add_fault(verdict, STRENGTH_REPEATS);
}

/* An old password need not be UTF-8: then its bytes are its characters. */
static void read_old(const char *old, struct characters *ret)
{
	if (characters_read(old, ret) == 0)
		return;
	ret->n = strnlen(old, STRENGTH_CHARACTERS_MAX);
	for (size_t i = 0; i < ret->n; i++)
		ret->at[i] = (unsigned char)old[i];
}

static void judge_difference(const struct strength_rules *rules, const struct characters *text,
			     const char *old, struct strength_verdict *verdict)
{
	scoped_characters struct characters before = { 0 };

	read_old(old, &before);
	verdict->differs = characters_distance(text, &before);
	if (verdict->differs < rules->differs_by)
		add_fault(verdict, STRENGTH_TOO_SIMILAR);
}

static void judge_content(const struct strength_question *question, const struct characters *folded,
			  struct strength_verdict *verdict)
{
	scoped_disguises struct disguises disguises = { 0 };
	const struct strength_person *person = question->person;
	const struct strength_rules *rules = question->rules;

	disguises_make(folded, &disguises);
	if ((person->user && (disguises_contain(&disguises, person->user) ||
			      disguises_contain_word_of(&disguises, person->user))) ||
	    (person->full_name && disguises_contain_word_of(&disguises, person->full_name)))
		add_fault(verdict, STRENGTH_CONTAINS_NAME);
	for (size_t i = 0; i < rules->n_not_containing && !verdict->word; i++)
		if (disguises_contain(&disguises, rules->not_containing[i]))
			verdict->word = rules->not_containing[i];
	if (verdict->word)
		add_fault(verdict, STRENGTH_CONTAINS_WORD);
}

static int judge_words(const struct strength_question *question, const struct characters *folded,
		       struct strength_verdict *verdict)
{
	scoped_dictionary struct dictionary dictionary = { 0 };
	int r;

	r = dictionary_open(question->dictionary, &dictionary);
	if (base_is_known(folded, r < 0 ? NULL : &dictionary))
		add_fault(verdict, STRENGTH_KNOWN_BASE);
	if (r < 0)
		return r;
	switch (dictionary_judge(&dictionary, question->candidate)) {
	case DICTIONARY_WORD:
		add_fault(verdict, STRENGTH_DICTIONARY);
		break;
	case DICTIONARY_SYSTEMATIC:
		if (verdict->length < PASSPHRASE_MIN)
			add_fault(verdict, STRENGTH_SEQUENCE);
		break;
	case DICTIONARY_FINE:
		break;
	}
	return 0;
}

static int judge_leaked(const char *path, const char *candidate, struct strength_verdict *verdict)
{
	const int r = blocklist_has(path, candidate);

	if (r > 0)
		add_fault(verdict, STRENGTH_LEAKED);
	return r < 0 ? r : 0;
}

static int keep_first(int before, int r)
{
	return before < 0 ? before : r;
}

static int judge_text(const struct strength_question *question, const struct characters *text,
		      struct strength_verdict *verdict)
{
	scoped_characters struct characters folded = { 0 };
	const struct strength_rules *rules = question->rules;
	const char *old = rules->differs_by ? question->old : NULL;
	int r;

	characters_fold(text, &folded);
	judge_form(rules, text, verdict);
	judge_content(question, &folded, verdict);
	if (old)
		judge_difference(rules, text, old, verdict);
	r = quality_judge(question->candidate, old, &verdict->faults);
	if (rules->dictionary)
		r = keep_first(r, judge_words(question, &folded, verdict));
	if (rules->blocklist)
		r = keep_first(r, judge_leaked(rules->blocklist, question->candidate, verdict));
	return r;
}

int question_judge(const struct strength_question *question, struct strength_verdict *ret)
{
	scoped_characters struct characters text = { 0 };
	int r;

	*ret = (struct strength_verdict){ 0 };
	r = characters_read(question->candidate, &text);
	if (r < 0) {
		add_fault(ret, r == -E2BIG ? STRENGTH_TOO_LONG : STRENGTH_NOT_TEXT);
		return 0;
	}
	r = judge_text(question, &text, ret);
	scrub_stack();
	return r;
}

int strength_judge(const struct strength_rules *rules, const struct strength_person *person,
		   const char *candidate, const char *old, struct strength_verdict *ret)
{
	const struct strength_question question = {
		.rules = rules,
		.person = person,
		.candidate = candidate,
		.old = old,
		.dictionary = dictionary_path(),
	};

	return question_judge(&question, ret);
}
