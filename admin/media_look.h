/* SPDX-License-Identifier: MIT */
/*
 * media_look.h - the policy in force asked about devices, for root to see.
 */
#ifndef ADMIN_MEDIA_LOOK_H
#define ADMIN_MEDIA_LOOK_H

#include <sereno/device.h>
#include <sereno/media_trace.h>
#include <sereno/seat.h>

#include "json.h"
#include "media_docket.h"
#include "people.h"
#include "subject.h"

struct media_look {
	const char *root;
	struct policy *policy;
	struct zone zone;
	int64_t now;
	/* Who is asked about. */
	struct people *people;
	struct subject person;
	struct seat seat; /* its user, his roles */
	const char *role[ROLE_NAMES_MAX];
	struct media_subject subject;
};

/* Open the policy in force; complains itself. Always release with media_look_clear(). */
enum exit_status media_look_open(const struct options *options, struct media_look *ret);
void media_look_clear(struct media_look *look);

/* Who sits at the seat now, or @user as if he did, at @look->now. Complain themselves. */
enum exit_status media_look_at_seat(struct media_look *look);
enum exit_status media_look_at_user(struct media_look *look, const char *user);

/* Judge; *@ret_case is the caller's, released with media_free(), or NULL where the policy cannot be
 * used. */
void media_look_judge(struct media_look *look, const struct device_facts *device,
		      struct media_case **ret_case, struct media_verdict *ret);

/* A device as a row of a list. */
void media_look_row(const struct device_facts *facts, const struct device_texts *texts,
		    struct channel_device *ret);

/* "read-only: rule NAME, line 12", escaped. Returns @text. */
#define MEDIA_WHY 1600
const char *media_why(const struct media_verdict *verdict, char text[static MEDIA_WHY]);

/* Members access, reason, rule, line, grant, until of the open object. */
void media_write_verdict(struct json *json, const struct media_verdict *verdict);

#endif
