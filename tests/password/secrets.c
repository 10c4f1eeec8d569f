/* SPDX-License-Identifier: MIT */
/* secrets.c - after a password was judged, no copy of it is left in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/blocklist.h>
#include <sereno/history.h>
#include <sereno/scoped.h>
#include <sereno/strength.h>

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

#define PART   8  /* bytes in a row of the secret that count as a copy */
#define LENGTH 44 /* longer than what an allocator overwrites in a freed block */

/* Everything secret of this test lies in one mapping, which is not searched. */
struct vault {
	char candidate[64], old[64];
	struct needle {
		size_t length;
		uint8_t bytes[PART * sizeof(uint32_t)];
	} needle[64];
	size_t n;
	char window[1 << 16];
	char base[STRENGTH_BASE_MAX];
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static void add_needle(struct vault *vault, const char *text)
{
	struct needle *plain = &vault->needle[vault->n++], *small = &vault->needle[vault->n++],
		      *wide = &vault->needle[vault->n++];

	plain->length = small->length = PART;
	wide->length = PART * sizeof(uint32_t);
	for (size_t i = 0; i < PART; i++) {
		const uint32_t point = (unsigned char)lower(text[i]);

		plain->bytes[i] = (uint8_t)text[i];
		small->bytes[i] = (uint8_t)lower(text[i]);
		memcpy(&wide->bytes[i * sizeof(point)], &point, sizeof(point));
	}
}

/* Two passwords that no file contains, and what of them must not be found. */
static int make_vault(void **state)
{
	static const char letters[] = "kwqvzxjKWQVZXJ";
	struct vault *vault = mmap(NULL, sizeof(*vault), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned seed = 20250301;
	char backwards[LENGTH];

	assert_ptr_not_equal(vault, MAP_FAILED);
	for (size_t i = 0; i < LENGTH; i++) {
		seed = seed * 1103515245U + 12345U;
		vault->candidate[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
		vault->old[i] = letters[(seed >> 20) % (sizeof(letters) - 1)];
	}
	vault->candidate[3] = '#';
	vault->candidate[LENGTH - 7] = '7';
	(void)strength_base(vault->candidate, vault->base);
	for (size_t i = 0; i < LENGTH; i++)
		backwards[i] = vault->candidate[LENGTH - 1 - i];
	for (size_t i = 0; i + PART <= LENGTH; i += PART) {
		add_needle(vault, vault->candidate + i);
		add_needle(vault, vault->old + i);
		add_needle(vault, backwards + i);
	}
	add_needle(vault, vault->base);
	explicit_bzero(backwards, sizeof(backwards));
	*state = vault;
	return 0;
}

static int unmap_vault(void **state)
{
	return munmap(*state, sizeof(struct vault));
}

/* Read a writable mapping piece by piece, pieces overlapping, and look for the needles. */
static unsigned search_mapping(struct vault *vault, int memory, uint64_t start, uint64_t end)
{
	const size_t overlap = PART * sizeof(uint32_t);
	unsigned found = 0;

	while (start < end) {
		const size_t want = end - start < sizeof(vault->window) ? (size_t)(end - start)
									: sizeof(vault->window);
		const ssize_t n = pread(memory, vault->window, want, (off_t)start);

		if (n <= 0)
			return found;
		for (size_t i = 0; i < vault->n; i++)
			found += memmem(vault->window, (size_t)n, vault->needle[i].bytes,
					vault->needle[i].length) != NULL;
		if ((size_t)n <= overlap)
			return found;
		start += (size_t)n - ((size_t)n == want && start + want == end ? 0 : overlap);
	}
	return found;
}

static unsigned count_copies(struct vault *vault)
{
	scoped_fd int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	scoped_file FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned found = 0;

	assert_true(memory >= 0);
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		char *rest;
		const uint64_t start = strtoull(line, &rest, 16);
		const uint64_t end = strtoull(rest + 1, &rest, 16);
		const uint64_t own = (uint64_t)(uintptr_t)vault;
		unsigned here;

		if (strncmp(rest, " rw", 3) != 0)
			continue;
		if (own < start || own >= end) {
			here = search_mapping(vault, memory, start, end);
		} else { /* the kernel may have joined it with its neighbours */
			here = search_mapping(vault, memory, start, own);
			here += search_mapping(vault, memory, own + sizeof(*vault), end);
		}
		if (here)
			print_message("found %u times in %s", here, line);
		found += here;
	}
	return found;
}

/* The search itself works: copies on the heap and on the stack are found. */
static void copies_are_found(void **state)
{
	struct vault *vault = *state;
	volatile char stack[LENGTH];
	char *heap;

	if (KEEPS_FREED_MEMORY)
		skip();
	heap = malloc(100);
	assert_non_null(heap);
	assert_int_equal(count_copies(vault), 0);
	for (size_t i = 0; i < LENGTH; i++)
		stack[i] = heap[i] = vault->candidate[i];
	assert_true(count_copies(vault) >= 2);
	assert_int_equal(stack[0], heap[0]);
	for (size_t i = 0; i < LENGTH; i++)
		stack[i] = heap[i] = 0;
	assert_int_equal(count_copies(vault), 0);
	free(heap);
}

static void judged(void **state)
{
	static const char *const listed[] = { "dacartec" };
	const struct strength_rules rules = {
		.min_length = 12,
		.min_classes = 3,
		.max_repeat = 3,
		.differs_by = 5,
		.dictionary = true,
		.not_containing = listed,
		.n_not_containing = 1,
	};
	const struct strength_person person = { "marta", "Marta L\u00f3pez" };
	struct vault *vault = *state;
	struct strength_verdict verdict;

	if (KEEPS_FREED_MEMORY)
		skip();
	assert_int_equal(strength_judge(&rules, &person, vault->candidate, vault->old, &verdict),
			 0);
	assert_int_equal(verdict.faults, 0);
	assert_int_equal(count_copies(vault), 0);
}

static void looked_up(void **state)
{
	char dir[] = "/tmp/sereno-secrets-XXXXXX", in[64], out[64];
	struct vault *vault = *state;
	uint64_t line;
	FILE *file;

	if (KEEPS_FREED_MEMORY)
		skip();
	assert_non_null(mkdtemp(dir));
	(void)snprintf(in, sizeof(in), "%s/in", dir);
	(void)snprintf(out, sizeof(out), "%s/out", dir);
	file = fopen(in, "we");
	assert_non_null(file);
	assert_true(fputs("one\ntwo\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(blocklist_build(in, out, 0, NULL, NULL, &line), 0);
	assert_int_equal(blocklist_has(out, vault->candidate), 0);
	assert_int_equal(count_copies(vault), 0);
	assert_int_equal(unlink(in), 0);
	assert_int_equal(unlink(out), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* Where the history cannot be opened nothing is hashed; so this one needs a place for its file. */
static void remembered(void **state)
{
	char root[] = "/tmp/sereno-secrets-XXXXXX", command[128];
	struct vault *vault = *state;
	const struct history_change change = {
		.user = "marta",
		.uid = 1003,
		.candidate = vault->candidate,
		.old = vault->old,
		.keep = { .entries = 24 },
		.now = 1750000000,
	};
	struct history_token *token = NULL;
	enum history_answer answer;

	if (KEEPS_FREED_MEMORY)
		skip();
	assert_non_null(mkdtemp(root));
	(void)snprintf(command, sizeof(command),
		       "mkdir -p %s/etc %s/var/lib/sereno && "
		       "echo 0123456789abcdef0123456789abcdef >%s/etc/machine-id",
		       root, root, root);
	assert_int_equal(system(command), 0);
	assert_int_equal(history_judge(root, &change, &token, &answer), 0);
	assert_int_equal(answer, HISTORY_FRESH);
	assert_int_equal(history_commit(root, token), 0);
	history_token_free(token);
	assert_int_equal(count_copies(vault), 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_found),
		cmocka_unit_test(judged),
		cmocka_unit_test(looked_up),
		cmocka_unit_test(remembered),
	};

	return cmocka_run_group_tests_name("no copies left", tests, make_vault, unmap_vault);
}
