/* SPDX-License-Identifier: MIT */
/* flatten.c - a policy as one line per value, to compare two of them. */
#include <errno.h>
#include <string.h>

#include <sereno/model.h>
#include <sereno/scoped.h>

#include "tree.h"

struct level {
	const struct node *node; /* the list or map whose children are listed */
	const struct node *next; /* child to list next */
	size_t number;		 /* of that child, from 1 */
};

struct flat {
	FILE *out; /* the lines, each with a NUL behind it */
	size_t n;
	struct level level[MODEL_MAX_DEPTH];
	size_t depth;
};

/* Blocks in a list are told apart by their number; plain items are told apart by their value. */
static bool is_numbered(const struct level *level)
{
	return level->node->kind == NODE_LIST && level->next->kind != NODE_SCALAR;
}

static void write_line(struct flat *flat, const char *value)
{
	for (size_t i = 0; i < flat->depth; i++) {
		const struct level *level = &flat->level[i];

		if (level->node->kind == NODE_MAP)
			fprintf(flat->out, "%s%s", i ? "." : "", level->next->key);
		else if (is_numbered(level))
			fprintf(flat->out, "[%zu]", level->number);
	}
	fprintf(flat->out, ": %s", value);
	putc('\0', flat->out);
	flat->n++;
}

/* List the child that is next, or go into it. */
static void visit(struct flat *flat)
{
	const struct node *child = flat->level[flat->depth - 1].next;

	switch (child->kind) {
	case NODE_SCALAR:
		write_line(flat, child->text);
		return;
	case NODE_LIST:
	case NODE_MAP:
		if (!child->first)
			write_line(flat, child->kind == NODE_LIST ? "[]" : "{}");
		else
			flat->level[flat->depth++] = (struct level){ .node = child };
		return;
	case NODE_VOID:
		return; /* an item given twice */
	}
}

static void write_lines(struct flat *flat, const struct node *top)
{
	flat->level[flat->depth++] = (struct level){ .node = top };
	while (flat->depth) {
		struct level *level = &flat->level[flat->depth - 1];

		level->next = level->number++ ? level->next->next : level->node->first;
		if (level->next)
			visit(flat);
		else
			flat->depth--;
	}
}

/* One block of memory: the pointers, then the @length bytes of text that they point into. */
static int publish(const char *text, size_t length, size_t n, char ***ret)
{
	char **lines = malloc(n * sizeof(*lines) + length + 1);
	char *line;

	if (!lines)
		return -ENOMEM;
	line = (char *)(lines + n);
	memcpy(line, text, length);
	for (size_t i = 0; i < n; i++) {
		lines[i] = line;
		line += strlen(line) + 1;
	}
	*ret = lines;
	return 0;
}

int model_flatten(const struct model *model, char ***ret, size_t *ret_n)
{
	scoped_free char *text = NULL;
	size_t length = 0;
	struct flat flat = { .out = open_memstream(&text, &length) };
	int r;

	if (!flat.out)
		return -ENOMEM;
	write_lines(&flat, model->tree->top);
	r = ferror(flat.out);
	if (fclose(flat.out) != 0 || r)
		return -ENOMEM;
	r = publish(text, length, flat.n, ret);
	if (r == 0)
		*ret_n = flat.n;
	return r;
}
