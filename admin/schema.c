/* SPDX-License-Identifier: MIT */
/* schema.c - sereno schema: the keys of the policy file, for editors and for the manual. */
#include <sereno/model.h>

#include "commands.h"

enum exit_status schema_run(const struct options *options, const struct output *output)
{
	if (options->given & OPTION_MAN)
		model_write_man(output->stream);
	else
		model_write_schema(output->stream);
	return EXIT_YES;
}
