/* SPDX-License-Identifier: MIT */
/* enrolment.c - who may enrol in his login, and how it ends. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <security/pam_modules.h>

#include <sereno/scoped.h>
#include <sereno/slot.h>

#include "enrolment.h"
#include "enrolment_talk.h"
#include "report.h"

#define ENROLMENT_DATA "sereno-enrolment"

#define TRIES \
	3 /* wrong clocks and slips; the token is known to who is asked, there is no guessing */

struct note {
	uid_t uid;
	enum first_factor shown;
	char ticket[OTP_RECOVERY_LENGTH + 1]; /* "": by the open door */
};

static const struct note *note_in(const pam_handle_t *pamh)
{
	const void *data = NULL;

	return pam_get_data(pamh, ENROLMENT_DATA, &data) == PAM_SUCCESS ? data : NULL;
}

static void end(pam_handle_t *pamh, void *data, int status)
{
	struct note *note = data;

	(void)pamh;
	(void)status;
	explicit_bzero(note, sizeof(*note));
	free(note);
}

int enrolment_note(pam_handle_t *pamh, uid_t uid, enum first_factor shown,
		   const struct otp_answer *ticket)
{
	struct note *note = calloc(1, sizeof(*note));

	if (!note)
		return -ENOMEM;
	note->uid = uid;
	note->shown = shown;
	if (ticket)
		memcpy(note->ticket, ticket->text, sizeof(note->ticket));
	if (pam_set_data(pamh, ENROLMENT_DATA, note, end) != PAM_SUCCESS) {
		end(pamh, note, 0);
		return -ENOMEM;
	}
	return 0;
}

void enrolment_drop(pam_handle_t *pamh)
{
	if (note_in(pamh)) /* it is there: nothing is allocated */
		(void)pam_set_data(pamh, ENROLMENT_DATA, NULL, NULL);
}

/* That there was a password is not in the handle any more; sshd says again that there was a key. */
bool enrolment_noted(const struct code_asked *asked)
{
	const struct note *note = note_in(asked->pamh);

	if (!note || note->uid != asked->request->subject.uid)
		return false;
	return note->shown == FIRST_FACTOR_PASSWORD ||
	       first_factor_shown(asked->pamh) == note->shown;
}

static struct codes_account account_of(const struct code_asked *asked)
{
	return (struct codes_account){ asked->request->subject.name, asked->request->subject.uid };
}

bool enrolment_may_begin(const struct code_asked *asked, int64_t now)
{
	const struct codes_account account = account_of(asked);
	struct codes_status status = { 0 };
	int r;

	if (asked->judgement->second_factor.enrol != ENROL_AT_LOGIN ||
	    !slot_caller_may(asked->root))
		return false;
	r = codes_status(asked->root, &account, &status);
	return (r == 0 || r == -ENOENT) &&
	       codes_may_enrol(&status, asked->judgement->second_factor.enrol_within_sec, now);
}

static enum enrolment_end unavailable(const struct code_asked *asked, int err)
{
	report_codes_unusable(asked->root, asked->request, err);
	return ENROLMENT_UNAVAILABLE;
}

static enum enrolment_end refused(const struct code_asked *asked, const char *reason)
{
	report_code(asked->root, asked->request, EVENT_CODE_REFUSED, reason, NULL);
	return ENROLMENT_REFUSED;
}

static enum enrolment_end no_answer(const struct code_asked *asked)
{
	report_code(asked->root, asked->request, EVENT_CODE_REFUSED, "no-answer",
		    "while a token was shown");
	return ENROLMENT_NO_ANSWER;
}

/* One answer. Returns 0 with *@ret, or a negative errno. */
static int try_code(const struct code_asked *asked, const struct otp_token *token,
		    const char *typed, enum codes_enrolled *ret)
{
	const struct note *note = note_in(asked->pamh);
	const struct codes_account account = account_of(asked);
	const struct codes_enrolment enrolment = {
		.token = token,
		.label = "phone",
		.warrant = note->ticket[0] ? CODES_BY_TICKET : CODES_BY_DOOR,
		.within_sec = asked->judgement->second_factor.enrol_within_sec,
		.ticket = note->ticket,
		.confirm = { typed, time(NULL), asked->judgement->second_factor.window },
	};

	return codes_enrol(asked->root, &account, &enrolment, ret);
}

