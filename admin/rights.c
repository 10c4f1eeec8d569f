/* SPDX-License-Identifier: MIT */
/* rights.c - rules taken apart into single rights, and the old compared with the new. */
#include "rights.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/service.h>
#include <sereno/sorted.h>

static int add_right(struct rights *rights, const struct right *right)
{
	if (rights->n == rights->allocated) {
		const size_t wanted = rights->allocated ? 2 * rights->allocated : 32;
		struct right *item = reallocarray(rights->item, wanted, sizeof(*item));

		if (!item)
			return -ENOMEM;
		rights->item = item;
		rights->allocated = wanted;
	}
	rights->item[rights->n++] = *right;
	return 0;
}

/* One service from each place that the rule's from: list comes to. */
static int add_places(const struct model *model, struct rights *rights, struct right *right)
{
	const struct from_list *list = &right->rule->from;
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct from_list *elements;

		right->entry = right->place = &list->item[i];
		if (right->entry->kind != FROM_NAME) {
			r = add_right(rights, right);
			continue;
		}
		elements = &model->origins[right->entry->origin].elements;
		for (size_t j = 0; r == 0 && j < elements->n; j++) {
			right->place = &elements->item[j];
			r = add_right(rights, right);
		}
	}
	return r;
}

static int add_service(const struct model *model, struct rights *rights, struct right *right,
		       const char *name)
{
	const ptrdiff_t list = model_find_services(model, name);
	const struct names *elements;
	int r = 0;

	if (list < 0) {
		right->service = service_canonical(name);
		return add_places(model, rights, right);
	}
	elements = &model->services[list].elements;
	for (size_t i = 0; r == 0 && i < elements->n; i++) {
		right->service = service_canonical(elements->item[i].text);
		r = add_places(model, rights, right);
	}
	return r;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int add_role(const struct model *model, struct rights *rights, const struct role *role,
		    const char *host, int64_t now)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < role->n_rules; i++) {
		const struct rule *rule = &role->rules[i];
		struct right right = {
			.role = role,
			.rule = rule,
			.valid = { later(role->valid.since, rule->valid.since),
				   earlier(role->valid.until, rule->valid.until) },
		};

		if (right.valid.until <= now || !model_rule_has_host(model, rule, host))
			continue;
		for (size_t j = 0; r == 0 && j < rule->services.n; j++)
			r = add_service(model, rights, &right, rule->services.item[j].text);
	}
	return r;
}

static int compare_rights(const void *left, const void *right)
{
	const struct right *a = left, *b = right;
	const int order = strcmp(a->service, b->service);

	if (order)
		return order;
	if (a->entry->at.line != b->entry->at.line)
		return a->entry->at.line < b->entry->at.line ? -1 : 1;
	if (a->entry->at.column != b->entry->at.column)
		return a->entry->at.column < b->entry->at.column ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

int rights_gather(const struct model *model, const struct role_set *set, const char *host,
		  int64_t now, struct rights *ret)
{
	struct rights rights = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < set->n; i++)
		r = add_role(model, &rights, &model->roles[set->role[i]], host, now);
	if (r < 0) {
		rights_clear(&rights);
		return r;
	}
	if (rights.n > 0)
		qsort(rights.item, rights.n, sizeof(*rights.item), compare_rights);
	*ret = rights;
	return 0;
}

void rights_clear(struct rights *rights)
{
	free(rights->item);
	*rights = (struct rights){ 0 };
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3; /* FNV-1a */
	return hash;
}

static uint64_t hash_place(uint64_t hash, const struct from *place)
{
	const uint8_t kind = (uint8_t)place->kind;

	hash = mix(hash, &kind, sizeof(kind));
	if (place->kind != FROM_PREFIX)
		return hash;
	hash = mix(hash, &place->prefix.base.family, sizeof(place->prefix.base.family));
	hash = mix(hash, place->prefix.base.byte, sizeof(place->prefix.base.byte));
	return mix(hash, &place->prefix.length, sizeof(place->prefix.length));
}

static uint64_t hash_from(const struct model *model, uint64_t hash, const struct from_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct from_list *elements;

		hash = mix(hash, list->item[i].text, strlen(list->item[i].text) + 1);
		if (list->item[i].kind != FROM_NAME) {
			hash = hash_place(hash, &list->item[i]);
			continue;
		}
		elements = &model->origins[list->item[i].origin].elements;
		for (size_t j = 0; j < elements->n; j++)
			hash = hash_place(hash, &elements->item[j]);
	}
	return hash;
}

static uint64_t hash_services(const struct model *model, uint64_t hash, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		const ptrdiff_t list = model_find_services(model, names->item[i].text);
		const struct names *elements = list < 0 ? NULL : &model->services[list].elements;

		if (!elements)
			hash = mix(hash, names->item[i].text, strlen(names->item[i].text) + 1);
		for (size_t j = 0; elements && j < elements->n; j++)
			hash = mix(hash, elements->item[j].text,
				   strlen(elements->item[j].text) + 1);
	}
	return hash;
}

