/* SPDX-License-Identifier: MIT */
/*
 * torture.c - tests: a grant that is killed before each of its calls that change files,
 * administrators who grant at once, a disk that is full, and a register that is damaged.
 */
#include "office.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define CALLS_MAX      1000
#define ADMINISTRATORS 6
#define GRANTS_EACH    8
#define PAGES_MAX      80 /* so much room is enough for one grant */
#define DAMAGES	       300

static const struct grant_wish wish = { "bea", "dba", OFFICE_NOW, OFFICE_NOW + DAY };

/* Open the register as another process would, and grant. Returns what came of it. */
static int grant_anew(const struct office *office)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(register_close_p) struct register_db *db = NULL;
	const struct act act = act_of("luis", 0);
	uint32_t id;
	int r;

	r = register_open(office->root, OFFICE_NOW, &db);
	if (r == 0)
		r = policy_open(office->root, &policy);
	return r == 0 ? register_grant(db, policy, &act, &wish, &id) : r;
}

static int count_one(void *context, const struct grant_row *row)
{
	(void)row;
	++*(uint32_t *)context;
	return 0;
}

/* Reopen it after whatever happened: what it has is what is published. Returns how many. */
static uint32_t assert_whole(struct office *office)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	scoped_free struct grant *item = NULL;
	const struct register_query all = { .id = 0 };
	uint32_t n = 0;
	int r;

	r = register_open_reading(office->root, &office->db);
	assert_true(r == 0 || r == -ENOENT);
	register_close(office->db);
	office->db = NULL;
	assert_int_equal(register_open(office->root, OFFICE_NOW, &office->db), 0);
	assert_int_equal(register_grants(office->db, &all, count_one, &n), 0);
	assert_int_equal(grants_open(office->root, &grants), 0);
	assert_int_equal(grants_verify(grants), 0);
	assert_int_equal(grants_facts(grants)->n_grants, n);
	assert_int_equal(grants_of(grants, "bea", &item), n);
	register_close(office->db);
	office->db = NULL;
	return n;
}

static void end_child(pid_t child)
{
	int status;

	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}

/* Whether @child, which has stopped, begins a call that changes files. */
static bool is_change(pid_t child)
{
	static const uint64_t changing[] = {
		SYS_write,     SYS_pwrite64, SYS_fsync,	    SYS_fdatasync, SYS_ftruncate,
		SYS_fchmod,    SYS_unlink,   SYS_unlinkat,  SYS_rename,	   SYS_renameat,
		SYS_renameat2, SYS_openat,   SYS_fallocate, SYS_close,
	};
	struct __ptrace_syscall_info info = { .op = 0 };
	uint64_t number;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	number = info.entry.nr;
	for (size_t i = 0; i < ARRAY_SIZE(changing); i++)
		if (changing[i] == number)
			return true;
	return false;
}

/* Let a child grant, and kill it at the beginning of its @nth system call that changes files.
 * Returns 1, or 0 when it was done before, or -1 where nobody may be traced. */
static int grant_killed_at(const struct office *office, unsigned nth)
{
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(77);
		(void)raise(SIGSTOP);
		_exit(-grant_anew(office));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status))
		return -1;
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD), 0);
	for (unsigned changes = 0; changes < nth; changes += is_change(child)) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFEXITED(status))
			continue;
		assert_int_equal(WEXITSTATUS(status), 0);
		return 0;
	}
	end_child(child);
	return 1;
}

static void test_killed(void **state)
{
	struct office office;
	uint32_t before = 0, now;
	int r = 1;

	(void)state;
	office_open(&office);
	register_close(office.db);
	office.db = NULL;
	for (unsigned nth = 1; r == 1 && nth < CALLS_MAX; nth++) {
		r = grant_killed_at(&office, nth);
		if (r < 0)
			break;
		now = assert_whole(&office);
		assert_in_range(now, before, before + 1);
		before = now;
	}
	office_close(&office);
	if (r < 0)
		skip();
	assert_int_equal(r, 0);
	assert_true(before > 1); /* some were killed when it was in already */
}

