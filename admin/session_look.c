/* SPDX-License-Identifier: MIT */
/* session_look.c - every open session, and what the policy in force says of it now. */
#include "session_look.h"

#include <limits.h>
#include <string.h>

#include <sereno/groups.h>
#include <sereno/scoped.h>

#include "subject.h"

#define DEMANDS_ALL UINT_MAX /* they were met when it was opened */

void session_look_clear(struct session_look *look)
{
	policy_close(look->policy);
	people_free(look->people);
	processes_free(look->processes);
	if (look->memory >= 0)
		close_p(&look->memory);
	free(look->item);
	*look = (struct session_look){ .memory = -1 };
}

/* Whether the account is one whose sessions are never touched. */
static int read_kind(struct session_look *look, const struct subject *subject,
		     struct session_view *view)
{
	const struct access_request request = {
		.uid = subject->uid,
		.subject = subject->own,
		.others = subject->others,
		.n_others = subject->n_others,
	};
	enum subject_kind kind = SUBJECT_IS_UNGOVERNED;
	const int r = policy_subject(look->policy, &request, look->clock.now, &kind);

	if (r < 0)
		return r;
	view->exempt = kind == SUBJECT_IS_ROOT || kind == SUBJECT_IS_BREAK_GLASS ||
		       kind == SUBJECT_IS_UNGOVERNED || subject->uid == 0;
	return 0;
}

static int judge_as(struct session_look *look, const struct subject *subject, const char *service,
		    const struct origin *origin, struct access_verdict *ret)
{
	return subject_judge(subject, look->policy, service, origin, look->clock.now, DEMANDS_ALL,
			     ret);
}

/*
 * As its login was judged. Where the record does not know the origin (it was opened in a session
 * that others use, too) no rule for a place fits, though one did: then it stays as long as a role
 * is held, which is what a user manager needs.
 */
static int read_verdict(struct session_look *look, const struct subject *subject,
			struct open_session *session)
{
	const enum service_kind kind = service_kind(session->login.service);
	const struct origin jobs = { .kind = ORIGIN_JOBS };
	const struct origin *origin = service_needs_rule(kind) ? &session->login.origin : &jobs;
	int r = judge_as(look, subject, session->login.service, origin, &session->verdict);

	if (r == 0 && service_needs_rule(kind) && origin->kind == ORIGIN_UNKNOWN &&
	    session->verdict.reason == REASON_NO_RULE)
		r = judge_as(look, subject, "systemd-user", &jobs, &session->verdict);
	if (r < 0)
		return r;
	session->view.allowed = session->verdict.outcome != ACCESS_DENY;
	/* Who leaves is not warned of it: it begins before he is told. */
	session->view.until = session->verdict.until_told;
	session->view.departed = session->verdict.reason == REASON_DEPARTED;
	return 0;
}

/* That he is governed is known by now. */
static int find_no_uid(const char *user, uid_t *ret)
{
	(void)user;
	(void)ret;
	return -ENOENT;
}

/* Keep which groups roles give him, to know them again when no role does. Our own are known
 * anyhow; of more than there is room for, the first. */
static void remember_gids(struct open_session *session, const gid_t *given, size_t n)
{
	struct session_memory *memory = &session->memory;

	for (size_t i = 0; i < n; i++) {
		bool known = gid_is_own(given[i]) || memory->n_gids == SESSION_GIDS_MAX;

		for (uint32_t k = 0; !known && k < memory->n_gids; k++)
			known = memory->gid[k] == given[i];
		if (known)
			continue;
		memory->gid[memory->n_gids++] = given[i];
		session->has_news = true;
	}
}

static int read_groups(struct session_look *look, const struct subject *subject,
		       struct open_session *session)
{
	const struct group_asker asker = { subject->user, subject->own.groups,
					   subject->own.n_groups, find_no_uid };
	scoped_free gid_t *given = NULL;
	scoped_free gid_t *due = NULL;
	struct session_groups groups = { .suspect = session->memory.gid };
	size_t n = 0;
	int r = policy_given_groups(look->policy, &asker, look->clock.now, &given, &n);

	if (r < 0)
		return r;
	remember_gids(session, given, n);
	groups.n_suspects = session->memory.n_gids;
	groups.n_due = subject->own.n_groups + n;
	due = calloc(groups.n_due + 1, sizeof(*due));
	if (!due)
		return -ENOMEM;
	if (subject->own.n_groups > 0)
		memcpy(due, subject->own.groups, subject->own.n_groups * sizeof(*due));
	if (n > 0)
		memcpy(due + subject->own.n_groups, given, n * sizeof(*due));
	groups.due = due;
	session->view.lost_group =
		session_lost_group(look->processes, &session->login, session->uid, &groups);
	return 0;
}

