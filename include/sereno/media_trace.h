/* SPDX-License-Identifier: MIT */
/*
 * media_trace.h - why each rule about a device counts or not: for people who ask.
 *
 * Under the rules of policy.h.
 */
#ifndef SERENO_MEDIA_TRACE_H
#define SERENO_MEDIA_TRACE_H

#include <sereno/media.h>

/* What a rule names of the device, the more the closer. */
enum media_closeness { CLOSE_KIND, CLOSE_VENDOR, CLOSE_PRODUCT, CLOSE_SERIAL };

enum media_rule_standing {
	MEDIA_RULE_DECIDES,
	MEDIA_RULE_MORE,    /* it decides about a kind of interface, but another kind gets less */
	MEDIA_RULE_FARTHER, /* another one is closer, or of equals gives more, or denies */
	MEDIA_RULE_NOT_HIS, /* it is for roles that he does not hold */
	MEDIA_RULE_NOT_NOW,
	MEDIA_RULE_AWAY, /* nobody there, or locked: only rules with the role system count */
};

/* A sentence for people, in English; static. */
const char *media_rule_standing_text(enum media_rule_standing standing);

struct media_rule_trace {
	const char *name; /* borrowed for the call */
	uint32_t line;
	enum media_access access;
	enum media_closeness closeness;
	enum media_rule_standing standing;
};

/* Call @each for each rule that names this device, or a kind that it has; until it returns other
 * than 0, which is then returned, else 0. The arguments are those of media_judge(), @verdict what
 * that said. */
typedef int media_each_rule(void *context, const struct media_rule_trace *trace);
struct media_question {
	const struct device_facts *device;
	const struct media_subject *subject;
	int64_t now;
	const struct media_verdict *verdict;
};
int media_trace(const struct media_case *media, const struct media_question *question,
		media_each_rule *each, void *context);

#endif
