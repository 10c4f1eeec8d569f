/* SPDX-License-Identifier: MIT */
/*
 * otp_channel.c - a screen locker that runs as its user: serenod checks the code. Needs root, for
 * records that are not the user's; without, nothing is tested.
 */
#include "otp_talk.h"

#include <poll.h>
#include <sys/wait.h>

#include <sereno/channel.h>

#define RULES                                                                      \
	"sereno: 1\n"                                                              \
	"timezone: UTC\n"                                                          \
	"accounts: {min-uid: 1}\n"                                                 \
	"roles:\n"                                                                 \
	"  employee:\n"                                                            \
	"    members: [" HELD ", games]\n"                                         \
	"    allow:\n"                                                             \
	"      - {services: [vlock], from: [anywhere], second-factor: required}\n" \
	"      - {services: [sshd], from: [anywhere], second-factor: required}\n"

/* What stands in for serenod. */
enum daemon {
	DAEMON_NONE,  /* no socket */
	DAEMON_GONE,  /* a socket that nobody listens at */
	DAEMON_SAYS,  /* answers */
	DAEMON_NOISE, /* answers with what is no message */
	DAEMON_HANGS_UP,
	DAEMON_UNASKED, /* must not be */
};

static void permit(const struct host *host, const char *path, mode_t mode)
{
	char full[108];

	path_below(host, path, full);
	assert_int_equal(chmod(full, mode), 0);
}

static void use(struct host *host)
{
	host_policy(host, RULES);
	host_line(host, "vlock", "auth required pam_permit.so");
	host_module(host, "vlock", "auth", "pam_sereno_otp");
	host_module(host, "vlock", "account", "pam_sereno_otp");
	host_module(host, "vlock", "account", "pam_sereno_access");
	host_module(host, "swaylock", "auth", "pam_sereno_otp");
	host_line(host, "swaylock", "auth required pam_permit.so");
	host_module(host, "swaylock", "account", "pam_sereno_access");
	permit(host, "", 0755);
	permit(host, JOURNAL, 0666);
	make_directory(host, "/run/sereno");
}

static int listen_for(const struct host *host, enum daemon daemon)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (daemon == DAEMON_NONE)
		return fd;
	path_below(host, CHANNEL_SOCKET, address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(chmod(address.sun_path, 0666), 0);
	if (daemon != DAEMON_GONE)
		assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* One request; whether it is what a locker must ask. */
static void answer_one(int fd, enum daemon daemon, const struct channel_reply *reply)
{
	const int one = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	uint8_t bytes[CHANNEL_MESSAGE_MAX] = { 0 };
	struct channel_request request;
	ssize_t n;

	assert_true(one >= 0);
	n = recv(one, bytes, sizeof(bytes), 0);
	assert_true(n > 0);
	assert_int_equal(channel_request_decode(bytes, (size_t)n, &request), 0);
	assert_int_equal(request.kind, CHANNEL_VERIFY);
	assert_string_equal(request.service, "vlock");
	assert_string_equal(request.code[0], "123456");
	if (daemon == DAEMON_SAYS) {
		n = channel_reply_encode(reply, bytes);
		assert_true(n > 0 && send(one, bytes, (size_t)n, MSG_NOSIGNAL) == n);
	} else if (daemon == DAEMON_NOISE) {
		assert_int_equal(send(one, "noise", 5, MSG_NOSIGNAL), 5);
	}
	assert_int_equal(close(one), 0);
}

/* The locker, as @user; what PAM said is the exit status. */
static pid_t start_locker(struct host *host, const char *service, const char *user, const char *as)
{
	const struct entry entry = { service, user, NULL, "tty1", NULL };
	const struct passwd *account = getpwnam(as);
	struct dialogue dialogue = { .password = "right", .codes = { "123456" } };
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	if (setresgid(account->pw_gid, account->pw_gid, account->pw_gid) < 0 ||
	    setresuid(account->pw_uid, account->pw_uid, account->pw_uid) < 0)
		_exit(255);
	_exit(log_in(host, &entry, AUTH_AND_ACCOUNT, &dialogue));
}

static int end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static const struct row {
	const char *name;
	enum daemon daemon;
	struct channel_reply reply;
	int code;
	const char *event;
} rows[] = {
/* clang-format off */
#define WHO "subject=\"daemon\" service=\"vlock\" origin=\"unknown\" "
#define WHY "code.refused " WHO "reason=unavailable detail=\"serenod, which checks it for who is not root: "
	{ "the right code", DAEMON_SAYS, { CHANNEL_ACCEPTED, .kind = CHANNEL_VERIFY }, PAM_SUCCESS, "" },
	{ "a recovery code", DAEMON_SAYS, { CHANNEL_ACCEPTED, .kind = CHANNEL_VERIFY, .recovered = true, .recovery_left = 3 }, PAM_SUCCESS, "" },
	{ "a wrong code", DAEMON_SAYS, { CHANNEL_REFUSED, .kind = CHANNEL_VERIFY }, PAM_AUTH_ERR, "" },
	{ "it could not be looked at", DAEMON_SAYS, { CHANNEL_UNAVAILABLE, .kind = CHANNEL_VERIFY }, PAM_AUTHINFO_UNAVAIL, WHY "could not check it\"" },
	{ "too many ask", DAEMON_SAYS, { CHANNEL_BUSY, .kind = CHANNEL_VERIFY }, PAM_AUTHINFO_UNAVAIL, WHY "too many ask at once\"" },
	{ "accepted, but not this", DAEMON_SAYS, { CHANNEL_ACCEPTED, .kind = CHANNEL_RECOVERY }, PAM_AUTHINFO_UNAVAIL, WHY "Bad message\"" },
	{ "noise", DAEMON_NOISE, { 0 }, PAM_AUTHINFO_UNAVAIL, WHY "Bad message\"" },
	{ "it hangs up", DAEMON_HANGS_UP, { 0 }, PAM_AUTHINFO_UNAVAIL, WHY "Connection reset by peer\"" },
	{ "no socket", DAEMON_NONE, { 0 }, PAM_AUTHINFO_UNAVAIL, WHY "does not run\"" },
	{ "nobody listens", DAEMON_GONE, { 0 }, PAM_AUTHINFO_UNAVAIL, WHY "does not run\"" },
	/* clang-format on */
};

static void check_row(void **state)
{
	const struct row *row = *state;
	struct host *host;
	int fd, code;
	pid_t pid;

	if (getuid() != 0)
		skip();
	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host);
	fd = listen_for(host, row->daemon);
	pid = start_locker(host, "vlock", HELD, HELD);
	if (row->daemon == DAEMON_SAYS || row->daemon == DAEMON_NOISE ||
	    row->daemon == DAEMON_HANGS_UP)
		answer_one(fd, row->daemon, &row->reply);
	code = end_of(pid);
	assert_int_equal(code, row->code);
	if (row->code == PAM_SUCCESS)
		assert_event(host, "access.allowed " WHO);
	else if (row->event[0])
		assert_event(host, row->event);
	else
		assert_event(host, "");
	assert_int_equal(close(fd), 0);
	assert_int_equal(host_tear_down(state), 0);
}

