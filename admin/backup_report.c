/* SPDX-License-Identifier: MIT */
/* backup_report.c - what the log is told of backups and restores. */
#include <string.h>

#include <sereno/scoped.h>

#include "backup.h"
#include "caller.h"

#define DETAIL_MAX 512

void backup_report(const char *root, enum event_id id, const char *path,
		   const struct backup_facts *facts)
{
	scoped(people_free_p) struct people *people = NULL;
	struct caller caller = { .user = "" };
	char detail[DETAIL_MAX];
	const struct event event = {
		.id = id,
		.subject = caller.user,
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	if (people_read(root, &people) == 0)
		caller_find(root, people, &caller);
	if (!caller.user[0])
		(void)snprintf(caller.user, sizeof(caller.user), "%s", "?"); /* fits */
	(void)snprintf(detail, sizeof(detail), "generation %ju, %s, %s",
		       (uintmax_t)facts->generation,
		       facts->has_plain_key    ? "host key in the clear"
		       : facts->has_sealed_key ? "host key sealed"
					       : "no host key",
		       path);		/* may be cut */
	(void)event_send(root, &event); /* it was done whoever hears of it */
}
