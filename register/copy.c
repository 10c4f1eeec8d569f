/* SPDX-License-Identifier: MIT */
/* copy.c - the register as one file of bytes. */
#include <errno.h>
#include <string.h>

#include <sereno/register_copy.h>
#include <sereno/scoped.h>

#include "statement.h"

static void close_handle(sqlite3 **handle)
{
	(void)sqlite3_close(*handle); /* it was memory alone */
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int waited = 0, result;

	if (!backup)
		return database_errno(to, sqlite3_errcode(to));
	do {
		result = sqlite3_backup_step(backup, -1); /* all in one go: a moment of the file */
		if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
			waited += sqlite3_sleep(50);
	} while ((result == SQLITE_BUSY || result == SQLITE_LOCKED) &&
		 waited < REGISTER_WAIT_SEC * 1000);
	(void)sqlite3_backup_finish(backup); /* repeats the result */
	return database_errno(to, result);
}

int register_copy(struct register_db *db, uint8_t **ret, size_t *ret_length)
{
	scoped(close_handle) sqlite3 *memory = NULL;
	sqlite3_int64 length = 0;
	uint8_t *image, *bytes;
	int r;

	r = database_errno(NULL, sqlite3_open_v2(":memory:", &memory,
						 SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL));
	if (r == 0)
		r = copy_pages(db->handle, memory);
	if (r < 0)
		return r;
	image = sqlite3_serialize(memory, "main", &length, 0);
	bytes = image && length > 0 ? malloc((size_t)length) : NULL;
	if (bytes) {
		memcpy(bytes, image, (size_t)length);
		*ret = bytes;
		*ret_length = (size_t)length;
	}
	sqlite3_free(image);
	return bytes ? 0 : -ENOMEM;
}
