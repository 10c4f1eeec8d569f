/* SPDX-License-Identifier: MIT */
/* access_judge.c - the decision: a pure function of a case and a moment. */
#include <string.h>

#include "access_case.h"

#define LEAPS_MAX   1000   /* from the end of one rule to the next, to find "until" */
#define LOOKS_MAX   200000 /* at rules, in all leaps of one decision */
#define DEMAND_BITS 8	   /* of enum access_demand in a compiled rule */
#define AHEAD_SEC   (INT64_C(400) * 86400) /* "until" is not looked for beyond */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How far a rule got; the furthest one tells the person most. */
enum progress {
	PROGRESS_NO_ROLE,
	PROGRESS_EXCLUDED,
	PROGRESS_NO_RULE,
	PROGRESS_DATES,
	PROGRESS_HOURS,
	PROGRESS_FITS,
};

/* How a role stands at a moment, and until when if it counts. */
struct standing {
	enum progress progress; /* NO_ROLE, EXCLUDED, or NO_RULE: it counts */
	int64_t end;
};

/* Whose holdings of a role count: only the subject's own, or those of all his person's accounts. */
enum whose { WHOSE_OWN, WHOSE_ANY };

/* Whether @holding counts for @whose and lasts at all. */
static bool holding_counts(const struct case_holding *holding, enum whose whose)
{
	return (whose == WHOSE_ANY || holding->own) && holding->valid.since < holding->valid.until;
}

/* The holding of @role that lasts longest of those at @now, or NULL. One that needs no grant goes
 * before one that does. */
static const struct case_holding *held_by(const struct access_case *access,
					  const struct case_role *role, enum whose whose,
					  int64_t now)
{
	const struct case_holding *holding = access->holdings + role->holdings_at;
	const struct case_holding *const end = holding + role->n_holdings;
	const struct case_holding *best = NULL;

	for (; holding < end; holding++) {
		if (!holding_counts(holding, whose) || !validity_holds(&holding->valid, now))
			continue;
		if (!best || holding->valid.until > best->valid.until ||
		    (holding->valid.until == best->valid.until && holding->grant == 0))
			best = holding;
	}
	return best;
}

/* Whether @other, which excludes the role that @standing is of, holds now; if it will, that is when
 * the role ends. */
static bool sets_aside(const struct access_case *access, const struct case_role *other,
		       enum whose whose, int64_t now, struct standing *standing)
{
	const struct case_holding *holding = access->holdings + other->holdings_at;
	const struct case_holding *const end = holding + other->n_holdings;

	if (held_by(access, other, whose, now))
		return true;
	for (; holding < end; holding++) {
		if (holding_counts(holding, whose) && holding->valid.since > now)
			standing->end = earlier(standing->end, holding->valid.since);
	}
	return false;
}

static struct standing role_standing(const struct access_case *access, size_t index, int64_t now)
{
	const struct case_role *role = &access->roles[index];
	const struct case_holding *holding = held_by(access, role, WHOSE_OWN, now);
	struct standing standing = { .progress = PROGRESS_NO_RULE };

	if (!holding)
		return (struct standing){ .progress = PROGRESS_NO_ROLE };
	standing.end = holding->valid.until;
	for (size_t i = 0; i < role->n_excludes; i++) {
		const size_t other = access->excludes[role->excludes_at + i];

		if (sets_aside(access, &access->roles[other], WHOSE_ANY, now, &standing))
			return (struct standing){ .progress = PROGRESS_EXCLUDED };
	}
	for (size_t i = 0; access->mixed && i < access->n_roles; i++) {
		const struct case_role *other = &access->roles[i];

		if (other->unattended != role->unattended &&
		    sets_aside(access, other, WHOSE_OWN, now, &standing))
			return (struct standing){ .progress = PROGRESS_EXCLUDED };
	}
	return standing;
}

bool role_counts(const struct access_case *access, size_t index, int64_t now)
{
	return role_standing(access, index, now).progress == PROGRESS_NO_RULE;
}

/* A rule that fits, and until when. */
struct fit {
	const struct case_rule *rule;
	int64_t end;
};

/* What the rules say of all origins at one moment. */
struct finding {
	enum progress progress; /* of the origin that got least far */
	int64_t end;		/* when FITS: the first origin's last rule stops here */
	unsigned demands;
	struct fit longest;
	struct fit asking[DEMAND_BITS]; /* per demand: the longest that asks for it */
	size_t looks;
};

static bool fit_before(const struct access_case *access, struct fit a, struct fit b)
{
	int names;

	if (!b.rule || a.end != b.end)
		return !b.rule || a.end > b.end;
	names = strcmp(access->roles[a.rule->role].name, access->roles[b.rule->role].name);
	return names != 0 ? names < 0 : a.rule->fact.number < b.rule->fact.number;
}

