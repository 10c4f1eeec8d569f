/* SPDX-License-Identifier: MIT */
/* written.c - the names that the roles' lists of one kind have, sorted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "written.h"

void written_clear(struct written_list *list)
{
	free(list->item);
}

static int compare_written(const void *first, const void *second)
{
	const struct written *a = first, *b = second;
	const int order = strcmp(a->name->text, b->name->text);

	if (order != 0)
		return order;
	if (a->name->at.line != b->name->at.line)
		return a->name->at.line < b->name->at.line ? -1 : 1;
	return (a->name->at.column > b->name->at.column) -
	       (a->name->at.column < b->name->at.column);
}

int written_gather(const struct model *model, const struct names *(*pick)(const struct role *),
		   struct written_list *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < model->n_roles; i++)
		n += pick(&model->roles[i])->n;
	ret->item = calloc(n + 1, sizeof(*ret->item));
	if (!ret->item)
		return -ENOMEM;
	for (size_t i = 0; i < model->n_roles; i++) {
		const struct names *names = pick(&model->roles[i]);

		for (size_t j = 0; j < names->n; j++)
			ret->item[ret->n++] =
				(struct written){ .name = &names->item[j], .role = (uint32_t)i };
	}
	if (ret->n > 1)
		qsort(ret->item, ret->n, sizeof(*ret->item), compare_written);
	return 0;
}

bool written_first(const struct written_list *list, size_t index)
{
	return index == 0 ||
	       strcmp(list->item[index - 1].name->text, list->item[index].name->text) != 0;
}
