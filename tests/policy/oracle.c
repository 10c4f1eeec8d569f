/* SPDX-License-Identifier: MIT */
/*
 * oracle.c - random policies and requests: the compiled decision against a naive one that walks
 * the model, and "until" against every moment before it.
 */
#include "fixture.h"
#include "random_policy.h"
#include "rules_text.h"

#include <sereno/access.h>
#include <sereno/scoped.h>

#define POLICIES   110
#define REQUESTS   200
#define DAY	   86400
#define GROUPS_MAX 2
#define STRICTER   (REASON_NO_POLICY + 1) /* counted beside the reasons: two roles ask */
#define ON_TRIAL   (STRICTER + 1)
#define COUNTS	   (ON_TRIAL + 1)
#define UNTIL_EACH 12 /* of the allowed requests, one in so many has its "until" looked into */

/* The naive decision: straight from the comments of the vocabulary, one loop for each. */
struct naive {
	const struct model *model;
	const struct access_request *request;
	int64_t at;
};

static bool listed(const struct names *names, const char *text)
{
	for (size_t i = 0; i < names->n; i++) {
		if (strcmp(names->item[i].text, text) == 0)
			return true;
	}
	return false;
}

static bool holds(const struct role *role, const struct access_account *account)
{
	bool held = listed(&role->members, account->user);
	gid_t gid = 0;

	for (size_t i = 0; i < role->members_of.n; i++) {
		assert_int_equal(fixture_group(NULL, role->members_of.item[i].text, &gid), 0);
		for (size_t j = 0; j < account->n_groups; j++)
			held = held || account->groups[j] == gid;
	}
	return held && !listed(&role->except, account->user);
}

static bool in_dates(struct validity valid, int64_t at)
{
	return at >= valid.since && at < valid.until;
}

static bool person_holds(const struct naive *naive, const struct role *role)
{
	bool held = holds(role, &naive->request->subject);

	for (size_t i = 0; i < naive->request->n_others; i++)
		held = held || holds(role, &naive->request->others[i]);
	return held && in_dates(role->valid, naive->at);
}

static bool excluded(const struct naive *naive, const struct role *role)
{
	for (size_t i = 0; i < naive->model->n_roles; i++) {
		const struct role *other = &naive->model->roles[i];

		if (role->unattended != other->unattended &&
		    holds(other, &naive->request->subject) && in_dates(other->valid, naive->at))
			return true;
		if ((listed(&role->excludes, other->name.text) ||
		     listed(&other->excludes, role->name.text)) &&
		    person_holds(naive, other))
			return true;
	}
	return false;
}

static bool unlocks(const struct naive *naive)
{
	return service_kind(naive->request->service) == SERVICE_UNLOCK;
}

/* Hours are for starting. */
static bool opens(const struct naive *naive, const struct rule *rule)
{
	return unlocks(naive) || rule->hours.n == 0 ||
	       calendar_open(&rule->calendar, &naive->model->zone, naive->at);
}

/* Where a session is that unlocks, nobody knows. */
static bool lies_in(const struct naive *naive, const struct from_list *list,
		    const struct origin *origin)
{
	static const struct origin places[] = { { .kind = ORIGIN_UNKNOWN },
						{ .kind = ORIGIN_SEAT },
						{ .kind = ORIGIN_SERIAL } };

	if (!unlocks(naive))
		return model_from_fits(naive->model, list, origin);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (model_from_fits(naive->model, list, &places[i]))
			return true;
	return false;
}

/* The rules for one origin: the furthest that any of them gets, and what those that fit demand. */
static enum access_reason ask_role(const struct naive *naive, const struct role *role,
				   const struct origin *origin, unsigned *demands)
{
	enum access_reason best = REASON_NO_RULE;

	for (size_t i = 0; i < role->n_rules; i++) {
		const struct rule *rule = &role->rules[i];

		if (!model_rule_has_service(naive->model, rule, naive->request->service) ||
		    !lies_in(naive, &rule->from, origin) ||
		    (rule->hosts.n > 0 && !model_rule_has_host(naive->model, rule, "pg-01")))
			continue;
		if (!in_dates(rule->valid, naive->at)) {
			best = best == REASON_NO_RULE ? REASON_DATES : best;
		} else if (!opens(naive, rule)) {
			best = best == REASON_RULE ? best : REASON_HOURS;
		} else {
			best = REASON_RULE;
			*demands |= rule->second_factor ? (unsigned)DEMAND_SECOND_FACTOR : 0;
		}
	}
	return best;
}

