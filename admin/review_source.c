/* SPDX-License-Identifier: MIT */
/* review_source.c - what the lists of a review are drawn from. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/age.h>
#include <sereno/scoped.h>

#include "review.h"

static void grant_clear(struct review_grant *grant)
{
	free(grant->user);
	free(grant->role);
	free(grant->by);
	free(grant->reason);
}

void review_clear(struct review *review)
{
	for (size_t i = 0; i < review->n_grants; i++)
		grant_clear(&review->grants[i]);
	free(review->grants);
	free(review->standing);
	free(review->by_uid);
	free(review->aged);
	edition_clear(&review->in_force);
	registrar_clear(&review->registrar);
	*review = (struct review){ 0 };
}

static int add_grant(void *context, const struct grant_row *row)
{
	struct review *review = context;
	struct review_grant *room, *grant;

	/* Doubled whenever it is full: n is then a power of two. */
	if ((review->n_grants & (review->n_grants - 1)) == 0) {
		room = reallocarray(review->grants, review->n_grants ? 2 * review->n_grants : 1,
				    sizeof(*room));
		if (!room)
			return -ENOMEM;
		review->grants = room;
	}
	grant = &review->grants[review->n_grants++];
	*grant = (struct review_grant){ .id = row->id, .until = row->until };
	grant->user = strdup(row->user);
	grant->role = strdup(row->role);
	grant->by = strdup(row->made.user);
	grant->reason = strdup(row->made.reason);
	return grant->user && grant->role && grant->by && grant->reason ? 0 : -ENOMEM;
}

static int compare_grants(const void *left, const void *right)
{
	const struct review_grant *a = left, *b = right;
	const int order = strcmp(a->role, b->role);

	return order ? order : (a->id > b->id) - (a->id < b->id);
}

static int read_grants(struct review *review)
{
	const struct register_query query = { .open_at = review->registrar.act.at };
	const int r = register_grants(review->registrar.db, &query, add_grant, review);

	if (r == 0 && review->n_grants > 0)
		qsort(review->grants, review->n_grants, sizeof(*review->grants), compare_grants);
	return r;
}

static int compare_uids(const void *left, const void *right)
{
	const struct account *a = *(const struct account *const *)left;
	const struct account *b = *(const struct account *const *)right;

	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int sort_accounts(struct review *review)
{
	const struct people *people = review->registrar.people;

	review->by_uid = calloc(people->n_accounts + 1, sizeof(const struct account *));
	if (!review->by_uid)
		return -ENOMEM;
	for (size_t i = 0; i < people->n_accounts; i++)
		review->by_uid[i] = &people->accounts[i];
	qsort(review->by_uid, people->n_accounts, sizeof(const struct account *), compare_uids);
	return 0;
}

static int64_t boot_time(int64_t now)
{
	struct timespec up = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &up); /* cannot fail on Linux */
	return now - up.tv_sec;
}

struct standing_search {
	const struct model *model;
	struct review_standing *standing;
};

/* "sha256:HEX ...", as it was signed. */
static void copy_digest(const char *reason, char digest[static REVIEW_DIGEST_HEX])
{
	static const char prefix[] = "sha256:";
	const char *hex = reason + sizeof(prefix) - 1;

	digest[0] = '\0';
	if (strncmp(reason, prefix, sizeof(prefix) - 1) != 0 ||
	    strspn(hex, "0123456789abcdef") != REVIEW_DIGEST_HEX - 1)
		return;
	memcpy(digest, hex, REVIEW_DIGEST_HEX - 1);
	digest[REVIEW_DIGEST_HEX - 1] = '\0';
}

