/* SPDX-License-Identifier: MIT */
/* block.c - read the keys of one block as the key table says. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "reader.h"

static int read_block(struct reader *reader, const struct key *key, const struct node *node,
		      void *base)
{
	struct mark *at = (struct mark *)((char *)base + key->offset);

	*at = node->key_at;
	return block_read(reader, key->block, node, base);
}

static int read_own_block(struct reader *reader, const struct key *key, const struct node *node,
			  void *base)
{
	struct mark *at = (struct mark *)((char *)base + key->offset);

	*at = node->key_at;
	return block_read(reader, key->block, node, at);
}

/* clang-format off */
static const struct {
	enum node_kind kind;
	read_key *read;
} types[KEY_TYPES] = {
	[KEY_VERSION]          = { NODE_SCALAR, read_version },
	[KEY_TEXT]             = { NODE_SCALAR, read_text },
	[KEY_COUNT]            = { NODE_SCALAR, read_count },
	[KEY_DURATION]         = { NODE_SCALAR, read_duration },
	[KEY_REVIEWED]         = { NODE_SCALAR, read_reviewed },
	[KEY_SINCE]            = { NODE_SCALAR, read_since },
	[KEY_UNTIL]            = { NODE_SCALAR, read_until },
	[KEY_SWITCH]           = { NODE_SCALAR, read_switch },
	[KEY_REQUIRED]         = { NODE_SCALAR, read_required },
	[KEY_TIMEZONE]         = { NODE_SCALAR, read_timezone },
	[KEY_ACCOUNT]          = { NODE_SCALAR, read_account },
	[KEY_DURATION_OR]      = { NODE_SCALAR, read_duration_or },
	[KEY_CHOICE]           = { NODE_SCALAR, read_choice },
	[KEY_NAME]             = { NODE_SCALAR, read_name },
	[KEY_NUMBER16]         = { NODE_SCALAR, read_number16 },
	[KEY_KIND]             = { NODE_SCALAR, read_kind },
	[KEY_ISSUER]           = { NODE_SCALAR, read_issuer },
	[KEY_PATH]             = { NODE_SCALAR, read_path },
	[KEY_OBSERVE]          = { NODE_LIST,   read_observe },
	[KEY_MOUNT_OPTIONS]    = { NODE_LIST,   read_mount_options },
	[KEY_WORDS]            = { NODE_LIST,   read_words },
	[KEY_ACCOUNTS]         = { NODE_LIST,   read_accounts },
	[KEY_GROUPS]           = { NODE_LIST,   read_groups },
	[KEY_ROLE_NAMES]       = { NODE_LIST,   read_role_names },
	[KEY_SECRETS]          = { NODE_LIST,   read_secrets },
	[KEY_HOLDERS]          = { NODE_LIST,   read_holders },
	[KEY_SERIALS]          = { NODE_LIST,   read_serials },
	[KEY_SERVICES]         = { NODE_LIST,   read_services },
	[KEY_SERVICE_ELEMENTS] = { NODE_LIST,   read_service_elements },
	[KEY_HOSTS]            = { NODE_LIST,   read_hosts },
	[KEY_HOST_ELEMENTS]    = { NODE_LIST,   read_host_elements },
	[KEY_HOURS]            = { NODE_LIST,   read_hours },
	[KEY_TIMES_ELEMENTS]   = { NODE_LIST,   read_times_elements },
	[KEY_FROM]             = { NODE_LIST,   read_from },
	[KEY_ORIGIN_ELEMENTS]  = { NODE_LIST,   read_origin_elements },
	[KEY_LINES]            = { NODE_LIST,   read_lines },
	[KEY_BLOCK]            = { NODE_MAP,    read_block },
	[KEY_OWN_BLOCK]        = { NODE_MAP,    read_own_block },
	[KEY_TABLE]            = { NODE_MAP,    read_table },
	[KEY_RULES]            = { NODE_LIST,   read_rules },
	[KEY_DEVICE_RULES]     = { NODE_LIST,   read_device_rules },
};
/* clang-format on */

/* What stands under a name of the administrator's choice goes by that name in messages. */
static const char *called(const struct key *key, const struct node *node)
{
	return node->key ? node->key : key->name;
}

static void add_shape_fault(struct reader *reader, const struct key *key, const struct node *node)
{
	const char *name = called(key, node);

	switch (types[key->type].kind) {
	case NODE_SCALAR:
		diag_fault(reader->diags, node->at, "'%s' takes one value, not a %s", name,
			   node->kind == NODE_LIST ? "list" : "block of keys");
		return;
	case NODE_LIST:
		if (node->kind == NODE_SCALAR)
			diag_fault(reader->diags, node->at, "'%s' must be a list: [%s]", name,
				   node->text);
		else
			diag_fault(reader->diags, node->at,
				   "'%s' must be a list, not a block of keys", name);
		return;
	case NODE_MAP:
		diag_fault(reader->diags, node->at, "'%s' must be a block of keys, not a %s", name,
			   node->kind == NODE_LIST ? "list" : "value");
		return;
	case NODE_VOID:
		return;
	}
}

