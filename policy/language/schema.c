/* SPDX-License-Identifier: MIT */
/* schema.c - the key table as a JSON Schema, for editors. */
#include <inttypes.h>

#include <sereno/scoped.h>

#include "keys.h"

/* clang-format off */
#define DATE "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
#define TIME "([01][0-9]|2[0-3]):[0-5][0-9]"
#define DAY "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
#define DAYS DAY "(-" DAY ")?(," DAY "(-" DAY ")?)*"
#define SPAN TIME "-(" TIME "|24:00)"
#define HOURS "(" DAYS "( " SPAN ")?|" SPAN ")"
#define NAME "[A-Za-z][A-Za-z0-9._-]{0,63}"
#define ACCOUNT "[^- :/,]([^:/,]*[^ :/,])?"

enum shape { ONE, LIST, NOT_EMPTY };

/* What a value of each type, or an item of its list, looks like. A scalar that YAML reads as a
 * number or a boolean is one to an editor, too. */
static const struct {
	enum shape shape;
	const char *json;
} forms[KEY_TYPES] = {
	[KEY_VERSION]          = { ONE, "\"const\": 1" },
	[KEY_TEXT]             = { ONE, "\"type\": [\"string\", \"number\"], \"minLength\": 1, \"maxLength\": 255" },
	[KEY_COUNT]            = { ONE, "\"type\": \"integer\"" },
	[KEY_DURATION]         = { ONE, "\"type\": \"string\", \"pattern\": \"^[1-9][0-9]*[smhdy]$\"" },
	[KEY_REVIEWED]         = { ONE, "\"type\": \"string\", \"pattern\": \"^" DATE "$\"" },
	[KEY_SINCE]            = { ONE, "\"type\": \"string\", \"pattern\": \"^" DATE "(T" TIME ")?$\"" },
	[KEY_UNTIL]            = { ONE, "\"type\": \"string\", \"pattern\": \"^" DATE "(T" TIME ")?$\"" },
	[KEY_SWITCH]           = { ONE, "\"enum\": [\"yes\", \"no\", true, false]" },
	[KEY_REQUIRED]         = { ONE, "\"const\": \"required\"" },
	[KEY_TIMEZONE]         = { ONE, "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_+/-]+$\"" },
	[KEY_ACCOUNT]          = { ONE, "\"type\": [\"string\", \"number\"], \"pattern\": \"^" ACCOUNT "$\"" },
	[KEY_DURATION_OR]      = { ONE, "\"type\": \"string\"" },
	[KEY_CHOICE]           = { ONE, "\"type\": \"string\"" },
	[KEY_NAME]             = { ONE, "\"type\": \"string\", \"pattern\": \"^" NAME "$\"" },
	[KEY_NUMBER16]         = { ONE, "\"type\": \"string\", \"pattern\": \"^[0-9A-Fa-f]{4}$\"" },
	[KEY_KIND]             = { ONE, "\"enum\": [\"storage\", \"optical\", \"phone\", \"network\", \"serial\", "
		"\"unknown\", \"input\", \"other\", \"hub\", \"keyboard\", \"pointer\", \"debug\", \"audio\", "
		"\"video\", \"printer\", \"smart-card\", \"vendor\", \"unlisted\"]" },
	[KEY_ISSUER]           = { ONE, "\"type\": [\"string\", \"number\"], \"pattern\": \"^[^:]{1,64}$\"" },
	[KEY_PATH]             = { ONE, "\"type\": \"string\", \"pattern\": \"^/[^/]+(/[^/]+)*$\"" },
	[KEY_OBSERVE]          = { LIST, "\"enum\": [\"roles\", \"root\", \"accounts\", \"attempts\", \"password\", \"second-factor\", \"media\", \"all\"]" },
	[KEY_MOUNT_OPTIONS]    = { LIST, "\"enum\": [\"noexec\", \"nosuid\", \"nodev\"]" },
	[KEY_WORDS]            = { LIST, "\"type\": [\"string\", \"number\"], \"minLength\": 3, \"maxLength\": 63" },
	[KEY_ACCOUNTS]         = { LIST, "\"type\": [\"string\", \"number\"], \"pattern\": \"^" ACCOUNT "$\"" },
	[KEY_GROUPS]           = { LIST, "\"type\": [\"string\", \"number\"], \"pattern\": \"^" ACCOUNT "$\"" },
	[KEY_ROLE_NAMES]       = { LIST, "\"type\": \"string\", \"pattern\": \"^" NAME "$\"" },
	[KEY_SECRETS]          = { LIST, "\"type\": \"string\", \"pattern\": \"^" NAME "$\"" },
	[KEY_HOLDERS]          = { NOT_EMPTY, "\"type\": \"string\", \"pattern\": \"^" NAME "$\"" },
	[KEY_SERIALS]          = { NOT_EMPTY, "\"type\": [\"string\", \"number\"], \"minLength\": 4" },
	[KEY_SERVICES]         = { NOT_EMPTY, "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_-][A-Za-z0-9._-]*$\"" },
	[KEY_SERVICE_ELEMENTS] = { LIST, "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_-][A-Za-z0-9._-]*$\"" },
	[KEY_HOSTS]            = { NOT_EMPTY, "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9.*?_-]+$\"" },
	[KEY_HOST_ELEMENTS]    = { LIST, "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9.*?-]+$\"" },
	[KEY_HOURS]            = { NOT_EMPTY, "\"type\": \"string\", \"pattern\": \"^(" HOURS "|" NAME ")$\"" },
	[KEY_TIMES_ELEMENTS]   = { NOT_EMPTY, "\"type\": \"string\", \"pattern\": \"^" HOURS "$\"" },
	[KEY_FROM]             = { NOT_EMPTY, "\"type\": \"string\", \"pattern\": \"^([0-9A-Fa-f.:/]+|" NAME ")$\"" },
	[KEY_ORIGIN_ELEMENTS]  = { LIST, "\"type\": \"string\", \"pattern\": \"^([0-9A-Fa-f.:/]+|seat|serial|jobs)$\"" },
	[KEY_LINES]            = { LIST, "\"type\": \"string\", \"pattern\": \"^([0-9A-Fa-f.:/]+|" NAME ")$\"" },
};
/* clang-format on */

