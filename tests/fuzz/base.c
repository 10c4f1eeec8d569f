/* SPDX-License-Identifier: MIT */
/* base.c - fuzz what is done with the characters of a password: bases, classes, names, words. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/strength.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const listed[] = { "dacartec", "\xff", "" };
	const struct strength_rules rules = {
		.min_length = 8,
		.min_classes = 3,
		.max_repeat = 3,
		.differs_by = 5,
		.not_containing = listed,
		.n_not_containing = 3,
	};
	struct strength_person person = { NULL, NULL };
	struct strength_verdict verdict;
	char base[STRENGTH_BASE_MAX];
	char *text = malloc(size + 1);
	size_t length;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	length = strength_base(text, base);
	assert(length < sizeof(base) && base[length] == '\0' && strlen(base) == length);
	assert(strcspn(base, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ!@# ") == length);
	/* The parts before and behind the first NUL: a password, and who wants it or had before. */
	person.user = person.full_name = strlen(text) < size ? text + strlen(text) + 1 : "ana";
	assert(strength_judge(&rules, &person, text, person.user, &verdict) == 0);
	assert(verdict.faults < 1U << STRENGTH_FAULTS && verdict.classes <= 4);
	assert(verdict.length <= STRENGTH_CHARACTERS_MAX);
	free(text);
	return 0;
}
