/* SPDX-License-Identifier: MIT */
/* diff.c - sereno diff: a policy file against what is in force, value by value. */
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "edition.h"

enum side { SIDE_REMOVED, SIDE_ADDED };

struct change {
	const char *line; /* "PATH: VALUE" */
	enum side side;
};

struct changes {
	size_t n;
	struct change *item;
	char **lines[2]; /* by side: what the changes point into */
};

static void changes_clear(struct changes *changes)
{
	free(changes->item);
	free((void *)changes->lines[SIDE_REMOVED]);
	free((void *)changes->lines[SIDE_ADDED]);
}

static int compare_lines(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	const int order = strcmp(a->line, b->line);

	return order ? order : (a->side > b->side) - (a->side < b->side);
}

/* Path by path, numbers by value; what goes before what comes. */
static int compare_paths(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	const size_t a_length = strcspn(a->line, " "), b_length = strcspn(b->line, " ");
	const int order = strverscmp(a->line, b->line);

	if (a_length == b_length && memcmp(a->line, b->line, a_length) == 0 && a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return order;
}

/* Drop each line that both sides have: once here for once there. */
static void drop_common(struct changes *changes)
{
	size_t kept = 0;

	for (size_t i = 0; i < changes->n; i++) {
		const struct change *last = kept > 0 ? &changes->item[kept - 1] : NULL;

		if (last && last->side != changes->item[i].side &&
		    strcmp(last->line, changes->item[i].line) == 0)
			kept--;
		else
			changes->item[kept++] = changes->item[i];
	}
	changes->n = kept;
}

static int compare(const struct model *old, const struct model *new, struct changes *ret)
{
	size_t n[2] = { 0, 0 };
	int r = old ? model_flatten(old, &ret->lines[SIDE_REMOVED], &n[SIDE_REMOVED]) : 0;

	if (r == 0)
		r = model_flatten(new, &ret->lines[SIDE_ADDED], &n[SIDE_ADDED]);
	if (r < 0)
		return r;
	ret->item = calloc(n[SIDE_REMOVED] + n[SIDE_ADDED] + 1, sizeof(*ret->item));
	if (!ret->item)
		return -ENOMEM;
	for (enum side side = SIDE_REMOVED; side <= SIDE_ADDED; side++)
		for (size_t i = 0; i < n[side]; i++)
			ret->item[ret->n++] = (struct change){ ret->lines[side][i], side };
	qsort(ret->item, ret->n, sizeof(*ret->item), compare_lines);
	drop_common(ret);
	qsort(ret->item, ret->n, sizeof(*ret->item), compare_paths);
	return 0;
}

static void print_text(const struct changes *changes, const struct output *output)
{
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *change = &changes->item[i];
		const bool added = change->side == SIDE_ADDED;

		output_print(output, added ? STYLE_GOOD : STYLE_BAD, "%c %s", added ? '+' : '-',
			     change->line);
		output_print(output, STYLE_PLAIN, "\n");
	}
	if (changes->n == 0)
		output_wrap(output, STYLE_PLAIN, 0, "%s", _("No difference to what is in force."));
	else
		output_wrap(output, STYLE_PLAIN, 0, "%s",
			    _("Next: sereno apply --dry-run says who would lose what."));
}

static void print_json(const struct changes *changes, struct edition *edition,
		       const struct output *output)
{
	struct json json = { .stream = output->stream };

	json_begin(&json, NULL, JSON_OBJECT);
	json_string(&json, "file", edition->path);
	edition_write_diags(edition, &json);
	json_begin(&json, "changes", JSON_ARRAY);
	for (size_t i = 0; i < changes->n; i++) {
		const char *line = changes->item[i].line;
		const char *colon = strstr(line, ": ");
		char *path = strndup(line, colon ? (size_t)(colon - line) : strlen(line));

		json_begin(&json, NULL, JSON_OBJECT);
		json_string(&json, "change",
			    changes->item[i].side == SIDE_ADDED ? "added" : "removed");
		json_string(&json, "path", path);
		json_string(&json, "value", colon ? colon + 2 : NULL);
		json_end(&json, JSON_OBJECT);
		free(path);
	}
	json_end(&json, JSON_ARRAY);
	json_end(&json, JSON_OBJECT);
}

enum exit_status diff_run(const struct options *options, const struct output *output)
{
	scoped(edition_clear) struct edition edition = { 0 };
	scoped(edition_clear) struct edition in_force = { 0 };
	scoped(changes_clear) struct changes changes = { 0 };
	const int64_t now = time(NULL);
	int r = edition_read(options, now, &edition);

	if (r == -EINVAL) {
		if (options->given & OPTION_JSON)
			print_json(&changes, &edition, output);
		else
			edition_print_diags(&edition, output, "");
		return EXIT_NO;
	}
	if (r < 0)
		return complain_error(r, _("cannot read %s"), edition.path);
	r = edition_in_force(options->root, now, &in_force);
	if (r < 0 && r != -ENOENT)
		return complain_error(r,
				      _("cannot read %s, the policy in force; sereno status "
					"says more"),
				      in_force.path);
	r = compare(in_force.model, edition.model, &changes);
	if (r < 0)
		return complain_error(r, _("cannot compare"));
	if (options->given & OPTION_JSON)
		print_json(&changes, &edition, output);
	else
		print_text(&changes, output);
	return changes.n > 0 ? EXIT_NO : EXIT_YES;
}