/* Rows come by number, so the last one of a role is the one that counts. */
static int note_review(void *context, const struct review_row *row)
{
	const struct standing_search *search = context;
	const ptrdiff_t index = model_find_role(search->model, row->role);
	struct review_standing *standing;

	if (index < 0)
		return 0; /* of a role that is no more */
	standing = &search->standing[index];
	if (!row->signed_by.user || row->signed_by.at < standing->signed_at)
		return 0;
	standing->signed_at = row->signed_by.at;
	(void)snprintf(standing->signed_by, sizeof(standing->signed_by), "%s",
		       row->signed_by.user); /* fits: the register has no longer ones */
	copy_digest(row->signed_by.reason, standing->digest);
	return 0;
}

static int note_open(void *context, const struct review_row *row)
{
	const struct standing_search *search = context;
	const ptrdiff_t index = model_find_role(search->model, row->role);

	if (index < 0)
		return 0;
	search->standing[index].open = row->id;
	search->standing[index].deadline = row->deadline;
	search->standing[index].is_signed = row->signed_by.user != NULL;
	(void)snprintf(search->standing[index].owner, sizeof(search->standing[index].owner), "%s",
		       row->owner); /* fits: the register has no longer ones */
	return 0;
}

int review_standings(struct register_db *db, const struct model *model,
		     struct review_standing **ret)
{
	scoped_free struct review_standing *standing =
		calloc(model->n_roles + 1, sizeof(*standing));
	struct standing_search search = { model, standing };
	const struct register_query all = { 0 }, open = { .open_at = 1 };
	int r;

	if (!standing)
		return -ENOMEM;
	r = register_reviews(db, &all, note_review, &search);
	if (r == 0)
		r = register_reviews(db, &open, note_open, &search);
	if (r < 0)
		return r;
	*ret = take(standing, NULL);
	return 0;
}

bool review_is_overdue(const struct model *model, const struct role *role,
		       const struct review_standing *standing, int64_t now)
{
	const struct document *document = &model->document;
	int64_t last = standing->signed_at;

	if (standing->open && !standing->is_signed && standing->deadline <= now)
		return true;
	if (!role->owner.text || document->review_every_sec == 0)
		return false;
	if (last == 0 && document->has_reviewed)
		last = zone_utc(&model->zone, document->reviewed, CIVIL_EARLIER);
	return last != 0 && last + (int64_t)document->review_every_sec <= now;
}

static enum exit_status read_policy(struct review *review)
{
	struct registrar *registrar = &review->registrar;
	const int r = edition_in_force(review->root, registrar->act.at, &review->in_force);

	if (r < 0 || !review->in_force.model)
		return complain_error(r < 0 ? r : -EINVAL,
				      _("the text of the policy in force cannot be read"));
	if (!registrar->policy)
		return complain(EXIT_SYSTEM, "%s", _("the policy in force cannot be used"));
	review->dormant_sec = (int64_t)review->in_force.model->inactive_after_sec;
	if (review->dormant_sec == 0)
		review->dormant_sec = REVIEW_DORMANT_SEC;
	return EXIT_YES;
}

/* Most of a hundred thousand may never have logged in here: their records need not be looked for.
 */
static enum exit_status read_aged(struct review *review)
{
	const ssize_t n = age_accounts(review->root, &review->aged);

	if (n < 0)
		return complain_error((int)n, _("cannot read %s/var/lib/sereno/ages"),
				      review->root);
	review->n_aged = (size_t)n;
	return EXIT_YES;
}

enum exit_status review_read(struct review *review)
{
	struct registrar *registrar = &review->registrar;
	enum exit_status status;
	int r = 0;

	review->root = registrar->root;
	review->booted = boot_time(registrar->act.at);
	status = read_policy(review);
	if (status != EXIT_YES)
		return status;
	if (!registrar->people)
		r = people_read(review->root, &registrar->people);
	if (r == 0)
		r = sort_accounts(review);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), review->root);
	r = read_grants(review);
	if (r == 0)
		r = review_standings(registrar->db, review->in_force.model, &review->standing);
	if (r != 0)
		return registrar_complain(registrar, r);
	return read_aged(review);
}
