/* SPDX-License-Identifier: MIT */
/* remembered_forget.c - nothing is remembered of an account any more. */
#include <sereno/remembered.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

static int remove_all(DIR *stream, const char *prefix)
{
	const struct dirent *entry;
	int removed = 0;

	while ((errno = 0, entry = readdir(stream))) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		if (unlinkat(dirfd(stream), entry->d_name, 0) == 0)
			removed++;
		else if (errno != ENOENT)
			return neg_errno();
	}
	return errno ? neg_errno() : removed;
}

int remembered_forget(const char *root, uid_t uid)
{
	scoped_free char *path = NULL;
	char prefix[16];
	DIR *stream;
	int fd, r;

	if (asprintf(&path, "%s/run/sereno/codes", root) < 0)
		return -ENOMEM;
	(void)snprintf(prefix, sizeof(prefix), "%u-", uid); /* fits */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	stream = fd < 0 ? NULL : fdopendir(fd);
	if (!stream) {
		r = neg_errno();
		if (fd >= 0)
			(void)close(fd);
		return r == -ENOENT ? 0 : r;
	}
	r = remove_all(stream, prefix);
	(void)closedir(stream);
	return r;
}
