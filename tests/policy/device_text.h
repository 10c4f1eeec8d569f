/* SPDX-License-Identifier: MIT */
/*
 * device_text.h - for tests: a device and who sits there, from one line of words each.
 */
#ifndef SERENO_TESTS_DEVICE_TEXT_H
#define SERENO_TESTS_DEVICE_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#define DEVICE_ROLES_MAX 8

/* A word of a device: "storage", "0951:1666", "/SERIAL", "twin", "in-use", "built-in",
 * "suspicious", "malformed", "#7" (its identity). */
static inline void device_word(const char *word, struct device_facts *ret)
{
	const int kind = device_kind_find(word);

	if (kind >= 0) {
		ret->kinds |= 1u << kind;
	} else if (word[0] == '/') {
		assert_true(strlen(word + 1) < sizeof(ret->serial));
		memcpy(ret->serial, word + 1, strlen(word));
	} else if (word[0] == '#') {
		ret->identity[0] = (uint8_t)strtoul(word + 1, NULL, 10);
	} else if (strlen(word) == 9 && word[4] == ':') {
		ret->has_ids = true;
		ret->vendor = (uint16_t)strtoul(word, NULL, 16);
		ret->product = (uint16_t)strtoul(word + 5, NULL, 16);
	} else {
		const struct {
			const char *word;
			bool *flag;
		} flags[] = {
			{ "twin", &ret->twin },		  { "in-use", &ret->in_use },
			{ "built-in", &ret->built_in },	  { "suspicious", &ret->suspicious },
			{ "malformed", &ret->malformed },
		};
		bool known = false;

		for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
			if (strcmp(flags[i].word, word) == 0)
				known = *flags[i].flag = true;
		}
		assert_true(known);
	}
}

static inline struct device_facts device_of(const char *text)
{
	struct device_facts device = { 0 };
	char copy[512], *rest = copy, *word;

	assert_true(snprintf(copy, sizeof(copy), "%s", text) < (int)sizeof(copy));
	while ((word = strsep(&rest, " ")))
		device_word(word, &device);
	return device;
}

/* Who sits there. Its strings are in itself: do not copy it. */
struct sitter {
	struct media_subject subject;
	char text[256];
	const char *roles[DEVICE_ROLES_MAX];
};

/* "ana sysadmin employee", "ana locked", or "" for nobody. */
static inline void sitter_of(const char *text, struct sitter *ret)
{
	char *rest = ret->text, *word;

	*ret = (struct sitter){ .subject = { .uid = 1500 } };
	assert_true(snprintf(ret->text, sizeof(ret->text), "%s", text) < (int)sizeof(ret->text));
	ret->subject.roles = ret->roles;
	ret->subject.user = "";
	if (!*text)
		return;
	ret->subject.present = true;
	ret->subject.user = strsep(&rest, " ");
	while ((word = strsep(&rest, " "))) {
		if (strcmp(word, "locked") == 0)
			ret->subject.locked = true;
		else if (ret->subject.n_roles < DEVICE_ROLES_MAX)
			ret->roles[ret->subject.n_roles++] = word;
	}
}

#endif
