/* SPDX-License-Identifier: MIT */
/* media_changes.c - devices compared under two policies, told as the other losses are. */
#include "media_changes.h"

#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "media_remedy.h"
#include "messages.h"

int media_changes_find(const struct present_asker *old, const struct present_asker *new,
		       struct media_changes *ret)
{
	scoped(media_changes_clear) struct media_changes changes = { .who = NULL };
	struct present_sitter sitter;
	int r = present_read(new->root, &changes.list);

	if (r == -ENOMEM)
		return r;
	changes.was = calloc(changes.list.n + 1, sizeof(*changes.was));
	changes.becomes = calloc(changes.list.n + 1, sizeof(*changes.becomes));
	if (!changes.was || !changes.becomes)
		return -ENOMEM;
	present_sitter(new->root, new->people, &sitter);
	if (sitter.is_there) {
		changes.who = strdup(sitter.user);
		if (!changes.who)
			return -ENOMEM;
	}
	r = present_judge(old, &changes.list, &sitter, changes.was);
	if (r == 0)
		r = present_judge(new, &changes.list, &sitter, changes.becomes);
	if (r == 0)
		*ret = take(changes, (struct media_changes){ .who = NULL });
	return r;
}

void media_changes_clear(struct media_changes *changes)
{
	present_clear(&changes->list);
	free(changes->was);
	free(changes->becomes);
	free(changes->who);
	*changes = (struct media_changes){ .who = NULL };
}

static bool is_change(const struct media_changes *changes, size_t i)
{
	return changes->was[i].access != changes->becomes[i].access;
}

/* Of what stores nothing there is all or nothing. */
static const char *access_text(const struct present *present, enum media_access access)
{
	const unsigned storing = 1u << KIND_STORAGE | 1u << KIND_OPTICAL;

	if (access == MEDIA_DENY || present->facts.kinds & storing)
		return media_access_name(access);
	return "allow";
}

static void print_change(const struct media_changes *changes, size_t i, const struct output *output)
{
	const enum media_access was = changes->was[i].access, becomes = changes->becomes[i].access;
	const struct present *present = &changes->list.item[i];
	char name[PRESENT_NAME_SIZE], escaped[ESCAPE_MAX];
	scoped_free char *cause = media_remedy_cause(&changes->becomes[i]);

	(void)escape(escaped, present_name(present, name));
	output_wrap(output, becomes < was ? STYLE_WARNING : STYLE_PLAIN, 4,
		    _("  %s: %s instead of %s (%s)"), escaped, access_text(present, becomes),
		    access_text(present, was), cause ? cause : strerror(ENOMEM));
}

void media_changes_print(const struct media_changes *changes, const struct output *output)
{
	char buffer[ESCAPE_MAX];
	bool begun = false;

	for (size_t i = 0; i < changes->list.n; i++) {
		if (!is_change(changes, i))
			continue;
		if (!begun && changes->who)
			output_print(output, STYLE_STRONG, _("Which devices change, for %s:\n"),
				     escape(buffer, changes->who));
		else if (!begun)
			output_print(output, STYLE_STRONG, "%s\n",
				     _("Which devices change, with nobody at the seat:"));
		begun = true;
		print_change(changes, i, output);
	}
}

void media_changes_write(const struct media_changes *changes, struct json *json)
{
	json_begin(json, "devices", JSON_ARRAY);
	for (size_t i = 0; i < changes->list.n; i++) {
		const struct present *present = &changes->list.item[i];
		const struct media_verdict *becomes = &changes->becomes[i];

		if (!is_change(changes, i))
			continue;
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "device", present->name);
		json_string(json, "manufacturer", present->texts.manufacturer);
		json_string(json, "product", present->texts.product);
		json_string(json, "user", changes->who);
		json_string(json, "was", media_access_name(changes->was[i].access));
		json_string(json, "becomes", media_access_name(becomes->access));
		json_string(json, "reason", media_reason_name(becomes->reason));
		json_string(json, "rule", becomes->rule[0] ? becomes->rule : NULL);
		json_number(json, "line", becomes->line);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
}
