/* SPDX-License-Identifier: MIT */
/* keys.c - keys are found whatever stands beside them, and homes lead nowhere else. */
#include "leaver.h"

#include "keyring.h"

#define LARGE (100 * 1024 * 1024)

struct line_row {
	const char *name, *line, *key; /* key NULL: none */
};

static void test_line(void **state)
{
	const struct line_row *row = *state;
	size_t length = 0;
	const char *key = keyring_parse(row->line, &length);

	if (!row->key) {
		assert_null(key);
		return;
	}
	assert_non_null(key);
	assert_int_equal(length, strlen(row->key));
	assert_memory_equal(key, row->key, length);
}

static const struct line_row line_rows[] = {
	{ "plain", "ssh-ed25519 " HIS, HIS },
	{ "comment", "ssh-ed25519 " HIS " pepe@laptop", HIS },
	{ "tabs", "\tssh-ed25519\t " HIS "\tx", HIS },
	{ "carriage return", "ssh-ed25519 " HIS "\r\n", HIS },
	{ "carriage return in quotes", "command=\"a\rb\" ssh-ed25519 " HIS, HIS },
	{ "carriage return in front", "\r ssh-ed25519 " HIS "\r", HIS },
	{ "padding", "ssh-rsa " HIS "==", HIS },
	{ "options", "no-pty,from=\"10.0.0.0/8\" ssh-ed25519 " HIS, HIS },
	{ "option with a kind in quotes", "command=\"ssh-ed25519 AAAA b\" ssh-ed25519 " HIS, HIS },
	{ "quoted quote", "command=\"echo \\\"a b\\\" c\" ssh-ed25519 " HIS, HIS },
	{ "authority", "cert-authority ssh-ed25519 " HIS, HIS },
	{ "hardware", "sk-ssh-ed25519@openssh.com " HIS, HIS },
	{ "curve", "ecdsa-sha2-nistp256 " HIS, HIS },
	{ "two on a line", "ssh-ed25519 " HIS " ssh-ed25519 " HERS, HIS },
	{ "second line", "ssh-ed25519\n" HIS, NULL },
	{ "commented out", "# ssh-ed25519 " HIS, NULL },
	{ "no kind", HIS, NULL },
	{ "short", "ssh-ed25519 AAAAC3Nz", NULL },
	{ "empty", "", NULL },
	{ "open quote", "command=\"x ssh-ed25519 " HIS, NULL },
};

static void own_key(struct scene *scene)
{
	put(scene, "home/pepe/.ssh/authorized_keys", "ssh-ed25519 " HIS " pepe\n");
}

static void test_moved_aside(void **state)
{
	struct scene *scene = *state;

	own_key(scene);
	put(scene, "home/pepe/.shosts", "elsewhere pepe\n");
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_LOOK), STEP_DONE);
	assert_true(is_there(scene, "home/pepe/.ssh/authorized_keys"));
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_DONE);
	assert_false(is_there(scene, "home/pepe/.ssh/authorized_keys"));
	assert_false(is_there(scene, "home/pepe/.shosts"));
	assert_true(is_there(scene, "home/pepe/.ssh/authorized_keys.departed-7"));
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_NOTHING);
	give_back(scene, "own-keys");
	assert_text(scene, "home/pepe/.ssh/authorized_keys", "ssh-ed25519 " HIS " pepe\n");
	assert_true(is_there(scene, "home/pepe/.shosts"));
}

/* What has come since the first run goes as well, and does not overwrite what was moved. */
static void test_moved_twice(void **state)
{
	struct scene *scene = *state;

	own_key(scene);
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_DONE);
	put(scene, "home/pepe/.ssh/authorized_keys", "ssh-ed25519 " HERS "\n");
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_DONE);
	assert_text(scene, "home/pepe/.ssh/authorized_keys.departed-7",
		    "ssh-ed25519 " HIS " pepe\n");
	assert_text(scene, "home/pepe/.ssh/authorized_keys.departed-7-2", "ssh-ed25519 " HERS "\n");
}

