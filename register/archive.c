/* SPDX-License-Identifier: MIT */
/* archive.c - files in one SQLite Archive: written beside, put in place as a whole, read with care.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include <sereno/archive.h>
#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "archive_place.h"
#include "statement.h"

#define TEMPORARY_ENDING ".sereno-XXXXXX"
#define COLUMNS_WANTED	 "name,mode,mtime,sz,data"

struct archive {
	struct register_db db;
	char *path;
	char *temporary; /* NULL: finished, or read */
};

void archive_close(struct archive *archive)
{
	if (!archive)
		return;
	(void)sqlite3_close(archive->db.handle); /* no statement is open */
	if (archive->temporary)
		(void)unlink(archive->temporary); /* it is of no use to anybody */
	free(archive->temporary);
	free(archive->path);
	free(archive);
}

void archive_close_p(struct archive **archive)
{
	archive_close(take(*archive, NULL));
}

/* Plain names, slashes between. */
static bool name_is_plain(const char *name)
{
	const size_t length = name ? strnlen(name, ARCHIVE_NAME_MAX + 1) : 0;

	if (length == 0 || length > ARCHIVE_NAME_MAX || name[length - 1] == '/')
		return false;
	for (size_t i = 0; i < length; i++) {
		const bool first = i == 0 || name[i - 1] == '/';
		const unsigned char c = (unsigned char)name[i];

		if (c <= ' ' || c >= 0x7f || c == '\\' || (first && (c == '.' || c == '/')))
			return false;
	}
	return true;
}

