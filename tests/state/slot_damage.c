/* SPDX-License-Identifier: MIT */
/*
 * slot_damage.c - tests: a record file that somebody or something changed is never believed.
 *
 * Each file holds generations 3 and 4, telling OLDER and NEWER. A slot is a block; generation 4
 * lies in slot 0, being even.
 */
#include "slot_scene.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

static void zero(struct scene *scene, const struct slot_kind *kind, unsigned slot)
{
	static const uint8_t nothing[20480];
	const size_t length = slot_length(kind);

	change(scene->path, (off_t)(slot * length), nothing, length);
}

static void copy(struct scene *scene, off_t from, off_t to, size_t length)
{
	uint8_t bytes[20480];

	read_bytes(scene->path, from, bytes, length);
	change(scene->path, to, bytes, length);
}

/* What was done to the file at scene->path. */
typedef void (*damage)(struct scene *scene, const struct slot_kind *kind);

static void nothing(struct scene *scene, const struct slot_kind *kind)
{
	(void)scene, (void)kind;
}

static void newer_zeroed(struct scene *scene, const struct slot_kind *kind)
{
	zero(scene, kind, 0);
}

static void older_zeroed(struct scene *scene, const struct slot_kind *kind)
{
	zero(scene, kind, 1);
}

static void both_zeroed(struct scene *scene, const struct slot_kind *kind)
{
	zero(scene, kind, 0);
	zero(scene, kind, 1);
}

static void newer_torn(struct scene *scene, const struct slot_kind *kind)
{
	const size_t half = slot_record_size(kind) / 2;

	copy(scene, (off_t)(slot_length(kind) + half), (off_t)half, half);
}

static void newer_flipped(struct scene *scene, const struct slot_kind *kind)
{
	flip(scene, (off_t)slot_record_size(kind) - 1, 0x80);
}

static void both_flipped(struct scene *scene, const struct slot_kind *kind)
{
	flip(scene, (off_t)slot_record_size(kind) - 1, 1);
	flip(scene, (off_t)(slot_length(kind) + slot_record_size(kind)) - 1, 1);
}

static void slots_swapped(struct scene *scene, const struct slot_kind *kind)
{
	const size_t length = slot_length(kind);
	uint8_t newer[20480];

	read_bytes(scene->path, 0, newer, length);
	copy(scene, (off_t)length, 0, length);
	change(scene->path, (off_t)length, newer, length);
}

static void older_over_newer(struct scene *scene, const struct slot_kind *kind)
{
	copy(scene, (off_t)slot_length(kind), 0, slot_length(kind));
}

static void newer_over_older(struct scene *scene, const struct slot_kind *kind)
{
	copy(scene, 0, (off_t)slot_length(kind), slot_length(kind));
}

/* An older record made to look as the newest. */
static void generation_raised(struct scene *scene, const struct slot_kind *kind)
{
	flip(scene, (off_t)slot_length(kind) + 12, 3 ^ 9);
}

static void rest_of_block_is_no_record(struct scene *scene, const struct slot_kind *kind)
{
	flip(scene, (off_t)slot_length(kind) - 1, 0xff);
}

static void cut_by_one(struct scene *scene, const struct slot_kind *kind)
{
	assert_int_equal(truncate(scene->path, (off_t)(2 * slot_length(kind)) - 1), 0);
}

static void cut_to_one_slot(struct scene *scene, const struct slot_kind *kind)
{
	assert_int_equal(truncate(scene->path, (off_t)slot_length(kind)), 0);
}

static void cut_to_nothing(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(truncate(scene->path, 0), 0);
}

static void longer_by_one(struct scene *scene, const struct slot_kind *kind)
{
	assert_int_equal(truncate(scene->path, (off_t)(2 * slot_length(kind)) + 1), 0);
}

static void readable_by_others(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(chmod(scene->path, 0604), 0);
}

static void writable_by_group(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(chmod(scene->path, 0620), 0);
}

static void set_user_id(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(chmod(scene->path, 04600), 0);
}

static void linked_twice(struct scene *scene, const struct slot_kind *kind)
{
	char other[600];

	(void)kind;
	snprintf(other, sizeof(other), "%s-other", scene->path);
	assert_int_equal(link(scene->path, other), 0);
}

static void symbolic_link(struct scene *scene, const struct slot_kind *kind)
{
	char other[600];

	(void)kind;
	snprintf(other, sizeof(other), "%s-other", scene->path);
	assert_int_equal(rename(scene->path, other), 0);
	assert_int_equal(symlink(other, scene->path), 0);
}

static void is_fifo(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(unlink(scene->path), 0);
	assert_int_equal(mkfifo(scene->path, 0600), 0);
}

static void is_directory(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(unlink(scene->path), 0);
	assert_int_equal(mkdir(scene->path, 0600), 0);
}

static void is_socket(struct scene *scene, const struct slot_kind *kind)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	scoped_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)kind;
	assert_true(fd >= 0);
	assert_int_equal(unlink(scene->path), 0);
	assert_true(strlen(scene->path) < sizeof(address.sun_path));
	memcpy(address.sun_path, scene->path, strlen(scene->path));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(chmod(scene->path, 0600), 0);
}

