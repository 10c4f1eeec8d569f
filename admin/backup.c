/* SPDX-License-Identifier: MIT */
/* backup.c - sereno backup: all state in one file, while logins go on. */
#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sereno/host_key.h>
#include <sereno/register_copy.h>
#include <sereno/scoped.h>
#include <sereno/slot_copy.h>

#include "commands.h"
#include "escape.h"

#define DEPTH_MAX 3 /* of directories in the state */
#define LINK_MAX  64
#define TRIES	  3

struct copying {
	const char *root;
	struct archive *archive;
	struct backup_contents contents;
	char generation[LINK_MAX]; /* the number, as a name */
	char *failed;		   /* what could not be read, for the message */
};

static void copying_clear(struct copying *copying)
{
	archive_close(copying->archive);
	backup_contents_clear(&copying->contents);
	free(copying->failed);
}

static void closedir_p(DIR **directory)
{
	if (*directory)
		(void)closedir(*directory); /* it was only read */
}

static int put(struct copying *copying, const char *name, const struct slot_copy *copy)
{
	const struct archive_entry entry = {
		.name = name,
		/* A file of the administrator's has whatever mode he gave it. */
		.mode = copy->mode & 0077   ? 0644
			: copy->mode & 0200 ? 0600
					    : 0400,
		.mtime = copy->mtime,
		.bytes = copy->bytes,
		.length = copy->length,
	};
	int r = archive_add(copying->archive, &entry);

	return r < 0 ? r : backup_contents_add(&copying->contents, &entry);
}

