/* SPDX-License-Identifier: MIT */
/*
 * sessions.h - open sessions whose access ends: what is due, what was told, and how they are ended.
 *
 * A session is an open login (login.h) of any kind: of ssh, a console, a job, or a user manager.
 * What follows for it is a pure function of what the policy says now, what was told before, and the
 * clocks. What was told is kept below ROOT/run/sereno/follow, so that nobody is given his ten
 * minutes twice. Only for commands that run as root.
 */
#ifndef SERENO_SESSIONS_H
#define SERENO_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/limits.h>
#include <sereno/login.h>

#define SESSION_WARNING_SEC 600
#define SESSION_GIDS_MAX    64

/* Ends of access are moments of the wall clock, and looked at anew each time; what somebody was
 * promised counts by CLOCK_BOOTTIME, which nobody can set. Both in seconds. */
struct session_clock {
	int64_t now; /* UTC */
	int64_t boot;
};

/* What is known of a session. */
struct session_view {
	bool exempt;	 /* of root, break-glass, an ungoverned account; roles are on trial */
	bool departed;	 /* has left, by the register */
	bool allowed;	 /* it could be opened now, by what its login had */
	int64_t until;	 /* allowed: the first moment at which not; TIME_NO_END */
	bool lost_group; /* a process of it has a group that no role gives him any more */
	enum access_end way;
};

/* What is kept of a session from one look to the next. Zero-initialised is nothing. */
struct session_memory {
	bool told;
	int64_t deadline; /* CLOCK_BOOTTIME seconds: what he was told */
	uint32_t n_gids;  /* that roles gave him while it was open; not those of gid_is_own() */
	gid_t gid[SESSION_GIDS_MAX];
};

enum session_step {
	SESSION_STAYS,	 /* nothing is due, and nothing that was told counts any more */
	SESSION_TELL,	 /* tell him now, and keep the deadline */
	SESSION_IS_TOLD, /* he knows; wait */
	SESSION_END,
};

struct session_plan {
	enum session_step step;
	bool ends;	  /* what is told is the end; else it goes on, whatever is over */
	int64_t deadline; /* CLOCK_BOOTTIME seconds: TELL, IS_TOLD */
};

/* What is due. Pure. */
struct session_plan session_plan(const struct session_view *view,
				 const struct session_memory *memory, struct session_clock clock);

/* Both clocks, now. */
struct session_clock session_clock_read(void);

/* To change it, one follower at a time: waits for another one, and makes its place. *@ret_fd is
 * closed when it is done, and needed below. Returns 0 or a negative errno; -ENOENT: there is
 * nothing to read. */
enum session_memory_use { SESSION_MEMORY_READ, SESSION_MEMORY_CHANGE };
int session_memory_open(const char *root, enum session_memory_use use, int *ret_fd);

/* What is kept of @login; nothing where that cannot be read, or @fd is -1: he is told again. */
void session_memory_read(int fd, const struct login *login, struct session_memory *ret);
int session_memory_write(int fd, const struct login *login, const struct session_memory *memory);
void session_memory_remove(int fd, const struct login *login);

/* Remove what is kept of sessions whose leader is gone. */
void session_memory_prune(int fd);

/* The host's processes at one moment. */
struct processes;
int processes_read(struct processes **ret);
void processes_free(struct processes *processes);
void processes_free_p(struct processes **processes); /* for scoped() */

/*
 * Whether a process of @login that runs as @uid, its owner, has a group of @suspects or of
 * gid_is_own() which is not one of @due. Those that run as others are in the groups of others.
 */
struct session_groups {
	const gid_t *suspect, *due;
	size_t n_suspects, n_due;
};
bool session_lost_group(const struct processes *processes, const struct login *login, uid_t uid,
			const struct session_groups *groups);

/* Write @text, a line or more, to every terminal of @login that belongs to @uid, none of which can
 * hold us up. Returns on how many. */
size_t session_tell(const struct processes *processes, const struct login *login, uid_t uid,
		    const char *text);

/*
 * End @login of @uid with all its processes: asked of logind, or of systemd for a user manager,
 * where @managed; then what is left gets SIGHUP, and SIGKILL a few seconds later. Never process 1,
 * never the caller. A session number that somebody else's login has, too, is not believed: then it
 * is the leader and its descendants. Returns 0 when nothing is left, -EBUSY or a negative errno.
 */
enum session_managed { SESSION_BY_SIGNALS, SESSION_BY_MANAGER };
int session_end(const struct login *login, uid_t uid, enum session_managed managed);

#endif
