/* SPDX-License-Identifier: MIT */
/* refused.c - the list of refused devices: a record each, bounded in number and in writes. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>

#include "run_record.h"

#define REFUSED_DIRECTORY "refused"

static const char magic[8] = { 's', 'e', 'r', 'r', 'e', 'f', 'u', '1' };

struct refused_record {
	struct run_record_head head;
	uint8_t identity[DEVICE_IDENTITY_SIZE];
	int64_t first, last;
	uint32_t vendor, product, bus, kinds, uid, reason, times;
	char manufacturer[DEVICE_TEXT_MAX + 6];
	char name[DEVICE_TEXT_MAX + 6];
	char serial[DEVICE_TEXT_MAX + 6];
	char path[256];
	char user[GRANTS_USER_MAX + 1];
};
_Static_assert(sizeof(struct refused_record) == 16 + 32 + 16 + 28 + 3 * 384 + 512 + 4,
	       "what is added after this must leave no padding but the last");

void refused_id(const uint8_t identity[static DEVICE_IDENTITY_SIZE],
		char ret[static REFUSED_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < REFUSED_ID_SIZE - 1; i++)
		ret[i] = digits[i % 2 ? identity[i / 2] & 15 : identity[i / 2] >> 4];
	ret[REFUSED_ID_SIZE - 1] = '\0';
}

static bool id_is_sound(const char *id)
{
	return strlen(id) == REFUSED_ID_SIZE - 1 &&
	       strspn(id, "0123456789abcdef") == REFUSED_ID_SIZE - 1;
}

static void record_encode(const struct refused *refused, struct refused_record *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->identity, refused->identity, sizeof(ret->identity));
	ret->first = refused->first;
	ret->last = refused->last;
	ret->vendor = refused->vendor;
	ret->product = refused->product;
	ret->bus = refused->bus;
	ret->kinds = refused->kinds;
	ret->uid = refused->uid;
	ret->reason = refused->reason;
	ret->times = refused->times;
	memcpy(ret->manufacturer, refused->texts.manufacturer,
	       strnlen(refused->texts.manufacturer, DEVICE_TEXT_MAX));
	memcpy(ret->name, refused->texts.product, strnlen(refused->texts.product, DEVICE_TEXT_MAX));
	memcpy(ret->serial, refused->texts.serial, strnlen(refused->texts.serial, DEVICE_TEXT_MAX));
	memcpy(ret->path, refused->path, strnlen(refused->path, sizeof(ret->path) - 1));
	memcpy(ret->user, refused->user, strnlen(refused->user, GRANTS_USER_MAX));
}

static bool record_is_sound(const struct refused_record *record)
{
	return record->vendor <= UINT16_MAX && record->product <= UINT16_MAX &&
	       record->bus <= BUS_DISK && record->kinds < 1u << DEVICE_KINDS &&
	       record->reason <= MEDIA_NO_BLOCK &&
	       memchr(record->manufacturer, '\0', DEVICE_TEXT_MAX + 1) &&
	       memchr(record->name, '\0', DEVICE_TEXT_MAX + 1) &&
	       memchr(record->serial, '\0', DEVICE_TEXT_MAX + 1) &&
	       memchr(record->path, '\0', sizeof(record->path)) &&
	       memchr(record->user, '\0', sizeof(record->user));
}

static void record_decode(const struct refused_record *record, struct refused *ret)
{
	memset(ret, 0, sizeof(*ret));
	refused_id(record->identity, ret->id);
	memcpy(ret->identity, record->identity, sizeof(ret->identity));
	ret->vendor = (uint16_t)record->vendor;
	ret->product = (uint16_t)record->product;
	ret->bus = (enum device_bus)record->bus;
	ret->kinds = record->kinds;
	ret->uid = record->uid;
	ret->reason = (enum media_reason)record->reason;
	ret->first = record->first;
	ret->last = record->last;
	ret->times = record->times;
	memcpy(ret->texts.manufacturer, record->manufacturer, DEVICE_TEXT_MAX + 1);
	memcpy(ret->texts.product, record->name, DEVICE_TEXT_MAX + 1);
	memcpy(ret->texts.serial, record->serial, DEVICE_TEXT_MAX + 1);
	memcpy(ret->path, record->path, sizeof(ret->path));
	memcpy(ret->user, record->user, sizeof(ret->user));
}

static int read_one(int directory, const char *id, struct refused *ret)
{
	struct refused_record record;
	struct refused refused;
	int r;

	r = run_record_read(directory, id, magic, &record, sizeof(record));
	if (r < 0)
		return r;
	if (!record_is_sound(&record))
		return -EBADMSG;
	record_decode(&record, &refused);
	if (strcmp(refused.id, id) != 0)
		return -EBADMSG;
	*ret = refused;
	return 0;
}

/* All that is noted, in no order. */
struct shelf {
	size_t n;
	struct refused book[REFUSED_MAX];
};

