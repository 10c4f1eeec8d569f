/* SPDX-License-Identifier: MIT */
/*
 * guard_crowd.c - how many wrong passwords are checked when many clients try at once with three
 * allowed, beside pam_faillock. The check itself is a pause of a yescrypt run's length.
 */
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <sereno/attempts.h>

#include "faillock.h"
#include "figure.h"

#define TRIES	    3
#define CHECK_NSEC  28000000
#define CLIENTS_MAX 100

static const struct attempt_limits limits = { 3, 900, THEN_DELAY, 30, 3600, 50 };

/* A client number @client tries once: whether his password was checked. */
typedef bool try_once(const struct bench_place *place, unsigned client);

static void check_password(void)
{
	const struct timespec length = { .tv_nsec = CHECK_NSEC };

	(void)nanosleep(&length, NULL); /* a shorter check makes no difference */
}

static bool try_faillock(const struct bench_place *place, unsigned client)
{
	(void)client; /* it counts by user alone */
	if (place_login(place, "before") != PAM_SUCCESS)
		return false;
	check_password();
	(void)place_login(place, "failed");
	return true;
}

static bool try_guard(const struct bench_place *place, const char *from)
{
	struct attempt_subject subject = { .user = FAILLOCK_USER, .uid = 1, .known = true };
	struct attempt_charge charge;
	enum attempt_answer answer;
	struct attempt_clock now;
	uint32_t wait;
	int r;

	r = origin_parse(from, &subject.origin);
	if (r == 0)
		r = attempt_clock_now(&now);
	if (r == 0)
		r = attempt_charge(place->root, &limits, &subject, &now, &charge, &answer, &wait);
	if (r < 0)
		warnx("charging: %s", strerror(-r));
	if (r < 0 || answer == ATTEMPT_REFUSED)
		return false;
	check_password();
	r = attempt_settle(place->root, &limits, &charge, ATTEMPT_FAILED, &now);
	if (r < 0)
		warnx("settling: %s", strerror(-r));
	return true;
}

static bool try_one_origin(const struct bench_place *place, unsigned client)
{
	(void)client;
	return try_guard(place, "198.51.100.7");
}

static bool try_own_origin(const struct bench_place *place, unsigned client)
{
	char from[32];

	(void)snprintf(from, sizeof(from), "198.51.100.%u", client + 1);
	return try_guard(place, from);
}

/* The clients begin when nobody holds the other end of @gate any more. */
static void be_client(const struct bench_place *place, try_once *once, unsigned client, int gate,
		      atomic_uint *checked)
{
	char byte;

	(void)!read(gate, &byte, 1);
	for (unsigned i = 0; i < TRIES; i++)
		if (once(place, client))
			atomic_fetch_add(checked, 1);
	_exit(0);
}

static void run_crowd(const struct bench_place *place, try_once *once, unsigned clients,
		      atomic_uint *checked)
{
	int gate[2];
	pid_t pid;

	if (pipe(gate) < 0)
		err(1, "pipe");
	for (unsigned client = 0; client < clients; client++) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid > 0)
			continue;
		(void)close(gate[1]);
		be_client(place, once, client, gate[0], checked);
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	while (wait(NULL) > 0)
		;
}

static unsigned checked_by(try_once *once, unsigned clients)
{
	void *page = mmap(NULL, sizeof(atomic_uint), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct bench_place place;
	unsigned n;

	if (page == MAP_FAILED)
		err(1, "mmap");
	place_make(&place);
	run_crowd(&place, once, clients, page);
	n = atomic_load((atomic_uint *)page);
	place_remove(&place);
	(void)munmap(page, sizeof(atomic_uint));
	return n;
}

int main(void)
{
	static const unsigned crowds[] = { 1, 10, 30, CLIENTS_MAX };
	bool met = true;
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(crowds); i++) {
		const unsigned n = crowds[i];

		(void)snprintf(name, sizeof(name), "faillock-checked-of-%u-clients", n);
		figure_beside(name, checked_by(try_faillock, n), "passwords");
		(void)snprintf(name, sizeof(name), "guard-checked-of-%u-clients", n);
		met = figure_print(name, checked_by(try_one_origin, n), "passwords",
				   limits.allow) &&
		      met;
	}
	(void)snprintf(name, sizeof(name), "guard-checked-from-%u-origins", CLIENTS_MAX);
	return !(figure_print(name, checked_by(try_own_origin, CLIENTS_MAX), "passwords",
			      limits.allow_per_user) &&
		 met);
}
