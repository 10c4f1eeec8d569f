/* SPDX-License-Identifier: MIT */
/* media.c - what the block media: comes to, and what of it makes no sense. */
#include <errno.h>
#include <string.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "reader.h"

#define STORES (1u << KIND_STORAGE | 1u << KIND_OPTICAL)

void media_defaults(struct media_block *block)
{
	block->word[MEDIA_WORD_STORAGE] = MEDIA_DENY;
	block->word[MEDIA_WORD_OPTICAL] = MEDIA_READ_ONLY;
	block->word[MEDIA_WORD_INPUT] = 1;
	block->word[MEDIA_WORD_OTHER] = 1;
	block->word[MEDIA_WORD_BUILT_IN] = 1;
	block->mount_options = MEDIA_NOEXEC | MEDIA_NOSUID | MEDIA_NODEV;
	block->on_lock = MEDIA_LOCK_DENY_NEW;
}

static void check_device(struct reader *reader, const struct device_block *device)
{
	const struct mark *given = device->key_at;

	if (!device->at.line)
		return;
	if (!given[DEVICE_KEY_VENDOR].line && !given[DEVICE_KEY_PRODUCT].line &&
	    !given[DEVICE_KEY_SERIAL].line && !given[DEVICE_KEY_KIND].line)
		diag_fault(reader->diags, device->at,
			   "device: names none; write its kind, or its vendor and product");
	else if (given[DEVICE_KEY_PRODUCT].line && !given[DEVICE_KEY_VENDOR].line)
		diag_fault(reader->diags, device->at,
			   "device: the number of a product counts within its vendor; write "
			   "vendor, too");
	else if (given[DEVICE_KEY_SERIAL].line && !given[DEVICE_KEY_PRODUCT].line)
		diag_fault(reader->diags, device->at,
			   "device: a serial number counts within its product; write vendor and "
			   "product, too");
}

/* Half of the words are for what stores, and one for what does not. */
static void check_access(struct reader *reader, const struct device_rule *rule)
{
	const struct mark at = rule->key_at[DEVICE_RULE_KEY_ACCESS];
	const unsigned kinds = rule->device.kind ? device_kinds_named(rule->device.kind) : 0;

	if (!kinds || !at.column || rule->access == DEVICE_RULE_DENY)
		return;
	if ((kinds & STORES) && rule->access == DEVICE_RULE_ALLOW)
		diag_fault(reader->diags, at,
			   "access: allow leaves open what may be done with %s; write encrypted, "
			   "read-only or read-write",
			   rule->device.kind);
	else if (!(kinds & STORES) && rule->access != DEVICE_RULE_ALLOW)
		diag_fault(reader->diags, at, "access: of %s there is only deny and allow",
			   rule->device.kind);
}

static void check_holders(struct reader *reader, const struct device_rule *rule)
{
	for (size_t i = 0; i < rule->roles.n; i++) {
		const struct name *name = &rule->roles.item[i];
		const ptrdiff_t role = model_find_role(reader->model, name->text);

		if (role >= 0 && reader->model->roles[role].unattended)
			diag_warn(reader->diags, name->at,
				  "the role '%s' is unattended: programs sit at no seat",
				  name->text);
	}
}

static void check_rule(struct reader *reader, const struct device_rule *rule)
{
	check_device(reader, &rule->device);
	check_access(reader, rule);
	check_holders(reader, rule);
	if (validity_is_empty(&rule->valid))
		diag_fault(reader->diags, rule->at, "this rule ends before it begins");
}

/* Messages, events and commands call a rule by its name. */
static int check_names(struct reader *reader, const struct media_block *block)
{
	struct lookup_index index;
	size_t n = 0;
	int r = lookup_allocate(reader->arena, block->n_rules, &index);

	if (r < 0)
		return r;
	for (size_t i = 0; i < block->n_rules; i++)
		if (block->rules[i].name.text)
			index.entry[n++] = (struct lookup_entry){ block->rules[i].name.text, i };
	index.n = n;
	lookup_sort(&index);
	for (size_t i = 1; i < n; i++) {
		const struct name *name = &block->rules[index.entry[i].value].name;
		const ptrdiff_t first = lookup_find(&index, name->text);

		if (first != (ptrdiff_t)index.entry[i].value)
			diag_fault(reader->diags, name->at,
				   "the rule '%s' is already there, on line %u", name->text,
				   block->rules[first].name.at.line);
	}
	return 0;
}

static void check_requests(struct reader *reader, const struct media_requests_block *requests)
{
	if (!requests->at.line || !reader_is_content(reader))
		return;
	if (requests->approved_by.n && requests->approved_by_each.n)
		diag_fault(reader->diags, requests->at,
			   "requests: either approved-by or approved-by-each, not both");
	else if (!requests->approved_by.n && !requests->approved_by_each.n)
		diag_fault(reader->diags, requests->at,
			   "requests: names no role that approves; without requests: there are "
			   "none");
}

int media_check(struct reader *reader)
{
	const struct media_block *block = &reader->model->media;

	if (!block->at.line)
		return 0;
	for (size_t i = 0; i < block->n_rules; i++)
		check_rule(reader, &block->rules[i]);
	check_requests(reader, &block->requests);
	return check_names(reader, block);
}
