/* SPDX-License-Identifier: MIT */
/* restore_commit.c - the restored state is put in the place of the one there is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <sereno/fallback.h>
#include <sereno/scoped.h>

#include "restore.h"

/* Nobody applies a policy meanwhile. Where there is no state nobody could. */
static int lock_out_others(int state)
{
	scoped_fd int fd = openat(state, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return neg_errno();
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : neg_errno();
	return take(fd, -1);
}

/* The list of leaked passwords is in no backup. */
static int keep_blocklist(int state, int made)
{
	if (linkat(state, "blocklist", made, "blocklist", 0) < 0 && errno != ENOENT &&
	    errno != EEXIST)
		return neg_errno();
	return fsync(made) < 0 ? neg_errno() : 0;
}

static int exchange(const struct stage *stage, int made, int state)
{
	scoped_free char *above = NULL;
	scoped_fd int fd = -1;
	int r;

	if (asprintf(&above, "%s/var/lib", stage->root) < 0) {
		above = NULL;
		return -ENOMEM;
	}
	fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	r = renameat2(made, BACKUP_STATE, fd, "sereno",
		      state < 0 ? RENAME_NOREPLACE : RENAME_EXCHANGE);
	if (r < 0)
		return neg_errno();
	return fsync(fd) < 0 || fsync(made) < 0 ? neg_errno() : 0;
}

/* Until the states are exchanged the stricter of both fallbacks holds, as when a policy is applied.
 */
static int tighten(const struct stage *stage, struct fallback *ret_new, bool *ret_has)
{
	struct fallback old, stricter;

	*ret_has = fallback_read(stage->made, ret_new) == 0;
	if (!*ret_has)
		return 0;
	(void)fallback_read(stage->root, &old); /* defaults where there is none */
	stricter = fallback_stricter(&old, ret_new);
	return fallback_write(stage->root, &stricter);
}

static int make_settings(const struct stage *stage)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s/etc/sereno", stage->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	*strrchr(path, '/') = '\0';
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	path[strlen(path)] = '/';
	return mkdir(path, 0755) < 0 && errno != EEXIST ? neg_errno() : 0;
}

/* The edited text is a person's work: what was there is kept beside. */
static int put_text(const struct stage *stage, int made)
{
	scoped_free char *path = NULL;
	scoped_fd int etc = -1;

	if (asprintf(&path, "%s/etc/sereno", stage->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	etc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (etc < 0)
		return neg_errno();
	if (faccessat(made, "etc/sereno/policy.yaml", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : neg_errno();
	(void)unlinkat(etc, "policy.yaml.replaced", 0);
	if (linkat(etc, "policy.yaml", etc, "policy.yaml.replaced", 0) < 0 && errno != ENOENT)
		return neg_errno();
	if (renameat(made, "etc/sereno/policy.yaml", etc, "policy.yaml") < 0)
		return neg_errno();
	return fsync(etc) < 0 ? neg_errno() : 0;
}

static int open_state(const struct stage *stage)
{
	scoped_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/" BACKUP_STATE, stage->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? neg_errno() : fd;
}

static int swap(const struct stage *stage, int made)
{
	scoped_fd int made_state = openat(made, BACKUP_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scoped_fd int state = open_state(stage);
	scoped_fd int lock = -1;
	int r = 0;

	if (made_state < 0)
		return neg_errno();
	if (state < 0 && state != -ENOENT)
		return state;
	if (state >= 0) {
		lock = lock_out_others(state);
		r = lock < 0 ? lock : keep_blocklist(state, made_state);
	}
	return r < 0 ? r : exchange(stage, made, state);
}

int stage_commit(struct stage *stage)
{
	scoped_fd int made = open(stage->made, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct fallback fallback;
	bool has_fallback = false;
	int r;

	if (made < 0)
		return neg_errno();
	r = make_settings(stage);
	if (r == 0)
		r = tighten(stage, &fallback, &has_fallback);
	if (r == 0)
		r = swap(stage, made);
	if (r < 0)
		return r;
	if (has_fallback)
		r = fallback_write(stage->root, &fallback);
	return r < 0 ? r : put_text(stage, made);
}