/* How far a reason is from nothing at all to a rule that fits. */
static int rank(enum access_reason reason)
{
	static const enum access_reason order[] = { REASON_NO_ROLE, REASON_EXCLUSION,
						    REASON_NO_RULE, REASON_DATES,
						    REASON_HOURS,   REASON_RULE };
	int r = -1;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		r = order[i] == reason ? (int)i : r;
	return r;
}

static enum access_reason ask_origin(const struct naive *naive, const struct origin *origin,
				     unsigned *demands)
{
	enum access_reason best = REASON_NO_ROLE, reason;

	for (size_t i = 0; i < naive->model->n_roles; i++) {
		const struct role *role = &naive->model->roles[i];

		if (!holds(role, &naive->request->subject) || !in_dates(role->valid, naive->at))
			continue;
		reason = excluded(naive, role) ? REASON_EXCLUSION
					       : ask_role(naive, role, origin, demands);
		if (service_kind(naive->request->service) != SERVICE_LOGIN &&
		    service_kind(naive->request->service) != SERVICE_ELEVATE &&
		    service_kind(naive->request->service) != SERVICE_TOOL &&
		    reason != REASON_EXCLUSION)
			reason = REASON_RULE;
		best = rank(reason) > rank(best) ? reason : best;
	}
	return best;
}

static enum access_reason ask_all(const struct naive *naive, unsigned *demands)
{
	static const struct origin unknown = { .kind = ORIGIN_UNKNOWN };
	const size_t n = naive->request->n_origins;
	enum access_reason first = REASON_RULE, reason;

	for (size_t i = 0; i < (n ? n : 1); i++) {
		reason = ask_origin(naive, n ? &naive->request->origins[i] : &unknown, demands);
		first = first == REASON_RULE ? reason : first;
	}
	if (first != REASON_RULE)
		*demands = 0;
	return first;
}

static bool named(const struct naive *naive)
{
	for (size_t i = 0; i < naive->model->n_roles; i++) {
		if (listed(&naive->model->roles[i].members, naive->request->subject.user))
			return true;
	}
	return false;
}

static bool direct_login(const struct naive *naive)
{
	static const struct origin unknown = { .kind = ORIGIN_UNKNOWN };
	const struct from_list *list = &naive->model->direct_login;
	const size_t n = naive->request->n_origins;

	for (size_t i = 0; i < (n ? n : 1); i++) {
		if (!model_from_fits(naive->model, list,
				     n ? &naive->request->origins[i] : &unknown))
			return false;
	}
	return true;
}

/* A request with all that it points to. */
struct asked {
	char user[16];
	gid_t groups[GROUPS_MAX], other_groups[GROUPS_MAX];
	struct access_account other;
	struct origin origins[3];
	struct access_request request;
	int64_t at;
	unsigned met;
};

static size_t draw_groups(uint64_t *seed, gid_t gids[static GROUPS_MAX])
{
	static const gid_t some[] = { 50, 60, 70, 80 };

	gids[0] = some[below(seed, ARRAY_SIZE(some))];
	gids[1] = some[below(seed, ARRAY_SIZE(some))];
	return below(seed, GROUPS_MAX + 1);
}

static void draw_request(uint64_t *seed, struct asked *asked)
{
	static const char *const services[] = { "login", "sshd", "sudo", "sudo-i", "su-l",
						"chsh",	 "chfn", "cron", "gdm-x",  "swaylock" };
	static const char *const places[] = { "seat",	   "serial",	  "jobs",
					      "unknown",   "10.1.2.3",	  "10.1.2.4",
					      "10.2.0.1",  "fd00::1",	  "fd00:1::7",
					      "192.0.2.1", "2001:db8::1", "::ffff:10.1.2.3" };
	struct access_request *request = &asked->request;
	const size_t user = below(seed, N_USERS);

	*asked = (struct asked){ 0 };
	assert_true(snprintf(asked->user, sizeof(asked->user), "u%zu", user) > 0);
	request->subject = (struct access_account){ asked->user, asked->groups, 0 };
	request->subject.n_groups = draw_groups(seed, asked->groups);
	if (user < 2) { /* the same person */
		asked->other =
			(struct access_account){ user ? "u0" : "u1", asked->other_groups, 0 };
		asked->other.n_groups = draw_groups(seed, asked->other_groups);
		request->others = &asked->other;
		request->n_others = 1;
	}
	request->uid = below(seed, 20) == 0 ? 0 : below(seed, 10) == 0 ? 110 : 1500;
	request->service = services[below(seed, ARRAY_SIZE(services))];
	request->origins = asked->origins;
	request->n_origins = below(seed, 8) == 0 ? below(seed, 4) : 1;
	for (size_t i = 0; i < request->n_origins; i++)
		assert_int_equal(
			origin_parse(places[below(seed, ARRAY_SIZE(places))], &asked->origins[i]),
			0);
	asked->at = FIXTURE_NOW + (int64_t)below(seed, 400) * DAY + (int64_t)below(seed, DAY);
	if (below(seed, 3) == 0) /* at the edges of hours */
		asked->at -= asked->at % 3600;
	asked->met = (unsigned)below(seed, 2);
}

