/* SPDX-License-Identifier: MIT */
/* compile_alike.c - find roles with so many rules for one service and origin that logins wait. */
#include <errno.h>
#include <stdlib.h>

#include <sereno/scoped.h>

#include "compile.h"

#define ALIKE_MAX 1000 /* a login looks at each of them: some microseconds in all */

/* The (service, origin) pairs of one role, once for each rule. */
struct cells {
	uint64_t *item;
	size_t n, allocated;
};

static void cells_clear(struct cells *cells)
{
	free(cells->item);
}

static int cells_add(struct cells *cells, uint64_t cell)
{
	const size_t wanted = cells->allocated ? 2 * cells->allocated : 4096;
	uint64_t *item;

	if (cells->n == cells->allocated) {
		item = reallocarray(cells->item, wanted, sizeof(*item));
		if (!item)
			return -ENOMEM;
		cells->item = item;
		cells->allocated = wanted;
	}
	cells->item[cells->n++] = cell;
	return 0;
}

static int add_rule(const struct compilation *compilation, const struct rule *rule,
		    struct cells *cells)
{
	scoped(id_set_clear) struct id_set services = { 0 }, origins = { 0 };
	int r = selectors_of_services(compilation, &rule->services, &services);

	if (r == 0)
		r = selectors_of_from(compilation, &rule->from, &origins);
	for (size_t i = 0; i < services.n; i++)
		for (size_t j = 0; r == 0 && j < origins.n; j++)
			r = cells_add(cells, (uint64_t)services.id[i] << 32 | origins.id[j]);
	return r;
}

static int compare(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static size_t longest_run(const struct cells *cells)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < cells->n; i++) {
		run = i > 0 && cells->item[i] == cells->item[i - 1] ? run + 1 : 1;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* The @n rules from @placed on are those of one role. */
static int check_role(const struct compilation *compilation, const struct placed_rule *placed,
		      size_t n)
{
	const struct role *role = &compilation->model->roles[placed->role];
	scoped(cells_clear) struct cells cells = { 0 };
	size_t alike;
	int r = 0;

	if (n <= ALIKE_MAX)
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_rule(compilation, placed[i].rule, &cells);
	if (r < 0)
		return r;
	if (cells.n > 0)
		qsort(cells.item, cells.n, sizeof(*cells.item), compare);
	alike = longest_run(&cells);
	if (alike > ALIKE_MAX)
		diag_warn(compilation->diags, role->name.at,
			  "%zu rules of '%s' are for the same service and origin, and every such "
			  "login looks at all of them: join those that differ in hours: alone",
			  alike, role->name.text);
	return 0;
}

int compile_warn_alike(const struct compilation *compilation)
{
	const struct placed_rule *placed = compilation->placed;
	size_t next;
	int r = 0;

	for (size_t i = 0; r == 0 && i < compilation->n_placed; i = next) {
		for (next = i + 1;
		     next < compilation->n_placed && placed[next].role == placed[i].role;)
			next++;
		r = check_role(compilation, &placed[i], next - i);
	}
	return r;
}
