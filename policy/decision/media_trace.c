/* SPDX-License-Identifier: MIT */
/* media_trace.c - why each rule about a device counts or not. */
#include <string.h>

#include <sereno/scoped.h>

#include "media_judging.h"

static bool is_verdicts(const struct media_verdict *verdict, const struct case_device_rule *rule)
{
	return verdict->reason == MEDIA_BY_RULE && verdict->line == rule->fact.line &&
	       strcmp(verdict->rule, rule->fact.name) == 0;
}

static bool is_first_of_a_kind(const struct judging *judging, const struct case_device_rule *rule)
{
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
		const bool kept_out = judging->away && (MEDIUM_KINDS & 1u << kind);

		if ((judging->device->kinds & 1u << kind) &&
		    find_rule(judging, (enum device_kind)kind, kept_out) == rule)
			return true;
	}
	return false;
}

static enum media_rule_standing standing_of(const struct judging *judging,
					    const struct media_verdict *verdict,
					    const struct case_device_rule *rule)
{
	if (is_verdicts(verdict, rule))
		return MEDIA_RULE_DECIDES;
	if (!is_for_subject(judging, &rule->fact))
		return MEDIA_RULE_NOT_HIS;
	if (!validity_holds(&rule->fact.valid, judging->now))
		return MEDIA_RULE_NOT_NOW;
	if (judging->away && !rule->fact.system && rule->fact.access != MEDIA_DENY &&
	    !(rule->fact.kinds & judging->device->kinds & ~MEDIUM_KINDS))
		return MEDIA_RULE_AWAY;
	return is_first_of_a_kind(judging, rule) ? MEDIA_RULE_MORE : MEDIA_RULE_FARTHER;
}

int media_trace(const struct media_case *media, const struct media_question *question,
		media_each_rule *each, void *context)
{
	const struct judging judging =
		judging_of(media, question->device, question->subject, question->now);
	int r = 0;

	for (size_t i = 0; r == 0 && i < media->n_rules; i++) {
		const struct case_device_rule *rule = &media->rules[i];
		const struct media_rule_trace trace = {
			.name = rule->fact.name,
			.line = rule->fact.line,
			.access = rule->fact.access,
			.closeness = rule->closeness,
			.standing = standing_of(&judging, question->verdict, rule),
		};

		if (rule->fact.kinds & question->device->kinds)
			r = each(context, &trace);
	}
	return r;
}

/* clang-format off */
static const char *const texts[] = {
	[MEDIA_RULE_DECIDES] = "it decides",
	[MEDIA_RULE_MORE]    = "it gives more than another kind of interface of the device gets",
	[MEDIA_RULE_FARTHER] = "another one is closer, gives more, or denies",
	[MEDIA_RULE_NOT_HIS] = "it is for roles that are not held",
	[MEDIA_RULE_NOT_NOW] = "it does not hold at that time",
	[MEDIA_RULE_AWAY]    = "nobody is there, or the screen is locked",
};
/* clang-format on */

const char *media_rule_standing_text(enum media_rule_standing standing)
{
	return (size_t)standing < ARRAY_SIZE(texts) ? texts[standing] : "for no reason known";
}
