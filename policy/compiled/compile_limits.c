/* SPDX-License-Identifier: MIT */
/* compile_limits.c - what the policy asks of passwords, attempts, codes and idle accounts. */
#include <errno.h>
#include <string.h>

#include "compile.h"
#include "limits_record.h"

/* Whether @text fits @size bytes; the reader has bounded it, so this is for the compiler. */
static bool copy_text(char *to, size_t size, const char *text)
{
	const size_t length = strlen(text);

	if (length >= size)
		return false;
	memcpy(to, text, length + 1);
	return true;
}

static int password_rules_of(const struct password_block *block, struct password_rules *ret)
{
	const struct names *words = &block->not_containing;

	*ret = (struct password_rules){
		.min_length = block->min_length,
		.min_classes = block->min_classes,
		.max_repeat = block->max_repeat,
		.differs_by = block->differs_by,
		.history = block->history,
		.dictionary = block->dictionary,
		.min_age_sec = block->min_age_sec,
		.max_age_sec = block->max_age_sec,
		.warn_before_sec = block->warn_before_sec,
		.n_words = words->n,
	};
	if (words->n > PASSWORD_WORDS_MAX)
		return -EINVAL;
	if (block->blocklist &&
	    !copy_text(ret->blocklist, sizeof(ret->blocklist), block->blocklist))
		return -EINVAL;
	for (size_t i = 0; i < words->n; i++)
		if (!copy_text(ret->word[i], sizeof(ret->word[i]), words->item[i].text))
			return -EINVAL;
	return 0;
}

static int add_password(struct compilation *compilation, const struct password_block *block,
			uint32_t id)
{
	const struct table_key key = key_of_id(id);
	struct password_rules rules;
	int r;

	if (!block->at.line)
		return 0;
	r = password_rules_of(block, &rules);
	if (r < 0)
		return r;
	encode_password_rules(&compilation->item, &rules);
	compile_add(compilation, TABLE_PASSWORDS, &key);
	return 0;
}

/* Entries in a phone need a name that tells them apart; a node name may have any bytes. */
static void compile_second_factor(struct compilation *compilation)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	struct second_factor_rules *rules = &compilation->meta.second_factor;
	const char *host = compilation->inputs->host;

	*rules = compilation->model->second_factor.rules;
	if (!rules->issuer[0] && host[strspn(host, plain)] == '\0')
		(void)copy_text(rules->issuer, sizeof(rules->issuer), host);
}

int compile_limits(struct compilation *compilation)
{
	const struct model *model = compilation->model;
	struct meta *meta = &compilation->meta;
	int r;

	meta->facts.inactive_after_sec = model->inactive_after_sec;
	meta->has_attempts = model->attempts.at.line != 0;
	meta->attempts = model->attempts.limits;
	compile_second_factor(compilation);
	meta->access_end = (enum access_end)model->session.when_access_ends;
	meta->has_password = model->password.at.line != 0;
	r = add_password(compilation, &model->password, ID_NONE);
	for (size_t i = 0; r == 0 && i < model->n_roles; i++)
		r = add_password(compilation, &model->roles[i].password, (uint32_t)i);
	return r;
}
