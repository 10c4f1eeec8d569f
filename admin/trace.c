/* SPDX-License-Identifier: MIT */
/* trace.c - the first condition that fails, role by role and rule by rule. */
#include "trace.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->item[i].text, name) == 0)
			return true;
	return false;
}

static bool is_in_group(const struct question *question, const struct access_account *account,
			const char *name)
{
	const struct unix_group *local = people_group(question->people, name);
	const struct group *group = NULL;
	gid_t gid;

	if (!local && !*question->root)
		group = getgrnam(name);
	if (!local && !group)
		return false;
	gid = local ? local->gid : group->gr_gid;
	for (size_t i = 0; i < account->n_groups; i++)
		if (account->groups[i] == gid)
			return true;
	return false;
}

static enum standing membership(const struct question *question, const struct role *role,
				const struct access_account *account, const char **ret_group)
{
	*ret_group = NULL;
	if (names_have(&role->except, account->user))
		return STANDING_EXCEPTED;
	if (names_have(&role->members, account->user))
		return STANDING_HELD;
	for (size_t i = 0; i < role->members_of.n; i++) {
		if (!is_in_group(question, account, role->members_of.item[i].text))
			continue;
		*ret_group = role->members_of.item[i].text;
		return STANDING_HELD;
	}
	return STANDING_NO_MEMBER;
}

/* The grant of @role to @user that lasts longest of those that hold now. Its number, or 0. */
static uint32_t granted(const struct question *question, const struct role *role, const char *user,
			int64_t *ret_until)
{
	struct grant *grants = NULL;
	uint32_t best = 0;
	ssize_t n = question->grants ? grants_of(question->grants, user, &grants) : 0;

	*ret_until = TIME_NO_START;
	for (ssize_t i = 0; i < n; i++) {
		if (strcmp(grants[i].role, role->name.text) != 0 ||
		    !validity_holds(&grants[i].valid, question->at) ||
		    grants[i].valid.until <= *ret_until)
			continue;
		best = grants[i].id;
		*ret_until = grants[i].valid.until;
	}
	free(grants);
	return best;
}

static enum standing standing_of(const struct question *question, const struct role *role,
				 const struct access_account *account, struct role_trace *ret)
{
	const enum standing standing = membership(question, role, account, &ret->group);

	ret->until = TIME_NO_END;
	if (standing == STANDING_NO_MEMBER)
		ret->grant = granted(question, role, account->user, &ret->until);
	if (standing != STANDING_HELD && ret->grant == 0)
		return standing;
	if (role->valid.until < ret->until)
		ret->until = role->valid.until;
	if (role->valid.since > question->at)
		return STANDING_NOT_YET;
	if (role->valid.until <= question->at)
		return STANDING_ENDED;
	return STANDING_HELD;
}

/* Whether any account of the person holds @role now. */
static bool person_holds(const struct question *question, const struct role *role)
{
	const struct subject *subject = question->subject;
	struct role_trace trace = { .grant = 0 };

	if (standing_of(question, role, &subject->own, &trace) == STANDING_HELD)
		return true;
	for (size_t i = 0; i < subject->n_others; i++)
		if (standing_of(question, role, &subject->others[i], &trace) == STANDING_HELD)
			return true;
	return false;
}

/* Whether @other sets @role aside, which the subject himself holds. */
static bool excludes(const struct question *question, const struct role *role,
		     const struct role *other)
{
	const struct access_account *own = &question->subject->own;
	struct role_trace trace = { .grant = 0 };

	if (role->unattended != other->unattended &&
	    standing_of(question, other, own, &trace) == STANDING_HELD)
		return true;
	return roles_exclude(role, other) && person_holds(question, other);
}

