/* SPDX-License-Identifier: MIT */
/* hours.c - read lists of days and hours. */
#include <errno.h>

#include "reader.h"
#include "siblings.h"
#include "words.h"

static int add_too_many(struct reader *reader, const struct node *node)
{
	return diag_fault(reader->diags, node->at, "more than %d separate spans of a week",
			  CALENDAR_MAX);
}

/* Add the hours written in @node to @calendar. Returns 0 or -EINVAL. */
static int add_literal(struct reader *reader, const struct node *node, struct calendar *calendar)
{
	struct word_hours hours;
	const char *why;

	if (word_hours(node->text, &hours, &why) < 0)
		return diag_fault(reader->diags, node->at, "hours: '%s' %s", node->text, why);
	if (calendar_add(calendar, hours.days, hours.start, hours.end) < 0)
		return add_too_many(reader, node);
	return 0;
}

static int add_named(struct reader *reader, const struct node *node, struct calendar *calendar)
{
	const ptrdiff_t found = reader_refer(reader, LOOKUP_TIMES, node->text);
	const char *nearest;

	if (found >= 0)
		return calendar_join(calendar, &reader->model->times[found].calendar) < 0
			       ? add_too_many(reader, node)
			       : 0;
	if (reader->unsure[LOOKUP_TIMES])
		return -EINVAL;
	nearest = reader_nearest(reader, LOOKUP_TIMES, node->text);
	if (nearest)
		return diag_fault(reader->diags, node->at,
				  "there is no '%s' in times:; did you mean '%s'?", node->text,
				  nearest);
	return diag_fault(reader->diags, node->at,
			  "'%s' is neither in times: nor hours such as Mon-Fri 07:00-21:00",
			  node->text);
}

/* Whether the item @node of a list of hours may be looked at; a fault if not. */
static bool check_shape(struct reader *reader, const struct node *node)
{
	if (node->kind == NODE_LIST || node->kind == NODE_MAP)
		diag_fault(reader->diags, node->at, "a list within a list is not used here");
	return node->kind == NODE_SCALAR;
}

static int check_list(struct reader *reader, const struct node *node)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no hours: it is never time; leave the key out for always");
	return siblings_check_items(node, reader->diags);
}

int read_hours(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	struct rule *rule = base;
	struct names names = { 0 };
	int r = check_list(reader, node);

	(void)key;
	if (r < 0)
		return r;
	names.item = arena_array(reader->arena, node->n, sizeof(*names.item));
	if (!names.item)
		return -ENOMEM;
	for (const struct node *child = node->first; child; child = child->next) {
		if (!check_shape(reader, child))
			continue;
		r = word_looks_like_hours(child->text) ? add_literal(reader, child, &rule->calendar)
						       : add_named(reader, child, &rule->calendar);
		if (r == 0)
			names.item[names.n++] = (struct name){ child->text, child->at };
	}
	rule->hours = names;
	return 0;
}

int read_times_elements(struct reader *reader, const struct key *key, const struct node *node,
			void *base)
{
	struct named_times *times = base;
	int r = check_list(reader, node);

	(void)key;
	if (r < 0)
		return r;
	for (const struct node *child = node->first; child; child = child->next) {
		if (!check_shape(reader, child))
			continue;
		if (word_looks_like_hours(child->text))
			(void)add_literal(reader, child, &times->calendar); /* said already */
		else
			diag_fault(
				reader->diags, child->at,
				"'%s' is not hours such as Mon-Fri 07:00-21:00; names do not nest",
				child->text);
	}
	return 0;
}
