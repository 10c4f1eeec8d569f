/* SPDX-License-Identifier: MIT */
/* manual.c - the key table as man page source. */
#include <inttypes.h>

#include <sereno/scoped.h>

#include "keys.h"

/* clang-format off */
static const char *const kinds[KEY_TYPES] = {
	[KEY_VERSION]          = "the number 1",
	[KEY_TEXT]             = "text, at most 255 bytes",
	[KEY_COUNT]            = "a number",
	[KEY_DURATION]         = "a duration: 90s, 15m, 8h, 45d or 1y (365d); one unit",
	[KEY_REVIEWED]         = "a day: 2026-12-31",
	[KEY_SINCE]            = "a day, 2026-12-31, or a minute, 2026-12-31T18:00",
	[KEY_UNTIL]            = "a day, 2026-12-31, or a minute, 2026-12-31T18:00",
	[KEY_SWITCH]           = "yes or no",
	[KEY_REQUIRED]         = "the word required",
	[KEY_TIMEZONE]         = "a time zone of /usr/share/zoneinfo",
	[KEY_ACCOUNT]          = "a user name",
	[KEY_DURATION_OR]      = "a duration or the word",
	[KEY_CHOICE]           = "the word",
	[KEY_NAME]             = "a name: letters, digits, . _ - from a letter on, at most 64",
	[KEY_NUMBER16]         = "four hexadecimal digits in quotes: '0951'",
	[KEY_KIND]             = "a word for a kind",
	[KEY_ISSUER]           = "text, at most 64 bytes, without a colon",
	[KEY_PATH]             = "the full path of a file",
	[KEY_OBSERVE]          = "a list of the words roles, root, accounts, attempts, password, second-factor, media, all",
	[KEY_MOUNT_OPTIONS]    = "a list of the words noexec, nosuid, nodev",
	[KEY_WORDS]            = "a list of words, each of 3 to 63 bytes",
	[KEY_ACCOUNTS]         = "a list of user names",
	[KEY_GROUPS]           = "a list of Unix groups",
	[KEY_ROLE_NAMES]       = "a list of roles",
	[KEY_SECRETS]          = "a list of names, as of roles",
	[KEY_HOLDERS]          = "a list of roles and the word system, not empty",
	[KEY_SERIALS]          = "a list of serial numbers, not empty",
	[KEY_SERVICES]         = "a list of PAM services and names of services:, not empty",
	[KEY_SERVICE_ELEMENTS] = "a list of PAM services",
	[KEY_HOSTS]            = "a list of host names, patterns and names of hosts:, not empty",
	[KEY_HOST_ELEMENTS]    = "a list of host names and patterns",
	[KEY_HOURS]            = "a list of hours and names of times:, not empty",
	[KEY_TIMES_ELEMENTS]   = "a list of hours: Mon-Fri 07:00-21:00, Mon,Wed 08:00-12:00, Sat, 22:00-06:00",
	[KEY_FROM]             = "a list of origins, not empty",
	[KEY_ORIGIN_ELEMENTS]  = "a list of addresses, networks and the words seat, serial, jobs",
	[KEY_LINES]            = "a list of origins; not jobs, which is no login",
	[KEY_BLOCK]            = "a block of keys",
	[KEY_OWN_BLOCK]        = "a block of keys",
	[KEY_TABLE]            = "names, each with a value",
	[KEY_RULES]            = "a list of rules, each a block of keys",
	[KEY_DEVICE_RULES]     = "a list of rules, each a block of keys",
};
/* clang-format on */

/* Text for troff: a minus that can be pasted, no accidental requests or escapes. */
static void write_text(FILE *out, const char *text)
{
	bool line_begins = true;

	for (const char *c = text; *c; c++) {
		if (line_begins && (*c == '.' || *c == '\''))
			fputs("\\&", out);
		if (*c == '-')
			fputs("\\-", out);
		else if (*c == '\\')
			fputs("\\e", out);
		else if (*c == '\'')
			fputs("\\(aq", out);
		else
			putc(*c, out);
		line_begins = *c == '\n';
	}
}

static void write_words(FILE *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		fputs(i == 0 ? " " : words[i + 1] ? ", " : " or ", out);
		write_text(out, words[i]);
	}
}

static void write_bounds(FILE *out, const struct key *key)
{
	if (key->words)
		write_words(out, key->words);
	if (key->type == KEY_COUNT)
		fprintf(out, " (%s) from %ju to %ju", key->unit, (uintmax_t)key->min,
			(uintmax_t)key->max);
	else if (key->type == KEY_DURATION || key->type == KEY_DURATION_OR)
		fprintf(out, ", %s", key->unit ? key->unit : "at most 100y");
	if (key->presence == KEY_MANDATORY)
		fputs("; required", out);
	if (key->standard) {
		fputs("; left out: ", out);
		write_text(out, key->standard);
	}
}

static void write_example(FILE *out, const char *example)
{
	if (!example)
		return;
	fputs(".IP\n.EX\n", out);
	write_text(out, example);
	fputs("\n.EE\n", out);
}

static void write_key(FILE *out, const struct key *key)
{
	fputs(".TP\n.B ", out);
	write_text(out, key->name);
	fputs("\n.RI ( ", out);
	putc('"', out);
	write_text(out, kinds[key->type]);
	write_bounds(out, key);
	fputs("\" )\n.br\n", out);
	write_text(out, key->about);
	putc('\n', out);
	if (key->type == KEY_TABLE && key->table->value->type != KEY_BLOCK) {
		fputs(".br\nEach: ", out);
		write_text(out, kinds[key->table->value->type]);
		fputs(".\n", out);
	}
	write_example(out, key->example);
}

void model_write_man(FILE *out)
{
	const struct block *blocks[BLOCKS_MAX];
	const size_t n = keys_list_blocks(blocks);

	for (size_t i = 0; i < n; i++) {
		fputs(".SS ", out);
		write_text(out, blocks[i]->title);
		putc('\n', out);
		write_text(out, blocks[i]->about);
		putc('\n', out);
		for (size_t k = 0; k < blocks[i]->n; k++)
			write_key(out, &blocks[i]->keys[k]);
	}
}
