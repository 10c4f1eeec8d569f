/* SPDX-License-Identifier: MIT */
/* attempts.c - how often a password may be tried: charging and settling. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "attempts_account.h"

/* The table of origins, open for one account: his entry, and that of his origin. */
struct stranger {
	struct origins origins;
	struct tally_rule rule, rule_all;
	struct origins_place own, all;
};

static int stranger_open(struct account *account, struct stranger *stranger)
{
	int r;

	stranger->rule = account_rule(account);
	stranger->rule_all = account_rule_all(account);
	stranger->own = (struct origins_place){
		.origins = &stranger->origins,
		.id = account_id(account),
		.rule = &stranger->rule,
		.now = account->now,
	};
	stranger->all = stranger->own;
	stranger->all.id = account_id_all(account);
	stranger->all.rule = &stranger->rule_all;
	r = origins_open(account->root, SLOT_CREATE, &stranger->origins);
	if (r == 0 && stranger->origins.renewed)
		account->fell_back = true;
	return r;
}

static void stranger_close(struct stranger *stranger)
{
	origins_close(&stranger->origins);
}

static int charge_table(struct stranger *stranger, bool all, struct attempt_charge *charge,
			uint32_t *ret_wait_sec)
{
	uint32_t wait_sec = 0;
	int r;

	r = origins_charge(&stranger->own, &charge->serial, &wait_sec);
	if (r == 0 && wait_sec == 0 && all) {
		r = origins_charge(&stranger->all, &charge->serial_all, &wait_sec);
		if (r == 0 && wait_sec > 0)
			r = origins_refund(&stranger->own, charge->serial);
	}
	if (r < 0)
		return r;
	*ret_wait_sec = wait_sec;
	return 0;
}

/* From an origin he has not come from. Lines are counted by themselves even then (of names without
 * an account): nobody reaches them over the network. */
static int charge_stranger(struct account *account, struct attempt_charge *charge,
			   uint32_t *ret_wait_sec)
{
	scoped(stranger_close) struct stranger stranger = { .origins = ORIGINS_NONE };
	const bool line = origin_is_line(&account->subject->origin);
	const struct tally_rule rule = account_rule_others(account);
	struct tally others = account->record.others;
	uint32_t wait_sec = 0;
	int r;

	if (!line)
		wait_sec =
			tally_charge(&others, &rule, account_time(account), &charge->serial_others);
	if (wait_sec == 0) {
		r = stranger_open(account, &stranger);
		if (r < 0)
			return r;
		r = charge_table(&stranger, !line, charge, &wait_sec);
		if (r < 0)
			return r;
	}
	if (wait_sec == 0)
		account->record.others = others;
	*ret_wait_sec = wait_sec;
	return 0;
}

static int charge_account(struct account *account, struct attempt_charge *charge,
			  uint32_t *ret_wait_sec)
{
	const struct tally_rule rule = account_rule(account);
	struct tally *tally = account_tally(account);
	uint32_t wait_sec = 0;
	int r = 0;

	if (tally)
		wait_sec = tally_charge(tally, &rule, account_time(account), &charge->serial);
	else
		r = charge_stranger(account, charge, &wait_sec);
	if (r < 0)
		return r;
	*ret_wait_sec = wait_sec;
	if (account->fell_back)
		return account_write(account, SLOT_DURABLE);
	return wait_sec == 0 ? account_write(account, SLOT_SHARED) : 0;
}

/* A name too long for an account is like any other that is nobody's. */
static int start_charge(struct attempt_charge *charge, const struct attempt_subject *subject,
			const struct attempt_clock *now)
{
	const size_t length = strnlen(subject->user, sizeof(charge->user));

	if (subject->known && length >= sizeof(charge->user))
		return -ENAMETOOLONG;
	*charge = (struct attempt_charge){ .subject = *subject, .boot_sec = now->boot_sec };
	memcpy(charge->user, subject->user, length < sizeof(charge->user) ? length : length - 1);
	charge->subject.user = charge->user;
	return 0;
}

int attempt_charge(const char *root, const struct attempt_limits *limits,
		   const struct attempt_subject *subject, const struct attempt_clock *now,
		   struct attempt_charge *charge, enum attempt_answer *ret_answer,
		   uint32_t *ret_wait_sec)
{
	scoped(account_close) struct account account = {
		.root = root,
		.limits = limits,
		.subject = &charge->subject,
		.now = now,
	};
	uint32_t wait_sec;
	int r;

	r = account_check_limits(limits);
	if (r < 0)
		return r;
	r = start_charge(charge, subject, now);
	if (r < 0)
		return r;
	r = account_open(&account, SLOT_CREATE);
	if (r < 0)
		return r;
	r = charge_account(&account, charge, &wait_sec);
	if (r < 0)
		return r;
	charge->fell_back = account.fell_back;
	*ret_answer = wait_sec == 0 ? ATTEMPT_CHARGED : ATTEMPT_REFUSED;
	*ret_wait_sec = wait_sec;
	return 0;
}