static bool was_asked(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };

	return poll(&waiting, 1, 0) > 0;
}

/* serenod knows by the kernel who asks, and is not even asked about others. */
static void another_account_is_not_asked_about(void **state)
{
	struct host *host = *state;
	int fd;

	if (getuid() != 0)
		skip();
	use(host);
	fd = listen_for(host, DAEMON_UNASKED);
	assert_int_equal(end_of(start_locker(host, "vlock", "games", HELD)), PAM_AUTHINFO_UNAVAIL);
	assert_event(host, "code.refused subject=\"games\" service=\"vlock\" origin=\"unknown\" "
			   "reason=unavailable detail=\"serenod, which checks it for who is not "
			   "root: not the caller's own account\"");
	assert_false(was_asked(fd));
	assert_int_equal(close(fd), 0);
}

/* By password alone, as long as no rule names the locker. */
static void no_rule_no_code(void **state)
{
	struct host *host = *state;
	int fd;

	if (getuid() != 0)
		skip();
	use(host);
	fd = listen_for(host, DAEMON_UNASKED);
	assert_int_equal(end_of(start_locker(host, "swaylock", HELD, HELD)), PAM_SUCCESS);
	assert_event(host, "access.allowed subject=\"daemon\" service=\"swaylock\"");
	assert_false(was_asked(fd));
	assert_int_equal(close(fd), 0);
}

/* Root's programs use the records. */
static void root_needs_no_daemon(void **state)
{
	const struct entry entry = { "vlock", HELD, NULL, "tty1", NULL };
	const struct shown now = show(0);
	struct dialogue dialogue = { .codes = { now.code } };
	struct host *host = *state;
	int fd;

	if (getuid() != 0)
		skip();
	use(host);
	give_phone(host, HELD);
	fd = listen_for(host, DAEMON_UNASKED);
	assert_int_equal(log_in(host, &entry, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_false(was_asked(fd));
	assert_int_equal(close(fd), 0);
}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(another_account_is_not_asked_about),
		AT_CODES(no_rule_no_code),
		AT_CODES(root_needs_no_daemon),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name,
						  .test_func = check_row,
						  .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	return cmocka_run_group_tests_name("a locker that runs as its user", tests, NULL, NULL);
}
