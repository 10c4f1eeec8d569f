/* SPDX-License-Identifier: MIT */
/*
 * damage.c - a compiled policy cut at every length and with every byte flipped: nobody gets a group
 * too many, and no group another name or number.
 */
#include "world.h"

static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"accounts: {persons: {eva: [eva, eva-adm]}}\n"
	"roles:\n"
	"  operator: {members: [ana, pepe], except: [pepe], gives-groups: [adm, log, dba], allow: []}\n"
	"  shift:    {members-of: [night], gives-groups: [ops], allow: []}\n"
	"  auditor:  {members: [eva, leo], excludes: [shift], gives-groups: [log], allow: []}\n"
	"  lapsed:   {members: [zoe], until: 2026-01-02, gives-groups: [adm], allow: []}\n"
	"  plain:    {members: [tom], allow: []}\n";

/* clang-format off */
static const struct row {
	const char *user;
	gid_t primary;
	const char *gids; /* of the whole file */
} rows[] = {
	{ "ana", 1001, "4 7 90000 " }, { "pepe", 1001, "" }, { "pepe", 70, "90001 " }, { "kim", 70, "90001 " },
	{ "eva", 1001, "" }, { "leo", 1001, "7 " }, { "leo", 70, "" }, { "zoe", 1001, "" }, { "tom", 1001, "" },
	{ "daemon", 70, "" }, { "nobody-known", 1001, "" },
};
/* clang-format on */

static struct sweep {
	struct module module;
	uint8_t *bytes;
	size_t length;
	int fd;
	size_t same, refused;
} sweep;

static void ask_list(const struct row *row)
{
	gid_t *groups = calloc(1, sizeof(*groups));
	long start = 0, size = 1;
	enum nss_status status;
	char text[128] = "";
	size_t used = 0;
	int err = 0;

	status = sweep.module.initgroups(row->user, row->primary, &start, &size, &groups, -1, &err);
	for (long i = 0; i < start; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u ", groups[i]);
	free(groups);
	if (status == NSS_STATUS_UNAVAIL) {
		assert_int_equal(start, 0);
		sweep.refused++;
		return;
	}
	assert_int_equal(status, row->gids[0] ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND);
	assert_string_equal(text, row->gids);
	sweep.same++;
}

/* Of the name @name and the number @gid one asks for the other; NULL: nobody has the number. */
static void ask_group(const char *name, gid_t gid)
{
	enum nss_status status;
	struct group group;
	char buffer[64];
	int err = 0;

	status = sweep.module.by_gid(gid, &group, buffer, sizeof(buffer), &err);
	if (status == NSS_STATUS_SUCCESS) {
		assert_non_null(name);
		assert_string_equal(group.gr_name, name);
	} else if (name || status != NSS_STATUS_NOTFOUND) {
		assert_int_equal(status, NSS_STATUS_UNAVAIL);
	}
	if (!name)
		return;
	status = sweep.module.by_name(name, &group, buffer, sizeof(buffer), &err);
	if (status == NSS_STATUS_SUCCESS)
		assert_int_equal(group.gr_gid, gid);
	else
		assert_int_equal(status, NSS_STATUS_UNAVAIL);
}

static void ask_everything(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ask_list(&rows[i]);
	ask_group("dba", OWN_GID_FIRST);
	ask_group("ops", OWN_GID_FIRST + 1);
	ask_group(NULL, OWN_GID_FIRST + 2);
}

static void put(size_t offset, const void *bytes, size_t length)
{
	assert_true(pwrite(sweep.fd, bytes, length, (off_t)offset) == (ssize_t)length);
}

static void reset(void)
{
	assert_int_equal(ftruncate(sweep.fd, (off_t)sweep.length), 0);
	put(0, sweep.bytes, sweep.length);
	sweep.same = sweep.refused = 0;
}

static void test_whole(void **state)
{
	(void)state;
	reset();
	ask_everything();
	assert_int_equal(sweep.refused, 0);
	assert_int_equal(sweep.same, ARRAY_SIZE(rows));
}

static void test_cut(void **state)
{
	(void)state;
	reset();
	for (size_t length = sweep.length; length-- > 0;) {
		assert_int_equal(ftruncate(sweep.fd, (off_t)length), 0);
		ask_everything();
	}
	assert_true(sweep.refused > sweep.length);
}

/* One bit of each byte, another one from byte to byte. */
static void test_flip(void **state)
{
	uint8_t byte;

	(void)state;
	reset();
	for (size_t i = 0; i < sweep.length; i++) {
		byte = (uint8_t)(sweep.bytes[i] ^ 1u << (i * 5 + i / 8) % 8);
		put(i, &byte, 1);
		ask_everything();
		put(i, &sweep.bytes[i], 1);
	}
	assert_true(sweep.refused > sweep.length && sweep.same > sweep.length);
}

static int setup(void **state)
{
	off_t end;

	(void)state;
	module_load(&sweep.module);
	world_enter();
	world_apply(policy_text);
	sweep.fd = open(WORLD_DATABASE, O_RDWR | O_CLOEXEC);
	assert_true(sweep.fd >= 0);
	end = lseek(sweep.fd, 0, SEEK_END);
	assert_true(end > 0);
	sweep.length = (size_t)end;
	sweep.bytes = malloc(sweep.length);
	assert_non_null(sweep.bytes);
	assert_true(pread(sweep.fd, sweep.bytes, sweep.length, 0) == end);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close_p(&sweep.fd);
	free(sweep.bytes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flip),
	};

	return cmocka_run_group_tests_name("damaged groups", tests, setup, teardown);
}
