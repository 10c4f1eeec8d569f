/* SPDX-License-Identifier: MIT */
/* seat.c - who sits at a seat: our own record of it, believed while logind says the same. */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>
#include <sereno/seat.h>
#include <sereno/trusted.h>

#include "run_record.h"

#define SEATS_DIRECTORY	 "seats"
#define LOGIND_DIRECTORY "/run/systemd/seats"
#define LOGIND_MAX	 65536 /* bytes: of a seat with a few thousand sessions */

static const char magic[8] = { 's', 'e', 'r', 's', 'e', 'a', 't', '1' };

struct seat_record {
	struct run_record_head head;
	int64_t until;
	uint32_t uid;
	uint32_t locked;
	uint32_t n_roles;
	char seat[SEAT_NAME_MAX + 8];
	char session[SEAT_SESSION_MAX + 8];
	char user[GRANTS_USER_MAX + 1];
	char role[ROLE_NAMES_MAX][MODEL_NAME_MAX + 8];
	uint32_t filler;
};
_Static_assert(sizeof(struct seat_record) == 16 + 8 + 12 + 72 + 72 + 256 + 64 * 72 + 4,
	       "no padding: its bytes would be undefined");

bool seat_name_is_sound(const char *name)
{
	size_t length = 0;

	for (; name[length]; length++)
		if (length == SEAT_NAME_MAX ||
		    !(isascii(name[length]) &&
		      (isalnum((unsigned char)name[length]) || strchr("-_", name[length]))))
			return false;
	return length > 0;
}

static bool record_is_sound(const struct seat_record *record, const char *name)
{
	if (record->locked > 1 || record->n_roles > ROLE_NAMES_MAX)
		return false;
	for (size_t i = 0; i < record->n_roles; i++)
		if (memchr(record->role[i], '\0', MODEL_NAME_MAX + 1) == NULL)
			return false;
	return memchr(record->session, '\0', SEAT_SESSION_MAX + 1) != NULL &&
	       memchr(record->user, '\0', GRANTS_USER_MAX + 1) != NULL &&
	       memchr(record->seat, '\0', sizeof(record->seat)) != NULL &&
	       strcmp(record->seat, name) == 0 && record->session[0] && record->user[0];
}

/* What follows @key, up to the end of its line. */
static int logind_value(const char *text, const char *key, char *ret, size_t size)
{
	const size_t length = strlen(key);
	const char *line = text;
	size_t value;

	while (strncmp(line, key, length) != 0) {
		line = strchr(line, '\n');
		if (!line)
			return -ENOENT;
		line++;
	}
	value = strcspn(line + length, "\n");
	if (value >= size || line[length + value] != '\n')
		return -EBADMSG;
	memcpy(ret, line + length, value);
	ret[value] = '\0';
	return 0;
}

/* The text of the file, terminated; what is over LOGIND_MAX is not needed. */
static int logind_text(const char *root, const char *name, char **ret)
{
	scoped_free char *path = NULL;
	scoped_free char *text = malloc(LOGIND_MAX + 1);
	scoped_fd int fd = -1;
	struct stat st;
	size_t length = 0;
	ssize_t n = 1;

	if (!text || asprintf(&path, "%s" LOGIND_DIRECTORY "/%s", root, name) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !trusted_writers(&st))
		return -EPERM;
	while (n > 0 && length < LOGIND_MAX) {
		n = read(fd, text + length, LOGIND_MAX - length);
		if (n < 0)
			return neg_errno();
		length += (size_t)n;
	}
	text[length] = '\0';
	*ret = take(text, NULL);
	return 0;
}

/* Whether logind has the same session and user active there. */
static bool logind_confirms(const char *root, const char *name, const struct seat_record *record)
{
	scoped_free char *text = NULL;
	char session[SEAT_SESSION_MAX + 1];
	char uid[16], written[16];

	if (logind_text(root, name, &text) < 0 ||
	    logind_value(text, "ACTIVE=", session, sizeof(session)) < 0 ||
	    logind_value(text, "ACTIVE_UID=", uid, sizeof(uid)) < 0)
		return false;
	(void)snprintf(written, sizeof(written), "%u", record->uid); /* 10 digits at most */
	return strcmp(session, record->session) == 0 && strcmp(uid, written) == 0;
}

static void record_decode(const struct seat_record *record, struct seat *ret)
{
	memcpy(ret->session, record->session, sizeof(ret->session));
	memcpy(ret->user, record->user, sizeof(ret->user));
	ret->uid = record->uid;
	ret->locked = record->locked == 1;
	ret->until = record->until;
	ret->roles.n = record->n_roles;
	for (size_t i = 0; i < record->n_roles; i++)
		memcpy(ret->roles.name[i], record->role[i], sizeof(ret->roles.name[i]));
}

int seat_read(const char *root, const char *name, struct seat *ret)
{
	struct seat_record record;
	scoped_fd int directory = -1;
	int r;

	if (!seat_name_is_sound(name))
		return -EINVAL;
	directory = run_directory_open(root, SEATS_DIRECTORY);
	r = directory < 0 ? directory
			  : run_record_read(directory, name, magic, &record, sizeof(record));
	if (r < 0 && r != -ENOENT && r != -EBADMSG && r != -EPERM)
		return r;
	memset(ret, 0, sizeof(*ret));
	if (r == 0 && record_is_sound(&record, name) && logind_confirms(root, name, &record))
		record_decode(&record, ret);
	return 0;
}

static int record_encode(const char *name, const struct seat *seat, struct seat_record *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!seat_name_is_sound(name) || seat->roles.n > ROLE_NAMES_MAX)
		return -EINVAL;
	memcpy(ret->seat, name, strlen(name));
	memcpy(ret->session, seat->session, strnlen(seat->session, SEAT_SESSION_MAX));
	memcpy(ret->user, seat->user, strnlen(seat->user, GRANTS_USER_MAX));
	ret->uid = seat->uid;
	ret->locked = seat->locked;
	ret->until = seat->until;
	ret->n_roles = (uint32_t)seat->roles.n;
	for (size_t i = 0; i < seat->roles.n; i++)
		memcpy(ret->role[i], seat->roles.name[i],
		       strnlen(seat->roles.name[i], MODEL_NAME_MAX));
	return 0;
}

int seat_write(const char *root, const char *name, const struct seat *seat)
{
	struct seat_record record;
	scoped_fd int directory = -1;
	int r;

	r = record_encode(name, seat, &record);
	if (r < 0)
		return r;
	directory = run_directory_make(root, SEATS_DIRECTORY);
	if (directory < 0)
		return directory;
	return run_record_replace(directory, name, magic, &record, sizeof(record));
}
