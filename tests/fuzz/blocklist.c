/* SPDX-License-Identifier: MIT */
/* blocklist.c - fuzz what reads published lists, and what looks into the file made of them. */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/blocklist.h>

#include "blocklist_format.h"
#include "blocklist_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_input(const char *path, const uint8_t *data, size_t size)
{
	struct list_input input;
	uint64_t entry, lines = 1;
	int r;

	if (input_open(path, 7, &input) < 0)
		return;
	do {
		r = input_next(&input, &entry);
	} while (r > 0);
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	assert(input.line <= lines);
	assert(r < 0 || input.bytes_read == size);
	input_close(&input);
}

/* Make the header fit, or next to no input would get past it. */
static void mend(int fd, size_t size)
{
	struct list_header header;
	size_t index;

	if (size < sizeof(header) || pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return;
	memcpy(header.magic, LIST_MAGIC, sizeof(header.magic));
	header.index_bits = htole32(LIST_INDEX_BITS_MIN);
	index = ((1U << LIST_INDEX_BITS_MIN) + 1) * sizeof(struct list_mark);
	if (size >= sizeof(header) + index)
		header.count = htole64((size - sizeof(header) - index) / sizeof(uint64_t));
	header.check = htole64(list_header_check(&header));
	(void)!pwrite(fd, &header, sizeof(header), 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = memfd_create("list", MFD_CLOEXEC);
	char path[32];

	assert(fd >= 0 && fchmod(fd, 0600) == 0);
	assert(write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_input(path, data, size);
	(void)blocklist_has(path, "password");
	mend(fd, size);
	(void)blocklist_has(path, "password");
	(void)blocklist_has(path, "123456");
	close(fd);
	return 0;
}
