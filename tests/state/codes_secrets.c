/* SPDX-License-Identifier: MIT */
/* codes_secrets.c - after a code was checked or a token shown, no copy of a secret is in memory. */
#include "codes_scene.h"

#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS_FREED_MEMORY 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define KEEPS_FREED_MEMORY 1
#endif
#ifndef KEEPS_FREED_MEMORY
#define KEEPS_FREED_MEMORY 0
#endif

#define PART	8 /* bytes in a row of the secret that count as a copy */
#define NEEDLES 96

/* Everything secret of this test lies in one mapping, which is not searched. */
struct vault {
	struct otp_token token;
	char code[2][OTP_CODE_SIZE];
	char uri[OTP_URI_SIZE], text[OTP_SECRET_TEXT_SIZE], base32[OTP_BASE32_SIZE];
	char recovery[2][OTP_RECOVERY_SIZE], ticket[OTP_RECOVERY_SIZE];
	struct otp_answer answer;
	uint8_t shifted[OTP_BASE32_SIZE];
	uint8_t needle[NEEDLES][PART];
	size_t n;
	uint8_t window[1 << 16];
};

static void add_needles(struct vault *vault, const void *bytes, size_t length)
{
	for (size_t i = 0; i + PART <= length; i += PART) {
		assert_true(vault->n < NEEDLES);
		memcpy(vault->needle[vault->n++], (const uint8_t *)bytes + i, PART);
	}
}

/* A QR code has text half a byte off. */
static void add_shifted(struct vault *vault, const char *text)
{
	const size_t length = strlen(text) - 1;

	for (size_t i = 0; i < length; i++)
		vault->shifted[i] = (uint8_t)((uint8_t)text[i] << 4 | (uint8_t)text[i + 1] >> 4);
	add_needles(vault, vault->shifted, length);
}

static void add_recovery(struct vault *vault, const char *code)
{
	add_needles(vault, code, OTP_RECOVERY_SIZE - 1);
	otp_answer_read(code, &vault->answer);
	add_needles(vault, vault->answer.text, OTP_RECOVERY_LENGTH);
}

