/* SPDX-License-Identifier: MIT */
/*
 * role_talk.h - for the tests of roles asked for: a policy with such a role, and what is said of
 * it.
 *
 * Included by the test programs of daemon/ only.
 */
#ifndef SERENO_TESTS_DAEMON_ROLE_TALK_H
#define SERENO_TESTS_DAEMON_ROLE_TALK_H

#include "speaker.h"

#define POLICY                                                                             \
	"  asker: {members: [games, mail], allow: [{services: [sshd], from: [seat]}]}\n"   \
	"  auditor: {members: [man, mail, news, games], allow: [{services: [sshd], from: " \
	"[seat]}]}\n"                                                                      \
	"  dba:\n"                                                                         \
	"    on-request: {by: [asker], approved-by: [auditor], at-most: 4h}\n"             \
	"    allow: [{services: [sshd], from: [seat]}]\n"                                  \
	"approvals: {by-request: 2d}\n"
#define DAY_SEC 86400

static const struct speaker games = { "games", "games", IN_TURN };
static const struct speaker man = { "man", "man", IN_TURN };

static inline struct channel_request wish(const char *reason)
{
	struct channel_request request = { .kind = CHANNEL_ASK_ROLE, .for_sec = 3600 };

	set_text(request.role, sizeof(request.role), "dba");
	set_text(request.reason, sizeof(request.reason), reason);
	return request;
}

static inline struct channel_request answer_to(enum channel_kind kind, uint32_t id)
{
	struct channel_request request = { .kind = kind, .id = id };

	set_text(request.reason, sizeof(request.reason), "a reason");
	return request;
}

static inline void begin(struct house *house)
{
	if (getuid() != 0)
		skip();
	house_policy(house, POLICY);
	house_start(house);
}

#endif
