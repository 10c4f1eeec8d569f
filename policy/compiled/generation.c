/* SPDX-License-Identifier: MIT */
/* generation.c - directories of compiled policies, and the one symlink that puts one in force. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "grants_file.h"
#include "inforce.h"

#define LINK_NEW   "in-force.new"
#define LOCK_FILE  "lock"
#define NAME_BYTES 24 /* a 64-bit number in decimal */

static void closedir_p(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

/* A generation's number from the name of its directory; 0 for any other name. */
static uint64_t number_of(const char *name)
{
	uint64_t number = 0;

	for (const char *digit = name; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || digit - name > 17 || name[0] == '0')
			return 0;
		number = number * 10 + (uint64_t)(*digit - '0');
	}
	return number;
}

static int name_of(uint64_t number, char name[static NAME_BYTES])
{
	const int n = snprintf(name, NAME_BYTES, "%ju", (uintmax_t)number);

	return n < 0 || n >= NAME_BYTES ? -EOVERFLOW : 0;
}

/* Make ROOT/var/lib/sereno/generations and what lies above it; existing ones stay as they are. */
static int make_directories(const char *root)
{
	static const char *const paths[] = {
		"/var",
		"/var/lib",
		POLICY_STATE_DIR,
		POLICY_STATE_DIR "/" POLICY_DIRECTORY,
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		scoped_free char *path = NULL;

		if (asprintf(&path, "%s%s", root, paths[i]) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		if (mkdir(path, 0755) == 0) {
			if (chmod(path, 0755) < 0) /* whatever the umask */
				return neg_errno();
		} else if (errno != EEXIST) {
			return neg_errno();
		}
	}
	return 0;
}

static int open_state(const char *root)
{
	scoped_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s" POLICY_STATE_DIR, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? neg_errno() : fd;
}

static int open_generations(int state)
{
	const int fd =
		openat(state, POLICY_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	return fd < 0 ? neg_errno() : fd;
}

static int lock_out_others(int state)
{
	scoped_fd int fd = openat(state, LOCK_FILE,
				  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

	if (fd < 0)
		return neg_errno();
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : neg_errno();
	return take(fd, -1);
}

/* The number of the generation in force, 0 for none. */
static uint64_t number_in_force(int state)
{
	static const char prefix[] = POLICY_DIRECTORY "/";
	char target[sizeof(prefix) + NAME_BYTES];
	ssize_t n = readlinkat(state, POLICY_LINK, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	if (strncmp(target, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	return number_of(target + sizeof(prefix) - 1);
}

/* Remove the directory @name and the plain files in it. */
static int remove_generation(int generations, const char *name)
{
	scoped(closedir_p) DIR *dir = NULL;
	struct dirent *entry;
	int fd = openat(generations, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return neg_errno();
	dir = fdopendir(fd);
	if (!dir) {
		close_p(&fd);
		return neg_errno();
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) < 0)
			return neg_errno();
	}
	return unlinkat(generations, name, AT_REMOVEDIR) < 0 ? neg_errno() : 0;
}

/* Go through the generations: *@ret_last is the highest number. Those for which @keep says no
 * are removed. Returns 0 or a negative errno. */
static int sweep(int state, bool (*keep)(uint64_t number, uint64_t in_force, uint64_t before),
		 uint64_t before, uint64_t *ret_last)
{
	const uint64_t in_force = number_in_force(state);
	scoped(closedir_p) DIR *dir = NULL;
	int fd = open_generations(state);
	struct dirent *entry;
	uint64_t number;
	int r = 0;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		close_p(&fd);
		return neg_errno();
	}
	*ret_last = in_force;
	while (r == 0 && (entry = readdir(dir))) {
		number = number_of(entry->d_name);
		if (number == 0)
			continue;
		if (number > *ret_last)
			*ret_last = number;
		if (!keep(number, in_force, before))
			r = remove_generation(fd, entry->d_name);
	}
	return r;
}

/* An apply that was interrupted left a generation newer than the one in force. */
static bool keep_applied(uint64_t number, uint64_t in_force, uint64_t before)
{
	(void)before;
	return number <= in_force;
}

static bool keep_last_two(uint64_t number, uint64_t in_force, uint64_t before)
{
	return number == in_force || number == before;
}

static int make_generation(struct generation *generation, int state)
{
	scoped_fd int generations = open_generations(state);
	char name[NAME_BYTES];
	int r;

	if (generations < 0)
		return generations;
	r = name_of(generation->number, name);
	if (r < 0)
		return r;
	if (asprintf(&generation->dir, "%s" POLICY_STATE_DIR "/" POLICY_DIRECTORY "/%s",
		     generation->root, name) < 0) {
		generation->dir = NULL;
		return -ENOMEM;
	}
	if (mkdirat(generations, name, 0755) < 0 || fchmodat(generations, name, 0755, 0) < 0)
		return neg_errno();
	return fsync(generations) < 0 ? neg_errno() : 0;
}

/* No policy is in force without its grants. Where there is a register it is the one to publish
 * them: an empty file would forget who has departed. */
static int ensure_grants(int state)
{
	static const struct grants_image nothing = { .grants = NULL };
	struct stat st;

	if (fstatat(state, GRANTS_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    fstatat(state, REGISTER_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return errno == ENOENT ? grants_publish_at(state, &nothing) : neg_errno();
}

static int begin(const char *root, struct generation *generation)
{
	scoped_fd int state = -1;
	uint64_t last = 0;
	int r;

	generation->root = strdup(root);
	if (!generation->root)
		return -ENOMEM;
	r = make_directories(root);
	if (r < 0)
		return r;
	state = open_state(root);
	if (state < 0)
		return state;
	generation->lock = lock_out_others(state);
	if (generation->lock < 0)
		return generation->lock;
	r = sweep(state, keep_applied, 0, &last);
	if (r == 0)
		r = ensure_grants(state);
	if (r < 0)
		return r;
	generation->number = last + 1;
	return make_generation(generation, state);
}

int generation_begin(const char *root, struct generation *ret)
{
	scoped(generation_end) struct generation generation = { .lock = -1 };
	int r;

	r = begin(root, &generation);
	if (r < 0)
		return r;
	*ret = take(generation, (struct generation){ .lock = -1 });
	return 0;
}

/* One rename(2): a reader sees the old generation or the new one. */
static int swap_link(int state, uint64_t number)
{
	char name[NAME_BYTES], target[sizeof(POLICY_DIRECTORY) + NAME_BYTES];
	int n, r;

	r = name_of(number, name);
	if (r < 0)
		return r;
	n = snprintf(target, sizeof(target), POLICY_DIRECTORY "/%s", name);
	if (n < 0 || (size_t)n >= sizeof(target))
		return -EOVERFLOW;
	if (unlinkat(state, LINK_NEW, 0) < 0 && errno != ENOENT)
		return neg_errno();
	if (symlinkat(target, state, LINK_NEW) < 0 ||
	    renameat(state, LINK_NEW, state, POLICY_LINK) < 0)
		return neg_errno();
	return 0;
}

int generation_commit(struct generation *generation)
{
	scoped_fd int state = open_state(generation->root);
	uint64_t before, last = 0;
	int r;

	if (state < 0)
		return state;
	before = number_in_force(state);
	r = swap_link(state, generation->number);
	if (r < 0)
		return r;
	generation->committed = true;
	if (fsync(state) < 0)
		return neg_errno();
	/* What cannot be pruned now is in nobody's way: the policy is in force. */
	(void)sweep(state, keep_last_two, before, &last);
	return 0;
}

void generation_end(struct generation *generation)
{
	if (generation->dir && !generation->committed)
		(void)remove_generation(AT_FDCWD, generation->dir); /* the next apply tries again */
	free(generation->dir);
	free(generation->root);
	close_p(&generation->lock);
	*generation = (struct generation){ .lock = -1 };
}

int policy_text_in_force(const char *root, char **ret, size_t *ret_length, struct diag_list *diags)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s" POLICY_STATE_DIR "/" POLICY_LINK "/" POLICY_TEXT_FILE, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return model_read_file(path, ret, ret_length, diags);
}
