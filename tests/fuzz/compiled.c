/* SPDX-License-Identifier: MIT */
/*
 * compiled.c - fuzzer: any bytes as the compiled policy in force.
 *
 * The first byte of the input says how: as the file itself, or as changes to a sound file, each
 * an offset of two bytes and a byte; and whether the records then get right checksums, which
 * would stop a fuzzer at the door: what lies behind has to stand hostile records, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/access.h>
#include <sereno/groups.h>
#include <sereno/scoped.h>

#include "compiled/checksum.h"
#include "compiled/record.h"
#include "compiled/table.h"

#define INPUT_MAX (1u << 16)
#define NOW	  1768212000

enum { AS_CHANGES = 1, SEALED = 2 };

static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"origins: {office: [10.20.0.0/16, seat]}\n"
	"accounts: {break-glass: {members: [rescue]}, persons: {ana: [ana, eva]}}\n"
	"password: {min-length: 14, blocklist: /x, not-containing: [acme, corp]}\n"
	"attempts: {allow: 3}\n"
	"second-factor: {totp: {digits: 8, issuer: it}, enrol: ticket, remember: never}\n"
	"roles:\n"
	"  employee:\n"
	"    members: [bea]\n"
	"    members-of: [staff]\n"
	"    gives-groups: [adm, desk]\n"
	"    excludes: [auditor]\n"
	"    allow:\n"
	"      - {services: [login, sshd], from: [office], hours: [Mon-Fri 07:00-21:00]}\n"
	"      - {services: [sshd], from: ['fd00::/16'], second-factor: required}\n"
	"  auditor:\n"
	"    members: [ana]\n"
	"    until: 2026-06-30\n"
	"    password: {history: 5, not-containing: [audit]}\n"
	"    allow:\n"
	"      - {services: [login], from: [anywhere]}\n"
	"  operator: {members: [kim], gives-groups: [adm], allow: []}\n";

/* A sound file, made once. */
static struct {
	uint8_t bytes[INPUT_MAX];
	size_t size;
} sound;

static int find_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	(void)user;
	*ret = 1500;
	return 0;
}

static int find_group(void *context, const char *group, gid_t *ret)
{
	const bool known = strcmp(group, "staff") == 0 || strcmp(group, "adm") == 0;

	(void)context;
	*ret = group[0] == 's' ? 50 : 4;
	return known ? 0 : -ENOENT;
}

static int number_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	(void)group;
	*ret = OWN_GID_FIRST;
	return 0;
}

static void in_directory(char path[static 64], const char *directory, const char *name)
{
	const int n = snprintf(path, 64, "%s/%s", directory, name);

	if (n < 0 || n >= 64)
		abort();
}

static void remove_directory(const char *directory)
{
	char path[64];

	in_directory(path, directory, "policy.1.cdb");
	(void)unlink(path);
	in_directory(path, directory, "policy.yaml");
	(void)unlink(path);
	if (rmdir(directory) < 0)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct compile_inputs inputs = {
		.text = policy_text,
		.text_length = strlen(policy_text),
		.host = "host",
		.now = NOW,
		.generation = 1,
		.group_id = find_group,
		.own_group = number_group,
		.user_id = find_user,
	};
	char directory[] = "/dev/shm/sereno-fuzz.XXXXXX", path[64];
	struct diag_list diags = { 0 };
	struct model *model;
	ssize_t n;
	int fd;

	(void)argc;
	(void)argv;
	if (!mkdtemp(directory) ||
	    model_read("", policy_text, strlen(policy_text), NOW, &model, &diags) < 0 ||
	    policy_compile(model, &inputs, directory, &diags) < 0)
		abort();
	in_directory(path, directory, "policy.1.cdb");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, sound.bytes, sizeof(sound.bytes));
	if (n <= 0 || close(fd) < 0)
		abort();
	sound.size = (size_t)n;
	diag_clear(&diags);
	model_free(model);
	remove_directory(directory);
	return 0;
}

