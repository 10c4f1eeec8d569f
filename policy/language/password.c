/* SPDX-License-Identifier: MIT */
/* password.c - the blocks password:, of the policy and of its roles, held against each other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

enum direction { MORE_IS_STRICTER, LESS_IS_STRICTER };

/* A value that can be compared; 0 asks for nothing. */
struct measure {
	enum password_key key;
	const char *name;
	enum direction direction;
	uint64_t block, role;
};

#define MEASURES 9

static void measure(const struct password_block *block, const struct password_block *role,
		    struct measure ret[static MEASURES])
{
	/* clang-format off */
	const struct measure measures[MEASURES] = {
		{ PASSWORD_MIN_LENGTH,  "min-length",  MORE_IS_STRICTER, block->min_length, role->min_length },
		{ PASSWORD_MIN_CLASSES, "min-classes", MORE_IS_STRICTER, block->min_classes, role->min_classes },
		{ PASSWORD_MAX_REPEAT,  "max-repeat",  LESS_IS_STRICTER, block->max_repeat, role->max_repeat },
		{ PASSWORD_DIFFERS_BY,  "differs-by",  MORE_IS_STRICTER, block->differs_by, role->differs_by },
		{ PASSWORD_DICTIONARY,  "dictionary",  MORE_IS_STRICTER, block->dictionary, role->dictionary },
		{ PASSWORD_HISTORY,     "history",     MORE_IS_STRICTER, block->history, role->history },
		{ PASSWORD_MIN_AGE,     "min-age",     MORE_IS_STRICTER, block->min_age_sec, role->min_age_sec },
		{ PASSWORD_MAX_AGE,     "max-age",     LESS_IS_STRICTER, block->max_age_sec, role->max_age_sec },
		{ PASSWORD_WARN_BEFORE, "warn-before", MORE_IS_STRICTER, block->warn_before_sec, role->warn_before_sec },
	};
	/* clang-format on */

	memcpy(ret, measures, sizeof(measures));
}

static bool is_looser(const struct measure *measure)
{
	switch (measure->direction) {
	case MORE_IS_STRICTER:
		return measure->role < measure->block;
	case LESS_IS_STRICTER:
		return measure->block && measure->role > measure->block;
	}
	return true;
}

/* Where @block says @key: there, or where it begins when the key was left out. */
static uint32_t line_of(const struct password_block *block, enum password_key key)
{
	return block->key_at[key].line ? block->key_at[key].line : block->at.line;
}

static void check_measures(struct reader *reader, const struct role *role)
{
	const struct password_block *block = &reader->model->password;
	struct measure measures[MEASURES];

	measure(block, &role->password, measures);
	for (size_t i = 0; i < MEASURES; i++) {
		const enum password_key key = measures[i].key;

		if (role->password.key_at[key].column && is_looser(&measures[i]))
			diag_fault(
				reader->diags, role->password.key_at[key],
				"%s: looser than the block password, on line %u; a role may only "
				"be stricter",
				measures[i].name, line_of(block, key));
	}
}

/* A host has one list of leaked passwords: nothing says which of two would be the stricter. */
static void check_blocklist(struct reader *reader, const struct password_block *password,
			    const struct password_block **first)
{
	if (!password->blocklist)
		return;
	if (!*first)
		*first = password;
	else if (strcmp((*first)->blocklist, password->blocklist) != 0)
		diag_fault(reader->diags, password->key_at[PASSWORD_BLOCKLIST],
			   "blocklist: another file than on line %u; there is one for all",
			   (*first)->key_at[PASSWORD_BLOCKLIST].line);
}

static void check_role(struct reader *reader, const struct role *role)
{
	const struct password_block *block = &reader->model->password;

	if (role->unattended)
		diag_fault(reader->diags, role->password.at,
			   "an unattended role has no password: leave the block out");
	else if (!block->at.line)
		diag_fault(reader->diags, role->password.at,
			   "there is no block password: of the policy that this could be stricter "
			   "than; write one");
	else
		check_measures(reader, role);
}

static void check_ages(struct reader *reader, const struct password_block *password,
		       uint64_t min_age_sec, uint64_t max_age_sec)
{
	const enum password_key key =
		password->key_at[PASSWORD_MIN_AGE].line ? PASSWORD_MIN_AGE : PASSWORD_MAX_AGE;

	if (password->key_at[key].line && max_age_sec && min_age_sec >= max_age_sec)
		diag_fault(reader->diags, password->key_at[key],
			   "min-age is not shorter than max-age: when it must be changed, it may "
			   "not be");
}

static int compare(const void *left, const void *right)
{
	const struct name *const *a = left, *const *b = right;

	return strcmp((*a)->text, (*b)->text);
}

static size_t add_words(const struct names *words, const struct name **list, size_t n)
{
	for (size_t i = 0; i < words->n; i++)
		list[n++] = &words->item[i];
	return n;
}

/* Who holds every role has the words of all of them: together they must fit. */
static int check_words(struct reader *reader)
{
	const struct model *model = reader->model;
	size_t n = model->password.not_containing.n, different = 0;
	const struct name **list;

	for (size_t i = 0; i < model->n_roles; i++)
		n += model->roles[i].password.not_containing.n;
	list = arena_array(reader->arena, n, sizeof(*list));
	if (!list)
		return -ENOMEM;
	n = add_words(&model->password.not_containing, list, 0);
	for (size_t i = 0; i < model->n_roles; i++)
		n = add_words(&model->roles[i].password.not_containing, list, n);
	if (n)
		qsort(list, n, sizeof(const struct name *), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(list[i - 1]->text, list[i]->text) != 0)
			different++;
	if (different > PASSWORD_WORDS_MAX)
		diag_fault(reader->diags, model->password.at,
			   "not-containing: %zu words in all; there may be %d", different,
			   PASSWORD_WORDS_MAX);
	return 0;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

int password_check(struct reader *reader)
{
	const struct password_block *block = &reader->model->password, *first = NULL;

	check_ages(reader, block, block->min_age_sec, block->max_age_sec);
	check_blocklist(reader, block, &first);
	for (size_t i = 0; i < reader->model->n_roles; i++) {
		const struct role *role = &reader->model->roles[i];
		const struct password_block *own = &role->password;

		if (!own->at.line)
			continue;
		check_role(reader, role);
		check_blocklist(reader, own, &first);
		check_ages(reader, own, larger(own->min_age_sec, block->min_age_sec),
			   own->max_age_sec ? own->max_age_sec : block->max_age_sec);
	}
	return check_words(reader);
}
