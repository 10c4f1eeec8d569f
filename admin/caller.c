/* SPDX-License-Identifier: MIT */
/* caller.c - the login behind this process: by the kernel and our records, else by its ancestors.
 */
#include "caller.h"

#include <fcntl.h>
#include <pwd.h>
#include <string.h>

#include <sereno/login.h>
#include <sereno/scoped.h>
#include <sereno/service.h>

#define ANCESTORS_MAX 64
#define PROC_MAX      65536

/* One process, as far as /proc shows it. */
struct ancestor {
	pid_t pid, parent;
	char command[32];
};

/* Read at most PROC_MAX - 1 bytes of /proc/PID/NAME; the end is marked by two NULs. */
static int read_proc(pid_t pid, const char *name, char text[static PROC_MAX])
{
	scoped_fd int fd = -1;
	char path[64];
	size_t used = 0;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name); /* our own words fit */
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return neg_errno();
	while (used < PROC_MAX - 2) {
		n = read(fd, text + used, PROC_MAX - 2 - used);
		if (n < 0)
			return neg_errno();
		if (n == 0)
			break;
		used += (size_t)n;
	}
	text[used] = '\0';
	text[used + 1] = '\0';
	return 0;
}

/* "123 (the name) S 122 ...": the name may hold anything, so its end is the last parenthesis. */
static int read_ancestor(pid_t pid, char *scratch, struct ancestor *ret)
{
	const char *begin, *end;
	long parent;
	size_t length;
	char *rest;
	int r = read_proc(pid, "stat", scratch);

	if (r < 0)
		return r;
	begin = strchr(scratch, '(');
	end = strrchr(scratch, ')');
	if (!begin || !end || end < begin || strlen(end) < 5)
		return -EBADMSG;
	length = (size_t)(end - begin) - 1;
	parent = strtol(end + 4, &rest, 10);
	if (length >= sizeof(ret->command) || *rest != ' ' || parent < 0)
		return -EBADMSG;
	*ret = (struct ancestor){ .pid = pid, .parent = (pid_t)parent };
	memcpy(ret->command, begin + 1, length);
	return 0;
}

/* A word of "10.0.0.1 50000 10.0.0.2 22", counted from 0: from where, and to which address. */
static int parse_connection(const char *text, size_t word, struct origin *ret)
{
	struct origin origin = { .kind = ORIGIN_ADDRESS };
	char address[ORIGIN_TEXT_MAX];
	size_t length;

	for (; word > 0 && *text; word--) {
		text += strcspn(text, " ");
		text += *text == ' ';
	}
	length = strcspn(text, " ");

	if (length >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, length);
	address[length] = '\0';
	if (address_parse(address, &origin.address) < 0)
		return -EINVAL;
	*ret = origin;
	return 0;
}

static void set_service(struct caller *caller, const char *service)
{
	(void)snprintf(caller->service, sizeof(caller->service), "%s", service); /* ours: fits */
}

/* sudo takes SSH_CONNECTION away, but the shell it was typed in still has it. */
static void look_at_environment(pid_t pid, char *scratch, struct caller *caller)
{
	const char name[] = "SSH_CONNECTION=";

	if (caller->origin.kind != ORIGIN_UNKNOWN || read_proc(pid, "environ", scratch) < 0)
		return;
	for (const char *at = scratch; *at; at += strlen(at) + 1) {
		if (strncmp(at, name, sizeof(name) - 1) != 0 ||
		    parse_connection(at + sizeof(name) - 1, 0, &caller->origin) < 0)
			continue;
		(void)parse_connection(at + sizeof(name) - 1, 2,
				       &caller->reached); /* else unknown */
		set_service(caller, "sshd");
	}
}

/* login keeps the line it opened as its standard input. */
static void look_at_line(const struct ancestor *ancestor, struct caller *caller)
{
	char path[64], line[64];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)ancestor->pid); /* fits */
	length = readlink(path, line, sizeof(line) - 1);
	if (length < 0)
		return;
	line[length] = '\0';
	caller->origin.kind = origin_of_line(line);
	set_service(caller, "login");
}

static void look_at_ancestors(struct caller *caller)
{
	scoped_free char *scratch = malloc(PROC_MAX);
	struct ancestor ancestor;
	pid_t pid = getpid();

	for (int i = 0; scratch && i < ANCESTORS_MAX && pid > 1; i++, pid = ancestor.parent) {
		look_at_environment(pid, scratch, caller);
		if (read_ancestor(pid, scratch, &ancestor) < 0)
			return;
		if (!caller->elevated_by[0] &&
		    (strcmp(ancestor.command, "su") == 0 || strcmp(ancestor.command, "sudo") == 0))
			memcpy(caller->elevated_by, ancestor.command, strlen(ancestor.command));
		if (caller->origin.kind == ORIGIN_UNKNOWN && strcmp(ancestor.command, "login") == 0)
			look_at_line(&ancestor, caller);
	}
}

static void find_name(const char *root, const struct people *people, uid_t uid,
		      struct caller *caller)
{
	const struct account *account = people_by_uid(people, uid);
	const struct passwd *answer = NULL;
	const char *name = account ? account->name : NULL;

	if (!name && !*root) {
		answer = getpwuid(uid);
		name = answer ? answer->pw_name : NULL;
	}
	if (name && strlen(name) < sizeof(caller->user))
		memcpy(caller->user, name, strlen(name) + 1);
}

void caller_find(const char *root, const struct people *people, struct caller *ret)
{
	struct caller caller = { 0 };
	uint32_t session = LOGIN_NONE;
	uid_t uid = LOGIN_NONE;
	const char *before_sudo = getenv("SUDO_USER");
	struct login login;

	look_at_ancestors(&caller);
	if (login_self(&session, &uid) == 0 && uid != LOGIN_NONE)
		find_name(root, people, uid, &caller);
	else if (getuid() == 0 && before_sudo && strlen(before_sudo) < sizeof(caller.user))
		memcpy(caller.user, before_sudo, strlen(before_sudo) + 1);
	else
		find_name(root, people, getuid(), &caller);
	if (session != LOGIN_NONE && login_find(root, session, uid, &login) == 0) {
		caller.origin = login.origin;
		memcpy(caller.service, login.service, sizeof(caller.service));
	}
	if (before_sudo && !caller.elevated_by[0])
		memcpy(caller.elevated_by, "sudo", sizeof("sudo"));
	caller.known = caller.user[0] && caller.service[0] && caller.origin.kind != ORIGIN_UNKNOWN;
	*ret = caller;
}