/* The shares of a stranger's charge in the tallies that are not only his. */
static int settle_shares(struct account *account, struct stranger *stranger,
			 const struct attempt_charge *charge, enum attempt_outcome outcome)
{
	const struct tally_rule rule = account_rule_others(account);
	struct tally *others = &account->record.others;

	if (charge->serial_others == 0)
		return 0;
	tally_look(others, &rule, account_time(account));
	if (outcome == ATTEMPT_FAILED) {
		tally_fail(others, &rule, account_time(account), charge->serial_others);
		return origins_fail(&stranger->all, charge->serial_all);
	}
	tally_refund(others, charge->serial_others);
	return origins_refund(&stranger->all, charge->serial_all);
}

static int settle_failed(struct account *account, struct stranger *stranger,
			 const struct attempt_charge *charge)
{
	const struct tally_rule rule = account_rule(account);
	struct tally *tally = account_tally(account);
	int r = 0;

	if (tally) {
		tally_look(tally, &rule, account_time(account));
		tally_fail(tally, &rule, account_time(account), charge->serial);
	} else {
		r = origins_fail(&stranger->own, charge->serial);
	}
	if (r == 0)
		r = settle_shares(account, stranger, charge, ATTEMPT_FAILED);
	if (r < 0)
		return r;
	return account_write(account, SLOT_DURABLE);
}

/* He has come from here now. Whom this pushes out is a stranger again, but keeps his count. */
static int know(struct account *account, struct stranger *stranger, const struct tally *tally)
{
	const struct origin_key key = origin_key_of(&account->subject->origin);
	struct known_origin left;
	struct origins_place place = stranger->own;

	attempts_record_know(&account->record, &key, tally, &left);
	if (left.key.kind == 0 || tally_is_idle(&left.tally))
		return 0;
	place.id.origin = left.key;
	return origins_put(&place, &left.tally, account_time(account));
}

/* A charge that is taken back, and so not open any more, clears nothing. */
static int succeed_stranger(struct account *account, struct stranger *stranger,
			    const struct attempt_charge *charge, enum attempt_outcome outcome)
{
	uint32_t serial = charge->serial, cleared;
	struct tally tally;
	int r = 0;

	if (outcome == ATTEMPT_PASSED)
		r = origins_refund(&stranger->own, serial);
	if (r < 0)
		return r;
	r = origins_take(&stranger->own, serial, account_time(account), &tally, &cleared);
	if (r < 0)
		return r;
	tally_forgive(&account->record.others, cleared);
	return know(account, stranger, &tally);
}

static int succeed_known(struct account *account, struct stranger *stranger, struct tally *tally,
			 const struct attempt_charge *charge, enum attempt_outcome outcome)
{
	const struct tally_rule rule = account_rule(account);
	const struct attempt_subject *subject = account->subject;
	struct tally settled;

	tally_look(tally, &rule, account_time(account));
	if (outcome == ATTEMPT_PASSED)
		tally_refund(tally, charge->serial);
	else
		(void)tally_succeed(tally, charge->serial); /* these are in no other tally */
	if (subject->class == ATTEMPT_UNLOCK || origin_is_line(&subject->origin))
		return 0;
	settled = *tally;
	return know(account, stranger, &settled);
}

static int settle_succeeded(struct account *account, struct stranger *stranger,
			    const struct attempt_charge *charge, enum attempt_outcome outcome)
{
	struct tally *tally = account_tally(account);
	int r;

	r = settle_shares(account, stranger, charge, outcome);
	if (r < 0)
		return r;
	if (tally)
		r = succeed_known(account, stranger, tally, charge, outcome);
	else
		r = succeed_stranger(account, stranger, charge, outcome);
	if (r < 0)
		return r;
	return account_write(account, account->fell_back ? SLOT_DURABLE : SLOT_SHARED);
}

/* After its time a charge has failed, whatever comes: none of its serials is open. */
static void expire(struct attempt_charge *charge, const struct attempt_clock *now)
{
	if (now->boot_sec < charge->boot_sec + ATTEMPT_PENDING_SEC)
		return;
	charge->serial -= TALLY_OPEN_MAX;
	charge->serial_others = 0;
}

int attempt_settle(const char *root, const struct attempt_limits *limits,
		   const struct attempt_charge *charge, enum attempt_outcome outcome,
		   const struct attempt_clock *now)
{
	scoped(stranger_close) struct stranger stranger = { .origins = ORIGINS_NONE };
	struct attempt_charge settled = *charge;
	scoped(account_close) struct account account = {
		.root = root,
		.limits = limits,
		.subject = &settled.subject,
		.now = now,
	};
	int r;

	settled.subject.user = settled.user;
	expire(&settled, now);
	r = account_check_limits(limits);
	if (r < 0)
		return r;
	r = account_open(&account, SLOT_CREATE);
	if (r < 0)
		return r;
	if (!account_tally(&account) || settled.serial_others != 0) {
		r = stranger_open(&account, &stranger);
		if (r < 0)
			return r;
	}
	if (outcome == ATTEMPT_FAILED)
		r = settle_failed(&account, &stranger, &settled);
	else
		r = settle_succeeded(&account, &stranger, &settled, outcome);
	return r < 0 ? r : account.fell_back;
}