static void directory_for_all(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	*strrchr(scene->path, '/') = '\0';
	assert_int_equal(chmod(scene->path, 0702), 0);
}

static void directory_for_group(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	*strrchr(scene->path, '/') = '\0';
	assert_int_equal(chmod(scene->path, 0720), 0);
}

static void directory_is_link(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	*strrchr(scene->path, '/') = '\0';
	symbolic_link(scene, kind);
}

static void state_for_all(struct scene *scene, const struct slot_kind *kind)
{
	(void)kind;
	assert_int_equal(chmod(scene_path(scene, "var/lib/sereno"), 0777), 0);
}

/* clang-format off */
static const struct row {
	const char *name;
	damage damage;
	int opened, read;
	enum slot_state state;
	int64_t value;
} rows[] = {
	{ "nothing",                          nothing,            0,        0,        SLOT_SOUND,     NEWER },
	{ "newer slot zeroed",                newer_zeroed,       0,        0,        SLOT_FELL_BACK, OLDER },
	{ "older slot zeroed",                older_zeroed,       0,        0,        SLOT_FELL_BACK, NEWER },
	{ "both slots zeroed",                both_zeroed,        0,        -EBADMSG, 0,              -1 },
	{ "newer slot torn",                  newer_torn,         0,        0,        SLOT_FELL_BACK, OLDER },
	{ "newer slot's last bit flipped",    newer_flipped,      0,        0,        SLOT_FELL_BACK, OLDER },
	{ "both slots' last bits flipped",    both_flipped,       0,        -EBADMSG, 0,              -1 },
	{ "slots swapped",                    slots_swapped,      0,        -EBADMSG, 0,              -1 },
	{ "older record over the newer",      older_over_newer,   0,        0,        SLOT_FELL_BACK, OLDER },
	{ "newer record over the older",      newer_over_older,   0,        0,        SLOT_FELL_BACK, NEWER },
	{ "older record's generation raised", generation_raised,  0,        0,        SLOT_FELL_BACK, NEWER },
	{ "a byte after the record",          rest_of_block_is_no_record, 0, 0,       SLOT_SOUND,     NEWER },
	{ "cut by one byte",                  cut_by_one,         -EBADMSG, 0,        0,              -1 },
	{ "cut to one slot",                  cut_to_one_slot,    -EBADMSG, 0,        0,              -1 },
	{ "cut to nothing",                   cut_to_nothing,     -EBADMSG, 0,        0,              -1 },
	{ "longer by one byte",               longer_by_one,      -EBADMSG, 0,        0,              -1 },
	{ "readable by others",               readable_by_others, -EPERM,   0,        0,              -1 },
	{ "writable by the group",            writable_by_group,  -EPERM,   0,        0,              -1 },
	{ "set-user-id",                      set_user_id,        -EPERM,   0,        0,              -1 },
	{ "hard link",                        linked_twice,       -EPERM,   0,        0,              -1 },
	{ "symbolic link",                    symbolic_link,      -EPERM,   0,        0,              -1 },
	{ "FIFO",                             is_fifo,            -EPERM,   0,        0,              -1 },
	{ "directory",                        is_directory,       -EPERM,   0,        0,              -1 },
	{ "socket",                           is_socket,          -EPERM,   0,        0,              -1 },
	{ "its directory writable by all",    directory_for_all,  -EPERM,   0,        0,              -1 },
	{ "its directory writable by group",  directory_for_group, -EPERM,  0,        0,              -1 },
	{ "its directory a symbolic link",    directory_is_link,  -EPERM,   0,        0,              -1 },
	{ "all state writable by all",        state_for_all,      -EPERM,   0,        0,              -1 },
};
/* clang-format on */

/* What fell back or is sound can be written and read again; what is lost stays lost, whoever
 * writes, until an administrator removes it. */
static void check_afterwards(struct scene *scene, const struct slot_kind *kind,
			     const struct row *row)
{
	struct found found;

	if (row->opened == 0 && row->read == 0) {
		for (uint32_t i = 20; i < 23; i++) {
			assert_int_equal(put(scene->root, kind, &ana, i), 0);
			found = look(scene->root, kind, &ana);
			expect(&found, SLOT_SOUND, i);
		}
		return;
	}
	assert_int_equal(put(scene->root, kind, &ana, 20), row->opened ? row->opened : row->read);
	found = look(scene->root, kind, &ana);
	assert_int_equal(found.opened, row->opened);
	assert_int_equal(found.read, row->read);
}

static void check_row(void **state, const struct slot_kind *kind)
{
	struct scene *scene = *state;
	const struct row *row = scene->row;
	struct found found;

	prepare(scene, kind);
	row->damage(scene, kind);
	found = look(scene->root, kind, &ana);
	assert_int_equal(found.opened, row->opened);
	assert_int_equal(found.read, row->read);
	assert_int_equal(found.state, row->state);
	assert_int_equal(found.value, row->value);
	check_afterwards(scene, kind, row);
}

