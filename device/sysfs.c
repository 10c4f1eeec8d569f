/* SPDX-License-Identifier: MIT */
/* sysfs.c - attributes of devices: bounded, and always of the directory that was opened. */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#define NUMBER_MAX 16 /* bytes, of a number as text */

/* Of the kernel's making, but it comes by way of an event's properties. */
static bool path_is_sound(const char *path)
{
	if (path[0] != '/' || strstr(path, "/../"))
		return false;
	return strlen(path) < 3 || strcmp(path + strlen(path) - 3, "/..") != 0;
}

int sysfs_open(const char *root, const char *path)
{
	char whole[PATH_MAX];
	int n, fd;

	if (!path_is_sound(path))
		return -EINVAL;
	n = snprintf(whole, sizeof(whole), "%s/sys%s", root, path);
	if (n < 0 || (size_t)n >= sizeof(whole))
		return -ENAMETOOLONG;
	fd = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? neg_errno() : fd;
}

static int open_attribute(int directory, const char *name, int flags)
{
	const int fd =
		openat(directory, name, flags | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? neg_errno() : fd;
}

/* What fstat(2) says of the size of an attribute is a page, whatever it holds. */
static int read_all(int fd, char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t n;
	char more;

	while (length < size) {
		n = read(fd, buffer + length, size - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return neg_errno();
		if (n == 0)
			return (int)length;
		length += (size_t)n;
	}
	n = read(fd, &more, 1);
	if (n < 0)
		return neg_errno();
	return n == 0 ? (int)length : -EMSGSIZE;
}

int sysfs_read(int directory, const char *name, void *buffer, size_t size)
{
	scoped_fd int fd = open_attribute(directory, name, O_RDONLY);

	if (fd < 0)
		return fd;
	return size > INT_MAX ? -EINVAL : read_all(fd, buffer, size);
}

int sysfs_text(int directory, const char *name, char *buffer, size_t size)
{
	int length = sysfs_read(directory, name, buffer, size);

	if (length < 0)
		return length;
	/* One newline is the kernel's. Any before it came from the device. */
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	if ((size_t)length == size)
		return -EMSGSIZE;
	buffer[length] = '\0';
	return strlen(buffer) == (size_t)length ? length : -EBADMSG;
}

static int digit_value(char digit, int base)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;

	return at && at - digits < base ? (int)(at - digits) : -1;
}

int sysfs_number(int directory, const char *name, int base, unsigned most)
{
	char text[NUMBER_MAX];
	unsigned number = 0;
	int r = sysfs_text(directory, name, text, sizeof(text));

	if (r < 0)
		return r == -EMSGSIZE ? -EBADMSG : r;
	if (r == 0)
		return -EBADMSG;
	for (const char *c = text; *c; c++) {
		r = digit_value(*c, base);
		if (r < 0 || number > most)
			return -EBADMSG;
		number = number * (unsigned)base + (unsigned)r;
	}
	return number <= most && most <= INT_MAX / 16 ? (int)number : -EBADMSG;
}

int sysfs_write(int directory, const char *name, const char *text)
{
	scoped_fd int fd = open_attribute(directory, name, O_WRONLY);
	const size_t length = strlen(text);
	ssize_t n;

	if (fd < 0)
		return fd == -ENOENT ? -ENODEV : fd;
	n = write(fd, text, length);
	if (n < 0)
		return neg_errno();
	return (size_t)n == length ? 0 : -EIO;
}