static void fail_about(const char *text, const struct asked *asked,
		       const struct access_verdict *got, const char *expected)
{
	char origin[ORIGIN_TEXT_MAX] = "none";

	if (asked->request.n_origins)
		origin_format(&asked->origins[0], origin);
	print_message("%s\n%s %s from %s (%zu) uid %u groups %zu at %lld: %s, not %s\n", text,
		      asked->user, asked->request.service, origin, asked->request.n_origins,
		      asked->request.uid, asked->request.subject.n_groups, (long long)asked->at,
		      access_reason_name(got->reason), expected);
	fail();
}

/* What happens by @reason; a code that is due on trial keeps nobody out. */
static enum access_outcome outcome_of(const struct naive *naive, enum access_reason reason)
{
	if (reason == REASON_UNGOVERNED)
		return ACCESS_NOT_GOVERNED;
	return reason <= REASON_BREAK_GLASS ||
			       (reason == REASON_SECOND_FACTOR && naive->model->observe)
		       ? ACCESS_ALLOW
		       : ACCESS_DENY;
}

static void compare(const char *text, const struct naive *naive, const struct asked *asked,
		    const struct access_verdict *got)
{
	const enum service_kind kind = service_kind(naive->request->service);
	enum access_reason expected;
	unsigned demands = 0;

	if (naive->request->uid == 0) {
		expected = kind != SERVICE_LOGIN ? REASON_ROOT_ASKS
			   : direct_login(naive) ? REASON_ROOT_LOGIN
						 : REASON_ROOT_ORIGIN;
	} else if (naive->request->uid < 1000 && !named(naive)) {
		expected = REASON_UNGOVERNED;
	} else {
		expected = ask_all(naive, &demands);
		if (expected == REASON_RULE && kind != SERVICE_LOGIN && kind != SERVICE_ELEVATE &&
		    kind != SERVICE_TOOL) {
			expected = REASON_ROLE;
			demands = kind == SERVICE_UNLOCK ? demands : 0;
		}
		if ((demands & ~asked->met) != 0)
			expected = REASON_SECOND_FACTOR;
	}
	if (got->reason != expected || got->demands != demands ||
	    got->demands_open != (demands & ~asked->met) ||
	    got->outcome != outcome_of(naive, expected) ||
	    got->on_trial != (got->outcome == ACCESS_ALLOW && expected == REASON_SECOND_FACTOR))
		fail_about(text, asked, got, access_reason_name(expected));
}

static bool naive_allows(struct naive naive, int64_t at)
{
	unsigned demands = 0;

	naive.at = at;
	return ask_all(&naive, &demands) == REASON_RULE;
}

/* From the moment asked about to "until" it is always allowed, and then it is not. */
static void check_until(const char *text, const struct naive *naive, const struct asked *asked,
			const struct access_verdict *got)
{
	const int64_t horizon = asked->at + 400 * (int64_t)DAY;
	const int64_t until = got->until < horizon ? got->until : horizon;
	int64_t step = (until - asked->at) / 150;
	bool allowed = true;

	step = step < 60 ? 60 : step + 7;
	for (int64_t at = asked->at; at < until; at += step)
		allowed = allowed && naive_allows(*naive, at);
	allowed = allowed && naive_allows(*naive, until - 1);
	if (got->until < horizon && naive_allows(*naive, got->until))
		fail_about(text, asked, got, "allowed at until");
	if (!allowed)
		fail_about(text, asked, got, "refused before until");
}

/* The stricter of two measures, of which 0 asks for nothing. */
static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

static void add_words(struct password_rules *rules, const struct names *words)
{
	for (size_t i = 0; i < words->n; i++) {
		bool there = false;

		for (size_t j = 0; j < rules->n_words; j++)
			there = there || strcmp(rules->word[j], words->item[i].text) == 0;
		if (!there)
			assert_true(snprintf(rules->word[rules->n_words++], PASSWORD_WORD_SIZE,
					     "%s", words->item[i].text) > 0);
	}
}

