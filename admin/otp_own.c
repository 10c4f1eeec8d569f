/* SPDX-License-Identifier: MIT */
/* otp_own.c - without root: what is asked of serenod, and what its answers mean. */
#include "otp_own.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "otp_status.h"

#define SERVICE "sereno-otp" /* as the log calls us */

void own_begin(struct own *own, struct otp_task *task)
{
	*own = (struct own){ .task = task, .dialogue = { .signals = -1 }, .fd = -1 };
}

void own_clear(struct own *own)
{
	close_p(&own->fd);
	channel_request_erase(&own->request);
	channel_reply_erase(&own->reply);
	explicit_bzero(own->answer, sizeof(own->answer));
	dialogue_close(&own->dialogue);
}

enum exit_status own_account(struct otp_task *task)
{
	const struct passwd *answer = getpwuid(geteuid());

	if (!answer)
		return complain(EXIT_SYSTEM, _("no account has your uid, %u"), geteuid());
	if (task->subject && strcmp(task->subject, answer->pw_name) != 0)
		return complain(EXIT_NO,
				_("another's second factor is root's business; without "
				  "root: sereno otp %s"),
				task->options->operand);
	(void)escape(task->user, answer->pw_name);
	task->account = (struct codes_account){ task->user, geteuid() };
	return EXIT_YES;
}

enum exit_status own_connect(struct own *own)
{
	int r;

	close_p(&own->fd);
	own->fd = -1;
	r = channel_open(own->task->root, &own->fd);
	if (r == -ENOENT || r == -ECONNREFUSED)
		return complain(EXIT_SYSTEM,
				_("serenod is not there, and without root nothing goes without it; "
				  "ask an administrator: systemctl start serenod.socket"));
	if (r == -EPERM)
		return complain(EXIT_SYSTEM, _("who answers for serenod is not root: nothing was "
					       "sent"));
	return r < 0 ? complain_error(r, _("serenod cannot be reached")) : EXIT_YES;
}

enum exit_status own_say(struct own *own)
{
	int r;

	channel_reply_erase(&own->reply);
	r = channel_ask(own->fd, &own->request, &own->reply);
	channel_request_erase(&own->request);
	if (r == 0)
		return EXIT_YES;
	dialogue_close(&own->dialogue);
	if (r == -EPIPE || r == -ECONNRESET)
		return complain(EXIT_SYSTEM,
				_("serenod has hung up: it waits for %d minutes in all; begin "
				  "again"),
				CHANNEL_CONVERSATION_SEC / 60);
	if (r == -EINVAL)
		return complain(EXIT_NO, _("what was typed is too long, or not to be printed"));
	return complain_error(r, _("serenod does not answer"));
}

static const char *reason(const struct own *own)
{
	switch (own->reply.answer) {
	case CHANNEL_ACCEPTED:
		break;
	case CHANNEL_REFUSED:
		return _("refused: wrong, or used before, or there were too many wrong ones: then "
			 "wait");
	case CHANNEL_UNAVAILABLE:
		return _("it could not be looked at; an administrator finds the reason in the log");
	case CHANNEL_TICKET_NEEDED:
		return _("only with a ticket; ask an administrator for one (sereno otp ticket)");
	case CHANNEL_LABEL_TAKEN:
		return _("you have a token of that name already: choose another --label");
	case CHANNEL_FULL:
		return _("you have as many tokens as can be; an administrator can remove one "
			 "(sereno otp remove)");
	case CHANNEL_NO_TOKEN:
		return _("you have no such token; sereno otp status lists them");
	case CHANNEL_UNCONFIRMED:
		return _("these are not two codes in a row, of a clock that is off by 12 hours at "
			 "most");
	case CHANNEL_BUSY:
		return _("serenod is busy: try again in a moment");
	case CHANNEL_NOT_FOR_ROOT:
	case CHANNEL_NO_ACCOUNT:
		return _("serenod does not know who you are");
	case CHANNEL_NOT_ALLOWED: /* of roles alone */
	case CHANNEL_UNKNOWN:
		return _("serenod is of another version");
	}
	return "";
}

