/* SPDX-License-Identifier: MIT */
/* key_creds.c - systemd-creds(1), which seals with this host's own key, its TPM2, or both. */
#include "key_creds.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <sereno/scoped.h>

#define WORDS_MAX  8
#define PAUSE_NSEC 2000000

/* One run of it: what goes in, and what comes out. */
struct run {
	const char *words[WORDS_MAX];
	const void *input;
	size_t input_length;
	uint8_t *output;
	size_t size, length; /* of the output */
};

struct pipe {
	int from, to;
};

static void pipe_close(struct pipe *pipe)
{
	close_p(&pipe->from);
	close_p(&pipe->to);
}

static int pipe_open(struct pipe *ret)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return neg_errno();
	*ret = (struct pipe){ fds[0], fds[1] };
	return 0;
}

static int64_t now_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail on Linux */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Before anybody reads it: what we write fits into a pipe, whose other end is ours and open, so
 * that neither of two waits for the other, and nobody gets a signal. */
static int put_input(struct pipe *input, const struct run *run)
{
	size_t written = 0;
	ssize_t n;
	int flags = fcntl(input->to, F_GETFL);

	if (flags < 0 || fcntl(input->to, F_SETFL, flags | O_NONBLOCK) < 0)
		return neg_errno();
	while (written < run->input_length) {
		n = write(input->to, (const uint8_t *)run->input + written,
			  run->input_length - written);
		if (n < 0)
			return neg_errno();
		written += (size_t)n;
	}
	close_p(&input->to);
	input->to = -1;
	return 0;
}

static int start(const struct creds *creds, struct run *run, const int fds[static 3], pid_t *ret)
{
	const char *environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL,
				      NULL };
	scoped_free char *secret = NULL;
	posix_spawn_file_actions_t actions;
	int r = 0;

	if (creds->secret && asprintf(&secret, "SYSTEMD_CREDENTIAL_SECRET=%s", creds->secret) < 0) {
		secret = NULL;
		return -ENOMEM;
	}
	environment[2] = secret;
	r = -posix_spawn_file_actions_init(&actions);
	if (r < 0)
		return r;
	for (int i = 0; r == 0 && i < 3; i++)
		r = -posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	if (r == 0)
		r = -posix_spawn(ret, creds->program, &actions, NULL,
				 (char *const *)(void *)run->words,
				 (char *const *)(void *)environment);
	(void)posix_spawn_file_actions_destroy(&actions); /* always 0 in glibc */
	return r;
}

/* Take what is there at @fd. Returns 1, 0 at its end, -EFBIG when it does not fit. */
static int take_in(int fd, uint8_t *bytes, size_t size, size_t *length)
{
	uint8_t surplus;
	ssize_t n;

	if (*length < size)
		n = read(fd, bytes + *length, size - *length);
	else
		n = read(fd, &surplus, 1);
	if (n < 0)
		return errno == EINTR ? 1 : neg_errno();
	if (n > 0 && *length == size)
		return -EFBIG;
	*length += (size_t)n;
	return n > 0;
}

/* What it says beside the output is for people: of a long text the end, where the reason stands. */
static int take_in_said(int fd, struct creds *creds, size_t *said)
{
	const size_t half = sizeof(creds->said) / 2;

	if (*said == sizeof(creds->said) - 1) {
		memmove(creds->said, creds->said + half, *said - half);
		*said -= half;
		memset(creds->said + *said, 0, sizeof(creds->said) - *said);
	}
	return take_in(fd, (uint8_t *)creds->said, sizeof(creds->said) - 1, said);
}

static int listen_to(struct creds *creds, struct run *run, const int fds[static 2],
		     int64_t deadline)
{
	struct pollfd polled[] = { { .fd = fds[0], .events = POLLIN },
				   { .fd = fds[1], .events = POLLIN } };
	size_t said = 0;
	int r = 0;

	while (polled[0].fd >= 0 || polled[1].fd >= 0) {
		const int64_t left = deadline - now_msec();

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(polled, ARRAY_SIZE(polled), (int)left) < 0 && errno != EINTR)
			return neg_errno();
		for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(polled); i++) {
			if (polled[i].fd < 0 || polled[i].revents == 0)
				continue;
			r = i == 0 ? take_in(fds[0], run->output, run->size, &run->length)
				   : take_in_said(fds[1], creds, &said);
			if (r == 0)
				polled[i].fd = -1;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* It has closed what it writes to, and should be gone. Returns its status, or a negative errno. */
static int await_end(pid_t child, int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NSEC };
	int status = 0;
	pid_t r;

	for (;;) {
		r = waitpid(child, &status, WNOHANG);
		if (r == child)
			return status;
		if (r < 0 && errno != EINTR)
			return neg_errno();
		if (now_msec() >= deadline)
			return -ETIMEDOUT;
		(void)nanosleep(&pause, NULL); /* woken early, we ask early */
	}
}

/* Its last line, in place. */
static void keep_last_line(struct creds *creds)
{
	size_t length = strlen(creds->said);
	const char *begin;

	while (length > 0 && creds->said[length - 1] == '\n')
		creds->said[--length] = '\0';
	begin = strrchr(creds->said, '\n');
	if (begin)
		memmove(creds->said, begin + 1, strlen(begin));
}

