/* SPDX-License-Identifier: MIT */
/*
 * crowd.c - eight threads ask while the policy is replaced under them: no answer is a mixture, and
 * none fails. Children forked in the middle are answered as well.
 *
 * SERENO_CROWD=100000 asks so often in each thread, and replaces 1,000 times; less without it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "world.h"

#define THREADS	     8
#define ASKED	     2000
#define REPLACED     100
#define REPLACED_ALL 1000
#define FORKS	     20

/* Each gives ana other groups, and calls the number that both know by another name. */
static const char *const policies[] = {
	"sereno: 1\ntimezone: UTC\n"
	"roles: {one: {members: [ana], gives-groups: [adm, dba], allow: []}}\n",
	"sereno: 1\ntimezone: UTC\n"
	"roles: {two: {members: [ana], gives-groups: [log, ops], allow: []}}\n",
};
static const char *const answers[] = { "4 90000 ", "7 90001 " };

struct crowd {
	struct module module;
	long asked;
	_Atomic long mixed, failed, seen[2];
};

/* 0 or 1: the policy that the answer is by; -1: mixed; -2: none. */
static int ask_list(const struct module *module)
{
	gid_t *groups = calloc(1, sizeof(*groups));
	long start = 0, size = 1;
	enum nss_status status;
	char text[64] = "";
	size_t used = 0;
	int err = 0;

	status = module->initgroups("ana", 1001, &start, &size, &groups, -1, &err);
	for (long i = 0; i < start && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u ", groups[i]);
	free(groups);
	if (status != NSS_STATUS_SUCCESS)
		return -2;
	for (int i = 0; i < 2; i++)
		if (strcmp(text, answers[i]) == 0)
			return i;
	return -1;
}

/* Whether dba is what the first policy says it is, or nothing. */
static bool ask_names(const struct module *module)
{
	struct group group;
	char buffer[128];
	int err = 0;
	enum nss_status status;

	status = module->by_name("dba", &group, buffer, sizeof(buffer), &err);
	if (status == NSS_STATUS_NOTFOUND)
		return true;
	return status == NSS_STATUS_SUCCESS && group.gr_gid == OWN_GID_FIRST &&
	       strcmp(group.gr_name, "dba") == 0;
}

static void *ask_on(void *context)
{
	struct crowd *crowd = context;

	for (long i = 0; i < crowd->asked; i++) {
		const int answer = ask_list(&crowd->module);

		if (answer >= 0)
			crowd->seen[answer]++;
		else if (answer == -1)
			crowd->mixed++;
		else
			crowd->failed++;
		if (i % 4 == 0 && !ask_names(&crowd->module))
			crowd->failed++;
	}
	return NULL;
}

/* The address sanitizer's malloc, unlike libc's, may not be used in a child of many threads. */
static unsigned forks_wanted(void)
{
	const char *sanitize = getenv("SANITIZE");

	return sanitize && strstr(sanitize, "address") ? 0 : FORKS;
}

static void *fork_on(void *context)
{
	struct crowd *crowd = context;

	for (unsigned i = 0; i < forks_wanted(); i++) {
		const pid_t child = fork();
		int status = 1;

		if (child == 0)
			_exit(ask_list(&crowd->module) >= 0 ? 0 : 1);
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
			crowd->failed++;
	}
	return NULL;
}

static void test_crowd(void **state)
{
	const char *wanted = getenv("SERENO_CROWD");
	static struct crowd crowd;
	pthread_t threads[THREADS], forker;
	const long replaced = wanted ? REPLACED_ALL : REPLACED;

	(void)state;
	module_load(&crowd.module);
	crowd.asked = wanted ? strtol(wanted, NULL, 10) : ASKED;
	world_enter();
	world_apply(policies[0]);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_on, &crowd), 0);
	assert_int_equal(pthread_create(&forker, NULL, fork_on, &crowd), 0);
	for (long i = 1; i <= replaced; i++)
		world_apply(policies[i % 2]);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(pthread_join(forker, NULL), 0);
	print_message("%ld by the one policy, %ld by the other\n", (long)crowd.seen[0],
		      (long)crowd.seen[1]);
	assert_int_equal(crowd.mixed, 0);
	assert_int_equal(crowd.failed, 0);
	assert_true(crowd.seen[0] > 0 && crowd.seen[1] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_crowd) };

	return cmocka_run_group_tests_name("a crowd that asks", tests, NULL, NULL);
}
