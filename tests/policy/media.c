/* SPDX-License-Identifier: MIT */
/* media.c - who may plug in what: the decision, row by row. */
#include "fixture.h"

#include <sys/stat.h>

#include <sereno/media.h>

#include "device_text.h"

/* clang-format off */
#define ROLES \
	"sereno: 1\n" \
	"timezone: UTC\n" \
	"roles:\n" \
	"  employee: {members: [ana], allow: [{services: [login], from: [seat]}]}\n" \
	"  sysadmin: {members: [luis], allow: [{services: [login], from: [seat]}]}\n" \
	"  guest:    {members: [pepe], allow: [{services: [login], from: [seat]}]}\n"
#define RULES \
	"  rules:\n" \
	"    - {name: lost-stick, device: {vendor: '0951', product: '1666', serial: [60A44C413FAE9]}, access: deny}\n" \
	"    - {name: backup-disks, device: {vendor: '0951', product: '1666', serial: [60A44C413FAE1, 60A44C413FAE2]}, roles: [sysadmin], access: read-write}\n" \
	"    - {name: encrypted-sticks, device: {kind: storage}, roles: [employee], access: encrypted}\n" \
	"    - {name: combo, device: {vendor: '0951', product: '1666', serial: [COMBO771]}, access: allow}\n" \
	"    - {name: half-combo, device: {vendor: '0951', product: '1666', serial: [COMBO772], kind: storage}, access: read-write}\n" \
	"    - {name: combo-to-read, device: {vendor: '0951', product: '1666', serial: [COMBO773]}, access: read-only}\n" \
	"    - {name: kingston, device: {vendor: '0951'}, roles: [employee], access: read-only}\n" \
	"    - {name: some-read, device: {vendor: '0951', product: '1777'}, access: read-only}\n" \
	"    - {name: some-write, device: {vendor: '0951', product: '1777'}, roles: [sysadmin], access: read-write}\n" \
	"    - {name: no-guests, device: {kind: storage}, roles: [guest], access: deny}\n" \
	"    - {name: tills, device: {vendor: '04B8'}, roles: [system], access: allow}\n" \
	"    - {name: boot-disk, device: {vendor: '1234', product: '0001'}, roles: [system, sysadmin], access: read-write}\n" \
	"    - {name: this-summer, device: {vendor: '1234', product: '0002'}, since: 2026-06-01, until: 2026-08-31, access: read-write}\n" \
	"    - {name: phones, device: {kind: phone}, roles: [employee], access: allow}\n" \
	"    - {name: elsewhere, device: {vendor: '1234', product: '0003'}, hosts: ['web-*'], access: read-write}\n" \
	"    - {name: here, device: {vendor: '1234', product: '0004'}, hosts: ['pg-*'], access: read-write}\n" \
	"    - {name: no-sound, device: {vendor: '0d8c', kind: audio}, access: deny}\n" \
	"    - {name: modem, device: {vendor: '1234', product: '0005'}, access: allow}\n" \
	"    - {name: keys, device: {kind: input}, roles: [guest], access: allow}\n"

enum which { PLAIN, KEEP, TRIAL, STRICT, NONE, POLICIES };
static const char *const texts[POLICIES] = {
	[PLAIN] = ROLES "media:\n" RULES,
	[KEEP] = ROLES "media:\n  on-lock: keep\n  mount-options: [nosuid]\n  requests: {approved-by: [sysadmin, guest]}\n" RULES,
	[TRIAL] = "observe: [media]\n" ROLES "media:\n  requests: {approved-by-each: [sysadmin]}\n" RULES,
	[STRICT] = ROLES "media: {storage: read-only, optical: encrypted, input: deny, other: deny, built-in: deny, phone: allow,\n"
		"        network: allow, serial: allow, unknown: allow, mount-options: []}\n",
	[NONE] = ROLES,
};

#define DENY MEDIA_DENY
#define CRYPT MEDIA_ENCRYPTED
#define READ MEDIA_READ_ONLY
#define WRITE MEDIA_READ_WRITE