static struct vault *vault_new(enum otp_algorithm algorithm)
{
	struct vault *vault = mmap(NULL, sizeof(*vault), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(vault, MAP_FAILED);
	assert_int_equal(otp_token_new(algorithm, 8, 30, &vault->token), 0);
	return vault;
}

static void take_needles(struct vault *vault)
{
	add_needles(vault, vault->token.secret, vault->token.secret_length);
	assert_int_equal(otp_base32_encode(vault->token.secret, vault->token.secret_length,
					   vault->base32, sizeof(vault->base32)),
			 0);
	add_needles(vault, vault->base32, strlen(vault->base32));
	add_shifted(vault, vault->base32);
	if (vault->text[0] != '\0')
		add_needles(vault, vault->text, strlen(vault->text));
}

static unsigned search_range(struct vault *vault, int memory, uint64_t start, uint64_t end)
{
	unsigned found = 0;

	while (start < end) {
		const size_t want = end - start < sizeof(vault->window) ? (size_t)(end - start)
									: sizeof(vault->window);
		const ssize_t n = pread(memory, vault->window, want, (off_t)start);

		if (n <= PART)
			return found;
		for (size_t i = 0; i < vault->n; i++)
			found += memmem(vault->window, (size_t)n, vault->needle[i], PART) != NULL;
		start += (uint64_t)n - (start + (uint64_t)n == end ? 0 : PART);
	}
	return found;
}

static unsigned count_copies(struct vault *vault)
{
	scoped_fd int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	scoped_file FILE *maps = fopen("/proc/self/maps", "re");
	const uint64_t own = (uint64_t)(uintptr_t)vault;
	char line[512];
	unsigned found = 0;

	assert_true(memory >= 0 && maps);
	while (fgets(line, sizeof(line), maps)) {
		char *rest;
		const uint64_t start = strtoull(line, &rest, 16);
		const uint64_t end = strtoull(rest + 1, &rest, 16);
		unsigned here;

		if (strncmp(rest, " rw", 3) != 0)
			continue;
		if (own < start || own >= end) {
			here = search_range(vault, memory, start, end);
		} else { /* the kernel may have joined it with its neighbours */
			here = search_range(vault, memory, start, own);
			here += search_range(vault, memory, own + sizeof(*vault), end);
		}
		if (here)
			print_message("found %u times in %s", here, line);
		found += here;
	}
	return found;
}

static void vault_free(struct vault *vault)
{
	explicit_bzero(vault, sizeof(*vault));
	assert_int_equal(munmap(vault, sizeof(*vault)), 0);
}

/* The search itself works. */
static void copies_are_found(void **state)
{
	struct vault *vault;
	char *heap;

	(void)state;
	if (KEEPS_FREED_MEMORY)
		skip();
	vault = vault_new(OTP_SHA1);
	heap = malloc(64);
	assert_non_null(heap);
	take_needles(vault);
	assert_int_equal(count_copies(vault), 0);
	memcpy(heap + 3, vault->token.secret, 20);
	assert_true(count_copies(vault) > 0);
	memcpy(heap + 3, vault->shifted, 20);
	assert_true(count_copies(vault) > 0);
	explicit_bzero(heap, 64);
	assert_int_equal(count_copies(vault), 0);
	free(heap);
	vault_free(vault);
}

static void shown(void **state)
{
	struct scene *scene = *state;
	const enum otp_algorithm algorithm = *(const enum otp_algorithm *)scene->row;
	const enum otp_qr_form forms[] = { OTP_QR_BLOCKS, OTP_QR_ASCII, OTP_QR_COLOURED };
	struct vault *vault = vault_new(algorithm);

	if (KEEPS_FREED_MEMORY)
		skip();
	assert_int_equal(otp_secret_text(&vault->token, vault->text, sizeof(vault->text)), 0);
	assert_int_equal(otp_uri(&vault->token, "DACARTEC", "ana", vault->uri, sizeof(vault->uri)),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct otp_qr_look look = { forms[i], OTP_QR_ON_DARK, 80, 40 };
		scoped(otp_text_free_p) char *drawing = NULL;
		const int r = otp_qr_draw(vault->uri, &look, &drawing);

		assert_true(r == 0 || (r == -EMSGSIZE && forms[i] == OTP_QR_ASCII));
	}
	take_needles(vault);
	assert_int_equal(count_copies(vault), 0);
	vault_free(vault);
}

static void enrol_and_check(struct scene *scene, struct vault *vault)
{
	const struct codes_enrolment enrolment = { .token = &vault->token,
						   .label = "phone",
						   .warrant = CODES_BY_CALLER,
						   .confirm = { vault->code[0], NOW, 1 } };
	enum codes_enrolled enrolled;

	assert_int_equal(otp_code(&vault->token, NOW / 30, vault->code[0]), 0);
	assert_int_equal(otp_code(&vault->token, NOW / 30 + 1, vault->code[1]), 0);
	assert_int_equal(codes_enrol(scene->root, &person, &enrolment, &enrolled), 0);
	assert_int_equal(enrolled, CODES_ENROLLED);
	assert_int_equal(verdict(scene, vault->code[0], NOW), CODES_REPLAYED);
	assert_int_equal(verdict(scene, vault->code[1], NOW), CODES_ACCEPTED);
}

static void checked(void **state)
{
	struct scene *scene = *state;
	struct vault *vault = vault_new(*(const enum otp_algorithm *)scene->row);
	const struct codes_resync request = { "phone", { vault->code[1], vault->code[0] }, NOW };
	struct codes_status status;
	struct codes_result result;

	if (KEEPS_FREED_MEMORY)
		skip();
	enrol_and_check(scene, vault);
	assert_int_equal(codes_resync(scene->root, &person, &request, &result), 0);
	assert_int_equal(codes_status(scene->root, &person, &status), 0);
	take_needles(vault);
	assert_int_equal(count_copies(vault), 0);
	damage(scene, 0);
	assert_int_equal(verdict(scene, vault->code[1], NOW), CODES_REPLAYED);
	assert_int_equal(count_copies(vault), 0);
	assert_int_equal(codes_remove(scene->root, &person, NULL, NOW), 0);
	assert_int_equal(count_copies(vault), 0);
	vault_free(vault);
}

static void recovered(void **state)
{
	struct scene *scene = *state;
	struct vault *vault = vault_new(OTP_SHA1);
	bool is_good;

	if (KEEPS_FREED_MEMORY)
		skip();
	enrol_and_check(scene, vault);
	assert_int_equal(codes_recovery_issue(scene->root, &person, NOW, 2, vault->recovery), 0);
	assert_int_equal(codes_ticket_issue(scene->root, &person, NOW, 60, vault->ticket), 0);
	assert_int_equal(verdict(scene, vault->recovery[0], NOW), CODES_RECOVERED);
	assert_int_equal(verdict(scene, vault->recovery[0], NOW), CODES_WRONG);
	assert_int_equal(codes_ticket_check(scene->root, &person, vault->ticket, NOW, &is_good), 0);
	assert_true(is_good);
	for (unsigned i = 0; i < 2; i++)
		add_recovery(vault, vault->recovery[i]);
	add_recovery(vault, vault->ticket);
	assert_int_equal(count_copies(vault), 0);
	vault_free(vault);
}

static const enum otp_algorithm algorithms[] = { OTP_SHA1, OTP_SHA256, OTP_SHA512 };

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_test("copies are found", copies_are_found, NULL),
		a_test("a token is shown, SHA1", shown, &algorithms[0]),
		a_test("a token is shown, SHA256", shown, &algorithms[1]),
		a_test("a token is shown, SHA512", shown, &algorithms[2]),
		a_test("a code is checked, SHA1", checked, &algorithms[0]),
		a_test("a code is checked, SHA256", checked, &algorithms[1]),
		a_test("a code is checked, SHA512", checked, &algorithms[2]),
		a_test("recovery codes and a ticket", recovered, NULL),
	};

	return cmocka_run_group_tests_name("no copies of secrets", tests, NULL, NULL);
}
