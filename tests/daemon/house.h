/* SPDX-License-Identifier: MIT */
/*
 * house.h - for the tests of serenod: a host in a temporary directory, the daemon, its clients.
 *
 * As root the clients are another account; else they are the account that runs the test, and so is
 * the daemon. Included by the test programs of daemon/ only.
 */
#ifndef TESTS_DAEMON_HOUSE_H
#define TESTS_DAEMON_HOUSE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include <sereno/channel.h>
#include <sereno/model.h>
#include <sereno/policy.h>
#include <sereno/scoped.h>

#define JOURNAL	 "/run/systemd/journal/socket"
#define VERIFY	 "/run/sereno/verify.socket"
#define PASSWORD "the right one"

struct house {
	char root[40];
	int journal;
	pid_t daemon, verifier;
	uid_t uid; /* of the client */
	char name[64];
	const void *row; /* of a test's table */
};

static const struct otp_token phone = { OTP_SHA1, 6, 30, 20, "phone's own secret 1" };

static inline void path_in(const struct house *house, const char *path, char full[static 108])
{
	const int n = snprintf(full, 108, "%s%s", house->root, path);

	assert_in_range(n, 1, 107);
}

static inline int house_listen(const struct house *house, const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	path_in(house, path, address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(chmod(address.sun_path, 0666), 0);
	if (type != (SOCK_DGRAM | SOCK_NONBLOCK))
		assert_int_equal(listen(fd, 128), 0);
	return fd;
}

static inline void house_file(const struct house *house, const char *path, const char *text)
{
	char full[108];
	FILE *file;

	path_in(house, path, full);
	file = fopen(full, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
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

/* Put a policy in force that ends in @blocks. */
static inline void house_policy(const struct house *house, const char *blocks)
{
	char text[1024];
	const int n = snprintf(
		text, sizeof(text),
		"sereno: 1\ntimezone: UTC\naccounts: {min-uid: 1}\nroles:\n"
		"  employee: {members: [%s], allow: [{services: [sshd], from: [anywhere]}]}\n%s",
		house->name, blocks);
	const struct compile_inputs inputs = { .text = text,
					       .text_length = (size_t)n,
					       .host = "test",
					       .now = time(NULL),
					       .generation = 1,
					       .group_id = no_group,
					       .user_id = known_user };
	struct diag_list diags = { .item = NULL };
	struct generation generation;
	struct model *model = NULL;
	int r;

	r = model_read("", text, (size_t)n, time(NULL), &model, &diags);
	for (size_t i = 0; i < diags.n; i++)
		print_message("%u: %s\n", diags.item[i].at.line, diags.item[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(generation_begin(house->root, &generation), 0);
	assert_int_equal(policy_compile(model, &inputs, generation.dir, &diags), 0);
	assert_int_equal(generation_commit(&generation), 0);
	generation_end(&generation);
	diag_clear(&diags);
	model_free(model);
}

static inline void find_client(struct house *house)
{
	const struct passwd *entry = getuid() == 0 ? getpwnam("daemon") : getpwuid(getuid());

	assert_non_null(entry);
	house->uid = entry->pw_uid;
	(void)snprintf(house->name, sizeof(house->name), "%s", entry->pw_name);
}

/* The program @name of what was built, in the child of a fork; options end with NULL. */
static inline void become(const char *name, const char *option, const char *more)
{
	const char *build = getenv("O");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", build ? build : "build", name);
	(void)execl(path, name, option, more, (char *)NULL);
	_exit(127);
}

/* systemd's part: the socket is descriptor 3, and the environment says so. */
static inline void house_start_until(struct house *house, const char *idle)
{
	const int fd = house_listen(house, CHANNEL_SOCKET, SOCK_SEQPACKET);
	char pid[16], option[64];

	house->daemon = fork();
	assert_true(house->daemon >= 0);
	if (house->daemon == 0) {
		(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
		(void)setenv("LISTEN_PID", pid, 1);
		(void)setenv("LISTEN_FDS", "1", 1);
		(void)snprintf(option, sizeof(option), "--root=%s", house->root);
		if (fd != 3)
			(void)dup2(fd, 3);
		else
			(void)fcntl(fd, F_SETFD, 0);
		become("serenod", option, idle);
	}
	(void)close(fd);
}

static inline void house_start(struct house *house)
{
	house_start_until(house, NULL);
}

/* Once more, where the socket is gone with the listener. */
static inline void house_stop(struct house *house)
{
	char path[108];

	if (house->daemon <= 0)
		return;
	(void)kill(house->daemon, SIGKILL);
	(void)waitpid(house->daemon, NULL, 0);
	house->daemon = 0;
	path_in(house, CHANNEL_SOCKET, path);
	(void)unlink(path);
}

static inline void serve_verifiers(int listener, const char *option)
{
	(void)signal(SIGCHLD, SIG_IGN);
	for (;;) {
		const int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			(void)signal(SIGCHLD, SIG_DFL);
			(void)dup2(fd, STDIN_FILENO);
			become("sereno-verify", option, NULL);
		}
		(void)close(fd);
	}
}

/* As systemd starts one a connection; the one right password is PASSWORD. */
static inline void house_verifier(struct house *house)
{
	const int fd = house_listen(house, VERIFY, SOCK_SEQPACKET);
	char option[64], line[256], path[108];

	house_file(house, "/check", "#!/bin/sh\n[ \"$(tr -d '\\0')\" = '" PASSWORD "' ]\n");
	path_in(house, "/check", path);
	assert_int_equal(chmod(path, 0755), 0);
	(void)snprintf(line, sizeof(line),
		       "auth [success=1 default=ignore] pam_exec.so expose_authtok quiet %s\n"
		       "auth requisite pam_deny.so\nauth required pam_permit.so\n",
		       path);
	house_file(house, "/pam.d/sereno-verify", line);
	(void)snprintf(option, sizeof(option), "--stacks=%s/pam.d", house->root);
	house->verifier = fork();
	assert_true(house->verifier >= 0);
	if (house->verifier == 0)
		serve_verifiers(fd, option);
	(void)close(fd);
}

static inline int house_set_up(void **state)
{
	static const char *const directories[] = { "/etc",	   "/etc/sereno",
						   "/run",	   "/run/sereno",
						   "/run/systemd", "/run/systemd/journal",
						   "/pam.d" };
	struct house *house = calloc(1, sizeof(*house));
	char path[108];

	assert_non_null(house);
	(void)snprintf(house->root, sizeof(house->root), "/tmp/sereno-daemon-XXXXXX");
	assert_non_null(mkdtemp(house->root));
	assert_int_equal(chmod(house->root, 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		path_in(house, directories[i], path);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	house_file(house, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	house->journal = house_listen(house, JOURNAL, SOCK_DGRAM | SOCK_NONBLOCK);
	find_client(house);
	house->row = *state;
	*state = house;
	return 0;
}

/* Nobody reads it while many write. */
static inline void house_close_journal(struct house *house)
{
	char path[108];

	path_in(house, JOURNAL, path);
	assert_int_equal(unlink(path), 0);
	close_p(&house->journal);
	house->journal = -1;
}

static inline int house_tear_down(void **state)
{
	struct house *house = *state;
	char command[128];

	house_stop(house);
	if (house->verifier > 0) {
		(void)kill(house->verifier, SIGKILL);
		(void)waitpid(house->verifier, NULL, 0);
	}
	close_p(&house->journal);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", house->root);
	assert_int_equal(system(command), 0);
	free(house);
	return 0;
}

/* A conversation as @uid: the kernel notes who connects. */
static inline int house_try_open(const struct house *house, uid_t uid, int *ret)
{
	const uid_t self = geteuid();
	int r;

	assert_int_equal(seteuid(uid), 0);
	r = channel_open(house->root, ret);
	assert_int_equal(seteuid(self), 0);
	return r;
}

static inline int house_open(const struct house *house)
{
	int fd = -1;

	assert_int_equal(house_try_open(house, house->uid, &fd), 0);
	return fd;
}

static inline void set_text(char *to, size_t size, const char *from)
{
	assert_true(strlen(from) < size);
	memcpy(to, from, strlen(from) + 1);
}

static inline struct channel_request verify_request(const char *typed)
{
	struct channel_request request = { .kind = CHANNEL_VERIFY, .service = "locker" };

	set_text(request.code[0], sizeof(request.code[0]), typed);
	return request;
}

static inline struct channel_request confirm_request(const char *typed)
{
	struct channel_request request = { .kind = CHANNEL_CONFIRM };

	set_text(request.code[0], sizeof(request.code[0]), typed);
	return request;
}

static inline struct channel_request proved_request(enum channel_kind kind, const char *label,
						    enum channel_proof_kind by, const char *proof)
{
	struct channel_request request = { .kind = kind, .proof_kind = by };

	set_text(request.label, sizeof(request.label), label);
	set_text(request.proof, sizeof(request.proof), proof);
	return request;
}

/* Ask, and be answered. */
static inline enum channel_answer ask(int fd, struct channel_request request,
				      struct channel_reply *reply)
{
	assert_int_equal(channel_ask(fd, &request, reply), 0);
	return reply->answer;
}

static inline enum channel_answer verify(const struct house *house, const char *typed)
{
	scoped_fd int fd = house_open(house);
	struct channel_reply reply;

	return ask(fd, verify_request(typed), &reply);
}

static inline struct codes_account account_of(const struct house *house)
{
	return (struct codes_account){ house->name, house->uid };
}

/* Give the client the phone, as an import does. */
static inline void give_phone(const struct house *house)
{
	const struct codes_account account = account_of(house);
	const struct codes_import import = { .token = &phone, .label = "phone" };

	assert_int_equal(codes_import(house->root, &account, &import, 1, 1, time(NULL) - 86400), 0);
}

struct shown {
	char code[OTP_CODE_SIZE];
};

/* What @token shows now, or @steps later. */
static inline struct shown show(const struct otp_token *token, int64_t steps)
{
	struct shown shown = { "" };
	const uint64_t now = otp_step(token, time(NULL));

	assert_int_equal(otp_code(token, now + (uint64_t)steps, shown.code), 0);
	return shown;
}

/* A code that @token shows nowhere near now. */
static inline struct shown show_wrong(const struct otp_token *token)
{
	struct shown wrong = show(token, 0);
	bool again = true;

	while (again) {
		wrong.code[0] = wrong.code[0] == '9' ? '0' : (char)(wrong.code[0] + 1);
		again = false;
		for (int64_t step = -3; step <= 3; step++)
			again |= strcmp(show(token, step).code, wrong.code) == 0;
	}
	return wrong;
}

/* The line of the next event that was sent, "" when there is none. */
static inline void house_event(const struct house *house, char text[static 8192])
{
	const size_t key = strlen("MESSAGE=");
	const ssize_t n = recv(house->journal, text, 8191, 0);
	size_t length;

	text[n > 0 ? n : 0] = '\0';
	if (n <= 0)
		return;
	length = strcspn(text + key, "\n");
	memmove(text, text + key, length);
	text[length] = '\0';
}

static inline void assert_event(const struct house *house, const char *start)
{
	char event[8192];

	house_event(house, event);
	if (strncmp(event, start, strlen(start)) != 0 || (!start[0] && event[0]))
		fail_msg("'%s' does not begin with '%s'", event, start);
}

static inline void drop_events(const struct house *house)
{
	char text[8192];

	do
		house_event(house, text);
	while (text[0]);
}

static inline int64_t now_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

#endif
