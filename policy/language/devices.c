/* SPDX-License-Identifier: MIT */
/* devices.c - read what the block media: says of devices: numbers, kinds, rules. */
#include <errno.h>
#include <string.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "reader.h"
#include "words.h"

static void *field(const struct key *key, void *base)
{
	return (char *)base + key->offset;
}

int read_name(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	struct name *name = field(key, base);

	if (word_is_name(node->text))
		*name = (struct name){ node->text, node->at };
	else
		diag_fault(reader->diags, node->at,
			   "'%s' cannot name a rule: letters, digits, . _ - from a letter on, at "
			   "most %d",
			   node->text, MODEL_NAME_MAX);
	return 0;
}

int read_number16(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	uint32_t *number = field(key, base);

	if (word_number16(node->text, number) < 0)
		diag_fault(reader->diags, node->at,
			   "%s: '%s' is not four hexadecimal digits in quotes, as '0951'",
			   key->name, node->text);
	return 0;
}

/* Each word that a rule may have, once; returns how many. */
static size_t list_kinds(const char *ret[static MEDIA_WORDS + DEVICE_KINDS])
{
	size_t n = 0;

	for (unsigned word = 0; word < MEDIA_WORD_BUILT_IN; word++)
		ret[n++] = media_word_name((enum media_word)word);
	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++)
		ret[n++] = device_kind_name((enum device_kind)kind);
	return n;
}

int read_kind(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	const char **kind = field(key, base), *nearest;
	const char *words[MEDIA_WORDS + DEVICE_KINDS];

	if (device_kinds_named(node->text)) {
		*kind = node->text;
		return 0;
	}
	nearest = diag_nearest(node->text, words, list_kinds(words));
	if (nearest)
		diag_fault(reader->diags, node->at, "%s: '%s'; did you mean '%s'?", key->name,
			   node->text, nearest);
	else
		diag_fault(reader->diags, node->at,
			   "%s: '%s' is no kind of device; one is storage, optical, phone, "
			   "network, ... (man sereno-policy)",
			   key->name, node->text);
	return 0;
}

static bool check_serial(struct reader *reader, const struct node *node)
{
	if (!serial_is_weak(node->text))
		return true;
	diag_fault(reader->diags, node->at,
		   "serial: '%s' tells no device from another; leave it out and name vendor and "
		   "product alone",
		   node->text);
	return false;
}

int read_serials(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no serial numbers: this rule can never fit; leave the key out for all");
	return read_names(reader, node, check_serial, field(key, base));
}

static bool check_holder(struct reader *reader, const struct node *node)
{
	return strcmp(node->text, "system") == 0 || check_role_name(reader, node);
}

int read_holders(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no roles: this rule can never fit; leave the key out for whoever is "
			   "there");
	return read_names(reader, node, check_holder, field(key, base));
}

static const struct {
	const char *word;
	unsigned bit;
} mount_options[] = {
	{ "noexec", MEDIA_NOEXEC },
	{ "nosuid", MEDIA_NOSUID },
	{ "nodev", MEDIA_NODEV },
};

static unsigned mount_option(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(mount_options); i++)
		if (strcmp(word, mount_options[i].word) == 0)
			return mount_options[i].bit;
	return 0;
}

static bool check_mount_option(struct reader *reader, const struct node *node)
{
	const char *words[ARRAY_SIZE(mount_options)];
	const char *nearest;

	if (mount_option(node->text))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(mount_options); i++)
		words[i] = mount_options[i].word;
	nearest = diag_nearest(node->text, words, ARRAY_SIZE(words));
	if (nearest)
		diag_fault(reader->diags, node->at, "mount-options: '%s'; did you mean '%s'?",
			   node->text, nearest);
	else
		diag_fault(reader->diags, node->at,
			   "mount-options: '%s' is none of noexec, nosuid, nodev", node->text);
	return false;
}

int read_mount_options(struct reader *reader, const struct key *key, const struct node *node,
		       void *base)
{
	unsigned *options = field(key, base);
	struct names names = { 0 };
	const int r = read_names(reader, node, check_mount_option, &names);

	if (r < 0)
		return r;
	*options = 0;
	for (size_t i = 0; i < names.n; i++)
		*options |= mount_option(names.item[i].text);
	return 0;
}

int read_device_rules(struct reader *reader, const struct key *key, const struct node *node,
		      void *base)
{
	struct media_block *block = base;
	int r;

	block->rules = arena_array(reader->arena, node->n, sizeof(*block->rules));
	if (!block->rules)
		return -ENOMEM;
	for (const struct node *child = node->first; child; child = child->next) {
		struct device_rule *rule = &block->rules[block->n_rules++];

		rule->at = child->at;
		rule->valid = (struct validity){ TIME_NO_START, TIME_NO_END };
		if (child->kind == NODE_VOID)
			continue;
		if (child->kind != NODE_MAP) {
			diag_fault(reader->diags, child->at,
				   "a rule is a block of keys, as {name: sticks, device: {kind: "
				   "storage}, access: encrypted}");
			continue;
		}
		r = block_read(reader, key->block, child, rule);
		if (r < 0)
			return r;
	}
	return 0;
}
