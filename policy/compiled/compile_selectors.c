/* SPDX-License-Identifier: MIT */
/*
 * compile_selectors.c - numbers for what from: and services: lists name.
 *
 * Every distinct entry gets an id, and a table says for an element (a line, a network, a PAM
 * service) which ids contain it. A login then asks for its own ids, and rules are found by id:
 * neither depends on how many rules or networks there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/service.h>

#include "compile.h"

static uint32_t id_of_named_origin(size_t index)
{
	return (uint32_t)(FROM_NAME + index);
}

static int compare_prefixes(const void *first, const void *second)
{
	const struct prefix *a = first, *b = second;

	if (a->base.family != b->base.family)
		return a->base.family < b->base.family ? -1 : 1;
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->base.byte, b->base.byte, sizeof(a->base.byte));
}

static int compare_texts(const void *first, const void *second)
{
	const char *const *a = first, *const *b = second;

	return strcmp(*a, *b);
}

/* Sort @n items of @size bytes and drop duplicates; returns how many are left. */
static size_t sort_unique(void *items, size_t n, size_t size,
			  int (*compare)(const void *, const void *))
{
	char *const item = items;
	size_t kept = n > 0;

	if (n > 1)
		qsort(items, n, size, compare);
	for (size_t i = 1; i < n; i++) {
		if (compare(item + (kept - 1) * size, item + i * size) != 0)
			memmove(item + kept++ * size, item + i * size, size);
	}
	return kept;
}

static void collect_from(struct selectors *selectors, const struct from_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct from *from = &list->item[i];

		if (from->kind == FROM_NAME)
			selectors->origin_used[from->origin] = true;
		else
			selectors->kind_used[from->kind] = true;
		if (from->kind == FROM_PREFIX)
			selectors->prefixes[selectors->n_prefixes++] = from->prefix;
	}
}

static void collect_services(struct compilation *compilation, const struct names *names)
{
	struct selectors *selectors = &compilation->selectors;
	ptrdiff_t named;

	for (size_t i = 0; i < names->n; i++) {
		named = model_find_services(compilation->model, names->item[i].text);
		if (named >= 0)
			selectors->service_used[named] = true;
		else
			selectors->services[selectors->n_services++] =
				service_canonical(names->item[i].text);
	}
}

static int collect(struct compilation *compilation)
{
	struct selectors *selectors = &compilation->selectors;
	const struct model *model = compilation->model;
	size_t from = model->direct_login.n + model->break_glass_from.n, services = 0;

	for (size_t i = 0; i < compilation->n_placed; i++) {
		from += compilation->placed[i].rule->from.n;
		services += compilation->placed[i].rule->services.n;
	}
	selectors->prefixes = calloc(from + 1, sizeof(*selectors->prefixes));
	selectors->services = calloc(services + 1, sizeof(*selectors->services));
	selectors->origin_used = calloc(model->n_origins + 1, sizeof(bool));
	selectors->service_used = calloc(model->n_services + 1, sizeof(bool));
	if (!selectors->prefixes || !selectors->services || !selectors->origin_used ||
	    !selectors->service_used)
		return -ENOMEM;
	collect_from(selectors, &model->direct_login);
	collect_from(selectors, &model->break_glass_from);
	for (size_t i = 0; i < compilation->n_placed; i++) {
		collect_from(selectors, &compilation->placed[i].rule->from);
		collect_services(compilation, &compilation->placed[i].rule->services);
	}
	selectors->n_prefixes = sort_unique(selectors->prefixes, selectors->n_prefixes,
					    sizeof(*selectors->prefixes), compare_prefixes);
	selectors->n_services = sort_unique((void *)selectors->services, selectors->n_services,
					    sizeof(*selectors->services), compare_texts);
	return 0;
}

static enum origin_kind line_of(enum from_kind kind)
{
	if (kind == FROM_SEAT)
		return ORIGIN_SEAT;
	return kind == FROM_SERIAL ? ORIGIN_SERIAL : ORIGIN_JOBS;
}

/* Say in ORIGINS that the element @from lies in the origin @id. */
static void add_element(struct compilation *compilation, enum from_kind kind,
			const struct prefix *prefix, uint32_t id)
{
	struct meta *meta = &compilation->meta;
	struct table_key key;

	if (kind == FROM_PREFIX) {
		key = key_of_prefix(prefix);
		if (prefix->base.family == ADDRESS_IPV4)
			meta->used_ipv4[prefix->length] = true;
		else
			meta->used_ipv6[prefix->length] = true;
	} else {
		key = key_of_line(line_of(kind));
	}
	encode_u32(&compilation->item, id);
	compile_add(compilation, TABLE_ORIGINS, &key);
}

