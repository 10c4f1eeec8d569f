/* SPDX-License-Identifier: MIT */
/* review_answer.c - sereno review answer: a list drawn for serenod, whose sandbox has no users in
 * it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sereno/reviewer.h>
#include <sereno/scoped.h>

#include "review.h"

/* Whether root, or for a test the caller, is at the other end of standard input. */
static int check_peer(void)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return neg_errno();
	return peer.uid == geteuid() ? 0 : -EPERM;
}

static bool ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static int read_question(struct reviewer_question *ret)
{
	struct reviewer_question question;
	char *to = (char *)&question;
	size_t used = 0;
	ssize_t n;

	while (used < sizeof(question)) {
		n = read(STDIN_FILENO, to + used, sizeof(question) - used);
		if (n <= 0)
			return n < 0 ? neg_errno() : -EBADMSG;
		used += (size_t)n;
	}
	if (question.version != REVIEWER_VERSION || !ends(question.owner, sizeof(question.owner)) ||
	    !ends(question.role, sizeof(question.role)) || question.as_json > 1 ||
	    question.columns > CHANNEL_COLUMNS_MAX)
		return -EBADMSG;
	*ret = question;
	return 0;
}

static int print_digest(const struct review *review, size_t role, const struct output *output)
{
	scoped(review_list_clear) struct review_list list = { 0 };
	const int r = review_list(review, role, &list);

	if (r == 0)
		output_print(output, STYLE_PLAIN, "%s %zu\n", list.digest, list.n_users);
	return r;
}

static int draw(const struct review *review, const struct reviewer_question *question, size_t role,
		const struct output *output)
{
	const enum review_form form = question->as_json ? REVIEW_JSON : REVIEW_TEXT;

	if (question->kind == REVIEWER_DIGEST_OF)
		return print_digest(review, role, output);
	if (question->role[0])
		return review_show_role(review, role, form, output);
	return review_show_all(review, form, output);
}

static enum exit_status answer(const struct options *options,
			       const struct reviewer_question *question, enum reviewer_end *ret)
{
	const struct output output = { .stream = stdout, .width = question->columns };
	scoped(review_clear) struct review review = { .owner = question->owner };
	enum exit_status status = registrar_look(options, &review.registrar);
	size_t role = 0;
	int r;

	if (status == EXIT_YES)
		status = review_read(&review);
	if (status != EXIT_YES)
		return status;
	*ret = REVIEWER_NOTHING;
	if (question->role[0] && review_find(&review, question->role, &role) != EXIT_YES)
		return EXIT_YES;
	r = draw(&review, question, role, &output);
	if (r < 0)
		return complain_error(r, _("the list of a role cannot be drawn"));
	*ret = r > 0 ? REVIEWER_OVERDUE : REVIEWER_WHOLE;
	return EXIT_YES;
}

enum exit_status review_answer(const struct options *options)
{
	struct reviewer_question question;
	enum reviewer_end end = REVIEWER_NOTHING;
	enum exit_status status;
	int r = check_peer();

	if (r == 0)
		r = read_question(&question);
	if (r < 0)
		return complain_error(r, _("this answers serenod, and nobody else asks"));
	status = answer(options, &question, &end);
	if (status == EXIT_YES) {
		(void)fputc('\0', stdout); /* looked at when the output ends */
		(void)fputc((int)end, stdout);
	}
	return status;
}
