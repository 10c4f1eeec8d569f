/* SPDX-License-Identifier: MIT */
/* held_groups.c - whether a session still has a group that no role gives any more. */
#include <fcntl.h>
#include <string.h>

#include <sereno/groups.h>
#include <sereno/scoped.h>

#include "processes.h"

static bool is_among(gid_t gid, const gid_t *gids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (gids[i] == gid)
			return true;
	return false;
}

static bool is_lost(gid_t gid, const struct session_groups *groups)
{
	if (is_among(gid, groups->due, groups->n_due))
		return false;
	return gid_is_own(gid) || is_among(gid, groups->suspect, groups->n_suspects);
}

/* Any of the numbers in @text, blanks between them. */
static bool any_lost(const char *text, const struct session_groups *groups)
{
	char *end = NULL;

	for (;;) {
		const unsigned long number = strtoul(text, &end, 10);

		if (end == text)
			return false;
		if (is_lost((gid_t)number, groups))
			return true;
		text = end;
	}
}

static const char *value_of(const char *line, const char *name)
{
	const size_t length = strlen(name);

	return strncmp(line, name, length) == 0 ? line + length : NULL;
}

/* In the lines Uid:, Gid: and Groups: of its status, which come in this order. */
static bool process_lost(pid_t pid, uid_t uid, const struct session_groups *groups)
{
	scoped_file FILE *stream = NULL;
	scoped_free char *line = NULL;
	const char *value;
	size_t size = 0;
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid); /* fits */
	stream = fopen(path, "re");
	while (stream && getline(&line, &size, stream) >= 0) {
		value = value_of(line, "Uid:");
		if (value && strtoul(value, NULL, 10) != uid)
			return false;
		value = value_of(line, "Gid:");
		if (value && any_lost(value, groups))
			return true;
		value = value_of(line, "Groups:");
		if (value)
			return any_lost(value, groups);
	}
	return false; /* gone */
}

bool session_lost_group(const struct processes *processes, const struct login *login, uid_t uid,
			const struct session_groups *groups)
{
	const bool own = session_is_own(login, uid);

	for (size_t i = 0; i < processes->n; i++) {
		const struct process *process = &processes->item[i];

		if (process->pid != login->leader && !(own && process->session == login->session))
			continue;
		if (process_lost(process->pid, uid, groups))
			return true;
	}
	return false;
}
