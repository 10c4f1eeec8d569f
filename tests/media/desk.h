/* SPDX-License-Identifier: MIT */
/*
 * desk.h - for the tests of sereno-media: a host in a temporary directory, with a bus, a logind
 * that says what the test wants, a sysfs of plain files, and the program under test.
 *
 * Included by the test programs watch*.c only.
 */
#ifndef TESTS_MEDIA_DESK_H
#define TESTS_MEDIA_DESK_H

#include "fake_logind.h"
#include "plugged.h"

static inline int no_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	(void)group;
	(void)ret;
	return -ENOENT;
}

static inline int known_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	*ret = strcmp(user, "ana") == 0 ? 4001 : 4002;
	return 0;
}

#define POLICY_HEAD                                                                        \
	"sereno: 1\ntimezone: UTC\naccounts: {min-uid: 1000}\nroles:\n"                    \
	"  employee: {members: [ana, luis], allow: [{services: [login], from: [seat]}]}\n" \
	"  guest: {members: [eva], allow: [{services: [login], from: [seat]}]}\n"

#define POLICY_STICKS                                                                   \
	POLICY_HEAD "media:\n  storage: deny\n  rules:\n"                               \
		    "    - {name: sticks, device: {kind: storage}, roles: [employee], " \
		    "access: read-write}\n"

static inline void desk_policy(struct desk *desk, const char *text)
{
	const struct compile_inputs inputs = { .text = text,
					       .text_length = strlen(text),
					       .host = "test",
					       .now = time(NULL) - 10,
					       .generation = ++desk->generation,
					       .group_id = no_group,
					       .user_id = known_user };
	struct diag_list diags = { .item = NULL };
	struct generation generation;
	struct model *model = NULL;
	int r = model_read("", text, strlen(text), time(NULL), &model, &diags);

	for (size_t i = 0; i < diags.n; i++)
		print_message("%u: %s\n", diags.item[i].at.line, diags.item[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(generation_begin(desk->root, &generation), 0);
	assert_int_equal(policy_compile(model, &inputs, generation.dir, &diags), 0);
	assert_int_equal(generation_commit(&generation), 0);
	generation_end(&generation);
	diag_clear(&diags);
	model_free(model);
}

static inline pid_t desk_spawn(const char *const words[])
{
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)!freopen("/dev/null", "w", stderr); /* limits that the bus cannot raise */
		(void)execv(words[0], (char *const *)(uintptr_t)words);
		_exit(127);
	}
	return child;
}

static inline void desk_bus(struct desk *desk)
{
	char config[256], option[300];
	const char *words[] = { "/usr/bin/dbus-daemon", option,	      "--nofork",
				"--nopidfile",		"--nosyslog", NULL };
	char text[1024];

	(void)snprintf(
		text, sizeof(text),
		"<busconfig><type>custom</type><listen>unix:path=%s/bus</listen>"
		"<auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\" "
		"eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>"
		"</busconfig>",
		desk->root);
	desk_file(desk, "/bus.conf", text);
	(void)snprintf(option, sizeof(option), "--config-file=%s",
		       desk_path(desk, "/bus.conf", config));
	desk->bus = desk_spawn(words);
}

static inline void desk_logind(struct desk *desk)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	desk->logind = fork();
	if (desk->logind == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(fake_logind_run(desk->root, pair[1]) < 0);
	}
	(void)close(pair[1]);
	desk->logind_fd = pair[0];
}

/* Somebody is in front now; @user NULL: nobody. Returns when logind has said so. */
static inline void desk_sits(const struct desk *desk, const struct fake_session *session)
{
	char done;

	assert_int_equal(send(desk->logind_fd, session, sizeof(*session), 0), sizeof(*session));
	assert_int_equal(recv(desk->logind_fd, &done, 1, 0), 1);
}

static const struct fake_session nobody = { .id = "" };
static const struct fake_session greeter = { "g1", "gdm", "greeter", 120, false };
static const struct fake_session ana = { "c1", "ana", "user", 4001, false };
static const struct fake_session ana_locked = { "c1", "ana", "user", 4001, true };
static const struct fake_session luis = { "c2", "luis", "user", 4002, false };
static const struct fake_session eva = { "c3", "eva", "user", 4003, false };

