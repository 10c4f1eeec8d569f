/* SPDX-License-Identifier: MIT */
/* media_judge.c - the decision about a device: a pure function of a case, a subject and a moment.
 */
#include <string.h>

#include "media_judging.h"

#define INPUT_KINDS (1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER)
static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The kind of the lowest bit. */
static enum device_kind first_kind(unsigned kinds)
{
	return kinds ? (enum device_kind)__builtin_ctz(kinds) : KIND_OTHER;
}

static struct media_verdict deny(const struct judging *judging, enum media_reason reason)
{
	return (struct media_verdict){
		.access = MEDIA_DENY,
		.reason = reason,
		.kind = first_kind(judging->device->kinds),
	};
}

static struct media_verdict by_rule(const struct case_device_rule *rule, enum device_kind kind)
{
	struct media_verdict verdict = {
		.access = rule->fact.access,
		.reason = MEDIA_BY_RULE,
		.kind = kind,
		.line = rule->fact.line,
	};

	memcpy(verdict.rule, rule->fact.name, sizeof(verdict.rule));
	return verdict;
}

bool is_for_subject(const struct judging *judging, const struct device_fact *rule)
{
	if (rule->system || rule->n_roles == 0)
		return true;
	for (size_t i = 0; judging->present && i < judging->subject->n_roles; i++)
		if (device_fact_has_role(rule, judging->subject->roles[i]))
			return true;
	return false;
}

static bool rule_fits(const struct judging *judging, const struct case_device_rule *rule)
{
	return (rule->fact.kinds & judging->device->kinds) &&
	       is_for_subject(judging, &rule->fact) &&
	       validity_holds(&rule->fact.valid, judging->now);
}

/* Whether @a says more of a device than @b, or as much and gives more; of equals the upper one is
 * named. */
static bool goes_before(const struct case_device_rule *a, const struct case_device_rule *b)
{
	if (!b || a->closeness != b->closeness)
		return !b || a->closeness > b->closeness;
	if (a->fact.access != b->fact.access)
		return a->fact.access > b->fact.access;
	return a->fact.line < b->fact.line;
}

/* The rule that denies, or NULL. */
static const struct case_device_rule *find_deny(const struct judging *judging)
{
	const struct media_case *media = judging->media;
	const struct case_device_rule *best = NULL;

	for (size_t i = 0; i < media->n_rules; i++) {
		const struct case_device_rule *rule = &media->rules[i];

		if (rule->fact.access == MEDIA_DENY && rule_fits(judging, rule) &&
		    goes_before(rule, best))
			best = rule;
	}
	return best;
}

const struct case_device_rule *find_rule(const struct judging *judging, enum device_kind kind,
					 bool kept_out)
{
	const struct media_case *media = judging->media;
	const struct case_device_rule *best = NULL;

	for (size_t i = 0; i < media->n_rules; i++) {
		const struct case_device_rule *rule = &media->rules[i];

		if ((rule->fact.kinds & 1u << kind) && (rule->fact.system || !kept_out) &&
		    rule_fits(judging, rule) && goes_before(rule, best))
			best = rule;
	}
	return best;
}

static bool is_named_by_serial(const struct judging *judging)
{
	const struct media_case *media = judging->media;

	for (size_t i = 0; i < media->n_rules; i++) {
		const struct case_device_rule *rule = &media->rules[i];

		if (rule->closeness == CLOSE_SERIAL && rule->fact.whole && rule_fits(judging, rule))
			return true;
	}
	return false;
}

static bool is_grantee(const struct judging *judging, const struct device_grant *grant)
{
	return judging->present && grant->uid == judging->subject->uid &&
	       strcmp(grant->user, judging->subject->user) == 0;
}

/* What was granted only adds, and only what it speaks of. */
static void add_grants(const struct judging *judging, enum device_kind kind,
		       struct media_verdict *verdict)
{
	const struct media_case *media = judging->media;

	for (size_t i = 0; i < media->n_grants; i++) {
		const struct device_grant *grant = &media->grants[i];

		if (grant->access <= verdict->access || !is_grantee(judging, grant) ||
		    !validity_holds(&grant->valid, judging->now))
			continue;
		if (grant->access != MEDIA_READ_WRITE && !(STORING_KINDS & 1u << kind))
			continue;
		*verdict = (struct media_verdict){
			.access = grant->access,
			.reason = MEDIA_BY_GRANT,
			.kind = kind,
			.grant = grant->id,
		};
	}
}

static struct media_verdict by_word(const struct judging *judging, enum device_kind kind)
{
	const struct media_facts *facts = &judging->media->facts;
	const bool built_in = judging->device->built_in;
	const enum media_word word = built_in ? MEDIA_WORD_BUILT_IN : media_word_of(kind);

