/* SPDX-License-Identifier: MIT */
/* mounts.c - /proc/self/mountinfo, read and acted on. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "mounts.h"

#define MOUNTS_MAX 65536

/* Words of a line, proc(5): id, parent, device, root, point, options, fields until "-", type,
 * source. */
enum { WORD_ID, WORD_DEVICE = 2, WORD_POINT = 4, WORDS_FIXED = 6 };

/* In place: "\040" is a blank. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
		    from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

static dev_t device_of(const char *text)
{
	char *end;
	const unsigned long major_part = strtoul(text, &end, 10);

	return makedev((unsigned)major_part,
		       *end == ':' ? (unsigned)strtoul(end + 1, NULL, 10) : 0);
}

/* Some file systems, as btrfs, have numbers of their own, and tell the block device by name. */
static dev_t device_behind(const char *source)
{
	struct stat st;

	if (strncmp(source, "/dev/", 5) != 0 || stat(source, &st) < 0 || !S_ISBLK(st.st_mode))
		return 0;
	return st.st_rdev;
}

/* The source, or "": the word behind the type, which is behind "-". What is in user space has there
 * what its user wrote. */
static char *find_source(char **rest)
{
	static char none[] = "";
	const char *type;
	char *word;

	while ((word = strsep(rest, " ")) != NULL && strcmp(word, "-") != 0)
		continue;
	type = word ? strsep(rest, " ") : NULL;
	word = type ? strsep(rest, " ") : NULL;
	return word && strncmp(type, "fuse", 4) != 0 ? word : none;
}

/* Returns 1 where the line is a mount of one of @blocks. */
static int read_line(char *line, const struct blocks *blocks, struct mount *ret)
{
	char *words[WORDS_FIXED], *rest = line, *source;
	struct mount mount = { 0 };

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < WORDS_FIXED; i++) {
		words[i] = strsep(&rest, " ");
		if (!words[i])
			return -EBADMSG;
	}
	mount.id = strtoull(words[WORD_ID], NULL, 10);
	mount.number = device_of(words[WORD_DEVICE]);
	if (!blocks_have(blocks, mount.number)) {
		source = find_source(&rest);
		unescape(source);
		mount.number = major(mount.number) == 0 ? device_behind(source) : 0;
		if (mount.number == 0 || !blocks_have(blocks, mount.number))
			return 0;
	}
	unescape(words[WORD_POINT]);
	mount.point = strdup(words[WORD_POINT]);
	if (!mount.point)
		return -ENOMEM;
	*ret = mount;
	return 1;
}

static int add(struct mounts *mounts, const struct mount *mount)
{
	const size_t room = mounts->room ? 2 * mounts->room : 16;
	struct mount *item;

	if (mounts->n == mounts->room) {
		if (room > MOUNTS_MAX)
			return -E2BIG;
		item = reallocarray(mounts->item, room, sizeof(*item));
		if (!item)
			return -ENOMEM;
		mounts->item = item;
		mounts->room = room;
	}
	mounts->item[mounts->n++] = *mount;
	return 0;
}

int mounts_find(const struct blocks *blocks, struct mounts *ret)
{
	scoped(mounts_clear) struct mounts mounts = { 0 };
	scoped_file FILE *stream = fopen("/proc/self/mountinfo", "re");
	scoped_free char *line = NULL;
	struct mount mount;
	size_t size = 0;
	int r = 0;

	if (!stream)
		return neg_errno();
	while (r >= 0 && getline(&line, &size, stream) >= 0) {
		r = read_line(line, blocks, &mount);
		if (r <= 0)
			continue;
		r = add(&mounts, &mount);
		if (r < 0)
			free(mount.point);
	}
	if (r < 0)
		return r;
	if (ferror(stream))
		return -EIO;
	*ret = take(mounts, (struct mounts){ 0 });
	return 0;
}

void mounts_clear(struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		free(mounts->item[i].point);
	free(mounts->item);
	*mounts = (struct mounts){ 0 };
}

bool mounts_have_system(const struct mounts *mounts)
{
	static const char *const points[] = { "/",	  "/usr",  "/etc",	"/var",
					      "/var/lib", "/boot", "/boot/efi", "/efi" };

	for (size_t i = 0; i < mounts->n; i++)
		for (size_t j = 0; j < ARRAY_SIZE(points); j++)
			if (strcmp(mounts->item[i].point, points[j]) == 0)
				return true;
	return false;
}

bool blocks_have_swap(const struct blocks *blocks)
{
	scoped_file FILE *stream = fopen("/proc/swaps", "re");
	scoped_free char *line = NULL;
	size_t size = 0;

	while (stream && getline(&line, &size, stream) >= 0) {
		dev_t number;

		line[strcspn(line, " \t\n")] = '\0';
		unescape(line);
		number = device_behind(line);
		if (number != 0 && blocks_have(blocks, number))
			return true;
	}
	return false;
}

static bool is_mount(int at, const char *name, const struct mount *mount)
{
	struct statx st;

	return statx(at, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) == 0 &&
	       st.stx_mask & STATX_MNT_ID && st.stx_mnt_id == mount->id;
}

/* What is opened is looked at again: the path may lead elsewhere by now. */
static void sync_one(const struct mount *mount)
{
	scoped_fd int fd =
		open(mount->point, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return;
	if (st.stx_mask & STATX_MNT_ID && st.stx_mnt_id == mount->id)
		(void)syncfs(fd); /* a medium that takes no more has to go all the same */
}

void mounts_sync(const struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++)
		sync_one(&mounts->item[i]);
}

/*
 * umount2(2) takes a path, and users own directories: a link put in the place of one would have
 * something else unmounted. So the directory above is entered and stays what it is; in it, the
 * name of a mount can be neither renamed nor replaced.
 */
static int unmount(const struct mount *mount, enum mounts_force force)
{
	const int flags = UMOUNT_NOFOLLOW | (force == MOUNTS_DETACH ? MNT_DETACH : 0);
	char *name = strrchr(mount->point, '/');
	scoped_fd int above = -1;

	if (!name || name[1] == '\0')
		return -EBUSY;
	*name = '\0';
	above = open(mount->point[0] ? mount->point : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	*name++ = '/';
	if (above < 0 || !is_mount(above, name, mount) || fchdir(above) < 0)
		return -EBUSY;
	return umount2(name, flags) == 0 ? 0 : neg_errno();
}

int mounts_release(const struct mounts *mounts, enum mounts_force force)
{
	int r = 0;

	for (size_t i = mounts->n; i > 0; i--)
		if (unmount(&mounts->item[i - 1], force) < 0)
			r = -EBUSY;
	if (chdir("/") < 0) /* no file system is held by where we stand */
		return neg_errno();
	return r;
}
