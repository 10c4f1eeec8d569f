/* SPDX-License-Identifier: MIT */
/* hours.c - read lists of days and hours. */
#include <errno.h>

#include "reader.h"
#include "words.h"

static int add_too_many(struct reader *reader, const struct name *name)
{
	return diag_fault(reader->diags, name->at, "more than %d separate spans of a week",
			  CALENDAR_MAX);
}

/* Add the hours written in @node to @calendar. Returns 0 or -EINVAL. */
static int add_literal(struct reader *reader, const struct name *name, struct calendar *calendar)
{
	struct word_hours hours;
	const char *why;

	if (word_hours(name->text, &hours, &why) < 0)
		return diag_fault(reader->diags, name->at, "hours: '%s' %s", name->text, why);
	if (calendar_add(calendar, hours.days, hours.start, hours.end) < 0)
		return add_too_many(reader, name);
	return 0;
}

static int add_named(struct reader *reader, const struct name *name, struct calendar *calendar)
{
	const ptrdiff_t found = reader_refer(reader, LOOKUP_TIMES, name->text);
	const char *nearest;

	if (found >= 0)
		return calendar_join(calendar, &reader->model->times[found].calendar) < 0
			       ? add_too_many(reader, name)
			       : 0;
	if (reader->unsure[LOOKUP_TIMES])
		return -EINVAL;
	nearest = reader_nearest(reader, LOOKUP_TIMES, name->text);
	if (nearest)
		return diag_fault(reader->diags, name->at,
				  "there is no '%s' in times:; did you mean '%s'?", name->text,
				  nearest);
	return diag_fault(reader->diags, name->at,
			  "'%s' is neither in times: nor hours such as Mon-Fri 07:00-21:00",
			  name->text);
}

/* The item may be anything that is no list: what it means is found out below. */
static bool check_any(struct reader *reader, const struct node *node)
{
	(void)reader;
	(void)node;
	return true;
}

static int read_spans(struct reader *reader, const struct node *node, struct names *ret)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no hours: it is never time; leave the key out for always");
	return read_names(reader, node, check_any, ret);
}

int read_hours(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	struct rule *rule = base;
	const int r = read_spans(reader, node, &rule->hours);

	(void)key;
	for (size_t i = 0; r == 0 && i < rule->hours.n; i++) {
		const struct name *name = &rule->hours.item[i];

		if (word_looks_like_hours(name->text))
			(void)add_literal(reader, name, &rule->calendar); /* said already */
		else
			(void)add_named(reader, name, &rule->calendar);
	}
	return r;
}

int read_times_elements(struct reader *reader, const struct key *key, const struct node *node,
			void *base)
{
	struct named_times *times = base;
	struct names names = { 0 };
	const int r = read_spans(reader, node, &names);

	(void)key;
	for (size_t i = 0; r == 0 && i < names.n; i++) {
		const struct name *name = &names.item[i];

		if (word_looks_like_hours(name->text))
			(void)add_literal(reader, name, &times->calendar); /* said already */
		else
			diag_fault(
				reader->diags, name->at,
				"'%s' is not hours such as Mon-Fri 07:00-21:00; names do not nest",
				name->text);
	}
	return r;
}
