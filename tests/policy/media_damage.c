/* SPDX-License-Identifier: MIT */
/*
 * media_damage.c - whatever is wrong with the rules about devices, none is decided by half of them.
 *
 * Each question has the answer of the whole file, or an error; so has policy_verify().
 */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "device_text.h"

#define N_OTHERS    140 /* products: more than META says the numbers of */
#define RECORDS_MAX 400

static const char *const questions[] = {
	"storage 0951:1666 /LOST-STICK",    /* denied by serial */
	"storage 0951:1666 /60A44C413FAE1", /* allowed by it */
	"storage keyboard 0951:1666 /COMBO1 suspicious",
	"storage 2000:0007 /NUMBER7", /* one of very many */
	"storage 2000:0007 /NUMBER8", /* a serial of another product */
	"storage 0951:1777",	      /* by product */
	"storage 04b8:0001",	      /* denied by vendor */
	"storage",		      /* by kind */
	"network keyboard 1234:0001", /* denied by kind */
	"keyboard 1234:0001",
};

struct sweep {
	struct fixture fixture;
	int fd;
	uint8_t *bytes;
	size_t length;
	struct media_verdict verdicts[ARRAY_SIZE(questions)];
	size_t refused, same;
};

static char *policy_text(void)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	fputs("sereno: 1\ntimezone: UTC\nroles: {it: {members: [luis], allow: []}}\n"
	      "media:\n  storage: read-write\n  network: allow\n  rules:\n"
	      "    - {name: a, device: {vendor: '0951', product: '1666', serial: [LOST-STICK]}, "
	      "access: deny}\n"
	      "    - {name: b, device: {vendor: '0951', product: '1666', serial: "
	      "[60A44C413FAE1, COMBO1]}, access: allow}\n"
	      "    - {name: c, device: {vendor: '0951', product: '1777'}, roles: [it], access: "
	      "encrypted}\n"
	      "    - {name: d, device: {vendor: '04b8'}, access: deny}\n"
	      "    - {name: e, device: {kind: storage}, roles: [it], access: read-only}\n"
	      "    - {name: f, device: {kind: network}, roles: [it], access: deny}\n",
	      out);
	for (unsigned i = 0; i < N_OTHERS; i++)
		fprintf(out,
			"    - {name: n%u, device: {vendor: '2000', product: '%04x', serial: "
			"[NUMBER%u]}, access: deny}\n",
			i, i, i);
	assert_int_equal(fclose(out), 0);
	return text;
}

static int ask(struct policy *policy, const char *root, size_t number, struct media_verdict *ret)
{
	static const char *const roles[] = { "it" };
	const struct media_subject subject = {
		.present = true, .user = "luis", .uid = 1500, .roles = roles, .n_roles = 1
	};
	const struct device_facts device = device_of(questions[number]);
	scoped(media_free_p) struct media_case *media = NULL;
	const int r = media_load(policy, root, &device, &media);

	if (r == 0)
		media_judge(media, &device, &subject, FIXTURE_NOW, ret);
	return r;
}

static int setup(void **state)
{
	struct sweep *sweep = calloc(1, sizeof(*sweep));
	scoped_free char *text = policy_text();
	struct stat st;

	assert_non_null(sweep);
	fixture_open(&sweep->fixture, text);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		assert_int_equal(
			ask(sweep->fixture.policy, sweep->fixture.dir, i, &sweep->verdicts[i]), 0);
	sweep->fd = open(sweep->fixture.private, O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(sweep->fd, &st), 0);
	sweep->length = (size_t)st.st_size;
	sweep->bytes = malloc(sweep->length);
	assert_non_null(sweep->bytes);
	assert_int_equal(pread(sweep->fd, sweep->bytes, sweep->length, 0), sweep->length);
	*state = sweep;
	return 0;
}

static int teardown(void **state)
{
	struct sweep *sweep = *state;

	close_p(&sweep->fd);
	fixture_close(&sweep->fixture);
	free(sweep->bytes);
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

/* Ask everything of the file as it is now. */
static void try_file(struct sweep *sweep)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	struct media_verdict verdict;

	assert_int_equal(policy_open_in(sweep->fixture.dir, &policy), 0);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const int r = ask(policy, sweep->fixture.dir, i, &verdict);

		if (r < 0) {
			assert_int_equal(r, -EBADMSG);
			sweep->refused++;
			continue;
		}
		assert_int_equal(verdict.access, sweep->verdicts[i].access);
		assert_string_equal(verdict.rule, sweep->verdicts[i].rule);
		sweep->same++;
	}
}