static void add_origins(struct compilation *compilation)
{
	const struct selectors *selectors = &compilation->selectors;
	const struct model *model = compilation->model;

	compilation->meta.anywhere = selectors->kind_used[FROM_ANYWHERE] ? FROM_ANYWHERE : ID_NONE;
	for (unsigned kind = FROM_SEAT; kind <= FROM_JOBS; kind++) {
		if (selectors->kind_used[kind])
			add_element(compilation, (enum from_kind)kind, NULL, kind);
	}
	for (size_t i = 0; i < model->n_origins; i++) {
		const struct from_list *list = &model->origins[i].elements;

		for (size_t j = 0; selectors->origin_used[i] && j < list->n; j++)
			add_element(compilation, list->item[j].kind, &list->item[j].prefix,
				    id_of_named_origin(i));
	}
	for (size_t i = 0; i < selectors->n_prefixes; i++)
		add_element(compilation, FROM_PREFIX, &selectors->prefixes[i],
			    id_of_named_origin(model->n_origins + i));
}

static void add_service(struct compilation *compilation, const char *service, size_t id)
{
	encode_u32(&compilation->item, (uint32_t)id);
	multimap_add(&compilation->tables[TABLE_SERVICES], service, strlen(service),
		     &compilation->item);
}

static void add_services(struct compilation *compilation)
{
	const struct selectors *selectors = &compilation->selectors;
	const struct model *model = compilation->model;

	for (size_t i = 0; i < model->n_services; i++) {
		const struct names *list = &model->services[i].elements;

		for (size_t j = 0; selectors->service_used[i] && j < list->n; j++)
			add_service(compilation, service_canonical(list->item[j].text), i);
	}
	for (size_t i = 0; i < selectors->n_services; i++)
		add_service(compilation, selectors->services[i], model->n_services + i);
}

int compile_selectors(struct compilation *compilation)
{
	const struct model *model = compilation->model;
	struct meta *meta = &compilation->meta;
	int r;

	r = collect(compilation);
	if (r < 0)
		return r;
	add_origins(compilation);
	add_services(compilation);
	r = selectors_of_from(compilation, &model->direct_login, &meta->direct_login);
	if (r < 0)
		return r;
	return selectors_of_from(compilation, &model->break_glass_from, &meta->break_glass_from);
}

void selectors_clear(struct selectors *selectors)
{
	free(selectors->prefixes);
	free((void *)selectors->services);
	free(selectors->origin_used);
	free(selectors->service_used);
	*selectors = (struct selectors){ 0 };
}

int selectors_of_from(const struct compilation *compilation, const struct from_list *list,
		      struct id_set *ret)
{
	const struct selectors *selectors = &compilation->selectors;
	const struct prefix *found;
	uint32_t id;
	int r;

	for (size_t i = 0; i < list->n; i++) {
		const struct from *from = &list->item[i];

		id = (uint32_t)from->kind;
		if (from->kind == FROM_NAME)
			id = id_of_named_origin(from->origin);
		if (from->kind == FROM_PREFIX) {
			found = bsearch(&from->prefix, selectors->prefixes, selectors->n_prefixes,
					sizeof(*found), compare_prefixes);
			if (!found)
				return -EINVAL;
			id = id_of_named_origin(compilation->model->n_origins +
						(size_t)(found - selectors->prefixes));
		}
		r = id_set_add(ret, id);
		if (r < 0)
			return r;
	}
	id_set_settle(ret);
	return 0;
}

int selectors_of_services(const struct compilation *compilation, const struct names *names,
			  struct id_set *ret)
{
	const struct selectors *selectors = &compilation->selectors;
	const size_t n_named = compilation->model->n_services;
	const char *const *found;
	const char *service;
	ptrdiff_t id;
	int r;

	for (size_t i = 0; i < names->n; i++) {
		id = model_find_services(compilation->model, names->item[i].text);
		if (id < 0) {
			service = service_canonical(names->item[i].text);
			found = bsearch(&service, selectors->services, selectors->n_services,
					sizeof(service), compare_texts);
			if (!found)
				return -EINVAL;
			id = (ptrdiff_t)n_named + (found - selectors->services);
		}
		r = id_set_add(ret, (uint32_t)id);
		if (r < 0)
			return r;
	}
	id_set_settle(ret);
	return 0;
}
