/* SPDX-License-Identifier: MIT */
/* otp_own_token.c - without root: a token, recovery codes, a clock that is off. */
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "otp_own.h"
#include "otp_page.h"

#define TRIES 3

/* Label @label, which is sound or NULL, into the request. */
static void set_label(struct own *own, const char *label)
{
	if (label)
		memcpy(own->request.label, label, strlen(label) + 1);
}

/* @typed to @code; what is too long is no code anyway, and stays too long. */
static void set_code(char code[static CHANNEL_TYPED_SIZE], const char *typed)
{
	const size_t length = strnlen(typed, CHANNEL_TYPED_SIZE - 1);

	memcpy(code, typed, length);
	code[length] = '\0';
}

/* What is there decides what he is asked for. In a conversation of its own: the time of the next
 * one begins when he has typed that. */
static enum exit_status look_first(struct own *own, struct codes_status *ret)
{
	enum exit_status status = own_connect(own);

	if (status != EXIT_YES)
		return status;
	own->request.kind = CHANNEL_STATUS;
	status = own_say(own);
	if (status != EXIT_YES)
		return status;
	if (own->reply.answer != CHANNEL_ACCEPTED)
		return own_refused(own);
	*ret = own->reply.status;
	return EXIT_YES;
}

static enum exit_status prove_for_token(struct own *own, const struct codes_status *has)
{
	enum exit_status status;

	if (has->n_tokens > 0) {
		status = own_ask(own, _("A code that you have used nowhere yet, of a token you "
					"have, or a ticket: "));
		if (status == EXIT_YES)
			own_prove(own, CHANNEL_PROOF_TICKET, CHANNEL_PROOF_CODE);
		return status;
	}
	if (has->ticket_only && has->ticket_expires <= time(NULL)) {
		own->reply.answer = CHANNEL_TICKET_NEEDED;
		dialogue_close(&own->dialogue);
		return own_refused(own);
	}
	status = own_ask(own, _("A ticket (xxxx-xxxx-xxxx), or else your password: "));
	if (status == EXIT_YES)
		own_prove(own, CHANNEL_PROOF_TICKET, CHANNEL_PROOF_PASSWORD);
	return status;
}

/* Say what stands in .request, and complain unless it is accepted. */
static enum exit_status demand(struct own *own)
{
	enum exit_status status = own_say(own);

	if (status != EXIT_YES || own->reply.answer == CHANNEL_ACCEPTED)
		return status;
	dialogue_close(&own->dialogue);
	return own_refused(own);
}

static enum exit_status unread(struct own *own, int r)
{
	if (r == -EINTR)
		return EXIT_NO; /* the signal says the rest */
	dialogue_close(&own->dialogue);
	if (r < 0)
		return complain_error(r, _("the token cannot be shown"));
	return complain(EXIT_NO, _("nothing was typed"));
}

/* The token of @begun is shown until a code of it was typed. .reply then has the recovery codes. */
static enum exit_status confirm(struct own *own, const struct channel_reply *begun,
				const char *label)
{
	struct otp_offer offer = { &begun->token, begun->issuer, begun->person, label, NULL };
	enum exit_status status;
	int r;

	for (unsigned i = 0; i < TRIES; i++) {
		r = otp_page_token(own->task, &own->dialogue, &offer, own->answer);
		if (r <= 0)
			return unread(own, r);
		own->request.kind = CHANNEL_CONFIRM;
		set_code(own->request.code[0], own->answer);
		status = own_say(own);
		if (status != EXIT_YES || own->reply.answer == CHANNEL_ACCEPTED)
			return status;
		if (own->reply.answer != CHANNEL_UNCONFIRMED)
			break;
		offer.notice = _("That was not its code. Is the phone's clock right?");
	}
	dialogue_close(&own->dialogue);
	if (own->reply.answer != CHANNEL_UNCONFIRMED)
		return own_refused(own);
	return complain(EXIT_NO, _("not confirmed: you have no new token. Remove the entry from "
				   "the phone; if its clock is right, try again"));
}

static void tell_enrolled(struct own *own, const char *label)
{
	const struct output *output = own->task->output;
	const uint32_t left = own->reply.recovery_left;
	char buffer[ESCAPE_MAX];

	if (own->reply.n_recovery > 0)
		otp_page_recovery(own->task, &own->dialogue, own->reply.recovery,
				  own->reply.n_recovery);
	otp_page_end(own->task, &own->dialogue);
	output_print(output, STYLE_PLAIN,
		     _("you have the token %s; the code just typed is used up\n"),
		     escape(buffer, label));
	if (own->reply.n_recovery == 0 && left > 0)
		output_print(output, STYLE_PLAIN,
			     P_("the recovery code of before stays good\n",
				"the %u recovery codes of before stay good\n", left),
			     left);
}