static void finding_add(const struct access_case *access, struct finding *finding, struct fit fit)
{
	finding->demands |= fit.rule->fact.demands;
	if (fit_before(access, fit, finding->longest))
		finding->longest = fit;
	for (unsigned i = 0; i < DEMAND_BITS; i++) {
		if ((fit.rule->fact.demands >> i & 1) != 0 &&
		    fit_before(access, fit, finding->asking[i]))
			finding->asking[i] = fit;
	}
}

/* Whether @rule, of a role that counts until @role_end, fits; *@ret_end is then until when. */
static enum progress rule_progress(const struct access_case *access, const struct case_rule *rule,
				   int64_t role_end, int64_t now, int64_t *ret_end)
{
	int64_t end;

	if (!validity_holds(&rule->fact.valid, now))
		return PROGRESS_DATES;
	end = earlier(role_end, rule->fact.valid.until);
	if (!rule->fact.always) {
		if (!calendar_open(&rule->fact.calendar, &access->zone, now))
			return PROGRESS_HOURS;
		end = earlier(end, calendar_closes(&rule->fact.calendar, &access->zone, now));
	}
	*ret_end = end;
	return PROGRESS_FITS;
}

/* The best standing of the subject's roles, whether or not they have a rule here. */
static enum progress roles_progress(const struct access_case *access, int64_t now)
{
	enum progress best = PROGRESS_NO_ROLE;

	for (size_t i = 0; i < access->n_roles; i++) {
		const enum progress progress = role_standing(access, i, now).progress;

		if (progress > best)
			best = progress;
	}
	return best;
}

static enum progress origin_progress(const struct access_case *access,
				     const struct case_origin *origin, int64_t now,
				     struct finding *finding, int64_t *ret_end)
{
	enum progress progress, best = roles_progress(access, now);
	struct standing standing = { 0 };
	int64_t end = 0, last = now;

	for (size_t i = 0; i < origin->n_rules; i++) {
		const struct case_rule *rule = &origin->rules[i];

		if (i == 0 || rule->role != rule[-1].role)
			standing = role_standing(access, rule->role, now);
		finding->looks++;
		if (standing.progress != PROGRESS_NO_RULE)
			continue;
		progress = rule_progress(access, rule, standing.end, now, &end);
		if (progress > best)
			best = progress;
		if (progress != PROGRESS_FITS)
			continue;
		finding_add(access, finding, (struct fit){ .rule = rule, .end = end });
		if (end > last)
			last = end;
	}
	*ret_end = last;
	return best;
}

/* Every origin has to allow: the progress is that of the first that does not. */
static struct finding judge_rules(const struct access_case *access, int64_t now)
{
	struct finding finding = { .progress = PROGRESS_FITS, .end = TIME_NO_END };
	enum progress progress;
	int64_t end;

	for (size_t i = 0; i < access->n_origins; i++) {
		progress = origin_progress(access, &access->origins[i], now, &finding, &end);
		if (progress != PROGRESS_FITS && finding.progress == PROGRESS_FITS)
			finding.progress = progress;
		finding.end = earlier(finding.end, end);
	}
	return finding;
}

/*
 * The first moment at which the rules no longer allow what they allow now, by @finding. Leaps
 * from the end of the last rule to whatever fits there. Beyond the horizon, or when the leaps run
 * out, the moment reached is returned: too early, never too late.
 */
static int64_t allowed_until(const struct access_case *access, struct finding finding, int64_t now)
{
	const int64_t horizon = now > TIME_NO_END - AHEAD_SEC ? TIME_NO_END : now + AHEAD_SEC;
	int64_t reached = finding.end;
	size_t looks = 0;

	for (unsigned leaps = 0; reached < horizon && leaps < LEAPS_MAX && looks < LOOKS_MAX;
	     leaps++) {
		finding = judge_rules(access, reached);
		if (finding.progress != PROGRESS_FITS)
			return reached;
		looks += finding.looks;
		reached = finding.end;
	}
	return reached;
}

static bool any_conflict(const struct access_case *access, int64_t now)
{
	for (size_t i = 0; i < access->n_roles; i++) {
		if (role_standing(access, i, now).progress == PROGRESS_EXCLUDED)
			return true;
	}
	return false;
}

static enum access_reason reason_of(enum progress progress)
{
	switch (progress) {
	case PROGRESS_NO_ROLE:
		return REASON_NO_ROLE;
	case PROGRESS_EXCLUDED:
		return REASON_EXCLUSION;
	case PROGRESS_NO_RULE:
		return REASON_NO_RULE;
	case PROGRESS_DATES:
		return REASON_DATES;
	case PROGRESS_HOURS:
		return REASON_HOURS;
	case PROGRESS_FITS:
		break;
	}
	return REASON_RULE;
}

static void name_rule(const struct access_case *access, const struct case_rule *rule, int64_t now,
		      struct access_verdict *verdict)
{
	const struct case_holding *holding =
		held_by(access, &access->roles[rule->role], WHOSE_OWN, now);

