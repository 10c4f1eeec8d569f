/* SPDX-License-Identifier: MIT */
/*
 * media_oracle.c - random policies and devices: the compiled decision against a naive walk over the
 * rules as they were written.
 */
#include "fixture.h"

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "random_policy.h"

#define POLICIES 250
#define DEVICES	 120

static const char *const vendors[] = { "0951", "abCD" };
static const char *const products[] = { "1666", "FFFF" };
static const char *const serials[] = { "60A44C413FAE1", "disk number 2", "disk number 3" };
static const char *const kinds[] = { "storage", "optical", "phone", "network",	"unknown", "input",
				     "other",	"debug",   "audio", "keyboard", "hub" };
static const char *const roles[] = { "a", "b", "c", "system" };
static const char *const storing[] = { "deny", "encrypted", "read-only", "read-write" };
static const char *const either[] = { "deny", "allow" };
static const char *const days[] = { "2026-02-01", "2026-06-15", "2026-10-25T02:30", "2027-01-01" };

static void write_device(FILE *out, uint64_t *seed, const char *kind)
{
	const size_t depth = below(seed, kind ? 4 : 3) + (kind ? 0 : 1);

	(void)fprintf(out, "device: {");
	if (kind)
		(void)fprintf(out, "kind: %s%s", kind, depth ? ", " : "");
	if (depth > 0)
		(void)fprintf(out, "vendor: '%s'", vendors[below(seed, 2)]);
	if (depth > 1)
		(void)fprintf(out, ", product: '%s'", products[below(seed, 2)]);
	if (depth > 2)
		write_list(out, seed, ", serial", serials, below(seed, 2) + 1);
	(void)fprintf(out, "}");
}

static const char *draw_access(uint64_t *seed, const char *kind)
{
	/* Deny seldom, or nothing else would ever be decided. */
	const size_t least = below(seed, 6) != 0;

	if (kind && (strcmp(kind, "storage") == 0 || strcmp(kind, "optical") == 0))
		return storing[least + below(seed, 3)];
	if (kind)
		return either[least];
	return below(seed, 2) ? storing[least + below(seed, 3)] : either[least];
}

static void write_device_rule(FILE *out, uint64_t *seed, size_t number)
{
	const char *kind = below(seed, 2) ? kinds[below(seed, ARRAY_SIZE(kinds))] : NULL;
	const size_t day = below(seed, 3);

	(void)fprintf(out, "    - {name: r%zu, ", number);
	write_device(out, seed, kind);
	if (below(seed, 2)) {
		(void)fprintf(out, ", ");
		write_list(out, seed, "roles", roles, ARRAY_SIZE(roles));
	}
	if (below(seed, 5) == 0)
		(void)fprintf(out, ", since: %s", days[day]);
	if (below(seed, 5) == 0)
		(void)fprintf(out, ", until: %s", days[day + 1]);
	if (below(seed, 6) == 0)
		(void)fprintf(out, ", hosts: [%s]", below(seed, 2) ? "'pg-*'" : "'web-*'");
	(void)fprintf(out, ", access: %s}\n", draw_access(seed, kind));
}

static char *write_media(uint64_t *seed)
{
	const size_t n = below(seed, 14);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	(void)fprintf(out, "sereno: 1\ntimezone: UTC\nroles: {a: {members: [x], allow: []}, "
			   "b: {members: [y], allow: []}, c: {members: [z], allow: []}}\n");
	if (below(seed, 8) == 0)
		(void)fprintf(out, "observe: [media]\n");
	(void)fprintf(out, "media:\n");
	(void)fprintf(out, "  on-lock: %s\n", below(seed, 2) ? "keep" : "deny-new");
	if (below(seed, 2))
		(void)fprintf(out, "  storage: %s\n", storing[below(seed, 4)]);
	if (below(seed, 2))
		(void)fprintf(out, "  optical: %s\n", storing[below(seed, 4)]);
	for (enum media_word word = MEDIA_WORD_PHONE; word < MEDIA_WORDS; word++)
		if (below(seed, 3) == 0)
			(void)fprintf(out, "  %s: %s\n", media_word_name(word),
				      either[below(seed, 2)]);
	(void)fprintf(out, "  rules:%s\n", n ? "" : " []");
	for (size_t i = 0; i < n; i++)
		write_device_rule(out, seed, i);
	assert_int_equal(fclose(out), 0);
	return text;
}

static struct device_facts draw_device(uint64_t *seed)
{
	struct device_facts device = {
		.malformed = below(seed, 20) == 0,
		.suspicious = below(seed, 8) == 0,
		.has_ids = below(seed, 6) != 0,
		.vendor = below(seed, 2) ? 0x0951 : 0xabcd,
		.product = below(seed, 2) ? 0x1666 : 0xffff,
		.built_in = below(seed, 8) == 0,
		.twin = below(seed, 12) == 0,
		.in_use = below(seed, 3) == 0,
	};

