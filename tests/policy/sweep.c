/* SPDX-License-Identifier: MIT */
/*
 * sweep.c - a compiled policy cut at every length, with every byte flipped, with records swapped:
 * each decision is the original one or a refusal.
 */
#include "fixture.h"
#include "rules_text.h"

#include <fcntl.h>

#include <sereno/access.h>
#include <sereno/scoped.h>

static const char policy_text[] =
	"sereno: 1\n"
	"timezone: UTC\n"
	"origins: {office: [10.20.0.0/16, seat], bastion: [10.20.9.10]}\n"
	"services: {console: [login, gdm-password]}\n"
	"accounts:\n"
	"  break-glass: {members: [rescue], from: [seat]}\n"
	"  inactive-after: 45d\n"
	"  persons: {ana: [ana, ana-adm]}\n"
	"password: {min-length: 14, history: 20, blocklist: /x, not-containing: [acme]}\n"
	"attempts: {allow: 3, then: {lock: 15m}}\n"
	"roles:\n"
	"  bots: {unattended: yes, members: [bot], allow: []}\n"
	"  employee:\n"
	"    members: [bea, postgres]\n"
	"    members-of: [staff]\n"
	"    except: [pepe]\n"
	"    allow:\n"
	"      - {services: [console, sshd], from: [office], hours: [Mon-Fri 07:00-21:00]}\n"
	"      - {services: [sshd], from: ['fd00::/16', 10.20.9.0/24], second-factor: required}\n"
	"  auditor:\n"
	"    members: [ana-adm]\n"
	"    excludes: [employee]\n"
	"    until: 2027-01-31\n"
	"    password: {min-length: 20, max-age: 90d}\n"
	"    allow:\n"
	"      - {services: [sudo], from: [anywhere]}\n";

/* clang-format off */
static const struct request_row {
	const char *user, *service;
	uid_t uid;
	gid_t gid;
	enum origin_kind kind;
	const char *address;
	bool limits; /* whether what is asked of passwords is looked at, too */
} request_rows[] = {
	{ "bea",      "login",  1500, 0,  ORIGIN_SEAT,    NULL, true },
	{ "bea",      "sshd",   1500, 0,  ORIGIN_ADDRESS, "10.20.9.10", false },
	{ "bea",      "sshd",   1500, 0,  ORIGIN_ADDRESS, "10.20.1.1", false },
	{ "bea",      "sshd",   1500, 0,  ORIGIN_ADDRESS, "fd00::1", false },
	{ "bea",      "cron",   1500, 0,  ORIGIN_JOBS,    NULL, false },
	{ "leo",      "sshd",   1500, 50, ORIGIN_ADDRESS, "10.20.1.1", true },
	{ "pepe",     "sshd",   1500, 50, ORIGIN_ADDRESS, "10.20.1.1", false },
	{ "ana",      "login",  1500, 50, ORIGIN_SEAT,    NULL, false },
	{ "ana-adm",  "sudo",   1500, 0,  ORIGIN_UNKNOWN, NULL, true },
	{ "ana-adm",  "sudo",   1500, 50, ORIGIN_UNKNOWN, NULL, false },
	{ "postgres", "login",  110,  0,  ORIGIN_SERIAL,  NULL, false },
	{ "rescue",   "sshd",   1500, 0,  ORIGIN_ADDRESS, "10.20.9.10", true },
	{ "root",     "sshd",   0,    0,  ORIGIN_ADDRESS, "10.20.9.10", false },
	{ "zoe",      "sshd",   1500, 0,  ORIGIN_ADDRESS, "10.20.9.10", false },
	{ "daemon",   "sshd",   2,    0,  ORIGIN_UNKNOWN, NULL, false },
	{ "bot",      "cron",   1500, 0,  ORIGIN_JOBS,    NULL, true },
};
/* clang-format on */

static const char *const times[] = { "2026-01-12T10:00", "2026-01-17T10:00", "2027-06-01T03:00" };

#define N_REQUESTS  ARRAY_SIZE(request_rows)
#define N_TIMES	    ARRAY_SIZE(times)
#define RECORDS_MAX 64

