/* SPDX-License-Identifier: MIT */
/* slot_copy.c - a record as it lies on the disk, copied between two writes of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/slot_copy.h>

#include "slot_place.h"

void slot_copy_clear(struct slot_copy *copy)
{
	if (copy->bytes)
		explicit_bzero(copy->bytes, copy->length);
	free(copy->bytes);
	*copy = (struct slot_copy){ 0 };
}

/* What its owner may not write is never written in place: it needs no lock, and who is not root
 * could not have one. */
static int open_kept(int directory, const char *name, int *ret_fd)
{
	scoped_fd int fd =
		openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return neg_errno();
	*ret_fd = take(fd, -1);
	return 0;
}

int slot_copy(int directory, const char *name, struct slot_copy *ret)
{
	scoped(slot_place_unlock) int fd = -1;
	scoped(slot_copy_clear) struct slot_copy copy = { 0 };
	struct stat st;
	int r = slot_place_lock(directory, name, &fd);

	if (r == -EACCES)
		r = open_kept(directory, name, &fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return neg_errno();
	r = slot_place_check(directory, fd, st.st_mode & 07777, (size_t)st.st_size);
	if (r < 0)
		return r;
	if (st.st_size > SLOT_COPY_MAX)
		return -EFBIG;
	copy.length = (size_t)st.st_size;
	copy.mode = st.st_mode & 07777;
	copy.mtime = st.st_mtim.tv_sec;
	copy.bytes = malloc(copy.length + 1);
	if (!copy.bytes)
		return -ENOMEM;
	r = slot_place_read(fd, copy.bytes, copy.length, 0);
	if (r < 0)
		return r;
	*ret = take(copy, (struct slot_copy){ 0 });
	return 0;
}