static uint32_t number_at(const uint8_t *bytes)
{
	struct decoder decoder = { .next = bytes, .left = 4 };

	return decode_u32(&decoder);
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

/* Give each record from the end of the index on its length and its checksum. */
static void seal(uint8_t *bytes, size_t size)
{
	size_t at = STORE_INDEX_BYTES;

	while (at + 8 + STORE_KEY_BYTES + RECORD_HEADER_BYTES <= size) {
		const size_t key = number_at(bytes + at), length = number_at(bytes + at + 4);
		uint8_t *record = bytes + at + 8 + STORE_KEY_BYTES;

		if (key != STORE_KEY_BYTES || length < RECORD_HEADER_BYTES ||
		    length > size - at - 8 - STORE_KEY_BYTES)
			return;
		put_u32(record + 4, (uint32_t)length);
		put_u32(record, crc32c(record + 4, length - 4));
		at += 8 + STORE_KEY_BYTES + length;
	}
}

static void ask(struct policy *policy, const char *user, const char *service, const char *from)
{
	const gid_t groups[] = { 50, 60 };
	struct access_request request = {
		.service = service,
		.uid = 1500,
		.subject = { .user = user, .groups = groups, .n_groups = ARRAY_SIZE(groups) },
		.n_origins = 1,
	};
	struct password_rules rules;
	struct access_verdict verdict;
	struct access_case *access;
	enum subject_kind kind;
	struct origin origin;

	if (origin_parse(from, &origin) < 0)
		abort();
	request.origins = &origin;
	(void)policy_subject(policy, &request, NOW, &kind);
	if (policy_password(policy, &request, NOW, &rules) == 0 &&
	    (rules.n_words > PASSWORD_WORDS_MAX ||
	     !memchr(rules.blocklist, '\0', sizeof(rules.blocklist))))
		abort();
	if (access_load(policy, &request, &access) < 0)
		return;
	access_judge(access, NOW, 0, &verdict);
	access_judge(access, INT64_MAX, DEMAND_SECOND_FACTOR, &verdict);
	access_judge(access, INT64_MIN, DEMAND_SECOND_FACTOR, &verdict);
	access_free(access);
}

static int find_uid(const char *user, uid_t *ret)
{
	*ret = user[0] == 'b' ? 34 : 1500;
	return 0;
}

/* Nothing that a file says puts anybody into the group of root. */
static void ask_groups(struct policy *policy, const char *user, gid_t group)
{
	const struct group_asker asker = { user, &group, 1, find_uid };
	scoped_free gid_t *gids = NULL;
	char name[OWN_GROUP_NAME_MAX + 1];
	size_t n = 0;
	gid_t gid;

	if (policy_given_groups(policy, &asker, NOW, &gids, &n) == 0)
		for (size_t i = 0; i < n; i++)
			if (gids[i] == 0 || gids[i] == (gid_t)-1)
				abort();
	if (policy_own_group(policy, "desk", &gid) == 1 && !gid_is_own(gid))
		abort();
	if (policy_own_gid(policy, OWN_GID_FIRST, name) == 1 && !own_group_name(name))
		abort();
}

static void ask_all(const char *directory)
{
	const char *names[POLICY_PERSON_MAX];
	struct second_factor_rules codes;
	struct attempt_limits limits;
	struct policy *policy;

	if (policy_open_in(directory, &policy) < 0)
		return;
	if (policy_attempts(policy, &limits) == 0 &&
	    (limits.allow < 1 || limits.allow > ATTEMPT_ALLOW_MAX || limits.delay_sec == 0))
		abort();
	policy_second_factor(policy, &codes);
	if (codes.digits < 6 || codes.digits > 8 || codes.period_sec < 15 || codes.window > 2 ||
	    !memchr(codes.issuer, '\0', sizeof(codes.issuer)))
		abort();
	(void)policy_same_person(policy, "ana", names, POLICY_PERSON_MAX);
	ask(policy, "ana", "login", "seat");
	ask(policy, "bea", "sshd", "10.20.9.10");
	ask(policy, "bea", "cron", "jobs");
	ask(policy, "rescue", "sudo", "fd00::1");
	ask_groups(policy, "kim", 60);
	ask_groups(policy, "kim", 50);
	ask_groups(policy, "leo", 50);
	(void)policy_verify(policy);
	policy_close(policy);
}

/* The file that the input stands for, in @bytes of INPUT_MAX; returns its size. */
static size_t make_file(const uint8_t *data, size_t size, uint8_t *bytes)
{
	const unsigned how = size > 0 ? data[0] : 0;
	size_t length = size > 0 ? size - 1 : 0;

	if ((how & AS_CHANGES) != 0) {
		memcpy(bytes, sound.bytes, sound.size);
		for (size_t i = 1; i + 3 <= size; i += 3)
			bytes[(data[i] | (size_t)data[i + 1] << 8) % sound.size] = data[i + 2];
		length = sound.size;
	} else if (length > 0) {
		memcpy(bytes, data + 1, length);
	}
	if ((how & SEALED) != 0)
		seal(bytes, length);
	return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char directory[] = "/dev/shm/sereno-fuzz.XXXXXX", path[64];
	uint8_t *bytes;
	size_t length;
	int fd;

	if (size > INPUT_MAX || !mkdtemp(directory))
		return 0;
	bytes = malloc(INPUT_MAX);
	if (!bytes)
		abort();
	length = make_file(data, size, bytes);
	in_directory(path, directory, "policy.1.cdb");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || close(fd) < 0)
		abort();
	ask_all(directory);
	free(bytes);
	remove_directory(directory);
	return 0;
}
