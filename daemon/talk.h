/* SPDX-License-Identifier: MIT */
/*
 * talk.h - one conversation: what a caller asks, and what is answered. For room daemon/.
 *
 * No socket and no clock but the wall's: the server hands requests in and replies out.
 */
#ifndef DAEMON_TALK_H
#define DAEMON_TALK_H

#include <sereno/channel.h>
#include <sereno/reviewer.h>

#include "charge.h"
#include "verifier.h"

/* A token that was shown and not yet confirmed: nowhere but here. */
struct pending {
	bool begun;
	enum channel_proof_kind by;
	struct otp_token token;
	char label[OTP_LABEL_SIZE];
	char ticket[CHANNEL_PROOF_SIZE];
	char proved[OTP_LABEL_SIZE]; /* the token whose code it was */
};

struct talk {
	const char *root;
	struct caller caller;
	struct rules rules; /* as they are when a request is heard */
	struct charge charge;
	struct sender sender; /* of @request */
	struct channel_request request;
	struct channel_reply reply;
	struct reviewer_question question;
	struct pending pending;
	char proved[OTP_LABEL_SIZE]; /* the token whose code was right last */
};

enum talk_next {
	TALK_REPLY,	   /* @reply is ready */
	TALK_ASK_VERIFIER, /* whether @request.proof is his password: talk_verified() */
	TALK_ASK_REVIEWER, /* @question: talk_reviewed() */
	TALK_TRY_AGAIN,	   /* hear it again in a moment; or @reply, which says busy, is ready */
};

/* Hear @request. */
enum talk_next talk_hear(struct talk *talk);

/* What the verifier said. @reply is ready then. */
void talk_verified(struct talk *talk, enum verifier_answer answer);

/* What the reviewer wrote, of CHANNEL_SIGN; NULL: nothing of use. Of CHANNEL_REVIEW, whether it
 * could be asked (0 or a negative errno). @reply is ready then. */
void talk_reviewed(struct talk *talk, const char *text);
void talk_review_asked(struct talk *talk, int err);

/* Over: what is charged and not settled has failed; secrets are erased. */
void talk_end(struct talk *talk);

#endif
