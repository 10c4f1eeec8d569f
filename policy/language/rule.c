/* SPDX-License-Identifier: MIT */
/* rule.c - what a rule as written is for: services, origins, hosts. */
#include <string.h>

#include <sereno/model.h>
#include <sereno/service.h>

static bool is_service(const char *written, const char *canonical)
{
	return strcmp(service_canonical(written), canonical) == 0;
}

bool model_rule_has_service(const struct model *model, const struct rule *rule, const char *service)
{
	const char *canonical = service_canonical(service);

	for (size_t i = 0; i < rule->services.n; i++) {
		const char *written = rule->services.item[i].text;
		const ptrdiff_t list = model_find_services(model, written);
		const struct names *elements;

		if (list < 0) {
			if (is_service(written, canonical))
				return true;
			continue;
		}
		elements = &model->services[list].elements;
		for (size_t k = 0; k < elements->n; k++)
			if (is_service(elements->item[k].text, canonical))
				return true;
	}
	return false;
}

static bool entry_fits(const struct from *entry, const struct origin *origin)
{
	switch (entry->kind) {
	case FROM_ANYWHERE:
		return true;
	case FROM_SEAT:
		return origin->kind == ORIGIN_SEAT;
	case FROM_SERIAL:
		return origin->kind == ORIGIN_SERIAL;
	case FROM_JOBS:
		return origin->kind == ORIGIN_JOBS;
	case FROM_PREFIX:
		return origin->kind == ORIGIN_ADDRESS &&
		       prefix_contains(&entry->prefix, &origin->address);
	case FROM_NAME:
		return false; /* the caller looks inside */
	}
	return false;
}

bool model_from_fits(const struct model *model, const struct from_list *list,
		     const struct origin *origin)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct from *entry = &list->item[i];
		const struct from_list *elements;

		if (entry_fits(entry, origin))
			return true;
		if (entry->kind != FROM_NAME)
			continue;
		elements = &model->origins[entry->origin].elements;
		for (size_t k = 0; k < elements->n; k++)
			if (entry_fits(&elements->item[k], origin))
				return true;
	}
	return false;
}

/* What @entry stands for: itself, or the elements of a name. */
static struct from_list elements_of(const struct model *model, const struct from *entry,
				    struct from *self)
{
	if (entry->kind == FROM_NAME)
		return model->origins[entry->origin].elements;
	*self = *entry;
	return (struct from_list){ .n = 1, .item = self };
}

/* The kinds of origin that @kind can fit, as bits. */
static unsigned kinds_of(enum from_kind kind)
{
	switch (kind) {
	case FROM_ANYWHERE:
		return ORIGINS_ALL;
	case FROM_SEAT:
		return 1u << ORIGIN_SEAT;
	case FROM_SERIAL:
		return 1u << ORIGIN_SERIAL;
	case FROM_JOBS:
		return 1u << ORIGIN_JOBS;
	case FROM_PREFIX:
		return 1u << ORIGIN_ADDRESS;
	case FROM_NAME:
		return 0; /* the caller looks inside */
	}
	return 0;
}

static bool entries_overlap(const struct from *a, const struct from *b, unsigned kinds)
{
	if ((kinds_of(a->kind) & kinds_of(b->kind) & kinds) == 0)
		return false;
	if (a->kind == FROM_PREFIX && b->kind == FROM_PREFIX)
		return prefix_overlaps(&a->prefix, &b->prefix);
	return true;
}

static bool elements_overlap(const struct from_list *a, const struct from_list *b, unsigned kinds)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			if (entries_overlap(&a->item[i], &b->item[k], kinds))
				return true;
	return false;
}

bool model_from_overlaps(const struct model *model, const struct from_list *a,
			 const struct from_list *b, unsigned kinds)
{
	for (size_t i = 0; i < a->n; i++) {
		struct from self;
		const struct from_list left = elements_of(model, &a->item[i], &self);

		for (size_t k = 0; k < b->n; k++) {
			struct from other;
			const struct from_list right = elements_of(model, &b->item[k], &other);

			if (elements_overlap(&left, &right, kinds))
				return true;
		}
	}
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether @pattern fits the first @length bytes of @name. A * that went wrong is tried again one
 * character further; only the last one needs that, so the cost is at most the product. */
static bool glob(const char *pattern, const char *name, size_t length)
{
	const char *star = NULL;
	size_t at = 0, tried = 0;

	while (at < length) {
		if (*pattern == '*') {
			star = ++pattern;
			tried = at;
		} else if (*pattern == '?' || (*pattern && lower(*pattern) == lower(name[at]))) {
			pattern++;
			at++;
		} else if (star) {
			pattern = star;
			at = ++tried;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool host_fits(const char *pattern, const char *host)
{
	if (glob(pattern, host, strlen(host)))
		return true;
	return !strchr(pattern, '.') && glob(pattern, host, strcspn(host, "."));
}

bool model_hosts_fit(const struct model *model, const struct names *hosts, const char *host)
{
	for (size_t i = 0; i < hosts->n; i++) {
		const char *written = hosts->item[i].text;
		const ptrdiff_t list = model_find_hosts(model, written);
		const struct names *elements;

		if (list < 0) {
			if (host_fits(written, host))
				return true;
			continue;
		}
		elements = &model->hosts[list].elements;
		for (size_t k = 0; k < elements->n; k++)
			if (host_fits(elements->item[k].text, host))
				return true;
	}
	return hosts->n == 0;
}

bool model_rule_has_host(const struct model *model, const struct rule *rule, const char *host)
{
	return model_hosts_fit(model, &rule->hosts, host);
}
