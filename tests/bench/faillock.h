/* SPDX-License-Identifier: MIT */
/* faillock.h - for benches: PAM stacks with pam_faillock, the peer, in a folder of their own. */
#ifndef SERENO_BENCH_FAILLOCK_H
#define SERENO_BENCH_FAILLOCK_H

#include <err.h>
#include <ftw.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/scoped.h>

#define FAILLOCK_USER "daemon" /* an account that every host has */
#define PATH_SIZE     256

struct bench_place {
	char root[64];
	char stacks[PATH_SIZE], tally[PATH_SIZE];
};

static inline void place_join(char path[static PATH_SIZE], const char *folder, const char *name)
{
	const int n = snprintf(path, PATH_SIZE, "%s/%s", folder, name);

	if (n < 0 || n >= PATH_SIZE)
		errx(1, "%s/%s: too long", folder, name);
}

/* Service @name: faillock as @before, then a password that is always right, then as @after. */
static inline void place_stack(const struct bench_place *place, const char *name,
			       const char *before, const char *after)
{
	char path[PATH_SIZE];
	FILE *file;

	place_join(path, place->stacks, name);
	file = fopen(path, "we");
	if (!file)
		err(1, "%s", path);
	if (before)
		fprintf(file, "auth requisite pam_faillock.so %s deny=3 nodelay dir=%s\n", before,
			place->tally);
	fprintf(file, "auth required pam_permit.so\n");
	if (after)
		fprintf(file, "auth required pam_faillock.so %s deny=3 nodelay dir=%s\n", after,
			place->tally);
	if (fclose(file) != 0)
		err(1, "%s", path);
}

static inline void place_make(struct bench_place *place)
{
	static const char template[] = "/tmp/sereno-bench-XXXXXX";

	memcpy(place->root, template, sizeof(template));
	if (!mkdtemp(place->root))
		err(1, "mkdtemp");
	place_join(place->stacks, place->root, "pam.d");
	place_join(place->tally, place->root, "tally");
	if (mkdir(place->stacks, 0755) < 0 || mkdir(place->tally, 0755) < 0)
		err(1, "%s", place->root);
	place_stack(place, "permit", NULL, NULL);
	place_stack(place, "pair", "preauth", "authsucc");
	place_stack(place, "before", "preauth", NULL);
	place_stack(place, "failed", NULL, "authfail");
}

static inline int place_remove_one(const char *path, const struct stat *st, int type,
				   struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void place_remove(const struct bench_place *place)
{
	if (nftw(place->root, place_remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
		warn("%s stays behind", place->root);
}

static inline int faillock_silent(int n, const struct pam_message **messages,
				  struct pam_response **ret, void *data)
{
	(void)messages;
	(void)data;
	*ret = calloc((size_t)n, sizeof(**ret));
	return *ret ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* One login with @service; returns what PAM says. */
static inline int place_login(const struct bench_place *place, const char *service)
{
	const struct pam_conv conversation = { .conv = faillock_silent };
	pam_handle_t *pamh = NULL;
	int r;

	r = pam_start_confdir(service, FAILLOCK_USER, &conversation, place->stacks, &pamh);
	if (r != PAM_SUCCESS)
		errx(1, "%s: %s", service, pam_strerror(NULL, r));
	r = pam_set_item(pamh, PAM_RHOST, "198.51.100.7");
	if (r == PAM_SUCCESS)
		r = pam_authenticate(pamh, PAM_SILENT);
	(void)pam_end(pamh, r);
	return r;
}

#endif
