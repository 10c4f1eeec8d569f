/* SPDX-License-Identifier: MIT */
/* caller.c - what the process may that a module runs in. */
#include <sys/stat.h>
#include <unistd.h>

#include "caller.h"

bool caller_keeps_records(const char *root)
{
	struct stat st;

	if (geteuid() == 0)
		return true;
	return root[0] && stat(root, &st) == 0 && st.st_uid == geteuid();
}
