/* SPDX-License-Identifier: MIT */
/* codes.c - the step second-factor: no code of his counts any more. */
#include <errno.h>

#include <sereno/codes.h>
#include <sereno/remembered.h>

#include "step.h"

/* What is lost or cannot be trusted is put away as well. */
static int remove_codes(const struct leaver *leaver, const struct codes_account *account)
{
	const int r = codes_remove(leaver->root, account, NULL, leaver->now);

	return r == 0 ? 0 : codes_reset(leaver->root, account);
}

void codes_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	const struct codes_account account = { .user = leaver->user, .uid = leaver->uid };
	struct codes_status status = { 0 };
	int r;

	if (leaver->uid == GRANTS_NO_UID)
		return;
	r = codes_status(leaver->root, &account, &status);
	if (r != -ENOENT && (r < 0 || status.n_tokens > 0 || status.ticket_issued > 0)) {
		r = mode == DEPARTURE_LOOK ? 0 : remove_codes(leaver, &account);
		if (r == 0)
			finding_add(findings, FOUND_DONE,
				    "tokens taken away: %u, and what stands in "
				    "for them",
				    status.n_tokens);
		else if (r != -ENOENT)
			finding_fail(findings, r, "his tokens cannot be taken away");
	}
	r = mode == DEPARTURE_LOOK ? 0 : remembered_forget(leaver->root, leaver->uid);
	if (r > 0)
		finding_add(findings, FOUND_DONE, "codes are not remembered any more at %d places",
			    r);
	else if (r < 0)
		finding_fail(findings, r, "where codes are remembered cannot be forgotten");
}
