/* SPDX-License-Identifier: MIT */
/* caller.c - who is at the other end of a connection, as the kernel tells. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>

#include <sereno/login.h>
#include <sereno/scoped.h>
#include <sereno/service.h>

#include "caller.h"

#define PASSWD_BUFFER 16384

static int read_name(uid_t uid, struct caller *ret)
{
	char buffer[PASSWD_BUFFER];
	struct passwd account, *found = NULL;
	size_t length;
	int r;

	r = getpwuid_r(uid, &account, buffer, sizeof(buffer), &found);
	if (r != 0 && r != ENOENT)
		return -r;
	if (!found)
		return -ESRCH;
	length = strlen(account.pw_name);
	if (length == 0 || length >= sizeof(ret->name))
		return -ESRCH;
	memcpy(ret->name, account.pw_name, length + 1);
	return 0;
}

/* Several open logins, and no telling which of them asks. */
static struct origin origin_of_all(const char *root, uid_t uid)
{
	scoped_free struct login *logins = NULL;
	const ssize_t n = login_list(root, uid, &logins);
	struct origin origin = { .kind = ORIGIN_UNKNOWN };

	for (ssize_t i = 0; i < n; i++)
		if (service_kind(logins[i].service) == SERVICE_LOGIN)
			origin = *origin_to_charge(&origin, &logins[i].origin);
	return origin;
}

/* The process may be gone, and its number another's: what is found decides nothing. */
static struct origin origin_of(const char *root, const struct ucred *peer)
{
	struct login login;
	uint32_t session;
	uid_t login_uid;

	if (login_of_process(peer->pid, &session, &login_uid) < 0 ||
	    login_find(root, session, login_uid, &login) < 0 ||
	    service_kind(login.service) == SERVICE_USER_MANAGER)
		return origin_of_all(root, peer->uid);
	return login.origin;
}

int caller_read(const char *root, int fd, struct caller *ret)
{
	struct caller caller = { .name = "" };
	struct login_process process;
	struct ucred peer;
	socklen_t length = sizeof(peer);
	int r;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return neg_errno();
	caller.uid = peer.uid;
	r = read_name(peer.uid, &caller);
	if (r == 0)
		caller.origin = origin_of(root, &peer);
	caller.pid = peer.pid;
	if (login_process_read(peer.pid, &process) == 0 && process.uid == peer.uid)
		caller.start = process.start;
	*ret = caller;
	return r;
}

/*
 * The process of that number ran when the caller was read, and is the same now: so it was when it
 * sent the message in between. Who starts sudo -u in his login keeps its number.
 */
enum caller_self caller_is_himself(const struct caller *caller, const struct sender *sender)
{
	struct login_process process;

	if (caller->start == 0 || !sender->fresh || sender->pid <= 0 ||
	    sender->pid != caller->pid || login_process_read(sender->pid, &process) < 0 ||
	    process.start != caller->start || process.uid != caller->uid)
		return CALLER_NOT_THE_SAME;
	if (process.login_uid == LOGIN_NONE)
		return CALLER_LOGIN_UNSET;
	return process.login_uid == caller->uid ? CALLER_HIMSELF : CALLER_LOGIN_OTHER;
}

struct codes_account caller_account(const struct caller *caller)
{
	return (struct codes_account){ caller->name, caller->uid };
}
