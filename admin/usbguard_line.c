/* SPDX-License-Identifier: MIT */
/* usbguard_line.c - one line of USBGuard's rules.conf, taken apart. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "messages.h"
#include "usbguard.h"

static const char *const targets[USBGUARD_TARGETS] = {
	[USBGUARD_ALLOW] = "allow", [USBGUARD_BLOCK] = "block",	  [USBGUARD_REJECT] = "reject",
	[USBGUARD_MATCH] = "match", [USBGUARD_DEVICE] = "device",
};

static const char *const operators[USBGUARD_OPERATORS] = {
	[USBGUARD_EQUALS] = "equals",	[USBGUARD_EQUALS_ORDERED] = "equals-ordered",
	[USBGUARD_ALL_OF] = "all-of",	[USBGUARD_ONE_OF] = "one-of",
	[USBGUARD_NONE_OF] = "none-of", [USBGUARD_MATCH_ALL] = "match-all",
};

static const struct {
	const char *name;
	bool quoted; /* its values are strings */
} attributes[USBGUARD_ATTRIBUTES] = {
	[USBGUARD_ID] = { "id", false },
	[USBGUARD_NAME] = { "name", true },
	[USBGUARD_HASH] = { "hash", true },
	[USBGUARD_PARENT_HASH] = { "parent-hash", true },
	[USBGUARD_SERIAL] = { "serial", true },
	[USBGUARD_VIA_PORT] = { "via-port", true },
	[USBGUARD_CONNECT_TYPE] = { "with-connect-type", true },
	[USBGUARD_LABEL] = { "label", true },
	[USBGUARD_INTERFACE] = { "with-interface", false },
	[USBGUARD_IF] = { "if", false },
};

/* What is left of the line, and what was found wrong in it. */
struct cursor {
	char *at;
	const char *reason;
};

static int wrong(struct cursor *cursor, const char *reason)
{
	cursor->reason = reason;
	return -EINVAL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *cursor)
{
	while (is_blank(*cursor->at))
		cursor->at++;
}

static bool at_end(const struct cursor *cursor)
{
	return *cursor->at == '\0' || *cursor->at == '#';
}

/* The word that stands there, ended by a NUL of ours; "" where none does. */
static char *take_word(struct cursor *cursor)
{
	char *word = cursor->at;

	cursor->at += strcspn(word, " \t{}#\"");
	if (is_blank(*cursor->at))
		*cursor->at++ = '\0';
	return word;
}

