/* SPDX-License-Identifier: MIT */
/*
 * files.c - the step files: programs of his that run as him for whoever starts them, and files of
 * his outside of his home that anybody may write.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sereno/scoped.h>

#include "step.h"
#include "tree.h"

#define LOOKED_AT_MAX 1000000 /* names */
#define TIME_SEC      8	      /* in all: somebody waits for it */
#define DEPTH_MAX     64
#define PATH_SIZE     1024

/* Where people put such things comes first, as the time may not do for all. */
static const char *const places[] = { "/home", "/tmp",	     "/var/tmp", "/dev/shm", "/srv",
				      "/opt",  "/usr/local", "/var",	 "/usr",     "/" };

struct look {
	const struct leaver *leaver;
	struct findings *findings;
	dev_t device;
	size_t n;
	int64_t end;
	bool cut; /* by depth */
};

struct folder {
	struct look *look;
	const char *path;
	unsigned depth;
};

static int64_t seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return now.tv_sec;
}

static void judge(struct look *look, const char *path, const struct stat *st)
{
	if (st->st_uid != look->leaver->uid || !S_ISREG(st->st_mode))
		return;
	if (st->st_mode & (S_ISUID | S_ISGID))
		finding_add(look->findings, FOUND_TO_DO, "%s runs as him or his group (setuid)",
			    path);
	else if (st->st_mode & S_IWOTH)
		finding_add(look->findings, FOUND_NOTE, "%s is his and everybody's to write", path);
}

static int look_into(struct look *look, int directory, const char *path, unsigned depth);

/* One that is looked at for itself. */
static bool is_place(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (strcmp(places[i], path) == 0)
			return true;
	return false;
}

static int look_at(void *context, int directory, const char *name)
{
	const struct folder *folder = context;
	struct look *look = folder->look;
	scoped_fd int below = -1;
	char path[PATH_SIZE];
	struct stat st;

	if (++look->n > LOOKED_AT_MAX || ((look->n & 1023) == 0 && seconds() > look->end))
		return -E2BIG;
	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != look->device ||
	    snprintf(path, sizeof(path), "%s/%s", folder->path, name) >= (int)sizeof(path))
		return 0;
	judge(look, path, &st);
	if (!S_ISDIR(st.st_mode) || is_place(path))
		return 0;
	if (folder->depth == DEPTH_MAX) {
		look->cut = true;
		return 0;
	}
	below = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return below < 0 ? 0 : look_into(look, below, path, folder->depth + 1);
}

static int look_into(struct look *look, int directory, const char *path, unsigned depth)
{
	struct folder folder = { look, path, depth };

	return tree_each(directory, LOOKED_AT_MAX, look_at, &folder);
}

static int look_at_place(struct look *look, const char *place)
{
	scoped_fd int top = tree_open_plain(look->leaver->root, place, O_RDONLY | O_DIRECTORY);
	struct stat st;

	if (top < 0) /* a link leads to what is looked at elsewhere */
		return top == -ENOENT || top == -ELOOP ? 0 : top;
	if (fstat(top, &st) < 0)
		return neg_errno();
	look->device = st.st_dev;
	return look_into(look, top, strcmp(place, "/") == 0 ? "" : place, 0);
}

void files_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	struct look look = { .leaver = leaver, .findings = findings, .end = seconds() + TIME_SEC };
	int r = 0;

	(void)mode;
	if (leaver->uid == GRANTS_NO_UID)
		return;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(places); i++)
		r = look_at_place(&look, places[i]);
	if (r < 0 || look.cut)
		finding_add(
			findings, FOUND_TO_DO,
			"only %zu names were looked at; the rest: find / -xdev -uid %u -perm /6000",
			look.n, leaver->uid);
}
