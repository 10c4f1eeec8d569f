/* SPDX-License-Identifier: MIT */
/* code_need.c - does the policy want a one-time code of this request? */
#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "code_need.h"
#include "judge.h"

enum code_need code_need(const char *root, const struct request *request, int64_t now,
			 struct second_factor_rules *ret_rules)
{
	struct judgement judgement;

	judge(root, request, now, 0, &judgement);
	if (judgement.verdict.outcome != ACCESS_DENY)
		return CODE_NOT_NEEDED;
	if (judgement.unusable < 0)
		return CODE_UNDECIDED;
	if (!(judgement.verdict.demands_open & DEMAND_SECOND_FACTOR))
		return CODE_POINTLESS;
	*ret_rules = judgement.second_factor;
	return CODE_NEEDED;
}
