/* SPDX-License-Identifier: MIT */
/* blocklist_input.c - a list of leaked passwords as people publish it, entry by entry. */
#include "blocklist_input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/scoped.h>
#include <sereno/strength.h>

#include "blocklist_format.h"

#define BUFFER_SIZE	(1 << 20)
#define SHA1_DIGITS	40 /* hexadecimal */
#define NTLM_DIGITS	32
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct line {
	const char *ptr;
	size_t len;
	bool cut; /* longer than the buffer */
};

int input_open(const char *path, uint64_t min_count, struct list_input *ret)
{
	struct list_input input = { .fd = -1, .min_count = min_count };
	struct stat st;
	int r = 0;

	input.fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
					  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (input.fd < 0 || fstat(input.fd, &st) < 0)
		r = neg_errno();
	else if (S_ISREG(st.st_mode))
		input.bytes_total = (uint64_t)st.st_size;
	input.buffer = malloc(BUFFER_SIZE);
	input.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	input.context = EVP_MD_CTX_new();
	if (r == 0 && (!input.buffer || !input.sha1 || !input.context))
		r = -ENOMEM;
	if (r < 0) {
		input_close(&input);
		return r;
	}
	*ret = input;
	return 0;
}

void input_close(struct list_input *input)
{
	EVP_MD_CTX_free(take(input->context, NULL));
	EVP_MD_free(take(input->sha1, NULL));
	free(take(input->buffer, NULL));
	close_p(&input->fd);
	input->fd = -1;
}

/* Move what is left to the front and read more behind it. Returns 1, 0 at the end or an errno. */
static int refill(struct list_input *input)
{
	ssize_t n;

	memmove(input->buffer, input->buffer + input->at, input->filled - input->at);
	input->filled -= input->at;
	input->at = 0;
	do {
		n = read(input->fd, input->buffer + input->filled, BUFFER_SIZE - input->filled);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return neg_errno();
	input->filled += (size_t)n;
	input->bytes_read += (uint64_t)n;
	return n > 0;
}

/* Drop the rest of a line that is longer than the buffer. */
static int skip_line(struct list_input *input)
{
	const char *end;
	int r = 1;

	do {
		end = memchr(input->buffer + input->at, '\n', input->filled - input->at);
		input->at = end ? (size_t)(end + 1 - input->buffer) : input->filled;
		if (!end)
			r = refill(input);
	} while (!end && r > 0);
	return r < 0 ? r : 0;
}

/* The next line without its end. It is valid until the next call. Returns 1, 0 or a negative errno.
 */
static int next_line(struct list_input *input, struct line *ret)
{
	const char *end = NULL;
	size_t seen = 0;
	int r = 1;

	if (input->at < input->filled)
		end = memchr(input->buffer + input->at, '\n', input->filled - input->at);
	while (!end && input->filled - input->at < BUFFER_SIZE && r > 0) {
		seen = input->filled - input->at;
		r = refill(input);
		if (r < 0)
			return r;
		end = memchr(input->buffer + seen, '\n', input->filled - seen);
	}
	ret->ptr = input->buffer + input->at;
	ret->len = end ? (size_t)(end - ret->ptr) : input->filled - input->at;
	ret->cut = !end && r > 0;
	input->at += ret->len + (end ? 1 : 0);
	if (!end && ret->len == 0)
		return 0;
	input->line++;
	if (ret->len > 0 && ret->ptr[ret->len - 1] == '\r')
		ret->len--;
	return 1;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static size_t count_hex(const struct line *line)
{
	size_t n = 0;

	while (n < line->len && digit_value(line->ptr[n]) >= 0)
		n++;
	return n;
}

/* Whether @line is @digits hexadecimal digits, alone or with a colon behind. */
static bool is_hash(const struct line *line, size_t digits)
{
	return count_hex(line) == digits && (line->len == digits || line->ptr[digits] == ':');
}

/* Read the decimal number behind the colon; as large as can be where there is none. */
static int read_count(const struct line *line, uint64_t *ret)
{
	uint64_t count = 0;

	if (line->len == SHA1_DIGITS) {
		*ret = UINT64_MAX;
		return 0;
	}
	if (line->len == SHA1_DIGITS + 1)
		return -EINVAL;
	for (size_t i = SHA1_DIGITS + 1; i < line->len; i++) {
		const char c = line->ptr[i];

		if (c < '0' || c > '9' || __builtin_mul_overflow(count, 10U, &count) ||
		    __builtin_add_overflow(count, (uint64_t)(c - '0'), &count))
			return -EINVAL;
	}
	*ret = count;
	return 0;
}

/* Returns 1 with the entry, 0 if the line has none to keep, -EINVAL. */
static int read_hash(const struct list_input *input, const struct line *line, uint64_t *ret)
{
	uint64_t count = 0, entry = 0;

	if (!is_hash(line, SHA1_DIGITS) || read_count(line, &count) < 0)
		return -EINVAL;
	for (size_t i = 0; i < 16; i++)
		entry = entry << 4 | (unsigned)digit_value(line->ptr[i]);
	*ret = entry;
	return count >= input->min_count;
}

static int read_word(struct list_input *input, const struct line *line, uint64_t *ret)
{
	uint8_t sha1[LIST_SHA1_SIZE];

	if (is_hash(line, SHA1_DIGITS) || memchr(line->ptr, '\0', line->len))
		return -EINVAL;
	if (line->len > STRENGTH_BYTES_MAX) /* nobody can have that password */
		return 0;
	if (EVP_DigestInit_ex2(input->context, input->sha1, NULL) != 1 ||
	    EVP_DigestUpdate(input->context, line->ptr, line->len) != 1 ||
	    EVP_DigestFinal_ex(input->context, sha1, NULL) != 1)
		return -EIO;
	*ret = list_entry(sha1);
	return 1;
}

/* The first line tells what the list is. */
static int tell_form(struct list_input *input, struct line *line)
{
	const size_t mark = strlen(BYTE_ORDER_MARK);

	if (line->len >= mark && memcmp(line->ptr, BYTE_ORDER_MARK, mark) == 0) {
		line->ptr += mark;
		line->len -= mark;
	}
	if (is_hash(line, NTLM_DIGITS))
		return -ENOTSUP;
	if (line->len > 0)
		input->form = is_hash(line, SHA1_DIGITS) ? INPUT_HASHES : INPUT_WORDS;
	return 0;
}

static int read_line(struct list_input *input, struct line *line, uint64_t *ret)
{
	if (input->form == INPUT_UNTOLD) {
		const int r = tell_form(input, line);

		if (r < 0)
			return r;
	}
	if (line->len == 0)
		return 0;
	return input->form == INPUT_HASHES ? read_hash(input, line, ret)
					   : read_word(input, line, ret);
}

int input_next(struct list_input *input, uint64_t *ret)
{
	struct line line;
	int r, skipped;

	do {
		r = next_line(input, &line);
		if (r <= 0)
			return r;
		r = read_line(input, &line, ret);
		skipped = r >= 0 && line.cut ? skip_line(input) : 0;
		if (skipped < 0)
			return skipped;
	} while (r == 0);
	return r;
}
