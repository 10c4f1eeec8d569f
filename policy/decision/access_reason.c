/* SPDX-License-Identifier: MIT */
/* access_reason.c - the reasons of a decision in words. */
#include <sereno/access.h>
#include <sereno/scoped.h>

static const struct {
	const char *name, *text;
} reasons[] = {
	/* clang-format off */
	[REASON_RULE]               = { "rule", "a rule fits" },
	[REASON_ROLE]               = { "role", "the holder of a role needs no rule for this" },
	[REASON_ROOT_ASKS]          = { "root-asks", "root asking is never refused" },
	[REASON_ROOT_LOGIN]         = { "root-login", "root may log in directly from there" },
	[REASON_BREAK_GLASS]        = { "break-glass", "a break-glass account at its place" },
	[REASON_UNGOVERNED]         = { "not-governed", "this account is not governed" },
	[REASON_NO_ROLE]            = { "no-role", "no role is held now" },
	[REASON_EXCLUSION]          = { "exclusion", "the roles held exclude each other" },
	[REASON_NO_RULE]            = { "no-rule", "no rule of a role held is for this service from there" },
	[REASON_DATES]              = { "dates", "a rule fits, but not on this date" },
	[REASON_HOURS]              = { "hours", "a rule fits, but not at this hour" },
	[REASON_SECOND_FACTOR]      = { "second-factor", "a rule fits, but a second factor is due" },
	[REASON_ROOT_ORIGIN]        = { "root-origin", "root may not log in directly from there" },
	[REASON_BREAK_GLASS_ORIGIN] = { "break-glass-origin", "a break-glass account may not come in from there" },
	[REASON_DEPARTED]           = { "departed", "has left: the account is closed" },
	[REASON_NO_POLICY]          = { "no-policy", "the policy in force cannot be used" },
	/* clang-format on */
};

const char *access_reason_name(enum access_reason reason)
{
	return (size_t)reason < ARRAY_SIZE(reasons) ? reasons[reason].name : "unknown";
}

const char *access_reason_text(enum access_reason reason)
{
	return (size_t)reason < ARRAY_SIZE(reasons) ? reasons[reason].text : "for no reason known";
}