	verdict->grant = holding ? holding->grant : 0;
	memcpy(verdict->role, access->roles[rule->role].name, sizeof(verdict->role));
	verdict->rule = rule->fact.number;
	verdict->line = rule->fact.number ? rule->fact.line : access->roles[rule->role].line;
}

/* Whether nothing but demands on trial is open. */
static bool is_excused(const struct access_case *access, unsigned demands_open)
{
	const unsigned excused = access->observe & OBSERVE_SECOND_FACTOR ? DEMAND_SECOND_FACTOR : 0;

	return demands_open != 0 && (demands_open & ~excused) == 0;
}

static void judge_governed(const struct access_case *access, int64_t now, unsigned met,
			   struct access_verdict *verdict)
{
	const struct finding finding = judge_rules(access, now);

	verdict->conflict = any_conflict(access, now);
	verdict->reason = reason_of(finding.progress);
	if (finding.progress != PROGRESS_FITS)
		return;
	verdict->demands = finding.demands;
	verdict->demands_open = finding.demands & ~met;
	if (verdict->demands_open != 0) {
		verdict->reason = REASON_SECOND_FACTOR;
		name_rule(access, finding.asking[__builtin_ctz(verdict->demands_open)].rule, now,
			  verdict);
		if (is_excused(access, verdict->demands_open))
			verdict->until = allowed_until(access, finding, now);
		return;
	}
	verdict->enforced = ACCESS_ALLOW;
	verdict->until = allowed_until(access, finding, now);
	name_rule(access, finding.longest.rule, now, verdict);
	if (!service_needs_rule(access->kind))
		verdict->reason = REASON_ROLE;
}

static void judge_root(const struct access_case *access, struct access_verdict *verdict)
{
	if (access->kind != SERVICE_LOGIN)
		verdict->reason = REASON_ROOT_ASKS;
	else
		verdict->reason = access->at_place ? REASON_ROOT_LOGIN : REASON_ROOT_ORIGIN;
	if (verdict->reason != REASON_ROOT_ORIGIN)
		verdict->enforced = ACCESS_ALLOW;
}

static void judge_break_glass(const struct access_case *access, struct access_verdict *verdict)
{
	const bool comes_in = access->at_place || !service_needs_rule(access->kind);

	verdict->reason = comes_in ? REASON_BREAK_GLASS : REASON_BREAK_GLASS_ORIGIN;
	if (comes_in)
		verdict->enforced = ACCESS_ALLOW;
}

/* A block on trial refuses nobody and ends nothing. */
static void apply_trial(const struct access_case *access, enum observe block,
			struct access_verdict *verdict)
{
	verdict->outcome = verdict->enforced;
	if ((access->observe & block) == 0)
		return;
	verdict->on_trial = verdict->enforced == ACCESS_DENY;
	verdict->outcome = ACCESS_ALLOW;
	verdict->until = TIME_NO_END;
}

/* Demands on trial ask for nothing; whatever else the rules say is enforced. */
static void apply_demand_trial(const struct access_case *access, struct access_verdict *verdict)
{
	if (verdict->outcome != ACCESS_DENY || !is_excused(access, verdict->demands_open))
		return;
	verdict->on_trial = true;
	verdict->outcome = ACCESS_ALLOW;
}

/* Who has departed is allowed nothing, on trial or not; who will, nothing from then on. */
static void apply_departure(const struct access_case *access, int64_t now,
			    struct access_verdict *verdict)
{
	if (access->departed <= now)
		*verdict = (struct access_verdict){
			.outcome = ACCESS_DENY,
			.enforced = ACCESS_DENY,
			.reason = REASON_DEPARTED,
		};
	else if (verdict->outcome != ACCESS_DENY)
		verdict->until = earlier(verdict->until, access->departed);
}

void access_judge(const struct access_case *access, int64_t now, unsigned met,
		  struct access_verdict *ret)
{
	struct access_verdict verdict = { .enforced = ACCESS_DENY };

	switch (access->subject) {
	case SUBJECT_UNGOVERNED:
		verdict.reason = REASON_UNGOVERNED;
		verdict.outcome = verdict.enforced = ACCESS_NOT_GOVERNED;
		break;
	case SUBJECT_ROOT:
		judge_root(access, &verdict);
		apply_trial(access, OBSERVE_ROOT, &verdict);
		break;
	case SUBJECT_BREAK_GLASS:
		judge_break_glass(access, &verdict);
		apply_trial(access, OBSERVE_ACCOUNTS, &verdict);
		break;
	case SUBJECT_GOVERNED:
		judge_governed(access, now, met, &verdict);
		apply_trial(access, OBSERVE_ROLES, &verdict);
		apply_demand_trial(access, &verdict);
		break;
	}
	if (access->subject != SUBJECT_GOVERNED)
		verdict.until = verdict.outcome == ACCESS_DENY ? 0 : TIME_NO_END;
	verdict.until_told = verdict.until;
	apply_departure(access, now, &verdict);
	*ret = verdict;
}
