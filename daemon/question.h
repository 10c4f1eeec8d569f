/* SPDX-License-Identifier: MIT */
/*
 * question.h - what serenod asks its verifier: is this the password of that account? For room
 * daemon/.
 *
 * ROOT/run/sereno/verify.socket, SOCK_SEQPACKET, root at both ends. One packet is the question, of
 * a fixed size, both programs being of one build; one byte, an enum verifier_answer, is the answer.
 */
#ifndef DAEMON_QUESTION_H
#define DAEMON_QUESTION_H

#include <stdint.h>

#include <sereno/channel.h>

#define QUESTION_SOCKET	 "/run/sereno/verify.socket"
#define QUESTION_SERVICE "sereno-verify" /* the PAM service */
#define QUESTION_VERSION 1

struct question {
	uint32_t version, uid;
	char password[CHANNEL_PROOF_SIZE];
};

enum verifier_answer {
	VERIFIER_YES = 1,
	VERIFIER_NO = 2,
	VERIFIER_UNAVAILABLE = 3, /* it could not be checked, or there is no verifier */
};

#endif
