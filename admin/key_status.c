/* SPDX-License-Identifier: MIT */
/* key_status.c - sereno key status: where the host key lies, and what to do about it. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "json.h"
#include "key.h"

enum standing {
	STANDING_NONE,
	STANDING_PLAIN,
	STANDING_HALF,
	STANDING_SEALED,
	STANDING_LEFT,
	STANDING_CLOSED,
	STANDING_UNUSABLE,
};

/* clang-format off */
static const struct {
	const char *name, *text, *next;
	enum exit_status status;
} standings[] = {
	[STANDING_NONE]     = { "none", N_("there is none yet: the first secret record makes it"), NULL, EXIT_YES },
	[STANDING_PLAIN]    = { "plain", N_("in the clear on the disk, for root alone"),
				N_("sereno key seal, if this disk or its backups could be read elsewhere"), EXIT_YES },
	[STANDING_HALF]     = { "half-sealed", N_("sealed, but also in the clear still, and that counts"),
				N_("sereno key seal, to complete it; or sereno key unseal"), EXIT_NO },
	[STANDING_SEALED]   = { "sealed", N_("sealed, and unsealed in memory for this boot"), NULL, EXIT_YES },
	[STANDING_LEFT]     = { "left", N_("sealed, and unsealed for this boot; a copy in the clear was left behind"),
				N_("sereno key load, which removes it"), EXIT_NO },
	[STANDING_CLOSED]   = { "closed", N_("sealed, and not unsealed at this boot: no code can be checked"),
				N_("sereno key load, which says what is in the way"), EXIT_NO },
	[STANDING_UNUSABLE] = { "unusable", N_("cannot be used: no code can be checked"), NULL, EXIT_NO },
};
/* clang-format on */

/* Who is not root sees that it is there, and must take it for whole. */
static bool there(int place)
{
	return place == 0 || place == -EACCES;
}

static enum standing standing_of(const struct host_key_places *places)
{
	if (places->plain != -ENOENT && !there(places->plain))
		return STANDING_UNUSABLE;
	if (places->sealed == -ENOENT)
		return places->plain == -ENOENT ? STANDING_NONE : STANDING_PLAIN;
	if (places->plain != -ENOENT)
		return STANDING_HALF;
	if (places->unsealed == -ENOENT)
		return STANDING_CLOSED;
	if (!there(places->unsealed))
		return STANDING_UNUSABLE;
	return places->left == -ENOENT ? STANDING_SEALED : STANDING_LEFT;
}

static const char *means_of(const struct key_work *work)
{
	return work->places.sealed == -ENOENT ? NULL : creds_means_name(key_work_means(work));
}

static void print_json(const struct key_work *work, enum standing standing)
{
	struct json json = { .stream = work->output->stream };

	json_begin(&json, NULL, JSON_OBJECT);
	json_string(&json, "id", work->key ? host_key_id(work->key) : NULL);
	json_string(&json, "standing", standings[standing].name);
	json_string(&json, "sealed_with", means_of(work));
	json_bool(&json, "in_the_clear", work->places.plain != -ENOENT);
	json_bool(&json, "unsealed", there(work->places.unsealed));
	json_bool(&json, "left_behind", work->places.left != -ENOENT);
	json_string(&json, "next", standings[standing].next);
	json_end(&json, JSON_OBJECT);
}

static void print_places(const struct key_work *work)
{
	const struct host_key_places *places = &work->places;
	const struct {
		const char *label;
		int place;
	} rows[] = {
		{ _("plain"), places->plain },
		{ _("sealed"), places->sealed },
		{ _("this boot"), places->unsealed },
		{ _("left"), places->left },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].place != -ENOENT && !there(rows[i].place))
			output_field(work->output, 12, rows[i].label, policy_defect(rows[i].place));
}

static void print_text(const struct key_work *work, enum standing standing)
{
	const char *means = means_of(work);

	if (work->key)
		output_field(work->output, 12, _("host key"), host_key_id(work->key));
	output_field(work->output, 12, _("it is"), _(standings[standing].text));
	if (means)
		output_field(work->output, 12, _("sealed with"), means);
	print_places(work);
	if (standings[standing].next)
		output_field(work->output, 12, _("next"), _(standings[standing].next));
}

enum exit_status key_status(const struct key_work *work)
{
	const enum standing standing = standing_of(&work->places);

	if (work->options->given & OPTION_JSON)
		print_json(work, standing);
	else
		print_text(work, standing);
	return standings[standing].status;
}