/* The file is ours from the beginning, whatever the umask; SQLite then opens it. */
static int make_temporary(struct archive *archive)
{
	int fd;

	if (asprintf(&archive->temporary, "%s" TEMPORARY_ENDING, archive->path) < 0) {
		archive->temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(archive->temporary, O_CLOEXEC);
	if (fd < 0) {
		const int r = neg_errno();

		free(take(archive->temporary, NULL));
		return r;
	}
	close_p(&fd);
	return 0;
}

static int run_all(struct register_db *db, const char *const *sql, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = database_run(db, sql[i]);
	return r;
}

static int make(const char *path, struct archive **ret)
{
	struct archive *archive = calloc(1, sizeof(*archive));

	if (!archive)
		return -ENOMEM;
	*ret = archive;
	return archive_place(path, &archive->path);
}

int archive_create(const char *path, struct archive **ret)
{
	/* A file that is not finished is thrown away: no journal could be of use. */
	static const char *const begin[] = {
		"PRAGMA journal_mode = OFF",
		"PRAGMA synchronous = OFF",
		"PRAGMA application_id = 0x73726e62",
		"CREATE TABLE sqlar(name TEXT PRIMARY KEY, mode INT, mtime INT, sz INT, data BLOB)",
		"BEGIN",
	};
	scoped(archive_close_p) struct archive *archive = NULL;
	int r = make(path, &archive);

	if (r == 0)
		r = make_temporary(archive);
	if (r < 0)
		return r;
	r = database_errno(NULL,
			   sqlite3_open_v2(archive->temporary, &archive->db.handle,
					   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL));
	if (r == 0)
		r = run_all(&archive->db, begin, ARRAY_SIZE(begin));
	if (r < 0)
		return r;
	*ret = take(archive, NULL);
	return 0;
}

static int insert(struct archive *archive, const struct archive_entry *entry, const void *data,
		  size_t length)
{
	scoped(statement_close) struct statement statement =
		statement_make(&archive->db, "INSERT INTO sqlar VALUES (?, ?, ?, ?, ?)");

	put_text(&statement, entry->name);
	put_number(&statement, (int64_t)(S_IFREG | entry->mode));
	put_number(&statement, entry->mtime);
	put_number(&statement, (int64_t)entry->length);
	if (statement.error == 0)
		statement.error = database_errno(
			archive->db.handle,
			sqlite3_bind_blob64(statement.handle, 5, data, length, SQLITE_STATIC));
	return statement_run(&statement);
}

int archive_add(struct archive *archive, const struct archive_entry *entry)
{
	uLongf length = compressBound(entry->length);
	scoped_free uint8_t *room = NULL;
	int r;

	if (!name_is_plain(entry->name) || (entry->mode & ~(mode_t)07777) != 0)
		return -EINVAL;
	if (entry->length > ARCHIVE_FILE_MAX)
		return -EFBIG;
	room = malloc(length);
	if (!room)
		return -ENOMEM;
	if (compress(room, &length, entry->bytes, entry->length) != Z_OK)
		return -ENOMEM;
	r = length < entry->length
		    ? insert(archive, entry, room, length)
		    : insert(archive, entry, entry->length ? entry->bytes : "", entry->length);
	explicit_bzero(room, length); /* it may have been a key */
	return r;
}

static int sync_parent(const char *path)
{
	scoped_free char *parent = strdup(path);
	scoped_fd int fd = -1;
	char *slash;

	if (!parent)
		return -ENOMEM;
	slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = '\0';
	fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? neg_errno() : 0;
}

static int put_in_place(struct archive *archive)
{
	scoped_fd int fd = open(archive->temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fchmod(fd, 0600) < 0 || fsync(fd) < 0)
		return neg_errno();
	if (rename(archive->temporary, archive->path) < 0)
		return neg_errno();
	free(take(archive->temporary, NULL));
	return sync_parent(archive->path);
}

int archive_finish(struct archive *archive)
{
	int r = database_run(&archive->db, "COMMIT");

	if (r == 0)
		r = database_errno(NULL, sqlite3_close(archive->db.handle));
	if (r < 0)
		return r;
	archive->db.handle = NULL;
	return put_in_place(archive);
}

static int check_file(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return neg_errno();
	return S_ISREG(st.st_mode) && trusted_writers(&st) ? 0 : -EPERM;
}

/* As a URI, in which a path has to be escaped: so that no journal lying beside is believed. */
static int uri_of(const char *path, char **ret)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_./";
	scoped_free char *full = realpath(path, NULL);
	const size_t length = full ? strlen(full) : 0;
	char *uri, *end;

	if (!full)
		return neg_errno();
	uri = malloc(3 * length + sizeof("file:?immutable=1"));
	if (!uri)
		return -ENOMEM;
	end = stpcpy(uri, "file:");
	for (size_t i = 0; i < length; i++)
		end += strchr(plain, full[i])
			       ? snprintf(end, 2, "%c", full[i])
			       : snprintf(end, 4, "%%%02X", (unsigned char)full[i]); /* fits */
	(void)stpcpy(end, "?immutable=1");
	*ret = uri;
	return 0;
}

/* One ordinary table of that name, and nothing that would compute: no view, trigger, index of
 * expressions. The index is that of the primary key. */
static int check_schema(struct register_db *db)
{
	scoped(statement_close) struct statement tables = statement_make(
		db, "SELECT (SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = "
		    "'sqlar'), (SELECT count(*) FROM sqlite_schema WHERE NOT (type = 'table' AND "
		    "name = 'sqlar') AND NOT (type = 'index' AND sql IS NULL)), (SELECT "
		    "group_concat(name) FROM pragma_table_xinfo('sqlar')), (SELECT count(*) FROM "
		    "pragma_table_xinfo('sqlar') WHERE hidden <> 0)");
	const char *columns;
	const int r = statement_step(&tables);

	if (r <= 0)
		return r < 0 ? r : -EBADMSG;
	columns = column_text(&tables, 2);
	return column_number(&tables, 0) == 1 && column_number(&tables, 1) == 0 && columns &&
			       strcmp(columns, COLUMNS_WANTED) == 0 &&
			       column_number(&tables, 3) == 0
		       ? 0
		       : -EBADMSG;
}

