/* SPDX-License-Identifier: MIT */
/* review_ask.c - sereno review by who owns a role and is not root: serenod is asked. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/reviewer.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "petition.h"
#include "review.h"

#define LIST_MAX     (256 * 1024 * 1024) /* of a hundred thousand members some 20 MB */
#define SILENCE_MSEC 20000

/* What has come so far. */
struct text {
	char *bytes;
	size_t length, room;
};

static void text_clear(struct text *text)
{
	free(text->bytes);
}

bool review_is_asked(const struct options *options)
{
	scoped_free char *path = NULL;

	if (geteuid() == 0)
		return false;
	if (asprintf(&path, "%s/var/lib/sereno/register.db", options->root) < 0) {
		path = NULL;
		return true;
	}
	return access(path, R_OK) < 0;
}

static int grow(struct text *text)
{
	const size_t room = text->room ? 2 * text->room : 65536;
	char *bytes;

	if (text->length < text->room)
		return 0;
	if (room > LIST_MAX)
		return -EFBIG;
	bytes = realloc(text->bytes, room);
	if (!bytes)
		return -ENOMEM;
	text->bytes = bytes;
	text->room = room;
	return 0;
}

/* To its end: cut short it would be another list. */
static int read_all(int fd, struct text *text)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	ssize_t n = 1;
	int r;

	while (n > 0) {
		r = grow(text);
		if (r < 0)
			return r;
		r = poll(&waiting, 1, SILENCE_MSEC);
		if (r <= 0)
			return r < 0 ? neg_errno() : -ETIMEDOUT;
		n = read(fd, text->bytes + text->length, text->room - text->length);
		if (n < 0)
			return neg_errno();
		text->length += (size_t)n;
	}
	return text->length >= 2 && text->bytes[text->length - 2] == '\0' ? 0 : -EBADMSG;
}

static enum exit_status print_list(const struct text *text, const char *role,
				   const struct output *output)
{
	char buffer[ESCAPE_MAX];

	switch ((enum reviewer_end)text->bytes[text->length - 1]) {
	case REVIEWER_WHOLE:
	case REVIEWER_OVERDUE:
		(void)fwrite(text->bytes, 1, text->length - 2, output->stream);
		return text->bytes[text->length - 1] == REVIEWER_WHOLE ? EXIT_YES : EXIT_NO;
	case REVIEWER_NOTHING:
		return complain(EXIT_NO, _("you own no role %s"), escape(buffer, role ? role : ""));
	}
	return complain_error(-EBADMSG, _("serenod does not answer"));
}

static enum exit_status fill_role(const char *role, struct channel_request *request)
{
	const size_t length = role ? strlen(role) : 0;
	char buffer[ESCAPE_MAX];

	if (length >= sizeof(request->role))
		return complain(EXIT_NO, _("there is no role %s"), escape(buffer, role));
	memcpy(request->role, role ? role : "", length + 1);
	return EXIT_YES;
}

enum exit_status review_ask_list(const struct options *options, const char *role,
				 const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	scoped(text_clear) struct text text = { .length = 0 };
	struct channel_request request = {
		.kind = CHANNEL_REVIEW,
		.as_json = options->given & OPTION_JSON,
		.columns = output->width,
	};
	enum exit_status status = fill_role(role, &request);
	scoped_fd int list = -1;
	int r;

	if (status == EXIT_YES)
		status = petition_open(options, &petition);
	if (status == EXIT_YES) {
		petition.request = request;
		status = petition_ask_for_list(&petition, &list);
	}
	if (status != EXIT_YES)
		return status;
	r = read_all(list, &text);
	return r < 0 ? complain_error(r, _("the list came to no end"))
		     : print_list(&text, role, output);
}

/* The first message shows who we are; what is signed is decided by the second. */
enum exit_status review_ask_sign(const struct options *options, const struct output *output)
{
	scoped(petition_clear) struct petition petition = { .fd = -1 };
	struct channel_request request = { .kind = CHANNEL_SIGN };
	const size_t length = strlen(options->digest);
	enum exit_status status = fill_role(options->second, &request);
	char role[ESCAPE_MAX];

	if (length >= sizeof(request.reason))
		return complain(EXIT_USAGE, "%s", _("--digest wants what was printed"));
	memcpy(request.reason, options->digest, length + 1);
	if (status == EXIT_YES)
		status = petition_open(options, &petition);
	if (status == EXIT_YES) {
		petition.request = (struct channel_request){ .kind = CHANNEL_REQUESTS };
		status = petition_say(&petition);
	}
	if (status == EXIT_YES) {
		petition.request = request;
		status = petition_say(&petition);
	}
	if (status == EXIT_YES)
		output_wrap(output, STYLE_GOOD, 2, _("Signed: %s, digest %.*s."),
			    escape(role, request.role), REVIEW_DIGEST_SHOWN, request.reason);
	return status;
}
