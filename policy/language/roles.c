/* SPDX-License-Identifier: MIT */
/* roles.c - read names of the administrator's choice and what stands under them. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "reader.h"
#include "words.h"

#define NEAREST_MAX    4096 /* names compared for "did you mean", of a file of any size */
#define NEAREST_FAULTS 100

ptrdiff_t reader_refer(struct reader *reader, enum lookup_table table, const char *text)
{
	const ptrdiff_t found = lookup_find(&reader->lookup->table[table], text);

	if (found >= 0)
		reader->used[table][found] = true;
	return found;
}

const char *reader_nearest(const struct reader *reader, enum lookup_table table, const char *text)
{
	const struct lookup_index *index = &reader->lookup->table[table];
	const size_t n = index->n < NEAREST_MAX ? index->n : NEAREST_MAX;
	scoped_free const char **names = NULL;

	if (reader->diags->faults - reader->faults_before > NEAREST_FAULTS)
		return NULL;
	names = reallocarray(NULL, n + 1, sizeof(*names));
	if (!names)
		return NULL; /* the fault is said without a suggestion */
	for (size_t i = 0; i < n; i++)
		names[i] = index->entry[i].text;
	return diag_nearest(text, names, n);
}

bool reader_is_content(const struct reader *reader)
{
	return reader->diags->faults == reader->faults_before;
}

static bool is_builtin_origin(const char *text)
{
	static const char *const words[] = { "seat", "serial", "jobs", "anywhere" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static void check_name(struct reader *reader, const struct table *table, const struct node *node)
{
	if (!word_is_name(node->key))
		diag_fault(
			reader->diags, node->key_at,
			"'%s' cannot name a %s: letters, digits, . _ - from a letter on, at most %d",
			node->key, table->entry, MODEL_NAME_MAX);
	else if (table->lookup == LOOKUP_ORIGINS && is_builtin_origin(node->key))
		diag_fault(reader->diags, node->key_at, "'%s' is built in; choose another name",
			   node->key);
	else if (table->lookup == LOOKUP_ROLES && strcmp(node->key, "system") == 0)
		diag_fault(reader->diags, node->key_at,
			   "'system' is built in: in rules of media: it stands for whoever is "
			   "there; choose another name");
	else if (table->lookup == LOOKUP_TIMES && word_looks_like_hours(node->key))
		diag_fault(reader->diags, node->key_at,
			   "'%s' looks like hours; choose another name", node->key);
}

/* Make the names known before anything refers to them. Faulty ones are known too: the places
 * that use them are not to blame. */
static int index_names(struct reader *reader, const struct table *table, const struct node *node)
{
	struct lookup_index *index;
	bool *used = arena_array(reader->arena, node->n, sizeof(*used));
	size_t i = 0;
	int r;

	if (table->lookup == LOOKUP_TABLES)
		return 0;
	index = &reader->lookup->table[table->lookup];
	r = lookup_allocate(reader->arena, node->n, index);
	if (r < 0 || !used)
		return -ENOMEM;
	for (const struct node *child = node->first; child; child = child->next, i++)
		index->entry[i] = (struct lookup_entry){ child->key, i };
	lookup_sort(index);
	reader->used[table->lookup] = used;
	return 0;
}

static const struct validity always = { TIME_NO_START, TIME_NO_END };

int read_table(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	const struct table *table = key->table;
	char *entries = arena_array(reader->arena, node->n, table->entry_size);
	size_t i = 0;
	int r = index_names(reader, table, node);

	if (!entries || r < 0)
		return -ENOMEM;
	/* Copied, for the field is a pointer to the entry's own type. */
	memcpy((char *)base + key->offset, &entries, sizeof(entries));
	memcpy((char *)base + table->n_offset, &node->n, sizeof(node->n));
	for (const struct node *child = node->first; child; child = child->next, i++) {
		char *entry = entries + i * table->entry_size;

		*(struct name *)(void *)entry = (struct name){ child->key, child->key_at };
		if (table->lookup == LOOKUP_ROLES)
			((struct role *)(void *)entry)->valid = always;
		if (child->kind != NODE_VOID)
			check_name(reader, table, child);
	}
	i = 0;
	for (const struct node *child = node->first; child; child = child->next, i++) {
		r = block_read_key(reader, table->value, child, entries + i * table->entry_size);
		if (r < 0)
			return r;
	}
	return 0;
}

int read_rules(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	struct role *role = base;
	uint32_t number = 0;
	int r;

	role->rules = arena_array(reader->arena, node->n, sizeof(*role->rules));
	if (!role->rules)
		return -ENOMEM;
	for (const struct node *child = node->first; child; child = child->next) {
		struct rule *rule = &role->rules[number++];

		rule->at = child->at;
		rule->number = number;
		rule->valid = always;
		if (child->kind == NODE_VOID)
			continue;
		if (child->kind != NODE_MAP) {
			diag_fault(
				reader->diags, child->at,
				"a rule is a block of keys, as {services: [sshd], from: [seat]}");
			continue;
		}
		r = block_read(reader, key->block, child, rule);
		if (r < 0)
			return r;
	}
	role->n_rules = number;
	return 0;
}
