/* SPDX-License-Identifier: MIT */
/*
 * fallback_file.c - reading and writing ROOT/etc/sereno/fallback.
 *
 * Lines of words: "format 1" first, then min-uid NUMBER, observe WORD..., break-glass NAME...,
 * governed NAME..., each at most once. Whatever is not understood makes the whole file void: half
 * a fallback could be laxer than none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/fallback.h>
#include <sereno/scoped.h>
#include <sereno/trusted.h>

#define FALLBACK_DIRECTORY "/etc/sereno"
#define FALLBACK_FILE	   "fallback"
#define FALLBACK_NEW_FILE  ".fallback.new"
#define MIN_UID_DEFAULT	   1000

static const struct {
	const char *word;
	enum observe block;
} observe_words[] = {
	{ "roles", OBSERVE_ROLES },	  { "root", OBSERVE_ROOT },
	{ "accounts", OBSERVE_ACCOUNTS }, { "attempts", OBSERVE_ATTEMPTS },
	{ "password", OBSERVE_PASSWORD }, { "second-factor", OBSERVE_SECOND_FACTOR },
	{ "media", OBSERVE_MEDIA },
};

/* A piece of the text, not terminated. */
struct span {
	const char *ptr;
	size_t len;
};

static bool span_is(struct span span, const char *word)
{
	return span.len == strlen(word) && memcmp(span.ptr, word, span.len) == 0;
}

/* Cut off what comes before @separator, or everything. */
static struct span span_cut(struct span *rest, char separator)
{
	const char *end = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
	const struct span piece = { rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len };
	const size_t taken = piece.len + (end ? 1 : 0);

	rest->ptr += taken;
	rest->len -= taken;
	return piece;
}

