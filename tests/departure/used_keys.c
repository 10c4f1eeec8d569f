/* SPDX-License-Identifier: MIT */
/* used_keys.c - keys by their fingerprints: in the log, in files of others, in the list of revoked
 * ones. */
#include "leaver.h"

#include <spawn.h>
#include <sys/wait.h>

#include "fingerprint.h"
#include "key_files.h"
#include "keyring.h"
#include "used_keys.h"

#define RSA "AAAAB3NzaC1yc2EAAAADAQABAAAAKQDBAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYn"
#define RSA_ZERO_E \
	"AAAAB3NzaC1yc2EAAAAEAAEAAQAAACkAwQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJw"
#define RSA_ZEROS_N \
	"AAAAB3NzaC1yc2EAAAADAQABAAAALAAAAADBAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYn"
#define RSA_OTHER \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAKQDBAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSaZ"
#define OF_RSA	 "VJ69zMzN5kti9TFt2/S9m+CTRjnRSrvbkHbmRgasJHg"
#define OF_HIS	 "EpQ+frSEK37YdYrOvw05Q6EIKUl0SKbinXTV2H0h3d4"
#define OF_HERS	 "1ieyzrElgKE/LV863vv8z/P3DRyWLjuK3X9MnEEyBn8"
#define OF_ADMIN "sTEOeNQFlLkXN8f0KeH6SDjw/JtiVgYgq/9qqgnO+n0"
#define KEYGEN	 "/usr/bin/ssh-keygen"

extern char **environ;

struct print_row {
	const char *name, *key, *wanted; /* wanted NULL: not that of RSA */
};

static const struct print_row print_rows[] = {
	{ "curve", HIS, OF_HIS },
	{ "numbers", RSA, OF_RSA },
	{ "zero before e", RSA_ZERO_E, OF_RSA },
	{ "zeros before n", RSA_ZEROS_N, OF_RSA },
	{ "another number", RSA_OTHER, NULL },
	{ "cut", "AAAAB3NzaC1yc2EAAAADAQABAAAAKQDB", NULL },
	{ "no base64", "AAAA*", NULL },
	{ "empty", "", NULL },
};

static void test_print(void **state)
{
	const struct print_row *row = *state;
	char fingerprint[FINGERPRINT_LENGTH + 1];

	fingerprint_of(row->key, strlen(row->key), fingerprint);
	assert_int_equal(strlen(fingerprint), FINGERPRINT_LENGTH);
	if (row->wanted)
		assert_string_equal(fingerprint, row->wanted);
	else
		assert_string_not_equal(fingerprint, OF_RSA);
}

struct log_row {
	const char *name, *line;
	bool fits;
};

#define BEGINNING "Nov 22 10:00:00 host sshd[7]: "
#define CAME	  "Accepted publickey for pepe from 10.0.0.1 port 40 ssh2: "

static const struct log_row log_rows[] = {
	{ "accepted", BEGINNING CAME "ED25519 SHA256:" OF_HIS, true },
	{ "certificate",
	  CAME "ED25519-CERT SHA256:" OF_HIS " ID x (serial 1) CA RSA SHA256:" OF_RSA, true },
	{ "authority alone", CAME "ED25519-CERT ID x CA RSA SHA256:" OF_HIS, false },
	{ "another user",
	  "Accepted publickey for pepes from 10.0.0.1 port 4 ssh2: RSA SHA256:" OF_HIS, false },
	{ "password", "Accepted password for pepe from 10.0.0.1 port 40 ssh2", false },
	{ "failed", "Failed publickey for pepe from 10.0.0.1 port 40 ssh2: RSA SHA256:" OF_HIS,
	  false },
	{ "short", CAME "RSA SHA256:abc", false },
	{ "long", CAME "RSA SHA256:" OF_HIS "x", false },
	{ "old hash", CAME "RSA MD5:00:11", false },
	{ "cut", CAME, false },
};

static void test_log(void **state)
{
	const struct log_row *row = *state;
	const char *fingerprint = used_key_parse(row->line, "pepe");

	if (row->fits)
		assert_memory_equal(fingerprint, OF_HIS, FINGERPRINT_LENGTH);
	else
		assert_null(fingerprint);
}

static const struct log_row entry_rows[] = {
	{ "message",
	  "{\"_PID\":\"7\",\"MESSAGE\":\"" CAME "ED25519 SHA256:" OF_HIS "\",\"X\":\"y\"}", true },
	{ "within a message", "{\"MESSAGE\":\"Invalid user " CAME "ED25519 SHA256:" OF_HIS "\"}",
	  false },
	{ "quoted in another",
	  "{\"CMD\":\"\\\"MESSAGE\\\":\\\"" CAME "ED25519 SHA256:" OF_HIS "\"}", false },
	{ "bytes", "{\"MESSAGE\":[65,99]}", false },
	{ "empty", "", false },
};

