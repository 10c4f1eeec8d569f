/* SPDX-License-Identifier: MIT */
/* register.c - opening the register. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "change.h"
#include "schema.h"

#define STATE_DIR     "/var/lib/sereno"
#define REGISTER_FILE "register.db"
#define WAIT_MSEC     5

void register_close(struct register_db *db)
{
	if (!db)
		return;
	(void)sqlite3_close(db->handle); /* nothing is open in it any more */
	free(db->root);
	free(db);
}

void register_close_p(struct register_db **db)
{
	register_close(*db);
}

/* A database made by SQLite would have the mode that the umask leaves. */
static int ensure_file(int state)
{
	scoped_fd int fd = openat(state, REGISTER_FILE,
				  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return errno == EEXIST ? 0 : neg_errno();
	return fsync(state) < 0 ? neg_errno() : 0;
}

/* Whether nobody else could have written it. Returns 0, -ENOENT, -EPERM or a negative errno. */
static int check_file(int state)
{
	struct stat st;

	if (fstat(state, &st) < 0)
		return neg_errno();
	if (!trusted_writers(&st))
		return -EPERM;
	if (fstatat(state, REGISTER_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return neg_errno();
	return S_ISREG(st.st_mode) && trusted_writers(&st) ? 0 : -EPERM;
}

enum opening { OPEN_READING, OPEN_WRITING, OPEN_HASTILY };

/* SQLite asks whether to try again. */
static int wait_for_others(void *context, int tried)
{
	const struct timespec a_while = { .tv_nsec = WAIT_MSEC * 1000000 };
	struct register_db *db = context;

	(void)tried;
	if (db->patience_msec < WAIT_MSEC)
		return 0;
	db->patience_msec -= WAIT_MSEC;
	(void)nanosleep(&a_while, NULL); /* a signal makes it shorter, which is no harm */
	return 1;
}

static int set_patience(struct register_db *db, enum opening how)
{
	int result;

	db->is_hasty = how == OPEN_HASTILY;
	if (db->is_hasty)
		result = sqlite3_busy_handler(db->handle, wait_for_others, db);
	else
		result = sqlite3_busy_timeout(db->handle, REGISTER_WAIT_SEC * 1000);
	return database_errno(db->handle, result);
}

/* What the file itself could say is not followed either. */
static int set_up(struct register_db *db, enum opening how)
{
	static const char *const settings[] = {
		"PRAGMA synchronous = EXTRA",  "PRAGMA foreign_keys = ON",
		"PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON",
		"PRAGMA temp_store = MEMORY",  "PRAGMA mmap_size = 0",
	};
	int r = set_patience(db, how);

	if (r == 0)
		r = database_errno(
			db->handle,
			sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(settings); i++)
		r = database_run(db, settings[i]);
	return r;
}

static int open_database(struct register_db *db, const char *path, enum opening how)
{
	const int flags = how == OPEN_READING ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int r;

	r = database_errno(NULL,
			   sqlite3_open_v2(path, &db->handle,
					   flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE,
					   NULL));
	return r < 0 ? r : set_up(db, how);
}

static int open_at(const char *root, enum opening how, struct register_db *db)
{
	scoped_free char *path = NULL;
	scoped_fd int state = -1;
	int r = 0;

	db->root = strdup(root);
	if (!db->root || asprintf(&path, "%s" STATE_DIR "/" REGISTER_FILE, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	*strrchr(path, '/') = '\0';
	state = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	path[strlen(path)] = '/';
	if (state < 0)
		return neg_errno();
	if (how != OPEN_READING)
		r = ensure_file(state);
	if (r == 0)
		r = check_file(state);
	return r < 0 ? r : open_database(db, path, how);
}

static int make(const char *root, enum opening how, struct register_db **ret)
{
	scoped(register_close_p) struct register_db *db = calloc(1, sizeof(*db));
	int r;

	if (!db)
		return -ENOMEM;
	r = open_at(root, how, db);
	if (r == 0)
		r = how == OPEN_READING ? schema_check(db) : schema_ensure(db);
	if (r < 0 && r != -ESTALE)
		return r == -ENODATA ? -ENOENT : r;
	*ret = take(db, NULL);
	return 0;
}

static int open_for(const char *root, int64_t now, enum opening how, struct register_db **ret)
{
	scoped(register_close_p) struct register_db *db = NULL;
	int r;

	r = make(root, how, &db);
	if (r == 0)
		r = register_publish(db, now);
	if (r < 0)
		return r;
	*ret = take(db, NULL);
	return 0;
}

int register_open(const char *root, int64_t now, struct register_db **ret)
{
	return open_for(root, now, OPEN_WRITING, ret);
}

int register_open_hastily(const char *root, int64_t now, struct register_db **ret)
{
	return open_for(root, now, OPEN_HASTILY, ret);
}

int register_open_reading(const char *root, struct register_db **ret)
{
	const int r = make(root, OPEN_READING, ret);

	/* Whoever was killed while writing left a journal, and undoing that is writing; so is
	 * bringing an earlier version's up to date. */
	return r == -EACCES || r == -ESTALE ? make(root, OPEN_WRITING, ret) : r;
}
