/* SPDX-License-Identifier: MIT */
/* office.h - for tests: a root with a policy in force and a register, and the people in it. */
#ifndef SERENO_TESTS_OFFICE_H
#define SERENO_TESTS_OFFICE_H

#include <errno.h>
#include <ftw.h>
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

#include <sereno/register.h>
#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#define OFFICE_NOW INT64_C(1767225600) /* 2026-01-01T00:00Z */
#define HOUR	   INT64_C(3600)
#define DAY	   (24 * HOUR)
#define DISK	   6

static const char office_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts: {persons: {ana: [ana, ana-adm], eva: [eva, eva-adm]}}\n"
	"roles:\n"
	"  sysadmin: {members: [luis, ana-adm, marta], allow: [{services: [login], from: [seat]}]}\n"
	"  auditor: {members: [mar, eva, eva-adm, tom], allow: [{services: [login], from: [seat]}]}\n"
	"  keeper: {members: [kai], excludes: [dba], allow: [{services: [login], from: [seat]}]}\n"
	"  dba:\n"
	"    on-request: {by: [sysadmin, keeper], approved-by: [auditor, sysadmin], at-most: 4h}\n"
	"    allow: [{services: [sshd], from: [seat]}]\n"
	"  vault:\n"
	"    on-request: {by: [sysadmin], approved-by: [auditor], at-most: 1h, approvers: 2}\n"
	"    allow: [{services: [sshd], from: [seat]}]\n"
	"  disks:\n"
	"    members: [rob]\n"
	"    until: 2027-01-01\n"
	"    privileged: yes\n"
	"    gives-groups: [disk]\n"
	"  bots: {unattended: yes, members: [bot], allow: [{services: [sshd], from: [10.0.0.1]}]}\n"
	"approvals: {by-request: 2d}\n";

struct office {
	char root[64];
	struct policy *policy;
	struct register_db *db;
};

static inline int office_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	*ret = DISK;
	return strcmp(group, "disk") == 0 ? 0 : -ENOENT;
}

static inline int office_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	(void)user;
	*ret = 1500;
	return 0;
}

static inline void office_policy(const struct office *office, const char *text)
{
	const struct compile_inputs inputs = { .text = text,
					       .text_length = strlen(text),
					       .host = "pg-01",
					       .now = OFFICE_NOW,
					       .generation = 1,
					       .group_id = office_group,
					       .user_id = office_user };
	struct diag_list diags = { .item = NULL };
	struct generation generation;
	struct model *model = NULL;
	int r;

	r = model_read("", text, strlen(text), OFFICE_NOW, &model, &diags);
	for (size_t i = 0; r < 0 && i < diags.n; i++)
		print_message("%u: %s\n", diags.item[i].at.line, diags.item[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(generation_begin(office->root, &generation), 0);
	assert_int_equal(policy_compile(model, &inputs, generation.dir, &diags), 0);
	assert_int_equal(generation_commit(&generation), 0);
	generation_end(&generation);
	diag_clear(&diags);
	model_free(model);
}

/* Memory if there is any: each change waits for the disk several times. */
static inline void office_open(struct office *office)
{
	*office = (struct office){ .root = "/dev/shm/sereno-test.XXXXXX" };
	if (access("/dev/shm", W_OK) != 0)
		*office = (struct office){ .root = "/tmp/sereno-test.XXXXXX" };
	assert_non_null(mkdtemp(office->root));
	office_policy(office, office_text);
	assert_int_equal(policy_open(office->root, &office->policy), 0);
	assert_int_equal(register_open(office->root, OFFICE_NOW, &office->db), 0);
}

static inline int office_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void office_close(struct office *office)
{
	register_close(office->db);
	policy_close(office->policy);
	assert_int_equal(nftw(office->root, office_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* As if @user had said it @after seconds from the beginning. */
static inline struct act act_of(const char *user, int64_t after)
{
	return (struct act){ .user = user, .uid = 1500, .at = OFFICE_NOW + after, .reason = "so" };
}

static inline int office_grant(const struct office *office, const char *by, int64_t after,
			       const struct grant_wish *wish, uint32_t *ret)
{
	const struct act act = act_of(by, after);

	return register_grant(office->db, office->policy, &act, wish, ret);
}

/* Whether a login of @user sees that he holds @role, @after seconds from the beginning. */
static inline bool office_holds(const struct office *office, const char *user, const char *role,
				int64_t after)
{
	const struct access_request request = { .uid = 1500, .subject = { .user = user } };
	struct role_names roles = { .n = 1 };
	scoped(policy_close_p) struct policy *policy = NULL;
	int r;

	(void)snprintf(roles.name[0], sizeof(roles.name[0]), "%s", role);
	assert_int_equal(policy_open(office->root, &policy), 0);
	r = policy_holds_one(policy, &request, OFFICE_NOW + after, &roles);
	assert_true(r >= 0);
	return r == 1;
}

#endif
