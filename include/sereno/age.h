/* SPDX-License-Identifier: MIT */
/*
 * age.h - how old a password is, when its user logged in last, and whether it must be changed.
 *
 * One open slot file an account. What concerns a password is bound to it by the tag of its hash in
 * the host's shadow file, so that it counts no more once there is another hash, whoever put it
 * there: a change is recorded before it is made, and went through when the tag is another one.
 *
 * Records are root's. Callable as root inside other people's processes; libc only. Times are UTC
 * seconds, 0 for never.
 */
#ifndef SERENO_AGE_H
#define SERENO_AGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define AGE_LIST_SIZE 16 /* version of a list of leaked passwords, blocklist.h */

enum age_demand {
	AGE_FINE,
	AGE_EXPIRED, /* an administrator wants it changed */
	AGE_LEAKED,  /* it is in the list of leaked passwords */
	AGE_LOST,    /* the record was lost: it may have said any of the above */
};

struct age {
	int64_t begun; /* when this record was */
	int64_t last_login;
	int64_t renewed; /* by an administrator, after inactivity */
	int64_t changed; /* last change that went through for certain */
	int64_t change_recorded;
	uint64_t change_tag; /* of the hash that this change was to replace */
	enum age_demand demand;
	int64_t demand_since;
	uint64_t demand_tag;
	uint64_t list_tag; /* password checked against ... */
	uint8_t list[AGE_LIST_SIZE];
};

/* Whose record: the local account, as NSS spells it. The record is the uid's, whatever its name. */
struct age_owner {
	const char *root; /* "" is the host */
	const char *user;
	uid_t uid;
};

/* Tell two hashes of passwords (crypt(5)) apart; never 0. No use for guessing: it is short, and of
 * what takes crypt(3) to make. */
uint64_t age_tag(const char *hash);

/* Read a record; all zero when there is none. *@ret_fell_back (may be NULL): the newest was
 * damaged, this is the one before. Returns 0, -EBADMSG (it is lost: age_restart()) or what
 * slot_open() and slot_read() report. */
int age_read(const struct age_owner *owner, struct age *ret, bool *ret_fell_back);

/* The accounts that have a record, by uid in ascending order: *@ret is the caller's, released with
 * free(). Returns how many, or a negative errno. Changes nothing. */
ssize_t age_accounts(const char *root, uid_t **ret);

/* Change a record, beginning it where there is none. All return 0 or what slot_open(), slot_read()
 * and slot_write() report. What must not be forgotten is written to both slots. */
int age_record_login(const struct age_owner *owner, int64_t now);
int age_record_change(const struct age_owner *owner, int64_t now, uint64_t tag);
int age_record_list(const struct age_owner *owner, int64_t now, uint64_t tag,
		    const uint8_t list[static AGE_LIST_SIZE]);
int age_demand(const struct age_owner *owner, int64_t now, uint64_t tag, enum age_demand demand);
int age_renew(const struct age_owner *owner, int64_t now);

/*
 * Since when inactivity counts on this host: @since (a time in the past) when it is asked for the
 * first time, and the same answer ever after. Where that cannot be kept it is @since, too.
 */
int64_t age_host_since(const char *root, int64_t since);

/* A record is lost: begin anew. It costs the user of the password with @tag a change of it, since
 * nobody knows what the record demanded. */
int age_restart(const struct age_owner *owner, int64_t now, uint64_t tag);

/* When the password whose hash has @tag was chosen as far as the record knows, 0 if it does not. */
int64_t age_changed(const struct age *age, uint64_t tag);

/* What the record demands of the password whose hash has @tag. */
enum age_demand age_demanded(const struct age *age, uint64_t tag);

/* Whether the password whose hash has @tag was checked against this version of the list. */
bool age_checked(const struct age *age, uint64_t tag, const uint8_t list[static AGE_LIST_SIZE]);

#endif
