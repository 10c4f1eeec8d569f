/* SPDX-License-Identifier: MIT */
/* blocklist.c - is this password in the list of leaked ones? */
#include <sereno/blocklist.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include <sereno/scoped.h>

#include "blocklist_format.h"

#define CHUNK 512 /* entries read at once: two average buckets */

struct list {
	int fd;
	uint32_t index_bits;
	uint64_t count;
	uint8_t version[BLOCKLIST_VERSION_SIZE];
};

static int read_at(int fd, void *buffer, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		const ssize_t n =
			pread(fd, (char *)buffer + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? neg_errno() : -EBADMSG;
		done += (size_t)n;
	}
	return 0;
}

static int open_trusted(const char *path, uint64_t *ret_size)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	*ret_size = (uint64_t)st.st_size;
	return take(fd, -1);
}

static uint64_t file_size(uint64_t count, uint32_t index_bits)
{
	return sizeof(struct list_header) + count * sizeof(uint64_t) +
	       ((1U << index_bits) + 1) * sizeof(struct list_mark);
}

static void list_close(struct list *list)
{
	close_p(&list->fd);
}

/* Open and check; *@ret is released with list_close(). */
static int list_open(const char *path, struct list *ret)
{
	struct list_header header;
	uint64_t size = 0;
	scoped_fd int fd = open_trusted(path, &size);
	int r;

	if (fd < 0)
		return fd;
	r = read_at(fd, &header, sizeof(header), 0);
	if (r < 0)
		return r;
	ret->index_bits = le32toh(header.index_bits);
	ret->count = le64toh(header.count);
	if (memcmp(header.magic, LIST_MAGIC, sizeof(header.magic)) != 0 ||
	    le64toh(header.check) != list_header_check(&header) ||
	    ret->index_bits < LIST_INDEX_BITS_MIN || ret->index_bits > LIST_INDEX_BITS_MAX ||
	    ret->count > size / sizeof(uint64_t) || file_size(ret->count, ret->index_bits) != size)
		return -EBADMSG;
	memcpy(ret->version, header.version, sizeof(ret->version));
	ret->fd = take(fd, -1);
	return 0;
}

/* Read the @n entries from @start. Returns 1 if @entry is one of them, 0, or a negative errno;
 * *@check gets their share added. */
static int search_chunk(const struct list *list, uint64_t start, size_t n, uint64_t entry,
			uint64_t *check)
{
	uint64_t entries[CHUNK];
	int found = 0;
	const int r = read_at(list->fd, entries, n * sizeof(entries[0]),
			      sizeof(struct list_header) + start * sizeof(entries[0]));

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		*check += list_mix(le64toh(entries[i]));
		found |= le64toh(entries[i]) == entry;
	}
	return found;
}

static int search_bucket(const struct list *list, uint64_t entry)
{
	const uint64_t bucket = entry >> (64 - list->index_bits);
	struct list_mark mark[2];
	uint64_t at, end, check;
	int found = 0, r;

	r = read_at(list->fd, mark, sizeof(mark),
		    sizeof(struct list_header) + list->count * sizeof(entry) +
			    bucket * sizeof(mark[0]));
	if (r < 0)
		return r;
	at = le64toh(mark[0].start);
	end = le64toh(mark[1].start);
	if (at > end || end > list->count)
		return -EBADMSG;
	check = list_mark_seed(bucket, at);
	while (at < end) {
		const size_t n = end - at < CHUNK ? (size_t)(end - at) : CHUNK;

		r = search_chunk(list, at, n, entry, &check);
		if (r < 0)
			return r;
		found |= r;
		at += n;
	}
	return check == le64toh(mark[0].check) ? found : -EBADMSG;
}

int blocklist_has(const char *path, const char *password)
{
	scoped(list_close) struct list list = { .fd = -1 };
	uint8_t sha1[LIST_SHA1_SIZE];
	uint64_t entry;
	int r;

	r = list_open(path, &list);
	if (r < 0)
		return r;
	if (EVP_Q_digest(NULL, "SHA1", NULL, password, strlen(password), sha1, NULL) != 1)
		return -EIO;
	entry = list_entry(sha1);
	r = search_bucket(&list, entry);
	explicit_bzero(sha1, sizeof(sha1));
	explicit_bzero(&entry, sizeof(entry));
	return r;
}

int blocklist_version(const char *path, uint8_t version[static BLOCKLIST_VERSION_SIZE])
{
	scoped(list_close) struct list list = { .fd = -1 };
	int r;

	r = list_open(path, &list);
	if (r < 0)
		return r;
	memcpy(version, list.version, BLOCKLIST_VERSION_SIZE);
	return 0;
}
