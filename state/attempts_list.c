/* SPDX-License-Identifier: MIT */
/* attempts_list.c - which accounts have a record of attempts. */
#include <sereno/attempts.h>

#include "slot_list.h"

_Static_assert(ATTEMPT_ACCOUNTS_MAX == SLOT_LIST_MAX, "as many as can be listed");

ssize_t attempt_accounts(const char *root, uid_t **ret)
{
	return slot_list(root, "attempts", ret);
}
