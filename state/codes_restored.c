/* SPDX-License-Identifier: MIT */
/* codes_restored.c - a record of codes that was put back from a copy pays for what was used since.
 */
#include <sereno/codes.h>

#include <sereno/scoped.h>

#include "codes_record.h"

int codes_restored(const char *root, const struct codes_account *account, int64_t now)
{
	scoped(codes_close) struct codes codes = { 0 };
	int r = codes_open(root, account, SLOT_MUST_EXIST, now, &codes);

	if (r < 0)
		return r;
	codes_pay(&codes.record, now);
	return codes_write_both(&codes, now);
}
