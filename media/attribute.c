/* SPDX-License-Identifier: MIT */
/* attribute.c - attributes of what is not on USB, by the path of their directory in sysfs. */
#include "attribute.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#define BLANKS " \t\n"

static int attribute_path(const char *root, const char *directory, const char *name,
			  char ret[static PATH_MAX])
{
	const int n = snprintf(ret, PATH_MAX, "%s/sys%s/%s", root, directory, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int read_all(int fd, char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t n = 1;

	while (n > 0 && length < size) {
		n = read(fd, buffer + length, size - length);
		if (n < 0)
			return neg_errno();
		length += (size_t)n;
	}
	if (length == size || memchr(buffer, '\0', length))
		return -EMSGSIZE;
	buffer[length] = '\0';
	return (int)length;
}

static int trim(char *text)
{
	size_t length = strlen(text);
	const size_t blank = strspn(text, BLANKS);

	while (length > blank && strchr(BLANKS, text[length - 1]))
		length--;
	memmove(text, text + blank, length - blank);
	text[length - blank] = '\0';
	return (int)(length - blank);
}

int attribute_text(const char *root, const char *directory, const char *name, char *ret,
		   size_t size)
{
	char path[PATH_MAX];
	scoped_fd int fd = -1;
	int r;

	r = attribute_path(root, directory, name, path);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	r = read_all(fd, ret, size);
	return r < 0 ? r : trim(ret);
}

bool attribute_is(const char *root, const char *directory, const char *name, const char *value)
{
	char text[64];

	return attribute_text(root, directory, name, text, sizeof(text)) >= 0 &&
	       strcmp(text, value) == 0;
}

int attribute_number(const char *root, const char *directory, const char *name, uint64_t *ret)
{
	char text[24];
	unsigned long long number;
	int r;

	r = attribute_text(root, directory, name, text, sizeof(text));
	if (r < 0)
		return r;
	if (r == 0 || strspn(text, "0123456789") != (size_t)r)
		return -EBADMSG;
	errno = 0;
	number = strtoull(text, NULL, 10);
	if (errno != 0)
		return -EBADMSG;
	*ret = number;
	return 0;
}

bool attribute_links_to(const char *root, const char *directory, const char *name,
			const char *value)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	if (attribute_path(root, directory, name, path) < 0)
		return false;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return slash && strcmp(slash + 1, value) == 0;
}