static void test_link_to_folder(void **state)
{
	struct scene *scene = *state;
	char ssh[512], target[512];

	in_tree(scene, "home/pepe/.ssh", ssh);
	in_tree(scene, "home/eva/.ssh", target);
	put(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HERS "\n");
	assert_int_equal(rmdir(ssh), 0);
	assert_int_equal(symlink(target, ssh), 0);
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_DONE);
	assert_false(is_there(scene, "home/pepe/.ssh"));
	assert_true(is_there(scene, "home/pepe/.ssh.departed-7"));
	assert_text(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HERS "\n");
	give_back(scene, "own-keys");
	assert_true(is_there(scene, "home/pepe/.ssh"));
}

static void test_link_to_file(void **state)
{
	struct scene *scene = *state;
	char file[512], target[512];

	in_tree(scene, "home/pepe/.ssh/authorized_keys", file);
	in_tree(scene, "etc/passwd", target);
	assert_int_equal(symlink(target, file), 0);
	(void)take_one(scene, "own-keys", DEPARTURE_DO);
	assert_false(is_there(scene, "home/pepe/.ssh/authorized_keys"));
	assert_true(is_there(scene, "etc/passwd"));
}

static void test_fifo(void **state)
{
	struct scene *scene = *state;
	char file[512];

	in_tree(scene, "home/pepe/.ssh/authorized_keys", file);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_TO_DO);
	assert_false(is_there(scene, "home/pepe/.ssh/authorized_keys"));
	in_tree(scene, "home/eva/.ssh/authorized_keys", file);
	assert_int_equal(mkfifo(file, 0600), 0);
	put(scene, "home/pepe/.ssh/id.pub", "ssh-ed25519 " HIS "\n");
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_TO_DO);
}

static void test_large(void **state)
{
	struct scene *scene = *state;
	char file[512];

	own_key(scene);
	put(scene, "home/eva/.ssh/authorized_keys", "");
	in_tree(scene, "home/eva/.ssh/authorized_keys", file);
	assert_int_equal(truncate(file, LARGE), 0);
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_TO_DO);
	in_tree(scene, "home/pepe/.ssh/authorized_keys", file);
	assert_int_equal(truncate(file, LARGE), 0);
	(void)take_one(scene, "own-keys", DEPARTURE_DO);
	assert_false(is_there(scene, "home/pepe/.ssh/authorized_keys"));
}

static void test_taken_out(void **state)
{
	struct scene *scene = *state;
	char file[512];
	struct stat st;

	own_key(scene);
	put(scene, "home/eva/.ssh/authorized_keys",
	    "# eva's\nssh-ed25519 " HERS " eva\ncommand=\"echo \\\"a b\\\"\" ssh-ed25519 " HIS
	    " nothing special\nssh-ed25519 " HIS "\nlast line ssh-ed25519 " HERS);
	in_tree(scene, "home/eva/.ssh/authorized_keys", file);
	assert_int_equal(chmod(file, 0640), 0);
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_LOOK), STEP_DONE);
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_DONE);
	assert_text(scene, "home/eva/.ssh/authorized_keys",
		    "# eva's\nssh-ed25519 " HERS " eva\nlast line ssh-ed25519 " HERS);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_NOTHING);
}

/* What stops us from reading his file does not stop sshd. */
static void test_behind_zero(void **state)
{
	static const char text[] = "x\0\nssh-ed25519 " HIS " pepe\n";
	struct scene *scene = *state;
	char file[512];
	FILE *stream;

	own_key(scene);
	in_tree(scene, "home/pepe/.ssh/authorized_keys", file);
	stream = fopen(file, "we");
	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, sizeof(text) - 1, stream), sizeof(text) - 1);
	assert_int_equal(fclose(stream), 0);
	put(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HIS "\n");
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_DONE);
	assert_text(scene, "home/eva/.ssh/authorized_keys", "");
}

/* His keys are known also when his own file is gone already. */
static void test_after_own(void **state)
{
	struct scene *scene = *state;
	char file[512];

	own_key(scene);
	put(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HIS "\n");
	(void)take_one(scene, "own-keys", DEPARTURE_DO);
	in_tree(scene, "home/pepe/.ssh/authorized_keys.departed-7", file);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_DONE);
	assert_text(scene, "home/eva/.ssh/authorized_keys", "");
}

