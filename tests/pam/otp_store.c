/* SPDX-License-Identifier: MIT */
/*
 * otp_store.c - what lies where the codes are kept is missing, damaged, foreign, full: nobody is
 * let in for it, nobody waits for it, and its owner comes in again once it is mended.
 *
 * Needs root, or a kernel that lets users have namespaces, for its file systems.
 */
#include "otp_talk.h"

#include <sched.h>
#include <sys/mount.h>

#include "calls.h"

#define A_WHILE 7200 /* seconds: waits are over, codes are new */

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

static int try(struct host *host, const char *typed)
{
	struct dialogue dialogue = { .codes = { typed } };
	const int code = log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue);

	assert_int_equal(dialogue.asked, 1);
	assert_string_equal(dialogue.told, "");
	return code;
}

/* In the directory of all state; $r is the record of who logs in, $o another's, $k the host key. */
static void shell(const struct host *host, const char *command)
{
	char line[1024];
	int n;

	n = snprintf(line, sizeof(line),
		     "cd '%s'/var/lib/sereno && r=codes/%u o=codes/%u k=$(echo host-*.key) && %s",
		     host->root, account_of(HELD).uid, account_of("games").uid, command);
	assert_in_range(n, 1, sizeof(line) - 1);
	assert_int_equal(system(line), 0);
}

enum after {
	THE_SAME,  /* nothing was used: the very code that was refused is good now */
	A_NEW_ONE, /* the owner needs a later code */
	LOST,	   /* an administrator has to give him another token */
};