struct sweep {
	struct fixture fixture;
	uint8_t *bytes;
	size_t length;
	int fd;
	int64_t times[N_TIMES];
	struct origin origins[N_REQUESTS];
	struct access_verdict verdicts[N_REQUESTS][N_TIMES];
	char *limits, *rules[N_REQUESTS]; /* as text; NULL for a program, which is asked nothing */
	enum subject_kind kinds[N_REQUESTS];
	size_t refused, same; /* so that the test knows that it tested something */
};

static struct access_request request_at(const struct sweep *sweep, size_t index,
					struct access_account *other)
{
	const struct request_row *row = &request_rows[index];

	*other = (struct access_account){ .user = "ana", .groups = &row->gid, .n_groups = 1 };
	return (struct access_request){
		.service = row->service,
		.uid = row->uid,
		.subject = { .user = row->user, .groups = &row->gid, .n_groups = row->gid != 0 },
		.others = other,
		.n_others = strcmp(row->user, "ana-adm") == 0 && row->gid != 0,
		.origins = &sweep->origins[index],
		.n_origins = 1,
	};
}

static int load(const struct sweep *sweep, struct policy *policy, size_t index,
		struct access_case **ret)
{
	struct access_account other;
	const struct access_request request = request_at(sweep, index, &other);

	return access_load(policy, &request, ret);
}

/* What is asked of the passwords of the subject of request @index, as text, NULL for nothing. */
static int load_rules(const struct sweep *sweep, struct policy *policy, size_t index, char **ret,
		      enum subject_kind *ret_kind)
{
	struct access_account other;
	const struct access_request request = request_at(sweep, index, &other);
	struct password_rules rules;
	int r;

	*ret = NULL;
	r = policy_subject(policy, &request, sweep->times[0], ret_kind);
	if (r < 0)
		return r;
	r = policy_password(policy, &request, sweep->times[0], &rules);
	if (r == 0)
		*ret = rules_text(&rules);
	return r == -ENOENT ? 0 : r;
}

/* Whether @now, from a damaged file, is what the whole file says, or a refusal. */
static bool sound(const struct access_verdict *whole, const struct access_verdict *now)
{
	if (now->outcome == ACCESS_DENY)
		return true;
	return now->outcome == whole->outcome && now->reason == whole->reason &&
	       (whole->demands & ~now->demands) == 0 && now->until == whole->until &&
	       strcmp(now->role, whole->role) == 0 && now->rule == whole->rule;
}

static void judge_all(struct sweep *sweep, struct policy *policy, size_t index,
		      const struct access_case *access)
{
	struct access_verdict verdict;

	(void)policy;
	for (size_t i = 0; i < N_TIMES; i++) {
		/* As if the code had been seen: so a lost demand shows. */
		access_judge(access, sweep->times[i], DEMAND_SECOND_FACTOR, &verdict);
		assert_true(sound(&sweep->verdicts[index][i], &verdict));
		sweep->same++;
	}
}

/* Damage never lifts a limit, nor makes a person a program: it is as it was, or it is told. */
static void ask_limits(struct sweep *sweep, struct policy *policy, size_t index)
{
	scoped_free char *rules = NULL;
	enum subject_kind kind;
	int r;

	if (!request_rows[index].limits)
		return;
	r = load_rules(sweep, policy, index, &rules, &kind);
	if (r < 0) {
		assert_int_equal(r, -EBADMSG);
		sweep->refused++;
		return;
	}
	assert_int_equal(kind, sweep->kinds[index]);
	assert_true((rules != NULL) == (sweep->rules[index] != NULL));
	if (rules)
		assert_string_equal(rules, sweep->rules[index]);
	sweep->same++;
}

static void ask_attempts(const struct sweep *sweep, struct policy *policy)
{
	struct attempt_limits limits;
	scoped_free char *text = NULL;

	assert_int_equal(policy_attempts(policy, &limits), 0);
	text = limits_text(&limits);
	assert_string_equal(text, sweep->limits);
	assert_int_equal(policy_facts(policy)->inactive_after_sec, 45 * 86400);
}

