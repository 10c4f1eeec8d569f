/* SPDX-License-Identifier: MIT */
/* media.c - sereno media: a table of what follows it. */
#include "media.h"

#include <string.h>

#include <sereno/diag.h>
#include <sereno/scoped.h>

#include "escape.h"

static const struct action {
	const char *name;
	enum exit_status (*run)(const struct options *options, const struct output *output);
	unsigned options;  /* beside --root */
	unsigned operands; /* at most, behind its name */
} actions[] = {
	/* clang-format off */
	{ "list", media_list, OPTION_JSON, 0 },
	{ "explain", media_explain, OPTION_JSON | OPTION_USER | OPTION_AT, 1 },
	{ "watch", media_watch, OPTION_JSON, 0 },
	{ "pending", media_pending, OPTION_JSON, 0 },
	{ "approve", media_approve, OPTION_USER | OPTION_FOR | OPTION_READ_ONLY | OPTION_REASON, 1 },
	{ "deny", media_deny, OPTION_REASON, 1 },
	{ "revoke", media_revoke, OPTION_REASON, 1 },
	{ "grants", media_grants, OPTION_JSON | OPTION_ENDED, 0 },
	{ "import", media_import, OPTION_DRY_RUN, 1 },
	{ "export", media_export, 0, 0 },
	{ "boot", media_boot, OPTION_DRY_RUN, 1 },
	/* clang-format on */
};

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(name, actions[i].name) == 0)
			return &actions[i];
	return NULL;
}

static enum exit_status unknown_action(const char *name)
{
	const char *names[ARRAY_SIZE(actions)];
	char buffer[ESCAPE_MAX];
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		names[i] = actions[i].name;
	near = diag_nearest(name, names, ARRAY_SIZE(names));
	if (near)
		return complain(EXIT_USAGE, _("sereno media has no %s; did you mean %s?"),
				escape(buffer, name), near);
	return complain(EXIT_USAGE, _("sereno media has no %s: sereno help media"),
			escape(buffer, name));
}

enum exit_status media_run(const struct options *options, const struct output *output)
{
	const struct action *action = find_action(options->operand);
	const unsigned given = options->given & ~(unsigned)(OPTION_ROOT | OPTION_HELP);
	char buffer[ESCAPE_MAX];

	if (!action)
		return unknown_action(options->operand);
	if (given & ~action->options)
		return complain(EXIT_USAGE,
				_("%s does not take all of these options: sereno help media"),
				action->name);
	if (options->second && action->operands == 0)
		return complain(EXIT_USAGE, _("one word too many: %s"),
				escape(buffer, options->second));
	return action->run(options, output);
}
