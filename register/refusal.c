/* SPDX-License-Identifier: MIT */
/* refusal.c - why the register refuses something, in words. */
#include <sereno/register.h>
#include <sereno/scoped.h>

/* clang-format off */
static const char *const texts[] = {
	[REGISTER_DONE]          = "done",
	[REFUSED_NO_ROLE]        = "the policy in force has no such role",
	[REFUSED_OWN_GRANT]      = "nobody grants to himself, nor to another account of his own",
	[REFUSED_OWN_REQUEST]    = "nobody decides what he has asked for, nor what another account of his own has",
	[REFUSED_NO_END]         = "the role is privileged: a grant of it must end",
	[REFUSED_OVER]           = "it would be over before it begins",
	[REFUSED_TOO_LONG]       = "that is longer than the role is given for",
	[REFUSED_NOT_ON_REQUEST] = "the role cannot be asked for",
	[REFUSED_NOT_ASKER]      = "no role held now may ask for it",
	[REFUSED_NOT_APPROVER]   = "no role held now may decide this",
	[REFUSED_TOO_MANY]       = "too many requests wait for an answer already",
	[REFUSED_DECIDED]        = "it was answered already, taken back, or is void",
	[REFUSED_SAID_YES]       = "the same person has said yes already; another one must, too",
	[REFUSED_UNKNOWN]        = "there is none that is open",
	[REFUSED_DEPARTED]       = "one of the people concerned has left",
	[REFUSED_ALREADY]        = "the same is there already",
	[REFUSED_SECRETS]        = "secrets that were known are not attested as changed",
	[REFUSED_EXCLUDED]       = "a role held excludes it",
	[REFUSED_UNATTENDED]     = "the role is for programs: name them in the policy",
	[REFUSED_CHECK]          = "too few administrators would be left",
	[REFUSED_ASKER_LOST]     = "who has asked holds no role any more that may ask for it",
	[REFUSED_OWN_DEVICE]     = "nobody lets a device in for himself, nor for another account of his own",
	[REFUSED_NO_APPROVERS]   = "the policy in force has nobody approve devices: media.requests",
	[REFUSED_FOR_EVER]       = "that is too long",
};
/* clang-format on */

const char *register_refusal_text(enum register_refusal refusal)
{
	return (size_t)refusal < ARRAY_SIZE(texts) ? texts[refusal] : "refused";
}
