/* SPDX-License-Identifier: MIT */
/* way_back.c - whoever puts a policy in force must be able to come in again and mend it. */
#include <sereno/service.h>

#include "messages.h"
#include "second_factor.h"
#include "subject.h"

/* The role to look at first: the caller's own, if he has one. */
static struct mark place_of(const struct situation *situation, const char *user)
{
	const struct role_set *set = holders_find(situation->holders, user);
	const struct model *model = situation->edition->model;

	return set ? model->roles[set->role[0]].name.at : model->root_at;
}

static const char *remedy(enum access_reason reason, const struct role_set *set)
{
	if (reason == REASON_ROOT_ORIGIN)
		return _("add it to root.direct-login, or come as a user of your own");
	if (reason == REASON_BREAK_GLASS_ORIGIN)
		return _("add it to accounts.break-glass.from, or come as a user of your own");
	return set ? _("widen a rule of this role, or come in another way")
		   : _("name yourself in a role that has a rule for it");
}

static void report_codeless(const struct situation *situation, const struct caller *caller,
			    const char *service, const struct access_verdict *verdict)
{
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&caller->origin, origin);
	situation_report(situation, DIAG_FAULT, (struct mark){ verdict->line, 1 },
			 _("your own way in would be closed: %s by %s from %s needs a one-time "
			   "code, which you cannot give: sereno otp ticket %s, or sereno otp enrol "
			   "%s"),
			 caller->user, service, origin, caller->user, caller->user);
}

static void report_refusal(const struct situation *situation, const struct caller *caller,
			   const char *service, const struct access_verdict *verdict)
{
	const struct role_set *set = holders_find(situation->holders, caller->user);
	char origin[ORIGIN_TEXT_MAX];
	struct mark at = place_of(situation, caller->user);

	if (verdict->line > 0)
		at = (struct mark){ verdict->line, 1 };
	origin_format(&caller->origin, origin);
	situation_report(situation, DIAG_FAULT, at,
			 _("your own way in would be closed: %s by %s from %s: %s; %s"),
			 caller->user, service, origin, _(access_reason_text(verdict->reason)),
			 remedy(verdict->reason, set));
}

static int judge(const struct situation *situation, struct policy *policy,
		 const struct caller *caller, const struct subject *subject, const char *service)
{
	struct access_verdict verdict;
	int r = subject_judge(subject, policy, service, &caller->origin, situation->now, 0,
			      &verdict);

	if (r < 0 || verdict.outcome != ACCESS_DENY)
		return r;
	if (!(verdict.demands_open & DEMAND_SECOND_FACTOR))
		report_refusal(situation, caller, service, &verdict);
	else if (!code_means_suffice(code_means_of(situation, caller->user, subject->uid)))
		report_codeless(situation, caller, service, &verdict);
	return 0;
}

int check_way_back(const struct situation *situation, struct policy *policy,
		   const struct caller *caller)
{
	const struct mark nowhere = { 0, 0 };
	struct subject subject;
	int r;

	if (!caller->known) {
		situation_report(situation, DIAG_WARNING, nowhere,
				 _("cannot tell by which login you came, so whether you could come "
				   "in again was not checked: keep this session open and try"));
		return 0;
	}
	r = subject_find(situation->root, situation->people, policy, caller->user, &subject);
	if (r < 0)
		return r;
	r = judge(situation, policy, caller, &subject, caller->service);
	if (r == 0 && caller->elevated_by[0])
		r = judge(situation, policy, caller, &subject, caller->elevated_by);
	subject_clear(&subject);
	return r;
}
