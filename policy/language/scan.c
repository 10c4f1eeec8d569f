/* SPDX-License-Identifier: MIT */
/* scan.c - from text to tree: the strict subset of YAML that a policy may use. */
#include <errno.h>
#include <string.h>

#include <yaml.h>

#include <sereno/model.h>
#include <sereno/scoped.h>

#include "character.h"
#include "scan.h"
#include "siblings.h"

struct frame {
	struct node *node; /* a list or a map */
	const char *key;   /* of a map: the one whose value comes next, or NULL: a key comes next */
	struct mark key_at;
};

struct scan {
	struct arena *arena;
	struct diag_list *diags;
	struct tree *tree;
	struct frame frame[MODEL_MAX_DEPTH];
	size_t depth;
	bool has_document, ended;
};

static struct mark mark_of(yaml_mark_t mark)
{
	return (struct mark){ (uint32_t)mark.line + 1, (uint32_t)mark.column + 1 };
}

static bool awaits_key(const struct scan *scan)
{
	const struct frame *frame = scan->depth ? &scan->frame[scan->depth - 1] : NULL;

	return frame && frame->node->kind == NODE_MAP && !frame->key;
}

/* Put a new node where the text has come to. */
static struct node *attach(struct scan *scan, enum node_kind kind, struct mark at)
{
	struct frame *frame = scan->depth ? &scan->frame[scan->depth - 1] : NULL;
	struct node *node = arena_array(scan->arena, 1, sizeof(*node));

	if (!node)
		return NULL;
	node->kind = kind;
	node->at = at;
	if (!frame) {
		scan->tree->top = node;
		return node;
	}
	if (frame->node->kind == NODE_MAP) {
		node->key = take(frame->key, NULL);
		node->key_at = frame->key_at;
	}
	if (frame->node->last)
		frame->node->last->next = node;
	else
		frame->node->first = node;
	frame->node->last = node;
	frame->node->n++;
	return node;
}