static const struct row {
	const char *name;
	enum which policy;
	const char *device, *sitter, *at;
	enum media_access access;
	enum media_reason reason;
	const char *rule; /* or the kind that decided */
	const char *until;
} rows[] = {
	/* The words, each kind by the one that is its own. */
	{ "storage: deny", PLAIN, "storage", "luis", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "optical: read-only", PLAIN, "optical", "luis", "", READ, MEDIA_BY_WORD, "optical", NULL },
	{ "phone: deny", PLAIN, "phone", "luis", "", DENY, MEDIA_BY_WORD, "phone", NULL },
	{ "a debug bridge is a phone", PLAIN, "debug", "luis", "", DENY, MEDIA_BY_WORD, "debug", NULL },
	{ "network: deny", PLAIN, "network", "luis", "", DENY, MEDIA_BY_WORD, "network", NULL },
	{ "serial: deny", PLAIN, "serial", "luis", "", DENY, MEDIA_BY_WORD, "serial", NULL },
	{ "unknown: deny, a vendor's class", PLAIN, "vendor", "luis", "", DENY, MEDIA_BY_WORD, "vendor", NULL },
	{ "unknown: deny, a class without a word", PLAIN, "unlisted", "luis", "", DENY, MEDIA_BY_WORD, "unlisted", NULL },
	{ "input: allow, a keyboard", PLAIN, "keyboard", "luis", "", WRITE, MEDIA_BY_WORD, "keyboard", NULL },
	{ "input: allow, a mouse", PLAIN, "pointer", "", "", WRITE, MEDIA_BY_WORD, "pointer", NULL },
	{ "input: allow, a hub", PLAIN, "hub", "luis locked", "", WRITE, MEDIA_BY_WORD, "hub", NULL },
	{ "other: allow, audio", PLAIN, "audio", "luis", "", WRITE, MEDIA_BY_WORD, "audio", NULL },
	{ "other: allow, video", PLAIN, "video", "luis", "", WRITE, MEDIA_BY_WORD, "video", NULL },
	{ "other: allow, printer", PLAIN, "printer", "", "", WRITE, MEDIA_BY_WORD, "printer", NULL },
	{ "other: allow, smart card", PLAIN, "smart-card", "luis", "", WRITE, MEDIA_BY_WORD, "smart-card", NULL },
	{ "storage: read-only", STRICT, "storage", "luis", "", READ, MEDIA_BY_WORD, "storage", NULL },
	{ "optical: encrypted", STRICT, "optical", "luis", "", CRYPT, MEDIA_BY_WORD, "optical", NULL },
	{ "input: deny", STRICT, "keyboard", "luis", "", DENY, MEDIA_BY_WORD, "keyboard", NULL },
	{ "phone: allow", STRICT, "phone", "luis", "", WRITE, MEDIA_BY_WORD, "phone", NULL },

	/* The riskiest interface. */
	{ "the least counts", STRICT, "storage optical network", "luis", "", CRYPT, MEDIA_BY_WORD, "optical", NULL },
	{ "one denied interface denies all", PLAIN, "audio network", "luis", "", DENY, MEDIA_BY_WORD, "network", NULL },
	{ "a rule for one kind leaves the others", PLAIN, "phone serial 18d1:4ee2", "ana employee", "", DENY, MEDIA_BY_WORD, "serial", NULL },

	/* Malformed, denied by a rule, twins, suspicious. */
	{ "malformed, with a rule by serial", PLAIN, "storage 0951:1666 /60A44C413FAE1 malformed", "luis sysadmin", "", DENY, MEDIA_IS_MALFORMED, "storage", NULL },
	{ "malformed, kinds unknown", PLAIN, "malformed", "luis sysadmin", "", DENY, MEDIA_IS_MALFORMED, "unlisted", NULL },
	{ "no kinds at all", PLAIN, "0951:1666", "luis sysadmin", "", DENY, MEDIA_IS_MALFORMED, "unlisted", NULL },
	{ "malformed keyboard", PLAIN, "keyboard malformed built-in", "luis", "", DENY, MEDIA_IS_MALFORMED, "keyboard", NULL },
	{ "a deny by serial", PLAIN, "storage 0951:1666 /60A44C413FAE9", "ana employee", "", DENY, MEDIA_BY_RULE, "lost-stick", NULL },
	{ "a deny by kind wins over a serial", PLAIN, "storage 0951:1666 /60A44C413FAE1", "luis sysadmin guest", "", DENY, MEDIA_BY_RULE, "no-guests", NULL },
	{ "a deny of one interface denies the device", PLAIN, "audio keyboard 0d8c:0014", "luis", "", DENY, MEDIA_BY_RULE, "no-sound", NULL },
	{ "a deny for a kind it does not have", PLAIN, "keyboard 0d8c:0014", "luis", "", WRITE, MEDIA_BY_WORD, "keyboard", NULL },
	{ "a deny with nobody there", PLAIN, "audio 0d8c:0014", "", "", DENY, MEDIA_BY_RULE, "no-sound", NULL },
	{ "a deny of a role that is not held", PLAIN, "storage 0951:1666 /60A44C413FAE1", "luis sysadmin", "", WRITE, MEDIA_BY_RULE, "backup-disks", NULL },
	{ "a deny before a twin", PLAIN, "storage 0951:1666 /60A44C413FAE9 twin", "ana", "", DENY, MEDIA_BY_RULE, "lost-stick", NULL },
	{ "a twin of what is allowed", PLAIN, "storage 0951:1666 /60A44C413FAE1 twin", "luis sysadmin", "", DENY, MEDIA_IS_TWIN, "storage", NULL },
	{ "the twin that was first", PLAIN, "storage 0951:1666 /60A44C413FAE1 twin in-use", "luis sysadmin", "", WRITE, MEDIA_BY_RULE, "backup-disks", NULL },
	{ "a twin keyboard", PLAIN, "keyboard twin", "luis", "", DENY, MEDIA_IS_TWIN, "keyboard", NULL },
	{ "stores and types", PLAIN, "storage keyboard 0951:1666 /OTHER123 suspicious", "ana employee", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },
	{ "stores and types, built in", PLAIN, "storage keyboard suspicious built-in", "ana employee", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },
	{ "stores and types, named by serial", PLAIN, "storage keyboard 0951:1666 /COMBO771 suspicious", "ana", "", WRITE, MEDIA_BY_RULE, "combo", NULL },
	{ "named by serial for one kind alone", PLAIN, "storage keyboard 0951:1666 /COMBO772 suspicious", "ana", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },
	{ "named by serial to be read", PLAIN, "storage keyboard 0951:1666 /COMBO773 suspicious", "ana", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },
	{ "named by product is not enough", PLAIN, "storage keyboard 1234:0004 suspicious", "ana", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },
	{ "a clone that also types of what may be written", PLAIN, "storage keyboard 0951:1666 /60A44C413FAE1 suspicious", "luis sysadmin", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },
	{ "named by serial for others", PLAIN, "storage keyboard 0951:1666 /60A44C413FAE1 suspicious", "ana employee", "", DENY, MEDIA_IS_SUSPICIOUS, "keyboard", NULL },

	/* The closest rule. */
	{ "the serial", PLAIN, "storage 0951:1666 /60A44C413FAE2", "luis sysadmin employee", "", WRITE, MEDIA_BY_RULE, "backup-disks", NULL },
	{ "another serial: the vendor", PLAIN, "storage 0951:1666 /60A44C413FAE3", "luis sysadmin employee", "", READ, MEDIA_BY_RULE, "kingston", NULL },
	{ "no serial", PLAIN, "storage 0951:1666", "luis sysadmin employee", "", READ, MEDIA_BY_RULE, "kingston", NULL },
	{ "the case of a serial matters", PLAIN, "storage 0951:1666 /60a44c413fae2", "luis sysadmin", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "a serial of another product", PLAIN, "storage 0951:1667 /60A44C413FAE2", "luis sysadmin", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "a serial of another vendor", PLAIN, "storage 0952:1666 /60A44C413FAE2", "luis sysadmin", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "the vendor before the kind", PLAIN, "storage 0951:1999", "ana employee", "", READ, MEDIA_BY_RULE, "kingston", NULL },
	{ "the product before the vendor", PLAIN, "storage 0951:1777", "ana employee", "", READ, MEDIA_BY_RULE, "some-read", NULL },
	{ "of equals the one that gives more", PLAIN, "storage 0951:1777", "luis sysadmin", "", WRITE, MEDIA_BY_RULE, "some-write", NULL },
	{ "the kind", PLAIN, "storage 1111:2222", "ana employee", "", CRYPT, MEDIA_BY_RULE, "encrypted-sticks", NULL },
	{ "the kind, without numbers", PLAIN, "storage", "ana employee", "", CRYPT, MEDIA_BY_RULE, "encrypted-sticks", NULL },
	{ "a word stands for two kinds", PLAIN, "phone debug", "ana employee", "", WRITE, MEDIA_BY_RULE, "phones", NULL },
	{ "of a role that is not held", PLAIN, "storage 1111:2222", "luis sysadmin", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "the last of his roles", PLAIN, "storage", "ana a b c d employee", "", CRYPT, MEDIA_BY_RULE, "encrypted-sticks", NULL },
	{ "a role whose name only begins so", PLAIN, "storage", "ana employees", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "read-only says nothing of a network", PLAIN, "storage network 0951:1999", "ana employee", "", DENY, MEDIA_BY_WORD, "network", NULL },
	{ "read-only beside a smart card", PLAIN, "storage smart-card 0951:1999", "ana employee", "", READ, MEDIA_BY_RULE, "kingston", NULL },
	{ "allow is all of the device", PLAIN, "network serial 1234:0005", "luis", "", WRITE, MEDIA_BY_RULE, "modem", NULL },
	{ "vendor and product above 7fff", PLAIN, "printer 04b8:ffff", "", "", WRITE, MEDIA_BY_RULE, "tills", NULL },

	/* Dates and hosts. */
	{ "before its time", PLAIN, "storage 1234:0002", "luis", "2026-05-31T23:59", DENY, MEDIA_BY_WORD, "storage", "2026-06-01T00:00" },
	{ "from its first minute", PLAIN, "storage 1234:0002", "luis", "2026-06-01T00:00", WRITE, MEDIA_BY_RULE, "this-summer", "2026-09-01T00:00" },
	{ "to its last", PLAIN, "storage 1234:0002", "luis", "2026-08-31T23:59", WRITE, MEDIA_BY_RULE, "this-summer", "2026-09-01T00:00" },
	{ "after it", PLAIN, "storage 1234:0002", "luis", "2026-09-01T00:00", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "a rule for other hosts", PLAIN, "storage 1234:0003", "luis", "", DENY, MEDIA_BY_WORD, "storage", NULL },
	{ "a rule for this host", PLAIN, "storage 1234:0004", "luis", "", WRITE, MEDIA_BY_RULE, "here", NULL },

	/* Built in. */
	{ "built in, of a kind that is denied", PLAIN, "network built-in", "luis", "", WRITE, MEDIA_IS_BUILT_IN, "network", NULL },
	{ "built in, a rule is closer", PLAIN, "storage built-in", "ana employee", "", CRYPT, MEDIA_BY_RULE, "encrypted-sticks", NULL },
	{ "built in, nobody there", PLAIN, "storage built-in", "", "", DENY, MEDIA_NOBODY_THERE, "storage", NULL },
	{ "built in, nobody there, a network", PLAIN, "network built-in", "", "", WRITE, MEDIA_IS_BUILT_IN, "network", NULL },
	{ "built-in: deny", STRICT, "network built-in", "luis", "", DENY, MEDIA_IS_BUILT_IN, "network", NULL },

	/* Nobody there. */
	{ "nobody there, storage", STRICT, "storage", "", "", DENY, MEDIA_NOBODY_THERE, "storage", NULL },
	{ "nobody there, optical", PLAIN, "optical", "", "", DENY, MEDIA_NOBODY_THERE, "optical", NULL },
	{ "nobody there, phone", STRICT, "phone", "", "", DENY, MEDIA_NOBODY_THERE, "phone", NULL },
	{ "nobody there, debug", STRICT, "debug", "", "", DENY, MEDIA_NOBODY_THERE, "debug", NULL },
	{ "nobody there, in use", STRICT, "storage in-use", "", "", DENY, MEDIA_NOBODY_THERE, "storage", NULL },
	{ "nobody there, a network", STRICT, "network", "", "", WRITE, MEDIA_BY_WORD, "network", NULL },
	{ "nobody there, a rule for whoever is", PLAIN, "storage 1234:0004", "", "", DENY, MEDIA_NOBODY_THERE, "storage", NULL },
	{ "nobody there, no medium, such a rule", PLAIN, "network 1234:0005", "", "", WRITE, MEDIA_BY_RULE, "modem", NULL },
	{ "nobody there, system", PLAIN, "storage 1234:0001", "", "", WRITE, MEDIA_BY_RULE, "boot-disk", NULL },
	{ "system, and somebody there", PLAIN, "storage 1234:0001", "pepe", "", WRITE, MEDIA_BY_RULE, "boot-disk", NULL },
	{ "system, and a deny for him", PLAIN, "storage 1234:0001", "pepe guest", "", DENY, MEDIA_BY_RULE, "no-guests", NULL },

	/* Locked. */
	{ "locked, storage", STRICT, "storage", "luis locked", "", DENY, MEDIA_IS_LOCKED, "storage", NULL },
	{ "locked, a rule of his", PLAIN, "storage 0951:1666 /60A44C413FAE1", "luis sysadmin locked", "", DENY, MEDIA_IS_LOCKED, "storage", NULL },
	{ "locked, in use", PLAIN, "storage 0951:1666 /60A44C413FAE1 in-use", "luis sysadmin locked", "", WRITE, MEDIA_BY_RULE, "backup-disks", NULL },
	{ "locked, optical", PLAIN, "optical", "luis locked", "", DENY, MEDIA_IS_LOCKED, "optical", NULL },
	{ "locked, phone", PLAIN, "phone", "ana employee locked", "", DENY, MEDIA_IS_LOCKED, "phone", NULL },
	{ "locked, a keyboard", PLAIN, "keyboard", "luis locked", "", WRITE, MEDIA_BY_WORD, "keyboard", NULL },
	{ "locked, system", PLAIN, "storage 1234:0001", "luis locked", "", WRITE, MEDIA_BY_RULE, "boot-disk", NULL },
	{ "locked, on-lock: keep", KEEP, "storage 0951:1666 /60A44C413FAE1", "luis sysadmin locked", "", WRITE, MEDIA_BY_RULE, "backup-disks", NULL },
	{ "on-lock: keep, nobody there", KEEP, "optical", "", "", DENY, MEDIA_NOBODY_THERE, "optical", NULL },

	{ "no media: block", NONE, "storage keyboard suspicious malformed twin", "", "", WRITE, MEDIA_NO_BLOCK, "keyboard", NULL },
};
/* clang-format on */