static void test_entry(void **state)
{
	const struct log_row *row = *state;
	const char *fingerprint = used_key_of_entry(row->line, "pepe");

	if (row->fits)
		assert_memory_equal(fingerprint, OF_HIS, FINGERPRINT_LENGTH);
	else
		assert_null(fingerprint);
}

struct pattern_row {
	const char *name, *pattern, *path; /* path NULL: refused */
	bool relative, personal;
};

static const struct pattern_row pattern_rows[] = {
	{ "in the home", ".ssh/keys", ".ssh/keys", true, false },
	{ "by the home's name", "%h/.ssh/keys", ".ssh/keys", true, true },
	{ "home elsewhere", "/srv/keys%h/k", "/srv/keys/home/pepe/k", false, true },
	{ "beside the home", "%h.keys", "/home/pepe.keys", false, true },
	{ "user", "/etc/ssh/keys/%u", "/etc/ssh/keys/pepe", false, true },
	{ "number", "/etc/ssh/keys/%U", "/etc/ssh/keys/70000", false, true },
	{ "for all", "/etc/ssh/keys", "/etc/ssh/keys", false, false },
	{ "per cent", "/etc/ssh/%%u", "/etc/ssh/%u", false, false },
	{ "not known", "/etc/%x", NULL, false, true },
};

static void test_pattern(void **state)
{
	const struct pattern_row *row = *state;
	const struct home home = { "pepe", "/home/pepe", 70000 };
	char path[PATH_MAX];
	bool relative;
	const int r = key_pattern_expand(row->pattern, &home, path, &relative);

	assert_int_equal(key_pattern_is_personal(row->pattern), row->personal);
	assert_int_equal(r, row->path ? 0 : -EINVAL);
	if (!row->path)
		return;
	assert_string_equal(path, row->path);
	assert_int_equal(relative, row->relative);
}

static void used(const struct scene *scene, const char *fingerprints)
{
	put(scene, "var/lib/sereno/departures/pepe-7/his-keys", fingerprints);
}

/* A key that lies in none of his files, but that he came in with; spelt in another way. */
static void test_in_others(void **state)
{
	struct scene *scene = *state;

	used(scene, "used SHA256:" OF_RSA "\n");
	put(scene, "home/eva/.ssh/authorized_keys",
	    "ssh-ed25519 " HERS "\nssh-rsa " RSA_ZEROS_N "\n");
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_DONE);
	assert_text(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HERS "\n");
}

/* Several words, quoted, and the name of the home in the middle. */
static void test_configured(void **state)
{
	struct scene *scene = *state;

	put(scene, "etc/ssh/sshd_config",
	    "AuthorizedKeysFile \"/srv/a%h\" /srv/%u/keys\t/srv/%U.keys\n");
	make_folder(scene, "srv/a/home");
	make_folder(scene, "srv/pepe");
	put(scene, "srv/a/home/pepe", "ssh-ed25519 " HIS "\n");
	put(scene, "srv/pepe/keys", "ssh-ed25519 " HIS "\n");
	put(scene, "srv/a/home/eva", "ssh-ed25519 " HIS "\nssh-ed25519 " HERS "\n");
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_DONE);
	assert_false(is_there(scene, "srv/a/home/pepe"));
	assert_false(is_there(scene, "srv/pepe/keys"));
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_DONE);
	assert_text(scene, "srv/a/home/eva", "ssh-ed25519 " HERS "\n");
}

/* Anybody can write to it: nothing is taken because of it. */
static void test_auth_log(void **state)
{
	struct scene *scene = *state;

	make_folder(scene, "var/log");
	put(scene, "var/log/auth.log", BEGINNING CAME "ED25519 SHA256:" OF_HERS "\n");
	put(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HERS "\n");
	assert_int_equal(take_one(scene, "own-keys", DEPARTURE_DO), STEP_TO_DO);
	assert_true(found(scene, FOUND_TO_DO, "SHA256:" OF_HERS));
	assert_int_equal(take_one(scene, "other-keys", DEPARTURE_DO), STEP_NOTHING);
	assert_text(scene, "home/eva/.ssh/authorized_keys", "ssh-ed25519 " HERS "\n");
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_DO), STEP_NOTHING);
}

