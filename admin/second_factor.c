/* SPDX-License-Identifier: MIT */
/* second_factor.c - whether somebody could show a one-time code where a new policy asks for one. */
#include "second_factor.h"

#include <errno.h>

#include <sereno/codes.h>

/* At a login now. A damaged record loses its ticket. */
static bool could_enrol(const struct second_factor_rules *rules, const struct codes_status *status,
			int64_t now)
{
	if (status->ticket_expires > now && !status->fell_back)
		return true;
	return rules->enrol == ENROL_AT_LOGIN &&
	       codes_may_enrol(status, rules->enrol_within_sec, now);
}

enum code_means code_means_of(const struct situation *situation, const char *user, uid_t uid)
{
	const struct second_factor_rules *rules = &situation->edition->model->second_factor.rules;
	const struct codes_account account = { .user = user, .uid = uid };
	struct codes_status status = { 0 };
	int r;

	r = codes_status(situation->root, &account, &status);
	if (r == -EACCES)
		return CODE_MEANS_UNKNOWN;
	if (r < 0 && r != -ENOENT)
		return CODE_MEANS_LOST;
	if (status.n_tokens > 0)
		return CODE_MEANS_TOKEN;
	return could_enrol(rules, &status, situation->now) ? CODE_MEANS_ENROL : CODE_MEANS_TICKET;
}

bool code_means_suffice(enum code_means means)
{
	switch (means) {
	case CODE_MEANS_TOKEN:
	case CODE_MEANS_ENROL:
	case CODE_MEANS_UNKNOWN:
		return true;
	case CODE_MEANS_TICKET:
	case CODE_MEANS_LOST:
		return false;
	}
	return false;
}