/* Take up one file of the directory. What is left of a write that was cut short, what is damaged,
 * and what is too much goes. */
static void shelve(int directory, const char *name, struct shelf *shelf)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	if (shelf->n < REFUSED_MAX && id_is_sound(name) &&
	    read_one(directory, name, &shelf->book[shelf->n]) == 0)
		shelf->n++;
	else
		(void)unlinkat(directory, name, 0); /* if it stays, the next one tries */
}

static int shelf_read(int directory, struct shelf *shelf)
{
	const int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;

	shelf->n = 0;
	if (!stream)
		return neg_errno();
	while ((entry = readdir(stream)))
		shelve(directory, entry->d_name, shelf);
	(void)closedir(stream);
	return 0;
}

static bool is_recent(const struct refused *noted, int64_t now)
{
	return noted->last <= now && now - noted->last < REFUSED_PAUSE_SEC;
}

static const struct refused *shelf_find(const struct shelf *shelf, const char *id)
{
	for (size_t i = 0; i < shelf->n; i++)
		if (strcmp(shelf->book[i].id, id) == 0)
			return &shelf->book[i];
	return NULL;
}

/* The length of what all devices behind one port of the host have in common: to the name behind
 * that of its bus, "/devices/.../usb1/1-3". 0: it is on no such bus. */
static size_t length_behind(const char *path)
{
	const char *bus = strstr(path, "/usb");
	const char *port = bus ? strchr(bus + 1, '/') : NULL;

	return port ? (size_t)(port - path) + 1 + strcspn(port + 1, "/") : 0;
}

static bool is_behind(const struct refused *noted, const char *path, size_t length)
{
	return strncmp(noted->path, path, length) == 0 &&
	       (noted->path[length] == '/' || noted->path[length] == '\0');
}

/* Whether it, or whatever comes at its port, was noted too often just now. */
static bool is_too_soon(const struct shelf *shelf, const struct refused *refused,
			const struct refused *before)
{
	const size_t length = length_behind(refused->path);
	size_t recent = 0, behind = 0;

	if (before && is_recent(before, refused->last))
		return true;
	for (size_t i = 0; i < shelf->n; i++) {
		if (!is_recent(&shelf->book[i], refused->last))
			continue;
		recent += strcmp(shelf->book[i].path, refused->path) == 0;
		behind += length > 0 && is_behind(&shelf->book[i], refused->path, length);
	}
	return recent >= REFUSED_BURST || behind >= REFUSED_BURST_BEHIND;
}

/* Of those at @path, as far as @length, and behind it; 0: of all. How many, and the oldest. */
static size_t count(const struct shelf *shelf, const char *path, size_t length,
		    const struct refused **ret_oldest)
{
	const struct refused *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < shelf->n; i++) {
		const struct refused *book = &shelf->book[i];

		if (length > 0 && !is_behind(book, path, length))
			continue;
		n++;
		if (!oldest || book->last < oldest->last)
			oldest = book;
	}
	*ret_oldest = oldest;
	return n;
}

