/* SPDX-License-Identifier: MIT */
/*
 * other_keys.c - the step other-keys: his keys are taken out of the files of others.
 *
 * A key is his when it is in a file of his. He could have put other people's keys there, to have
 * them taken away from them on this day: those of whoever runs this are left, and whatever is taken
 * away is told and kept.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "evidence.h"
#include "own_keys.h"
#include "step.h"
#include "tree.h"

#define ASIDE	  ".sereno-departure"
#define REMOVED	  "removed-keys"
#define FILES_MAX 10000
#define DEPTH_MAX 5

struct search {
	const struct leaver *leaver;
	enum departure_mode mode;
	struct findings *findings;
	struct keyring ring;   /* his */
	struct keyring spared; /* of whoever does this */
	struct key_patterns *patterns;
	bool tells; /* of what it finds, and takes nothing */
};

/* A file that may hold keys of his. */
struct key_file {
	int directory;
	const char *name;
	const char *path; /* for messages */
	struct stat st;
	char *text;
	size_t length;
};

/* The lines that stay; those that go are counted, told, and kept. */
static int split_lines(struct search *search, const struct key_file *file, FILE *stays,
		       size_t *ret_taken)
{
	scoped_free char *line = NULL;
	const char *at = file->text;
	size_t taken = 0;
	int r = 0;

	while (r == 0 && *at) {
		const size_t length = strcspn(at, "\n");
		const size_t whole = length + (at[length] == '\n');

		if (!keyring_has(&search->ring, at)) {
			fwrite(at, 1, whole, stays);
		} else if (keyring_has(&search->spared, at)) {
			fwrite(at, 1, whole, stays);
			finding_add(search->findings, FOUND_TO_DO,
				    "%s: a key of %s, which is in a file of his too, was left",
				    file->path, search->leaver->actor);
		} else {
			taken++;
			if (search->mode == DEPARTURE_DO && !search->tells) {
				if (asprintf(&line, "%s: %.*s", file->path, (int)length, at) < 0)
					return -ENOMEM;
				r = evidence_add(search->leaver, REMOVED, line);
				free(take(line, NULL));
			}
		}
		at += whole;
	}
	*ret_taken = taken;
	return r;
}