/* He has put the administrator's key into his own file, to have it taken away from him. */
static void test_planted(void **state)
{
	struct scene *scene = *state;

	put(scene, "home/pepe/.ssh/authorized_keys", "ssh-ed25519 " ADMIN "\nssh-rsa " HIS "\n");
	put(scene, "home/luis/.ssh/authorized_keys", "ssh-ed25519 " ADMIN "\n");
	put(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " ADMIN "\nssh-rsa " HIS "\n");
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_TO_DO);
	assert_text(scene, "home/luis/.ssh/authorized_keys", "ssh-ed25519 " ADMIN "\n");
	assert_text(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " ADMIN "\n");
	assert_true(found(scene, FOUND_TO_DO, "was left"));
}

static void test_other_links(void **state)
{
	struct scene *scene = *state;
	char file[512], target[512];

	own_key(scene);
	put(scene, "etc/secret", "ssh-ed25519 " HIS "\n");
	in_tree(scene, "etc/secret", target);
	in_tree(scene, "home/eva/.ssh/authorized_keys", file);
	assert_int_equal(symlink(target, file), 0);
	in_tree(scene, "home/eva/.ssh/authorized_keys2", file);
	assert_int_equal(link(target, file), 0);
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_FAILED);
	assert_true(found(scene, FOUND_TO_DO, "authorized_keys is a link"));
	assert_true(found(scene, FOUND_FAILED, "authorized_keys2"));
	assert_text(scene, "etc/secret", "ssh-ed25519 " HIS "\n");
}

static void test_configured(void **state)
{
	struct scene *scene = *state;

	make_folder(scene, "etc/ssh/sshd_config.d");
	make_folder(scene, "srv/keys");
	put(scene, "etc/ssh/sshd_config",
	    "Match User x\n\tauthorizedkeysfile=\"/srv/keys/%u.keys\" .ssh/more\n");
	put(scene, "etc/ssh/sshd_config.d/a.conf", "TrustedUserCAKeys /etc/ssh/ca.pub\n");
	put(scene, "srv/keys/pepe.keys", "ssh-ed25519 " HIS "\n");
	put(scene, "srv/keys/eva.keys", "ssh-ed25519 " HIS "\nssh-ed25519 " HERS "\n");
	put(scene, "etc/ssh/ca.pub", "ssh-ed25519 " HIS "\n"); /* he says it is his */
	put(scene, "home/eva/.ssh/more", "ssh-ed25519 " HIS "\n");
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_DONE);
	assert_false(is_there(scene, "srv/keys/pepe.keys"));
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_TO_DO);
	assert_text(scene, "srv/keys/eva.keys", "ssh-ed25519 " HERS "\n");
	assert_text(scene, "etc/ssh/ca.pub", "ssh-ed25519 " HIS "\n");
	assert_true(found(scene, FOUND_TO_DO, "/etc/ssh/ca.pub has a key of his"));
	assert_text(scene, "home/eva/.ssh/more", "");
	assert_true(found(scene, FOUND_TO_DO, "certificates"));
}

static void test_foreign_home(void **state)
{
	struct scene *scene = *state;

	own_key(scene);
	scene->leaver.uid = 70002;
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_FAILED);
	assert_true(is_there(scene, "home/pepe/.ssh/authorized_keys"));
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest scenes[] = {
		SCENE(test_moved_aside),  SCENE(test_moved_twice), SCENE(test_link_to_folder),
		SCENE(test_link_to_file), SCENE(test_fifo),	   SCENE(test_large),
		SCENE(test_taken_out),	  SCENE(test_behind_zero), SCENE(test_after_own),
		SCENE(test_planted),	  SCENE(test_other_links), SCENE(test_configured),
		SCENE(test_foreign_home),
	};
	struct CMUnitTest rows[ARRAY_SIZE(line_rows)];
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(line_rows); i++)
		rows[i] = (struct CMUnitTest){ .name = line_rows[i].name,
					       .test_func = test_line,
					       .initial_state = (void *)(uintptr_t)&line_rows[i] };
	failed = cmocka_run_group_tests_name("lines", rows, NULL, NULL);
	return failed + cmocka_run_group_tests_name("homes", scenes, NULL, NULL);
}
