/* SPDX-License-Identifier: MIT */
/*
 * session_look.h - every open session, and what the policy in force says of it now.
 */
#ifndef ADMIN_SESSION_LOOK_H
#define ADMIN_SESSION_LOOK_H

#include <sereno/access.h>
#include <sereno/sessions.h>

#include "messages.h"
#include "people.h"

struct open_session {
	struct login login;
	uid_t uid; /* of its user, as the account has it now */
	struct access_verdict verdict;
	struct session_view view;
	struct session_memory memory;
	bool has_news; /* the memory is not what was kept */
	struct session_plan plan;
	int failed; /* why it could not be judged, a negative errno: it stays */
};

/* Zero-initialise; release with session_look_clear(). */
struct session_look {
	const char *root;
	struct session_clock clock;
	struct policy *policy;
	struct zone zone; /* of the policy */
	struct people *people;
	struct processes *processes;
	int memory; /* for session_memory_...(); -1: none */
	struct open_session *item;
	size_t n, unreadable;
};

/*
 * Look at the sessions below @root ("" is the host), at @clock. Says itself what goes wrong. Where
 * the policy in force cannot be used there is nothing to judge by: nobody is told or ended then.
 */
enum exit_status session_look_read(const char *root, struct session_clock clock,
				   enum session_memory_use use, struct session_look *ret);
void session_look_clear(struct session_look *look);

/* Why it ends or ended, in words: "holds no role now". Static, or translated. */
const char *session_why(const struct open_session *session);

/* The same for logs: a word. */
const char *session_reason(const struct open_session *session);

/* When it ends by the wall clock, for who has been or is to be told. */
int64_t session_ends_at(const struct session_look *look, const struct open_session *session);

#endif