/* Its owner may be at work on it: what he has changed meanwhile must not be lost. */
static int check_same(const struct key_file *file)
{
	struct stat st;

	if (fstatat(file->directory, file->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return neg_errno();
	return st.st_ino == file->st.st_ino && st.st_size == file->st.st_size &&
			       st.st_mtim.tv_sec == file->st.st_mtim.tv_sec &&
			       st.st_mtim.tv_nsec == file->st.st_mtim.tv_nsec
		       ? 0
		       : -EBUSY;
}

static int write_aside(const struct key_file *file, const char *text, size_t length)
{
	scoped_fd int fd = -1;
	int r;

	(void)unlinkat(file->directory, ASIDE, 0); /* of a run that was cut short */
	fd = openat(file->directory, ASIDE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return neg_errno();
	r = tree_write(fd, text, length);
	if (r == 0 && fchown(fd, file->st.st_uid, file->st.st_gid) < 0)
		r = neg_errno();
	if (r == 0 && fchmod(fd, file->st.st_mode & 0777) < 0)
		r = neg_errno();
	if (r == 0 && fsync(fd) < 0)
		r = neg_errno();
	return r;
}

static int replace(const struct key_file *file, const char *text, size_t length)
{
	int r = write_aside(file, text, length);

	if (r == 0)
		r = check_same(file);
	if (r == 0 && renameat(file->directory, ASIDE, file->directory, file->name) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(file->directory, ASIDE, 0);
	return r;
}

static void take_keys(struct search *search, const struct key_file *file)
{
	scoped_free char *stays = NULL;
	size_t length = 0, taken = 0;
	FILE *stream = open_memstream(&stays, &length);
	int r;

	if (!stream) {
		finding_fail(search->findings, -ENOMEM, "%s", file->path);
		return;
	}
	r = split_lines(search, file, stream, &taken);
	if (fclose(stream) != 0 && r == 0)
		r = -ENOMEM;
	if (r == 0 && taken > 0 && search->tells) {
		finding_add(search->findings, FOUND_TO_DO,
			    "%s has a key of his: take it out there if it lets people in",
			    file->path);
		return;
	}
	if (r == 0 && taken > 0 && file->st.st_nlink > 1)
		r = -EMLINK;
	if (r == 0 && taken > 0 && search->mode == DEPARTURE_DO)
		r = replace(file, stays, length);
	if (r < 0)
		finding_fail(search->findings, r, "%s has keys of his, and was left", file->path);
	else if (taken > 0)
		finding_add(search->findings, FOUND_DONE, "%s: keys of his taken out: %zu",
			    file->path, taken);
}

static void search_file(struct search *search, int directory, const char *name, const char *path)
{
	struct key_file file = { .directory = directory, .name = name, .path = path };
	scoped_free char *text = NULL;
	const int r = tree_read(directory, name, &text, &file.length, &file.st);

	if (r == -ENOENT)
		return;
	if (r < 0) {
		finding_add(search->findings, FOUND_TO_DO,
			    "%s is a link, no plain file, or too large to be searched (%s)", path,
			    strerrordesc_np(-r));
		return;
	}
	file.text = text;
	if (strlen(text) == file.length)
		take_keys(search, &file);
	else
		finding_add(search->findings, FOUND_TO_DO, "%s is no text", path);
}

static void search_place(struct search *search, const struct home *home, const char *pattern)
{
	char path[PATH_MAX], shown[PATH_MAX];
	scoped_fd int top = -1;
	scoped_fd int place = -1;
	const char *name = NULL;
	bool relative = false;
	int r = key_pattern_expand(pattern, home, path, &relative);

	if (r < 0) {
		finding_fail(search->findings, r, "%s of %s", pattern, home->user);
		return;
	}
	if (snprintf(shown, sizeof(shown), "%s%s%s", relative ? home->path : "",
		     relative ? "/" : "", path) >= (int)sizeof(shown))
		return; /* the kernel would not open it either */
	top = tree_open(search->leaver->root, relative ? home->path : "/", O_RDONLY | O_DIRECTORY);
	if (top == -ENOENT || top == -ENOTDIR)
		return;
	place = top < 0 ? top : tree_open_parent(top, relative ? path : path + 1, &name);
	if (place >= 0)
		search_file(search, place, name, shown);
	else if (place != -ENOENT)
		finding_add(search->findings, FOUND_TO_DO,
			    "%s is reached by a link, or cannot be opened (%s)", shown,
			    strerrordesc_np(-place));
}

static void search_home(void *context, const struct home *home)
{
	struct search *search = context;

	if (strcmp(home->user, search->leaver->user) == 0)
		return;
	for (size_t i = 0; i < search->patterns->n; i++)
		search_place(search, home, search->patterns->item[i]);
}

static int search_folder(struct search *search, int folder, const char *path, unsigned depth);

struct walk {
	struct search *search;
	const char *path;
	unsigned depth;
};

static int search_name(void *context, int folder, const char *name)
{
	const struct walk *walk = context;
	scoped_fd int below = -1;
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", walk->path, name) >= (int)sizeof(path) ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISREG(st.st_mode))
		search_file(walk->search, folder, name, path);
	if (!S_ISDIR(st.st_mode) || walk->depth == DEPTH_MAX)
		return 0;
	below = tree_open_beneath(folder, name, O_RDONLY | O_DIRECTORY);
	return below < 0 ? 0 : search_folder(walk->search, below, path, walk->depth + 1);
}

static int search_folder(struct search *search, int folder, const char *path, unsigned depth)
{
	struct walk walk = { search, path, depth };

	return tree_each(folder, FILES_MAX, search_name, &walk);
}

/* Keys of all kinds may be there: for hosts, for groups of users, of authorities. */
/* Where sshd looks for people's keys was searched with their homes. What else is here may be the
 * key of an authority or of the host, which he could have put among his own to have it taken away
 * from everybody: it is told. */
static void search_configuration(struct search *search)
{
	scoped_fd int folder = tree_open(search->leaver->root, "/etc/ssh", O_RDONLY | O_DIRECTORY);
	int r;

	search->tells = true;
	r = folder < 0 ? folder : search_folder(search, folder, "/etc/ssh", 0);
	if (r < 0 && r != -ENOENT)
		finding_fail(search->findings, r, "/etc/ssh cannot be searched");
}

static int prepare(struct search *search)
{
	scoped_free struct findings *none = calloc(1, sizeof(*none));
	int r;

	if (!none || !search->patterns)
		return -ENOMEM;
	r = key_patterns_read(search->leaver->root, search->patterns);
	if (r < 0)
		return r;
	own_keys_gather(search->leaver, &search->ring, none);
	return own_keys_of_actor(search->leaver, &search->spared);
}

void other_keys_take(const struct leaver *leaver, enum departure_mode mode,
		     struct findings *findings)
{
	scoped_free struct key_patterns *patterns = calloc(1, sizeof(*patterns));
	struct search search = {
		.leaver = leaver, .mode = mode, .findings = findings, .patterns = patterns
	};
	int r = prepare(&search);

	if (r == 0 && search.ring.n > 0) {
		r = homes_each(leaver->root, search_home, &search);
		search_configuration(&search);
	}
	if (r < 0)
		finding_fail(findings, r, "the files of others cannot be searched");
	if (search.ring.lost > 0)
		finding_add(findings, FOUND_TO_DO,
			    "he has more than %d keys: %zu were not looked for", KEYRING_MAX,
			    search.ring.lost);
	if (patterns && patterns->command)
		finding_add(findings, FOUND_TO_DO,
			    "sshd also takes keys from a program, or certificates: take his away "
			    "where those come from");
	keyring_clear(&search.ring);
	keyring_clear(&search.spared);
}
