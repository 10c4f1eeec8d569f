/* SPDX-License-Identifier: MIT */
/*
 * blocklist.h - leaked passwords, offline: one sorted file of truncated SHA-1 hashes.
 *
 * The file (root-owned, 0644) is a header, an index of the first bits, and sorted fixed-size
 * entries, with a version (SHA-256 over the entries) that changes when the list does. Lookup reads
 * with pread, maps nothing, keeps nothing.
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
 * Build @out from @in (a path, "-" is standard input, total unknown then): lines of 40 hexadecimal
 * digits and ":COUNT" ordered by hash, or any order; or plain words, one a line (told by the first line; mixed is a
 * fault with its line number). Entries with a lower count than @min_count are left out. Memory stays constant (an external merge sort in
 * the directory of @out); the result replaces @out by rename after fsync. @progress is called now
 * and then, may be NULL. Returns 0, -EINVAL (*@ret_line is the line that is not understood) or a
 * negative errno; @out then is as it was.
 */
int blocklist_build(const char *in, const char *out, uint64_t min_count,
		    void (*progress)(const struct blocklist_progress *, void *), void *context,
		    uint64_t *ret_line);

/* Whether @password is in the list at @path. Returns 1, 0, or a negative errno (refuse, and say so):
 * -EBADMSG when the file is damaged, -EPERM when others could have written it. */
int blocklist_has(const char *path, const char *password);

/* The version of the list at @path. Returns 0 or a negative errno. */
int blocklist_version(const char *path, uint8_t version[static BLOCKLIST_VERSION_SIZE]);

#endif
