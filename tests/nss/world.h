/* SPDX-License-Identifier: MIT */
/*
 * world.h - for tests: a /var/lib/sereno of our own, in a mount namespace, and the real module.
 *
 * Needs root, or a kernel that lets users have namespaces; where it has neither it fails and says
 * so.
 */
#ifndef SERENO_TESTS_WORLD_H
#define SERENO_TESTS_WORLD_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/groups.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#define WORLD_DATABASE "/var/lib/sereno/in-force/policy.1.cdb"
#define WORLD_COMPILED INT64_C(1767225600) /* 2026-01-01T00:00Z */

/* What libc would look up in the module. */
struct module {
	enum nss_status (*initgroups)(const char *user, gid_t primary, long *start, long *size,
				      gid_t **groups, long limit, int *errnop);
	enum nss_status (*by_name)(const char *name, struct group *ret, char *buffer, size_t length,
				   int *errnop);
	enum nss_status (*by_gid)(gid_t gid, struct group *ret, char *buffer, size_t length,
				  int *errnop);
	enum nss_status (*set)(int stay_open);
	enum nss_status (*next)(struct group *ret, char *buffer, size_t length, int *errnop);
	enum nss_status (*end)(void);
};

/* POSIX lets the address of a function come as one of data. */
static inline void module_symbol(void *library, const char *name, void *ret)
{
	void *symbol = dlsym(library, name);

	assert_non_null(symbol);
	memcpy(ret, &symbol, sizeof(symbol));
}

static inline void module_load(struct module *ret)
{
	char path[4096];
	void *library;

	assert_non_null(getenv("O"));
	snprintf(path, sizeof(path), "%s/libnss_sereno.so.2", getenv("O"));
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		print_error("%s\n", dlerror());
	assert_non_null(library);
	module_symbol(library, "_nss_sereno_initgroups_dyn", &ret->initgroups);
	module_symbol(library, "_nss_sereno_getgrnam_r", &ret->by_name);
	module_symbol(library, "_nss_sereno_getgrgid_r", &ret->by_gid);
	module_symbol(library, "_nss_sereno_setgrent", &ret->set);
	module_symbol(library, "_nss_sereno_getgrent_r", &ret->next);
	module_symbol(library, "_nss_sereno_endgrent", &ret->end);
}

static inline bool world_set(const char *path, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Become root of a user namespace: of one user and one group. */
static inline bool world_enter_user(void)
{
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %u 1", (unsigned)getuid());
	snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       world_set("/proc/self/uid_map", users) &&
	       world_set("/proc/self/setgroups", "deny") && world_set("/proc/self/gid_map", groups);
}

/* Before any thread is started. */
static inline void world_enter(void)
{
	if (unshare(CLONE_NEWNS) < 0 && !world_enter_user()) {
		print_error("this test needs a mount namespace: %s\n", strerror(errno));
		fail();
	}
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("none", "/var/lib", "tmpfs", MS_NOSUID, "mode=0755"), 0);
}

static inline int world_group(void *context, const char *group, gid_t *ret)
{
	static const struct {
		const char *name;
		gid_t gid;
	} groups[] = { { "adm", 4 }, { "log", 7 }, { "night", 70 } };

	(void)context;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (strcmp(groups[i].name, group) == 0) {
			*ret = groups[i].gid;
			return 0;
		}
	}
	return -ENOENT;
}

static inline int world_own(void *context, const char *group, gid_t *ret)
{
	(void)context;
	*ret = OWN_GID_FIRST + (strcmp(group, "dba") != 0);
	return 0;
}

static inline int world_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	(void)user;
	*ret = 1500;
	return 0;
}

/* Put the policy @text in force. */
static inline void world_apply(const char *text)
{
	struct compile_inputs inputs = {
		.text = text,
		.text_length = strlen(text),
		.host = "pg-01",
		.now = WORLD_COMPILED,
		.group_id = world_group,
		.own_group = world_own,
		.user_id = world_user,
	};
	struct diag_list diags = { 0 };
	struct generation generation;
	struct model *model = NULL;
	int r;

	assert_int_equal(model_read("", text, strlen(text), WORLD_COMPILED, &model, &diags), 0);
	/* A child forked in the middle of an apply has the lock until it is gone. */
	while ((r = generation_begin("", &generation)) == -EBUSY)
		sched_yield();
	assert_int_equal(r, 0);
	inputs.generation = generation.number;
	assert_int_equal(policy_compile(model, &inputs, generation.dir, &diags), 0);
	assert_int_equal(generation_commit(&generation), 0);
	generation_end(&generation);
	model_free(model);
	diag_clear(&diags);
}

#endif
