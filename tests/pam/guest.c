/* SPDX-License-Identifier: MIT */
/* guest.c - the modules are guests: a thousand logins leave the host process as it was. */
#include "host.h"

#include <dirent.h>
#include <signal.h>

#include <sereno/login.h>

static const char policy[] = "sereno: 1\n"
			     "accounts: {min-uid: 1}\n"
			     "roles:\n"
			     "  employee:\n"
			     "    members: [" HELD "]\n"
			     "    until: 2100-01-01\n"
			     "    allow:\n"
			     "      - {services: [login], from: [seat]}\n";

/* What a module must leave alone. */
struct process {
	char directory[256];
	char *environment[256];
	struct sigaction signals[64];
	mode_t mask;
	size_t descriptors;
	sigset_t blocked;
};

extern char **environ;

static size_t count_descriptors(void)
{
	DIR *stream = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(stream);
	while (readdir(stream))
		n++;
	(void)closedir(stream);
	return n;
}

static void look(struct process *process)
{
	memset(process, 0, sizeof(*process));
	assert_non_null(getcwd(process->directory, sizeof(process->directory)));
	for (size_t i = 0; environ[i] && i < ARRAY_SIZE(process->environment); i++)
		process->environment[i] = environ[i];
	for (int i = 1; i < 64; i++)
		(void)sigaction(i, NULL, &process->signals[i]); /* two numbers belong to libc */
	process->mask = umask(0);
	(void)umask(process->mask);
	process->descriptors = count_descriptors();
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &process->blocked), 0);
}

static void assert_unchanged(const struct process *before)
{
	struct process after;

	look(&after);
	assert_string_equal(after.directory, before->directory);
	assert_memory_equal(after.environment, before->environment, sizeof(after.environment));
	for (int i = 1; i < 64; i++) {
		assert_ptr_equal(after.signals[i].sa_handler, before->signals[i].sa_handler);
		assert_int_equal(after.signals[i].sa_flags, before->signals[i].sa_flags);
	}
	assert_int_equal(after.mask, before->mask);
	assert_int_equal(after.descriptors, before->descriptors);
	assert_memory_equal(&after.blocked, &before->blocked, sizeof(after.blocked));
}

/* A whole login, opened and closed; @tty decides whether it is allowed. */
static void log_in(struct host *host, const char *tty)
{
	const struct entry entry = { "login", HELD, NULL, tty, NULL };
	pam_handle_t *pamh = host_start(host, &entry);
	int code = pam_acct_mgmt(pamh, 0);

	if (code == PAM_SUCCESS) {
		code = pam_open_session(pamh, 0);
		assert_int_equal(code, PAM_SUCCESS);
		assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	}
	assert_int_equal(code, strcmp(tty, "tty1") == 0 ? PAM_SUCCESS : PAM_PERM_DENIED);
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	drop_events(host);
}

static void a_thousand_logins_change_nothing(void **state)
{
	struct host *host = *state;
	struct process before;

	host_policy(host, policy);
	host_module(host, "login", "account", "pam_sereno_access");
	host_module(host, "login", "session", "pam_sereno_session");
	log_in(host, "tty1"); /* what libpam and NSS load once and keep */
	log_in(host, "pts/1");
	look(&before);
	for (int i = 0; i < 500; i++) {
		log_in(host, "tty1");
		log_in(host, "pts/1");
	}
	assert_unchanged(&before);
}

/* The same without a policy, without anybody who takes events. */
static void nor_do_failures(void **state)
{
	struct host *host = *state;
	struct process before;
	char journal[108];

	host_module(host, "login", "account", "pam_sereno_access");
	host_module(host, "login", "session", "pam_sereno_session");
	log_in(host, "pts/1"); /* daemon is governed by name only once there is a policy */
	path_below(host, JOURNAL, journal);
	look(&before);
	assert_int_equal(unlink(journal), 0);
	for (int i = 0; i < 100; i++)
		log_in(host, "pts/1");
	assert_unchanged(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_HOST(a_thousand_logins_change_nothing),
		ON_HOST(nor_do_failures),
	};

	return cmocka_run_group_tests_name("guests in the host process", tests, NULL, NULL);
}
