/* SPDX-License-Identifier: MIT */
/* code_channel.c - a code checked for a caller who is not root: by serenod. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sereno/channel.h>

#include "code_channel.h"
#include "report.h"

#define DETAIL_MAX 128

static void unavailable(const struct code_asked *asked, const char *why, struct code_verdict *ret)
{
	char detail[DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "serenod, which checks it for who is not root: %s",
		       why);
	report_code(asked->root, asked->request, EVENT_CODE_REFUSED, "unavailable", detail);
	*ret = (struct code_verdict){ .outcome = CODE_UNAVAILABLE };
}

static const char *cause(int err)
{
	const char *text;

	switch (err) {
	case -ENOENT:
	case -ECONNREFUSED:
		return "does not run";
	case -EPERM:
		return "its socket is not root's";
	case -ETIMEDOUT:
		return "does not answer";
	default:
		text = strerrordesc_np(-err); /* strerror() would speak the program's language */
		return text ? text : "unknown error";
	}
}

static void take_answer(const struct code_asked *asked, enum channel_answer answer,
			uint32_t recovery_left, struct code_verdict *ret)
{
	switch (answer) {
	case CHANNEL_ACCEPTED:
		*ret = (struct code_verdict){ .outcome = CODE_ACCEPTED };
		ret->recovered = recovery_left != UINT32_MAX;
		ret->recovery_left = ret->recovered ? recovery_left : 0;
		return;
	case CHANNEL_REFUSED:
		*ret = (struct code_verdict){ .outcome = CODE_REFUSED };
		return;
	case CHANNEL_BUSY:
		unavailable(asked, "too many ask at once", ret);
		return;
	case CHANNEL_UNAVAILABLE:
	case CHANNEL_TICKET_NEEDED:
	case CHANNEL_LABEL_TAKEN:
	case CHANNEL_FULL:
	case CHANNEL_NO_TOKEN:
	case CHANNEL_UNCONFIRMED:
	case CHANNEL_NOT_FOR_ROOT:
	case CHANNEL_NO_ACCOUNT:
	case CHANNEL_UNKNOWN:
	case CHANNEL_NOT_ALLOWED:
		unavailable(asked, "could not check it", ret);
		return;
	}
	unavailable(asked, "answers what is not known here", ret);
}

void code_channel_check(const struct code_asked *asked, const char *typed, struct code_verdict *ret)
{
	enum channel_answer answer = CHANNEL_UNKNOWN;
	uint32_t left = UINT32_MAX;
	int r;

	if (asked->request->subject.uid != geteuid()) {
		unavailable(asked, "not the caller's own account", ret);
		return;
	}
	r = channel_verify(asked->root, asked->request->service, typed, &answer, &left);
	if (r < 0)
		unavailable(asked, cause(r), ret);
	else
		take_answer(asked, answer, left, ret);
}