static int make_room(int directory, const struct shelf *shelf, const char *path)
{
	const size_t behind = length_behind(path);
	const struct refused *oldest;

	if (count(shelf, path, strlen(path), &oldest) < REFUSED_AT_PORT &&
	    (behind == 0 || count(shelf, path, behind, &oldest) < REFUSED_BEHIND_PORT) &&
	    count(shelf, path, 0, &oldest) < REFUSED_MAX)
		return 0;
	return unlinkat(directory, oldest->id, 0) < 0 && errno != ENOENT ? neg_errno() : 0;
}

/* Two that come at once at two ports must not both find room for one. Whoever holds it writes one
 * file; who waits longer than udev's helper may is ended. */
static int directory_lock(const char *root)
{
	scoped_fd int directory = run_directory_make(root, REFUSED_DIRECTORY);

	if (directory < 0)
		return directory;
	if (flock(directory, LOCK_EX) < 0)
		return neg_errno();
	return take(directory, -1);
}

int refused_note(const char *root, const struct refused *refused)
{
	scoped_free struct shelf *shelf = malloc(sizeof(*shelf));
	scoped_fd int directory = -1;
	const struct refused *before;
	struct refused_record record;
	struct refused noted = *refused;
	int r;

	if (!shelf)
		return -ENOMEM;
	directory = directory_lock(root);
	if (directory < 0)
		return directory;
	r = shelf_read(directory, shelf);
	if (r < 0)
		return r;
	refused_id(refused->identity, noted.id);
	before = shelf_find(shelf, noted.id);
	if (is_too_soon(shelf, &noted, before))
		return 0;
	r = before ? 0 : make_room(directory, shelf, noted.path);
	if (r < 0)
		return r;
	noted.first = before ? before->first : noted.last;
	noted.times = before ? before->times + (before->times < UINT32_MAX) : 1;
	record_encode(&noted, &record);
	r = run_record_replace(directory, noted.id, magic, &record, sizeof(record));
	return r < 0 ? r : 1;
}

int refused_read(const char *root, const char *id, struct refused *ret)
{
	scoped_fd int directory = -1;

	if (!id_is_sound(id))
		return -ENOENT;
	directory = run_directory_open(root, REFUSED_DIRECTORY);
	return directory < 0 ? directory : read_one(directory, id, ret);
}

int refused_forget(const char *root, const char *id)
{
	scoped_fd int directory = -1;

	if (!id_is_sound(id))
		return -ENOENT;
	directory = run_directory_open(root, REFUSED_DIRECTORY);
	if (directory < 0)
		return directory;
	return unlinkat(directory, id, 0) < 0 ? neg_errno() : 0;
}

static int newest_first(const void *one, const void *other)
{
	const struct refused *a = one, *b = other;

	return a->last != b->last ? (a->last < b->last) - (a->last > b->last)
				  : strcmp(a->id, b->id);
}

int refused_list(const char *root, refused_each *each, void *context)
{
	scoped_free struct shelf *shelf = malloc(sizeof(*shelf));
	scoped_fd int directory = -1;
	int r;

	if (!shelf)
		return -ENOMEM;
	directory = run_directory_open(root, REFUSED_DIRECTORY);
	if (directory < 0)
		return directory == -ENOENT ? 0 : directory;
	if (flock(directory, LOCK_EX) < 0)
		return neg_errno();
	r = shelf_read(directory, shelf);
	if (r < 0)
		return r;
	(void)close(take(directory, -1)); /* @each may take its time, or forget one */
	qsort(shelf->book, shelf->n, sizeof(shelf->book[0]), newest_first);
	for (size_t i = 0; i < shelf->n; i++) {
		r = each(context, &shelf->book[i]);
		if (r != 0)
			return r;
	}
	return 0;
}
