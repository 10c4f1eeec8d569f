/* SPDX-License-Identifier: MIT */
/*
 * otp_own.h - one's own second factor, without root: conversations with serenod.
 */
#ifndef ADMIN_OTP_OWN_H
#define ADMIN_OTP_OWN_H

#include <sereno/channel.h>

#include "dialogue.h"
#include "otp.h"

struct own {
	struct otp_task *task;
	struct dialogue dialogue;
	int fd; /* of the conversation; -1 */
	struct channel_request request;
	struct channel_reply reply;
	char answer[DIALOGUE_ANSWER_SIZE];
};

/* For scoped(): begin with own_begin() first thing. The terminal comes back last. */
void own_begin(struct own *own, struct otp_task *task);
void own_clear(struct own *own);

/* Refuse another's USER, and find the caller's own name. */
enum exit_status own_account(struct otp_task *task);

/* A conversation anew; complains itself. */
enum exit_status own_connect(struct own *own);

/* Send .request, and erase it; .reply is what was said, be it a refusal. Complains when nothing
 * was. */
enum exit_status own_say(struct own *own);

/* Why .reply is not CHANNEL_ACCEPTED. */
enum exit_status own_refused(const struct own *own);

/* A line from standard input to .answer. */
enum exit_status own_ask(struct own *own, const char *prompt);

/* Make .answer the proof of .request, and erase it: of the shape of a ticket or a recovery code it
 * is of kind @shaped, else of kind @plain. */
void own_prove(struct own *own, enum channel_proof_kind shaped, enum channel_proof_kind plain);

enum exit_status own_status_run(struct otp_task *task);
enum exit_status own_verify_run(struct otp_task *task);
enum exit_status own_enrol_run(struct otp_task *task);
enum exit_status own_recovery_run(struct otp_task *task);
enum exit_status own_resync_run(struct otp_task *task);

#endif