/* One file of the open @directory, whose path is @path. Gone by now: it is not in the backup. */
static int copy_file(struct copying *copying, int directory, const char *path, const char *name)
{
	scoped(slot_copy_clear) struct slot_copy copy = { 0 };
	scoped_free char *whole = NULL;
	int r;

	if (asprintf(&whole, "%s/%s", path, name) < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	r = slot_copy(directory, name, &copy);
	if (r == 0)
		r = put(copying, whole, &copy);
	if (r < 0 && r != -ENOENT && !copying->failed)
		copying->failed = take(whole, NULL);
	return r == -ENOENT ? 0 : r;
}

static bool ends_in(const char *name, const char *ending)
{
	const size_t length = strlen(name), tail = strlen(ending);

	return length >= tail && strcmp(name + length - tail, ending) == 0;
}

/* What is made again, in another way copied, or just being made. */
static bool is_left_out(const char *name, unsigned depth)
{
	static const char *const names[] = {
		"lock",		 "blocklist",	  "in-force",	   "grants.1.cdb",
		"leavers.1.cdb", "devices.1.cdb", BACKUP_REGISTER,
	};

	if (name[0] == '.' || ends_in(name, ".new"))
		return true;
	for (size_t i = 0; depth == 0 && i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return depth == 0 && strncmp(name, BACKUP_REGISTER "-", sizeof(BACKUP_REGISTER)) == 0;
}

static int copy_directory(struct copying *copying, int parent, const char *path, unsigned depth);

static int copy_entry(struct copying *copying, int directory, const char *path, const char *name,
		      unsigned depth)
{
	scoped_free char *below = NULL;
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : neg_errno();
	if (S_ISREG(st.st_mode))
		return copy_file(copying, directory, path, name);
	if (!S_ISDIR(st.st_mode) || depth + 1 >= DEPTH_MAX)
		return 0; /* none of ours */
	if (depth == 1 && ends_in(path, "/" BACKUP_GENERATIONS) &&
	    strcmp(name, copying->generation) != 0)
		return 0;
	if (asprintf(&below, "%s/%s", path, name) < 0) {
		below = NULL;
		return -ENOMEM;
	}
	return copy_directory(copying, directory, below, depth + 1);
}

/* At most DEPTH_MAX deep. */
static int copy_directory(struct copying *copying, int parent, const char *path, unsigned depth)
{
	scoped(closedir_p) DIR *stream = NULL;
	const char *slash = strrchr(path, '/');
	const struct dirent *entry;
	int fd = depth == 0 ? fcntl(parent, F_DUPFD_CLOEXEC, 3)
			    : openat(parent, slash + 1,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : neg_errno();
	stream = fdopendir(fd);
	if (!stream) {
		r = neg_errno();
		close_p(&fd);
		return r;
	}
	for (errno = 0; r == 0 && (entry = readdir(stream)); errno = 0)
		if (!is_left_out(entry->d_name, depth))
			r = copy_entry(copying, fd, path, entry->d_name, depth);
	return r == 0 && errno != 0 ? neg_errno() : r;
}

/* The number of the generation in force; 0: there is none. */
static int read_generation(struct copying *copying, int state)
{
	static const char prefix[] = BACKUP_GENERATIONS "/";
	char target[LINK_MAX];
	const ssize_t n = readlinkat(state, "in-force", target, sizeof(target) - 1);
	char *end;

	copying->generation[0] = '\0';
	copying->contents.facts.generation = 0;
	if (n < 0)
		return errno == ENOENT ? 0 : neg_errno();
	target[n] = '\0';
	if (strncmp(target, prefix, sizeof(prefix) - 1) != 0)
		return -EBADMSG;
	(void)snprintf(copying->generation, sizeof(copying->generation), "%s",
		       target + sizeof(prefix) - 1); /* fits */
	errno = 0;
	copying->contents.facts.generation = strtoull(copying->generation, &end, 10);
	return errno == 0 && *end == '\0' && end != copying->generation ? 0 : -EBADMSG;
}

/* Locked against what the reader of the policy sees it as: present from beginning to end. */
static bool has_policy(const struct copying *copying)
{
	scoped_free char *wanted = NULL;

	if (!copying->generation[0])
		return true;
	if (asprintf(&wanted, BACKUP_STATE "/" BACKUP_GENERATIONS "/%s/policy.1.cdb",
		     copying->generation) < 0) {
		wanted = NULL;
		return false;
	}
	for (size_t i = 0; i < copying->contents.n; i++)
		if (strcmp(copying->contents.file[i].name, wanted) == 0)
			return true;
	return false;
}

/* The last of all: it must know no less than the records that logins wrote meanwhile. */
static int copy_register(struct copying *copying)
{
	scoped(register_close_p) struct register_db *db = NULL;
	struct slot_copy copy = { .mode = 0600, .mtime = copying->contents.facts.made };
	int r = register_open_reading(copying->root, &db);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = register_copy(db, &copy.bytes, &copy.length);
	if (r == 0)
		r = put(copying, BACKUP_STATE "/" BACKUP_REGISTER, &copy);
	slot_copy_clear(&copy);
	copying->contents.facts.has_register = r == 0;
	return r;
}

static int copy_settings(struct copying *copying)
{
	static const char *const names[] = { "policy.yaml", "fallback" };
	scoped_free char *path = NULL;
	scoped_fd int directory = -1;
	int r = 0;

	if (asprintf(&path, "%s/etc/sereno", copying->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return errno == ENOENT ? 0 : neg_errno();
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(names); i++)
		r = copy_file(copying, directory, "etc/sereno", names[i]);
	return r;
}

static void look_at_key(struct copying *copying)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	struct host_key_places places;
	struct backup_facts *facts = &copying->contents.facts;

	if (host_key_open(copying->root, &key) < 0)
		return; /* no identity, no key */
	(void)snprintf(facts->machine, sizeof(facts->machine), "%s", host_key_id(key)); /* fits */
	host_key_look(key, &places);
	facts->has_plain_key = places.plain != -ENOENT || places.left != -ENOENT;
	facts->has_sealed_key = places.sealed != -ENOENT;
}

static int copy_all(struct copying *copying)
{
	scoped_free char *path = NULL;
	scoped_fd int state = -1;
	int r;

	if (asprintf(&path, "%s/" BACKUP_STATE, copying->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	state = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state < 0)
		return neg_errno();
	look_at_key(copying);
	r = read_generation(copying, state);
	if (r == 0)
		r = copy_settings(copying);
	if (r == 0)
		r = copy_directory(copying, state, BACKUP_STATE, 0);
	if (r == 0 && !has_policy(copying))
		return -EAGAIN; /* two applies while we read: it was pruned */
	if (r == 0)
		r = copy_register(copying);
	return r < 0 ? r : backup_contents_write(&copying->contents, copying->archive);
}

static int make(const char *root, const char *path, struct copying *copying)
{
	int r;

	*copying = (struct copying){ .root = root };
	copying->contents.facts.made = time(NULL);
	r = archive_create(path, &copying->archive);
	if (r == 0)
		r = copy_all(copying);
	return r < 0 ? r : archive_finish(copying->archive);
}

static enum exit_status complain_copy(const struct copying *copying, const char *path, int r)
{
	char buffer[ESCAPE_MAX];

	if (r == -ENOENT)
		return complain(EXIT_NO, _("there is no state below %s/var/lib/sereno"),
				copying->root);
	if (copying->failed && r != -ENOSPC)
		return complain_error(r, _("nothing was written: cannot copy %s/%s"), copying->root,
				      escape(buffer, copying->failed));
	if (r == -EPERM)
		return complain(EXIT_NO,
				_("nothing was written: others could replace %s while it is "
				  "made; choose a directory that only root can write, all the way "
				  "from /"),
				escape(buffer, path));
	return complain_error(r, _("nothing was written: cannot make the backup %s"),
			      escape(buffer, path));
}

static void report(const struct copying *copying, const char *path, const struct output *output)
{
	const struct backup_facts *facts = &copying->contents.facts;
	char buffer[ESCAPE_MAX];

	output_wrap(output, STYLE_GOOD, 2,
		    P_("%s holds %zu file: the policy in force (generation %ju)%s.",
		       "%s holds %zu files: the policy in force (generation %ju)%s.",
		       copying->contents.n),
		    escape(buffer, path), copying->contents.n, (uintmax_t)facts->generation,
		    facts->has_register ? _(", the register, the records of accounts")
					: _(", the records of accounts"));
	if (facts->has_plain_key)
		output_wrap(output, STYLE_BAD, 2, "! %s",
			    _("THE HOST KEY IS IN IT, IN THE CLEAR: whoever reads this file has "
			      "the second factors of everybody. Keep it as secret as the host "
			      "itself, or first: sereno key seal."));
	else if (facts->has_sealed_key)
		output_wrap(output, STYLE_WARNING, 2, "! %s",
			    _("The host key in it is sealed: codes and former passwords can be "
			      "restored on this very host alone."));
	output_wrap(
		output, STYLE_PLAIN, 2, "%s",
		_("Not in it: the list of leaked passwords (sereno blocklist build makes it)."));
}

enum exit_status backup_run(const struct options *options, const struct output *output)
{
	scoped(copying_clear) struct copying copying = { 0 };
	const char *path = options->operand;
	int r = make(options->root, path, &copying);

	for (int i = 1; r == -EAGAIN && i < TRIES; i++) {
		copying_clear(&copying);
		r = make(options->root, path, &copying);
	}
	if (r < 0)
		return complain_copy(&copying, path, r);
	backup_report(options->root, EVENT_BACKUP_MADE, path, &copying.contents.facts);
	report(&copying, path, output);
	return EXIT_YES;
}
