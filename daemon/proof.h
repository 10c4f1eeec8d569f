/* SPDX-License-Identifier: MIT */
/*
 * proof.h - is it the user himself? By a code, a ticket or his password. For room daemon/.
 *
 * Each is charged before it is looked at, settled after, and reported.
 */
#ifndef DAEMON_PROOF_H
#define DAEMON_PROOF_H

#include "talk.h"

enum proof {
	PROOF_RIGHT,
	PROOF_WRONG, /* or too many were */
	PROOF_UNAVAILABLE,
	PROOF_AWAITED, /* the verifier's to say; the charge is open until proof_verified() */
};

/* CHANNEL_VERIFY: @request.code[0]. Sets @reply's recovered and recovery_left. */
enum proof proof_code(struct talk *talk);

/* What @request brings as its proof. */
enum proof proof_brought(struct talk *talk);
enum proof proof_verified(struct talk *talk, enum verifier_answer answer);

#endif