/* The token is his already; that the codes could not be made or shown does not take it back. */
static void give_recovery_codes(const struct code_asked *asked)
{
	const struct codes_account account = account_of(asked);
	const uint32_t n = asked->judgement->second_factor.recovery_codes;
	char code[OTP_RECOVERY_MAX][OTP_RECOVERY_SIZE] = { "" };
	int r;

	if (n == 0 || n > OTP_RECOVERY_MAX)
		return;
	r = codes_recovery_issue(asked->root, &account, time(NULL), n, code);
	if (r < 0)
		report_codes_unusable(asked->root, asked->request, r);
	else
		enrolment_show_recovery(asked->pamh, code, n);
	explicit_bzero(code, sizeof(code));
}

static enum enrolment_end enrolled(const struct code_asked *asked)
{
	report_enrolled(asked->root, asked->request,
			note_in(asked->pamh)->ticket[0] ? "ticket" : "at-login");
	give_recovery_codes(asked);
	enrolment_drop(asked->pamh);
	return ENROLMENT_DONE;
}

/* The token is shown; have it confirmed. */
static enum enrolment_end confirm(const struct code_asked *asked, const struct otp_token *token)
{
	enum codes_enrolled answer = CODES_UNCONFIRMED;
	int code, r;

	for (unsigned i = 0; i < TRIES; i++) {
		scoped(otp_text_free_p) char *typed = NULL;

		code = enrolment_ask(asked, token, i, &typed);
		if (code != PAM_SUCCESS)
			return no_answer(asked);
		r = try_code(asked, token, typed, &answer);
		if (r < 0)
			return unavailable(asked, r);
		if (answer == CODES_ENROLLED)
			return enrolled(asked);
		if (answer != CODES_UNCONFIRMED)
			return refused(asked, answer == CODES_TICKET_WRONG ? "ticket" : "too-late");
	}
	return refused(asked, "unconfirmed");
}

/* The time to enrol in begins here, when he has seen a token: it cannot run out before that. */
static enum enrolment_end confirm_in_time(const struct code_asked *asked,
					  const struct otp_token *token)
{
	const struct codes_account account = account_of(asked);
	struct codes_needed needed = { .door = CODES_DOOR_TICKET };
	int r;

	r = codes_need(asked->root, &account, asked->judgement->second_factor.enrol_within_sec,
		       time(NULL), &needed);
	if (r < 0)
		return unavailable(asked, r);
	switch (needed.door) {
	case CODES_DOOR_OPEN:
		return confirm(asked, token);
	case CODES_DOOR_ENROLLED:
		return ENROLMENT_HAS_ONE;
	case CODES_DOOR_TICKET:
		return refused(asked, "too-late");
	}
	return ENROLMENT_REFUSED;
}

static enum enrolment_end show_and_confirm(const struct code_asked *asked)
{
	const struct second_factor_rules *rules = &asked->judgement->second_factor;
	scoped(otp_token_erase) struct otp_token token = { 0 };
	int r;

	r = otp_token_new((enum otp_algorithm)rules->algorithm, rules->digits, rules->period_sec,
			  &token);
	if (r == 0)
		r = enrolment_show(asked, &token, OTP_QR_BLOCKS);
	if (r == -ECONNABORTED)
		return no_answer(asked);
	if (r < 0)
		return unavailable(asked, r);
	return note_in(asked->pamh)->ticket[0] ? confirm(asked, &token)
					       : confirm_in_time(asked, &token);
}

enum enrolment_end enrolment_conduct(const struct code_asked *asked)
{
	const struct codes_account account = account_of(asked);
	const struct note *note = note_in(asked->pamh);
	struct codes_status status = { 0 };
	int r;

	if (!note)
		return ENROLMENT_REFUSED;
	if (note->ticket[0])
		return show_and_confirm(asked);
	r = codes_status(asked->root, &account, &status);
	if (r < 0 && r != -ENOENT)
		return unavailable(asked, r);
	if (status.n_tokens > 0)
		return ENROLMENT_HAS_ONE;
	if (!codes_may_enrol(&status, asked->judgement->second_factor.enrol_within_sec, time(NULL)))
		return refused(asked, "too-late");
	return show_and_confirm(asked);
}
