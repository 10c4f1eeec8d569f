/* SPDX-License-Identifier: MIT */
/* scalars.c - read the values that stand alone. */
#include <errno.h>
#include <string.h>

#include "reader.h"
#include "words.h"

static void *field(const struct key *key, void *base)
{
	return (char *)base + key->offset;
}

/* model.c has already refused the numbers of other versions. */
int read_version(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	(void)key;
	(void)base;
	if (strcmp(node->text, "1") != 0)
		diag_fault(reader->diags, node->at, "'%s' is not a version; write 'sereno: 1'",
			   node->text);
	return 0;
}

int read_text(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	const char **text = field(key, base);

	if (!*node->text)
		diag_fault(reader->diags, node->at, "'%s' is empty; leave the key out", key->name);
	*text = node->text;
	return 0;
}

int read_count(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	uint32_t *count = field(key, base);
	const char *why;
	uint64_t number;

	if (word_number(node->text, key->min, key->max, &number, &why) < 0)
		diag_fault(reader->diags, node->at,
			   "%s: '%s' %s; it takes a number from %ju to %ju", key->name, node->text,
			   why, (uintmax_t)key->min, (uintmax_t)key->max);
	else
		*count = (uint32_t)number;
	return 0;
}

int read_duration(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	uint64_t *duration = field(key, base);
	const char *why;
	uint64_t seconds;

	if (word_duration(node->text, &seconds, &why) < 0)
		diag_fault(reader->diags, node->at, "%s: '%s' %s", key->name, node->text, why);
	else if (key->max && (seconds < key->min || seconds > key->max))
		diag_fault(reader->diags, node->at, "%s: '%s' is out of range; it takes %s",
			   key->name, node->text, key->unit);
	else
		*duration = seconds;
	return 0;
}

int read_duration_or(struct reader *reader, const struct key *key, const struct node *node,
		     void *base)
{
	uint64_t *duration = field(key, base);

	if (strcmp(node->text, key->words[0]) == 0)
		*duration = 0;
	else if (node->text[0] >= '0' && node->text[0] <= '9')
		return read_duration(reader, key, node, base);
	else
		diag_fault(reader->diags, node->at,
			   "%s: '%s' is neither %s nor a duration such as 15m", key->name,
			   node->text, key->words[0]);
	return 0;
}

static void add_no_choice(struct reader *reader, const struct key *key, const struct node *node)
{
	char list[128] = "";
	size_t n = 0, length = 0;
	const char *nearest;

	for (; key->words[n] && length < sizeof(list); n++)
		length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%s",
					   n > 0 ? ", " : "", key->words[n]);
	nearest = diag_nearest(node->text, key->words, n);
	if (nearest)
		diag_fault(reader->diags, node->at, "%s: '%s'; did you mean '%s'?", key->name,
			   node->text, nearest);
	else
		diag_fault(reader->diags, node->at, "%s: '%s' is none of %s", key->name, node->text,
			   list);
}

int read_choice(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	uint32_t *choice = field(key, base);

	for (uint32_t i = 0; key->words[i]; i++) {
		if (strcmp(node->text, key->words[i]) == 0) {
			*choice = i;
			return 0;
		}
	}
	add_no_choice(reader, key, node);
	return 0;
}

int read_issuer(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	const char **issuer = field(key, base);

	if (word_is_issuer(node->text))
		*issuer = node->text;
	else
		diag_fault(reader->diags, node->at,
			   "%s: '%s' must have 1 to %d bytes and no colon, which would end it on "
			   "the phone",
			   key->name, node->text, ISSUER_MAX);
	return 0;
}

int read_path(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	const char **path = field(key, base);

	if (word_is_path(node->text))
		*path = node->text;
	else
		diag_fault(reader->diags, node->at,
			   "%s: '%s' is not a full path such as /var/lib/sereno/blocklist",
			   key->name, node->text);
	return 0;
}

static int read_civil(struct reader *reader, const struct key *key, const struct node *node,
		      struct civil *ret, enum word_precision *ret_precision)
{
	const char *why;
	const int r = word_civil(node->text, ret, ret_precision, &why);

	if (r < 0)
		diag_fault(reader->diags, node->at, "%s: '%s' %s", key->name, node->text, why);
	return r;
}

int read_reviewed(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	enum word_precision precision;
	struct civil day;

	(void)base;
	if (read_civil(reader, key, node, &day, &precision) < 0)
		return 0;
	if (precision != WORD_DAY) {
		diag_fault(reader->diags, node->at, "%s: '%s' has a time; a day is enough",
			   key->name, node->text);
		return 0;
	}
	if (zone_utc(&reader->model->zone, day, CIVIL_EARLIER) > reader->now)
		diag_warn(reader->diags, node->at, "%s: %s has not come yet", key->name,
			  node->text);
	reader->model->document.reviewed = day;
	reader->model->document.has_reviewed = true;
	return 0;
}

/* Where the clock is set back, a time happens twice: the shorter validity is meant. */
int read_since(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	int64_t *since = field(key, base);
	enum word_precision precision;
	struct civil civil;

	if (read_civil(reader, key, node, &civil, &precision) == 0)
		*since = zone_utc(&reader->model->zone, civil, CIVIL_LATER);
	return 0;
}

int read_until(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	int64_t *until = field(key, base);
	enum word_precision precision;
	struct civil civil;

	if (read_civil(reader, key, node, &civil, &precision) < 0)
		return 0;
	if (precision == WORD_DAY)
		civil = word_next_day(civil);
	*until = zone_utc(&reader->model->zone, civil, CIVIL_EARLIER);
	return 0;
}

int read_switch(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	bool *on = field(key, base);

	if (strcmp(node->text, "yes") == 0)
		*on = true;
	else if (strcmp(node->text, "no") == 0)
		*on = false;
	else
		diag_fault(reader->diags, node->at, "%s: '%s' is neither yes nor no", key->name,
			   node->text);
	return 0;
}

int read_required(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	bool *required = field(key, base);

	if (strcmp(node->text, "required") != 0)
		diag_fault(reader->diags, node->at,
			   "%s: the only value is 'required', not '%s'; where none is asked for, "
			   "leave the key out",
			   key->name, node->text);
	else
		*required = true;
	return 0;
}

/* Before any date is read; where the name is faulty, dates are taken for UTC. */
int read_timezone(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	const char **name = field(key, base);
	const int r = zone_load(reader->root, node->text, reader->now, &reader->model->zone);

	if (r == -ENOENT)
		diag_fault(reader->diags, node->at,
			   "there is no time zone '%s'; they are the files below "
			   "/usr/share/zoneinfo, as Europe/Madrid",
			   node->text);
	else if (r == -EINVAL)
		diag_fault(reader->diags, node->at,
			   "'%s' is not the name of a time zone; they are as Europe/Madrid",
			   node->text);
	else if (r == -ENOMEM)
		return r;
	else if (r < 0)
		diag_fault(reader->diags, node->at, "the time zone '%s' cannot be used: %s",
			   node->text, strerror(-r));
	*name = node->text;
	return 0;
}

bool check_account(struct reader *reader, const char *what, const struct node *node)
{
	if (word_is_account(node->text))
		return true;
	diag_fault(reader->diags, node->at, "'%s' cannot be the name of %s", node->text, what);
	return false;
}

int read_account(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	struct name *name = field(key, base);

	if (check_account(reader, "an account", node))
		*name = (struct name){ node->text, node->at };
	return 0;
}
