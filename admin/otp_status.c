/* SPDX-License-Identifier: MIT */
/* otp_status.c - sereno otp status: who has a second factor. */
#include "otp_status.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

struct listing {
	struct otp_standing *standings;
	char **names; /* of those the name service knows, and of nobody */
	size_t n;
	const struct account **by_uid;
	size_t n_accounts;
};

static void listing_clear(struct listing *listing)
{
	for (size_t i = 0; listing->names && i < listing->n; i++)
		free(listing->names[i]);
	free(listing->names);
	free(listing->standings);
	free(listing->by_uid);
}

static int by_uid(const void *a, const void *b)
{
	const struct account *left = *(const struct account *const *)a;
	const struct account *right = *(const struct account *const *)b;

	return (left->uid > right->uid) - (left->uid < right->uid);
}

/* One search a record, however many accounts there are. */
static int sort_accounts(const struct people *people, struct listing *listing)
{
	listing->by_uid = calloc(people->n_accounts + 1, sizeof(const struct account *));
	if (!listing->by_uid)
		return -ENOMEM;
	for (size_t i = 0; i < people->n_accounts; i++)
		listing->by_uid[i] = &people->accounts[i];
	listing->n_accounts = people->n_accounts;
	qsort(listing->by_uid, listing->n_accounts, sizeof(const struct account *), by_uid);
	return 0;
}

static const char *local_name(const struct listing *listing, uid_t uid)
{
	const struct account wanted = { .uid = uid };
	const struct account *key = &wanted;
	const struct account **found = bsearch(&key, listing->by_uid, listing->n_accounts,
					       sizeof(const struct account *), by_uid);

	return found ? (*found)->name : NULL;
}

/* A record is its owner's by name and number: who is gone has one that nobody can open. */
static int find_name(const struct otp_task *task, struct listing *listing, size_t index, uid_t uid)
{
	struct otp_standing *standing = &listing->standings[index];
	const struct passwd *answer = NULL;

	standing->user = local_name(listing, uid);
	if (standing->user)
		return 0;
	if (!task->root[0])
		answer = getpwuid(uid);
	if (!answer)
		standing->err = -ENOENT;
	if (answer)
		listing->names[index] = strdup(answer->pw_name);
	else if (asprintf(&listing->names[index], "%u", uid) < 0)
		listing->names[index] = NULL;
	standing->user = listing->names[index];
	return standing->user ? 0 : -ENOMEM;
}

static int look_at(const struct otp_task *task, struct listing *listing, size_t index, uid_t uid)
{
	struct otp_standing *standing = &listing->standings[index];
	int r;

	r = find_name(task, listing, index, uid);
	if (r == 0 && standing->err == 0) {
		const struct codes_account account = { standing->user, uid };

		standing->err = codes_status(task->root, &account, &standing->status);
	}
	return r;
}

static int look_at_all(const struct otp_task *task, struct listing *listing)
{
	scoped_free uid_t *uids = NULL;
	const ssize_t n = codes_accounts(task->root, &uids);
	int r;

	if (n <= 0)
		return (int)n;
	listing->standings = calloc((size_t)n, sizeof(*listing->standings));
	listing->names = calloc((size_t)n, sizeof(*listing->names));
	if (!listing->standings || !listing->names)
		return -ENOMEM;
	listing->n = (size_t)n;
	r = sort_accounts(task->people, listing);
	for (size_t i = 0; r == 0 && i < listing->n; i++)
		r = look_at(task, listing, i, uids[i]);
	return r;
}

static void print(const struct otp_task *task, const struct otp_standing *standings, size_t n)
{
	if (task->options->given & OPTION_JSON)
		otp_standings_json(task, standings, n);
	else
		otp_standings_print(task, standings, n);
}

static enum exit_status list_all(const struct otp_task *task)
{
	scoped(listing_clear) struct listing listing = { 0 };
	enum exit_status status = EXIT_YES;
	const int r = look_at_all(task, &listing);

	if (r < 0)
		return complain_error(r, _("cannot list the records (run this as root)"));
	for (size_t i = 0; i < listing.n; i++)
		if (otp_standing_bad(&listing.standings[i]))
			status = EXIT_NO;
	print(task, listing.standings, listing.n);
	if (listing.n == 0 && !(task->options->given & OPTION_JSON))
		output_print(task->output, STYLE_PLAIN,
			     _("nobody has a second factor; next: sereno otp enrol USER\n"));
	return status;
}

enum exit_status otp_status_run(struct otp_task *task)
{
	struct otp_standing standing = { 0 };
	enum exit_status status;

	if (!task->subject)
		return list_all(task);
	status = otp_account(task);
	if (status != EXIT_YES)
		return status;
	standing.user = task->account.user;
	standing.err = codes_status(task->root, &task->account, &standing.status);
	if (standing.err == -ENOENT)
		standing.err = 0; /* nobody ever asked him for a code: nothing is wrong */
	if (standing.err < 0)
		return otp_complain(task, standing.err);
	print(task, &standing, 1);
	return standing.status.n_tokens == 0 || otp_standing_bad(&standing) ? EXIT_NO : EXIT_YES;
}
