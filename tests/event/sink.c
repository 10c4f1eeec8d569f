/* SPDX-License-Identifier: MIT */
/* sink.c - events reach the journal, else /dev/log, and never hold anybody up. */
#include <dirent.h>
#include <errno.h>
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

#include <sereno/event.h>
#include <sereno/scoped.h>

#define JOURNAL "/run/systemd/journal/socket"
#define SYSLOG	"/dev/log"

struct host {
	char root[40];
	int journal, syslog; /* -1: not there */
};

static const struct event denied = { .id = EVENT_ACCESS_DENIED,
				     .subject = "ana\nPRIORITY=0",
				     .service = "sshd",
				     .origin = "10.1.2.3",
				     .verdict = "deny",
				     .reason = "no-rule",
				     .line = 7,
				     .until = EVENT_NO_TIME };

static void path_below(const struct host *host, const char *path, char text[static 108])
{
	const int n = snprintf(text, 108, "%s%s", host->root, path);

	assert_in_range(n, 1, 107);
}

static void make_directories(const struct host *host)
{
	static const char *const directories[] = { "/run", "/run/systemd", "/run/systemd/journal",
						   "/dev" };
	char path[108];

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		path_below(host, directories[i], path);
		assert_int_equal(mkdir(path, 0755), 0);
	}
}

static int listen_at(const struct host *host, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	path_below(host, path, address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void unlink_below(const struct host *host, const char *path)
{
	char full[108];

	path_below(host, path, full);
	(void)unlink(full); /* tests differ in what they made */
	(void)rmdir(full);
}

static int set_up(void **state)
{
	struct host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	*host = (struct host){ .root = "/tmp/sereno-event-XXXXXX", .journal = -1, .syslog = -1 };
	assert_non_null(mkdtemp(host->root));
	make_directories(host);
	*state = host;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const paths[] = { JOURNAL, SYSLOG,	      "/run/systemd/journal",
					     "/dev",  "/run/systemd", "/run",
					     "" };
	struct host *host = *state;

	close_p(&host->journal);
	close_p(&host->syslog);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		unlink_below(host, paths[i]);
	free(host);
	return 0;
}

static size_t receive(int fd, char text[static 8192])
{
	const ssize_t n = recv(fd, text, 8191, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	return (size_t)n;
}

static void the_journal_gets_fields(void **state)
{
	struct host *host = *state;
	char text[8192];

	host->journal = listen_at(host, JOURNAL);
	host->syslog = listen_at(host, SYSLOG);
	assert_int_equal(event_send(host->root, &denied), 0);
	(void)receive(host->journal, text);
	assert_int_equal(strncmp(text, "MESSAGE=access.denied subject=\"ana\\x0aPRIORITY=0\" ", 50),
			 0);
	assert_non_null(strstr(text, "\nPRIORITY=5\nSYSLOG_IDENTIFIER=sereno\nSYSLOG_FACILITY=10\n"
				     "MESSAGE_ID=8681efa5c10a4045b50ef4c1de647193\n"
				     "SERENO_EVENT=access.denied\n"
				     "SERENO_SUBJECT=ana\\x0aPRIORITY=0\nSERENO_SERVICE=sshd\n"));
	assert_non_null(strstr(text, "\nSERENO_LINE=7\n"));
	assert_null(strstr(text, "\nPRIORITY=0"));
	assert_null(strstr(text, "SERENO_DETAIL"));
	assert_int_equal(recv(host->syslog, text, sizeof(text), 0), -1); /* one copy only */
}

static void without_a_journal_syslog_gets_the_line(void **state)
{
	struct host *host = *state;
	char text[8192];
	char expected[128];

	host->syslog = listen_at(host, SYSLOG);
	assert_int_equal(event_send(host->root, &denied), 0);
	(void)receive(host->syslog, text);
	(void)snprintf(expected, sizeof(expected),
		       "<85>sereno[%d]: access.denied subject=", (int)getpid());
	assert_int_equal(strncmp(text, expected, strlen(expected)), 0);
	assert_null(strchr(text, '\n'));
}

static void a_dead_journal_is_passed_over(void **state)
{
	struct host *host = *state;
	char text[8192];
	int dead = listen_at(host, JOURNAL);

	close_p(&dead);
	host->syslog = listen_at(host, SYSLOG);
	assert_int_equal(event_send(host->root, &denied), 0);
	assert_true(receive(host->syslog, text) > 0);
}

static void nobody_listens(void **state)
{
	const struct host *host = *state;

	assert_int_equal(event_send(host->root, &denied), -ENOENT);
}

static void a_long_root_is_refused(void **state)
{
	char root[200];

	(void)state;
	memset(root, '/', sizeof(root));
	root[sizeof(root) - 1] = '\0';
	assert_int_equal(event_send(root, &denied), -ENAMETOOLONG);
}

static int64_t now_msec(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Nobody reads: the queue fills, and the event is given up in time. */
static void a_full_journal_does_not_block(void **state)
{
	struct host *host = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	scoped_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int64_t start;

	host->journal = listen_at(host, JOURNAL);
	host->syslog = listen_at(host, SYSLOG);
	path_below(host, JOURNAL, address.sun_path);
	while (sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof(address)) == 1)
		;
	start = now_msec();
	assert_int_equal(event_send(host->root, &denied), -EAGAIN);
	assert_in_range(now_msec() - start, EVENT_TIMEOUT_MSEC - 50, EVENT_TIMEOUT_MSEC + 750);
}

static size_t count_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(directory);
	while (readdir(directory))
		n++;
	(void)closedir(directory);
	return n;
}

static void no_descriptor_is_left(void **state)
{
	struct host *host = *state;
	const size_t before = count_descriptors();

	for (int i = 0; i < 50; i++)
		assert_int_equal(event_send(host->root, &denied), -ENOENT);
	assert_int_equal(count_descriptors(), before);
}

#define WITH_HOST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HOST(the_journal_gets_fields),
		WITH_HOST(without_a_journal_syslog_gets_the_line),
		WITH_HOST(a_dead_journal_is_passed_over),
		WITH_HOST(nobody_listens),
		WITH_HOST(a_long_root_is_refused),
		WITH_HOST(a_full_journal_does_not_block),
		WITH_HOST(no_descriptor_is_left),
	};

	return cmocka_run_group_tests_name("where events go", tests, NULL, NULL);
}
