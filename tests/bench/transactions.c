/* SPDX-License-Identifier: MIT */
/*
 * transactions.c - the time of whole PAM account transactions, several stacks side by side.
 *
 * transactions ROOT USER RHOST NAME...: the service sshd of the folder ROOT/pam.d/NAME is timed. A
 * round runs every one of them for a while, so that what disturbs the machine disturbs all of them
 * alike; printed are the medians over the rounds, as "NAME NANOSECONDS". Whatever is sent to
 * ROOT/dev/log is read by a child, as a syslog daemon would.
 */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <sereno/scoped.h>

#define ROUNDS_MAX  31
#define ROUNDS_MIN  5
#define SLICE_NSEC  20000000.0	 /* of one service in one round */
#define BUDGET_NSEC 6000000000.0 /* of one service in all its rounds */
#define GROUPS_MAX  65536

struct contestant {
	const char *name; /* "getgrouplist" is that call alone, without PAM */
	char confdir[4096];
	unsigned repeats, rounds;
	double sample[ROUNDS_MAX];
};

struct arena {
	const char *root, *user, *rhost;
	gid_t group;
	gid_t *groups;
};

static double now_nsec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int silent(int n, const struct pam_message **messages, struct pam_response **ret, void *data)
{
	(void)messages;
	(void)data;
	*ret = calloc((size_t)n, sizeof(**ret));
	return *ret ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int account(const struct arena *arena, const struct contestant *contestant)
{
	const struct pam_conv conversation = { .conv = silent };
	pam_handle_t *pamh = NULL;
	int r;

	r = pam_start_confdir("sshd", arena->user, &conversation, contestant->confdir, &pamh);
	if (r != PAM_SUCCESS)
		return r;
	r = pam_set_item(pamh, PAM_RHOST, arena->rhost);
	if (r == PAM_SUCCESS)
		r = pam_set_item(pamh, PAM_TTY, "ssh");
	if (r == PAM_SUCCESS)
		r = pam_acct_mgmt(pamh, 0);
	(void)pam_end(pamh, r);
	return r;
}

static int once(const struct arena *arena, const struct contestant *contestant)
{
	int n = GROUPS_MAX;

	if (strcmp(contestant->name, "getgrouplist") != 0)
		return account(arena, contestant);
	return getgrouplist(arena->user, arena->group, arena->groups, &n) < 0 ? PAM_BUF_ERR
									      : PAM_SUCCESS;
}

/* A contestant that refuses would be measured on another path than the one meant. */
static void must_allow(const struct arena *arena, const struct contestant *contestant)
{
	const int r = once(arena, contestant);

	if (r == PAM_SUCCESS)
		return;
	(void)fprintf(stderr, "%s: refused: %s\n", contestant->name, pam_strerror(NULL, r));
	exit(EXIT_FAILURE);
}

static void calibrate(const struct arena *arena, struct contestant *contestant)
{
	double took, rounds;

	must_allow(arena, contestant);
	took = now_nsec();
	must_allow(arena, contestant);
	took = now_nsec() - took;
	contestant->repeats = took < SLICE_NSEC ? (unsigned)(SLICE_NSEC / took) + 1 : 1;
	rounds = BUDGET_NSEC / (took * contestant->repeats);
	contestant->rounds = rounds > ROUNDS_MAX ? ROUNDS_MAX : (unsigned)rounds;
	if (contestant->rounds < ROUNDS_MIN)
		contestant->rounds = ROUNDS_MIN;
}

static double slice(const struct arena *arena, const struct contestant *contestant)
{
	const double start = now_nsec();

	for (unsigned i = 0; i < contestant->repeats; i++)
		must_allow(arena, contestant);
	return (now_nsec() - start) / contestant->repeats;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Read ROOT/dev/log in a child until we are gone; what is sent there must not pile up. */
static int start_log_reader(const char *root)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/dev/log", root);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char line[8192];

	if (fd < 0 || n < 0 || (size_t)n >= sizeof(address.sun_path) ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return neg_errno();
	if (fork() != 0) {
		(void)close(fd);
		return 0;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recv(fd, line, sizeof(line), 0) >= 0)
		;
	_exit(EXIT_SUCCESS);
}

static void enter(const struct arena *arena, const char *name, struct contestant *ret)
{
	const int n =
		snprintf(ret->confdir, sizeof(ret->confdir), "%s/pam.d/%s", arena->root, name);

	if (n < 0 || (size_t)n >= sizeof(ret->confdir)) {
		(void)fputs("transactions: the root's name is too long\n", stderr);
		exit(EXIT_FAILURE);
	}
	ret->name = name;
}

static void compete(const struct arena *arena, struct contestant *contestants, size_t n)
{
	for (size_t i = 0; i < n; i++)
		calibrate(arena, &contestants[i]);
	for (unsigned round = 0; round < ROUNDS_MAX; round++)
		for (size_t i = 0; i < n; i++)
			if (round < contestants[i].rounds)
				contestants[i].sample[round] = slice(arena, &contestants[i]);
	for (size_t i = 0; i < n; i++) {
		struct contestant *c = &contestants[i];

		qsort(c->sample, c->rounds, sizeof(c->sample[0]), by_size);
		printf("%s %.0f\n", c->name, c->sample[c->rounds / 2]);
	}
}

int main(int argc, char **argv)
{
	scoped_free struct contestant *contestants = NULL;
	scoped_free gid_t *groups = NULL;
	struct arena arena = { 0 };
	const struct passwd *account_entry;

	if (argc < 5) {
		(void)fputs("usage: transactions ROOT USER RHOST NAME...\n", stderr);
		return 2;
	}
	arena.root = argv[1];
	arena.user = argv[2];
	arena.rhost = argv[3];
	account_entry = getpwnam(arena.user);
	contestants = calloc((size_t)argc, sizeof(*contestants));
	groups = calloc(GROUPS_MAX, sizeof(*groups));
	if (!account_entry || !contestants || !groups || start_log_reader(arena.root) < 0) {
		perror("transactions");
		return EXIT_FAILURE;
	}
	arena.group = account_entry->pw_gid;
	arena.groups = groups;
	for (int i = 4; i < argc; i++)
		enter(&arena, argv[i], &contestants[i - 4]);
	compete(&arena, contestants, (size_t)argc - 4);
	return EXIT_SUCCESS;
}