static int check_pages(struct register_db *db)
{
	scoped(statement_close) struct statement statement =
		statement_make(db, "PRAGMA quick_check(1)");
	const char *answer;
	const int r = statement_step(&statement);

	if (r <= 0)
		return r < 0 ? r : -EBADMSG;
	answer = column_text(&statement, 0);
	return answer && strcmp(answer, "ok") == 0 ? 0 : -EBADMSG;
}

static int open_database(struct archive *archive)
{
	static const char *const settings[] = {
		"PRAGMA trusted_schema = OFF",
		"PRAGMA cell_size_check = ON",
		"PRAGMA mmap_size = 0",
		"PRAGMA temp_store = MEMORY",
	};
	scoped_free char *uri = NULL;
	int r = uri_of(archive->path, &uri);

	if (r == 0)
		r = database_errno(NULL,
				   sqlite3_open_v2(uri, &archive->db.handle,
						   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL));
	if (r == 0)
		r = database_errno(archive->db.handle,
				   sqlite3_db_config(archive->db.handle, SQLITE_DBCONFIG_DEFENSIVE,
						     1, (int *)NULL));
	if (r == 0)
		r = run_all(&archive->db, settings, ARRAY_SIZE(settings));
	if (r == 0)
		r = check_schema(&archive->db);
	return r < 0 ? r : check_pages(&archive->db);
}

int archive_open(const char *path, struct archive **ret)
{
	scoped(archive_close_p) struct archive *archive = NULL;
	int r = make(path, &archive);

	if (r == 0)
		r = check_file(archive->path);
	if (r == 0)
		r = open_database(archive);
	if (r < 0)
		return r;
	*ret = take(archive, NULL);
	return 0;
}

static int inflate_entry(struct archive_entry *entry, const void *data, size_t stored,
			 uint8_t **ret_room)
{
	uLongf length = entry->length;
	uint8_t *room;

	if (stored == entry->length) {
		entry->bytes = data;
		return 0;
	}
	if (stored > entry->length)
		return -EBADMSG;
	room = malloc(entry->length);
	if (!room)
		return -ENOMEM;
	*ret_room = room;
	entry->bytes = room;
	return uncompress(room, &length, data, stored) == Z_OK && length == entry->length
		       ? 0
		       : -EBADMSG;
}

static int visit(const struct statement *row, archive_each_entry *each, void *context)
{
	scoped_free uint8_t *room = NULL;
	struct archive_entry entry = { .name = column_text(row, 0) };
	const int64_t mode = column_number(row, 1), size = column_number(row, 3);
	const void *data = sqlite3_column_blob(row->handle, 4);
	const int stored = sqlite3_column_bytes(row->handle, 4);
	int r;

	if (!name_is_plain(entry.name) ||
	    strlen(entry.name) != (size_t)sqlite3_column_bytes(row->handle, 0) ||
	    (mode & ~INT64_C(07777)) != S_IFREG || size < 0 || size > ARCHIVE_FILE_MAX ||
	    stored < 0 || (stored > 0 && !data))
		return -EBADMSG;
	entry.mode = (mode_t)mode & 07777;
	entry.mtime = column_number(row, 2);
	entry.length = (size_t)size;
	r = inflate_entry(&entry, data ? data : "", (size_t)stored, &room);
	if (r == 0)
		r = each(context, &entry);
	if (room)
		explicit_bzero(room, entry.length);
	return r;
}

int archive_each(struct archive *archive, archive_each_entry *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		&archive->db, "SELECT name, mode, mtime, sz, data FROM sqlar ORDER BY name");
	int r;

	while ((r = statement_step(&statement)) > 0) {
		r = visit(&statement, each, context);
		if (r != 0)
			return r;
	}
	return r;
}

int archive_one(struct archive *archive, const char *name, archive_each_entry *each, void *context)
{
	scoped(statement_close) struct statement statement = statement_make(
		&archive->db, "SELECT name, mode, mtime, sz, data FROM sqlar WHERE name = ?");
	int r;

	put_text(&statement, name);
	r = statement_step(&statement);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	return visit(&statement, each, context);
}
