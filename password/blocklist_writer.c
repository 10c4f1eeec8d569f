/* SPDX-License-Identifier: MIT */
/* blocklist_writer.c - write sorted entries as a list file, each once. */
#include "blocklist_writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#define PENDING_MAX 8192
#define FINE_MARKS  (1U << LIST_INDEX_BITS_MAX)

int write_at(int fd, const void *buffer, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		const ssize_t n = pwrite(fd, (const char *)buffer + done, size - done,
					 (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? neg_errno() : -EIO;
		done += (size_t)n;
	}
	return 0;
}

int writer_open(int fd, struct list_writer *ret)
{
	struct list_writer writer = { .fd = fd };

	writer.pending = calloc(PENDING_MAX, sizeof(writer.pending[0]));
	writer.marks = calloc(FINE_MARKS, sizeof(writer.marks[0]));
	writer.version = EVP_MD_CTX_new();
	if (!writer.pending || !writer.marks || !writer.version ||
	    EVP_DigestInit_ex2(writer.version, EVP_sha256(), NULL) != 1) {
		writer_close(&writer);
		return -ENOMEM;
	}
	*ret = writer;
	return 0;
}

void writer_close(struct list_writer *writer)
{
	free(take(writer->pending, NULL));
	free(take(writer->marks, NULL));
	EVP_MD_CTX_free(take(writer->version, NULL));
}

int writer_flush(struct list_writer *writer)
{
	const size_t size = writer->n_pending * sizeof(writer->pending[0]);
	const uint64_t written = writer->count - writer->n_pending;

	if (size == 0)
		return 0;
	if (EVP_DigestUpdate(writer->version, writer->pending, size) != 1)
		return -EIO;
	writer->n_pending = 0;
	return write_at(writer->fd, writer->pending, size,
			sizeof(struct list_header) + written * sizeof(writer->pending[0]));
}

int writer_add(struct list_writer *writer, uint64_t entry)
{
	struct list_mark *mark = &writer->marks[entry >> (64 - LIST_INDEX_BITS_MAX)];

	if (writer->count > 0 && entry == writer->last)
		return 0;
	mark->start++; /* a number of entries, until the index is written */
	mark->check += list_mix(entry);
	writer->last = entry;
	writer->pending[writer->n_pending++] = htole64(entry);
	writer->count++;
	return writer->n_pending == PENDING_MAX ? writer_flush(writer) : 0;
}

static uint32_t choose_index_bits(uint64_t count)
{
	uint32_t bits = LIST_INDEX_BITS_MIN;

	while (bits < LIST_INDEX_BITS_MAX && count >> bits >= 2U << LIST_BUCKET_BITS)
		bits++;
	return bits;
}

/* Sum the fine marks up to 2^@bits ones, in place: none is overwritten before it is read. */
static void sum_marks(struct list_mark *marks, uint32_t bits)
{
	const uint32_t fine = FINE_MARKS >> bits;
	uint64_t start = 0;

	for (uint32_t i = 0; i < 1U << bits; i++) {
		struct list_mark sum = { 0 };

		for (uint32_t k = 0; k < fine; k++) {
			sum.start += marks[i * fine + k].start;
			sum.check += marks[i * fine + k].check;
		}
		marks[i].start = htole64(start);
		marks[i].check = htole64(sum.check + list_mark_seed(i, start));
		start += sum.start;
	}
}

static int write_index(struct list_writer *writer, uint32_t bits)
{
	const uint64_t offset = sizeof(struct list_header) + writer->count * sizeof(uint64_t);
	const struct list_mark end = { .start = htole64(writer->count) };
	const size_t size = sizeof(writer->marks[0]) << bits;
	int r;

	sum_marks(writer->marks, bits);
	r = write_at(writer->fd, writer->marks, size, offset);
	return r < 0 ? r : write_at(writer->fd, &end, sizeof(end), offset + size);
}

static int write_header(struct list_writer *writer, uint32_t bits)
{
	struct list_header header = {
		.magic = LIST_MAGIC,
		.index_bits = htole32(bits),
		.count = htole64(writer->count),
	};
	uint8_t sha256[32];

	if (EVP_DigestFinal_ex(writer->version, sha256, NULL) != 1)
		return -EIO;
	memcpy(header.version, sha256, sizeof(header.version));
	header.check = htole64(list_header_check(&header));
	return write_at(writer->fd, &header, sizeof(header), 0);
}

int writer_finish(struct list_writer *writer)
{
	const uint32_t bits = choose_index_bits(writer->count);
	int r;

	if (writer->count == 0)
		return -ENODATA;
	r = writer_flush(writer);
	if (r == 0)
		r = write_index(writer, bits);
	if (r == 0)
		r = write_header(writer, bits);
	return r;
}