/* Faults of a key or value as written, whatever its place means. Returns 0 or -EINVAL. */
static int check_scalar(struct scan *scan, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	const size_t length = event->data.scalar.length;
	const struct mark at = mark_of(event->start_mark);
	uint32_t character;
	size_t size;

	if (event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
	    event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
		return diag_fault(
			scan->diags, at,
			"block text (| or >) is not used here; write the value on one line");
	if (event->start_mark.line != event->end_mark.line)
		return diag_fault(scan->diags, at, "goes on over several lines; write it on one");
	if (length > VALUE_MAX)
		return diag_fault(scan->diags, at, "longer than %d bytes", VALUE_MAX);
	/* Double quotes have escapes: "\0" is a NUL that the text itself does not hold. */
	for (size_t i = 0; i < length; i += size) {
		size = character_read(text + i, length - i, &character);
		if (!size || character == '\n' || character_fault(character))
			return diag_fault(scan->diags, at, "holds an escaped character that is %s",
					  size && character_fault(character)
						  ? character_fault(character)
						  : "not allowed in a value");
	}
	return 0;
}

static void check_marks(struct scan *scan, struct mark at, const yaml_char_t *anchor,
			const yaml_char_t *tag)
{
	if (anchor)
		diag_fault(scan->diags, at, "anchors (&%s) are not used here; write the value out",
			   (const char *)anchor);
	if (tag)
		diag_fault(scan->diags, at,
			   "tags (!) are not used here; the key decides the type of its value");
}

static int scan_key(struct scan *scan, const yaml_event_t *event)
{
	struct frame *frame = &scan->frame[scan->depth - 1];
	const char *text = (const char *)event->data.scalar.value;
	const struct mark at = mark_of(event->start_mark);

	frame->key_at = at;
	frame->key = ""; /* a key that was refused: siblings_check() makes its value void */
	if (check_scalar(scan, event) < 0)
		return 0;
	if (!*text) {
		diag_fault(scan->diags, at, "a key without a name");
		return 0;
	}
	if (strcmp(text, "<<") == 0) {
		diag_fault(scan->diags, at,
			   "merge keys (<<) are not used here; write the keys out");
		return 0;
	}
	frame->key = arena_text(scan->arena, text, event->data.scalar.length);
	return frame->key ? 0 : -ENOMEM;
}

/* Faults of a value as the value of its key. Returns 0 or -EINVAL. */
static int check_value(struct scan *scan, const yaml_event_t *event)
{
	const struct frame *frame = scan->depth ? &scan->frame[scan->depth - 1] : NULL;

	if (event->data.scalar.length || event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return check_scalar(scan, event);
	if (frame && frame->key && !*frame->key)
		return -EINVAL; /* its key was refused already */
	if (frame && frame->key)
		return diag_fault(scan->diags, frame->key_at, "'%s' has no value; [] is none",
				  frame->key);
	return diag_fault(scan->diags, mark_of(event->start_mark), "an item without a value");
}

static int scan_scalar(struct scan *scan, const yaml_event_t *event)
{
	const struct mark at = mark_of(event->start_mark);
	struct node *node;
	bool sound;

	check_marks(scan, at, event->data.scalar.anchor, event->data.scalar.tag);
	if (awaits_key(scan))
		return scan_key(scan, event);
	sound = check_value(scan, event) == 0;
	node = attach(scan, sound ? NODE_SCALAR : NODE_VOID, at);
	if (!node)
		return -ENOMEM;
	if (sound)
		node->text = arena_text(scan->arena, (const char *)event->data.scalar.value,
					event->data.scalar.length);
	return sound && !node->text ? -ENOMEM : 0;
}

static int scan_alias(struct scan *scan, const yaml_event_t *event)
{
	const struct mark at = mark_of(event->start_mark);

	diag_fault(
		scan->diags, at,
		"aliases (*%s) are not used here; put a pattern that begins with * in single quotes",
		(const char *)event->data.alias.anchor);
	if (awaits_key(scan))
		return -EINVAL;
	return attach(scan, NODE_VOID, at) ? 0 : -ENOMEM;
}

static int open_frame(struct scan *scan, enum node_kind kind, struct mark at)
{
	struct node *node;

	if (awaits_key(scan))
		return diag_fault(scan->diags, at, "a key must be a name, not a list or a block");
	if (scan->depth == MODEL_MAX_DEPTH)
		return diag_fault(scan->diags, at, "nested more than %d deep", MODEL_MAX_DEPTH);
	node = attach(scan, kind, at);
	if (!node)
		return -ENOMEM;
	scan->frame[scan->depth++] = (struct frame){ .node = node };
	return 0;
}

static int close_frame(struct scan *scan)
{
	const struct node *node = scan->frame[--scan->depth].node;

	return node->kind == NODE_MAP ? siblings_check_keys(node, scan->diags) : 0;
}

static int open_document(struct scan *scan, const yaml_event_t *event)
{
	const struct mark at = mark_of(event->start_mark);

	if (scan->has_document)
		return diag_fault(scan->diags, at, "a second document; a policy is one");
	scan->has_document = true;
	if (event->data.document_start.version_directive ||
	    event->data.document_start.tag_directives.start !=
		    event->data.document_start.tag_directives.end)
		diag_fault(scan->diags, at, "directives (%%) are not used here; remove the line");
	return 0;
}

/* Returns 0 to go on, or what ends the scan. */
static int scan_event(struct scan *scan, const yaml_event_t *event)
{
	const struct mark at = mark_of(event->start_mark);

	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_STREAM_END_EVENT:
		scan->ended = true;
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		return open_document(scan, event);
	case YAML_ALIAS_EVENT:
		return scan_alias(scan, event);
	case YAML_SCALAR_EVENT:
		return scan_scalar(scan, event);
	case YAML_SEQUENCE_START_EVENT:
		check_marks(scan, at, event->data.sequence_start.anchor,
			    event->data.sequence_start.tag);
		return open_frame(scan, NODE_LIST, at);
	case YAML_MAPPING_START_EVENT:
		check_marks(scan, at, event->data.mapping_start.anchor,
			    event->data.mapping_start.tag);
		return open_frame(scan, NODE_MAP, at);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_frame(scan);
	}
	return -EINVAL;
}

static int add_syntax_fault(const yaml_parser_t *parser, struct diag_list *diags)
{
	const struct mark at = mark_of(parser->problem_mark);

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->context && strstr(parser->context, "alias"))
		return diag_fault(diags, at,
				  "not YAML: put a pattern that begins with * in single quotes");
	if (parser->context)
		return diag_fault(diags, at, "not YAML: %s (%s, line %zu)", parser->problem,
				  parser->context, parser->context_mark.line + 1);
	return diag_fault(diags, at, "not YAML: %s", parser->problem);
}

static int scan_events(struct scan *scan, yaml_parser_t *parser)
{
	while (!scan->ended) {
		scoped(yaml_event_delete) yaml_event_t event = { 0 };
		int r;

		if (!yaml_parser_parse(parser, &event))
			return add_syntax_fault(parser, scan->diags);
		r = scan_event(scan, &event);
		if (r < 0)
			return r;
	}
	return 0;
}

int scan_text(struct arena *arena, const char *text, size_t length, struct tree **ret,
	      struct diag_list *diags)
{
	scoped(yaml_parser_delete) yaml_parser_t parser = { 0 };
	struct scan scan = { .arena = arena, .diags = diags };
	const struct mark top = { 1, 1 };
	int r;

	scan.tree = arena_array(arena, 1, sizeof(*scan.tree));
	if (!scan.tree || !yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	r = scan_events(&scan, &parser);
	if (r < 0)
		return r;
	if (!scan.tree->top)
		return diag_fault(diags, top,
				  "nothing but comments; a policy begins with 'sereno: 1'");
	if (scan.tree->top->kind == NODE_VOID)
		return -EINVAL;
	if (scan.tree->top->kind != NODE_MAP)
		return diag_fault(diags, scan.tree->top->at,
				  "not a policy: it must be keys with values, as 'sereno: 1'");
	*ret = scan.tree;
	return 0;
}
