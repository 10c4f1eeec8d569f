/* SPDX-License-Identifier: MIT */
/* device_grants.c - devices that were granted to people, and what the decision makes of it. */
#include "fixture.h"

#include <ftw.h>
#include <sys/stat.h>

#include <sereno/device_grants.h>

#include "device_text.h"

#define PUBLISHED "2026-02-01T12:00"

/* clang-format off */
static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"roles: {it: {members: [luis], allow: [{services: [login], from: [seat]}]}}\n"
	"media:\n"
	"  rules:\n"
	"    - {name: disks, device: {vendor: '0951'}, access: read-only}\n"
	"    - {name: lost, device: {vendor: '0952'}, access: deny}\n";

static const struct {
	uint32_t id;
	unsigned identity;
	const char *user;
	uid_t uid;
	enum media_access access;
	const char *since, *until;
} granted[] = {
	{ 1, 1, "ana", 1500, MEDIA_READ_WRITE, "2026-02-01T10:00", "2026-02-01T18:00" },
	{ 2, 2, "ana", 1500, MEDIA_READ_ONLY, "2026-02-01T10:00", NULL },
	{ 3, 2, "ana", 1500, MEDIA_ENCRYPTED, "2026-02-01T10:00", NULL },
	{ 4, 2, "eva", 1501, MEDIA_READ_WRITE, "2026-02-01T10:00", NULL },
	{ 5, 3, "ana", 1499, MEDIA_READ_WRITE, "2026-02-01T10:00", NULL },
	{ 6, 4, "ana", 1500, MEDIA_READ_WRITE, "2026-02-03T10:00", "2026-02-03T12:00" },
	{ 7, 5, "ana", 1500, MEDIA_READ_WRITE, "2026-01-10T10:00", "2026-02-01T12:00" },
	{ 8, 6, "ana", 1500, MEDIA_ENCRYPTED, "2026-02-01T10:00", NULL },
};

#define NONE 0
static const struct row {
	const char *name, *device, *sitter, *at;
	enum media_access access;
	uint32_t grant;
	const char *until;
} rows[] = {
	{ "a grant holds", "storage #1", "ana", "2026-02-01T13:00", MEDIA_READ_WRITE, 1, "2026-02-01T18:00" },
	{ "to its last minute", "storage #1", "ana", "2026-02-01T17:59", MEDIA_READ_WRITE, 1, "2026-02-01T18:00" },
	{ "it has ended", "storage #1", "ana", "2026-02-01T18:00", MEDIA_DENY, NONE, NULL },
	{ "a device like it", "storage #9", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "somebody else", "storage #1", "eva", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "nobody", "storage #1", "", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "nobody, and no medium", "network #1", "", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "a locked screen", "storage #1", "ana locked", "2026-02-01T13:00", MEDIA_DENY, NONE, "2026-02-01T18:00" },
	{ "of any kind", "network serial #1", "ana", "2026-02-01T13:00", MEDIA_READ_WRITE, 1, "2026-02-01T18:00" },
	{ "the one that gives most", "storage #2", "ana", "2026-02-01T13:00", MEDIA_READ_ONLY, 2, NULL },
	{ "to read is no use for a network", "network #2", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "nor for what it has beside", "storage network #2", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "the same name, another number", "storage #3", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, NULL },
	{ "not yet", "storage #4", "ana", "2026-02-03T09:59", MEDIA_DENY, NONE, "2026-02-03T10:00" },
	{ "from then on", "storage #4", "ana", "2026-02-03T10:00", MEDIA_READ_WRITE, 6, "2026-02-03T12:00" },
	{ "over when it was published, a clock set back", "storage #5", "ana", "2026-02-01T11:00", MEDIA_DENY, NONE, NULL },
	{ "a clock before it was published", "storage #1", "ana", "2026-02-01T11:59", MEDIA_DENY, NONE, PUBLISHED },
	{ "it only adds: the rule gives more", "storage 0951:1666 #6", "ana", "2026-02-01T13:00", MEDIA_READ_ONLY, NONE, NULL },
	{ "it only adds: it gives more", "storage 0951:1666 #1", "ana", "2026-02-01T13:00", MEDIA_READ_WRITE, 1, "2026-02-01T18:00" },
	{ "a deny goes before", "storage 0952:1666 #1", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, "2026-02-01T18:00" },
	{ "nor is it for what is suspicious", "storage keyboard suspicious #1", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, "2026-02-01T18:00" },
	{ "nor for a twin", "storage twin #1", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, "2026-02-01T18:00" },
	{ "nor for what is malformed", "storage malformed #1", "ana", "2026-02-01T13:00", MEDIA_DENY, NONE, "2026-02-01T18:00" },
};
/* clang-format on */