	if (below(seed, 2))
		device.kinds = 1u << (below(seed, 2) ? KIND_STORAGE : KIND_OPTICAL);
	for (size_t i = below(seed, 3); i > 0 || !device.kinds; i -= i > 0)
		device.kinds |= 1u << below(seed, DEVICE_KINDS);
	if (below(seed, 3))
		(void)snprintf(device.serial, sizeof(device.serial), "%s",
			       serials[below(seed, ARRAY_SIZE(serials))]);
	return device;
}

/* What is asked, and by which text. */
struct question {
	const struct model *model;
	const struct device_facts *device;
	const struct media_subject *subject;
	int64_t now;
};

static bool names_system(const struct device_rule *rule)
{
	for (size_t i = 0; i < rule->roles.n; i++)
		if (strcmp(rule->roles.item[i].text, "system") == 0)
			return true;
	return false;
}

static bool is_meant(const struct question *question, const struct device_rule *rule)
{
	if (rule->roles.n == 0 || names_system(rule))
		return true;
	for (size_t i = 0; question->subject->present && i < rule->roles.n; i++)
		for (size_t k = 0; k < question->subject->n_roles; k++)
			if (strcmp(rule->roles.item[i].text, question->subject->roles[k]) == 0)
				return true;
	return false;
}

/* How close it names the device, from 1; 0: another one. */
static int how_close(const struct question *question, const struct device_rule *rule)
{
	const struct device_block *block = &rule->device;
	const struct device_facts *device = question->device;
	const bool by_vendor = block->key_at[DEVICE_KEY_VENDOR].line > 0;
	const bool by_product = block->key_at[DEVICE_KEY_PRODUCT].line > 0;

	if (by_vendor && (!device->has_ids || block->vendor != device->vendor))
		return 0;
	if (by_product && block->product != device->product)
		return 0;
	for (size_t i = 0; i < block->serials.n; i++)
		if (strcmp(block->serials.item[i].text, device->serial) == 0)
			return 4;
	if (block->serials.n)
		return 0;
	return by_product ? 3 : by_vendor ? 2 : 1;
}

/* What @rule says of interfaces of @kind: -1 for nothing. */
static int says_of(const struct device_rule *rule, unsigned kind)
{
	const bool stores = kind == KIND_STORAGE || kind == KIND_OPTICAL;

	if (rule->device.kind && !(device_kinds_named(rule->device.kind) & 1u << kind))
		return -1;
	switch ((enum device_rule_access)rule->access) {
	case DEVICE_RULE_DENY:
		return MEDIA_DENY;
	case DEVICE_RULE_ENCRYPTED:
		return stores ? (int)MEDIA_ENCRYPTED : -1;
	case DEVICE_RULE_READ_ONLY:
		return stores ? (int)MEDIA_READ_ONLY : -1;
	case DEVICE_RULE_READ_WRITE:
		return stores ? (int)MEDIA_READ_WRITE : -1;
	case DEVICE_RULE_ALLOW:
		return MEDIA_READ_WRITE;
	}
	return -1;
}

static bool is_for_it(const struct question *question, const struct device_rule *rule)
{
	return how_close(question, rule) > 0 && is_meant(question, rule) &&
	       model_hosts_fit(question->model, &rule->hosts, "pg-01");
}

static bool is_now(const struct question *question, const struct device_rule *rule)
{
	return rule->valid.since <= question->now && question->now < rule->valid.until;
}

/* The best of closeness, access and place for @kind; -1: none. */
static int best_for(const struct question *question, unsigned kind, bool system_only,
		    enum media_access *ret)
{
	const struct media_block *block = &question->model->media;

	for (int close = 4; close > 0; close--) {
		for (int access = MEDIA_READ_WRITE; access > MEDIA_DENY; access--) {
			for (size_t i = 0; i < block->n_rules; i++) {
				const struct device_rule *rule = &block->rules[i];

				if (!is_for_it(question, rule) || !is_now(question, rule) ||
				    how_close(question, rule) != close ||
				    says_of(rule, kind) != access ||
				    (system_only && !names_system(rule)))
					continue;
				*ret = (enum media_access)access;
				return (int)i;
			}
		}
	}
	return -1;
}

static void answer_kind(const struct question *question, unsigned kind, struct media_verdict *ret)
{
	const struct media_block *block = &question->model->media;
	const bool medium = kind == KIND_STORAGE || kind == KIND_OPTICAL || kind == KIND_PHONE ||
			    kind == KIND_DEBUG;
	const bool locked = question->subject->locked && block->on_lock == MEDIA_LOCK_DENY_NEW &&
			    !question->device->in_use;
	const bool out = medium && (!question->subject->present || locked);
	const enum media_word word = question->device->built_in
					     ? MEDIA_WORD_BUILT_IN
					     : media_word_of((enum device_kind)kind);
	const int best = best_for(question, kind, out, &ret->enforced);

	if (best >= 0) {
		ret->reason = MEDIA_BY_RULE;
		(void)snprintf(ret->rule, sizeof(ret->rule), "%s", block->rules[best].name.text);
		return;
	}
	ret->enforced = MEDIA_DENY;
	ret->reason = question->subject->present ? MEDIA_IS_LOCKED : MEDIA_NOBODY_THERE;
	if (out)
		return;
	ret->reason = question->device->built_in ? MEDIA_IS_BUILT_IN : MEDIA_BY_WORD;
	ret->enforced = (enum media_access)block->word[word];
	if (word != MEDIA_WORD_STORAGE && word != MEDIA_WORD_OPTICAL && block->word[word])
		ret->enforced = MEDIA_READ_WRITE;
}