static const struct row {
	const char *name, *damage, *mend;
	int code;
	enum after after;
	const char *event;
} rows[] = {
	{ "no directory of codes", "mv codes gone", "mv gone codes", PAM_AUTH_ERR, THE_SAME,
	  "code.refused" },
	{ "no record", "mv $r gone", "mv gone $r", PAM_AUTH_ERR, THE_SAME, "code.refused" },
	{ "no host key", "echo $k >name && mv $k gone", "mv gone $(cat name)", PAM_AUTHINFO_UNAVAIL,
	  THE_SAME, "key.unusable" },
	{ "mode 0666", "chmod 0666 $r", "chmod 0600 $r", PAM_AUTHINFO_UNAVAIL, THE_SAME,
	  "state.unusable" },
	{ "mode 0640", "chmod 0640 $r", "chmod 0600 $r", PAM_AUTHINFO_UNAVAIL, THE_SAME,
	  "state.unusable" },
	{ "a directory that all may write to", "chmod 0777 codes", "chmod 0700 codes",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "a host key that all may read", "chmod 0444 $k", "chmod 0400 $k", PAM_AUTHINFO_UNAVAIL,
	  THE_SAME, "state.unusable" },
	{ "a symbolic link", "mv $r aside && ln -s ../aside $r", "rm $r && mv aside $r",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "a dangling link", "mv $r aside && ln -s nowhere $r", "rm $r && mv aside $r",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "a hard link", "ln $r again", "rm again", PAM_AUTHINFO_UNAVAIL, THE_SAME,
	  "state.unusable" },
	{ "a FIFO", "mv $r aside && mkfifo -m 600 $r", "rm $r && mv aside $r", PAM_AUTHINFO_UNAVAIL,
	  THE_SAME, "state.unusable" },
	{ "a FIFO for a directory", "mv codes aside && mkfifo -m 700 codes",
	  "rm codes && mv aside codes", PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "a FIFO for the host key", "mv $k aside && mkfifo -m 400 $k",
	  "rm host-*.key && mv aside $k", PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "a directory in its place", "mv $r aside && mkdir $r", "rmdir $r && mv aside $r",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "empty", "cp -p $r aside && truncate -s 0 $r", "mv aside $r", PAM_AUTHINFO_UNAVAIL,
	  THE_SAME, "state.unusable" },
	{ "a byte short", "cp -p $r aside && truncate -s -1 $r", "mv aside $r",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "half of it", "cp -p $r aside && truncate -s 4096 $r", "mv aside $r",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "a byte too long", "cp -p $r aside && echo >>$r", "mv aside $r", PAM_AUTHINFO_UNAVAIL,
	  THE_SAME, "state.unusable" },
	{ "slot A garbage", "head -c 4096 /dev/urandom | dd of=$r conv=notrunc status=none", "true",
	  PAM_AUTH_ERR, A_NEW_ONE, "state.fallback" },
	{ "slot B garbage",
	  "head -c 4096 /dev/urandom | dd of=$r conv=notrunc seek=$(($(stat -c %s $r) / 2)) "
	  "oflag=seek_bytes status=none",
	  "true", PAM_AUTH_ERR, A_NEW_ONE, "state.fallback" },
	{ "both slots garbage",
	  "head -c $(stat -c %s $r) /dev/urandom | dd of=$r conv=notrunc status=none", "true",
	  PAM_AUTHINFO_UNAVAIL, LOST, "state.unusable" },
	{ "both slots zero",
	  "head -c $(stat -c %s $r) /dev/zero | dd of=$r conv=notrunc status=none", "true",
	  PAM_AUTHINFO_UNAVAIL, LOST, "state.unusable" },
	{ "another's record", "cp -p $r aside && cat $o >$r", "mv aside $r", PAM_AUTHINFO_UNAVAIL,
	  THE_SAME, "state.unusable" },
	{ "another's record moved there", "mv $r aside && mv $o $r", "mv $r $o && mv aside $r",
	  PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
	{ "another host's key", "mv $k aside && head -c 76 /dev/urandom >$k && chmod 0400 $k",
	  "mv -f aside $k", PAM_AUTHINFO_UNAVAIL, THE_SAME, "state.unusable" },
};

static void use(struct host *host)
{
	struct dialogue dialogue = { .codes = { "000000" } };

	memset(&calls, 0, sizeof(calls));
	calls.raised = 5000;
	host_policy(host, POLICY);
	stack_code_alone(host, "sshd");
	give_phone(host, HELD);
	give_phone(host, "games");
	calls.moved_sec += A_WHILE; /* the record has been used before */
	dialogue.codes[0] = show(0).code;
	assert_int_equal(log_in(host, &by_ssh, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	calls.moved_sec += A_WHILE;
	drop_events(host);
}

static int64_t monotonic_msec(void)
{
	struct timespec now = { 0 };

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One of the events since the last login begins with @start. */
static void assert_told(const struct host *host, const char *start)
{
	char event[8192];

	do {
		host_event(host, event);
		if (!event[0])
			fail_msg("no event '%s'", start);
	} while (strncmp(event, start, strlen(start)) != 0);
	drop_events(host);
}

static void assert_owner_gets_in(struct host *host)
{
	calls.moved_sec += A_WHILE;
	assert_int_equal(try(host, show(0).code), PAM_SUCCESS);
}

static void damaged(void **state)
{
	const struct row *row = *state;
	struct host *host;
	struct shown right;
	int64_t began;

	assert_int_equal(otp_set_up(state), 0);
	host = *state;
	use(host);
	shell(host, row->damage);
	right = show(0);
	began = monotonic_msec();
	assert_int_equal(try(host, right.code), row->code);
	assert_true(monotonic_msec() - began < 2000);
	assert_told(host, row->event);
	shell(host, row->mend);
	if (row->after == LOST) {
		const struct codes_account account = account_of(HELD);

		assert_int_equal(try(host, right.code), PAM_AUTHINFO_UNAVAIL);
		assert_int_equal(codes_reset(host->root, &account), 0);
		give_phone(host, HELD);
	} else {
		assert_int_equal(try(host, right.code),
				 row->after == THE_SAME ? PAM_SUCCESS : PAM_AUTH_ERR);
	}
	assert_owner_gets_in(host);
	assert_int_equal(host_tear_down(state), 0);
}

/* The record, its directory, or all state, with the policy in it. */
static void of_another_owner(void **state)
{
	static const char *const names[] = { "codes/5001", "codes", "" };
	struct host *host = *state;

	use(host);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct shown right = show(0);
		char path[160];
		struct stat st;

		(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/%s", host->root, names[i]);
		assert_int_equal(stat(path, &st), 0);
		calls.foreign = st.st_ino;
		assert_int_not_equal(try(host, right.code), PAM_SUCCESS);
		if (names[i][0])
			assert_told(host, "state.unusable");
		drop_events(host);
		calls.foreign = 0;
		assert_owner_gets_in(host);
	}
}

/* Nothing on this host can tell a whole older state from the one of now: for as long as a code is
 * good, it is good again. Then it is over, as ever. */
static void an_older_backup(void **state)
{
	struct host *host = *state;
	struct shown used;

	use(host);
	shell(host, "cp -a codes backup");
	used = show(0);
	assert_int_equal(try(host, used.code), PAM_SUCCESS);
	assert_int_equal(try(host, used.code), PAM_AUTH_ERR);
	shell(host, "rm -r codes && cp -a backup codes");
	assert_int_equal(try(host, used.code), PAM_SUCCESS);
	shell(host, "rm -r codes && mv backup codes");
	calls.moved_sec += 120;
	assert_int_equal(try(host, used.code), PAM_AUTH_ERR);
	assert_owner_gets_in(host);
}

/* What a user has of his own, and does to it, decides nothing. */
static void a_home_that_is_not_there(void **state)
{
	static const char *const changes[] = {
		"mkdir home",
		"rm -r home",
		"mkfifo home",
		"rm home && ln -s nowhere home",
	};
	struct host *host = *state;
	char home[64], command[256];

	use(host);
	(void)snprintf(home, sizeof(home), "%s/home", host->root);
	calls.home = home;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		(void)snprintf(command, sizeof(command), "cd '%s' && %s", host->root, changes[i]);
		assert_int_equal(system(command), 0);
		assert_owner_gets_in(host);
		assert_int_equal(try(host, show(0).code), PAM_AUTH_ERR);
	}
}

/* The disk may have kept it, or not: the code counts as used. */
static void the_disk_does_not_confirm(void **state)
{
	static const enum call syncs[] = { CALL_fdatasync, CALL_pwrite };
	struct host *host = *state;

	use(host);
	for (size_t i = 0; i < ARRAY_SIZE(syncs); i++) {
		const struct shown right = show(0);

		calls_arm(syncs[i], 1, FAIL_FROM_THEN_ON, EIO);
		assert_int_equal(try(host, right.code), PAM_AUTHINFO_UNAVAIL);
		calls_disarm();
		assert_true(calls.struck);
		assert_told(host, "state.unusable");
		assert_owner_gets_in(host);
	}
}

/* In a mount namespace of our own. */
static bool set(const char *path, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static bool enter_user_namespace(void)
{
	char users[32], groups[32];

	(void)snprintf(users, sizeof(users), "0 %u 1", (unsigned)getuid());
	(void)snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && set("/proc/self/uid_map", users) &&
	       set("/proc/self/setgroups", "deny") && set("/proc/self/gid_map", groups);
}

static bool enter_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0 && !enter_user_namespace())
		return false;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void mount_var(const struct host *host, unsigned long flags)
{
	char path[108];

	make_directory(host, "/var");
	path_below(host, "/var", path);
	assert_int_equal(mount("tmpfs", path, "tmpfs", MS_NOSUID | flags, "size=1m"), 0);
}

static int unmount_and_tear_down(void **state)
{
	char path[108];

	path_below(*state, "/var", path);
	return umount2(path, MNT_DETACH) < 0 ? -1 : host_tear_down(state);
}

/* Who has logged in before needs no new block. Who has not is refused, and comes in later. */
static void a_full_disk(void **state)
{
	struct host *host = *state;
	const struct entry another = { "sshd", "games", "10.9.9.9", "ssh", NULL };
	struct dialogue dialogue = { .codes = { "" } }, again;
	struct shown right;

	mount_var(host, 0);
	use(host);
	shell(host, "! cat /dev/zero >filler 2>/dev/null");
	right = show(0);
	dialogue.codes[0] = right.code;
	again = dialogue;
	assert_int_not_equal(log_in(host, &another, AUTH_AND_ACCOUNT, &dialogue), PAM_SUCCESS);
	assert_told(host, "state.unusable");
	assert_int_equal(try(host, right.code), PAM_SUCCESS);
	assert_int_equal(try(host, right.code), PAM_AUTH_ERR);
	shell(host, "rm filler");
	assert_int_equal(log_in(host, &another, AUTH_AND_ACCOUNT, &again), PAM_SUCCESS);
	assert_owner_gets_in(host);
}

static void a_read_only_disk(void **state)
{
	struct host *host = *state;
	struct shown right;
	char path[108];

	mount_var(host, 0);
	use(host);
	path_below(host, "/var", path);
	assert_int_equal(mount("tmpfs", path, NULL, MS_REMOUNT | MS_NOSUID | MS_RDONLY, "size=1m"),
			 0);
	right = show(0);
	assert_int_equal(try(host, right.code), PAM_AUTHINFO_UNAVAIL);
	assert_told(host, "state.unusable");
	assert_int_equal(mount("tmpfs", path, NULL, MS_REMOUNT | MS_NOSUID, "size=1m"), 0);
	assert_int_equal(try(host, right.code), PAM_SUCCESS);
	assert_owner_gets_in(host);
}

int main(void)
{
	const struct CMUnitTest single[] = {
		AT_CODES(a_home_that_is_not_there),
		AT_CODES(of_another_owner),
		AT_CODES(an_older_backup),
		AT_CODES(the_disk_does_not_confirm),
		cmocka_unit_test_setup_teardown(a_full_disk, otp_set_up, unmount_and_tear_down),
		cmocka_unit_test_setup_teardown(a_read_only_disk, otp_set_up,
						unmount_and_tear_down),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(single)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name,
						  .test_func = damaged,
						  .initial_state = (void *)(uintptr_t)&rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		tests[n++] = single[i];
	if (!enter_namespace()) {
		print_error("no mount namespace: neither root nor user namespaces\n");
		return 1;
	}
	(void)alarm(60); /* what waits for a FIFO waits for ever */
	if (!calls_keep("pam_sereno_otp") || !calls_keep("pam_sereno_access"))
		return 1;
	return cmocka_run_group_tests_name("where codes are kept", tests, NULL, NULL);
}