static inline void desk_watch(struct desk *desk, const char *grace)
{
	char program[256], root[64], option[32];
	const char *words[] = { program, root, option, NULL };

	assert_in_range(snprintf(program, sizeof(program), "%s/sereno-media", getenv("O")), 1, 255);
	(void)snprintf(root, sizeof(root), "--root=%s", desk->root);
	(void)snprintf(option, sizeof(option), "--grace=%s", grace);
	desk->watcher = desk_spawn(words);
}

static inline void desk_end(pid_t *child)
{
	if (*child > 0) {
		(void)kill(*child, SIGKILL);
		(void)waitpid(*child, NULL, 0);
	}
	*child = 0;
}

/* The program under test ends when it is told to, and well: nothing crashed or leaked. */
static inline void desk_end_watcher(struct desk *desk)
{
	int status = 0;

	if (desk->watcher > 0) {
		assert_int_equal(kill(desk->watcher, SIGTERM), 0);
		assert_int_equal(waitpid(desk->watcher, &status, 0), desk->watcher);
		assert_int_equal(status, 0);
	}
	desk->watcher = 0;
}

/* Who is written down for seat0 comes to be @user ("": nobody) with @n roles. */
static inline bool desk_seat_comes_to(const struct desk *desk, const char *user, size_t n)
{
	struct seat seat = { .uid = 0 };

	for (int i = 0; i < PATIENCE_MSEC / STEP_MSEC; i++) {
		if (seat_read(desk->root, SEAT_DEFAULT, &seat) == 0 &&
		    strcmp(seat.user, user) == 0 && seat.roles.n == n)
			return true;
		desk_pause();
	}
	print_message("seat0 is \"%s\" with %zu roles\n", seat.user, seat.roles.n);
	return false;
}

/* Whether an event of that name comes, and its text has @part. Others before it are passed over. */
static inline bool desk_hears(const struct desk *desk, const char *event, const char *part)
{
	char text[8192], wanted[64];

	(void)snprintf(wanted, sizeof(wanted), "SERENO_EVENT=%s\n", event);
	for (int i = 0; i < PATIENCE_MSEC / STEP_MSEC; i++) {
		const ssize_t n = recv(desk->journal, text, sizeof(text) - 1, MSG_DONTWAIT);

		if (n < 0) {
			desk_pause();
			continue;
		}
		text[n] = '\0';
		if (strstr(text, wanted) && strstr(text, part))
			return true;
	}
	print_message("%s was not heard\n", event);
	return false;
}

static inline void desk_listen(struct desk *desk)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[256];

	desk->journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(desk->journal >= 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.100s",
		       desk_path(desk, "/run/systemd/journal/socket", path));
	assert_int_equal(bind(desk->journal, (struct sockaddr *)&address, sizeof(address)), 0);
}

static inline void desk_new(struct desk *desk)
{
	static const char *const directories[] = {
		"/var/lib/sereno",    "/run/sereno",	"/run/systemd/journal",
		"/run/systemd/seats", "/run/udev/data", "/sys/bus/usb/devices",
		"/sys/class/block",   "/mnt",		"/sys/module/usbcore/parameters"
	};
	char address[128];

	*desk = (struct desk){ .root = "/tmp/sereno-desk-XXXXXX", .logind_fd = -1 };
	assert_non_null(mkdtemp(desk->root));
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		desk_directory(desk, directories[i]);
	desk_file(desk, "/sys/module/usbcore/parameters/authorized_default", "1\n");
	(void)snprintf(address, sizeof(address), "unix:path=%s/bus", desk->root);
	assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1), 0);
	desk_listen(desk);
	desk->may_mount = unshare(CLONE_NEWNS) == 0 &&
			  mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static inline int desk_remove_one(const char *path, const struct stat *st, int kind,
				  struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static inline void desk_free(struct desk *desk)
{
	char path[256];

	desk_end_watcher(desk);
	desk_end(&desk->logind);
	desk_end(&desk->bus);
	(void)umount2(desk_path(desk, "/mnt", path), MNT_DETACH);
	close_p(&desk->logind_fd);
	close_p(&desk->journal);
	assert_int_equal(nftw(desk->root, desk_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

#endif