struct scene {
	struct fixture fixture;
	char root[64], file[160];
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int publish(const struct scene *scene, int64_t published, int64_t ago_sec)
{
	struct device_grant grants[ARRAY_SIZE(granted)] = { 0 };
	struct device_grants_image image = {
		.serial = 5, .published = published, .n = ARRAY_SIZE(grants), .grants = grants
	};
	struct timespec up;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &up), 0);
	image.boottime = up.tv_sec - ago_sec;
	for (size_t i = 0; i < ARRAY_SIZE(granted); i++) {
		grants[i].id = granted[i].id;
		grants[i].identity[0] = (uint8_t)granted[i].identity;
		(void)snprintf(grants[i].user, sizeof(grants[i].user), "%s", granted[i].user);
		grants[i].uid = granted[i].uid;
		grants[i].access = granted[i].access;
		grants[i].valid.since = fixture_time(granted[i].since);
		grants[i].valid.until =
			granted[i].until ? fixture_time(granted[i].until) : TIME_NO_END;
	}
	return device_grants_publish(scene->root, &image);
}

static void scene_open(struct scene *scene)
{
	static const char *const directories[] = { "/var", "/var/lib", "/var/lib/sereno" };
	char path[128];

	fixture_open(&scene->fixture, policy_text);
	(void)snprintf(scene->root, sizeof(scene->root), "/dev/shm/sereno-devices.XXXXXX");
	assert_non_null(mkdtemp(scene->root));
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", scene->root, directories[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	(void)snprintf(scene->file, sizeof(scene->file), "%s/devices.1.cdb", path);
}