static void test_at_once(void **state)
{
	struct office office;
	int status;

	(void)state;
	office_open(&office);
	register_close(office.db);
	office.db = NULL;
	for (unsigned i = 0; i < ADMINISTRATORS; i++) {
		if (fork() != 0)
			continue;
		for (unsigned k = 0; k < GRANTS_EACH; k++)
			if (grant_anew(&office) != 0)
				_exit(1);
		_exit(0);
	}
	for (unsigned i = 0; i < ADMINISTRATORS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(assert_whole(&office), ADMINISTRATORS * GRANTS_EACH);
	office_close(&office);
}

static bool write_text(const char *path, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static bool enter_namespace(void)
{
	char users[32], groups[32];

	(void)snprintf(users, sizeof(users), "0 %u 1", (unsigned)getuid());
	(void)snprintf(groups, sizeof(groups), "0 %u 1", (unsigned)getgid());
	if (unshare(CLONE_NEWNS) < 0 &&
	    (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || !write_text("/proc/self/uid_map", users) ||
	     !write_text("/proc/self/setgroups", "deny") ||
	     !write_text("/proc/self/gid_map", groups)))
		return false;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Fill the disk but for @pages pages. */
static void fill(const char *path, size_t pages)
{
	static const uint8_t page[4096] = { 1 };
	scoped_fd int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	off_t size = 0;

	assert_true(fd >= 0);
	while (write(fd, page, sizeof(page)) == (ssize_t)sizeof(page))
		size += (off_t)sizeof(page);
	assert_true(size > (off_t)(pages * sizeof(page)));
	assert_int_equal(ftruncate(fd, size - (off_t)(pages * sizeof(page))), 0);
}

/* A disk with room for less than a grant: none, or one that is kept, and never half of one. */
static void full_disk(struct office *office, const char *filler)
{
	bool refused = false, granted = false;
	uint32_t before = 0, now;
	int r;

	for (size_t pages = 0; pages < PAGES_MAX && !granted; pages++) {
		fill(filler, pages);
		r = grant_anew(office);
		assert_true(r == 0 || r == -ENOSPC || r == -EREMOTEIO);
		refused = refused || r == -ENOSPC;
		granted = r == 0;
		assert_int_equal(unlink(filler), 0);
		now = assert_whole(office);
		assert_int_equal(now, before + (r != -ENOSPC));
		before = now;
	}
	assert_true(refused && granted);
}

static void test_full_disk(void **state)
{
	struct office office;
	char path[128];

	(void)state;
	if (!enter_namespace())
		skip();
	office_open(&office);
	register_close(office.db);
	office.db = NULL;
	policy_close(office.policy);
	office.policy = NULL;
	assert_int_equal(mount("tmpfs", office.root, "tmpfs", MS_NOSUID, "size=1m,mode=0755"), 0);
	office_policy(&office, office_text);
	assert_int_equal(assert_whole(&office), 0);
	(void)snprintf(path, sizeof(path), "%s/filler", office.root);
	full_disk(&office, path);
	assert_int_equal(umount2(office.root, MNT_DETACH), 0);
	office_close(&office);
}

/* Whatever bytes it has, opening and reading it ends, and not by a signal. */
static void test_damaged(void **state)
{
	const struct register_query all = { .id = 0 };
	struct office office;
	char path[128];
	struct stat st;
	uint8_t byte;
	int fd;

	(void)state;
	office_open(&office);
	register_close(office.db);
	office.db = NULL;
	assert_int_equal(grant_anew(&office), 0);
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/register.db", office.root);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	for (off_t i = 0; i < DAMAGES; i++) {
		/* The header byte by byte, then here and there. */
		const off_t at = i < 100 ? i : i * 7919 % st.st_size;
		uint32_t n = 0;
		uint8_t bad;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		bad = byte ^ (uint8_t)(1u << i % 8);
		assert_int_equal(pwrite(fd, &bad, 1, at), 1);
		if (register_open_reading(office.root, &office.db) == 0)
			(void)register_grants(office.db, &all, count_one, &n);
		register_close(office.db);
		office.db = NULL;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	(void)close(fd);
	assert_int_equal(assert_whole(&office), 1);
	office_close(&office);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
