/* SPDX-License-Identifier: MIT */
/* model.c - read a policy text into a model, and find things in it by name. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "reader.h"
#include "scan.h"
#include "text.h"
#include "words.h"

#define VERSION 1 /* of the vocabulary */

void model_free(struct model *model)
{
	if (model)
		arena_free(model->arena); /* the model itself lives there */
}

static void free_arena_p(struct arena **arena)
{
	arena_free(*arena);
}

/* The value of the key @name of the file, or NULL. */
static const struct node *find_value(const struct tree *tree, const char *name)
{
	const struct node *node = tree->top->first;

	while (node && strcmp(node->key, name) != 0)
		node = node->next;
	return node;
}

/* A text of another version would give a fault for every line; one message is enough. */
static int check_version(const struct tree *tree, struct diag_list *diags)
{
	const struct node *node = find_value(tree, "sereno");
	const char *why;
	uint64_t version;

	if (!node || node->kind != NODE_SCALAR ||
	    word_number(node->text, 0, UINT32_MAX, &version, &why) < 0 || version == VERSION)
		return 0; /* if faulty, read_version() says so */
	return diag_fault(diags, node->at,
			  "written for version %s of the vocabulary; this sereno knows version %d",
			  node->text, VERSION);
}

static int set_seat_and_serial(struct arena *arena, struct from_list *ret)
{
	struct from *item = arena_array(arena, 2, sizeof(*item));

	if (!item)
		return -ENOMEM;
	item[0] = (struct from){ .kind = FROM_SEAT, .text = "seat" };
	item[1] = (struct from){ .kind = FROM_SERIAL, .text = "serial" };
	*ret = (struct from_list){ .n = 2, .item = item };
	return 0;
}

/* What keys that are left out mean; as the key table documents it. */
static int set_defaults(struct reader *reader)
{
	struct model *model = reader->model;

	model->min_uid = 1000;
	model->min_administrators = 1;
	model->zone = (struct zone){ .n = 1 }; /* UTC until it is known */
	model->password.min_length = 12;
	model->password.dictionary = true;
	model->password.warn_before_sec = 7 * 86400;
	media_defaults(&model->media);
	if (set_seat_and_serial(reader->arena, &model->break_glass_from) < 0)
		return -ENOMEM;
	return set_seat_and_serial(reader->arena, &model->direct_login);
}

static int load_own_zone(struct reader *reader)
{
	const int r = zone_load(reader->root, NULL, reader->now, &reader->model->zone);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		diag_fault(
			reader->diags, (struct mark){ 1, 1 },
			"the host's own time zone cannot be read; name one: timezone: Europe/Madrid");
	return 0;
}

static int fill(struct reader *reader, const struct tree *tree)
{
	int r = set_defaults(reader);

	if (r < 0)
		return r;
	r = find_value(tree, "timezone") ? 0 : load_own_zone(reader);
	if (r < 0)
		return r;
	r = block_read(reader, &block_policy, tree->top, reader->model);
	return r < 0 ? r : meaning_check(reader);
}

/* Everything but the order of the diagnostics and who owns the arena. */
static int read_in(struct arena *arena, struct reader *reader, const char *text, size_t length,
		   struct model **ret)
{
	struct tree *tree;
	int r = text_check(text, length, reader->diags);

	if (r < 0)
		return r;
	r = scan_text(arena, text, length, &tree, reader->diags);
	if (r < 0)
		return r;
	r = check_version(tree, reader->diags);
	if (r < 0)
		return r;

	reader->arena = arena;
	reader->model = arena_array(arena, 1, sizeof(*reader->model));
	reader->lookup = arena_array(arena, 1, sizeof(*reader->lookup));
	if (!reader->model || !reader->lookup)
		return -ENOMEM;
	reader->model->tree = tree;
	reader->model->lookup = reader->lookup;
	r = fill(reader, tree);
	if (r < 0)
		return r;
	if (!reader_is_content(reader))
		return -EINVAL;
	*ret = reader->model;
	return 0;
}

int model_read(const char *root, const char *text, size_t length, int64_t now, struct model **ret,
	       struct diag_list *diags)
{
	scoped(free_arena_p) struct arena *arena = arena_new();
	struct reader reader = {
		.diags = diags, .faults_before = diags->faults, .root = root, .now = now
	};
	struct model *model;
	int r;

	if (!arena)
		return -ENOMEM;
	r = read_in(arena, &reader, text, length, &model);
	diag_sort(diags);
	if (r < 0)
		return r;
	model->arena = take(arena, NULL);
	*ret = model;
	return 0;
}
