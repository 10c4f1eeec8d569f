/* SPDX-License-Identifier: MIT */
/* codes_list.c - which accounts have a record of their second factor. */
#include <sereno/codes.h>

#include "codes_record.h"
#include "slot_list.h"

ssize_t codes_accounts(const char *root, uid_t **ret)
{
	return slot_list(root, codes_kind.directory, ret);
}
