/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the YAML of a policy as scanned, before anything in it has a meaning.
 *
 * At most MODEL_MAX_DEPTH deep; keys and values at most VALUE_MAX bytes, UTF-8, on one line and
 * without a character that character_fault() refuses.
 */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>

#include <sereno/diag.h>

#define VALUE_MAX 255

enum node_kind {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
	NODE_VOID, /* refused or repeated, and said so: everyone skips it */
};

struct node {
	enum node_kind kind;
	struct mark at;	    /* of the value */
	struct mark key_at; /* of the key, for an entry of a map */
	const char *key;    /* NULL for what is not an entry of a map */
	const char *text;   /* NODE_SCALAR */
	size_t n;	    /* children */
	struct node *first, *last, *next;
};

struct tree {
	struct node *top; /* a map */
};

#endif
