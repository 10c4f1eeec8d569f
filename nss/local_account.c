/* SPDX-License-Identifier: MIT */
/* local_account.c - the number of an account of /etc/passwd, without asking the name service. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>

#include <sereno/scoped.h>

#include "local_account.h"

#define READ_BYTES 4096

/* Where in "name:password:uid:" the next byte stands, of a line that may be ours. */
enum place { PLACE_NAME, PLACE_PASSWORD, PLACE_UID, PLACE_FOUND, PLACE_OTHER };

/* A line read byte by byte: it may be of any length. */
struct line {
	const char *user;
	enum place place;
	size_t matched; /* bytes of the user's name */
	uint64_t uid;
	bool has_digits, broken;
};

static void start_line(struct line *line)
{
	line->place = PLACE_NAME;
	line->matched = 0;
	line->uid = 0;
	line->has_digits = false;
}

static void take_name(struct line *line, char byte)
{
	const char wanted = line->user[line->matched];

	if (byte == ':' && wanted == '\0')
		line->place = PLACE_PASSWORD;
	else if (byte == wanted && wanted != '\0')
		line->matched++;
	else
		line->place = PLACE_OTHER;
}

static void take_digit(struct line *line, char byte)
{
	if (byte == ':' && line->has_digits) {
		line->place = PLACE_FOUND;
	} else if (byte >= '0' && byte <= '9' && line->uid <= UINT32_MAX) {
		line->uid = line->uid * 10 + (uint64_t)(byte - '0');
		line->has_digits = true;
	} else {
		line->broken = true;
	}
}

static void take_byte(struct line *line, char byte)
{
	if (byte == '\n') {
		/* A line of his that ends before his number. */
		line->broken =
			line->broken || line->place == PLACE_PASSWORD || line->place == PLACE_UID;
		start_line(line);
		return;
	}
	switch (line->place) {
	case PLACE_NAME:
		take_name(line, byte);
		break;
	case PLACE_PASSWORD:
		if (byte == ':')
			line->place = PLACE_UID;
		break;
	case PLACE_UID:
		take_digit(line, byte);
		break;
	case PLACE_FOUND:
	case PLACE_OTHER:
		break;
	}
}

static int find_line(int fd, struct line *line)
{
	char bytes[READ_BYTES];
	ssize_t n;

	do {
		n = read(fd, bytes, sizeof(bytes));
		if (n < 0 && errno != EINTR)
			return neg_errno();
		for (ssize_t i = 0; i < n; i++) {
			take_byte(line, bytes[i]);
			if (line->broken)
				return -EINVAL;
			if (line->place == PLACE_FOUND)
				return 0;
		}
	} while (n != 0);
	return line->place == PLACE_PASSWORD || line->place == PLACE_UID ? -EINVAL : -ENOENT;
}

int local_account_uid_in(const char *path, const char *user, uid_t *ret)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct line line = { .user = user };
	int r;

	if (fd < 0)
		return neg_errno();
	r = find_line(fd, &line);
	if (r < 0)
		return r;
	if (line.uid > UINT32_MAX)
		return -EINVAL;
	*ret = (uid_t)line.uid;
	return 0;
}

int local_account_uid(const char *user, uid_t *ret)
{
	return local_account_uid_in("/etc/passwd", user, ret);
}
