/* SPDX-License-Identifier: MIT */
/*
 * host.h - a host for the modules in a temporary directory: policy, journal, PAM services.
 *
 * Included by the test programs of pam/ only; the functions are static, one program uses them all
 * or drops them. The accounts are those every Debian has: the tests need no root.
 */
#ifndef TESTS_PAM_HOST_H
#define TESTS_PAM_HOST_H

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include <cmocka.h>

#include <security/pam_appl.h>

#include <sereno/fallback.h>
#include <sereno/model.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#define HELD	 "daemon" /* holds the role employee */
#define ROLELESS "bin"	  /* governed by min-uid 1, holds none */
#define FREE	 "nobody" /* never governed by number */
#define RESCUE	 "sync"	  /* break-glass */
#define JOURNAL	 "/run/systemd/journal/socket"

struct host {
	char root[40];
	char in_force[100];
	int journal;
	char told[1024]; /* what the user was told, newest call */
	pam_handle_t *pamh;
	/* called while a module talks: libpam keeps a handle's data from applications otherwise */
	void (*inside)(struct host *host);
};

struct entry {
	const char *service, *user, *rhost, *tty, *ruser;
};

static inline void path_below(const struct host *host, const char *path, char text[static 108])
{
	const int n = snprintf(text, 108, "%s%s", host->root, path);

	assert_in_range(n, 1, 107);
}

static inline void make_directory(const struct host *host, const char *path)
{
	char full[108];

	path_below(host, path, full);
	assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
}

static inline int host_listen(const struct host *host)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	path_below(host, JOURNAL, address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static inline int host_set_up(void **state)
{
	static const char *const directories[] = {
		"/etc", "/etc/sereno", "/run", "/run/systemd", "/run/systemd/journal", "/pam.d"
	};
	const char *under = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	struct host *host = calloc(1, sizeof(*host));
	int n;

	assert_non_null(host);
	n = snprintf(host->root, sizeof(host->root), "%s/sereno-pam-XXXXXX", under);
	assert_in_range(n, 1, sizeof(host->root) - 1);
	assert_non_null(mkdtemp(host->root));
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		make_directory(host, directories[i]);
	host->journal = host_listen(host);
	*state = host;
	return 0;
}

static inline int host_tear_down(void **state)
{
	struct host *host = *state;
	char command[128];

	close_p(&host->journal);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", host->root);
	assert_int_equal(system(command), 0);
	free(host);
	return 0;
}

static inline int no_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	(void)group;
	(void)ret;
	return -ENOENT;
}

static inline int known_user(void *context, const char *user, uid_t *ret)
{
	const struct passwd *entry = getpwnam(user);

	(void)context;
	if (!entry)
		return -ENOENT;
	*ret = entry->pw_uid;
	return 0;
}

/* Put @text in force. */
static inline void host_policy(struct host *host, const char *text)
{
	const struct compile_inputs inputs = { .text = text,
					       .text_length = strlen(text),
					       .host = "test",
					       .now = time(NULL),
					       .generation = 1,
					       .group_id = no_group,
					       .user_id = known_user };
	struct diag_list diags = { .item = NULL };
	struct generation generation;
	struct model *model = NULL;
	int r;

	r = model_read("", text, strlen(text), time(NULL), &model, &diags);
	for (size_t i = 0; i < diags.n; i++)
		print_message("%u: %s\n", diags.item[i].at.line, diags.item[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(generation_begin(host->root, &generation), 0);
	assert_int_equal(policy_compile(model, &inputs, generation.dir, &diags), 0);
	assert_int_equal(generation_commit(&generation), 0);
	generation_end(&generation);
	(void)snprintf(host->in_force, sizeof(host->in_force),
		       "%s/var/lib/sereno/in-force/policy.1.cdb", host->root);
	diag_clear(&diags);
	model_free(model);
}

/* Add @line to the file of PAM service @service. */
static inline void host_line(const struct host *host, const char *service, const char *line)
{
	char path[160];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/pam.d/%s", host->root, service);
	file = fopen(path, "a");
	assert_non_null(file);
	assert_true(fprintf(file, "%s\n", line) > 0);
	assert_int_equal(fclose(file), 0);
}

/* The same with our @module, which looks below the host's root. */
static inline void host_module(const struct host *host, const char *service, const char *phase,
			       const char *module)
{
	const char *build = getenv("O");
	char line[512];

	(void)snprintf(line, sizeof(line), "%s required %s/%s.so root=%s", phase,
		       build ? build : "build", module, host->root);
	host_line(host, service, line);
}

static inline int converse(int n, const struct pam_message **message,
			   struct pam_response **response, void *data)
{
	struct host *host = data;

	if (host->inside)
		host->inside(host);
	*response = calloc((size_t)n, sizeof(**response));
	(void)snprintf(host->told, sizeof(host->told), "%s", message[0]->msg);
	return *response ? PAM_SUCCESS : PAM_BUF_ERR;
}

static inline void set_item(pam_handle_t *pamh, int item, const char *text)
{
	if (text)
		assert_int_equal(pam_set_item(pamh, item, text), PAM_SUCCESS);
}

static inline pam_handle_t *host_start(struct host *host, const struct entry *entry)
{
	const struct pam_conv conversation = { .conv = converse, .appdata_ptr = host };
	pam_handle_t *pamh = NULL;
	char directory[64];

	host->told[0] = '\0';
	(void)snprintf(directory, sizeof(directory), "%s/pam.d", host->root);
	assert_int_equal(
		pam_start_confdir(entry->service, entry->user, &conversation, directory, &pamh),
		PAM_SUCCESS);
	host->pamh = pamh;
	set_item(pamh, PAM_RHOST, entry->rhost);
	set_item(pamh, PAM_TTY, entry->tty);
	set_item(pamh, PAM_RUSER, entry->ruser);
	return pamh;
}

/* The line of the next event, "" when there is none. */
static inline void host_event(const struct host *host, char text[static 8192])
{
	const size_t key = strlen("MESSAGE=");
	const ssize_t n = recv(host->journal, text, 8191, 0);
	size_t length;

	text[n > 0 ? n : 0] = '\0';
	if (n <= 0)
		return;
	length = strcspn(text + key, "\n");
	memmove(text, text + key, length);
	text[length] = '\0';
}

static inline void assert_begins(const char *text, const char *start)
{
	if (strncmp(text, start, strlen(start)) != 0 || (!start[0] && text[0]))
		fail_msg("'%s' does not begin with '%s'", text, start);
}

/* The next event begins with @start; "": there is none. */
static inline void assert_event(const struct host *host, const char *start)
{
	char event[8192];

	host_event(host, event);
	assert_begins(event, start);
}

static inline void drop_events(const struct host *host)
{
	char text[8192];

	do
		host_event(host, text);
	while (text[0]);
}

#define ON_HOST(test) cmocka_unit_test_setup_teardown(test, host_set_up, host_tear_down)

#endif
