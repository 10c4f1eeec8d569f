/* SPDX-License-Identifier: MIT */
/* compile_grant.c - for each user the groups of the roles that name him, found in one look. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "compile.h"

static int compare_texts(const void *first, const void *second)
{
	const char *const *a = first, *const *b = second;

	return strcmp(*a, *b);
}

/* The names, sorted; *@ret is the caller's. */
static int sort_names(const struct names *names, const char ***ret)
{
	const char **texts = calloc(names->n + 1, sizeof(*texts));

	if (!texts)
		return -ENOMEM;
	for (size_t i = 0; i < names->n; i++)
		texts[i] = names->item[i].text;
	if (names->n > 1)
		qsort(texts, names->n, sizeof(*texts), compare_texts);
	*ret = texts;
	return 0;
}

int compile_grant(struct compilation *compilation, uint32_t id, const struct role_fact *role)
{
	const struct names *members = &compilation->model->roles[id].members;
	const struct names *except = &compilation->model->roles[id].except;
	const struct grant_fact grant = {
		.depends = role->excludes.n > 0,
		.valid = role->valid,
		.gives = compilation->given_by[id],
	};
	scoped_free const char **excepted = NULL;
	int r;

	if (grant.gives.n == 0)
		return 0;
	r = sort_names(except, &excepted);
	for (size_t i = 0; r == 0 && i < members->n; i++) {
		const char *user = members->item[i].text;

		if (except->n > 0 &&
		    bsearch(&user, excepted, except->n, sizeof(*excepted), compare_texts))
			continue;
		encode_grant(&compilation->item, &grant);
		multimap_add(&compilation->tables[TABLE_GRANTS], user, strlen(user),
			     &compilation->item);
	}
	return r;
}