static int parse_uid(struct span value, uid_t *ret)
{
	uint64_t number = 0;

	if (value.len == 0 || value.len > 10 || (value.len > 1 && value.ptr[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return -EINVAL;
		number = number * 10 + (uint64_t)(value.ptr[i] - '0');
	}
	if (number >= UINT32_MAX)
		return -EINVAL;
	*ret = (uid_t)number;
	return 0;
}

static int parse_observe(struct span words, unsigned *ret)
{
	unsigned observe = 0;

	while (words.len > 0) {
		const struct span word = span_cut(&words, ' ');
		unsigned block = 0;

		for (size_t i = 0; i < ARRAY_SIZE(observe_words); i++) {
			if (span_is(word, observe_words[i].word))
				block = observe_words[i].block;
		}
		if (block == 0)
			return -EINVAL;
		observe |= block;
	}
	*ret = observe;
	return 0;
}

/* A name as a word of the file: printable, no blank. */
static bool name_fits(struct span name)
{
	if (name.len == 0 || name.len >= FALLBACK_NAME_SIZE)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if ((unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

static int parse_names(struct span words, char names[][FALLBACK_NAME_SIZE], size_t *ret_n)
{
	size_t n = 0;

	while (words.len > 0) {
		const struct span name = span_cut(&words, ' ');

		if (n == FALLBACK_NAMES_MAX || !name_fits(name))
			return -EINVAL;
		memcpy(names[n], name.ptr, name.len);
		names[n++][name.len] = '\0';
	}
	*ret_n = n;
	return 0;
}

enum line_key { LINE_MIN_UID, LINE_OBSERVE, LINE_BREAK_GLASS, LINE_GOVERNED, LINE_UNKNOWN };

static enum line_key line_key(struct span word)
{
	static const char *const words[LINE_UNKNOWN] = { "min-uid", "observe", "break-glass",
							 "governed" };

	for (unsigned i = 0; i < LINE_UNKNOWN; i++) {
		if (span_is(word, words[i]))
			return (enum line_key)i;
	}
	return LINE_UNKNOWN;
}

static int parse_line(struct span line, unsigned *seen, struct fallback *fallback)
{
	const enum line_key key = line_key(span_cut(&line, ' '));

	if ((*seen >> key & 1) != 0)
		return -EINVAL;
	*seen |= 1u << key;
	switch (key) {
	case LINE_MIN_UID:
		return parse_uid(line, &fallback->min_uid);
	case LINE_OBSERVE:
		return parse_observe(line, &fallback->observe);
	case LINE_BREAK_GLASS:
		return parse_names(line, fallback->break_glass, &fallback->n_break_glass);
	case LINE_GOVERNED:
		return parse_names(line, fallback->governed, &fallback->n_governed);
	case LINE_UNKNOWN:
		break;
	}
	return -EINVAL;
}

static struct fallback strictest(void)
{
	return (struct fallback){ .min_uid = MIN_UID_DEFAULT };
}

static int parse(struct span text, struct fallback *ret)
{
	struct fallback fallback = strictest();
	unsigned seen = 0;
	int r = 0;

	if (text.len == 0 || text.ptr[text.len - 1] != '\n') /* cut short */
		return -EINVAL;
	if (!span_is(span_cut(&text, '\n'), "format 1"))
		return -EINVAL;
	while (r == 0 && text.len > 0)
		r = parse_line(span_cut(&text, '\n'), &seen, &fallback);
	/* All four are always written: a file without one of them lost it. */
	if (r == 0 && seen != (1u << LINE_UNKNOWN) - 1)
		r = -EINVAL;
	if (r < 0)
		return r;
	*ret = fallback;
	return 0;
}

/* Read at most @size bytes; returns how many there are. */
static ssize_t read_all(int fd, char *text, size_t size)
{
	size_t done = 0;
	ssize_t n = 1;

	while (n != 0 && done < size) {
		n = read(fd, text + done, size - done);
		if (n < 0 && errno != EINTR)
			return neg_errno();
		done += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)done;
}

static int open_trusted(const char *root)
{
	scoped_fd int fd = -1;
	scoped_free char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s" FALLBACK_DIRECTORY "/" FALLBACK_FILE, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || !trusted_writers(&st))
		return -EPERM;
	return take(fd, -1);
}

int fallback_read(const char *root, struct fallback *ret)
{
	scoped_fd int fd = open_trusted(root);
	char text[FALLBACK_MAX_BYTES + 1];
	ssize_t length;

	*ret = strictest();
	if (fd < 0)
		return fd;
	length = read_all(fd, text, sizeof(text));
	if (length < 0)
		return (int)length;
	if ((size_t)length > FALLBACK_MAX_BYTES)
		return -EFBIG;
	return parse((struct span){ text, (size_t)length }, ret);
}

/* A name that could not be read back must never be written: a blank in it makes two of it. */
static bool names_fit(const char names[][FALLBACK_NAME_SIZE], size_t n)
{
	bool fit = n <= FALLBACK_NAMES_MAX;

	for (size_t i = 0; fit && i < n; i++)
		fit = name_fits((struct span){ names[i], strnlen(names[i], FALLBACK_NAME_SIZE) });
	return fit;
}

static void print_names(FILE *out, const char *key, const char names[][FALLBACK_NAME_SIZE],
			size_t n)
{
	(void)fputs(key, out);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(out, " %s", names[i]);
	(void)fputc('\n', out);
}

static int print(FILE *out, const struct fallback *fallback)
{
	(void)fprintf(out, "format 1\nmin-uid %u\nobserve", fallback->min_uid);
	for (size_t i = 0; i < ARRAY_SIZE(observe_words); i++) {
		if ((fallback->observe & (unsigned)observe_words[i].block) != 0)
			(void)fprintf(out, " %s", observe_words[i].word);
	}
	(void)fputc('\n', out);
	print_names(out, "break-glass", fallback->break_glass, fallback->n_break_glass);
	print_names(out, "governed", fallback->governed, fallback->n_governed);
	return fflush(out) == 0 && !ferror(out) ? 0 : -ENOMEM; /* out is memory */
}

static int write_all(int fd, const char *text, size_t length)
{
	size_t done = 0;
	ssize_t n;

	while (done < length) {
		n = write(fd, text + done, length - done);
		if (n < 0 && errno != EINTR)
			return neg_errno();
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int replace(int directory, const char *text, size_t length)
{
	scoped_fd int fd = -1;
	int r;

	(void)unlinkat(directory, FALLBACK_NEW_FILE, 0); /* of an interrupted write */
	fd = openat(directory, FALLBACK_NEW_FILE,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return neg_errno();
	r = write_all(fd, text, length);
	if (r == 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0 ||
		       renameat(directory, FALLBACK_NEW_FILE, directory, FALLBACK_FILE) < 0))
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(directory, FALLBACK_NEW_FILE, 0);
	else if (fsync(directory) < 0)
		r = neg_errno();
	return r;
}

static int open_directory(const char *root)
{
	scoped_free char *path = NULL;
	int fd;

	if (asprintf(&path, "%s" FALLBACK_DIRECTORY, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? neg_errno() : fd;
}

int fallback_write(const char *root, const struct fallback *fallback)
{
	scoped_fd int directory = -1;
	scoped_free char *text = NULL;
	size_t length = 0;
	FILE *out;
	int r;

	if (!names_fit(fallback->break_glass, fallback->n_break_glass) ||
	    !names_fit(fallback->governed, fallback->n_governed))
		return -E2BIG;
	out = open_memstream(&text, &length);
	if (!out)
		return neg_errno();
	r = print(out, fallback);
	if (fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	if (r == 0 && length > FALLBACK_MAX_BYTES)
		r = -E2BIG;
	if (r < 0)
		return r;
	directory = open_directory(root);
	if (directory < 0)
		return directory;
	return replace(directory, text, length);
}