/* The table's own texts have no character that JSON escapes but the quotes and the line feed. */
static void write_text(FILE *out, const char *text)
{
	putc('"', out);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', out);
		if (*c == '\n')
			fputs("\\n", out);
		else
			putc(*c, out);
	}
	putc('"', out);
}

static void write_reference(FILE *out, const struct block *block)
{
	fputs("\"$ref\": \"#/$defs/", out);
	fprintf(out, "%s\"", block->title);
}

static void write_choices(FILE *out, const char *const *words)
{
	fputs(", \"enum\": [", out);
	for (size_t i = 0; words[i]; i++)
		fprintf(out, "%s\"%s\"", i > 0 ? ", " : "", words[i]);
	putc(']', out);
}

static void write_form(FILE *out, const struct key *key)
{
	if (forms[key->type].shape != ONE) {
		fputs("\"type\": \"array\", ", out);
		if (forms[key->type].shape == NOT_EMPTY)
			fputs("\"minItems\": 1, ", out);
		fprintf(out, "\"items\": {%s}", forms[key->type].json);
		return;
	}
	fputs(forms[key->type].json, out);
	if (key->type == KEY_DURATION_OR)
		fprintf(out, ", \"pattern\": \"^([1-9][0-9]*[smhdy]|%s)$\"", key->words[0]);
	if (key->type == KEY_CHOICE)
		write_choices(out, key->words);
	if (key->type == KEY_COUNT)
		fprintf(out, ", \"minimum\": %ju, \"maximum\": %ju", (uintmax_t)key->min,
			(uintmax_t)key->max);
}

static void write_value(FILE *out, const struct key *key)
{
	if (key->type == KEY_BLOCK || key->type == KEY_OWN_BLOCK) {
		write_reference(out, key->block);
	} else if (key->type == KEY_RULES || key->type == KEY_DEVICE_RULES) {
		fputs("\"type\": \"array\", \"items\": {", out);
		write_reference(out, key->block);
		putc('}', out);
	} else {
		write_form(out, key);
	}
}

static void write_key(FILE *out, const struct key *key)
{
	fputs("\t\t\t\t", out);
	write_text(out, key->name);
	fputs(": {\"description\": ", out);
	write_text(out, key->about);
	fputs(", ", out);
	if (key->type == KEY_TABLE) {
		fputs("\"type\": \"object\", \"propertyNames\": {\"pattern\": \"^" NAME
		      "$\"}, \"additionalProperties\": {\"description\": ",
		      out);
		write_text(out, key->table->value->about);
		fputs(", ", out);
		write_value(out, key->table->value);
		putc('}', out);
	} else {
		write_value(out, key);
	}
	putc('}', out);
}

static void write_required(FILE *out, const struct block *block)
{
	const char *separator = "";

	fputs("\t\t\t\"required\": [", out);
	for (size_t i = 0; i < block->n; i++) {
		if (block->keys[i].presence != KEY_MANDATORY)
			continue;
		fprintf(out, "%s\"%s\"", separator, block->keys[i].name);
		separator = ", ";
	}
	fputs("],\n", out);
}

static void write_block(FILE *out, const struct block *block)
{
	fprintf(out, "\t\t\"%s\": {\n\t\t\t\"description\": ", block->title);
	write_text(out, block->about);
	fputs(",\n\t\t\t\"type\": \"object\",\n\t\t\t\"additionalProperties\": false,\n", out);
	write_required(out, block);
	fputs("\t\t\t\"properties\": {\n", out);
	for (size_t i = 0; i < block->n; i++) {
		write_key(out, &block->keys[i]);
		fputs(i + 1 < block->n ? ",\n" : "\n", out);
	}
	fputs("\t\t\t}\n\t\t}", out);
}

void model_write_schema(FILE *out)
{
	const struct block *blocks[BLOCKS_MAX];
	const size_t n = keys_list_blocks(blocks);

	fputs("{\n"
	      "\t\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	      "\t\"title\": \"sereno policy\",\n\t",
	      out);
	write_reference(out, &block_policy);
	fputs(",\n\t\"$defs\": {\n", out);
	for (size_t i = 0; i < n; i++) {
		write_block(out, blocks[i]);
		fputs(i + 1 < n ? ",\n" : "\n", out);
	}
	fputs("\t}\n}\n", out);
}
