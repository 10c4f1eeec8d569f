/* SPDX-License-Identifier: MIT */
/* dictionary.c - cracklib: is it, or is it made of, a word of the dictionary? */
#include "dictionary.h"

#include <errno.h>
#include <libintl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <crack.h>
#include <packer.h>

#include <sereno/scoped.h>
#include <sereno/strength.h>

/* The user's name handed to cracklib. Without one it asks the password file for the caller's
 * uid, takes root's names into account, and refuses every password of a uid not listed there. An
 * empty one fits everything made of symbols. No password has a control character. */
#define NOBODY "\1"

const char *dictionary_path(void)
{
	return GetDefaultCracklibDict();
}

static int check_trusted(const char *path, const char *suffix)
{
	char name[PATH_MAX];
	struct stat st;
	const int n = snprintf(name, sizeof(name), "%s%s", path, suffix);

	if (n < 0 || (size_t)n >= sizeof(name))
		return -ENAMETOOLONG;
	if (stat(name, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	return st.st_size > 0 ? 0 : -EBADMSG;
}

int dictionary_open(const char *path, struct dictionary *ret)
{
	/* Looked at first, since cracklib complains on standard error, which belongs to our host.
	 */
	static const char *const suffixes[] = { ".pwd", ".pwi" };
	char mode[] = "r", control[] = NOBODY;
	PWDICT *words;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const int r = check_trusted(path, suffixes[i]);

		if (r < 0)
			return r;
	}
	words = PWOpen(path, mode);
	if (!words)
		return -EBADMSG;
	ret->words = words;
	ret->not_found = FindPW(words, control);
	return 0;
}

void dictionary_close(struct dictionary *dictionary)
{
	if (dictionary->words)
		(void)PWClose(take(dictionary->words, NULL)); /* only read */
}

/* cracklib answers in sentences of its translation. */
static bool says(const char *answer, const char *sentence)
{
	return strcmp(answer, sentence) == 0 || strcmp(answer, dgettext("cracklib", sentence)) == 0;
}

/* cracklib's string functions return static buffers, where the password still lies in several
 * forms. Let each of them work on something longer: small, large, capital, backwards, with
 * characters taken out and replaced. */
static void scrub_statics(void)
{
	char filler[TRUNCSTRINGSIZE + 1], rules[] = "lucrp@y@?dsxxs?dy";

	memset(filler, 'x', sizeof(filler) - 1);
	filler[sizeof(filler) - 1] = '\0';
	(void)Mangle(filler, rules);
}

enum dictionary_answer dictionary_judge(struct dictionary *dictionary, const char *password)
{
	static const char *const systematic[] = {
		"it is too simplistic/systematic",
		"it does not contain enough DIFFERENT characters",
		"it looks like a National Insurance number.",
		"it is all whitespace",
	};
	static const char *const length[] = { "it is WAY too short", "it is too short" };
	char copy[STRENGTH_BYTES_MAX + 1] = "";
	const char *answer;

	memcpy(copy, password, strnlen(password, sizeof(copy) - 1));
	answer = FascistLookUser(dictionary->words, copy, NOBODY, NULL);
	explicit_bzero(copy, sizeof(copy));
	scrub_statics();
	if (!answer)
		return DICTIONARY_FINE;
	for (size_t i = 0; i < ARRAY_SIZE(length); i++)
		if (says(answer, length[i])) /* the policy says how long */
			return DICTIONARY_FINE;
	for (size_t i = 0; i < ARRAY_SIZE(systematic); i++)
		if (says(answer, systematic[i]))
			return DICTIONARY_SYSTEMATIC;
	return DICTIONARY_WORD;
}

bool dictionary_has(struct dictionary *dictionary, const char *word)
{
	char copy[STRENGTH_BASE_MAX] = "";
	bool found;

	memcpy(copy, word, strnlen(word, sizeof(copy) - 1));
	found = copy[0] && FindPW(dictionary->words, copy) != dictionary->not_found;
	explicit_bzero(copy, sizeof(copy));
	return found;
}
