/* SPDX-License-Identifier: MIT */
/*
 * run_records.c - fuzzer of who sits at a seat and of what was refused: any bytes behind a sound
 * head, and any that logind may have written.
 *
 * What is believed is terminated and in its range, and the bytes of a record say only one thing.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>
#include <sereno/seat.h>

#include "run_record.h"

#define HEAD	   sizeof(struct run_record_head)
#define RECORD_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/sereno-fuzz-run-XXXXXX";
static char seat_magic[8], refused_magic[8];
static size_t seat_size, refused_size;

static int path_of(const char *name, char path[static 128])
{
	return snprintf(path, 128, "%s/run/%s", root, name);
}

static void put(const char *name, const void *bytes, size_t size)
{
	char path[128];
	FILE *stream;

	path_of(name, path);
	stream = fopen(path, "we");
	assert(stream && fwrite(bytes, 1, size, stream) == size && fclose(stream) == 0);
}

/* How long a record is, and what it begins with: of one that was written well. */
static size_t measure(const char *name, char magic[static 8])
{
	char path[128];
	struct stat st;
	FILE *stream;

	path_of(name, path);
	stream = fopen(path, "re");
	assert(stream && fread(magic, 1, 8, stream) == 8 && fstat(fileno(stream), &st) == 0);
	(void)fclose(stream);
	assert(st.st_size > (off_t)HEAD && st.st_size <= RECORD_MAX);
	return (size_t)st.st_size;
}

static void make_directory(const char *name)
{
	char path[128];

	path_of(name, path);
	assert(mkdir(path, 0755) == 0);
}

static void remove_all(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", root);
	(void)!system(command);
}

static void set_up(void)
{
	static const struct seat seat = { .session = "c1", .user = "ana", .uid = 4001 };
	static const struct refused refused = { .last = 1 };
	char name[64], id[REFUSED_ID_SIZE];

	assert(mkdtemp(root) && atexit(remove_all) == 0);
	make_directory("");
	make_directory("systemd");
	make_directory("systemd/seats");
	assert(seat_write(root, SEAT_DEFAULT, &seat) == 0 && refused_note(root, &refused) == 1);
	refused_id(refused.identity, id);
	(void)snprintf(name, sizeof(name), "sereno/refused/%s", id);
	seat_size = measure("sereno/seats/" SEAT_DEFAULT, seat_magic);
	refused_size = measure(name, refused_magic);
}

static void replace(const char *directory, const char *name, const char *magic, uint8_t *record,
		    size_t size)
{
	scoped_fd int fd = run_directory_open(root, directory);

	assert(fd >= 0 && run_record_replace(fd, name, magic, record, size) == 0);
}

static void try_seat(uint8_t *record, const uint8_t *rest, size_t left)
{
	static struct seat seat;

	put("systemd/seats/" SEAT_DEFAULT, rest, left);
	replace("seats", SEAT_DEFAULT, seat_magic, record, seat_size);
	if (seat_read(root, SEAT_DEFAULT, &seat) < 0 || !seat.session[0])
		return;
	assert(strnlen(seat.session, sizeof(seat.session)) <= SEAT_SESSION_MAX);
	assert(seat.user[0] && strnlen(seat.user, sizeof(seat.user)) <= GRANTS_USER_MAX);
	assert(seat.roles.n <= ROLE_NAMES_MAX);
	for (size_t i = 0; i < seat.roles.n; i++)
		assert(strnlen(seat.roles.name[i], sizeof(seat.roles.name[i])) <= MODEL_NAME_MAX);
	/* logind has said so */
	assert(memmem(rest, left, seat.session, strlen(seat.session)));
}

static void check(const struct refused *refused)
{
	assert(strnlen(refused->texts.manufacturer, DEVICE_TEXT_MAX + 1) <= DEVICE_TEXT_MAX);
	assert(strnlen(refused->texts.product, DEVICE_TEXT_MAX + 1) <= DEVICE_TEXT_MAX);
	assert(strnlen(refused->texts.serial, DEVICE_TEXT_MAX + 1) <= DEVICE_TEXT_MAX);
	assert(strnlen(refused->path, sizeof(refused->path)) < sizeof(refused->path));
	assert(strnlen(refused->user, sizeof(refused->user)) <= GRANTS_USER_MAX);
	assert(refused->kinds < 1U << DEVICE_KINDS && media_reason_text(refused->reason));
}

static int check_each(void *context, const struct refused *refused)
{
	(void)context;
	check(refused);
	return 0;
}

static void try_refused(uint8_t *record)
{
	static struct refused refused, noted;
	char id[REFUSED_ID_SIZE];

	refused_id(record + HEAD, id); /* the identity is what comes first */
	replace("refused", id, refused_magic, record, refused_size);
	if (refused_read(root, id, &refused) == 0) {
		check(&refused);
		noted = refused;
		(void)refused_note(root, &noted);
	}
	assert(refused_list(root, check_each, NULL) == 0);
	(void)refused_forget(root, id);
}

/* The first byte: a seat or a refused device, and how much of what follows is logind's file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t record[RECORD_MAX] = { 0 };
	size_t text, length, wanted;

	if (seat_size == 0)
		set_up();
	if (size < 1)
		return 0;
	text = data[0] >> 1;
	text = text < size - 1 ? text : size - 1;
	wanted = (data[0] & 1 ? seat_size : refused_size) - HEAD;
	length = size - 1 - text < wanted ? size - 1 - text : wanted;
	memcpy(record + HEAD, data + 1 + text, length);
	if (data[0] & 1)
		try_seat(record, data + 1, text);
	else
		try_refused(record);
	return 0;
}