/* Whether the whole word @name stands there; then it is taken. */
static bool take_name(struct cursor *cursor, const char *name)
{
	const size_t length = strlen(name);

	if (strncmp(cursor->at, name, length) != 0 ||
	    (cursor->at[length] && cursor->at[length] != '#' && !is_blank(cursor->at[length])))
		return false;
	cursor->at += length;
	skip_blanks(cursor);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One character of a string behind a backslash; USBGuard knows no other three. Returns how many
 * bytes it took, 0 where it is none. */
static size_t unescape(const char *at, char *ret)
{
	int high, low;

	if (at[0] == '"' || at[0] == '\\') {
		*ret = at[0];
		return 1;
	}
	high = at[0] == 'x' ? hex_digit(at[1]) : -1;
	low = high >= 0 ? hex_digit(at[2]) : -1;
	if (low < 0 || (high == 0 && low == 0))
		return 0;
	*ret = (char)(high * 16 + low);
	return 3;
}

/* The string that begins there, unescaped in its place. */
static int take_string(struct cursor *cursor, const char **ret)
{
	char *from = cursor->at + 1, *to = from;
	size_t taken;

	if (*cursor->at != '"')
		return wrong(cursor, _("a text in quotes is wanted"));
	*ret = from;
	while (*from && *from != '"') {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		taken = unescape(from + 1, to);
		if (taken == 0)
			return wrong(cursor, _("in a text only \\\", \\\\ and \\xHH are known"));
		to++;
		from += 1 + taken;
	}
	if (!*from)
		return wrong(cursor, _("a text without its second quote"));
	cursor->at = from + 1;
	*to = '\0';
	skip_blanks(cursor);
	return 0;
}

/* Conditions have arguments, with blanks and braces in them. */
static size_t bare_length(const char *at)
{
	size_t length = 0;
	bool inside = false;

	for (; at[length] && (inside || !strchr(" \t{}#\"", at[length])); length++)
		if (at[length] == '(')
			inside = true;
		else if (at[length] == ')')
			inside = false;
	return length;
}

/* A value that does not stand in quotes. What follows it is still to be looked at, so that it is
 * moved by one, over the blank or brace before it, to make room for its end. */
static int take_bare(struct cursor *cursor, const char **ret)
{
	char *word = cursor->at;
	const size_t length = bare_length(word);

	if (length == 0)
		return wrong(cursor, _("a value is missing"));
	memmove(word - 1, word, length);
	word[length - 1] = '\0';
	*ret = word - 1;
	cursor->at = word + length;
	skip_blanks(cursor);
	return 0;
}

static bool read_number(const char *text, size_t length, uint32_t *ret)
{
	char digits[5] = "";

	if (length == 1 && text[0] == '*') {
		*ret = USBGUARD_ANY;
		return true;
	}
	if (length != 4 || strspn(text, "0123456789abcdefABCDEF") < 4)
		return false;
	memcpy(digits, text, 4);
	*ret = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

bool usbguard_id_read(const char *text, struct usbguard_id *ret)
{
	const char *colon = strchr(text, ':');

	return colon && read_number(text, (size_t)(colon - text), &ret->vendor) &&
	       read_number(colon + 1, strlen(colon + 1), &ret->product) &&
	       (ret->vendor != USBGUARD_ANY || ret->product == USBGUARD_ANY);
}

static int check_value(struct cursor *cursor, enum usbguard_attribute attribute, const char *value)
{
	struct usbguard_interface interface;
	struct usbguard_id id;

	if (attribute == USBGUARD_INTERFACE && !usbguard_interface_read(value, &interface))
		return wrong(cursor, _("an interface is CC:SS:PP, CC:SS:* or CC:*:*"));
	if (attribute == USBGUARD_ID && !usbguard_id_read(value, &id))
		return wrong(cursor, _("an id is VVVV:PPPP, VVVV:* or *:*"));
	return 0;
}

static int take_value(struct cursor *cursor, enum usbguard_attribute attribute,
		      struct usbguard_values *values)
{
	const char *value;
	int r = attributes[attribute].quoted ? take_string(cursor, &value)
					     : take_bare(cursor, &value);

	if (r == 0)
		r = check_value(cursor, attribute, value);
	if (r < 0)
		return r;
	if (values->n == USBGUARD_VALUES_MAX)
		return wrong(cursor, _("too many values"));
	values->value[values->n++] = value;
	return 0;
}

static int take_set(struct cursor *cursor, enum usbguard_attribute attribute,
		    struct usbguard_values *values)
{
	int r = 0;

	cursor->at++;
	skip_blanks(cursor);
	while (r == 0 && *cursor->at != '}') {
		if (at_end(cursor))
			return wrong(cursor, _("a set without its }"));
		r = take_value(cursor, attribute, values);
	}
	if (r < 0)
		return r;
	if (values->n == 0)
		return wrong(cursor, _("an empty set"));
	cursor->at++;
	skip_blanks(cursor);
	return 0;
}

static int take_values(struct cursor *cursor, enum usbguard_attribute attribute,
		       struct usbguard_values *values)
{
	bool named = false;

	if (values->n > 0)
		return wrong(cursor, _("an attribute twice"));
	for (size_t i = 0; !named && i < USBGUARD_OPERATORS; i++) {
		named = take_name(cursor, operators[i]);
		if (named)
			values->relation = (enum usbguard_operator)i;
	}
	if (*cursor->at == '{')
		return take_set(cursor, attribute, values);
	if (named)
		return wrong(cursor, _("an operator is followed by { and }"));
	return take_value(cursor, attribute, values);
}

static int take_attribute(struct cursor *cursor, struct usbguard_rule *rule)
{
	for (size_t i = 0; i < USBGUARD_ATTRIBUTES; i++)
		if (take_name(cursor, attributes[i].name))
			return take_values(cursor, (enum usbguard_attribute)i, &rule->attribute[i]);
	return wrong(cursor, _("no such attribute"));
}

static int take_target(struct cursor *cursor, struct usbguard_rule *rule)
{
	const char *word;

	if (strchr(cursor->at, '\r'))
		return wrong(cursor, _("a carriage return: USBGuard refuses the whole file for it, "
				       "and then lets everything in"));
	word = take_word(cursor);
	skip_blanks(cursor);
	for (size_t i = 0; i < USBGUARD_TARGETS; i++)
		if (strcmp(word, targets[i]) == 0) {
			rule->target = (enum usbguard_target)i;
			return 0;
		}
	return wrong(cursor, _("a rule begins with allow, block or reject"));
}

/* The id may stand behind the target without its name. */
static bool is_bare_id(const struct cursor *cursor)
{
	const size_t length = strcspn(cursor->at, " \t{}#\"");

	return memchr(cursor->at, ':', length) != NULL;
}

int usbguard_read(char *line, struct usbguard_rule *ret, const char **reason)
{
	struct cursor cursor = { .at = line };
	struct usbguard_rule rule = { 0 };
	int r;

	skip_blanks(&cursor);
	if (at_end(&cursor))
		return 0;
	r = take_target(&cursor, &rule);
	if (r == 0 && is_bare_id(&cursor))
		r = take_value(&cursor, USBGUARD_ID, &rule.attribute[USBGUARD_ID]);
	while (r == 0 && !at_end(&cursor))
		r = take_attribute(&cursor, &rule);
	if (r < 0) {
		*reason = cursor.reason;
		return r;
	}
	*ret = rule;
	return 1;
}

void usbguard_print_text(FILE *stream, const char *text)
{
	fputc('"', stream);
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			fprintf(stream, "\\%c", *text);
		else if (*text >= ' ' && *text <= '~')
			fputc(*text, stream);
		else
			fprintf(stream, "\\x%02x", (unsigned)(unsigned char)*text);
	fputc('"', stream);
}