enum exit_status own_enrol_run(struct otp_task *task)
{
	scoped(own_clear) struct own own;
	scoped(channel_reply_erase) struct channel_reply begun = { .answer = CHANNEL_UNKNOWN };
	const char *label = otp_label(task, OTP_LABEL_STANDARD);
	struct codes_status has = { .n_tokens = 0 };
	enum exit_status status;

	own_begin(&own, task);
	if (!label)
		return EXIT_USAGE;
	status = own_account(task);
	if (status == EXIT_YES)
		status = otp_may_show(task);
	if (status == EXIT_YES)
		status = look_first(&own, &has);
	if (status != EXIT_YES)
		return status;
	dialogue_open(&own.dialogue);
	status = prove_for_token(&own, &has);
	if (status == EXIT_YES)
		status = own_connect(&own);
	if (status != EXIT_YES)
		return status;
	own.request.kind = CHANNEL_BEGIN;
	set_label(&own, label);
	status = demand(&own);
	if (status != EXIT_YES)
		return status;
	begun = own.reply;
	status = confirm(&own, &begun, label);
	if (status == EXIT_YES)
		tell_enrolled(&own, label);
	return status;
}

enum exit_status own_recovery_run(struct otp_task *task)
{
	scoped(own_clear) struct own own;
	enum exit_status status;
	uint32_t n;

	own_begin(&own, task);
	status = own_account(task);
	if (status == EXIT_YES)
		status = otp_may_show(task);
	if (status == EXIT_YES)
		status = own_connect(&own);
	if (status != EXIT_YES)
		return status;
	dialogue_open(&own.dialogue);
	status = own_ask(&own, _("One-time code: "));
	if (status != EXIT_YES)
		return status;
	own.request.kind = CHANNEL_RECOVERY;
	own_prove(&own, CHANNEL_PROOF_CODE, CHANNEL_PROOF_CODE);
	status = demand(&own);
	if (status != EXIT_YES)
		return status;
	n = own.reply.n_recovery;
	if (n == 0) {
		dialogue_close(&own.dialogue);
		return complain(EXIT_NO, _("the policy in force has no recovery codes "
					   "(second-factor: recovery-codes: 0)"));
	}
	otp_page_recovery(task, &own.dialogue, own.reply.recovery, n);
	otp_page_end(task, &own.dialogue);
	output_print(task->output, STYLE_PLAIN,
		     P_("you have %u new recovery code; those of before are void\n",
			"you have %u new recovery codes; those of before are void\n", n),
		     n);
	return EXIT_YES;
}

static enum exit_status ask_for_codes(struct own *own)
{
	enum exit_status status;

	status = own_ask(own, _("A recovery code (xxxx-xxxx-xxxx), or else your password: "));
	if (status != EXIT_YES)
		return status;
	own_prove(own, CHANNEL_PROOF_CODE, CHANNEL_PROOF_PASSWORD);
	status = own_ask(own, _("One-time code: "));
	if (status != EXIT_YES)
		return status;
	set_code(own->request.code[0], own->answer);
	status = own_ask(own, _("The next one that the phone shows: "));
	if (status == EXIT_YES)
		set_code(own->request.code[1], own->answer);
	return status;
}

enum exit_status own_resync_run(struct otp_task *task)
{
	scoped(own_clear) struct own own;
	const char *label = otp_label(task, "");
	enum exit_status status;

	own_begin(&own, task);
	if (!label)
		return EXIT_USAGE;
	status = own_account(task);
	if (status == EXIT_YES)
		status = own_connect(&own); /* before anything is typed */
	if (status != EXIT_YES)
		return status;
	dialogue_open(&own.dialogue);
	status = ask_for_codes(&own);
	if (status == EXIT_YES)
		status = own_connect(&own); /* the next code took its time */
	if (status != EXIT_YES)
		return status;
	own.request.kind = CHANNEL_RESYNC;
	set_label(&own, label);
	status = demand(&own);
	if (status != EXIT_YES)
		return status;
	output_print(task->output, STYLE_PLAIN,
		     _("the clock of your phone is taken into account from now on; both codes are "
		       "used up\n"));
	return EXIT_YES;
}
