/* SPDX-License-Identifier: MIT */
/* siblings.c - entries of one map or list that say the same twice. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "siblings.h"

static int compare_marks(struct mark a, struct mark b)
{
	if (a.line != b.line)
		return a.line < b.line ? -1 : 1;
	return (a.column > b.column) - (a.column < b.column);
}

static int compare_keys(const void *left, const void *right)
{
	const struct node *const *a = left, *const *b = right;
	const int order = strcmp((*a)->key, (*b)->key);

	return order ? order : compare_marks((*a)->key_at, (*b)->key_at);
}

static int compare_items(const void *left, const void *right)
{
	const struct node *const *a = left, *const *b = right;
	const int order = strcmp((*a)->text, (*b)->text);

	return order ? order : compare_marks((*a)->at, (*b)->at);
}

/* The children of @node that can be compared, sorted by @compare. Returns how many in *@ret_n. */
static int sort_children(const struct node *node, int (*compare)(const void *, const void *),
			 struct node ***ret, size_t *ret_n)
{
	struct node **sorted = reallocarray(NULL, node->n, sizeof(struct node *));
	size_t n = 0;

	if (!sorted)
		return -ENOMEM;
	for (struct node *child = node->first; child; child = child->next) {
		if (child->key && !*child->key)
			child->kind = NODE_VOID;
		else if (child->key || child->kind == NODE_SCALAR)
			sorted[n++] = child;
	}
	qsort(sorted, n, sizeof(struct node *), compare);
	*ret = sorted;
	*ret_n = n;
	return 0;
}

int siblings_check_keys(const struct node *node, struct diag_list *diags)
{
	scoped_free struct node **sorted = NULL;
	const struct node *first;
	size_t n;
	int r;

	if (!node->n)
		return 0;
	r = sort_children(node, compare_keys, &sorted, &n);
	if (r < 0)
		return r;
	first = n ? sorted[0] : NULL;
	for (size_t i = 1; i < n; i++) {
		if (strcmp(first->key, sorted[i]->key) != 0) {
			first = sorted[i];
			continue;
		}
		diag_fault(diags, sorted[i]->key_at, "the key '%s' is already given on line %u",
			   first->key, first->key_at.line);
		sorted[i]->kind = NODE_VOID;
	}
	return 0;
}

int siblings_check_items(const struct node *node, struct diag_list *diags)
{
	scoped_free struct node **sorted = NULL;
	const struct node *first;
	size_t n;
	int r;

	if (node->n < 2)
		return 0;
	r = sort_children(node, compare_items, &sorted, &n);
	if (r < 0)
		return r;
	first = n ? sorted[0] : NULL;
	for (size_t i = 1; i < n; i++) {
		if (strcmp(first->text, sorted[i]->text) != 0) {
			first = sorted[i];
			continue;
		}
		diag_warn(diags, sorted[i]->at, "'%s' is already in this list, on line %u",
			  first->text, first->at.line);
		sorted[i]->kind = NODE_VOID;
	}
	return 0;
}