enum exit_status own_refused(const struct own *own)
{
	const bool system =
		own->reply.answer == CHANNEL_UNAVAILABLE || own->reply.answer >= CHANNEL_BUSY;

	return complain(system ? EXIT_SYSTEM : EXIT_NO, "%s", reason(own));
}

enum exit_status own_ask(struct own *own, const char *prompt)
{
	const int r = dialogue_ask(&own->dialogue, prompt, own->answer);

	if (r > 0 && own->answer[0])
		return EXIT_YES;
	if (r == -EINTR)
		return EXIT_NO; /* the signal says the rest */
	dialogue_close(&own->dialogue);
	if (r < 0)
		return complain_error(r, _("cannot read standard input"));
	return complain(EXIT_NO, _("nothing was typed"));
}

/* "0x5k-m9q2-7rtz": with its hyphens, as few passwords are. */
static bool is_shaped(const char *typed)
{
	if (strlen(typed) != OTP_RECOVERY_SIZE - 1)
		return false;
	for (size_t i = 0; i < OTP_RECOVERY_SIZE - 1; i++)
		if ((typed[i] == '-') != (i % 5 == 4))
			return false;
	return true;
}

void own_prove(struct own *own, enum channel_proof_kind shaped, enum channel_proof_kind plain)
{
	own->request.proof_kind = is_shaped(own->answer) ? shaped : plain;
	_Static_assert(sizeof(own->request.proof) >= sizeof(own->answer), "it fits");
	memcpy(own->request.proof, own->answer, sizeof(own->answer));
	explicit_bzero(own->answer, sizeof(own->answer));
}

enum exit_status own_status_run(struct otp_task *task)
{
	scoped(own_clear) struct own own;
	struct otp_standing standing = { 0 };
	enum exit_status status;

	own_begin(&own, task);
	status = own_account(task);
	if (status == EXIT_YES)
		status = own_connect(&own);
	if (status != EXIT_YES)
		return status;
	own.request.kind = CHANNEL_STATUS;
	status = own_say(&own);
	if (status != EXIT_YES)
		return status;
	if (own.reply.answer != CHANNEL_ACCEPTED)
		return own_refused(&own);
	standing.user = task->account.user;
	standing.status = own.reply.status;
	if (task->options->given & OPTION_JSON)
		otp_standings_json(task, &standing, 1);
	else
		otp_standings_print(task, &standing, 1);
	return standing.status.n_tokens == 0 || otp_standing_bad(&standing) ? EXIT_NO : EXIT_YES;
}

enum exit_status own_verify_run(struct otp_task *task)
{
	scoped(own_clear) struct own own;
	const struct output *output = task->output;
	enum exit_status status;
	uint32_t left = UINT32_MAX;
	int r;

	own_begin(&own, task);
	status = own_account(task);
	if (status == EXIT_YES)
		status = own_connect(&own); /* before anything is typed */
	if (status != EXIT_YES)
		return status;
	dialogue_open(&own.dialogue);
	status = own_ask(&own, _("One-time code: "));
	if (status != EXIT_YES)
		return status;
	dialogue_close(&own.dialogue);
	close_p(&own.fd);
	own.fd = -1;
	r = channel_verify(task->root, SERVICE, own.answer, &own.reply.answer, &left);
	if (r < 0)
		return complain_error(r, _("serenod does not answer"));
	if (own.reply.answer != CHANNEL_ACCEPTED)
		return own_refused(&own);
	if (left == UINT32_MAX)
		output_print(output, STYLE_GOOD,
			     _("right. It is used up; wait for the next one to log in\n"));
	else
		output_print(output, STYLE_GOOD,
			     P_("right: a recovery code. It is used up; %u is left\n",
				"right: a recovery code. It is used up; %u are left\n", left),
			     left);
	return EXIT_YES;
}
