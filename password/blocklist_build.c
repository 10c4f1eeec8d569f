/* SPDX-License-Identifier: MIT */
/* blocklist_build.c - make the list of leaked passwords from what people publish. */
#include "blocklist_build.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "blocklist_input.h"
#include "blocklist_runs.h"

#define ROOM		(4U << 20) /* entries: 64 MiB in all */
#define PROGRESS_STRIDE (1U << 16) /* entries between two reports */

/* A new file beside the result, removed unless it was published. */
struct draft {
	int fd;
	char path[PATH_MAX];
};

static void draft_discard(struct draft *draft)
{
	if (draft->fd < 0)
		return;
	(void)unlink(draft->path); /* best effort: it is nobody's list */
	close_p(&draft->fd);
}

static int draft_make(const char *out, struct draft *ret)
{
	const int n = snprintf(ret->path, sizeof(ret->path), "%s.XXXXXX", out);

	if (n < 0 || (size_t)n >= sizeof(ret->path))
		return -ENAMETOOLONG;
	ret->fd = mkostemp(ret->path, O_CLOEXEC);
	return ret->fd < 0 ? neg_errno() : 0;
}

static int sync_directory_of(const char *path)
{
	char directory[PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	scoped_fd int fd = -1;

	if (slash && slash - path >= PATH_MAX - 1)
		return -ENAMETOOLONG;
	if (slash) {
		memcpy(directory, path, (size_t)(slash - path) + 1);
		directory[slash - path + 1] = '\0';
	}
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? neg_errno() : 0;
}

/* Put @draft, complete and synced, in the place of @out. */
static int draft_publish(struct draft *draft, const char *out)
{
	if (fchmod(draft->fd, 0644) < 0 || fsync(draft->fd) < 0 || rename(draft->path, out) < 0)
		return neg_errno();
	close_p(&draft->fd);
	draft->fd = -1;
	return sync_directory_of(out);
}

static void report(const struct list_recipe *recipe, const struct list_input *input, uint64_t kept)
{
	const struct blocklist_progress progress = { input->bytes_read, input->bytes_total, kept };

	if (recipe->progress)
		recipe->progress(&progress, recipe->context);
}

static int read_all(const struct list_recipe *recipe, struct list_input *input,
		    struct list_runs *runs)
{
	uint64_t kept = 0, entry = 0;
	int r;

	for (r = input_next(input, &entry); r > 0; r = input_next(input, &entry)) {
		r = runs_add(runs, entry);
		if (r < 0)
			return r;
		if (++kept % PROGRESS_STRIDE == 0)
			report(recipe, input, kept);
	}
	report(recipe, input, kept);
	return r < 0 ? r : runs_end(runs);
}

static int merge_into(const char *out, struct list_runs *runs)
{
	scoped(writer_close) struct list_writer writer = { .fd = -1 };
	scoped(draft_discard) struct draft draft = { .fd = -1 };
	int r;

	r = draft_make(out, &draft);
	if (r == 0)
		r = writer_open(draft.fd, &writer);
	if (r == 0)
		r = runs_merge(runs, &writer);
	if (r == 0)
		r = writer_finish(&writer);
	return r == 0 ? draft_publish(&draft, out) : r;
}

int list_build(const struct list_recipe *recipe, uint64_t *ret_line)
{
	scoped(input_close) struct list_input input = { .fd = -1 };
	scoped(draft_discard) struct draft draft = { .fd = -1 };
	scoped(runs_close) struct list_runs runs = { .first.fd = -1 };
	int r;

	*ret_line = 0;
	r = input_open(recipe->in, recipe->min_count, &input);
	if (r == 0)
		r = draft_make(recipe->out, &draft);
	if (r == 0)
		r = runs_open(draft.fd, recipe->room, &runs);
	if (r < 0)
		return r;
	r = read_all(recipe, &input, &runs);
	if (r == -EINVAL || r == -ENOTSUP)
		*ret_line = input.line;
	if (r < 0)
		return r;
	if (runs.n_runs > 0)
		return merge_into(recipe->out, &runs);
	r = writer_finish(&runs.first);
	return r == 0 ? draft_publish(&draft, recipe->out) : r;
}

int blocklist_build(const char *in, const char *out, uint64_t min_count,
		    void (*progress)(const struct blocklist_progress *, void *), void *context,
		    uint64_t *ret_line)
{
	const struct list_recipe recipe = {
		.in = in,
		.out = out,
		.min_count = min_count,
		.progress = progress,
		.context = context,
		.room = ROOM,
	};

	return list_build(&recipe, ret_line);
}
