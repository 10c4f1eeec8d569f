/* SPDX-License-Identifier: MIT */
/* places.c - read lists of origins: lines, addresses, networks and their names. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "reader.h"
#include "siblings.h"
#include "words.h"

/* What a list of origins may hold beside addresses, networks, seat and serial. */
enum places_flags {
	PLACES_ANYWHERE = 1 << 0,
	PLACES_JOBS = 1 << 1,
	PLACES_NAMES = 1 << 2,
};

static const struct {
	const char *word;
	enum from_kind kind;
	unsigned needs; /* enum places_flags */
} words[] = {
	{ "seat", FROM_SEAT, 0 },
	{ "serial", FROM_SERIAL, 0 },
	{ "jobs", FROM_JOBS, PLACES_JOBS },
	{ "anywhere", FROM_ANYWHERE, PLACES_ANYWHERE },
};

/* Returns 1 if @node is a built-in word, 0 if not, -EINVAL if it is not allowed here. */
static int read_word(struct reader *reader, const struct node *node, unsigned flags,
		     struct from *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(node->text, words[i].word) != 0)
			continue;
		if ((words[i].needs & flags) != words[i].needs)
			return diag_fault(
				reader->diags, node->at, "'%s' is not allowed here: %s", node->text,
				words[i].kind == FROM_JOBS ? "a job is no login"
							   : "a name for everything is no name");
		ret->kind = words[i].kind;
		return 1;
	}
	return 0;
}

/* Returns 1 if @node is an address or a network, 0 if not, -EINVAL if it is a faulty one. */
static int read_prefix(struct reader *reader, const struct node *node, struct from *ret)
{
	const int r = prefix_parse(node->text, &ret->prefix);

	if (r == -ERANGE)
		return diag_fault(reader->diags, node->at,
				  "'%s' has bits set behind its prefix length; is it a slip?",
				  node->text);
	ret->kind = FROM_PREFIX;
	if (r == 0)
		return 1;
	if (!strchr(node->text, '/') && !strchr(node->text, ':') &&
	    strspn(node->text, "0123456789.") != strlen(node->text))
		return 0;
	return diag_fault(
		reader->diags, node->at,
		"'%s' is not an address or a network such as 10.20.0.0/16 or 'fd00:20::/32'",
		node->text);
}

static const char *nearest_place(const struct reader *reader, const struct node *node,
				 unsigned flags)
{
	const char *candidates[ARRAY_SIZE(words)];
	const char *nearest = NULL;

	if (flags & PLACES_NAMES)
		nearest = reader_nearest(reader, LOOKUP_ORIGINS, node->text);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		candidates[i] = words[i].word;
	return nearest ? nearest : diag_nearest(node->text, candidates, ARRAY_SIZE(candidates));
}

/* A fault for @node, which is nothing that a list of origins may hold. */
static int add_unknown(struct reader *reader, const struct node *node, unsigned flags)
{
	const char *nearest = nearest_place(reader, node, flags);

	if (nearest)
		return diag_fault(reader->diags, node->at,
				  "there is no origin '%s'; did you mean '%s'?", node->text,
				  nearest);
	if (flags & PLACES_NAMES)
		return diag_fault(
			reader->diags, node->at,
			"'%s' is no origin: names are never looked up in DNS; use an address, "
			"or a name from origins:",
			node->text);
	return diag_fault(reader->diags, node->at,
			  "'%s' is not an address: names are never looked up in DNS, and names of "
			  "origins: do not nest",
			  node->text);
}

static int read_place(struct reader *reader, const struct node *node, unsigned flags,
		      struct from *ret)
{
	ptrdiff_t found;
	int r;

	if (node->kind != NODE_SCALAR)
		return diag_fault(reader->diags, node->at, "a list within a list is not used here");
	*ret = (struct from){ .at = node->at, .text = node->text };
	r = read_word(reader, node, flags, ret);
	if (r != 0)
		return r;
	found = flags & PLACES_NAMES ? reader_refer(reader, LOOKUP_ORIGINS, node->text) : -1;
	if (found >= 0) {
		ret->kind = FROM_NAME;
		ret->origin = (size_t)found;
		return 0;
	}
	r = read_prefix(reader, node, ret);
	if (r != 0)
		return r;
	if (!(flags & PLACES_NAMES) &&
	    lookup_find(&reader->lookup->table[LOOKUP_ORIGINS], node->text) >= 0)
		return diag_fault(reader->diags, node->at,
				  "'%s': names of origins: do not nest; write its "
				  "addresses out",
				  node->text);
	return reader->unsure[LOOKUP_ORIGINS] ? -EINVAL : add_unknown(reader, node, flags);
}

static int read_places(struct reader *reader, const struct node *node, unsigned flags,
		       struct from_list *ret)
{
	struct from_list list = { 0 };
	int r = siblings_check_items(node, reader->diags);

	if (r < 0)
		return r;
	list.item = arena_array(reader->arena, node->n, sizeof(*list.item));
	if (!list.item)
		return -ENOMEM;
	for (const struct node *child = node->first; child; child = child->next)
		if (child->kind != NODE_VOID &&
		    read_place(reader, child, flags, &list.item[list.n]) >= 0)
			list.n++;
	*ret = list;
	return 0;
}

static struct from_list *field(const struct key *key, void *base)
{
	return (struct from_list *)(void *)((char *)base + key->offset);
}

int read_from(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no origins: this rule can never fit; remove it");
	return read_places(reader, node, PLACES_ANYWHERE | PLACES_JOBS | PLACES_NAMES,
			   field(key, base));
}

int read_origin_elements(struct reader *reader, const struct key *key, const struct node *node,
			 void *base)
{
	return read_places(reader, node, PLACES_JOBS, field(key, base));
}

int read_lines(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	return read_places(reader, node, PLACES_ANYWHERE | PLACES_NAMES, field(key, base));
}
