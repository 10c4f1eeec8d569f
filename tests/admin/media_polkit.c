/* SPDX-License-Identifier: MIT */
/* media_polkit.c - the rule for polkit: with which policies there is one, and what it says. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "media_polkit.h"

#define FOLDER "/etc/polkit-1/rules.d"

struct place {
	char root[48], rule[128];
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	char command[256];

	assert_non_null(place);
	(void)snprintf(place->root, sizeof(place->root), "/tmp/sereno-polkit-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	(void)snprintf(place->rule, sizeof(place->rule), "%s" FOLDER "/10-sereno-media.rules",
		       place->root);
	(void)snprintf(command, sizeof(command), "mkdir -p %s" FOLDER, place->root);
	assert_int_equal(system(command), 0);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", place->root);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

static void write_for(const struct place *place, const char *media)
{
	struct diag_list diags = { 0 };
	struct model *model = NULL;
	char text[512];

	(void)snprintf(text, sizeof(text), "sereno: 1\n%s", media);
	assert_int_equal(model_read(place->root, text, strlen(text), 0, &model, &diags), 0);
	assert_int_equal(media_polkit_write(place->root, model), 0);
	model_free(model);
	diag_clear(&diags);
}

/* "" where there is none. */
static const char *read_rule(const struct place *place, char text[static 4096])
{
	scoped_fd int fd = open(place->rule, O_RDONLY | O_CLOEXEC);
	const ssize_t n = fd < 0 ? 0 : read(fd, text, 4095);

	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static const struct row {
	const char *name, *media;
	bool there, limited;
} rows[] = {
	{ "no media: block", "", false, false },
	{ "on trial", "observe: [media]\nmedia:\n  storage: deny\n", false, false },
	{ "denied", "media:\n  storage: deny\n", true, false },
	{ "read-write", "media:\n  storage: read-write\n", true, false },
	{ "encrypted", "media:\n  storage: encrypted\n", true, true },
	{ "read-only", "media:\n  storage: read-only\n", true, true },
	{ "encrypted by a rule",
	  "media:\n  rules:\n    - {name: a, device: {kind: storage}, access: encrypted}\n", true,
	  true },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	struct place *place;
	char text[4096];
	struct stat st;
	void *made;

	(void)set_up(&made);
	place = made;
	write_for(place, "media:\n  storage: read-only\n"); /* of the policy before */
	write_for(place, row->media);
	(void)read_rule(place, text);
	assert_int_equal(text[0] != '\0', row->there);
	assert_int_equal(strstr(text, "open-device") != NULL, row->limited);
	if (row->there) {
		assert_int_equal(stat(place->rule, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0644);
		assert_non_null(strstr(text, "-other-seat"));
	}
	(void)tear_down(&made);
}

static void check_no_polkit(void **state)
{
	const struct place *place = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -r %s/etc/polkit-1", place->root);
	assert_int_equal(system(command), 0);
	write_for(place, "media:\n  storage: deny\n");
}

/* Left there by an apply that was interrupted, or laid out by somebody. */
static void check_leftover(void **state)
{
	const struct place *place = *state;
	char path[128], text[4096];

	(void)snprintf(path, sizeof(path), "%s" FOLDER "/.sereno-media.new", place->root);
	assert_int_equal(symlink("/dev/full", path), 0);
	write_for(place, "media:\n  storage: deny\n");
	assert_int_equal(access(path, F_OK), -1);
	assert_memory_equal(read_rule(place, text), "// Written by sereno apply", 26);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 2] = {
		{ "a host without polkit", check_no_polkit, set_up, tear_down, NULL },
		{ "what an interrupted one left", check_leftover, set_up, tear_down, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[2 + i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("polkit's rule", tests, NULL, NULL);
}
