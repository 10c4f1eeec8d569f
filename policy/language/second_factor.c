/* SPDX-License-Identifier: MIT */
/* second_factor.c - what the block second-factor: comes to, and what of it is odd. */
#include <stdio.h>
#include <string.h>

#include "reader.h"
#include "words.h"

static void set_totp(const struct second_factor_block *block, struct second_factor_rules *rules)
{
	const struct mark *given = block->totp_key_at;

	if (given[TOTP_DIGITS].line)
		rules->digits = block->digits;
	if (given[TOTP_PERIOD].line)
		rules->period_sec = (uint32_t)block->period_sec;
	if (given[TOTP_ALGORITHM].line)
		rules->algorithm = block->algorithm;
	if (given[TOTP_WINDOW].line)
		rules->window = block->window;
}

static void set_enrolment(const struct second_factor_block *block,
			  struct second_factor_rules *rules)
{
	const struct mark *given = block->key_at;

	if (given[SECOND_FACTOR_RECOVERY_CODES].line)
		rules->recovery_codes = block->recovery_codes;
	if (given[SECOND_FACTOR_ENROL_WITHIN].line)
		rules->enrol_within_sec = (uint32_t)block->enrol_within_sec;
	if (given[SECOND_FACTOR_REMEMBER].line)
		rules->remember_sec = (uint32_t)block->remember_sec;
	if (given[SECOND_FACTOR_ENROL].line)
		rules->enrol = (enum enrolment_way)block->enrol;
	if (rules->enrol == ENROL_BY_TICKET)
		rules->enrol_within_sec = 0;
}

/* Two hosts under one name would be told apart on no phone. */
static void set_issuer(const struct model *model, struct second_factor_rules *rules)
{
	const char *issuer = model->second_factor.issuer;

	if (!issuer && model->document.organisation && word_is_issuer(model->document.organisation))
		issuer = model->document.organisation;
	(void)snprintf(rules->issuer, sizeof(rules->issuer), "%s", issuer ? issuer : "");
}

static void warn_phones(struct reader *reader, const struct second_factor_block *block)
{
	static const struct second_factor_rules standard = SECOND_FACTOR_STANDARD;
	const bool unusual[TOTP_KEYS] = {
		[TOTP_DIGITS] = block->rules.digits != standard.digits,
		[TOTP_PERIOD] = block->rules.period_sec != standard.period_sec,
		[TOTP_ALGORITHM] = block->rules.algorithm != standard.algorithm,
	};

	for (size_t i = 0; i < TOTP_KEYS; i++) {
		if (!unusual[i] || !block->totp_key_at[i].column)
			continue;
		diag_warn(
			reader->diags, block->totp_key_at[i],
			"some phones take no notice of this and show wrong codes; all of them know "
			"sha1, 6 digits and 30s");
		return; /* one phone to try is enough for all of them */
	}
}

void second_factor_check(struct reader *reader)
{
	struct second_factor_block *block = &reader->model->second_factor;
	const struct mark within = block->key_at[SECOND_FACTOR_ENROL_WITHIN];

	block->rules = (struct second_factor_rules)SECOND_FACTOR_STANDARD;
	set_totp(block, &block->rules);
	set_enrolment(block, &block->rules);
	set_issuer(reader->model, &block->rules);
	warn_phones(reader, block);
	if (within.column && block->rules.enrol == ENROL_BY_TICKET)
		diag_warn(reader->diags, within,
			  "enrol-within: with enrol: ticket nobody enrols without one; remove it");
}
