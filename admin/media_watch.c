/* SPDX-License-Identifier: MIT */
/* media_watch.c - sereno media watch: what happens with devices, as it happens. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sereno/event.h>
#include <sereno/scoped.h>

#include "media.h"

#define JOURNALCTL "/usr/bin/journalctl"

static const enum event_id watched[] = {
	EVENT_MEDIA_ALLOWED,  EVENT_MEDIA_REFUSED, EVENT_MEDIA_ON_TRIAL, EVENT_MEDIA_TWIN,
	EVENT_MEDIA_REMOVED,  EVENT_MEDIA_FAILED,  EVENT_MEDIA_LEAVING,	 EVENT_MEDIA_SEATS_UNKNOWN,
	EVENT_MEDIA_APPROVED, EVENT_MEDIA_DENIED,  EVENT_MEDIA_GRANTED,	 EVENT_MEDIA_REVOKED,
};

#define MATCH_SIZE 64

/* What anybody else sends to the journal is not ours, whatever it is called. */
static const char *const fixed[] = {
	JOURNALCTL, "--follow", "--lines=0", "--quiet", "--no-hostname", "--all", "_UID=0",
};

enum exit_status media_watch(const struct options *options, const struct output *output)
{
	char match[ARRAY_SIZE(watched)][MATCH_SIZE];
	char *words[ARRAY_SIZE(fixed) + ARRAY_SIZE(watched) + 2];
	char json[] = "--output=json", plain[] = "--output=short-iso";
	size_t n = 0;

	(void)output; /* the journal's reader has it */
	if (options->root[0])
		return complain(EXIT_USAGE, "%s",
				_("only this host's journal can be followed: no --root"));
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		memcpy(&words[n++], &fixed[i], sizeof(words[0])); /* execv(3) leaves them alone */
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		(void)snprintf(match[i], sizeof(match[i]), "SERENO_EVENT=%s",
			       event_name(watched[i])); /* fits */
		words[n++] = match[i];
	}
	words[n++] = options->given & OPTION_JSON ? json : plain;
	words[n] = NULL;
	(void)fflush(NULL);
	(void)execv(JOURNALCTL, words);
	return complain_error(neg_errno(), _("cannot run %s"), JOURNALCTL);
}
