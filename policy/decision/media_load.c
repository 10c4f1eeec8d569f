/* SPDX-License-Identifier: MIT */
/* media_load.c - what the policy in force and the register say about one device. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "compiled/inforce.h"
#include "media_case.h"

void policy_media(const struct policy *policy, struct media_rules *ret)
{
	*ret = (struct media_rules){ .given = policy->meta.has_media };
	if (!ret->given)
		return;
	ret->observe = (policy->meta.facts.observe & OBSERVE_MEDIA) != 0;
	ret->mount_options = policy->meta.media.mount_options;
	ret->on_lock = policy->meta.media.on_lock;
}

int policy_media_approvers(struct policy *policy, struct media_approvers *ret)
{
	const struct table_key key = key_of_id(ID_NONE);
	scoped(blob_clear) struct blob blob = { 0 };
	struct media_approvers approvers = { 0 };
	struct decoder decoder;
	uint8_t each;
	int r;

	r = policy_find(policy, TABLE_APPROVERS, &key, &blob);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	decoder = blob_decoder(&blob);
	each = decode_u8(&decoder);
	approvers.each = each == 1;
	decode_role_names(&decoder, &approvers.names);
	/* A list that anybody satisfies was not written by us. */
	if (each > 1 || approvers.names.n == 0 || decode_end(&decoder) < 0)
		return -EBADMSG;
	*ret = approvers;
	return 0;
}

void media_free(struct media_case *media)
{
	if (!media)
		return;
	for (size_t i = 0; i < media->n_records; i++)
		blob_clear(&media->records[i]);
	free(media->rules);
	free(media->grants);
	free(media);
}

void media_free_p(struct media_case **media)
{
	media_free(*media);
}

static struct case_device_rule *add_rule(struct media_case *media)
{
	const size_t allocated = media->rules_allocated ? media->rules_allocated * 2 : 8;
	struct case_device_rule *rules;

	if (media->n_rules < media->rules_allocated)
		return &media->rules[media->n_rules++];
	rules = reallocarray(media->rules, allocated, sizeof(*rules));
	if (!rules)
		return NULL;
	media->rules = rules;
	media->rules_allocated = allocated;
	return &media->rules[media->n_rules++];
}

/* Add the rules in the last of the records, which keeps their roles. */
static int add_rules(struct media_case *media, enum media_closeness closeness)
{
	struct decoder decoder = blob_decoder(&media->records[media->n_records - 1]);
	struct case_device_rule *rule;

	while (decode_more(&decoder)) {
		rule = add_rule(media);
		if (!rule)
			return -ENOMEM;
		rule->closeness = closeness;
		decode_device(&decoder, &rule->fact);
	}
	return decode_end(&decoder);
}

static int load_numbers(struct media_case *media, const struct private_rules *rules,
			const struct device_facts *device)
{
	static const struct {
		enum table table;
		enum media_closeness closeness;
	} tables[PRIVATE_TABLES] = {
		{ TABLE_DEVICE_VENDORS, CLOSE_VENDOR },
		{ TABLE_DEVICE_PRODUCTS, CLOSE_PRODUCT },
		{ TABLE_DEVICE_SERIALS, CLOSE_SERIAL },
	};
	/* What tells nothing is no serial number: the last table is not for it. */
	const size_t n = device->serial[0] ? PRIVATE_TABLES : PRIVATE_TABLES - 1;
	int r = 0;

	for (size_t i = 0; r == 0 && device->has_ids && i < n; i++) {
		r = private_find(rules, tables[i].table, device, &media->records[media->n_records]);
		if (r <= 0)
			continue;
		media->n_records++;
		r = add_rules(media, tables[i].closeness);
	}
	return r;
}

static int load_kinds(struct media_case *media, const struct private_rules *rules)
{
	struct blob *blob = &media->records[media->n_records];

	if (rules->facts.kinds_length == 0)
		return 0;
	blob->memory = malloc(rules->facts.kinds_length);
	if (!blob->memory)
		return -ENOMEM;
	media->n_records++;
	memcpy(blob->memory, rules->facts.kinds, rules->facts.kinds_length);
	blob->data = blob->memory;
	blob->length = rules->facts.kinds_length;
	return add_rules(media, CLOSE_KIND);
}

static int load_rules(struct media_case *media, struct policy *policy,
		      const struct device_facts *device)
{
	const struct private_rules *rules;
	int r = policy_private(policy, &rules);

	if (r == 0)
		r = load_numbers(media, rules, device);
	return r == 0 ? load_kinds(media, rules) : r;
}

/* Open the grants, where there are any. */
static int ask_grants(struct policy *policy, const char *root)
{
	int r;

	if (policy->devices_asked)
		return 0;
	r = device_grants_open(root, &policy->devices);
	if (r < 0 && r != -ENOENT)
		return r;
	policy->devices_asked = true;
	return 0;
}

/* Who has departed has nothing from then on, whatever the clock says. */
static int end_at_departure(const struct grants *grants, struct device_grant *grant)
{
	struct departure departure;
	int r;

	if (!grants)
		return 0;
	r = grants_departed(grants, grant->user, grant->uid, &departure);
	if (r <= 0)
		return r;
	if (departure.since <= grants_earliest(grants))
		departure.since = TIME_NO_START;
	if (departure.since < grant->valid.until)
		grant->valid.until = departure.since;
	return 0;
}

/* As grants of roles: a clock that was set back brings none back, nor does a wrong one any. */
static int settle_grants(struct media_case *media, const struct policy *policy, size_t n)
{
	const int64_t earliest = device_grants_earliest(policy->devices);
	const int64_t published = device_grants_published(policy->devices);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct device_grant grant = media->grants[i];

		r = end_at_departure(policy->grants, &grant);
		if (grant.valid.until <= earliest)
			continue;
		if (grant.valid.since < published)
			grant.valid.since = published;
		media->grants[media->n_grants++] = grant;
	}
	return r;
}

static int load_grants(struct media_case *media, struct policy *policy, const char *root,
		       const struct device_facts *device)
{
	ssize_t n;
	int r = ask_grants(policy, root);

	if (r < 0 || !policy->devices)
		return r;
	n = device_grants_of(policy->devices, device->identity, &media->grants);
	if (n < 0)
		return (int)n;
	return settle_grants(media, policy, (size_t)n);
}

int media_load(struct policy *policy, const char *root, const struct device_facts *device,
	       struct media_case **ret)
{
	scoped(media_free_p) struct media_case *media = calloc(1, sizeof(*media));
	int r = 0;

	if (!media)
		return -ENOMEM;
	media->given = policy->meta.has_media;
	media->observe = (policy->meta.facts.observe & OBSERVE_MEDIA) != 0;
	media->facts = policy->meta.media;
	if (media->given)
		r = load_rules(media, policy, device);
	if (r == 0 && media->given)
		r = load_grants(media, policy, root, device);
	if (r < 0)
		return r;
	*ret = take(media, NULL);
	return 0;
}
