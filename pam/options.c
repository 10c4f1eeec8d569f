/* SPDX-License-Identifier: MIT */
/* options.c - the modules' options: root=DIR, and what one of them has besides. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "options.h"

#define ROOT_OPTION	"root="
#define COMBINED_OPTION "prompt=combined"
#define KEY_OPTION	"shown=key"

static bool read_root(const char *argument, struct options *options)
{
	const size_t key = sizeof(ROOT_OPTION) - 1;

	if (strncmp(argument, ROOT_OPTION "/", key + 1) != 0)
		return false;
	options->root = argument + key;
	return true;
}

static bool read_task(const char *argument, struct options *options)
{
	if (strcmp(argument, COMBINED_OPTION) == 0)
		options->task = TASK_ASK_COMBINED;
	else if (strcmp(argument, KEY_OPTION) == 0)
		options->task = TASK_TELL_KEY;
	else
		return false;
	return true;
}

static int read_all(int argc, const char **argv, bool (*read_own)(const char *, struct options *),
		    struct options *ret, const char **ret_wrong)
{
	struct options options = { .root = "" };

	for (int i = 0; i < argc; i++)
		if (!read_root(argv[i], &options) && (!read_own || !read_own(argv[i], &options))) {
			*ret_wrong = argv[i];
			return -EINVAL;
		}
	*ret = options;
	return 0;
}

int options_read(int argc, const char **argv, struct options *ret, const char **ret_wrong)
{
	return read_all(argc, argv, NULL, ret, ret_wrong);
}

int options_read_task(int argc, const char **argv, struct options *ret, const char **ret_wrong)
{
	return read_all(argc, argv, read_task, ret, ret_wrong);
}
