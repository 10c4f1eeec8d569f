/* SPDX-License-Identifier: MIT */
/* group_numbers.c - which number each group has that sereno made: a short text, replaced whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/group_numbers.h>
#include <sereno/scoped.h>
#include <sereno/trusted.h>

#define STATE_DIR "/var/lib/sereno"
#define FILE_NAME "group-numbers"
#define FILE_NEW  "group-numbers.new"
#define FILE_MAX  (1 << 20) /* every number with the longest name takes half of it */
#define NEXT_WORD "next "

void group_numbers_clear(struct group_numbers *numbers)
{
	free(numbers->item);
	*numbers = (struct group_numbers){ 0 };
}

int group_numbers_find(const struct group_numbers *numbers, const char *name, gid_t *ret)
{
	for (size_t i = 0; i < numbers->n; i++) {
		if (strcmp(numbers->item[i].name, name) == 0) {
			*ret = numbers->item[i].gid;
			return 0;
		}
	}
	return -ENOENT;
}

int group_numbers_add(struct group_numbers *numbers, const char *name, gid_t gid)
{
	struct group_number *item;
	gid_t known;

	if (gid > OWN_GID_LAST)
		return -ENOSPC;
	if (gid < numbers->next || gid < OWN_GID_FIRST || !own_group_name(name) ||
	    group_numbers_find(numbers, name, &known) == 0)
		return -EINVAL;
	item = reallocarray(numbers->item, numbers->n + 1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	numbers->item = item;
	item[numbers->n] = (struct group_number){ .gid = gid };
	memcpy(item[numbers->n].name, name, strlen(name) + 1);
	numbers->n++;
	numbers->next = gid + 1;
	return 0;
}

/* The number at *@text, which is then behind it; 0 when there is none of ours. */
static gid_t read_number(const char **text)
{
	uint32_t number = 0;

	for (; **text >= '0' && **text <= '9' && number <= OWN_GID_LAST; ++*text)
		number = number * 10 + (uint32_t)(**text - '0');
	return number >= OWN_GID_FIRST && number <= OWN_GID_LAST + 1 ? number : 0;
}

/* "next NUMBER", which ends the text. */
static int read_end(const char *line, struct group_numbers *numbers)
{
	const char *text = line + strlen(NEXT_WORD);
	const gid_t next = read_number(&text);

	if (next < numbers->next || strcmp(text, "\n") != 0)
		return -EBADMSG;
	numbers->next = next;
	return 0;
}

/* "NUMBER NAME" up to @end, which is made the end of a string. */
static int read_entry(const char *line, char *end, struct group_numbers *numbers)
{
	const char *text = line;
	const gid_t gid = read_number(&text);
	int r;

	if (gid == 0 || *text != ' ')
		return -EBADMSG;
	*end = '\0';
	r = group_numbers_add(numbers, text + 1, gid);
	return r == -ENOMEM || r == 0 ? r : -EBADMSG;
}

static int read_lines(char *text, struct group_numbers *numbers)
{
	char *line = text, *end;
	int r;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		if (strncmp(line, NEXT_WORD, strlen(NEXT_WORD)) == 0)
			return read_end(line, numbers);
		r = read_entry(line, end, numbers);
		if (r < 0)
			return r;
	}
	return -EBADMSG;
}

/* All of the file @fd as a string; *@ret is the caller's. */
static int read_text(int fd, char **ret)
{
	scoped_free char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !trusted_writers(&st))
		return -EPERM;
	if (st.st_size > FILE_MAX)
		return -EBADMSG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	n = pread(fd, text, (size_t)st.st_size, 0);
	if (n < 0)
		return neg_errno();
	text[n] = '\0';
	if (n != st.st_size || strlen(text) != (size_t)n)
		return -EBADMSG;
	*ret = take(text, NULL);
	return 0;
}

static int open_state(const char *root)
{
	scoped_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s" STATE_DIR, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? neg_errno() : fd;
}

static int read_file(const char *root, struct group_numbers *numbers)
{
	scoped_fd int state = open_state(root), fd = -1;
	scoped_free char *text = NULL;
	int r;

	if (state < 0)
		return state == -ENOENT ? 0 : state;
	fd = openat(state, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return errno == ELOOP ? -EPERM : neg_errno();
	r = read_text(fd, &text);
	return r < 0 ? r : read_lines(text, numbers);
}

int group_numbers_read(const char *root, struct group_numbers *ret)
{
	scoped(group_numbers_clear) struct group_numbers numbers = { .next = OWN_GID_FIRST };
	const int r = read_file(root, &numbers);

	if (r < 0)
		return r;
	*ret = take(numbers, (struct group_numbers){ 0 });
	return 0;
}

static int print_numbers(FILE *file, const struct group_numbers *numbers)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (fprintf(file, "%u %s\n", numbers->item[i].gid, numbers->item[i].name) < 0)
			return neg_errno();
	if (fprintf(file, NEXT_WORD "%u\n", numbers->next) < 0)
		return neg_errno();
	return fflush(file) != 0 || fsync(fileno(file)) < 0 ? neg_errno() : 0;
}

static int write_new(int state, const struct group_numbers *numbers)
{
	scoped_file FILE *file = NULL;
	int fd, r;

	if (unlinkat(state, FILE_NEW, 0) < 0 && errno != ENOENT)
		return neg_errno();
	fd = openat(state, FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return neg_errno();
	if (fchmod(fd, 0644) < 0 || !(file = fdopen(fd, "w"))) {
		r = neg_errno();
		close_p(&fd);
		return r;
	}
	return print_numbers(file, numbers);
}

int group_numbers_write(const char *root, const struct group_numbers *numbers)
{
	scoped_fd int state = open_state(root);
	int r;

	if (state < 0)
		return state;
	r = write_new(state, numbers);
	if (r < 0) {
		(void)unlinkat(state, FILE_NEW, 0); /* the next one tries again */
		return r;
	}
	if (renameat(state, FILE_NEW, state, FILE_NAME) < 0 || fsync(state) < 0)
		return neg_errno();
	return 0;
}
