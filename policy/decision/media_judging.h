/* SPDX-License-Identifier: MIT */
/* media_judging.h - one decision about a device, and which rules count in it. */
#ifndef SERENO_POLICY_MEDIA_JUDGING_H
#define SERENO_POLICY_MEDIA_JUDGING_H

#include "media_case.h"

/* What carries data away, or in: nobody there or a locked screen keeps these out. */
#define MEDIUM_KINDS (1u << KIND_STORAGE | 1u << KIND_OPTICAL | 1u << KIND_PHONE | 1u << KIND_DEBUG)

struct judging {
	const struct media_case *media;
	const struct device_facts *device;
	const struct media_subject *subject;
	int64_t now;
	bool present, away; /* away: nobody is there, or locked: media are kept out */
};

struct judging judging_of(const struct media_case *media, const struct device_facts *device,
			  const struct media_subject *subject, int64_t now);

/* A rule without roles is for everybody, also for the holder of no role that nobody is. */
bool is_for_subject(const struct judging *judging, const struct device_fact *rule);

/* The rule that decides about the interfaces of @kind, or NULL. None of them denies. */
const struct case_device_rule *find_rule(const struct judging *judging, enum device_kind kind,
					 bool kept_out);

#endif