	return (struct media_verdict){
		.access = facts->word[word],
		.reason = built_in ? MEDIA_IS_BUILT_IN : MEDIA_BY_WORD,
		.kind = kind,
		.line = facts->line[word],
	};
}

static struct media_verdict judge_kind(const struct judging *judging, enum device_kind kind)
{
	const bool kept_out = judging->away && (MEDIUM_KINDS & 1u << kind);
	const struct case_device_rule *rule = find_rule(judging, kind, kept_out);
	struct media_verdict verdict;

	if (!rule && kept_out) {
		verdict = deny(judging, judging->present ? MEDIA_IS_LOCKED : MEDIA_NOBODY_THERE);
		verdict.kind = kind;
		return verdict;
	}
	verdict = rule ? by_rule(rule, kind) : by_word(judging, kind);
	if (!kept_out)
		add_grants(judging, kind, &verdict);
	return verdict;
}

/* The device is its riskiest interface: what the one that gets least gets. */
static struct media_verdict judge_kinds(const struct judging *judging)
{
	struct media_verdict least = { 0 }, verdict;
	bool first = true;

	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
		if (!(judging->device->kinds & 1u << kind))
			continue;
		verdict = judge_kind(judging, (enum device_kind)kind);
		if (first || verdict.access < least.access)
			least = verdict;
		first = false;
	}
	return least;
}

static struct media_verdict judge(const struct judging *judging)
{
	const struct case_device_rule *denying;

	if (judging->device->malformed || judging->device->kinds == 0)
		return deny(judging, MEDIA_IS_MALFORMED);
	denying = find_deny(judging);
	if (denying)
		return by_rule(denying, first_kind(denying->fact.kinds & judging->device->kinds));
	if (judging->device->twin && !judging->device->in_use)
		return deny(judging, MEDIA_IS_TWIN);
	if (judging->device->suspicious && !is_named_by_serial(judging))
		return deny(judging, MEDIA_IS_SUSPICIOUS);
	return judge_kinds(judging);
}

/* The next moment after @now at which @valid begins or ends. */
static int64_t next_change(const struct validity *valid, int64_t now)
{
	if (valid->since > now && !validity_is_empty(valid))
		return valid->since;
	return valid->since <= now && valid->until > now ? valid->until : TIME_NO_END;
}

static int64_t find_until(const struct judging *judging)
{
	const struct media_case *media = judging->media;
	int64_t until = TIME_NO_END;

	for (size_t i = 0; i < media->n_rules; i++)
		if (is_for_subject(judging, &media->rules[i].fact))
			until = earlier(until,
					next_change(&media->rules[i].fact.valid, judging->now));
	for (size_t i = 0; i < media->n_grants; i++)
		if (is_grantee(judging, &media->grants[i]))
			until = earlier(until, next_change(&media->grants[i].valid, judging->now));
	return until;
}

struct judging judging_of(const struct media_case *media, const struct device_facts *device,
			  const struct media_subject *subject, int64_t now)
{
	return (struct judging){
		.media = media,
		.device = device,
		.subject = subject,
		.now = now,
		.present = subject->present,
		.away = !subject->present ||
			(subject->locked && media->facts.on_lock == MEDIA_LOCK_DENY_NEW &&
			 !device->in_use),
	};
}

void media_judge(const struct media_case *media, const struct device_facts *device,
		 const struct media_subject *subject, int64_t now, struct media_verdict *ret)
{
	const struct judging judging = judging_of(media, device, subject, now);
	struct media_verdict verdict;

	if (!media->given) {
		verdict = deny(&judging, MEDIA_NO_BLOCK);
		verdict.access = verdict.enforced = MEDIA_READ_WRITE;
		verdict.until = TIME_NO_END;
		*ret = verdict;
		return;
	}
	verdict = judge(&judging);
	verdict.enforced = verdict.access;
	verdict.until = find_until(&judging);
	if (media->observe)
		verdict.access = MEDIA_READ_WRITE;
	verdict.on_trial = verdict.access != verdict.enforced;
	*ret = verdict;
}

void media_judge_without_policy(const struct device_facts *device, struct media_verdict *ret)
{
	const bool is_input = device->kinds && !(device->kinds & ~INPUT_KINDS);
	struct media_verdict verdict = {
		.reason = MEDIA_NO_POLICY,
		.kind = first_kind(is_input ? device->kinds : device->kinds & ~INPUT_KINDS),
		.until = TIME_NO_END,
	};

	if (device->malformed)
		verdict.reason = MEDIA_IS_MALFORMED;
	else if (device->suspicious)
		verdict.reason = MEDIA_IS_SUSPICIOUS;
	else if (is_input)
		verdict.access = MEDIA_READ_WRITE;
	verdict.enforced = verdict.access;
	*ret = verdict;
}
