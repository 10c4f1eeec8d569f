/* SPDX-License-Identifier: MIT */
/* leaver.h - for tests: a file tree, two people in it, and the steps of one's departure. */
#ifndef SERENO_TESTS_LEAVER_H
#define SERENO_TESTS_LEAVER_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/departure.h>
#include <sereno/scoped.h>

#define HIS   "AAAAC3NzaC1lZDI1NTE5AAAAIB1hBTGnbTXBaiMGM1bAyb2yKJZdCNRtWLOXvRlCIZQx"
#define HERS  "AAAAC3NzaC1lZDI1NTE5AAAAIDTMgkgnjUCI7JQCHFdrfuCrr2pTwgUmsRWeGWWPqZpK"
#define ADMIN "AAAAC3NzaC1lZDI1NTE5AAAAIGVlVlVlVlVlVlVlVlVlVlVlVlVlVlVlVlVlVlVlVlVl"

struct scene {
	char root[64];
	char *evidence;
	struct leaver leaver;
	struct findings findings;
};

static inline void in_tree(const struct scene *scene, const char *path, char full[static 512])
{
	assert_true(snprintf(full, 512, "%s/%s", scene->root, path) < 512);
}

/* Make the directory @path with those above it. */
static inline void make_folder(const struct scene *scene, const char *path)
{
	char full[512];

	in_tree(scene, path, full);
	for (char *c = full + strlen(scene->root) + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*c = '/';
	}
	assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
}

static inline void put(const struct scene *scene, const char *path, const char *text)
{
	char full[512];
	FILE *stream;

	in_tree(scene, path, full);
	stream = fopen(full, "we");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static inline bool is_there(const struct scene *scene, const char *path)
{
	char full[512];
	struct stat st;

	in_tree(scene, path, full);
	return lstat(full, &st) == 0;
}

static inline void assert_text(const struct scene *scene, const char *path, const char *wanted)
{
	char full[512], text[4096];
	ssize_t n;
	int fd;

	in_tree(scene, path, full);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	(void)close(fd);
	assert_string_equal(text, wanted);
}

static inline enum step_result take_one(struct scene *scene, const char *name,
					enum departure_mode mode)
{
	size_t n;
	const struct departure_step *steps = departure_steps(&n);

	memset(&scene->findings, 0, sizeof(scene->findings));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(steps[i].name, name) != 0)
			continue;
		steps[i].run(&scene->leaver, mode, &scene->findings);
		return findings_result(&scene->findings);
	}
	fail_msg("no step %s", name);
	return STEP_FAILED;
}

static inline void give_back(struct scene *scene, const char *name)
{
	size_t n;
	const struct departure_step *steps = departure_steps(&n);

	memset(&scene->findings, 0, sizeof(scene->findings));
	for (size_t i = 0; i < n; i++)
		if (strcmp(steps[i].name, name) == 0)
			steps[i].undo(&scene->leaver, &scene->findings);
}

static inline bool found(const struct scene *scene, enum finding_kind kind, const char *text)
{
	for (size_t i = 0; i < scene->findings.n; i++)
		if (scene->findings.item[i].kind == kind &&
		    strstr(scene->findings.item[i].text, text))
			return true;
	return false;
}

/* pepe leaves, eva and the administrator stay. All files are of whoever runs the test. */
static inline int scene_setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	char passwd[512];

	assert_non_null(scene);
	(void)snprintf(scene->root, sizeof(scene->root), "/tmp/sereno-departure-XXXXXX");
	assert_non_null(mkdtemp(scene->root));
	make_folder(scene, "etc/ssh");
	make_folder(scene, "var/lib/sereno");
	make_folder(scene, "var/spool/cron/crontabs");
	make_folder(scene, "var/spool/cron/atjobs");
	make_folder(scene, "var/lib/systemd/linger");
	make_folder(scene, "home/pepe/.ssh");
	make_folder(scene, "home/eva/.ssh");
	make_folder(scene, "home/luis/.ssh");
	(void)snprintf(passwd, sizeof(passwd),
		       "pepe:x:%u:1::/home/pepe:/bin/sh\neva:x:70001:1::/home/eva:/bin/sh\n"
		       "luis:x:%u:1::/home/luis:/bin/sh\n",
		       geteuid(), geteuid());
	put(scene, "etc/passwd", passwd);
	scene->leaver = (struct leaver){ .root = scene->root,
					 .user = "pepe",
					 .uid = geteuid(),
					 .gid = getegid(),
					 .home = "/home/pepe",
					 .actor = "luis",
					 .departure = 7,
					 .now = 1767225600 };
	scene->leaver.evidence = departure_evidence(scene->root, "pepe", 7, &scene->evidence);
	assert_true(scene->leaver.evidence >= 0);
	*state = scene;
	return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int scene_teardown(void **state)
{
	struct scene *scene = *state;

	(void)close(scene->leaver.evidence);
	free(scene->evidence);
	(void)nftw(scene->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(scene);
	return 0;
}

#endif
