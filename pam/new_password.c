/* SPDX-License-Identifier: MIT */
/* new_password.c - judge a new password by the rules and the history, and say every reason. */
#include <errno.h>
#include <libintl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <security/pam_ext.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

#include "new_password.h"

#define _(text) dgettext("sereno", text)

#define REASONS_MAX 256

void new_password_begin(struct new_password *new_password, const struct holder *holder,
			const char *old)
{
	*new_password = (struct new_password){ .holder = holder, .old = old };
	new_password->rules = strength_rules_of(&holder->rules, new_password->listed);
	if (holder->blocklist[0])
		new_password->rules.blocklist = holder->blocklist;
}

void new_password_clear(struct new_password *new_password)
{
	history_token_free(take(new_password->token, NULL));
}

/* What is lost, or was sealed by another host (whose key may not be here), refuses every change;
 * root's own ends that. What only waits for this host's key to be unsealed is not lost. */
static bool may_begin_anew(const struct new_password *new_password, int err)
{
	const bool is_lost = err == -EBADMSG || err == -EKEYREJECTED ||
			     (err == -ENOKEY && !seal_is_closed(new_password->holder->root));

	return is_lost && new_password->is_given && !new_password->old;
}

static int begin_anew(const struct holder *holder)
{
	const int r = history_remove(holder->root, holder->account.name, holder->account.uid);

	if (r < 0 && r != -ENOENT)
		return r;
	holder_report(holder, EVENT_STATE_FALLBACK, NULL, "the history of passwords: begun anew");
	return 0;
}

static void judge_history(struct new_password *new_password, const char *candidate)
{
	const struct holder *holder = new_password->holder;
	const struct history_change change = {
		.user = holder->account.name,
		.uid = holder->account.uid,
		.candidate = candidate,
		.old = new_password->old,
		.keep = { .entries = holder->rules.history },
		.now = time(NULL),
		.tag = holder->local.tag,
	};
	enum history_answer answer = HISTORY_FRESH;
	int r;

	new_password_clear(new_password);
	r = history_judge(holder->root, &change, &new_password->token, &answer);
	if (may_begin_anew(new_password, r)) {
		r = begin_anew(holder);
		if (r == 0)
			r = history_judge(holder->root, &change, &new_password->token, &answer);
	}
	if (answer == HISTORY_REUSED)
		new_password->verdict.faults |= 1u << STRENGTH_REUSED;
	if (answer == HISTORY_BASE_REUSED)
		new_password->verdict.faults |= 1u << STRENGTH_BASE_REUSED;
	if (r < 0)
		holder_report_state(holder, "the history of passwords", r);
	else if (history_token_fell_back(new_password->token))
		holder_report_state(holder, "the history of passwords", 0);
	if (r < 0)
		new_password->error = r;
}

bool new_password_judge(struct new_password *new_password, const char *candidate)
{
	const unsigned no_text = 1u << STRENGTH_NOT_TEXT | 1u << STRENGTH_TOO_LONG;
	const struct holder *holder = new_password->holder;
	const struct strength_person person = { .user = holder->account.name,
						.full_name = holder->account.full_name };
	int r;

	r = strength_judge(&new_password->rules, &person, candidate, new_password->old,
			   &new_password->verdict);
	new_password->error = r;
	if (r < 0)
		holder_report_state(holder, "the dictionary or the list of leaked passwords", r);
	if (holder->is_local && holder->rules.history > 0 &&
	    !(new_password->verdict.faults & no_text))
		judge_history(new_password, candidate);
	return new_password->error == 0 && new_password->verdict.faults == 0;
}

void new_password_tell(const struct new_password *new_password, pam_handle_t *pamh)
{
	const struct strength_verdict *verdict = &new_password->verdict;
	char text[STRENGTH_SENTENCE_MAX];

	(void)pam_error(pamh, "%s", _("This password cannot be used:")); /* refused anyway */
	for (enum strength_fault fault = 0; fault < STRENGTH_FAULTS; fault++) {
		if (!(verdict->faults & 1u << fault))
			continue;
		strength_sentence(fault, _(strength_text(fault)), &new_password->rules, verdict,
				  text);
		(void)pam_error(pamh, "  %s", text); /* as above */
	}
	if (new_password->error < 0)
		(void)pam_error(pamh, "  %s",
				_("It cannot be checked now. Please tell your administrator."));
}

void new_password_report(const struct new_password *new_password, enum event_id id)
{
	char reasons[REASONS_MAX] = "";
	size_t length = 0;

	for (enum strength_fault fault = 0; fault < STRENGTH_FAULTS; fault++) {
		if (!(new_password->verdict.faults & 1u << fault))
			continue;
		length += (size_t)snprintf(reasons + length, sizeof(reasons) - length, "%s%s",
					   length ? "," : "", strength_word(fault));
	}
	if (new_password->error < 0)
		(void)snprintf(reasons + length, sizeof(reasons) - length, "%sunchecked",
			       length ? "," : ""); /* all words together are shorter */
	holder_report(new_password->holder, id, reasons[0] ? reasons : NULL, NULL);
}

int new_password_record(const struct new_password *new_password)
{
	const struct holder *holder = new_password->holder;
	const struct age_owner owner = holder_owner(holder);
	int r = 0;

	if (!holder->is_local)
		return 0;
	if (new_password->token)
		r = history_await(holder->root, new_password->token);
	if (r < 0) {
		holder_report_state(holder, "the history of passwords", r);
		return r;
	}
	r = age_record_change(&owner, time(NULL), holder->local.tag);
	if (r == -EBADMSG) /* lost: what it demanded is being done */
		r = age_restart(&owner, time(NULL), holder->local.tag);
	if (r < 0)
		holder_report_state(holder, "the record of a password's age", r);
	return r;
}