static struct fixture fixtures[POLICIES];

static int open_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < POLICIES; i++)
		fixture_open(&fixtures[i], texts[i]);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < POLICIES; i++)
		fixture_close(&fixtures[i]);
	return 0;
}

static void judge(const struct fixture *fixture, const struct row *row, struct media_verdict *ret)
{
	const struct device_facts device = device_of(row->device);
	scoped(media_free_p) struct media_case *media = NULL;
	struct sitter sitter;

	sitter_of(row->sitter, &sitter);
	assert_int_equal(media_load(fixture->policy, fixture->dir, &device, &media), 0);
	media_judge(media, &device, &sitter.subject, fixture_time(row->at), ret);
}

static void check_verdict(const struct row *row, const struct media_verdict *verdict)
{
	assert_string_equal(media_access_name(verdict->enforced), media_access_name(row->access));
	assert_string_equal(media_reason_name(verdict->reason), media_reason_name(row->reason));
	if (row->reason == MEDIA_BY_RULE) {
		assert_string_equal(verdict->rule, row->rule);
		assert_true(verdict->line > 7);
	} else {
		assert_string_equal(device_kind_name(verdict->kind), row->rule);
		assert_string_equal(verdict->rule, "");
	}
	assert_int_equal(verdict->until, row->until ? fixture_time(row->until) : TIME_NO_END);
	assert_int_equal(verdict->grant, 0);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct media_verdict verdict;

	judge(&fixtures[row->policy], row, &verdict);
	check_verdict(row, &verdict);
	assert_int_equal(verdict.access, verdict.enforced);
	assert_false(verdict.on_trial);
}

