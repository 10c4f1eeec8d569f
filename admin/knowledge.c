/* SPDX-License-Identifier: MIT */
/* knowledge.c - who knows which shared secrets by his roles, noted while the policy says so. */
#include "knowledge.h"

#include <errno.h>

#include <sereno/register_known.h>
#include <sereno/scoped.h>

#include "edition.h"

#define DAY_SEC 86400

struct notes {
	const struct model *model;
	struct known *item;
	size_t n, allocated;
};

static int add(struct notes *notes, const char *user, const struct role *role, const char *secret)
{
	const size_t allocated = notes->allocated ? 2 * notes->allocated : 64;
	struct known *item;

	if (notes->n == notes->allocated) {
		item = reallocarray(notes->item, allocated, sizeof(*item));
		if (!item)
			return -ENOMEM;
		notes->item = item;
		notes->allocated = allocated;
	}
	notes->item[notes->n++] = (struct known){ user, role->name.text, secret };
	return 0;
}

static int add_role(struct notes *notes, const char *user, const struct role *role)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < role->knows.n; i++)
		r = add(notes, user, role, role->knows.item[i].text);
	return r;
}

static int add_holder(struct notes *notes, const struct holders *holders,
		      const struct holder *holder)
{
	const struct role_set *set = &holders->sets[holder->set];
	int r = 0;

	for (size_t i = 0; r == 0 && i < set->n; i++)
		r = add_role(notes, holder->user, &notes->model->roles[set->role[i]]);
	return r;
}

int knowledge_note(struct register_db *db, const struct model *model, const struct holders *holders,
		   int64_t now)
{
	struct notes notes = { .model = model };
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->n_roles; i++)
		r = add_role(&notes, NULL, &model->roles[i]);
	for (size_t i = 0; r == 0 && i < holders->n; i++)
		r = add_holder(&notes, holders, &holders->item[i]);
	if (r == 0 && notes.n > 0)
		r = register_learn(db, now, notes.item, notes.n);
	free(notes.item);
	return r;
}

int knowledge_note_daily(struct register_db *db, const char *root, const struct people *people,
			 int64_t now)
{
	scoped(edition_clear) struct edition edition = { 0 };
	scoped(holders_clear) struct holders holders = { 0 };
	int64_t last;
	int r = register_learned(db, &last);

	/* A clock that was ahead must not put it off. */
	if (r < 0 || (last <= now && now - last < DAY_SEC))
		return r;
	r = edition_in_force(root, now, &edition);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = holders_gather(edition.model, people, root, &holders);
	if (r == 0)
		r = knowledge_note(db, edition.model, &holders, now);
	return r < 0 ? r : register_learn(db, now, NULL, 0); /* looked at, if there was nothing */
}
