/* SPDX-License-Identifier: MIT */
/* attempts_account.c - the record of one account's attempts, open and locked, and its rules. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "attempts_account.h"
#include "slot_checksum.h"

#define RECORD_FORMAT  1
#define DECOY_NAME     "unknown"
#define NAME_SIZE      16
#define UNLOCKABLE_SEC 30 /* wait of who may not be locked, where the policy has no delay */
#define ALL_FACTOR     10 /* accounts' worth of attempts that one origin has in all */
#define PER_USER_MAX   60000
#define WAIT_MAX       (10 * 366 * 86400)
#define NAME_HASH_MASK 0xffff

static const struct slot_kind attempts_kind = {
	.directory = "attempts",
	.format = RECORD_FORMAT,
	.payload_size = RECORD_SIZE,
};

/* By uid alone: two names of one uid have one record, and a new name keeps the old one's. */
struct record_owner {
	char name[NAME_SIZE];
	struct slot_owner slot;
};

static int owner_of(struct record_owner *owner, const struct attempt_subject *subject)
{
	const uid_t uid = subject->known ? subject->uid : (uid_t)-1;
	int n;

	if (subject->known)
		n = snprintf(owner->name, sizeof(owner->name), "%u", uid);
	else
		n = snprintf(owner->name, sizeof(owner->name), "%s", DECOY_NAME);
	if (n < 0 || (size_t)n >= sizeof(owner->name))
		return -EINVAL;
	owner->slot = (struct slot_owner){ owner->name, "", uid };
	return 0;
}

static int open_record(struct account *account, const struct slot_owner *owner,
		       enum slot_missing missing)
{
	scoped(slot_close_p) struct slot_file *file = NULL;
	uint8_t payload[RECORD_SIZE];
	enum slot_state state;
	int r;

	r = slot_open(account->root, &attempts_kind, owner, missing, &file);
	if (r < 0)
		return r;
	r = slot_read(file, payload, &state);
	if (r < 0)
		return r;
	attempts_record_decode(&account->record, payload);
	account->fell_back = state == SLOT_FELL_BACK;
	account->file = take(file, NULL);
	return 0;
}

int account_read(struct account *account, enum slot_missing missing)
{
	struct record_owner owner;
	int r;

	r = owner_of(&owner, account->subject);
	if (r < 0)
		return r;
	return open_record(account, &owner.slot, missing);
}

static void detain(struct tally *tally, void *context)
{
	const struct account *account = context;
	const struct tally_rule rule = account_rule(account);

	tally_detain(tally, &rule, account_time(account));
}

static int open_anew(struct account *account, const struct slot_owner *owner)
{
	int r;

	r = slot_remove(account->root, &attempts_kind, owner);
	if (r < 0 && r != -ENOENT)
		return r;
	r = open_record(account, owner, SLOT_CREATE);
	if (r < 0)
		return r;
	account->fell_back = true;
	attempts_record_run(&account->record, account->now);
	attempts_record_each(&account->record, detain, account);
	return 0;
}

static void penalise(struct tally *tally, void *context)
{
	struct account *account = context;
	const bool others = tally == &account->record.others;
	const struct tally_rule rule =
		others ? account_rule_others(account) : account_rule(account);

	tally_penalise(tally, &rule, account_time(account));
}

/* Whom a lost record must not keep out. */
static bool begins_anew(const struct account *account)
{
	return account->subject->never_locked || !account->subject->known;
}

int account_open(struct account *account, enum slot_missing missing)
{
	struct record_owner owner;
	int r;

	r = owner_of(&owner, account->subject);
	if (r < 0)
		return r;
	r = open_record(account, &owner.slot, missing);
	if (account_is_lost(r) && missing == SLOT_CREATE && begins_anew(account))
		return open_anew(account, &owner.slot);
	if (r < 0)
		return r;
	attempts_record_run(&account->record, account->now);
	if (account->fell_back)
		attempts_record_each(&account->record, penalise, account);
	return 0;
}

