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

static bool read_prompt(const char *argument, struct options *options)
{
	if (strcmp(argument, COMBINED_OPTION) == 0)
		options->prompt = PROMPT_COMBINED;
	else if (strcmp(argument, KEY_OPTION) == 0)
		options->prompt = PROMPT_NONE;
	else
		return false;
	return true;
}

int options_read(int argc, const char **argv, struct options *ret, const char **ret_wrong)
{
	struct options options = { .root = "" };

	for (int i = 0; i < argc; i++)
		if (!read_root(argv[i], &options)) {
			*ret_wrong = argv[i];
			return -EINVAL;
		}
	*ret = options;
	return 0;
}

int options_read_prompt(int argc, const char **argv, struct options *ret, const char **ret_wrong)
{
	struct options options = { .root = "" };

	for (int i = 0; i < argc; i++)
		if (!read_root(argv[i], &options) && !read_prompt(argv[i], &options)) {
			*ret_wrong = argv[i];
			return -EINVAL;
		}
	*ret = options;
	return 0;
}
