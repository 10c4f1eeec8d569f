/* SPDX-License-Identifier: MIT */
/* media_reason.c - why a device may be used or not, in words. */
#include <sereno/media.h>
#include <sereno/scoped.h>

static const struct {
	const char *name, *text;
} reasons[] = {
	/* clang-format off */
	[MEDIA_BY_RULE]       = { "rule", "a rule fits" },
	[MEDIA_BY_GRANT]      = { "grant", "a request was approved" },
	[MEDIA_BY_WORD]       = { "kind", "no rule fits, and so its kind decides" },
	[MEDIA_IS_BUILT_IN]   = { "built-in", "it is on a port that the firmware calls fixed" },
	[MEDIA_IS_MALFORMED]  = { "malformed", "what it says of itself cannot be true" },
	[MEDIA_IS_SUSPICIOUS] = { "suspicious", "what it can do does not belong together" },
	[MEDIA_IS_TWIN]       = { "twin", "one that calls itself the same is in use" },
	[MEDIA_NOBODY_THERE]  = { "nobody-there", "nobody sits at the seat" },
	[MEDIA_IS_LOCKED]     = { "locked", "it is new, and the screen is locked" },
	[MEDIA_NO_POLICY]     = { "no-policy", "the policy in force cannot be used" },
	[MEDIA_NO_BLOCK]      = { "not-managed", "the policy does not speak of media" },
	/* clang-format on */
};

const char *media_reason_name(enum media_reason reason)
{
	return (size_t)reason < ARRAY_SIZE(reasons) ? reasons[reason].name : "unknown";
}

const char *media_reason_text(enum media_reason reason)
{
	return (size_t)reason < ARRAY_SIZE(reasons) ? reasons[reason].text : "for no reason known";
}