int account_write(struct account *account, enum slot_durability durability)
{
	uint8_t payload[RECORD_SIZE];

	attempts_record_encode(&account->record, payload);
	return slot_write(account->file, payload, durability);
}

void account_close(struct account *account)
{
	slot_close(take(account->file, NULL));
}

int account_remove(const struct account *account)
{
	struct record_owner owner;
	int r;

	r = owner_of(&owner, account->subject);
	if (r < 0)
		return r;
	return slot_remove(account->root, &attempts_kind, &owner.slot);
}

int account_check_limits(const struct attempt_limits *limits)
{
	if (limits->allow < 1 || limits->allow > ATTEMPT_ALLOW_MAX)
		return -EINVAL;
	if (limits->allow_per_user < 1 || limits->allow_per_user > PER_USER_MAX)
		return -EINVAL;
	if (limits->within_sec < 1 || limits->within_sec > WAIT_MAX)
		return -EINVAL;
	if (limits->then == THEN_LOCK_UNTIL_UNLOCKED)
		return 0;
	if (limits->delay_sec < 1 || limits->delay_sec > WAIT_MAX)
		return -EINVAL;
	return limits->doubling_to_sec <= WAIT_MAX ? 0 : -EINVAL;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static struct tally_rule delay_rule(const struct attempt_limits *limits, uint32_t allow)
{
	const bool delays = limits->then == THEN_DELAY;
	const uint32_t first = delays ? limits->delay_sec : UNLOCKABLE_SEC;

	return (struct tally_rule){
		.allow = allow,
		.within_sec = limits->within_sec,
		.first_sec = first,
		.most_sec = delays ? larger(first, limits->doubling_to_sec) : first,
		.after = TALLY_PROBATION,
	};
}

static struct tally_rule lock_rule(const struct attempt_limits *limits, uint32_t allow)
{
	const uint32_t length = limits->then == THEN_LOCK ? limits->delay_sec : TALLY_FOREVER;

	return (struct tally_rule){
		.allow = allow,
		.within_sec = limits->within_sec,
		.first_sec = length,
		.most_sec = length,
		.after = TALLY_FRESH,
	};
}

static struct tally_rule rule_with(const struct account *account, uint32_t allow)
{
	if (account->limits->then == THEN_DELAY || account->subject->never_locked)
		return delay_rule(account->limits, allow);
	return lock_rule(account->limits, allow);
}

struct tally_rule account_rule(const struct account *account)
{
	const struct attempt_subject *subject = account->subject;
	const bool decoy = !subject->known && subject->class == ATTEMPT_UNLOCK;

	return rule_with(account, decoy ? UINT32_MAX : account->limits->allow);
}

struct tally_rule account_rule_others(const struct account *account)
{
	return rule_with(account,
			 account->subject->known ? account->limits->allow_per_user : UINT32_MAX);
}

struct tally_rule account_rule_all(const struct account *account)
{
	return delay_rule(account->limits, ALL_FACTOR * account->limits->allow);
}

struct tally *account_tally(struct account *account)
{
	if (account->subject->class == ATTEMPT_UNLOCK)
		return &account->record.unlock;
	if (!account->subject->known)
		return NULL;
	return attempts_record_find(&account->record, &account->subject->origin);
}

/* Names are typed in the wrong place, passwords among them: of a name that is nobody's so little
 * is kept that it fits one of 65,536. */
static uid_t name_number(const char *name)
{
	return slot_checksum(0, name, strlen(name)) & NAME_HASH_MASK;
}

struct origins_id account_id(const struct account *account)
{
	const struct attempt_subject *subject = account->subject;

	return (struct origins_id){
		.who = subject->known ? ORIGINS_ACCOUNT : ORIGINS_NAME,
		.uid = subject->known ? subject->uid : name_number(subject->user),
		.origin = origin_key_of(&subject->origin),
	};
}

struct origins_id account_id_all(const struct account *account)
{
	return (struct origins_id){
		.who = ORIGINS_ALL,
		.origin = origin_key_of(&account->subject->origin),
	};
}
