/* SPDX-License-Identifier: MIT */
/* break_glass.c - an account for the worst day is worth nothing if it does not open on that day. */
#include "messages.h"
#include "safety.h"

#define DAY_SEC 86400

/* What is wrong with the account, or NULL. */
static const char *defect_of(const struct situation *situation, const char *user)
{
	const struct account *account = people_account(situation->people, user);

	if (!account)
		return _("there is no such account in etc/passwd");
	if (!account_has_shell(account))
		return _("its shell lets nobody in; give it one with chsh -s /bin/bash");
	if (!situation->people->has_shadow && !account->password)
		return NULL; /* not for us to see */
	if (!account_has_password(account))
		return _("its password is locked or was never set; set one with passwd");
	if (account->expires_day <= situation->now / DAY_SEC)
		return _("the account has expired; chage -E -1 takes that back");
	return NULL;
}

bool break_glass_works(const struct situation *situation, const char *user)
{
	return !defect_of(situation, user);
}

void check_break_glass(const struct situation *situation)
{
	const struct model *model = situation->edition->model;

	for (size_t i = 0; i < model->break_glass.n; i++) {
		const struct name *name = &model->break_glass.item[i];
		const char *defect = defect_of(situation, name->text);

		/* An account that is not there at all is the compiler's to report. */
		if (defect && people_account(situation->people, name->text))
			situation_report(situation, DIAG_FAULT, name->at,
					 _("break-glass account %s: %s"), name->text, defect);
	}
}
