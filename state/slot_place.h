/* SPDX-License-Identifier: MIT */
/*
 * slot_place.h - where records lie: directories to be trusted, files that appear whole, locks.
 *
 * A file is written under the name NAME.new, which no record has, synced, and then given its name:
 * whoever finds the name finds a complete file. One that is cut short later is therefore damage
 * and never a beginning.
 */
#ifndef SERENO_STATE_SLOT_PLACE_H
#define SERENO_STATE_SLOT_PLACE_H

#include <sereno/slot.h>

#define SLOT_CLAIM_MAX 256

/* Open ROOT/var/lib/sereno; SLOT_CREATE makes it (0755: others' files there are public). Returns 0
 * with *@ret_fd, -ENOENT, -EPERM (others could write there) or another negative errno. */
int slot_place_state(const char *root, enum slot_missing missing, int *ret_fd);

/* The same for the directory @name (0700) in @state. */
int slot_place_kind(int state, const char *name, enum slot_missing missing, int *ret_fd);

/*
 * Open @name in @directory for reading and writing and lock it. What is locked is the file that
 * bears the name now: it was neither removed nor replaced while we waited. Returns 0 with *@ret_fd,
 * -ENOENT, -EBUSY after SLOT_LOCK_MSEC, -EPERM (not a file) or another negative errno.
 */
int slot_place_lock(int directory, const char *name, int *ret_fd);

/* Unlock and close. A copy of the descriptor in a forked child must not keep the lock. */
void slot_place_unlock(int *fd);

/* Remove @name, whatever it is but a directory, when nobody has it locked. Returns 0, -ENOENT,
 * -EBUSY or another negative errno. */
int slot_place_remove(int directory, const char *name);

/* Whether @fd is a plain file with one link, of exactly @mode, belonging to the owner of
 * @directory, who is root or us (else -EPERM), and @size bytes long (else -EBADMSG). */
int slot_place_check(int directory, int fd, mode_t mode, size_t size);

/* Make the file @name with @mode and these @length bytes, all at once, durably. Returns 0, -EEXIST
 * (somebody was faster), -EBUSY or another negative errno; there is then no such file, or a
 * complete one whose name may not outlive a power cut. */
int slot_place_publish(int directory, const char *name, mode_t mode, const uint8_t *bytes,
		       size_t length);

/*
 * The same in two halves, for who has to look again between them. Whoever has claimed a name is
 * the only one who may make such a file: NAME.new is his, locked, until slot_place_disclaim().
 * Initialise with .fd = -1.
 */
struct slot_claim {
	int directory, fd;	   /* the directory is borrowed */
	char name[SLOT_CLAIM_MAX]; /* the file's, while it is filled */
};

/* Returns 0, -EBUSY after SLOT_LOCK_MSEC, -ENAMETOOLONG or another negative errno. */
int slot_place_claim(int directory, const char *name, struct slot_claim *claim);
/* As slot_place_publish(). */
int slot_place_fill(struct slot_claim *claim, mode_t mode, const uint8_t *bytes, size_t length);
void slot_place_disclaim(struct slot_claim *claim);

/* All of @length bytes at @offset, or a negative errno; -EBADMSG when the file ends before. */
int slot_place_read(int fd, uint8_t *bytes, size_t length, off_t offset);
int slot_place_write(int fd, const uint8_t *bytes, size_t length, off_t offset);

#endif