static void add_block(struct password_rules *rules, const struct password_block *block)
{
	rules->min_length = (uint32_t)more(rules->min_length, block->min_length);
	rules->min_classes = (uint32_t)more(rules->min_classes, block->min_classes);
	rules->max_repeat = (uint32_t)less(rules->max_repeat, block->max_repeat);
	rules->differs_by = (uint32_t)more(rules->differs_by, block->differs_by);
	rules->history = (uint32_t)more(rules->history, block->history);
	rules->dictionary |= block->dictionary;
	rules->min_age_sec = more(rules->min_age_sec, block->min_age_sec);
	rules->max_age_sec = less(rules->max_age_sec, block->max_age_sec);
	rules->warn_before_sec = more(rules->warn_before_sec, block->warn_before_sec);
	if (block->blocklist)
		assert_true(snprintf(rules->blocklist, sizeof(rules->blocklist), "%s",
				     block->blocklist) > 0);
	add_words(rules, &block->not_containing);
}

/* What is asked of passwords: the block, and each role that the subject holds. Returns how many
 * roles had a say. */
static size_t compare_password(const struct naive *naive, struct policy *policy)
{
	struct password_rules expected = { 0 }, got;
	scoped_free char *wanted = NULL, *text = NULL;
	size_t n = 0, held = 0, programs = 0;

	add_block(&expected, &naive->model->password);
	for (size_t i = 0; i < naive->model->n_roles; i++) {
		const struct role *role = &naive->model->roles[i];

		if (naive->request->uid == 0 || (naive->request->uid < 1000 && !named(naive)) ||
		    !holds(role, &naive->request->subject) || !in_dates(role->valid, naive->at) ||
		    excluded(naive, role))
			continue;
		held++;
		programs += role->unattended;
		if (!role->password.at.line)
			continue;
		add_block(&expected, &role->password);
		n++;
	}
	if (programs > 0 && programs == held) { /* a password is nothing for a program */
		assert_int_equal(policy_password(policy, naive->request, naive->at, &got), -ENOENT);
		return 0;
	}
	assert_int_equal(policy_password(policy, naive->request, naive->at, &got), 0);
	wanted = rules_text(&expected);
	text = rules_text(&got);
	assert_string_equal(text, wanted);
	return n;
}

static void run_policy(uint64_t *seed, struct fixture *fixture, const char *text,
		       size_t counts[static COUNTS])
{
	struct access_verdict verdict;
	struct access_case *access;
	struct asked asked;

	for (size_t i = 0; i < REQUESTS; i++) {
		const struct naive naive = { fixture->model, &asked.request, 0 };
		struct naive now = naive;

		draw_request(seed, &asked);
		now.at = asked.at;
		assert_int_equal(access_load(fixture->policy, &asked.request, &access), 0);
		access_judge(access, asked.at, asked.met, &verdict);
		access_free(access);
		compare(text, &now, &asked, &verdict);
		counts[verdict.reason]++;
		counts[STRICTER] += compare_password(&now, fixture->policy) > 1;
		counts[ON_TRIAL] += verdict.on_trial;
		if (verdict.outcome == ACCESS_ALLOW && asked.request.uid != 0 &&
		    i % UNTIL_EACH == 0)
			check_until(text, &now, &asked, &verdict);
	}
}

static bool try_policy(uint64_t *seed, size_t counts[static COUNTS])
{
	char *text = write_policy(seed);
	struct diag_list diags = { 0 };
	struct fixture fixture;
	int r;

	fixture_make(&fixture);
	r = model_read("", text, strlen(text), FIXTURE_NOW, &fixture.model, &diags);
	if (r == 0) {
		assert_int_equal(fixture_compile(&fixture, fixture.model, text, &diags), 0);
		assert_int_equal(policy_open_in(fixture.dir, &fixture.policy), 0);
		run_policy(seed, &fixture, text, counts);
	}
	diag_clear(&diags);
	fixture_close(&fixture);
	free(text);
	return r == 0;
}

static void test_oracle(void **state)
{
	static const enum access_reason wanted[] = {
		REASON_RULE,	   REASON_ROLE,	       REASON_NO_ROLE,	  REASON_EXCLUSION,
		REASON_NO_RULE,	   REASON_DATES,       REASON_HOURS,	  REASON_SECOND_FACTOR,
		REASON_ROOT_LOGIN, REASON_ROOT_ORIGIN, REASON_UNGOVERNED,
	};
	size_t counts[COUNTS] = { 0 }, policies = 0, tries = 0;
	uint64_t seed = 20260112;

	(void)state;
	for (; policies < POLICIES && tries < 6 * (size_t)POLICIES; tries++)
		policies += try_policy(&seed, counts);
	assert_int_equal(policies, POLICIES);
	assert_true(counts[STRICTER] >= 30);
	assert_true(counts[ON_TRIAL] >= 30);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (counts[wanted[i]] < 30)
			print_message("%s: only %zu\n", access_reason_name(wanted[i]),
				      counts[wanted[i]]);
		assert_true(counts[wanted[i]] >= 30);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_oracle) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