static void test_whole(void **state)
{
	static const char *const rules[ARRAY_SIZE(questions)] = { "a", "b", "b", "n7", "e",
								  "c", "d", "e", "f",  "" };
	struct sweep *sweep = *state;

	reset(sweep);
	try_file(sweep);
	assert_int_equal(sweep->refused, 0);
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		assert_string_equal(sweep->verdicts[i].rule, rules[i]);
}

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
	assert_true(sweep->refused > 1000 && sweep->same > 1000);
}

static void test_cut(void **state)
{
	struct sweep *sweep = *state;

	reset(sweep);
	for (size_t length = sweep->length; length > 13; length -= 13) {
		assert_int_equal(ftruncate(sweep->fd, (off_t)(length - 1)), 0);
		try_file(sweep);
	}
	assert_int_equal(sweep->same, 0);
}

static uint32_t number_at(const struct sweep *sweep, size_t offset)
{
	uint32_t number = 0;

	for (size_t i = 4; i > 0; i--)
		number = number << 8 | sweep->bytes[offset + i - 1];
	return number;
}

/* Each record under the key of the next one: sound in itself, but not the one asked for. */
static void test_swap(void **state)
{
	struct sweep *sweep = *state;
	const size_t end = number_at(sweep, 0);
	size_t next, n = 0;

	reset(sweep);
	for (size_t at = 2048; at < end && n < RECORDS_MAX; at = next, n++) {
		const size_t key = number_at(sweep, at);

		next = at + 8 + key + number_at(sweep, at + 4);
		if (next >= end)
			break;
		put(sweep, at + 8, sweep->bytes + next + 8, key);
		put(sweep, next + 8, sweep->bytes + at + 8, key);
		try_file(sweep);
		put(sweep, at + 8, sweep->bytes + at + 8, key);
		put(sweep, next + 8, sweep->bytes + next + 8, key);
	}
	assert_true(n > 20 && sweep->refused > 0);
}

static void test_verify(void **state)
{
	struct sweep *sweep = *state;
	const size_t end = number_at(sweep, 0);
	struct policy *policy;
	uint8_t byte;

	reset(sweep);
	for (size_t i = 2048; i < end; i += 3) {
		byte = (uint8_t)(sweep->bytes[i] ^ 0x40);
		put(sweep, i, &byte, 1);
		assert_int_equal(policy_open_in(sweep->fixture.dir, &policy), 0);
		assert_int_equal(policy_verify(policy), -EBADMSG);
		policy_close(policy);
		put(sweep, i, &sweep->bytes[i], 1);
	}
	assert_int_equal(policy_open_in(sweep->fixture.dir, &policy), 0);
	assert_int_equal(policy_verify(policy), 0);
	policy_close(policy);
}

/* The same rules, sound, of another generation. */
static void test_other_generation(void **state)
{
	struct sweep *sweep = *state;
	scoped_free char *text = policy_text();
	const struct compile_inputs inputs = {
		.text = text,
		.text_length = strlen(text),
		.host = "pg-01",
		.now = FIXTURE_NOW,
		.generation = 8,
		.group_id = fixture_group,
		.user_id = fixture_user,
	};
	struct diag_list diags = { 0 };
	struct fixture other;
	scoped_file FILE *file = NULL;
	size_t length;

	reset(sweep);
	fixture_make(&other);
	assert_int_equal(policy_compile(sweep->fixture.model, &inputs, other.dir, &diags), 0);
	diag_clear(&diags);
	assert_int_equal(policy_open_in(other.dir, &other.policy), 0);
	file = fopen(other.private, "re");
	assert_non_null(file);
	length = fread(sweep->bytes, 1, sweep->length, file);
	assert_int_equal(length, sweep->length);
	put(sweep, 0, sweep->bytes, length);
	try_file(sweep);
	assert_int_equal(sweep->same, 0);
	fixture_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),  cmocka_unit_test(test_flip),
		cmocka_unit_test(test_cut),    cmocka_unit_test(test_swap),
		cmocka_unit_test(test_verify), cmocka_unit_test(test_other_generation),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
