/* SPDX-License-Identifier: MIT */
/* codes_trace.c - whether an account may have codes, told without the host key and libcrypto. */
#include <sereno/codes.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

bool codes_may_exist(const char *root, uid_t uid)
{
	char path[PATH_MAX];
	struct stat st;
	const int n = snprintf(path, sizeof(path), "%s/var/lib/sereno/codes/%u", root, uid);

	if (n < 0 || (size_t)n >= sizeof(path))
		return true;
	return lstat(path, &st) == 0 || errno != ENOENT;
}