/* On trial everything is let in, and the verdict is what it would have been. */
static void test_trial(void **state)
{
	struct media_verdict verdict;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].policy != PLAIN)
			continue;
		judge(&fixtures[TRIAL], &rows[i], &verdict);
		check_verdict(&rows[i], &verdict);
		assert_int_equal(verdict.access, MEDIA_READ_WRITE);
		assert_int_equal(verdict.on_trial, verdict.enforced != MEDIA_READ_WRITE);
	}
}

static void test_lines(void **state)
{
	const struct row word = { .device = "network", .sitter = "luis" };
	const struct row absent = { .device = "network", .sitter = "luis" };
	const struct row rule = { .device = "storage 0951:1666 /60A44C413FAE9", .sitter = "" };
	struct media_verdict verdict;

	(void)state;
	judge(&fixtures[STRICT], &word, &verdict);
	assert_int_equal(verdict.line, 8);
	judge(&fixtures[PLAIN], &absent, &verdict);
	assert_int_equal(verdict.line, 0);
	judge(&fixtures[PLAIN], &rule, &verdict);
	assert_int_equal(verdict.line, 9);
}

static void test_block(void **state)
{
	struct media_approvers approvers;
	struct media_rules rules;

	(void)state;
	policy_media(fixtures[PLAIN].policy, &rules);
	assert_true(rules.given && !rules.observe);
	assert_int_equal(rules.mount_options, MEDIA_NOEXEC | MEDIA_NOSUID | MEDIA_NODEV);
	assert_int_equal(rules.on_lock, MEDIA_LOCK_DENY_NEW);
	policy_media(fixtures[KEEP].policy, &rules);
	assert_int_equal(rules.mount_options, MEDIA_NOSUID);
	assert_int_equal(rules.on_lock, MEDIA_LOCK_KEEP);
	policy_media(fixtures[TRIAL].policy, &rules);
	assert_true(rules.given && rules.observe);
	policy_media(fixtures[STRICT].policy, &rules);
	assert_int_equal(rules.mount_options, 0);
	policy_media(fixtures[NONE].policy, &rules);
	assert_true(!rules.given && !rules.observe && !rules.mount_options);

	assert_int_equal(policy_media_approvers(fixtures[PLAIN].policy, &approvers), -ENOENT);
	assert_int_equal(policy_media_approvers(fixtures[NONE].policy, &approvers), -ENOENT);
	assert_int_equal(policy_media_approvers(fixtures[KEEP].policy, &approvers), 0);
	assert_false(approvers.each);
	assert_int_equal(approvers.names.n, 2);
	assert_string_equal(approvers.names.name[1], "guest");
	assert_int_equal(policy_media_approvers(fixtures[TRIAL].policy, &approvers), 0);
	assert_true(approvers.each);
	assert_int_equal(approvers.names.n, 1);
}

