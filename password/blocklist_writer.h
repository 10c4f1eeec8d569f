/* SPDX-License-Identifier: MIT */
/*
 * blocklist_writer.h - write sorted entries as a list file, each once.
 */
#ifndef PASSWORD_BLOCKLIST_WRITER_H
#define PASSWORD_BLOCKLIST_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "blocklist_format.h"

struct list_writer {
	int fd;
	uint64_t count, last; /* entries so far; the greatest */
	uint64_t *pending;    /* not written yet */
	size_t n_pending;
	struct list_mark
		*marks; /* one a value of the first LIST_INDEX_BITS_MAX bits: how many, checks */
	EVP_MD_CTX *version;
};

/* Begin a list in @fd, which stays the caller's. Returns 0 or -ENOMEM, -EIO. */
int writer_open(int fd, struct list_writer *ret);
void writer_close(struct list_writer *writer);

/* Add an entry not less than the last one. Returns 0 or a negative errno. */
int writer_add(struct list_writer *writer, uint64_t entry);

/* Write what is pending. */
int writer_flush(struct list_writer *writer);

/* Complete the file with its index and header. Returns 0, -ENODATA (nothing was added)
 * or a negative errno. */
int writer_finish(struct list_writer *writer);

/* pwrite(2) it all. */
int write_at(int fd, const void *buffer, size_t size, uint64_t offset);

#endif