static int view_session(struct session_look *look, struct open_session *session)
{
	scoped(subject_clear) struct subject subject = { .user = "" };
	int r = subject_find(look->root, look->people, look->policy, session->login.user, &subject);

	if (r < 0)
		return r;
	if (!subject.exists)
		subject.uid = session->login.uid;
	session->uid = subject.uid;
	session->view.way = policy_access_end(look->policy);
	r = read_kind(look, &subject, &session->view);
	if (r == 0)
		r = read_verdict(look, &subject, session);
	if (r < 0 || session->view.exempt)
		return r;
	/* Deleted, or of a directory that does not answer: no reason to take his work away. */
	if (!subject.exists && !session->view.departed)
		return -ESRCH;
	if (policy_facts(look->policy)->observe & OBSERVE_ROLES && !session->view.departed) {
		session->view.exempt = true; /* on trial: no group was given, nothing is ended */
		return 0;
	}
	return read_groups(look, &subject, session);
}

static void look_at(struct session_look *look, const struct login *login,
		    struct open_session *session)
{
	session->login = *login;
	session->uid = login->uid;
	session_memory_read(look->memory, login, &session->memory);
	session->failed = view_session(look, session);
	if (session->failed < 0)
		return;
	session->plan = session_plan(&session->view, &session->memory, look->clock);
	if (session->plan.step == SESSION_STAYS && session->memory.told) {
		session->memory.told = false;
		session->has_news = true;
	}
}

static int compare_opened(const void *a, const void *b)
{
	const struct login *x = a, *y = b;

	if (x->opened != y->opened)
		return x->opened < y->opened ? -1 : 1;
	return (x->leader > y->leader) - (x->leader < y->leader);
}

static enum exit_status open_policy(struct session_look *look)
{
	int r = policy_open(look->root, &look->policy);

	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r == 0)
		r = policy_zone(look->policy, &look->zone);
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used: open sessions are "
					   "left alone until it can"));
	return EXIT_YES;
}

static enum exit_status read_sessions(struct session_look *look)
{
	scoped_free struct login *logins = NULL;
	const ssize_t n = login_list_all(look->root, &logins, &look->unreadable);

	if (n < 0)
		return complain_error((int)n, _("cannot read the open logins in %s/run/sereno"),
				      look->root);
	look->item = calloc((size_t)n + 1, sizeof(*look->item));
	if (!look->item)
		return complain_error(-ENOMEM, _("cannot look at the open sessions"));
	look->n = (size_t)n;
	if (n > 0)
		qsort(logins, look->n, sizeof(*logins), compare_opened);
	for (size_t i = 0; i < look->n; i++)
		look_at(look, &logins[i], &look->item[i]);
	return EXIT_YES;
}

enum exit_status session_look_read(const char *root, struct session_clock clock,
				   enum session_memory_use use, struct session_look *ret)
{
	enum exit_status status;
	int r;

	*ret = (struct session_look){ .root = root, .clock = clock, .memory = -1 };
	status = open_policy(ret);
	if (status != EXIT_YES)
		return status;
	r = session_memory_open(root, use, &ret->memory);
	if (r < 0 && use == SESSION_MEMORY_CHANGE)
		return complain_error(r, _("cannot use %s/run/sereno/follow"), root);
	r = people_read(root, &ret->people);
	if (r == 0)
		r = processes_read(&ret->processes);
	if (r < 0)
		return complain_error(r, _("cannot look at the open sessions"));
	return read_sessions(ret);
}

const char *session_why(const struct open_session *session)
{
	if (session->failed < 0)
		return _("it cannot be told who this is now: left alone");
	if (session->view.exempt)
		return session->view.allowed ? _(access_reason_text(session->verdict.reason))
					     : _("left alone");
	if (session->view.allowed && session->view.lost_group)
		return _("it has a group that no role gives any more");
	if (session->view.allowed && session->plan.step != SESSION_STAYS)
		return _("its role or hours are over then");
	return _(access_reason_text(session->verdict.reason));
}

const char *session_reason(const struct open_session *session)
{
	if (session->view.allowed && session->view.lost_group)
		return "group";
	return session->view.allowed ? "until" : access_reason_name(session->verdict.reason);
}

int64_t session_ends_at(const struct session_look *look, const struct open_session *session)
{
	return look->clock.now + (session->plan.deadline - look->clock.boot);
}
