/* SPDX-License-Identifier: MIT */
/* age_list.c - which accounts have a record of their password's age and logins. */
#include <sereno/age.h>

#include "age_record.h"
#include "slot_list.h"

ssize_t age_accounts(const char *root, uid_t **ret)
{
	return slot_list(root, age_kind.directory, ret);
}
