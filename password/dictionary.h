/* SPDX-License-Identifier: MIT */
/*
 * dictionary.h - cracklib: is it, or is it made of, a word of the dictionary?
 *
 * One dictionary open at a time in a process. cracklib copies what it is asked on its stack: the
 * caller erases that with scrub_stack() when done.
 */
#ifndef PASSWORD_DICTIONARY_H
#define PASSWORD_DICTIONARY_H

#include <stdbool.h>

struct dictionary {
	void *words; /* cracklib's own handle, NULL when closed */
	unsigned int not_found;
};

#define scoped_dictionary scoped(dictionary_close)

enum dictionary_answer {
	DICTIONARY_FINE,
	DICTIONARY_WORD,       /* based on a word */
	DICTIONARY_SYSTEMATIC, /* too few different characters, or a pattern */
};

/* The path of the system's dictionary, without its suffixes. */
const char *dictionary_path(void);

/* Open the dictionary at @path. Returns 0, -ENOENT (none), -EPERM (others could have written it:
 * cracklib trusts every byte), -EBADMSG (damaged) or another negative errno. */
int dictionary_open(const char *path, struct dictionary *ret);
void dictionary_close(struct dictionary *dictionary);

/* What cracklib says of a whole password, with its own rules. */
enum dictionary_answer dictionary_judge(struct dictionary *dictionary, const char *password);

/* Whether @word itself, in lower case, is in the dictionary. */
bool dictionary_has(struct dictionary *dictionary, const char *word);

#endif