static int follow(struct creds *creds, struct run *run, pid_t child, const int fds[static 2])
{
	const int64_t deadline = now_msec() + creds->limit_msec;
	int r = listen_to(creds, run, fds, deadline);

	if (r == 0)
		r = await_end(child, deadline);
	if (r < 0) {
		(void)kill(child, SIGKILL); /* ours, and not waited for: the number is still its */
		(void)waitpid(child, NULL, 0);
		return r;
	}
	return WIFEXITED(r) && WEXITSTATUS(r) == 0 ? 0 : -EIO;
}

static int run(struct creds *creds, struct run *run)
{
	scoped(pipe_close) struct pipe input = { -1, -1 };
	scoped(pipe_close) struct pipe output = { -1, -1 };
	scoped(pipe_close) struct pipe said = { -1, -1 };
	pid_t child = -1;
	int r;

	memset(creds->said, 0, sizeof(creds->said));
	run->words[0] = creds->program;
	r = pipe_open(&input);
	if (r == 0)
		r = pipe_open(&output);
	if (r == 0)
		r = pipe_open(&said);
	if (r == 0)
		r = put_input(&input, run);
	if (r == 0)
		r = start(creds, run, (const int[3]){ input.from, output.to, said.to }, &child);
	if (r < 0)
		return r;
	close_p(&output.to);
	close_p(&said.to);
	output.to = -1;
	said.to = -1;
	r = follow(creds, run, child, (const int[2]){ output.from, said.from });
	keep_last_line(creds);
	return r;
}

/* clang-format off */
static const char *const names[] = {
	[CREDS_UNKNOWN]       = "unknown",
	[CREDS_HOST]          = "host",
	[CREDS_TPM2]          = "tpm2",
	[CREDS_HOST_AND_TPM2] = "host+tpm2",
};

/* The first 126 of the 128 bits by which the format tells its kinds, in base64. */
static const struct beginning {
	const char *text;
	enum creds_means means;
} beginnings[] = {
	{ "Whxqht+dQJax1aZeCGLxm", CREDS_HOST },
	{ "VbntHThZTUOoMZ0uuzMqx", CREDS_HOST },
	{ "DHzAexF2RZGcSwvqCLwg/", CREDS_TPM2 },
	{ "+vfrk0HjQSyhpDb5Wik2L", CREDS_TPM2 },
	{ "k6iUCUh0RJCQyvL8k8q1U", CREDS_HOST_AND_TPM2 },
	{ "r0lQqEkTTrGnOEYwT/MMB", CREDS_HOST_AND_TPM2 },
};
/* clang-format on */

const char *creds_means_name(enum creds_means means)
{
	return names[means];
}

enum creds_means creds_means_of(const char *name)
{
	for (enum creds_means means = CREDS_HOST; means < ARRAY_SIZE(names); means++)
		if (strcmp(name, names[means]) == 0)
			return means;
	return CREDS_UNKNOWN;
}

enum creds_means creds_look(const struct creds_sealed *sealed)
{
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
		const size_t length = strlen(beginnings[i].text);

		if (sealed->length > length &&
		    memcmp(sealed->bytes, beginnings[i].text, length) == 0)
			return beginnings[i].means;
	}
	return CREDS_UNKNOWN;
}

bool creds_has_tpm2(struct creds *creds)
{
	uint8_t words[1024];
	struct run has = { .words = { NULL, "has-tpm2", "--quiet" },
			   .input = "",
			   .output = words,
			   .size = sizeof(words) };

	return run(creds, &has) == 0;
}

int creds_seal(struct creds *creds, const char *name, enum creds_means means,
	       const struct host_key_image *image, struct creds_sealed *ret)
{
	scoped_free char *naming = NULL;
	scoped_free char *with = NULL;
	struct run encrypt = { .input = image->bytes,
			       .input_length = sizeof(image->bytes),
			       .output = ret->bytes,
			       .size = sizeof(ret->bytes) };
	int r;

	if (asprintf(&naming, "--name=%s", name) < 0) {
		naming = NULL;
		return -ENOMEM;
	}
	if (asprintf(&with, "--with-key=%s", names[means]) < 0) {
		with = NULL;
		return -ENOMEM;
	}
	/* Bound to the chip, not to what the firmware measured: an update of that must not lose
	 * everybody's codes. 16 is the register for tests, which no boot writes to; with none at
	 * all systemd 252 writes what it cannot read. */
	memcpy(encrypt.words,
	       (const char *[]){ NULL, "encrypt", naming, with, "--tpm2-pcrs=16", "-", "-", NULL },
	       sizeof(encrypt.words));
	r = run(creds, &encrypt);
	if (r < 0)
		return r;
	if (encrypt.length == 0)
		return -EBADMSG;
	ret->length = encrypt.length;
	return 0;
}

int creds_unseal(struct creds *creds, const char *name, const struct creds_sealed *sealed,
		 struct host_key_image *ret)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	scoped_free char *naming = NULL;
	struct run decrypt = { .input = sealed->bytes,
			       .input_length = sealed->length,
			       .output = image.bytes,
			       .size = sizeof(image.bytes) };
	int r;

	if (asprintf(&naming, "--name=%s", name) < 0) {
		naming = NULL;
		return -ENOMEM;
	}
	memcpy(decrypt.words,
	       (const char *[]){ NULL, "decrypt", naming, "--newline=no", "-", "-", NULL, NULL },
	       sizeof(decrypt.words));
	r = run(creds, &decrypt);
	if (r == -EFBIG)
		return -EBADMSG;
	if (r < 0)
		return r;
	if (decrypt.length != sizeof(image.bytes) || host_key_image_check(&image) < 0)
		return -EBADMSG;
	*ret = image;
	return 0;
}
