/* SPDX-License-Identifier: MIT */
/* seal.c - tests: the host key, who may have made it, whose it is, and what happens without it. */
#include "slot_scene.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <sys/wait.h>

#define KEY_LENGTH 48

/* Leave scene->path at the only host key; returns how many there are. */
static unsigned find_key(struct scene *scene)
{
	DIR *directory = opendir(scene_path(scene, "var/lib/sereno"));
	struct dirent *entry;
	unsigned n = 0;
	char tail[300];

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		if (strncmp(entry->d_name, "host", 4) != 0)
			continue;
		n++;
		snprintf(tail, sizeof(tail), "var/lib/sereno/%s", entry->d_name);
		(void)scene_path(scene, tail);
	}
	closedir(directory);
	return n;
}

static void prepare_key(struct scene *scene)
{
	prepare(scene, &sealed_kind);
	assert_int_equal(find_key(scene), 1);
}

static void key_is_private(void **state)
{
	struct scene *scene = *state;
	const mode_t before = umask(0);
	struct stat st;

	prepare_key(scene);
	(void)umask(before);
	assert_int_equal(stat(scene->path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0400);
	assert_int_equal(st.st_size, KEY_LENGTH);
	assert_int_equal(st.st_uid, geteuid());
}

static void open_kinds_need_none(void **state)
{
	struct scene *scene = *state;

	scene_write(scene, "etc/machine-id", "uninitialized\n");
	assert_int_equal(put(scene->root, &open_kind, &ana, 1), 0);
	assert_int_equal(find_key(scene), 0);
}

static void one_key_for_all(void **state)
{
	struct scene *scene = *state;
	struct found found;

	prepare_key(scene);
	assert_int_equal(put(scene->root, &sealed_kind, &berta, 5), 0);
	assert_int_equal(find_key(scene), 1);
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
}

static void keys_differ(void **state)
{
	struct scene *scene = *state;
	uint8_t first[KEY_LENGTH], second[KEY_LENGTH];

	prepare_key(scene);
	read_bytes(scene->path, 0, first, sizeof(first));
	assert_int_equal(unlink(scene->path), 0);
	assert_int_equal(slot_remove(scene->root, &sealed_kind, &ana), 0);
	prepare_key(scene);
	read_bytes(scene->path, 0, second, sizeof(second));
	for (size_t i = 8; i + 4 <= sizeof(first); i += 4) /* identity, key, checksum */
		assert_memory_not_equal(first + i, second + i, 4);
}

/* What was done to the key at scene->path. */
static void key_gone(struct scene *scene)
{
	assert_int_equal(unlink(scene->path), 0);
}

static void key_writable(struct scene *scene)
{
	assert_int_equal(chmod(scene->path, 0600), 0);
}

static void key_readable(struct scene *scene)
{
	assert_int_equal(chmod(scene->path, 0440), 0);
}

static void key_linked(struct scene *scene)
{
	char other[600];

	snprintf(other, sizeof(other), "%s-other", scene->path);
	assert_int_equal(link(scene->path, other), 0);
}

static void key_symlink(struct scene *scene)
{
	char other[600];

	snprintf(other, sizeof(other), "%s-other", scene->path);
	assert_int_equal(rename(scene->path, other), 0);
	assert_int_equal(symlink(other, scene->path), 0);
}

static void key_fifo(struct scene *scene)
{
	assert_int_equal(unlink(scene->path), 0);
	assert_int_equal(mkfifo(scene->path, 0400), 0);
}

static void key_directory(struct scene *scene)
{
	assert_int_equal(unlink(scene->path), 0);
	assert_int_equal(mkdir(scene->path, 0400), 0);
}

static void key_rewritten(struct scene *scene, size_t length)
{
	uint8_t bytes[KEY_LENGTH + 1] = { 0 };
	scoped_fd int fd = -1;

	read_bytes(scene->path, 0, bytes, KEY_LENGTH);
	if (length == KEY_LENGTH)
		bytes[20] ^= 4;
	assert_int_equal(unlink(scene->path), 0);
	fd = open(scene->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
}

static void key_flipped(struct scene *scene)
{
	key_rewritten(scene, KEY_LENGTH);
}

static void key_cut(struct scene *scene)
{
	key_rewritten(scene, KEY_LENGTH - 1);
}

static void key_empty(struct scene *scene)
{
	key_rewritten(scene, 0);
}

static void key_longer(struct scene *scene)
{
	key_rewritten(scene, KEY_LENGTH + 1);
}

static void machine_unknown(struct scene *scene)
{
	scene_write(scene, "etc/machine-id", "uninitialized\n");
}

static void machine_empty(struct scene *scene)
{
	scene_write(scene, "etc/machine-id", "");
}

static void machine_odd(struct scene *scene)
{
	scene_write(scene, "etc/machine-id", "0123456789abcdef0123456789abcdef0\n");
}

static void machine_other(struct scene *scene)
{
	scene_write(scene, "etc/machine-id", "1123456789abcdef0123456789abcdef\n");
}

static void machine_forgotten(struct scene *scene)
{
	assert_int_equal(unlink(scene_path(scene, "etc/machine-id")), 0);
}

/* clang-format off */
static const struct row {
	const char *name;
	void (*damage)(struct scene *scene);
	int opened;
} rows[] = {
	{ "key removed",                        key_gone,          -ENOKEY },
	{ "key writable",                       key_writable,      -EPERM },
	{ "key readable by the group",          key_readable,      -EPERM },
	{ "key a hard link",                    key_linked,        -EPERM },
	{ "key a symbolic link",                key_symlink,       -EPERM },
	{ "key a FIFO",                         key_fifo,          -EPERM },
	{ "key a directory",                    key_directory,     -EPERM },
	{ "key damaged",                        key_flipped,       -EBADMSG },
	{ "key cut",                            key_cut,           -EBADMSG },
	{ "key empty",                          key_empty,         -EBADMSG },
	{ "key longer",                         key_longer,        -EBADMSG },
	{ "machine at its first boot",          machine_unknown,   -ENOKEY },
	{ "machine-id empty",                   machine_empty,     -ENOKEY },
	{ "machine-id too long",                machine_odd,       -ENOKEY },
	{ "machine-id another, no key yet",     machine_other,     -ENOKEY },
	{ "machine-id removed, no key yet",     machine_forgotten, -ENOKEY },
};
/* clang-format on */

/* No other key is made for an existing record, and nothing is written under another. */
static void check_row(void **state)
{
	struct scene *scene = *state;
	const struct row *row = scene->row;
	struct found found;

	prepare_key(scene);
	row->damage(scene);
	found = look(scene->root, &sealed_kind, &ana);
	assert_int_equal(found.opened, row->opened);
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 20), row->opened);
	found = look(scene->root, &sealed_kind, &ana);
	assert_int_equal(found.opened, row->opened);
}

