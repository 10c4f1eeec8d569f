/* SPDX-License-Identifier: MIT */
/* steps.c - the table of what is done when somebody leaves, in order. */
#include <sereno/scoped.h>

#include "step.h"

/* What lets him in comes first, then what runs, which could put back what comes next: what would
 * run or let him in again. Last is what people have to look at. */
/* clang-format off */
static const struct departure_step steps[] = {
	{ "account",       "the account in the files of this host: expired, its password locked",
	  account_take, account_undo, NULL },
	{ "second-factor", "tokens, recovery codes, tickets, and where codes are remembered",
	  codes_take, NULL, "he enrols again: sereno otp ticket" },
	{ "devices",       "devices that were let in for him",
	  devices_take, NULL, "it is asked for again: sereno media approve" },
	{ "linger",        "his services do not start at boot",
	  linger_take, linger_undo, NULL },
	{ "sessions",      "sessions that are open",
	  sessions_take, NULL, "what has ended does not go on" },
	{ "processes",     "processes of his, and those of others that run in a login of his",
	  processes_take, NULL, "what has ended does not go on" },
	{ "crontab",       "his crontab",
	  crontab_take, crontab_undo, NULL },
	{ "at",            "jobs that at(1) and batch(1) would start",
	  at_take, NULL, "the jobs are kept with the evidence" },
	{ "units",         "services and timers of his",
	  units_take, NULL, "nothing was taken" },
	{ "containers",    "containers",
	  containers_take, NULL, "nothing was taken" },
	{ "tickets",       "what sudo, Kerberos and the like remember",
	  tickets_take, NULL, "they are made again when he needs them" },
	{ "own-keys",      "keys that open his own account",
	  own_keys_take, own_keys_undo, NULL },
	{ "other-keys",    "his keys in the files of others",
	  other_keys_take, NULL, "whoever owns the file adds the key again; it is kept with the evidence" },
	{ "revoked-keys",  "keys that he came in with, wherever they turn up",
	  revoked_keys_take, NULL, "a key that is revoked stays so: he makes a new one" },
	{ "groups",        "Unix groups of this host",
	  groups_take, groups_undo, NULL },
	{ "mentions",      "files of the system that name him",
	  mentions_take, NULL, "nothing was taken" },
	{ "files",         "programs and files of his that others run or write",
	  files_take, NULL, "nothing was taken" },
};
/* clang-format on */

const struct departure_step *departure_steps(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(steps);
	return steps;
}
