/* SPDX-License-Identifier: MIT */
/*
 * history.h - has this user had this password, or one like it, before?
 *
 * One sealed slot file a uid, whatever its name: one yescrypt setting with its salt, and up to
 * HISTORY_ENTRIES_MAX entries of the hash of a password, the hash of its base (strength.h) and the
 * time. As all share the salt, one hash of the candidate and one of its base are compared with all
 * of them, so that a change costs two yescrypt runs however long the history (and the first one
 * four, as the old password is taken in). Nothing hashed faster is stored. A base of less than
 * HISTORY_BASE_MIN characters is not stored at all.
 *
 * Judged before the change, committed after it succeeded, so that a change that failed leaves
 * nothing. Who cannot run after it (a PAM module that stands before pam_unix) lets the history
 * await the change: it counts once the hash of the password is another one. Callable as root inside
 * other people's processes; the record is locked only while it is read or written, never while
 * hashing.
 */
#ifndef SERENO_HISTORY_H
#define SERENO_HISTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define HISTORY_ENTRIES_MAX 32
#define HISTORY_BASE_MIN    5

/* What counts, and what is kept when a change is committed. */
struct history_keep {
	uint32_t entries; /* the last so many passwords; 1 to HISTORY_ENTRIES_MAX */
	uint32_t days;	  /* and of these the ones chosen in so many days; 0 no limit */
};

struct history_change {
	const char *user; /* its name now; the history is the uid's */
	uid_t uid;
	const char *candidate;
	const char *old; /* the password until now, or NULL: with an empty history it is taken into
			    it */
	struct history_keep keep;
	int64_t now;  /* UTC seconds */
	uint64_t tag; /* of the hash in force now, age_tag(); 0 where nothing is ever awaited */
};

enum history_answer {
	HISTORY_FRESH,
	HISTORY_REUSED,	     /* STRENGTH_REUSED */
	HISTORY_BASE_REUSED, /* STRENGTH_BASE_REUSED: Verano2025! after Verano2024! */
};

/* A change that was judged; holds hashes, no password. */
struct history_token;

/*
 * Judge @change. *@ret_token, for history_commit(), is released with history_token_free(); it is
 * given with every answer. Returns 0; -EINVAL (@change->keep); or what slot_open() and slot_read()
 * report, -ENOMEM or -EIO: the history cannot be told, refuse.
 */
int history_judge(const char *root, const struct history_change *change,
		  struct history_token **ret_token, enum history_answer *ret);

/* Whether the newest record was damaged and the one before stood in: to be reported. The newest
 * entry may be missing. */
bool history_token_fell_back(const struct history_token *token);

/*
 * The password was changed: take it into the history, durably, and let go of what is older than the
 * token's change keeps. Returns 0; -ESTALE: the history was begun anew in between and has entries
 * that cannot be compared with this one; or a negative errno as above.
 */
int history_commit(const char *root, const struct history_token *token);

/*
 * The password is about to be changed: the token's entry counts from the next history_judge() on,
 * if by then the hash has another tag than the token's change had; else it is forgotten. Durable.
 * Returns as history_commit().
 */
int history_await(const char *root, const struct history_token *token);

/* Erase and release; NULL is allowed. */
void history_token_free(struct history_token *token);

/* An administrator lets a user begin anew. Returns 0, -ENOENT or a negative errno. */
int history_remove(const char *root, const char *user, uid_t uid);

#endif
