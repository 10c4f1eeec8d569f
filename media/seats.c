/* SPDX-License-Identifier: MIT */
/* seats.c - the seats as they were, the seats as they are, and what is different. */
#include "seats.h"

#include <string.h>

#include <sereno/scoped.h>

#include "sitter.h"
#include "told.h"

static struct seats_item *find(struct seats *seats, const char *name)
{
	for (size_t i = 0; i < seats->n; i++)
		if (strcmp(seats->item[i].name, name) == 0)
			return &seats->item[i];
	return NULL;
}

static bool is_written_down(const char *root, const char *name)
{
	scoped_free char *path = NULL;

	return asprintf(&path, "%s/run/sereno/seats/%s", root, name) < 0 || access(path, F_OK) == 0;
}

/* A seat that is new to us: what we wrote down before we were started again still counts, where
 * logind confirms it. Where nothing was, whoever is there may have been there all the time. */
static void add(struct seats *seats, const char *root, const char *name)
{
	struct seats_item *item = &seats->item[seats->n];

	if (seats->n == ARRAY_SIZE(seats->item))
		return;
	*item = (struct seats_item){ .is_first = !is_written_down(root, name) };
	memcpy(item->name, name, strlen(name) + 1);
	if (seat_read(root, name, &item->seat) < 0)
		item->seat = (struct seat){ .locked = false };
	if (!item->seat.session[0])
		item->seat.until = TIME_NO_END;
	seats->n++;
}

static bool is_same_session(const struct seat *a, const struct seat *b)
{
	return strcmp(a->session, b->session) == 0 && a->uid == b->uid &&
	       strcmp(a->user, b->user) == 0;
}

static bool is_same_person(const struct seat *a, const struct seat *b)
{
	return (a->session[0] == '\0') == (b->session[0] == '\0') && a->uid == b->uid;
}

static bool has_same_roles(const struct seat *a, const struct seat *b)
{
	if (a->roles.n != b->roles.n || a->until != b->until)
		return false;
	for (size_t i = 0; i < a->roles.n; i++)
		if (strcmp(a->roles.name[i], b->roles.name[i]) != 0)
			return false;
	return true;
}

static void write_down(const char *root, const struct seats_item *item)
{
	const int r = seat_write(root, item->name, &item->seat);

	if (r < 0)
		told_state_unusable(root, "who sits at a seat could not be written down", r);
}

/* Who has come holds no role until they have been looked up, which may take its time: nobody is
 * taken for the one before him meanwhile. */
static bool follow(struct seats_item *item, const struct seats_asker *asker, const struct seat *now,
		   enum seats_look look)
{
	scoped_free struct seat *before = malloc(sizeof(*before));
	const bool is_new = take(item->is_first, false) || !is_same_session(&item->seat, now);
	int r = 0;

	if (!before)
		return false;
	*before = item->seat;
	if (is_new) {
		item->seat = *now;
		write_down(asker->root, item);
	}
	item->seat.locked = now->locked;
	if (is_new || look == SEATS_ROLES || item->seat.until <= asker->now)
		r = sitter_find_roles(asker->policy, asker->now, &item->seat);
	if (r < 0)
		told_state_unusable(asker->root, "the roles of who sits there", r);
	if (!is_new && before->locked == now->locked && has_same_roles(before, &item->seat))
		return false;
	write_down(asker->root, item);
	return true;
}

static bool follow_one(struct seats_item *item, const struct seats_asker *asker,
		       const struct seat *now, enum seats_look look)
{
	if (!item->is_first && !is_same_person(&item->seat, now))
		item->taken_over = true;
	return follow(item, asker, now, look);
}

static const struct seat *view_find(const struct logind_view *view, const char *name)
{
	for (size_t i = 0; i < view->n; i++)
		if (strcmp(view->item[i].name, name) == 0)
			return &view->item[i].seat;
	return NULL;
}

static int follow_all(struct seats *seats, const struct seats_asker *asker,
		      const struct logind_view *view, enum seats_look look)
{
	static const struct seat nobody = { .until = TIME_NO_END };
	bool different = false;

	for (size_t i = 0; i < view->n; i++)
		if (!find(seats, view->item[i].name))
			add(seats, asker->root, view->item[i].name);
	for (size_t i = 0; i < seats->n; i++) {
		const struct seat *now = view_find(view, seats->item[i].name);

		different |= follow_one(&seats->item[i], asker, now ? now : &nobody, look);
	}
	return different;
}

/* Nobody is anywhere that is not known, but not at once: logind is replaced without any session
 * ending, and the bus takes a moment when we are. */
static int bear_silence(struct seats *seats, const struct seats_asker *asker, int err,
			struct logind_view *view)
{
	if (seats->silent_since == 0)
		seats->silent_since = asker->boot > 0 ? asker->boot : 1;
	if (asker->boot - seats->silent_since < asker->patience_sec)
		return 0;
	if (!seats->told)
		told_seats_unknown(asker->root, "nobody is taken to sit anywhere", err);
	seats->told = true;
	*view = (struct logind_view){ 0 };
	return 1;
}

int seats_look(struct seats *seats, const struct seats_asker *asker, enum seats_look look)
{
	scoped_free struct logind_view *view = calloc(1, sizeof(*view));
	int r;

	if (!view)
		return -ENOMEM;
	r = logind_look(asker->bus, view);
	if (r < 0) {
		r = bear_silence(seats, asker, r, view);
		if (r == 0)
			return 0;
	} else {
		seats->silent_since = 0;
		seats->told = false;
	}
	return follow_all(seats, asker, view, look);
}

bool seats_are_known(const struct seats *seats)
{
	return seats->n > 0 || seats->silent_since == 0 || seats->told;
}

int64_t seats_until(const struct seats *seats, const struct seats_asker *asker)
{
	int64_t until = TIME_NO_END;

	for (size_t i = 0; i < seats->n; i++)
		if (seats->item[i].seat.session[0] && seats->item[i].seat.until < until)
			until = seats->item[i].seat.until;
	if (seats->silent_since > 0 && !seats->told && asker->now + asker->patience_sec < until)
		until = asker->now + asker->patience_sec;
	return until;
}

void seats_settle(struct seats *seats)
{
	for (size_t i = 0; i < seats->n; i++)
		seats->item[i].taken_over = false;
}
