/* SPDX-License-Identifier: MIT */
/*
 * backup.h - what a backup holds, and its table of contents.
 *
 * An SQLite Archive (archive.h) of files by their paths below the root: the policy as edited, the
 * fallback, and all of var/lib/sereno but what is made again or is large (the list of leaked
 * passwords). Its file MANIFEST says in plain lines what the others are: an archive that lacks one,
 * or has one too many or another one, is damaged. It is a checksum and no signature: whoever can
 * write a backup can write another.
 */
#ifndef ADMIN_BACKUP_H
#define ADMIN_BACKUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/archive.h>
#include <sereno/event.h>

#define BACKUP_MANIFEST	   "MANIFEST"
#define BACKUP_STATE	   "var/lib/sereno"
#define BACKUP_GENERATIONS "generations"
#define BACKUP_REGISTER	   "register.db"
#define BACKUP_MACHINE_MAX 17
#define BACKUP_DIGEST_HEX  65
#define BACKUP_FILES_MAX   4000000

struct backup_facts {
	char machine[BACKUP_MACHINE_MAX]; /* of the host key's name; "" for none */
	int64_t made;			  /* UTC seconds, before the first file was read */
	uint64_t generation;		  /* of the policy in force; 0: none was */
	bool has_register;
	bool has_plain_key, has_sealed_key;
};

struct backup_file {
	char *name;
	mode_t mode;
	char digest[BACKUP_DIGEST_HEX];
	bool seen;
};

/* Zero-initialise; release with backup_contents_clear(). */
struct backup_contents {
	struct backup_facts facts;
	size_t n;
	struct backup_file *file; /* by name once they are sorted */
};
void backup_contents_clear(struct backup_contents *contents);

/* Note that @entry is in the backup. Returns 0, -ENOMEM or -EIO. */
int backup_contents_add(struct backup_contents *contents, const struct archive_entry *entry);

/* Write the manifest into @archive. Returns 0 or a negative errno. */
int backup_contents_write(const struct backup_contents *contents, struct archive *archive);

/* Read it, and every file against it. Returns 0, -EBADMSG (damaged, or not a backup), -EPROTO (of
 * another version) or another negative errno. */
int backup_contents_read(struct archive *archive, struct backup_contents *ret);

/* Tell the log that the backup in @path was made, or restored. */
void backup_report(const char *root, enum event_id id, const char *path,
		   const struct backup_facts *facts);

#endif
