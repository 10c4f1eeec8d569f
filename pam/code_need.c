/* SPDX-License-Identifier: MIT */
/* code_need.c - does the policy want a one-time code of this request? */
#include "code_need.h"

enum code_need code_need(const char *root, const struct request *request, int64_t now,
			 struct judgement *ret)
{
	judge(root, request, now, 0, ret);
	if (ret->verdict.outcome != ACCESS_DENY)
		return CODE_NOT_NEEDED;
	if (ret->unusable < 0)
		return CODE_UNDECIDED;
	if (!(ret->verdict.demands_open & DEMAND_SECOND_FACTOR))
		return CODE_POINTLESS;
	return CODE_NEEDED;
}
