/* SPDX-License-Identifier: MIT */
/*
 * blocklist.h - leaked passwords, offline: one sorted file of truncated SHA-1 hashes.
 *
 * The file (root-owned, 0644) is a header, an index of the first bits, and sorted fixed-size
 * entries, with a version (SHA-256 over the entries) that changes when the list does. Lookup reads
 * with pread, maps nothing, keeps nothing: the header, one mark of the index, one bucket of
 * entries.
 *
 * An entry is the first 8 bytes of a hash: a password that is not in a list of N is taken for one
 * that is with odds of N in 2^64, 1 in 18,000 million for 1,000 million entries. What decayed in
 * the bucket read is noticed; the file is trusted to be root's.
 */
#ifndef SERENO_BLOCKLIST_H
#define SERENO_BLOCKLIST_H

#include <stdbool.h>
#include <stdint.h>

#define BLOCKLIST_VERSION_SIZE 16

struct blocklist_progress {
	uint64_t bytes_read, bytes_total, kept;
};

/*
 * Build @out from @in (a path, "-" is standard input, total unknown then), which is either lines of
 * 40 hexadecimal digits, each with ":COUNT" behind or not, or plain words, one a line; the first
 * line tells. Lines may end with CR LF; empty ones are skipped, and words too long for a password.
 * Hashes with a lower count than @min_count are left out, not those without a count. Hashes in
 * order, as they are published, are copied straight through; else sorted runs are merged, in the
 * directory of
 * @out. Memory stays below 100 MiB. The result replaces @out by rename after fsync. @progress is
 * called now and then, may be NULL.
 *
 * Returns 0; -EINVAL: the line *@ret_line is not understood, or hashes and words are mixed;
 * -ENOTSUP: hashes of 32 digits, the NTLM edition, where the SHA-1
 * edition is needed; -ENODATA: nothing to keep; -EFBIG: more than 4,000 million unordered entries;
 * or another negative errno. @out then is as it was.
 */
int blocklist_build(const char *in, const char *out, uint64_t min_count,
		    void (*progress)(const struct blocklist_progress *, void *), void *context,
		    uint64_t *ret_line);

/* Whether @password is in the list at @path. Returns 1, 0, or a negative errno (refuse, and say
 * so): -ENOENT when there is none, -EBADMSG when it is damaged, -EPERM when others could have
 * written it. */
int blocklist_has(const char *path, const char *password);

/* The version of the list at @path. Returns 0 or a negative errno. */
int blocklist_version(const char *path, uint8_t version[static BLOCKLIST_VERSION_SIZE]);

#endif