/* clang-format off */
static const struct {
	const char *device;
	enum media_access access;
	enum media_reason reason;
} fallbacks[] = {
	{ "hub", WRITE, MEDIA_NO_POLICY },
	{ "keyboard", WRITE, MEDIA_NO_POLICY },
	{ "pointer twin", WRITE, MEDIA_NO_POLICY },
	{ "keyboard pointer", WRITE, MEDIA_NO_POLICY },
	{ "keyboard audio", DENY, MEDIA_NO_POLICY },
	{ "keyboard hub suspicious", DENY, MEDIA_IS_SUSPICIOUS },
	{ "keyboard malformed", DENY, MEDIA_IS_MALFORMED },
	{ "malformed", DENY, MEDIA_IS_MALFORMED },
	{ "1234:0001", DENY, MEDIA_NO_POLICY },
	{ "storage built-in in-use", DENY, MEDIA_NO_POLICY },
	{ "phone", DENY, MEDIA_NO_POLICY },
	{ "smart-card", DENY, MEDIA_NO_POLICY },
	{ "unlisted", DENY, MEDIA_NO_POLICY },
};
/* clang-format on */

static void test_without_policy(void **state)
{
	struct media_verdict verdict;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fallbacks); i++) {
		const struct device_facts device = device_of(fallbacks[i].device);

		media_judge_without_policy(&device, &verdict);
		assert_int_equal(verdict.access, fallbacks[i].access);
		assert_int_equal(verdict.enforced, fallbacks[i].access);
		assert_int_equal(verdict.reason, fallbacks[i].reason);
		assert_int_equal(verdict.until, TIME_NO_END);
	}
}

