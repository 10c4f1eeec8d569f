/* SPDX-License-Identifier: MIT */
/* access_origins.c - from where: the ids of all that a from: list can name and an origin lies in.
 */
#include <string.h>

#include <sereno/scoped.h>

#include "access_load.h"

static int add_ids_at(const struct policy *policy, const struct table_key *key, struct id_set *ids)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = policy_find(policy, TABLE_ORIGINS, key, &blob);
	decoder = blob_decoder(&blob);
	return r > 0 ? decode_ids(&decoder, ids) : r;
}

/* Append the ids of every network that @address lies in: one lookup per length in use. */
static int add_networks(const struct policy *policy, const struct address *address,
			struct id_set *ids)
{
	const bool ipv4 = address->family == ADDRESS_IPV4;
	const bool *used = ipv4 ? policy->meta.used_ipv4 : policy->meta.used_ipv6;
	const unsigned lengths = ipv4 ? PREFIX_LENGTHS_IPV4 : PREFIX_LENGTHS_IPV6;
	int r = 0;

	for (unsigned length = 0; r == 0 && length < lengths; length++) {
		struct prefix prefix = { .base = *address, .length = (uint8_t)length };
		struct table_key key;

		if (!used[length])
			continue;
		address_mask(&prefix.base, prefix.length);
		key = key_of_prefix(&prefix);
		r = add_ids_at(policy, &key, ids);
	}
	return r;
}

int load_origin_ids(const struct policy *policy, const struct origin *origin, struct id_set *ret)
{
	struct table_key key;
	int r = 0;

	if (policy->meta.anywhere != ID_NONE)
		r = id_set_add(ret, policy->meta.anywhere);
	if (r < 0)
		return r;
	switch (origin->kind) {
	case ORIGIN_UNKNOWN:
		break;
	case ORIGIN_SEAT:
	case ORIGIN_SERIAL:
	case ORIGIN_JOBS:
		key = key_of_line(origin->kind);
		r = add_ids_at(policy, &key, ret);
		break;
	case ORIGIN_ADDRESS:
		r = add_networks(policy, &origin->address, ret);
		break;
	}
	id_set_settle(ret);
	return r;
}

static bool origin_equal(const struct origin *a, const struct origin *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind != ORIGIN_ADDRESS ||
	       (a->address.family == b->address.family &&
		memcmp(a->address.byte, b->address.byte, sizeof(a->address.byte)) == 0);
}

struct origin request_origin(const struct access_request *request, size_t index)
{
	return index < request->n_origins ? request->origins[index]
					  : (struct origin){ .kind = ORIGIN_UNKNOWN };
}

bool origin_repeats(const struct access_request *request, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (origin_equal(&request->origins[i], &request->origins[index]))
			return true;
	}
	return false;
}

bool elevates_in_own_login(const struct access_request *request)
{
	const enum service_kind kind = service_kind(request->service);

	return (kind == SERVICE_ELEVATE || kind == SERVICE_TOOL) && request->own_login &&
	       request->n_origins == 0;
}

size_t count_origins(const struct access_request *request)
{
	return request->n_origins > 0 ? request->n_origins : 1;
}