/* Run ssh-keygen in the tree; returns its exit status. */
static int keygen(const struct scene *scene, const char *option, const char *list, const char *file)
{
	char path[512], other[512];
	char *const argv[] = { (char *)(uintptr_t) "ssh-keygen",
			       (char *)(uintptr_t) "-q",
			       (char *)(uintptr_t)option,
			       (char *)(uintptr_t) "-f",
			       path,
			       other,
			       NULL };
	int status;
	pid_t pid;

	in_tree(scene, list, path);
	in_tree(scene, file, other);
	assert_int_equal(posix_spawn(&pid, KEYGEN, NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void set_up_list(const struct scene *scene)
{
	if (access(KEYGEN, X_OK) != 0)
		skip();
	put(scene, "etc/ssh/sshd_config", "RevokedKeys /etc/ssh/revoked\n");
	put(scene, "etc/ssh/first.pub", "ssh-ed25519 " HERS "\n");
	put(scene, "etc/ssh/his.pub", "ssh-ed25519 " HIS "\n");
	put(scene, "etc/ssh/admin.pub", "ssh-ed25519 " ADMIN "\n");
	assert_int_equal(keygen(scene, "-k", "etc/ssh/revoked", "etc/ssh/first.pub"), 0);
}

static void test_revoked(void **state)
{
	struct scene *scene = *state;

	set_up_list(scene);
	used(scene, "used SHA256:" OF_HIS "\nused SHA256:" OF_ADMIN "\nssh-key " RSA "\n");
	put(scene, "home/luis/.ssh/authorized_keys", "ssh-ed25519 " ADMIN "\n");
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_LOOK), STEP_DONE);
	assert_int_equal(keygen(scene, "-Q", "etc/ssh/revoked", "etc/ssh/his.pub"), 0);
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_DO), STEP_DONE);
	assert_int_equal(keygen(scene, "-Q", "etc/ssh/revoked", "etc/ssh/his.pub"), 1);
	assert_int_equal(keygen(scene, "-Q", "etc/ssh/revoked", "etc/ssh/first.pub"), 1);
	assert_int_equal(keygen(scene, "-Q", "etc/ssh/revoked", "etc/ssh/admin.pub"), 0);
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_DO), STEP_NOTHING);
}

static void test_damaged_list(void **state)
{
	struct scene *scene = *state;

	set_up_list(scene);
	used(scene, "used SHA256:" OF_HIS "\n");
	put(scene, "etc/ssh/revoked", "SSHKRL\nnothing");
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_DO), STEP_TO_DO);
	put(scene, "etc/ssh/revoked", "ssh-ed25519 " HERS "\n");
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_DO), STEP_TO_DO);
	assert_true(found(scene, FOUND_TO_DO, "ssh-keygen -k -f NEW /etc/ssh/revoked"));
	assert_text(scene, "etc/ssh/revoked", "ssh-ed25519 " HERS "\n");
}

static void test_no_list(void **state)
{
	struct scene *scene = *state;

	used(scene, "used SHA256:" OF_HIS "\n");
	assert_int_equal(take_one(scene, "revoked-keys", DEPARTURE_DO), STEP_TO_DO);
	assert_true(found(scene, FOUND_TO_DO, "RevokedKeys /etc/ssh/revoked_keys"));
	assert_text(scene, "var/lib/sereno/departures/pepe-7/keys-to-revoke",
		    "hash: SHA256:" OF_HIS "\n");
	assert_false(is_there(scene, "etc/ssh/revoked_keys"));
}

#define ROWS(rows, test) add_rows(tests, &n, rows, sizeof(rows[0]), ARRAY_SIZE(rows), test)

static void add_rows(struct CMUnitTest *tests, size_t *n, const void *rows, size_t size,
		     size_t count, CMUnitTestFunction test)
{
	for (size_t i = 0; i < count; i++) {
		const void *row = (const char *)rows + i * size;
		const char *name;

		memcpy(&name, row, sizeof(name));
		tests[(*n)++] = (struct CMUnitTest){ .name = name,
						     .test_func = test,
						     .initial_state = (void *)(uintptr_t)row };
	}
}

int main(void)
{
	static const struct CMUnitTest scenes[] = {
		cmocka_unit_test_setup_teardown(test_in_others, scene_setup, scene_teardown),
		cmocka_unit_test_setup_teardown(test_configured, scene_setup, scene_teardown),
		cmocka_unit_test_setup_teardown(test_auth_log, scene_setup, scene_teardown),
		cmocka_unit_test_setup_teardown(test_revoked, scene_setup, scene_teardown),
		cmocka_unit_test_setup_teardown(test_damaged_list, scene_setup, scene_teardown),
		cmocka_unit_test_setup_teardown(test_no_list, scene_setup, scene_teardown),
	};
	struct CMUnitTest tests[ARRAY_SIZE(print_rows) + ARRAY_SIZE(log_rows) +
				ARRAY_SIZE(entry_rows) + ARRAY_SIZE(pattern_rows)];
	size_t n = 0;
	int failed;

	ROWS(print_rows, test_print);
	ROWS(log_rows, test_log);
	ROWS(entry_rows, test_entry);
	ROWS(pattern_rows, test_pattern);
	failed = cmocka_run_group_tests_name("keys in words", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("keys in files", scenes, NULL, NULL);
}