uint64_t role_fingerprint(const struct model *model, const struct role *role, const char *host,
			  int64_t now)
{
	uint64_t hash = 0xcbf29ce484222325;

	hash = mix(hash, &role->valid.until, sizeof(role->valid.until));
	hash = mix(hash, &role->valid.since, sizeof(role->valid.since));
	for (size_t i = 0; i < role->n_rules; i++) {
		const struct rule *rule = &role->rules[i];
		const uint64_t hours = rule->hours.n > 0 ? 1 + rule->calendar.n : 0;

		if (rule->valid.until <= now || !model_rule_has_host(model, rule, host))
			continue;
		hash = hash_services(model, hash, &rule->services);
		hash = hash_from(model, hash, &rule->from);
		hash = mix(hash, &hours, sizeof(hours));
		for (size_t j = 0; hours > 0 && j < rule->calendar.n; j++) {
			const struct week_span *span = &rule->calendar.span[j];

			hash = mix(hash, &span->start, sizeof(span->start));
			hash = mix(hash, &span->end, sizeof(span->end));
		}
		hash = mix(hash, &rule->second_factor, sizeof(rule->second_factor));
		hash = mix(hash, &rule->valid.since, sizeof(rule->valid.since));
		hash = mix(hash, &rule->valid.until, sizeof(rule->valid.until));
	}
	return hash;
}

bool place_contains(const struct from *outer, const struct from *inner)
{
	if (outer->kind == FROM_ANYWHERE)
		return true;
	if (outer->kind != inner->kind)
		return false;
	if (outer->kind != FROM_PREFIX)
		return true;
	return outer->prefix.length <= inner->prefix.length &&
	       prefix_contains(&outer->prefix, &inner->prefix.base);
}

const struct from *place_meet(const struct from *a, const struct from *b)
{
	if (place_contains(a, b))
		return b;
	return place_contains(b, a) ? a : NULL;
}

static bool hours_contain(const struct rule *outer, const struct rule *inner)
{
	size_t j = 0;

	if (outer->hours.n == 0)
		return true;
	if (inner->hours.n == 0)
		return outer->calendar.n == 1 && outer->calendar.span[0].start == 0 &&
		       outer->calendar.span[0].end == WEEK_MINUTES;
	for (size_t i = 0; i < inner->calendar.n; i++) {
		const struct week_span *span = &inner->calendar.span[i];

		while (j < outer->calendar.n && outer->calendar.span[j].end < span->end)
			j++;
		if (j == outer->calendar.n || outer->calendar.span[j].start > span->start)
			return false;
	}
	return true;
}

static int service_against(const void *element, const void *service)
{
	return strcmp(((const struct right *)element)->service, service);
}

/* Where the part of @rights with @service begins. */
static size_t first_of_service(const struct rights *rights, const char *service)
{
	return sorted_first(rights->item, rights->n, sizeof(*rights->item), service,
			    service_against);
}

/* Demands add: any rule that fits and asks for a code makes it due. */
static bool asks_code(const struct rights *rights, const struct right *right)
{
	for (size_t i = first_of_service(rights, right->service);
	     i < rights->n && strcmp(rights->item[i].service, right->service) == 0; i++)
		if (rights->item[i].rule->second_factor &&
		    place_meet(rights->item[i].place, right->place))
			return true;
	return false;
}

bool rights_ask_code(const struct rights *rights, const char *service, const struct from *place)
{
	for (size_t i = first_of_service(rights, service);
	     i < rights->n && strcmp(rights->item[i].service, service) == 0; i++)
		if (rights->item[i].rule->second_factor &&
		    place_contains(rights->item[i].place, place))
			return true;
	return false;
}

/* How @old fares if @new were all there is. */
static enum change change_by(const struct right *old, const struct right *new, int64_t now)
{
	if (!place_contains(new->place, old->place))
		return CHANGE_GONE;
	if (new->valid.until < old->valid.until || new->valid.since > later(old->valid.since, now))
		return CHANGE_DATES;
	return hours_contain(new->rule, old->rule) ? CHANGE_NONE : CHANGE_HOURS;
}

enum change right_change(const struct right *right, const struct rights *old,
			 const struct rights *new, int64_t now)
{
	enum change best = CHANGE_GONE;

	for (size_t i = first_of_service(new, right->service);
	     best != CHANGE_NONE && i < new->n &&strcmp(new->item[i].service, right->service) == 0;
	     i++) {
		const enum change change = change_by(right, &new->item[i], now);

		if (change < best)
			best = change;
	}
	if (best == CHANGE_NONE && asks_code(new, right) && !asks_code(old, right))
		return CHANGE_FACTOR;
	return best;
}
