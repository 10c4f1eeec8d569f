/* SPDX-License-Identifier: MIT */
/* petition.c - a user's conversation with serenod about roles: what he asks, what it answers. */
#include "petition.h"

#include <errno.h>
#include <string.h>

#include <sereno/policy.h>
#include <sereno/scoped.h>

void petition_zone(const char *root, struct zone *ret)
{
	static const struct zone utc = { .end = TIME_NO_END,
					 .n = 1,
					 .step = { { TIME_NO_START, 0 } } };
	scoped(policy_close_p) struct policy *policy = NULL;

	if (policy_open(root, &policy) < 0 || policy_zone(policy, ret) < 0)
		*ret = utc;
}

static enum exit_status connect_anew(struct petition *petition)
{
	int r;

	close_p(&petition->fd);
	petition->fd = -1;
	petition->said = 0;
	r = channel_open(petition->root, &petition->fd);
	if (r == -ENOENT || r == -ECONNREFUSED)
		return complain(EXIT_SYSTEM, "%s",
				_("serenod is not there, and without root nothing goes without it; "
				  "ask an administrator: systemctl start serenod.socket"));
	if (r == -EPERM)
		return complain(EXIT_SYSTEM, "%s",
				_("who answers for serenod is not root: nothing was sent"));
	return r < 0 ? complain_error(r, _("serenod cannot be reached")) : EXIT_YES;
}

enum exit_status petition_open(const struct options *options, struct petition *ret)
{
	*ret = (struct petition){ .root = options->root, .fd = -1 };
	petition_zone(options->root, &ret->zone);
	return connect_anew(ret);
}

void petition_clear(struct petition *petition)
{
	close_p(&petition->fd);
	petition->fd = -1;
}

static enum exit_status complain_of(const struct channel_reply *reply)
{
	switch (reply->answer) {
	case CHANNEL_ACCEPTED:
		return EXIT_YES;
	case CHANNEL_NOT_ALLOWED:
		return complain(EXIT_NO, _("refused: %s"), _(reply->why));
	case CHANNEL_BUSY:
		return complain(EXIT_SYSTEM, "%s", _("serenod is busy: try again in a moment"));
	case CHANNEL_NO_ACCOUNT:
	case CHANNEL_NOT_FOR_ROOT:
		return complain(EXIT_SYSTEM, "%s", _("serenod does not know who you are"));
	case CHANNEL_UNKNOWN:
		return complain(EXIT_SYSTEM, "%s", _("serenod is of another version"));
	case CHANNEL_REFUSED:
	case CHANNEL_UNAVAILABLE:
	case CHANNEL_TICKET_NEEDED:
	case CHANNEL_LABEL_TAKEN:
	case CHANNEL_FULL:
	case CHANNEL_NO_TOKEN:
	case CHANNEL_UNCONFIRMED:
		break;
	}
	return complain(EXIT_SYSTEM, "%s",
			_("it could not be looked at; an administrator finds the reason in the log "
			  "(journalctl -t sereno)"));
}

enum exit_status petition_say(struct petition *petition)
{
	enum exit_status status = EXIT_YES;
	int r;

	if (petition->said == CHANNEL_MESSAGES_MAX)
		status = connect_anew(petition);
	if (status != EXIT_YES)
		return status;
	petition->said++;
	r = channel_ask(petition->fd, &petition->request, &petition->reply);
	if (r < 0)
		return complain_error(r, _("serenod does not answer"));
	return complain_of(&petition->reply);
}

enum exit_status petition_ask_for_list(struct petition *petition, int *ret_list)
{
	const int r =
		channel_ask_for_list(petition->fd, &petition->request, &petition->reply, ret_list);

	petition->said++;
	if (r < 0)
		return complain_error(r, _("serenod does not answer"));
	return complain_of(&petition->reply);
}

enum exit_status petition_number(const char *text, uint32_t *ret)
{
	const size_t digits = strspn(text, "0123456789");
	unsigned long long number = 0;

	if (digits > 0 && digits <= 10 && text[digits] == '\0')
		number = strtoull(text, NULL, 10);
	if (number == 0 || number > UINT32_MAX)
		return complain(EXIT_USAGE, "%s",
				_("the number of a request is wanted; sereno requests lists them"));
	*ret = (uint32_t)number;
	return EXIT_YES;
}

enum exit_status petition_reason(const struct options *options, enum petition_reason wanted,
				 struct petition *petition)
{
	const char *reason = options->reason ? options->reason : "";
	const size_t length = strlen(reason);

	if (!*reason && wanted == REASON_WANTED)
		return complain(EXIT_USAGE, "%s", _("--reason is wanted: it is kept"));
	if (length >= sizeof(petition->request.reason))
		return complain(EXIT_USAGE, _("--reason has at most %d bytes"),
				CHANNEL_REASON_SIZE - 1);
	for (const char *c = reason; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return complain(EXIT_USAGE, "%s", _("--reason is one line of text"));
	memcpy(petition->request.reason, reason, length + 1);
	return EXIT_YES;
}
