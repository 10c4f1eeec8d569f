/* SPDX-License-Identifier: MIT */
/* compile_media.c - the block media:, and each rule for devices under what it names. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "compile.h"

static void compile_words(struct compilation *compilation)
{
	const struct media_block *block = &compilation->model->media;
	struct media_facts *facts = &compilation->meta.media;

	for (size_t i = 0; i < MEDIA_WORDS; i++) {
		const bool stores = i == MEDIA_WORD_STORAGE || i == MEDIA_WORD_OPTICAL;

		facts->word[i] = stores		  ? (enum media_access)block->word[i]
				 : block->word[i] ? MEDIA_READ_WRITE
						  : MEDIA_DENY;
		facts->line[i] = block->key_at[i].line;
	}
	facts->mount_options = block->mount_options;
	facts->on_lock = (enum media_on_lock)block->on_lock;
}

static void compile_approvers(struct compilation *compilation)
{
	const struct media_requests_block *block = &compilation->model->media.requests;
	const bool each = block->approved_by_each.n > 0;
	const struct names *roles = each ? &block->approved_by_each : &block->approved_by;
	const struct table_key key = key_of_id(ID_NONE);

	if (!block->at.line)
		return;
	if (roles->n > ROLE_NAMES_MAX)
		diag_fault(compilation->diags, roles->item[0].at,
			   "requests: more than %d roles that approve", ROLE_NAMES_MAX);
	encode_u8(&compilation->item, each);
	encode_role_names(&compilation->item, roles);
	compile_add(compilation, TABLE_APPROVERS, &key);
}

static enum media_access access_of(const struct device_rule *rule)
{
	return rule->access >= DEVICE_RULE_READ_WRITE ? MEDIA_READ_WRITE
						      : (enum media_access)rule->access;
}

static bool is_all_or_nothing(const struct device_rule *rule)
{
	return rule->access == DEVICE_RULE_DENY || rule->access == DEVICE_RULE_ALLOW;
}

/* Reading and writing can only be said of what stores: a clone of a disk that may be written to,
 * serial number and all, may not type as well. */
static unsigned kinds_of(const struct device_rule *rule)
{
	const unsigned kinds =
		rule->device.kind ? device_kinds_named(rule->device.kind) : ALL_KINDS;

	return is_all_or_nothing(rule) ? kinds : kinds & STORING_KINDS;
}

static bool has_system(const struct names *roles)
{
	for (size_t i = 0; i < roles->n; i++)
		if (strcmp(roles->item[i].text, "system") == 0)
			return true;
	return false;
}

static void encode_rule_of(struct encoder *encoder, const struct device_rule *rule)
{
	struct device_fact fact = {
		.line = rule->at.line,
		.access = access_of(rule),
		.whole = !rule->device.kind && is_all_or_nothing(rule),
		.system = has_system(&rule->roles),
		.kinds = kinds_of(rule),
		.valid = rule->valid,
	};

	memcpy(fact.name, rule->name.text, strnlen(rule->name.text, MODEL_NAME_MAX));
	encode_device(encoder, &fact, &rule->roles);
}

static int add(struct compilation *compilation, enum table table, const struct device_rule *rule,
	       const struct device_table_key *key)
{
	const uint16_t vendor = (uint16_t)rule->device.vendor;
	const uint16_t product = (uint16_t)rule->device.product;
	const unsigned index = table - PRIVATE_TABLE_FIRST;

	encode_rule_of(&compilation->item, rule);
	multimap_add(&compilation->devices[index], key->byte, key->length, &compilation->item);
	return id_set_add(&compilation->private.watched[index],
			  watched_number(table, vendor, product));
}

/* Under the closest thing that it names. */
static int add_rule(struct compilation *compilation, const struct device_rule *rule)
{
	const struct device_block *device = &rule->device;
	const uint16_t vendor = (uint16_t)device->vendor, product = (uint16_t)device->product;
	struct device_table_key key;
	int r = 0;

	for (size_t i = 0; r == 0 && i < device->serials.n; i++) {
		key = key_of_serial(vendor, product, device->serials.item[i].text);
		r = add(compilation, TABLE_DEVICE_SERIALS, rule, &key);
	}
	if (r < 0 || device->serials.n)
		return r;
	if (device->key_at[DEVICE_KEY_PRODUCT].line) {
		key = key_of_product(vendor, product);
		return add(compilation, TABLE_DEVICE_PRODUCTS, rule, &key);
	}
	if (device->key_at[DEVICE_KEY_VENDOR].line) {
		key = key_of_vendor(vendor);
		return add(compilation, TABLE_DEVICE_VENDORS, rule, &key);
	}
	encode_rule_of(&compilation->kind_rules, rule);
	return compilation->kind_rules.error;
}

int compile_media(struct compilation *compilation)
{
	const struct model *model = compilation->model;
	const struct media_block *block = &model->media;
	int r = 0;

	compilation->meta.has_media = block->at.line != 0;
	if (!block->at.line)
		return 0;
	compile_words(compilation);
	compile_approvers(compilation);
	for (size_t i = 0; r == 0 && i < block->n_rules; i++) {
		if (!model_hosts_fit(model, &block->rules[i].hosts, compilation->inputs->host))
			continue;
		r = add_rule(compilation, &block->rules[i]);
		compilation->private.n_rules++;
	}
	return r;
}

/* Few numbers are said in META, for all that none other is there. */
static void settle_watched(struct private_facts *facts, size_t index)
{
	struct id_set *watched = &facts->watched[index];

	id_set_settle(watched);
	facts->has_watched[index] = watched->n <= PRIVATE_WATCHED_MAX;
	if (!facts->has_watched[index])
		watched->n = 0;
}

static int write_meta(struct compilation *compilation, const struct table_writer *writer)
{
	scoped(encoder_clear) struct encoder meta = { 0 };
	struct private_facts *facts = &compilation->private;

	facts->generation = writer->generation;
	facts->kinds = compilation->kind_rules.data;
	facts->kinds_length = compilation->kind_rules.length;
	encode_private_meta(&meta, facts);
	facts->kinds = NULL; /* lent */
	return record_write(writer, TABLE_META, 0, &meta);
}

int compile_write_private(struct compilation *compilation, const struct table_writer *writer)
{
	struct private_facts *facts = &compilation->private;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < PRIVATE_TABLES; i++) {
		settle_watched(facts, i);
		r = table_prepare(&compilation->devices[i], &facts->buckets[i]);
	}
	if (r == 0)
		r = write_meta(compilation, writer);
	for (unsigned i = 0; r == 0 && i < PRIVATE_TABLES; i++)
		r = table_write(writer, (enum table)(PRIVATE_TABLE_FIRST + i),
				&compilation->devices[i], facts->buckets[i]);
	return r;
}