/* Without the rules about devices the policy is damaged: they may deny. */
static void test_private_file(void **state)
{
	const struct device_facts device = device_of("keyboard");
	struct fixture fixture, other;
	struct media_case *media;
	struct stat st;

	(void)state;
	fixture_open(&fixture, texts[PLAIN]);
	assert_int_equal(stat(fixture.private, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(unlink(fixture.private), 0);
	assert_int_equal(media_load(fixture.policy, fixture.dir, &device, &media), -EBADMSG);
	assert_int_equal(policy_verify(fixture.policy), -EBADMSG);

	fixture_open(&other, texts[STRICT]);
	assert_int_equal(rename(other.private, fixture.private), 0);
	assert_int_equal(chmod(fixture.private, 0666), 0);
	assert_int_equal(media_load(fixture.policy, fixture.dir, &device, &media), -EPERM);
	fixture_close(&other);
	fixture_close(&fixture);
	assert_int_not_equal(access(fixtures[NONE].private, F_OK), 0);
}

static void test_words(void **state)
{
	(void)state;
	for (int kind = 0; kind < DEVICE_KINDS; kind++) {
		const char *name = device_kind_name((enum device_kind)kind);

		assert_int_equal(device_kind_find(name), kind);
		assert_true(device_kinds_named(name) & 1u << kind);
	}
	assert_int_equal(device_kind_find("Storage"), -1);
	assert_int_equal(device_kinds_named("input"),
			 1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER);
	assert_int_equal(device_kinds_named("phone"), 1u << KIND_PHONE | 1u << KIND_DEBUG);
	assert_int_equal(device_kinds_named("unknown"), 1u << KIND_VENDOR | 1u << KIND_OTHER);
	assert_int_equal(device_kinds_named("debug"), 1u << KIND_DEBUG);
	assert_int_equal(device_kinds_named("built-in"), 0);
	assert_int_equal(device_kinds_named(""), 0);
}

static void test_weak_serials(void **state)
{
	static const char *const weak[] = { "",
					    "123",
					    "0000",
					    "FFFFFFFFFFFF",
					    "abcd",
					    "1234567890",
					    "0123456789ABCDEF",
					    "9876",
					    "fedcba9876543210",
					    "A\tBCX",
					    "se\303\261al77",
					    "AbCdEf" };
	static const char *const strong[] = { "60A44C413FAE1", "1357",	   "00000001",
					      "MY-DISK 1",     "12345679", "0123456789ABCDEG" };
	char longest[DEVICE_TEXT_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(weak); i++)
		assert_true(serial_is_weak(weak[i]));
	for (size_t i = 0; i < ARRAY_SIZE(strong); i++)
		assert_false(serial_is_weak(strong[i]));
	for (size_t i = 0; i <= DEVICE_TEXT_MAX; i++)
		longest[i] = "xy"[i % 2];
	longest[DEVICE_TEXT_MAX] = '\0';
	assert_false(serial_is_weak(longest));
	longest[DEVICE_TEXT_MAX] = 'x';
	longest[DEVICE_TEXT_MAX + 1] = '\0';
	assert_true(serial_is_weak(longest));
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(rows) + 7] = {
		cmocka_unit_test(test_trial),	     cmocka_unit_test(test_lines),
		cmocka_unit_test(test_block),	     cmocka_unit_test(test_without_policy),
		cmocka_unit_test(test_private_file), cmocka_unit_test(test_words),
		cmocka_unit_test(test_weak_serials),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[7 + i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
