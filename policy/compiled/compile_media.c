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

/* What is between yes and no can only be said of what stores. */
static unsigned kinds_of(const struct device_rule *rule)
{
	const unsigned kinds =
		rule->device.kind ? device_kinds_named(rule->device.kind) : ALL_KINDS;
	const enum media_access access = access_of(rule);

	return access == MEDIA_DENY || access == MEDIA_READ_WRITE ? kinds : kinds & STORING_KINDS;
}

static bool has_system(const struct names *roles)
{
	for (size_t i = 0; i < roles->n; i++)
		if (strcmp(roles->item[i].text, "system") == 0)
			return true;
	return false;
}

static void add(struct compilation *compilation, enum table table, const struct device_rule *rule,
		const struct device_table_key *key)
{
	struct device_fact fact = {
		.line = rule->at.line,
		.access = access_of(rule),
		.whole = !rule->device.kind,
		.system = has_system(&rule->roles),
		.kinds = kinds_of(rule),
		.valid = rule->valid,
	};

	memcpy(fact.name, rule->name.text, strnlen(rule->name.text, MODEL_NAME_MAX));
	encode_device(&compilation->item, &fact, &rule->roles);
	multimap_add(&compilation->devices[table - PRIVATE_TABLE_FIRST], key->byte, key->length,
		     &compilation->item);
}

static void add_kinds(struct compilation *compilation, const struct device_rule *rule)
{
	const unsigned kinds = kinds_of(rule);

	compilation->private.kinds |= kinds;
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
		const struct device_table_key key = key_of_kind((enum device_kind)kind);

		if (kinds & 1u << kind)
			add(compilation, TABLE_DEVICE_KINDS, rule, &key);
	}
}

/* Under the closest thing that it names. */
static void add_rule(struct compilation *compilation, const struct device_rule *rule)
{
	const struct device_block *device = &rule->device;
	const uint16_t vendor = (uint16_t)device->vendor, product = (uint16_t)device->product;
	struct device_table_key key;

	for (size_t i = 0; i < device->serials.n; i++) {
		key = key_of_serial(vendor, product, device->serials.item[i].text);
		add(compilation, TABLE_DEVICE_SERIALS, rule, &key);
	}
	if (device->serials.n)
		return;
	if (device->key_at[DEVICE_KEY_PRODUCT].line) {
		key = key_of_product(vendor, product);
		add(compilation, TABLE_DEVICE_PRODUCTS, rule, &key);
	} else if (device->key_at[DEVICE_KEY_VENDOR].line) {
		key = key_of_vendor(vendor);
		add(compilation, TABLE_DEVICE_VENDORS, rule, &key);
	} else {
		add_kinds(compilation, rule);
	}
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
	for (size_t i = 0; i < block->n_rules; i++) {
		if (!model_hosts_fit(model, &block->rules[i].hosts, compilation->inputs->host))
			continue;
		add_rule(compilation, &block->rules[i]);
		compilation->private.n_rules++;
	}
	for (size_t i = 0; r == 0 && i < PRIVATE_TABLES; i++)
		r = compilation->devices[i].error;
	return r;
}

int compile_write_private(struct compilation *compilation, const struct table_writer *writer)
{
	scoped(encoder_clear) struct encoder meta = { 0 };
	struct private_facts *facts = &compilation->private;
	int r = 0;

	facts->generation = writer->generation;
	for (unsigned i = 0; r == 0 && i < PRIVATE_TABLES; i++) {
		facts->n[i] = (uint32_t)compilation->devices[i].n;
		r = table_prepare(&compilation->devices[i], &facts->buckets[i]);
	}
	if (r < 0)
		return r;
	encode_private_meta(&meta, facts);
	r = record_write(writer, TABLE_META, 0, &meta);
	for (unsigned i = 0; r == 0 && i < PRIVATE_TABLES; i++)
		r = table_write(writer, (enum table)(PRIVATE_TABLE_FIRST + i),
				&compilation->devices[i], facts->buckets[i]);
	return r;
}
