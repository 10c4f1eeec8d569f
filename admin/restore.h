/* SPDX-License-Identifier: MIT */
/*
 * restore.h - a backup unpacked beside the state that it is to replace, made ready, put in place.
 *
 * Everything is done in ROOT/var/lib/sereno.restore, where nobody looks; one rename(2) then
 * exchanges the two states, so that whoever is killed, or runs out of room, leaves the old state or
 * the new one. What is left there is taken away by the next restore.
 */
#ifndef ADMIN_RESTORE_H
#define ADMIN_RESTORE_H

#include "backup.h"

struct stage {
	const char *root; /* what is restored */
	char *directory;  /* ROOT/var/lib/sereno.restore */
	char *made;	/* DIRECTORY/made: a root of its own, with var/lib/sereno and etc/sereno */
	int lock;	/* of ROOT/var/lib: one restore at a time; 0: none */
	int departures; /* keeps others from leaving meanwhile; 0: none */
	size_t n_codes, n_unknown_codes;
	size_t n_leavers;
	struct stage_leaver *leavers; /* who has left by the state there is, in the stage too */
	int unread;		      /* 0, or why the register there is could not be asked */
};

struct stage_leaver {
	char *user;
	int64_t from; /* UTC seconds */
};

/* Unpack @archive. On success release @ret with stage_clear(), which takes the directory away.
 * Returns 0, -EBADMSG (a path that is none of ours), -EALREADY (another one is at it), -EPERM,
 * -ENOSPC or another negative errno. */
int stage_unpack(const char *root, struct archive *archive, const struct backup_contents *contents,
		 struct stage *ret);
void stage_clear(struct stage *stage);

/*
 * Make it ready to be read: the key by this machine's name, what may have been used since used, the
 * policy in force, grants published. Returns 0; -EBADMSG when what came out cannot be used; -ENOKEY
 * when records are sealed and the key is not loaded; or another negative errno.
 */
int stage_prepare(struct stage *stage, const struct backup_contents *contents, int64_t now);

/*
 * Carry over who has left by the register of the state there is into the one in the stage, with
 * what was kept of theirs, and publish it: nobody is let in by a backup from before. Until @stage
 * is cleared nobody else begins a departure. A register that cannot be read, so that nothing can
 * be carried over, is no error but stage->unread. Returns 0 or a negative errno.
 */
int stage_carry_leavers(struct stage *stage, int64_t now);
void stage_forget_leavers(struct stage *stage);

/* Put it in place. Returns 0; -EBUSY when somebody applies a policy meanwhile, or the state is a
 * mount point; or another negative errno: then nothing has changed but the fallback, which is the
 * stricter of both. */
int stage_commit(struct stage *stage);

/* When anything below ROOT/var/lib/sereno was written last, in UTC seconds; 0: there is nothing.
 * Returns 0 or a negative errno. */
int stage_newest(const char *root, int64_t *ret);

/* Remove @name in @directory with all that is in it, DEPTH deep at most. Returns 0 or a negative
 * errno. */
int stage_remove(int directory, const char *name);

#endif
