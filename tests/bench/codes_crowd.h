/* SPDX-License-Identifier: MIT */
/*
 * codes_crowd.h - for benches of codes: processes that log in at the same moment, round by round.
 */
#ifndef SERENO_BENCH_CODES_CROWD_H
#define SERENO_BENCH_CODES_CROWD_H

#include "codes_arena.h"

#include <pthread.h>

#define CROWD_MAX 32

/* What client @number does in a round; the parent sees what it writes into @crowd. */
struct crowd;
typedef void crowd_part(struct crowd *crowd, unsigned number);

struct crowd {
	const struct arena *arena;
	enum contestant by;
	crowd_part *part;
	unsigned clients;
	pthread_barrier_t start, end;
	bool over;
	pid_t pid[CROWD_MAX];
	struct arena_code code[CROWD_MAX];
	bool in[CROWD_MAX];	   /* he got in */
	bool looked_at[CROWD_MAX]; /* his code was */
};

static inline struct crowd *crowd_new(const struct arena *arena, enum contestant by,
				      unsigned clients, crowd_part *part)
{
	struct crowd *crowd = pretence_page(sizeof(*crowd));
	pthread_barrierattr_t shared;

	crowd->arena = arena;
	crowd->by = by;
	crowd->clients = clients;
	crowd->part = part;
	if (pthread_barrierattr_init(&shared) != 0 ||
	    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED) != 0 ||
	    pthread_barrier_init(&crowd->start, &shared, clients + 1) != 0 ||
	    pthread_barrier_init(&crowd->end, &shared, clients + 1) != 0)
		errx(1, "no barrier");
	return crowd;
}

static inline void crowd_be_client(struct crowd *crowd, unsigned number)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		(void)pthread_barrier_wait(&crowd->start);
		if (crowd->over)
			_exit(0);
		crowd->part(crowd, number);
		(void)pthread_barrier_wait(&crowd->end);
	}
}

static inline void crowd_gather(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->clients; i++) {
		const pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0)
			crowd_be_client(crowd, i);
		crowd->pid[i] = pid;
	}
}

/* Let all of them do their part once, at the same time. */
static inline void crowd_go(struct crowd *crowd)
{
	(void)pthread_barrier_wait(&crowd->start);
	(void)pthread_barrier_wait(&crowd->end);
}

static inline unsigned crowd_count(const struct crowd *crowd, const bool *flags)
{
	unsigned n = 0;

	for (unsigned i = 0; i < crowd->clients; i++)
		n += flags[i];
	return n;
}

/* The journal's reader is a child as well: who is waited for has a number. */
static inline void crowd_dismiss(struct crowd *crowd)
{
	int status;

	crowd->over = true;
	(void)pthread_barrier_wait(&crowd->start);
	for (unsigned i = 0; i < crowd->clients; i++)
		if (waitpid(crowd->pid[i], &status, 0) < 0 || status != 0)
			errx(1, "a client of %s failed: %#x", contestant_names[crowd->by],
			     (unsigned)status);
	(void)munmap(crowd, sizeof(*crowd));
}

#endif
