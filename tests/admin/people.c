/* SPDX-License-Identifier: MIT */
/* people.c - users and groups from files that are as odd as real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "people.h"

struct tree {
	char root[64];
	struct people *people;
};

static void put(const struct tree *tree, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/etc/%s", tree->root, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
	static struct tree tree;
	char path[128];

	tree = (struct tree){ .root = "/tmp/sereno-people.XXXXXX" };
	assert_non_null(mkdtemp(tree.root));
	(void)snprintf(path, sizeof(path), "%s/etc", tree.root);
	assert_int_equal(mkdir(path, 0755), 0);
	put(&tree, "passwd",
	    "root:x:0:0:root:/root:/bin/bash\n\n#:x:1\nana:x:1001:50::/home/ana:\n"
	    "ana:x:0:0:second:/:/bin/sh\nluis:x:1002:50::/home/luis:/usr/sbin/nologin\n"
	    "+:x:::::\nbad:x:12x:1::/:/bin/sh\nbig:x:4294967296:1::/:/bin/sh\n"
	    "old:$1$abc:1003:51::/:/bin/false\nopen::1004:52::/:/bin/zsh");
	put(&tree, "group",
	    "staff:x:50:eva,,luis\nempty:x:51:\nstaff:x:99:zoe\nshort:x\nlast:x:52:ana");
	put(&tree, "shadow",
	    "ana:$y$hash:19000:0:99999:7::20000:\nluis:!$y$hash:19000:0:99999:7:::\n"
	    "nobody-here:x:::::::\nold:$y$ignored:1::::::\n");
	assert_int_equal(people_read(tree.root, &tree.people), 0);
	*state = &tree;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "/etc/passwd", "/etc/group", "/etc/shadow", "/etc",
					     "" };
	struct tree *tree = *state;
	char path[128];

	people_free(tree->people);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", tree->root, names[i]);
		assert_int_equal(remove(path), 0);
	}
	return 0;
}

static void check_accounts(void **state)
{
	const struct people *people = ((struct tree *)*state)->people;
	const struct account *ana = people_account(people, "ana");

	assert_non_null(ana);
	assert_int_equal(ana->uid, 1001); /* the first of two counts */
	assert_int_equal(ana->expires_day, 20000);
	assert_true(account_has_shell(ana));
	assert_true(account_has_password(ana));
	assert_false(account_has_shell(people_account(people, "luis")));
	assert_false(account_has_password(people_account(people, "luis")));
	assert_false(account_has_password(people_account(people, "root")));
	assert_string_equal(people_account(people, "old")->password, "$1$abc");
	assert_true(account_has_password(people_account(people, "open")));
	assert_null(people_account(people, "bad"));
	assert_null(people_account(people, "big"));
	assert_null(people_account(people, ""));
	assert_null(people_account(people, "zzz"));
	assert_string_equal(people_by_uid(people, 0)->name, "root");
	assert_null(people_by_uid(people, 4711));
}

static int join(void *context, const char *user)
{
	return fprintf(context, "%s ", user) > 0 ? 0 : -EIO;
}

static void check_groups(void **state)
{
	const struct people *people = ((struct tree *)*state)->people;
	char *members = NULL;
	size_t length, n = 0;
	FILE *stream = open_memstream(&members, &length);
	gid_t *gids = NULL;

	assert_int_equal(people_group(people, "staff")->gid, 50);
	assert_null(people_group(people, "short"));
	assert_non_null(stream);
	assert_int_equal(people_members(people, people_group(people, "staff"), join, stream), 0);
	assert_int_equal(fclose(stream), 0);
	assert_true(strcmp(members, "eva luis ana luis ") == 0 ||
		    strcmp(members, "eva luis luis ana ") == 0);
	free(members);
	assert_int_equal(people_groups_of(people, "ana", &gids, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(gids[0], 50);
	assert_int_equal(gids[1], 52);
	free(gids);
	assert_int_equal(people_groups_of(people, "eva", &gids, &n), 0);
	assert_int_equal(n, 1);
	free(gids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(check_accounts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(check_groups, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