static void scene_close(struct scene *scene)
{
	fixture_close(&scene->fixture);
	assert_int_equal(nftw(scene->root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* Decide with a handle of its own: grants are read once by each. */
static int judge(const struct scene *scene, const struct row *row, struct media_verdict *ret)
{
	const struct device_facts device = device_of(row->device);
	scoped(policy_close_p) struct policy *policy = NULL;
	scoped(media_free_p) struct media_case *media = NULL;
	struct sitter sitter;
	int r;

	sitter_of(row->sitter, &sitter);
	sitter.subject.uid = strcmp(sitter.subject.user, "eva") == 0 ? 1501 : 1500;
	assert_int_equal(policy_open_in(scene->fixture.dir, &policy), 0);
	r = media_load(policy, scene->root, &device, &media);
	if (r == 0)
		media_judge(media, &device, &sitter.subject, fixture_time(row->at), ret);
	return r;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct media_verdict verdict;
	struct scene scene;

	scene_open(&scene);
	assert_int_equal(publish(&scene, fixture_time(PUBLISHED), 0), 0);
	assert_int_equal(judge(&scene, row, &verdict), 0);
	assert_string_equal(media_access_name(verdict.access), media_access_name(row->access));
	assert_int_equal(verdict.grant, row->grant);
	assert_int_equal(verdict.reason == MEDIA_BY_GRANT, row->grant != NONE);
	assert_int_equal(verdict.until, row->until ? fixture_time(row->until) : TIME_NO_END);
	scene_close(&scene);
}

/* What has ended since the host is up stays over when the clock is set back. */
static void test_clock_back(void **state)
{
	const struct row row = { "", "storage #5", "ana", "2026-02-01T11:59", 0, 0, NULL };
	struct media_verdict verdict;
	struct scene scene;

	(void)state;
	scene_open(&scene);
	assert_int_equal(publish(&scene, fixture_time("2026-02-01T11:59"), 0), 0);
	assert_int_equal(judge(&scene, &row, &verdict), 0);
	assert_int_equal(verdict.grant, 7);
	assert_int_equal(publish(&scene, fixture_time("2026-02-01T11:59"), 61), 0);
	assert_int_equal(judge(&scene, &row, &verdict), 0);
	assert_int_equal(verdict.grant, 0);
	scene_close(&scene);
}

/* What somebody was granted ends when he leaves. */
static void test_departed(void **state)
{
	const struct departure departures[] = {
		{ 1, "ana", 1500, fixture_time("2026-02-01T15:00") },
	};
	struct grants_image image = {
		.facts = { .serial = 5, .published = fixture_time(PUBLISHED), .n_departures = 1 },
		.departures = departures,
	};
	const struct device_facts device = device_of("storage #2");
	scoped(media_free_p) struct media_case *media = NULL;
	struct media_verdict verdict;
	struct sitter sitter;
	struct timespec up;
	struct scene scene;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &up), 0);
	image.facts.boottime = up.tv_sec;
	scene_open(&scene);
	sitter_of("ana", &sitter);
	assert_int_equal(publish(&scene, fixture_time(PUBLISHED), 0), 0);
	assert_int_equal(grants_publish(scene.root, &image), 0);
	assert_int_equal(policy_take_grants(scene.fixture.policy, scene.root), 0);
	assert_int_equal(media_load(scene.fixture.policy, scene.root, &device, &media), 0);
	media_judge(media, &device, &sitter.subject, fixture_time("2026-02-01T14:59"), &verdict);
	assert_int_equal(verdict.grant, 2);
	assert_int_equal(verdict.until, fixture_time("2026-02-01T15:00"));
	media_judge(media, &device, &sitter.subject, fixture_time("2026-02-01T15:00"), &verdict);
	assert_int_equal(verdict.access, MEDIA_DENY);
	scene_close(&scene);
}

/* Nothing published is nothing granted; what is damaged is an error. */
static void test_file(void **state)
{
	struct device_grants *grants;
	struct device_grant *list;
	struct media_verdict verdict;
	struct scene scene;
	struct stat st;

	(void)state;
	scene_open(&scene);
	assert_int_equal(device_grants_open(scene.root, &grants), -ENOENT);
	assert_int_equal(judge(&scene, &rows[0], &verdict), 0);
	assert_int_equal(verdict.access, MEDIA_DENY);
	assert_int_equal(publish(&scene, fixture_time(PUBLISHED), 0), 0);
	assert_int_equal(stat(scene.file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(device_grants_open(scene.root, &grants), 0);
	assert_int_equal(device_grants_serial(grants), 5);
	assert_int_equal(device_grants_verify(grants), 0);
	assert_int_equal(device_grants_of(grants, (uint8_t[DEVICE_IDENTITY_SIZE]){ 2 }, &list), 3);
	assert_int_equal(list[0].identity[0], 2);
	free(list);
	assert_int_equal(
		device_grants_of(grants, (uint8_t[DEVICE_IDENTITY_SIZE]){ 2, [31] = 1 }, &list), 0);
	assert_null(list);
	device_grants_close(grants);
	assert_int_equal(chmod(scene.file, 0666), 0);
	assert_int_equal(judge(&scene, &rows[0], &verdict), -EPERM);
	scene_close(&scene);
}

/* Whatever byte is wrong, or missing: an error, or the same answer; never another grant. */
static void test_damage(void **state)
{
	scoped_free uint8_t *bytes = NULL;
	size_t refused = 0, same = 0;
	struct media_verdict verdict;
	struct scene scene;
	struct stat st;
	FILE *file;

	(void)state;
	scene_open(&scene);
	assert_int_equal(publish(&scene, fixture_time(PUBLISHED), 0), 0);
	assert_int_equal(stat(scene.file, &st), 0);
	bytes = malloc((size_t)st.st_size);
	file = fopen(scene.file, "r+e");
	assert_true(bytes && file);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, file), st.st_size);
	for (long i = 0; i < st.st_size; i++) {
		const int byte = bytes[i] ^ 1 << i % 8;

		assert_int_equal(fseek(file, i, SEEK_SET), 0);
		assert_int_equal(fputc(byte, file), byte);
		assert_int_equal(fflush(file), 0);
		if (judge(&scene, &rows[9], &verdict) < 0) {
			refused++;
		} else {
			assert_int_equal(verdict.grant, 2);
			same++;
		}
		assert_int_equal(fseek(file, i, SEEK_SET), 0);
		assert_int_equal(fputc(bytes[i], file), bytes[i]);
		assert_int_equal(fflush(file), 0);
	}
	assert_true(refused > 100 && same > 100);
	for (long length = st.st_size - 1; length >= 0; length -= 7) {
		assert_int_equal(truncate(scene.file, length), 0);
		assert_int_equal(judge(&scene, &rows[9], &verdict), -EBADMSG);
	}
	assert_int_equal(fclose(file), 0);
	scene_close(&scene);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(rows) + 4] = {
		cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_departed),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[4 + i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
