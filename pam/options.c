/* SPDX-License-Identifier: MIT */
/* options.c - the module's options: root=DIR, and nothing else. */
#include <errno.h>
#include <string.h>

#include "options.h"

#define ROOT_OPTION "root="

int options_read(int argc, const char **argv, struct options *ret, const char **ret_wrong)
{
	const size_t key = sizeof(ROOT_OPTION) - 1;
	struct options options = { .root = "" };

	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], ROOT_OPTION "/", key + 1) != 0) {
			*ret_wrong = argv[i];
			return -EINVAL;
		}
		options.root = argv[i] + key;
	}
	*ret = options;
	return 0;
}
