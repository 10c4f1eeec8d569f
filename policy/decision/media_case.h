/* SPDX-License-Identifier: MIT */
/* media_case.h - what media_load() hands to media_judge(): all that was said of one device. */
#ifndef SERENO_POLICY_MEDIA_CASE_H
#define SERENO_POLICY_MEDIA_CASE_H

#include <sereno/device_grants.h>
#include <sereno/media.h>
#include <sereno/media_trace.h>

#include "compiled/media_record.h"
#include "compiled/table.h"

struct case_device_rule {
	enum media_closeness closeness;
	struct device_fact fact; /* its roles lie in one of the records */
};

#define MEDIA_RECORDS_MAX 4 /* one a closeness */

struct media_case {
	bool given, observe;
	struct media_facts facts;
	/* That name this device, and all that name a kind alone. */
	struct case_device_rule *rules;
	size_t n_rules, rules_allocated;
	struct device_grant *grants; /* of this device, that its clock does not exclude */
	size_t n_grants;
	struct blob records[MEDIA_RECORDS_MAX];
	size_t n_records;
};

#endif
