/* SPDX-License-Identifier: MIT */
/*
 * attempts_account.h - the record of one account's attempts, open and locked, and its rules.
 *
 * All names without an account share one record, so that a wrong name costs what a right one does.
 * Nobody is kept out by it: their tallies are by name, in the table of origins.
 */
#ifndef SERENO_STATE_ATTEMPTS_ACCOUNT_H
#define SERENO_STATE_ATTEMPTS_ACCOUNT_H

#include <errno.h>

#include <sereno/slot.h>

#include "attempts_record.h"
#include "origins.h"

struct account {
	const char *root;
	const struct attempt_limits *limits;
	const struct attempt_subject *subject;
	const struct attempt_clock *now;
	struct slot_file *file;
	struct attempts_record record;
	bool fell_back; /* something was lost and made to cost; the record is to be written */
};

/*
 * Open, lock and read the record of @account, of which root, limits, subject and now are set, and
 * bring its clock up to now. A record that is lost is an error (-EBADMSG, -EPERM);
 * with SLOT_CREATE it begins anew, with a wait, for who must never be locked out, and for names
 * without an account. Released with
 * account_close().
 */
int account_open(struct account *account, enum slot_missing missing);
int account_write(struct account *account, enum slot_durability durability);
void account_close(struct account *account); /* for scoped() */

/* Open, lock and read it as it is; only root and subject are used. */
int account_read(struct account *account, enum slot_missing missing);

/* Remove it, locked by nobody. */
int account_remove(const struct account *account);

/* Whether @r says that the record is there, but lost. */
static inline bool account_is_lost(int r)
{
	return r == -EBADMSG || r == -EPERM;
}

/* Whether @limits can be counted by. Returns 0 or -EINVAL. */
int account_check_limits(const struct attempt_limits *limits);

/* The rules: of one origin, of all others together, and of one origin over all accounts. */
struct tally_rule account_rule(const struct account *account);
struct tally_rule account_rule_others(const struct account *account);
struct tally_rule account_rule_all(const struct account *account);

/* The tally that the subject is counted by, or NULL when that is in the table of origins. */
struct tally *account_tally(struct account *account);

/* His entry there, and that of his origin over all accounts. */
struct origins_id account_id(const struct account *account);
struct origins_id account_id_all(const struct account *account);

static inline uint32_t account_time(const struct account *account)
{
	return account->record.clock.time;
}

#endif
