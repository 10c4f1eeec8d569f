/* SPDX-License-Identifier: MIT */
/*
 * slot.h - small records that outlive a crash, a full disk and a power cut.
 *
 * A slot file has a fixed size and two slots; a write overwrites the older one in place, so that
 * the newer stays whole until the write is complete: no rename, no new blocks, no stale lock. The
 * file itself is locked (flock) while it is open here: never keep one open across a conversation.
 *
 * Open kinds (attempts) carry a checksum and need libc alone. Sealed kinds (codes, password
 * history) are AES-256-GCM under the host key, see seal.h. Either covers format, kind, file name,
 * user, uid, slot and generation, so that a record copied to another slot, file, user or kind is
 * not accepted.
 *
 * Callable inside other people's processes that run as root; no state outside of the handle.
 */
#ifndef SERENO_SLOT_H
#define SERENO_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SLOT_PAYLOAD_MAX    16384
#define SLOT_SECTOR_PAYLOAD 488	 /* largest payload of an open kind that lies in one disk sector */
#define SLOT_LOCK_MSEC	    2000 /* waiting for the lock; then -EBUSY, and the caller fails closed */

/* How a sealed kind protects its payload; seal.h has the only one. */
struct slot_seal;

/* One kind of record: constant, one a room. */
struct slot_kind {
	const char *directory;	      /* below ROOT/var/lib/sereno: "attempts" */
	uint32_t format;	      /* of the payload; another is damage */
	uint32_t payload_size;	      /* exact, 1 to SLOT_PAYLOAD_MAX */
	const struct slot_seal *seal; /* NULL: checksum only */
};

/* Whose record it is. @name is the file's name: letters, digits, '-', '_' ; the uid for people. */
struct slot_owner {
	const char *name; /* file name, 1 to 128 bytes */
	const char *user; /* up to 256 bytes */
	uid_t uid;
};

enum slot_state {
	SLOT_NEW,	/* never written: the payload is all zero */
	SLOT_SOUND,	/* the newest record */
	SLOT_FELL_BACK, /* the newest was damaged, this is the one before: the caller makes it cost
			 */
};

enum slot_missing { SLOT_CREATE, SLOT_MUST_EXIST };

enum slot_durability {
	SLOT_SHARED,  /* other processes see it at once; survives SIGKILL, not a power cut */
	SLOT_DURABLE, /* fdatasync before it returns */
};

/* Whether the calling process may use the records below @root itself: root may, and below a @root
 * that is not "" its owner. A program that runs as its user may not. */
bool slot_caller_may(const char *root);

struct slot_file;

/*
 * Open and lock a record below @root ("" is the host), making its directory (0700) and file (0600,
 * all blocks allocated and synced) with SLOT_CREATE. Refused (-EPERM) unless it is a plain file
 * with one link, owned by root or the caller, mode 0600, in a directory of the same owner that
 * others cannot write. On success *@ret is released with slot_close(). Returns 0, -ENOENT
 * (SLOT_MUST_EXIST only), -EPERM, -EBADMSG (wrong size), -EBUSY, -ENOSPC, -EROFS or another
 * negative errno; for sealed kinds also -ENOKEY: there is no host key, or no machine-id yet to bind
 * one to. A file appears whole under its name, so one of another size was damaged later.
 */
int slot_open(const char *root, const struct slot_kind *kind, const struct slot_owner *owner,
	      enum slot_missing missing, struct slot_file **ret);

/* Read the record into @payload (kind->payload_size bytes). Returns 0 with *@ret, or -EBADMSG:
 * both slots are damaged, an existing record is lost, and only an administrator may start anew
 * (slot_remove()); -EKEYREJECTED: the same, because both were sealed under another host's key;
 * or a read error. @payload is untouched on errors. A slot that cannot be read (EIO) counts as
 * damaged. Which of two slots was the newer cannot be told when one is damaged: it is always
 * SLOT_FELL_BACK, also for a file never written. */
int slot_read(struct slot_file *file, void *payload, enum slot_state *ret);

/* Overwrite the older slot. Returns 0 or a negative errno; the record before then still stands,
 * or, when it was the disk that failed to confirm (SLOT_DURABLE), either may. Where both slots are
 * lost nothing is written, see slot_read(). */
int slot_write(struct slot_file *file, const void *payload, enum slot_durability durability);

/* Unlock, close, erase what was kept in memory; NULL is allowed. */
void slot_close(struct slot_file *file);
void slot_close_p(struct slot_file **file); /* for scoped() */

/* Remove a record: an administrator starts anew. Returns 0, -ENOENT or a negative errno. */
int slot_remove(const char *root, const struct slot_kind *kind, const struct slot_owner *owner);

#endif