static bool denies(const struct question *question, const struct device_rule *rule)
{
	if (rule->access != DEVICE_RULE_DENY || !is_for_it(question, rule) ||
	    !is_now(question, rule))
		return false;
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++)
		if ((question->device->kinds & 1u << kind) && says_of(rule, kind) == MEDIA_DENY)
			return true;
	return false;
}

/* Whether something goes before what is asked kind by kind. */
static bool answer_whole(const struct question *question, struct media_verdict *ret)
{
	const struct media_block *block = &question->model->media;
	const struct device_facts *device = question->device;
	bool named = false;

	ret->enforced = MEDIA_DENY;
	ret->reason = MEDIA_IS_MALFORMED;
	if (device->malformed || !device->kinds)
		return true;
	ret->reason = MEDIA_BY_RULE;
	for (size_t i = 0; i < block->n_rules; i++)
		if (denies(question, &block->rules[i]))
			return true;
	ret->reason = MEDIA_IS_TWIN;
	if (device->twin && !device->in_use)
		return true;
	for (size_t i = 0; i < block->n_rules; i++) {
		const struct device_rule *rule = &block->rules[i];
		named = named || (!rule->device.kind && rule->access == DEVICE_RULE_ALLOW &&
				  how_close(question, rule) == 4 && is_for_it(question, rule) &&
				  is_now(question, rule));
	}
	ret->reason = MEDIA_IS_SUSPICIOUS;
	return device->suspicious && !named;
}

static void answer(const struct question *question, struct media_verdict *ret)
{
	struct media_verdict one = { 0 };
	bool first = true;

	*ret = one;
	if (answer_whole(question, ret))
		return;
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
		if (!(question->device->kinds & 1u << kind))
			continue;
		one = (struct media_verdict){ 0 };
		answer_kind(question, kind, &one);
		if (first || one.enforced < ret->enforced)
			*ret = one;
		first = false;
	}
}

/* Whatever @verdict says holds until it says so. */
static bool holds_until(const struct question *question, const struct media_case *media,
			const struct media_verdict *verdict, uint64_t *seed)
{
	const int64_t span = verdict->until == TIME_NO_END ? 400 * INT64_C(86400)
							   : verdict->until - question->now;
	struct media_verdict later;

	assert_true(span > 0);
	media_judge(media, question->device, question->subject,
		    question->now + (int64_t)below(seed, (size_t)span), &later);
	return later.enforced == verdict->enforced;
}

static size_t decided[MEDIA_READ_WRITE + 1], by_reason[MEDIA_NO_BLOCK + 1];

static void check_device(const struct fixture *fixture, uint64_t *seed)
{
	const char *held[2] = { roles[below(seed, 3)], roles[below(seed, 3)] };
	const struct media_subject subject = {
		.present = below(seed, 4) != 0,
		.locked = below(seed, 4) == 0,
		.user = "x",
		.uid = 1500,
		.roles = held,
		.n_roles = below(seed, 3),
	};
	const struct device_facts device = draw_device(seed);
	const struct question question = {
		.model = fixture->model,
		.device = &device,
		.subject = &subject,
		.now = FIXTURE_NOW + (int64_t)below(seed, 400) * 86400,
	};
	scoped(media_free_p) struct media_case *media = NULL;
	struct media_verdict expected, verdict;

	assert_int_equal(media_load(fixture->policy, fixture->dir, &device, &media), 0);
	media_judge(media, &device, &subject, question.now, &verdict);
	answer(&question, &expected);
	assert_int_equal(verdict.enforced, expected.enforced);
	assert_string_equal(media_reason_name(verdict.reason), media_reason_name(expected.reason));
	if (verdict.reason == MEDIA_BY_RULE && verdict.enforced != MEDIA_DENY)
		assert_string_equal(verdict.rule, expected.rule);
	assert_int_equal(verdict.access, fixture->model->observe & OBSERVE_MEDIA
						 ? MEDIA_READ_WRITE
						 : expected.enforced);
	assert_true(holds_until(&question, media, &verdict, seed));
	decided[verdict.enforced]++;
	by_reason[verdict.reason]++;
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= POLICIES; round++) {
		uint64_t seed = round;
		scoped_free char *text = write_media(&seed);
		struct fixture fixture;

		fixture_open(&fixture, text);
		for (size_t i = 0; i < DEVICES; i++)
			check_device(&fixture, &seed);
		fixture_close(&fixture);
	}
	for (size_t i = 0; i <= MEDIA_READ_WRITE; i++)
		assert_true(decided[i] > 200);
	for (size_t i = 0; i <= MEDIA_IS_LOCKED; i++)
		assert_true(by_reason[i] > 200 || i == MEDIA_BY_GRANT);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