static void no_machine_id_is_one_too(void **state)
{
	struct scene *scene = *state;
	struct found found;

	machine_forgotten(scene);
	prepare_key(scene);
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
}

/* A copied disk image: a key of its own, the records it came with are another's, and the way back.
 */
static void copied_image(void **state)
{
	struct scene *scene = *state;
	struct found found;

	prepare_key(scene);
	machine_other(scene);
	assert_int_equal(put(scene->root, &sealed_kind, &berta, 5), 0); /* makes the key */
	assert_int_equal(find_key(scene), 2);
	found = look(scene->root, &sealed_kind, &ana);
	assert_int_equal(found.opened, 0);
	assert_int_equal(found.read, -EKEYREJECTED);
	assert_int_equal(put(scene->root, &sealed_kind, &ana, 20), -EKEYREJECTED);
	found = look(scene->root, &sealed_kind, &berta);
	expect(&found, SLOT_SOUND, 5);

	scene_write(scene, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
	found = look(scene->root, &sealed_kind, &berta);
	assert_int_equal(found.read, -EKEYREJECTED);
}

/* A slot under another key beside a sound one is a lost slot. */
static void one_slot_of_another(void **state)
{
	struct scene *scene = *state;
	struct found found;

	prepare(scene, &sealed_kind);
	flip(scene, 20, 1); /* the key's identity in the newer record */
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_FELL_BACK, OLDER);
}

static void left_behind_is_used_again(void **state)
{
	struct scene *scene = *state;
	char left[600];
	struct stat st;

	prepare_key(scene);
	snprintf(left, sizeof(left), "%s.new", scene->path);
	assert_int_equal(rename(scene->path, left), 0); /* killed before it got its name */
	assert_int_equal(chmod(left, 0600), 0);
	assert_int_equal(slot_remove(scene->root, &sealed_kind, &ana), 0);
	prepare_key(scene);
	assert_int_equal(stat(left, &st), -1);
}

#define MAKERS 20

/* Many first users at once agree on one key. */
static void makers_agree(void **state)
{
	struct scene *scene = *state;
	struct slot_owner owner = { NULL, "user", 0 };
	struct found found;
	pid_t makers[MAKERS];
	char name[16];
	int status;

	owner.name = name;
	for (unsigned i = 0; i < MAKERS; i++) {
		snprintf(name, sizeof(name), "%u", i);
		makers[i] = fork();
		assert_true(makers[i] >= 0);
		if (makers[i] == 0)
			_exit(put(scene->root, &sealed_kind, &owner, i + 1) == 0 ? 0 : 1);
	}
	for (unsigned i = 0; i < MAKERS; i++) {
		assert_int_equal(waitpid(makers[i], &status, 0), makers[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(find_key(scene), 1);
	for (unsigned i = 0; i < MAKERS; i++) {
		snprintf(name, sizeof(name), "%u", i);
		found = look(scene->root, &sealed_kind, &owner);
		expect(&found, SLOT_SOUND, i + 1);
	}
}

/* The library's list of errors belongs to the program we are in. */
static void error_queue_is_kept(void **state)
{
	struct scene *scene = *state;
	struct found found;

	prepare(scene, &sealed_kind);
	flip(scene, 100, 1);
	ERR_clear_error();
	ERR_put_error(ERR_LIB_USER, 0, 42, "elsewhere", 1);
	found = look(scene->root, &sealed_kind, &ana);
	expect(&found, SLOT_FELL_BACK, OLDER);
	assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
	assert_int_equal(ERR_get_error(), 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 10];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = a_test(rows[i].name, check_row, &rows[i]);
	tests[n++] = a_test("the key is private", key_is_private, NULL);
	tests[n++] = a_test("open kinds need no key", open_kinds_need_none, NULL);
	tests[n++] = a_test("one key for all", one_key_for_all, NULL);
	tests[n++] = a_test("keys differ", keys_differ, NULL);
	tests[n++] = a_test("no machine-id is one too", no_machine_id_is_one_too, NULL);
	tests[n++] = a_test("a copied disk image", copied_image, NULL);
	tests[n++] = a_test("one slot under another key", one_slot_of_another, NULL);
	tests[n++] = a_test("what a killed maker left", left_behind_is_used_again, NULL);
	tests[n++] = a_test("makers agree", makers_agree, NULL);
	tests[n++] = a_test("error queue is kept", error_queue_is_kept, NULL);
	return _cmocka_run_group_tests("host key", tests, n, NULL, NULL);
}