/* Ask everything of the file as it is now. */
static void try_file(struct sweep *sweep)
{
	struct access_case *access;
	struct policy *policy;
	int r;

	r = policy_open_in(sweep->fixture.dir, &policy);
	if (r < 0) {
		assert_int_equal(r, -EBADMSG);
		sweep->refused += N_REQUESTS;
		return;
	}
	ask_attempts(sweep, policy);
	for (size_t i = 0; i < N_REQUESTS; i++) {
		ask_limits(sweep, policy, i);
		r = load(sweep, policy, i, &access);
		if (r < 0) {
			assert_int_equal(r, -EBADMSG);
			sweep->refused++;
			continue;
		}
		judge_all(sweep, policy, i, access);
		access_free(access);
	}
	policy_close(policy);
}

static int setup(void **state)
{
	struct sweep *sweep = calloc(1, sizeof(*sweep));
	struct attempt_limits limits;
	struct access_case *access;
	off_t end;

	assert_non_null(sweep);
	fixture_open(&sweep->fixture, policy_text);
	assert_int_equal(policy_attempts(sweep->fixture.policy, &limits), 0);
	sweep->limits = limits_text(&limits);
	for (size_t i = 0; i < N_TIMES; i++)
		sweep->times[i] = fixture_time(times[i]);
	for (size_t i = 0; i < N_REQUESTS; i++) {
		const struct request_row *row = &request_rows[i];

		sweep->origins[i].kind = row->kind;
		if (row->address)
			assert_int_equal(address_parse(row->address, &sweep->origins[i].address),
					 0);
		assert_int_equal(load(sweep, sweep->fixture.policy, i, &access), 0);
		for (size_t j = 0; j < N_TIMES; j++)
			access_judge(access, sweep->times[j], DEMAND_SECOND_FACTOR,
				     &sweep->verdicts[i][j]);
		access_free(access);
		assert_int_equal(load_rules(sweep, sweep->fixture.policy, i, &sweep->rules[i],
					    &sweep->kinds[i]),
				 0);
	}
	sweep->fd = open(sweep->fixture.database, O_RDWR | O_CLOEXEC);
	end = lseek(sweep->fd, 0, SEEK_END);
	assert_true(end > 0);
	sweep->length = (size_t)end;
	sweep->bytes = malloc(sweep->length);
	assert_non_null(sweep->bytes);
	assert_true(pread(sweep->fd, sweep->bytes, sweep->length, 0) == end);
	*state = sweep;
	return 0;
}

static int teardown(void **state)
{
	struct sweep *sweep = *state;

	close_p(&sweep->fd);
	fixture_close(&sweep->fixture);
	free(sweep->bytes);
	free(sweep->limits);
	for (size_t i = 0; i < N_REQUESTS; i++)
		free(sweep->rules[i]);
	free(sweep);
	return 0;
}

static void put(struct sweep *sweep, size_t offset, const void *bytes, size_t length)
{
	assert_true(pwrite(sweep->fd, bytes, length, (off_t)offset) == (ssize_t)length);
}

static void reset(struct sweep *sweep)
{
	assert_int_equal(ftruncate(sweep->fd, (off_t)sweep->length), 0);
	put(sweep, 0, sweep->bytes, sweep->length);
	sweep->refused = sweep->same = 0;
}

/* The whole file gives rights, refusals and demands: otherwise the sweep would prove little. */
static void test_whole(void **state)
{
	struct sweep *sweep = *state;
	size_t allowed = 0, denied = 0, demands = 0, stricter = 0;

	reset(sweep);
	try_file(sweep);
	assert_int_equal(sweep->refused, 0);
	for (size_t i = 0; i < N_REQUESTS * N_TIMES; i++) {
		const struct access_verdict *verdict = &sweep->verdicts[i / N_TIMES][i % N_TIMES];

		allowed += verdict->outcome == ACCESS_ALLOW;
		denied += verdict->outcome == ACCESS_DENY;
		demands += verdict->demands != 0;
	}
	assert_true(allowed >= 12 && denied >= 12 && demands >= 3);
	for (size_t i = 0; i < N_REQUESTS; i++)
		stricter += sweep->rules[i] && strstr(sweep->rules[i], "length 20") != NULL;
	assert_true(stricter >= 1);
	assert_null(sweep->rules[N_REQUESTS - 1]);
}

static void test_cut(void **state)
{
	struct sweep *sweep = *state;

	reset(sweep);
	for (size_t length = sweep->length; length-- > 0;) {
		assert_int_equal(ftruncate(sweep->fd, (off_t)length), 0);
		try_file(sweep);
	}
	assert_true(sweep->refused > sweep->length);
}