int trace_roles(const struct question *question, struct role_trace **ret)
{
	const struct model *model = question->model;
	struct role_trace *trace = calloc(model->n_roles + 1, sizeof(*trace));

	if (!trace)
		return -ENOMEM;
	for (size_t i = 0; i < model->n_roles; i++)
		trace[i].standing =
			standing_of(question, &model->roles[i], &question->subject->own, &trace[i]);
	for (size_t i = 0; i < model->n_roles; i++) {
		if (trace[i].standing != STANDING_HELD)
			continue;
		for (size_t j = 0; j < model->n_roles; j++) {
			if (i == j || !excludes(question, &model->roles[i], &model->roles[j]))
				continue;
			trace[i].excluder = model->roles[j].name.text;
			trace[i].standing = STANDING_EXCLUDED;
			/* The other is traced by what it was: a role set aside still excludes. */
			break;
		}
	}
	*ret = trace;
	return 0;
}

void trace_rule(const struct question *question, int64_t until, const struct rule *rule,
		struct rule_trace *ret)
{
	const struct model *model = question->model;

	*ret = (struct rule_trace){ .obstacle = OBSTACLE_NONE };
	if (!model_rule_has_host(model, rule, question->host))
		ret->obstacle = OBSTACLE_HOST;
	else if (!model_rule_has_service(model, rule, question->service))
		ret->obstacle = OBSTACLE_SERVICE;
	else if (!model_from_fits(model, &rule->from, question->origin))
		ret->obstacle = OBSTACLE_ORIGIN;
	else if (rule->valid.since > question->at)
		ret->obstacle = OBSTACLE_NOT_YET;
	else if (rule->valid.until <= question->at)
		ret->obstacle = OBSTACLE_ENDED;
	else if (rule->hours.n > 0 && !calendar_open(&rule->calendar, question->zone, question->at))
		ret->obstacle = OBSTACLE_HOURS;
	else if (rule->second_factor && !(question->met & DEMAND_SECOND_FACTOR))
		ret->obstacle = OBSTACLE_FACTOR;
	if (ret->obstacle != OBSTACLE_NONE)
		return;
	if (rule->valid.until < until)
		until = rule->valid.until;
	if (rule->hours.n > 0) {
		const int64_t closes =
			calendar_closes(&rule->calendar, question->zone, question->at);

		until = closes < until ? closes : until;
	}
	ret->until = until;
}

struct phrase {
	const char *name, *text;
};

/* clang-format off */
static const struct phrase standings[] = {
	[STANDING_HELD]      = { "held",       N_("held") },
	[STANDING_NO_MEMBER] = { "no-member",  N_("not a member") },
	[STANDING_EXCEPTED]  = { "excepted",   N_("excepted by except:") },
	[STANDING_NOT_YET]   = { "not-yet",    N_("a member, but the role has not begun (since:)") },
	[STANDING_ENDED]     = { "ended",      N_("a member, but the role has ended (until:)") },
	[STANDING_EXCLUDED]  = { "excluded",   N_("a member, but set aside: excluded by role") },
};

static const struct phrase obstacles[] = {
	[OBSTACLE_NONE]    = { NULL,            N_("fits") },
	[OBSTACLE_HOST]    = { "host",          N_("is for other hosts (hosts:)") },
	[OBSTACLE_SERVICE] = { "service",       N_("is for other services (services:)") },
	[OBSTACLE_ORIGIN]  = { "origin",        N_("is from elsewhere (from:)") },
	[OBSTACLE_NOT_YET] = { "not-yet",       N_("has not begun (since:)") },
	[OBSTACLE_ENDED]   = { "ended",         N_("has ended (until:)") },
	[OBSTACLE_HOURS]   = { "hours",         N_("is closed at this hour (hours:)") },
	[OBSTACLE_FACTOR]  = { "second-factor", N_("fits, but asks for a second factor") },
};
/* clang-format on */

const char *standing_text(enum standing standing)
{
	return _(standings[standing].text);
}

const char *standing_name(enum standing standing)
{
	return standings[standing].name;
}

const char *obstacle_text(enum obstacle obstacle)
{
	return _(obstacles[obstacle].text);
}

const char *obstacle_name(enum obstacle obstacle)
{
	return obstacles[obstacle].name;
}
