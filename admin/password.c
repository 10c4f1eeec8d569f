/* SPDX-License-Identifier: MIT */
/* password.c - sereno password: to which of the two it goes. */
#include "password.h"

#include <string.h>

#include "commands.h"

/* What was typed behind check is a secret already in every process list: say so, and never judge
 * it, or people would go on typing it there. */
static enum exit_status run_check(const struct options *options, const struct output *output)
{
	if (options->second)
		return complain(EXIT_USAGE,
				_("everybody can read a command line: give passwords on standard "
				  "input, one a line, and consider this one known"));
	if (options->given & (OPTION_EVERYONE | OPTION_DRY_RUN))
		return complain(EXIT_USAGE, _("check takes --user, --json and --root only"));
	return password_check_run(options, output);
}

static enum exit_status run_expire(const struct options *options, const struct output *output)
{
	if (options->given & (OPTION_USER | OPTION_JSON))
		return complain(EXIT_USAGE, _("expire takes --all, --dry-run and --root only"));
	if (!options->second == !(options->given & OPTION_EVERYONE))
		return complain(EXIT_USAGE, _("one of the two is wanted: a USER, or --all"));
	return password_expire_run(options, output);
}

enum exit_status password_run(const struct options *options, const struct output *output)
{
	if (strcmp(options->operand, "check") == 0)
		return run_check(options, output);
	if (strcmp(options->operand, "expire") == 0)
		return run_expire(options, output);
	return complain(EXIT_USAGE, _("sereno password can check and expire"));
}
