/* SPDX-License-Identifier: MIT */
/* attempts_status.c - what is known about the attempts at one account, and forgetting it. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "attempts_account.h"

/* The caller's array, as far as it is filled. */
struct listing {
	const struct account *account;
	struct attempt_status *status;
	size_t n, max;
};

static int64_t wall_of(const struct record_clock *clock, uint32_t time)
{
	if (time == 0)
		return 0;
	return time == TALLY_FOREVER ? INT64_MAX : record_clock_wall(clock, time);
}

/* Fill in the counts. A wait that is over is none. */
static void tell(struct attempt_status *status, const struct tally *tally,
		 const struct record_clock *clock)
{
	const uint32_t counted = tally_counted(tally);
	const uint32_t open = tally_open(tally);

	status->pending = open;
	status->failed = (counted > open ? counted - open : 0) + tally->spent;
	if (status->failed + status->pending > 0)
		status->since = wall_of(clock, tally->since);
	if (tally->until > clock->time)
		status->until = wall_of(clock, tally->until);
}

static void list(struct listing *listing, const struct attempt_status *status)
{
	const bool quiet = status->failed == 0 && status->pending == 0 && status->until == 0;

	if (listing->n < listing->max && (status->known_origin || !quiet))
		listing->status[listing->n++] = *status;
}

static void list_tally(struct listing *listing, struct attempt_status status,
		       const struct tally_rule *rule, const struct tally *tally)
{
	const struct record_clock *clock = &listing->account->record.clock;
	struct tally look = *tally;

	tally_look(&look, rule, clock->time);
	tell(&status, &look, clock);
	list(listing, &status);
}

static void list_record(struct listing *listing)
{
	const struct account *account = listing->account;
	const struct attempts_record *record = &account->record;
	const struct tally_rule rule = account_rule(account);
	const struct tally_rule rule_others = account_rule_others(account);
	struct attempt_status status = { 0 };

	for (unsigned i = 0; i < RECORD_LINES; i++) {
		status.origin.kind = (enum origin_kind)(ORIGIN_SEAT + i);
		list_tally(listing, status, &rule, &record->lines[i]);
	}
	for (size_t i = 0; i < ATTEMPT_ORIGINS_KNOWN && record->known[i].key.kind != 0; i++) {
		status = (struct attempt_status){ .known_origin = true };
		status.origin = origin_of_key(&record->known[i].key);
		list_tally(listing, status, &rule, &record->known[i].tally);
	}
	list_tally(listing, (struct attempt_status){ .class = ATTEMPT_UNLOCK }, &rule,
		   &record->unlock);
	list_tally(listing, (struct attempt_status){ .total = true }, &rule_others,
		   &record->others);
}

static int list_entry(const struct origins_entry *entry, const struct record_clock *clock,
		      void *context)
{
	struct listing *listing = context;
	const struct tally_rule rule = account_rule(listing->account);
	struct attempt_status status = { .origin = origin_of_key(&entry->id.origin) };
	struct tally look = entry->tally;

	if (entry->id.who != ORIGINS_ACCOUNT || entry->id.uid != listing->account->subject->uid)
		return 0;
	tally_look(&look, &rule, clock->time);
	tell(&status, &look, clock);
	list(listing, &status);
	return 0;
}

static int list_table(struct listing *listing)
{
	scoped(origins_close) struct origins origins = ORIGINS_NONE;
	const struct account *account = listing->account;
	const struct origins_place place = { .origins = &origins, .now = account->now };
	int r;

	r = origins_open(account->root, SLOT_MUST_EXIST, &origins);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	return origins_each(&place, list_entry, listing);
}

ssize_t attempt_status(const char *root, const struct attempt_limits *limits,
		       const struct attempt_subject *subject, const struct attempt_clock *now,
		       struct attempt_status *ret, size_t max)
{
	scoped(account_close) struct account account = {
		.root = root,
		.limits = limits,
		.subject = subject,
		.now = now,
	};
	struct listing listing = { .account = &account, .status = ret, .max = max };
	int r;

	r = account_check_limits(limits);
	if (r < 0)
		return r;
	r = account_open(&account, SLOT_MUST_EXIST);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	list_record(&listing);
	r = list_table(&listing);
	return r < 0 ? r : (ssize_t)listing.n;
}

static void forget(struct tally *tally, void *context __attribute__((unused)))
{
	tally_clear(tally);
}

static int clear_record(struct account *account)
{
	int r;

	r = account_read(account, SLOT_MUST_EXIST);
	if (account_is_lost(r))
		return account_remove(account);
	if (r < 0)
		return r;
	attempts_record_each(&account->record, forget, NULL);
	return account_write(account, SLOT_DURABLE);
}

static int clear_table(const struct account *account)
{
	scoped(origins_close) struct origins origins = ORIGINS_NONE;
	const struct origins_place place = { .origins = &origins, .id = account_id(account) };
	int r;

	r = origins_open(account->root, SLOT_MUST_EXIST, &origins);
	if (r == -ENOENT || account_is_lost(r))
		return 0; /* a lost table holds nothing of his any more */
	if (r < 0)
		return r;
	return origins_clear(&place);
}

int attempt_clear(const char *root, uid_t uid)
{
	const struct attempt_subject subject = { .user = "", .uid = uid, .known = true };
	scoped(account_close) struct account account = { .root = root, .subject = &subject };
	int r, cleared;

	r = clear_record(&account);
	if (r < 0 && r != -ENOENT)
		return r;
	cleared = clear_table(&account);
	if (cleared < 0)
		return cleared;
	return cleared > 0 ? 0 : r;
}
