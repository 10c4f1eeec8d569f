/* SPDX-License-Identifier: MIT */
/*
 * login.h - the logins open on this host: who, by which service, from where.
 *
 * pam_sereno_session writes a record when a login opens and removes it when it closes. sudo, su
 * and polkit find the login they run in by the kernel's audit session number, which no user can
 * forge; the name of a terminal proves nothing. Records are ROOT/run/sereno/logins/SESSION (root,
 * 0600 in a 0700 directory), gone with a reboot; pPROCESS where the kernel has no audit session:
 * then they are only found by login_list(). Jobs and user managers have a record too, told apart
 * by their service; a user manager's origin is unknown, as it serves every login of its user. A
 * record whose leader process is gone is stale: never returned, removed when met.
 */
#ifndef SERENO_LOGIN_H
#define SERENO_LOGIN_H

#include <sys/types.h>

#include <sereno/origin.h>

#define LOGIN_NONE UINT32_MAX /* audit session or login uid that was never set */

struct login {
	uint32_t session;      /* audit session number */
	uid_t uid;	       /* login uid */
	pid_t leader;	       /* process that opened it */
	uint64_t leader_start; /* its start time, clock ticks since boot (proc(5) stat field 22) */
	int64_t opened;	       /* UTC seconds */
	char user[256];
	char service[64];
	struct origin origin;
};

/* The calling process's audit session and login uid as the kernel tells (/proc/self), LOGIN_NONE
 * each where unset or where the kernel has no audit. Returns 0 or a negative errno. */
int login_self(uint32_t *ret_session, uid_t *ret_uid);

/* The same of process @pid. Its number may be another process's by now: good for counting, not for
 * deciding. */
int login_of_process(pid_t pid, uint32_t *ret_session, uid_t *ret_uid);

/* A process, and the login it runs in. */
struct login_process {
	uint64_t start; /* clock ticks since boot: with the number it names one process for good */
	uid_t uid;	/* real, effective, saved and of the file system: they are all the same */
	uint32_t session; /* as login_self() */
	uid_t login_uid;
};

/* All that of process @pid, through one handle on it: of one process, however numbers are given
 * out meanwhile. Good for deciding where @start is known from before. Returns 0, -ENOENT or -ESRCH
 * (gone), -EPERM (it runs as several users), -EBADMSG or a read error. */
int login_process_read(pid_t pid, struct login_process *ret);

/* Record @login (leader and leader_start are filled in for the caller's process). Replaces a record
 * of the same session; when the leader of that one lives (a daemon started by hand from within a
 * login), or it cannot be read, the origin recorded is unknown. Returns 0 or a negative errno. */
int login_write(const char *root, const struct login *login);

/* Whether logins can be recorded now, with room to spare. Returns 0 or a negative errno. */
int login_try(const char *root);

/* Remove the record of @session (LOGIN_NONE: the caller's own) if the calling process is its
 * leader. Returns 0, -ENOENT, -EPERM or a negative errno. */
int login_remove(const char *root, uint32_t session);

/* The open login with audit session @session and login uid @uid. Returns 0, -ENOENT (none, or
 * its leader is gone, or of another uid), -EBADMSG or a read error. */
int login_find(const char *root, uint32_t session, uid_t uid, struct login *ret);

/* Every open login of @uid; *@ret is the caller's, released with free(). Returns how many, or a
 * negative errno; unreadable records are an error, not skipped. */
ssize_t login_list(const char *root, uid_t uid, struct login **ret);

/* Every open login of everybody, likewise. An unreadable record is skipped here, and counted in
 * *@ret_unreadable: whose it is cannot be told, and it must not stand for all others. */
ssize_t login_list_all(const char *root, struct login **ret, size_t *ret_unreadable);

#endif
