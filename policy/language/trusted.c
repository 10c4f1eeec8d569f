/* SPDX-License-Identifier: MIT */
/* trusted.c - read a policy file, but only one that nobody else could have written. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/model.h>
#include <sereno/scoped.h>
#include <sereno/trusted.h>

#define PARENTS_MAX 256

static const struct mark whole_file = { 0, 0 };

/* Faults of the file itself; @st is what the open descriptor says. Returns 0 or -EPERM. */
static int check_file(const struct stat *st, const char *path, struct diag_list *diags)
{
	if (!S_ISREG(st->st_mode))
		diag_fault(diags, whole_file, "not a plain file");
	else if (!trusted_owner(st))
		diag_fault(
			diags, whole_file,
			"belongs to user %u, who could write a policy of his own: chown root '%s'",
			st->st_uid, path);
	else if (others_write(st))
		diag_fault(diags, whole_file, "others than its owner may write it: chmod go-w '%s'",
			   path);
	else
		return 0;
	return -EPERM;
}

/*
 * Faults of the directory @st, called @name; @inside is what it holds on the way to the file.
 * Where others may write, they may also put another file in the place of ours, unless the sticky
 * bit keeps them from touching what they do not own. Returns 0 or -EPERM.
 */
static int check_directory(const struct stat *st, const struct stat *inside, const char *name,
			   struct diag_list *diags)
{
	if (!trusted_owner(st))
		diag_fault(
			diags, whole_file,
			"the directory '%s' belongs to user %u, who could replace the policy: chown root '%s'",
			name, st->st_uid, name);
	else if (others_write(st) && !((st->st_mode & S_ISVTX) && trusted_owner(inside)))
		diag_fault(diags, whole_file,
			   "others than its owner may write in the directory '%s', and replace the "
			   "policy: chmod go-w '%s'",
			   name, name);
	else
		return 0;
	return -EPERM;
}

/* Cut the last component off @name, which is "/..." or "". */
static void cut_name(char *name)
{
	char *slash = strrchr(name, '/');

	if (slash)
		slash[slash == name ? 1 : 0] = '\0';
}

/*
 * Check @directory and all above it. It goes from each directory to its real parent, so that no
 * link and no rename on the way can show it others than those the file was opened through.
 */
static int check_parents(int directory, const char *path, const struct stat *file,
			 struct diag_list *diags)
{
	scoped_fd int at = fcntl(directory, F_DUPFD_CLOEXEC, 0);
	scoped_free char *name = realpath(path, NULL); /* for messages only */
	struct stat inside = *file;

	for (int i = 0; i < PARENTS_MAX; i++) {
		struct stat st;
		int parent, r;

		if (at < 0 || fstat(at, &st) < 0)
			return neg_errno();
		if (i && st.st_dev == inside.st_dev && st.st_ino == inside.st_ino)
			return 0; /* the root directory is its own parent */
		if (name)
			cut_name(name);
		r = check_directory(&st, &inside, name ? name : "above the file", diags);
		if (r < 0)
			return r;
		inside = st;
		parent = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close_p(&at);
		at = parent;
	}
	return -ELOOP;
}

/* Read at most MODEL_MAX_BYTES: a file may grow after its size was asked. */
static int read_all(int fd, size_t expected, char **ret, size_t *ret_length)
{
	size_t room = expected + 1, length = 0;
	scoped_free char *text = malloc(room);

	if (!text)
		return -ENOMEM;
	for (;;) {
		const ssize_t got = read(fd, text + length, room - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return neg_errno();
		if (got == 0)
			break;
		length += (size_t)got;
		if (length == room)
			return -EFBIG; /* it was @expected bytes long a moment ago */
	}
	text[length] = '\0';
	*ret = take(text, NULL);
	*ret_length = length;
	return 0;
}

/* Open the directory of @path; @ret_name is the rest. */
static int open_directory(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	scoped_free char *directory =
		slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd;

	if (!directory)
		return -ENOMEM;
	fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	*ret_name = slash ? slash + 1 : path;
	return fd;
}

/* Open @path and look at what was opened, never at what the name may mean by then. */
static int open_trusted(const char *path, struct stat *ret, struct diag_list *diags)
{
	const char *name;
	scoped_fd int directory = open_directory(path, &name);
	scoped_fd int fd = -1;
	struct stat st;
	int r;

	if (directory < 0)
		return directory;
	fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == ELOOP) {
		diag_fault(
			diags, whole_file,
			"a symbolic link, which could lead elsewhere tomorrow: name the file itself");
		return -EPERM;
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	r = check_file(&st, path, diags);
	if (r < 0)
		return r;
	r = check_parents(directory, path, &st, diags);
	if (r < 0)
		return r;
	*ret = st;
	return take(fd, -1);
}

int model_read_file(const char *path, char **ret, size_t *ret_length, struct diag_list *diags)
{
	struct stat st;
	scoped_fd int fd = open_trusted(path, &st, diags);
	int r;

	if (fd < 0)
		return fd;
	r = st.st_size > (off_t)MODEL_MAX_BYTES ? -EFBIG
						: read_all(fd, (size_t)st.st_size, ret, ret_length);
	if (r == -EFBIG)
		diag_fault(diags, whole_file, "larger than %u MiB, or growing",
			   MODEL_MAX_BYTES >> 20);
	return r;
}
