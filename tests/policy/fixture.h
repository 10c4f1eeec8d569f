/* SPDX-License-Identifier: MIT */
/*
 * fixture.h - for tests: a policy text compiled into a directory of its own, and opened.
 */
#ifndef SERENO_TESTS_FIXTURE_H
#define SERENO_TESTS_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/policy.h>

#define FIXTURE_NOW INT64_C(1767225600) /* 2026-01-01T00:00Z */

struct fixture {
	char dir[64], database[96], text[96], private[96];
	struct model *model;
	struct policy *policy;
};

/* The accounts and groups of the host that the tests imagine. */
static inline int fixture_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	if (strncmp(user, "ghost", 5) == 0)
		return -ENOENT;
	*ret = strcmp(user, "toor") == 0 ? 0 : strcmp(user, "postgres") == 0 ? 110 : 1500;
	return 0;
}

static inline int fixture_group(void *context, const char *group, gid_t *ret)
{
	static const struct {
		const char *name;
		gid_t gid;
	} groups[] = {
		{ "root", 0 },	 { "null", 0 },	    { "adm", 4 },     { "disk", 6 },
		{ "plates", 6 }, { "log", 7 },	    { "staff", 50 },  { "wheel", 60 },
		{ "night", 70 }, { "evening", 71 }, { "dba", 90000 }, { "squat", 90005 },
	};

	(void)context;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (strcmp(groups[i].name, group) == 0) {
			*ret = groups[i].gid;
			return 0;
		}
	}
	return -ENOENT;
}

/* The groups that are made for roles; dba is one that the name service already knows. */
static inline int fixture_own_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	if (strcmp(group, "toomany") == 0)
		return -ENOSPC;
	if (strcmp(group, "container") == 0)
		return -ERANGE;
	*ret = strcmp(group, "dba") == 0 ? 90000 : 90001;
	return strcmp(group, "fresh") == 0;
}

static inline void fixture_print(const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->n; i++)
		print_message("%u:%u: %s\n", diags->item[i].at.line, diags->item[i].at.column,
			      diags->item[i].text);
}

static inline void fixture_make(struct fixture *fixture)
{
	/* Memory if there is any: a compilation waits for the disk three times. */
	*fixture = (struct fixture){ .dir = "/dev/shm/sereno-test.XXXXXX" };
	if (access("/dev/shm", W_OK) != 0)
		*fixture = (struct fixture){ .dir = "/tmp/sereno-test.XXXXXX" };
	assert_non_null(mkdtemp(fixture->dir));
	assert_true(snprintf(fixture->database, sizeof(fixture->database), "%s/policy.1.cdb",
			     fixture->dir) > 0);
	assert_true(snprintf(fixture->private, sizeof(fixture->private), "%s/private.1.cdb",
			     fixture->dir) > 0);
	assert_true(snprintf(fixture->text, sizeof(fixture->text), "%s/policy.yaml", fixture->dir) >
		    0);
}

static inline int fixture_compile(struct fixture *fixture, const struct model *model,
				  const char *text, struct diag_list *diags)
{
	const struct compile_inputs inputs = {
		.text = text,
		.text_length = strlen(text),
		.host = "pg-01",
		.now = FIXTURE_NOW,
		.generation = 7,
		.group_id = fixture_group,
		.own_group = fixture_own_group,
		.user_id = fixture_user,
	};

	return policy_compile(model, &inputs, fixture->dir, diags);
}

/* Read @text, compile and open it; a fault fails the test. */
static inline void fixture_open(struct fixture *fixture, const char *text)
{
	struct diag_list diags = { 0 };
	int r;

	fixture_make(fixture);
	r = model_read("", text, strlen(text), FIXTURE_NOW, &fixture->model, &diags);
	if (r == 0)
		r = fixture_compile(fixture, fixture->model, text, &diags);
	if (r < 0)
		fixture_print(&diags);
	assert_int_equal(r, 0);
	diag_clear(&diags);
	assert_int_equal(policy_open_in(fixture->dir, &fixture->policy), 0);
}

static inline void fixture_close(struct fixture *fixture)
{
	policy_close(fixture->policy);
	model_free(fixture->model);
	(void)unlink(fixture->database);
	(void)unlink(fixture->text);
	(void)unlink(fixture->private); /* there where the policy has media: */
	assert_int_equal(rmdir(fixture->dir), 0);
}

/* "2026-03-27T10:00" in UTC; with "" any working moment. */
static inline int64_t fixture_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end;

	if (!text || !*text)
		return FIXTURE_NOW + 10 * 86400;
	end = strptime(text, "%Y-%m-%dT%H:%M", &tm);
	assert_true(end && *end == '\0');
	return (int64_t)timegm(&tm);
}

#endif