/* What could not be read may have held the names that other places refer to. */
static void doubt(struct reader *reader, const struct key *key)
{
	if (key->table && key->table->lookup != LOOKUP_TABLES)
		reader->unsure[key->table->lookup] = true;
}

int block_read_key(struct reader *reader, const struct key *key, const struct node *node,
		   void *base)
{
	if (node->kind == NODE_VOID) {
		doubt(reader, key);
		return 0;
	}
	if (node->kind != types[key->type].kind) {
		doubt(reader, key);
		add_shape_fault(reader, key, node);
		return 0;
	}
	return types[key->type].read(reader, key, node, base);
}

static bool is_for_later(const struct block *block, const char *name)
{
	for (size_t i = 0; i < block->n_later; i++)
		if (strcmp(block->later[i], name) == 0)
			return true;
	return false;
}

/* A fault for the unknown key of @node. Returns the place in @block of the key that was probably
 * meant, or -1. */
static ptrdiff_t add_unknown(struct reader *reader, const struct block *block,
			     const struct node *node)
{
	const char *names[KEYS_MAX];
	const char *nearest;

	if (is_for_later(block, node->key)) {
		diag_fault(
			reader->diags, node->key_at,
			"this version does not know '%s' yet and would not enforce it: remove it",
			node->key);
		return -1;
	}
	for (size_t i = 0; i < block->n; i++)
		names[i] = block->keys[i].name;
	nearest = diag_nearest(node->key, names, block->n);
	if (!nearest) {
		diag_fault(reader->diags, node->key_at, "unknown key '%s'", node->key);
		return -1;
	}
	diag_fault(reader->diags, node->key_at, "unknown key '%s'; did you mean '%s'?", node->key,
		   nearest);
	return keys_find(block, nearest) - block->keys;
}

/* A key that is there under a misspelt name; nobody asks for it, and it is not read. */
static const struct node meant = { .kind = NODE_VOID };

/* Sort the children of @node by their places in @block. */
static void place_children(struct reader *reader, const struct block *block,
			   const struct node *node, const struct node *given[static KEYS_MAX])
{
	for (const struct node *child = node->first; child; child = child->next) {
		const struct key *key = keys_find(block, child->key);
		ptrdiff_t place;

		if (key) {
			place = key - block->keys;
			if (!given[place] || given[place] == &meant)
				given[place] = child;
			continue;
		}
		if (child->kind == NODE_VOID && !*child->key)
			continue;
		place = add_unknown(reader, block, child);
		if (place >= 0 && !given[place])
			given[place] = &meant;
	}
}

static void add_missing(struct reader *reader, const struct key *key, const struct node *node)
{
	const struct mark at = node->key ? node->key_at : node->at;

	if (key->type == KEY_VERSION)
		diag_fault(reader->diags, at,
			   "the first key is missing: 'sereno: 1', the version of the vocabulary");
	else
		diag_fault(reader->diags, at, "'%s' is missing; write it as %s", key->name,
			   key->example);
}

static void note_place(const struct block *block, size_t number, struct mark at, void *base)
{
	struct mark *places = (struct mark *)(void *)((char *)base + block->places);

	if (block->places)
		places[number] = at;
}

static int read_given(struct reader *reader, const struct block *block, size_t number,
		      const struct node *node, void *base)
{
	const size_t faults = reader->diags->faults;
	struct mark at = node->at;
	const int r = block_read_key(reader, &block->keys[number], node, base);

	if (node->kind == NODE_VOID || reader->diags->faults > faults)
		at = (struct mark){ .line = at.line ? at.line : 1 };
	note_place(block, number, at, base);
	return r;
}

/* In the order of the table, not of the text: what others refer to by name is read first. */
int block_read(struct reader *reader, const struct block *block, const struct node *node,
	       void *base)
{
	const struct node *given[KEYS_MAX] = { NULL };
	int r;

	place_children(reader, block, node, given);
	for (size_t i = 0; i < block->n; i++) {
		const struct key *key = &block->keys[i];

		if (!given[i]) {
			if (key->presence == KEY_MANDATORY)
				add_missing(reader, key, node);
			continue;
		}
		r = read_given(reader, block, i, given[i], base);
		if (r < 0)
			return r;
	}
	return 0;
}