/* One bit of each byte: each of the eight is tried in one of eight runs, by position. */
static void test_flip(void **state)
{
	struct sweep *sweep = *state;
	uint8_t byte;

	reset(sweep);
	for (size_t i = 0; i < sweep->length; i++) {
		byte = (uint8_t)(sweep->bytes[i] ^ 1u << (i * 5 + i / 8) % 8);
		put(sweep, i, &byte, 1);
		try_file(sweep);
		put(sweep, i, &sweep->bytes[i], 1);
	}
	assert_true(sweep->refused > 0 && sweep->same > 0);
}

static void test_invert(void **state)
{
	struct sweep *sweep = *state;
	uint8_t byte;

	reset(sweep);
	for (size_t i = 0; i < sweep->length; i++) {
		byte = (uint8_t)~sweep->bytes[i];
		put(sweep, i, &byte, 1);
		try_file(sweep);
		put(sweep, i, &sweep->bytes[i], 1);
	}
	assert_true(sweep->refused > 0 && sweep->same > 0);
}

static void test_zero_block(void **state)
{
	static const uint8_t zero[512];
	struct sweep *sweep = *state;

	reset(sweep);
	for (size_t i = 0; i + sizeof(zero) <= sweep->length; i += 128) {
		put(sweep, i, zero, sizeof(zero));
		try_file(sweep);
		put(sweep, i, sweep->bytes + i, sizeof(zero));
	}
	assert_true(sweep->refused > 0);
}

static uint32_t number_at(const struct sweep *sweep, size_t offset)
{
	uint32_t number = 0;

	for (size_t i = 4; i > 0; i--)
		number = number << 8 | sweep->bytes[offset + i - 1];
	return number;
}

/* Where the keys of the file's records lie: cdb's own layout, 2048 bytes of index first. */
static size_t find_keys(const struct sweep *sweep, size_t offsets[static RECORDS_MAX])
{
	const size_t end = number_at(sweep, 0);
	size_t n = 0;

	for (size_t at = 2048; at < end && n < RECORDS_MAX;) {
		offsets[n++] = at + 8;
		at += 8 + number_at(sweep, at) + number_at(sweep, at + 4);
	}
	return n;
}

/* Every record under the key of every other one: sound in itself, but not the one asked for. */
static void test_swap(void **state)
{
	struct sweep *sweep = *state;
	size_t offsets[RECORDS_MAX], n, length;

	reset(sweep);
	n = find_keys(sweep, offsets);
	assert_true(n >= 10);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			length = number_at(sweep, offsets[i] - 8);
			assert_int_equal(length, number_at(sweep, offsets[j] - 8));
			put(sweep, offsets[i], sweep->bytes + offsets[j], length);
			put(sweep, offsets[j], sweep->bytes + offsets[i], length);
			try_file(sweep);
			put(sweep, offsets[i], sweep->bytes + offsets[i], length);
			put(sweep, offsets[j], sweep->bytes + offsets[j], length);
		}
	}
	assert_true(sweep->refused > 0);
}

/* policy_verify() sees whatever is wrong in a record; the index only as far as it is needed. */
static void test_verify(void **state)
{
	struct sweep *sweep = *state;
	const size_t end = number_at(sweep, 0);
	struct policy *policy;
	uint8_t byte;
	int r;

	reset(sweep);
	for (size_t i = 2048; i < end; i++) {
		byte = (uint8_t)(sweep->bytes[i] ^ 0x40);
		put(sweep, i, &byte, 1);
		r = policy_open_in(sweep->fixture.dir, &policy);
		if (r == 0) {
			r = policy_verify(policy);
			policy_close(policy);
		}
		assert_int_equal(r, -EBADMSG);
		put(sweep, i, &sweep->bytes[i], 1);
	}
	assert_int_equal(policy_open_in(sweep->fixture.dir, &policy), 0);
	assert_int_equal(policy_verify(policy), 0);
	policy_close(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),  cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flip),   cmocka_unit_test(test_invert),
		cmocka_unit_test(test_swap),   cmocka_unit_test(test_zero_block),
		cmocka_unit_test(test_verify),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