static void check_open(void **state)
{
	check_row(state, &open_kind);
}

static void check_sealed(void **state)
{
	check_row(state, &sealed_kind);
}

/* An administrator starts anew, whatever lies there. */
static void check_removal(void **state)
{
	struct scene *scene = *state;
	const struct row *row = scene->row;
	struct stat st;
	int r;

	prepare(scene, &open_kind);
	row->damage(scene, &open_kind);
	r = slot_remove(scene->root, &open_kind, &ana);
	if (lstat(record_path(scene, &open_kind, &ana), &st) < 0)
		assert_int_equal(r, 0);
	else /* a directory, or a place that is not to be trusted with anything */
		assert_true(r == -EISDIR || r == -EPERM);
	if (r == 0)
		assert_int_equal(put(scene->root, &open_kind, &ana, 30), 0);
}

/* Every bit of the newer record counts. */
static void sweep_bits(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	const size_t size = slot_record_size(kind);
	struct found found;
	char path[sizeof(scene->path)];

	prepare(scene, kind);
	memcpy(path, scene->path, sizeof(path));
	for (size_t i = 0; i < size; i += i < 80 ? 1 : size / 97 + 1) {
		memcpy(scene->path, path, sizeof(path));
		flip(scene, (off_t)i, (uint8_t)(1 << (i % 8)));
		found = look(scene->root, kind, &ana);
		expect(&found, SLOT_FELL_BACK, OLDER);
		flip(scene, (off_t)i, (uint8_t)(1 << (i % 8)));
	}
	found = look(scene->root, kind, &ana);
	expect(&found, SLOT_SOUND, NEWER);
}

static void sweep_lengths(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	const off_t whole = (off_t)(2 * slot_length(kind));
	struct found found;

	prepare(scene, kind);
	for (off_t length = whole - 1; length >= 0; length -= 211) {
		assert_int_equal(truncate(scene->path, length), 0);
		found = look(scene->root, kind, &ana);
		assert_int_equal(found.opened, -EBADMSG);
	}
	assert_int_equal(truncate(scene->path, whole), 0); /* zeros where there were records */
	found = look(scene->root, kind, &ana);
	assert_int_equal(found.read, -EBADMSG);
}

/* The first write of all, torn: the blank record stands in, and says so. */
static void first_write_torn(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct found found;

	assert_int_equal(put(scene->root, kind, &ana, OLDER), 0); /* generation 3, slot 1 */
	(void)record_path(scene, kind, &ana);
	flip(scene, (off_t)slot_length(kind) + 60, 1);
	found = look(scene->root, kind, &ana);
	expect(&found, SLOT_FELL_BACK, 0);
	assert_int_equal(put(scene->root, kind, &ana, 20), 0);
	found = look(scene->root, kind, &ana);
	expect(&found, SLOT_SOUND, 20);
}

/* A file never written, one blank record damaged: still zero, but no longer new for sure. */
static void blank_damaged(void **state)
{
	struct scene *scene = *state;
	const struct slot_kind *kind = scene->row;
	struct slot_file *file = NULL;
	struct found found;

	for (size_t slot = 0; slot < 2; slot++) {
		assert_int_equal(slot_open(scene->root, kind, &ana, SLOT_CREATE, &file), 0);
		slot_close(file);
		(void)record_path(scene, kind, &ana);
		flip(scene, (off_t)(slot * slot_length(kind)) + 60, 1);
		found = look(scene->root, kind, &ana);
		expect(&found, SLOT_FELL_BACK, 0);
		assert_int_equal(put(scene->root, kind, &ana, 20), 0);
		found = look(scene->root, kind, &ana);
		expect(&found, SLOT_SOUND, 20);
		assert_int_equal(slot_remove(scene->root, kind, &ana), 0);
	}
}

int main(void)
{
	struct CMUnitTest tests[3 * ARRAY_SIZE(rows) + 8];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tests[n++] = a_test(rows[i].name, check_open, &rows[i]);
		tests[n++] = a_test(rows[i].name, check_sealed, &rows[i]);
		tests[n++] = a_test(rows[i].name, check_removal, &rows[i]);
	}
	tests[n++] = a_test("every bit, open", sweep_bits, &open_kind);
	tests[n++] = a_test("every bit, sealed", sweep_bits, &sealed_kind);
	tests[n++] = a_test("every length, open", sweep_lengths, &open_kind);
	tests[n++] = a_test("every length, sealed", sweep_lengths, &sealed_kind);
	tests[n++] = a_test("first write torn, open", first_write_torn, &open_kind);
	tests[n++] = a_test("first write torn, sealed", first_write_torn, &sealed_kind);
	tests[n++] = a_test("blank record damaged, open", blank_damaged, &open_kind);
	tests[n++] = a_test("blank record damaged, sealed", blank_damaged, &sealed_kind);
	return _cmocka_run_group_tests("damaged slot files", tests, n, NULL, NULL);
}
