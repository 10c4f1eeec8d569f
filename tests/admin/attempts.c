/* SPDX-License-Identifier: MIT */
/* attempts.c - sereno attempts and unlock: what they tell, what they forget. */
#include <errno.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <sereno/attempts.h>
#include <sereno/scoped.h>

#define ANA 1002

struct tree {
	char root[64];
	char said[4096];
};

static const struct attempt_limits limits = ATTEMPT_LIMITS_STRICT; /* no policy is in force */

static int set_up(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	char path[128];
	FILE *file;

	assert_non_null(tree);
	(void)snprintf(tree->root, sizeof(tree->root), "/tmp/sereno-attempts-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	(void)snprintf(path, sizeof(path), "%s/etc", tree->root);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/etc/passwd", tree->root);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("root:x:0:0::/root:/bin/sh\nana:x:1002:1002::/:/bin/sh\n"
			  "pepe:x:1003:1003::/:/bin/sh\n",
			  file) >= 0);
	assert_int_equal(fclose(file), 0);
	*state = tree;
	return 0;
}

static int tear_down(void **state)
{
	struct tree *tree = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", tree->root);
	assert_int_equal(system(command), 0);
	free(tree);
	return 0;
}

/* @tries at the password of @uid from @from, each with @outcome. */
static void tries(const struct tree *tree, uid_t uid, const char *from, unsigned n,
		  enum attempt_outcome outcome)
{
	struct attempt_subject subject = { .user = "", .uid = uid, .known = true };
	enum attempt_answer answer;
	struct attempt_charge charge;
	struct attempt_clock now;
	uint32_t wait_sec;

	assert_int_equal(origin_parse(from, &subject.origin), 0);
	assert_int_equal(attempt_clock_now(&now), 0);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(attempt_charge(tree->root, &limits, &subject, &now, &charge,
						&answer, &wait_sec),
				 0);
		assert_int_equal(answer, ATTEMPT_CHARGED);
		assert_int_equal(attempt_settle(tree->root, &limits, &charge, outcome, &now), 0);
	}
}

/* The exit status of sereno with @words; what it said is in @tree. */
static int sereno(struct tree *tree, const char *words)
{
	const char *build = getenv("O");
	char command[256];
	size_t length;
	FILE *pipe;

	(void)snprintf(command, sizeof(command), "%s/sereno %s --root %s 2>&1",
		       build ? build : "build", words, tree->root);
	pipe = popen(command, "re");
	assert_non_null(pipe);
	length = fread(tree->said, 1, sizeof(tree->said) - 1, pipe);
	tree->said[length] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

static void assert_says(const struct tree *tree, const char *text)
{
	if (!strstr(tree->said, text))
		fail_msg("does not say '%s': %s", text, tree->said);
}

static void assert_says_nothing_of(const struct tree *tree, const char *text)
{
	if (strstr(tree->said, text))
		fail_msg("says '%s': %s", text, tree->said);
}

/* Whether a moment is told to the minute only: delays last seconds. */
static bool cuts_a_moment(const struct tree *tree)
{
	regex_t cut;
	bool cuts;

	assert_int_equal(regcomp(&cut, " [0-9]{2}:[0-9]{2} [+-]", REG_EXTENDED | REG_NOSUB), 0);
	cuts = regexec(&cut, tree->said, 0, NULL, 0) == 0;
	regfree(&cut);
	return cuts;
}

static void nobody_waits(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(sereno(tree, "attempts"), 0);
	assert_string_equal(tree->said, "");
	assert_int_equal(sereno(tree, "attempts --json"), 0);
	assert_string_equal(tree->said, "[]\n");
	assert_int_equal(sereno(tree, "attempts ana"), 0);
	assert_int_equal(sereno(tree, "attempts nobody-here"), 2);
	assert_says(tree, "no such account: nobody-here");
	assert_int_equal(sereno(tree, "unlock nobody-here"), 2);
	assert_int_equal(sereno(tree, "unlock ana"), 0);
	assert_says(tree, "there is nothing to forget of ana");
}

static void who_waits_where(void **state)
{
	struct tree *tree = *state;

	tries(tree, ANA, "10.1.2.3", 1, ATTEMPT_SUCCEEDED);
	tries(tree, ANA, "192.0.2.7", limits.allow, ATTEMPT_FAILED);
	tries(tree, 4711, "seat", 1, ATTEMPT_FAILED);
	assert_int_equal(sereno(tree, "attempts"), 1);
	assert_says(tree, "192.0.2.7");
	assert_says(tree, "4711");
	assert_says_nothing_of(tree, "10.1.2.3");
	assert_says_nothing_of(tree, "pepe");
	assert_int_equal(sereno(tree, "attempts ana"), 1);
	assert_says(tree, "10.1.2.3 (usual)");
	assert_says_nothing_of(tree, "4711");
	assert_false(cuts_a_moment(tree));
	assert_int_equal(sereno(tree, "attempts ana --json"), 1);
	assert_says(tree, "\"from\": \"192.0.2.7\",\n    \"usual\": false,\n    \"wrong\": 5,\n");
	assert_says(tree, "\"waits\": true,\n    \"until_unlocked\": false,\n    \"until\": \"20");
	assert_int_equal(sereno(tree, "attempts pepe"), 0);
}

static void unlocking_forgets(void **state)
{
	struct tree *tree = *state;

	tries(tree, ANA, "192.0.2.7", limits.allow, ATTEMPT_FAILED);
	assert_int_equal(sereno(tree, "unlock ana --dry-run"), 0);
	assert_says(tree, "would be forgotten");
	assert_int_equal(sereno(tree, "attempts"), 1);
	assert_int_equal(sereno(tree, "unlock ana"), 0);
	assert_says(tree, "the wrong passwords of ana are forgotten");
	assert_int_equal(sereno(tree, "attempts"), 0);
	tries(tree, ANA, "192.0.2.7", limits.allow, ATTEMPT_FAILED);
}

static void a_lost_record_is_told_and_unlocked(void **state)
{
	struct tree *tree = *state;
	char command[160];

	tries(tree, ANA, "seat", 1, ATTEMPT_FAILED);
	tries(tree, 1003, "seat", 1, ATTEMPT_FAILED);
	(void)snprintf(command, sizeof(command),
		       "cd %s/var/lib/sereno/attempts && head -c $(stat -c %%s 1002) /dev/zero "
		       "| tr '\\0' x >1002",
		       tree->root);
	assert_int_equal(system(command), 0);
	assert_int_equal(sereno(tree, "attempts"), 3);
	assert_says(tree, "the record of ana cannot be read");
	assert_says(tree, "pepe");
	assert_int_equal(sereno(tree, "unlock ana"), 0);
	assert_int_equal(sereno(tree, "attempts"), 0);
	tries(tree, ANA, "seat", 1, ATTEMPT_FAILED);
}

#define ON_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(nobody_waits),
		ON_TREE(who_waits_where),
		ON_TREE(unlocking_forgets),
		ON_TREE(a_lost_record_is_told_and_unlocked),
	};

	return cmocka_run_group_tests_name("attempts", tests, NULL, NULL);
}
