/* SPDX-License-Identifier: MIT */
/*
 * options.h - what stands behind a command's name, read by one table.
 */
#ifndef ADMIN_OPTIONS_H
#define ADMIN_OPTIONS_H

#include <limits.h>
#include <stddef.h>

#include "output.h"

enum option_bit {
	OPTION_JSON = 1 << 0,
	OPTION_ROOT = 1 << 1,
	OPTION_ALL = 1 << 2,
	OPTION_DRY_RUN = 1 << 3,
	OPTION_ACCOUNTS = 1 << 4,
	OPTION_SERVICES = 1 << 5,
	OPTION_MAN = 1 << 6,
	OPTION_SERVICE = 1 << 7,
	OPTION_FROM = 1 << 8,
	OPTION_AT = 1 << 9,
	OPTION_MET = 1 << 10,
	OPTION_HELP = 1 << 11,
	OPTION_USER = 1 << 12,
	OPTION_MIN_COUNT = 1 << 13,
	OPTION_OUTPUT = 1 << 14,
	OPTION_EVERYONE = 1 << 15, /* --all where it is about people */
	OPTION_LABEL = 1 << 16,
	OPTION_ASCII = 1 << 17,
	OPTION_SHOW_SECRET = 1 << 18,
	OPTION_VALID = 1 << 19,
	OPTION_SOURCE = 1 << 20, /* --from where it is a kind of file */
	OPTION_WITH = 1 << 21,
	OPTION_FOR = 1 << 22,
	OPTION_UNTIL = 1 << 23,
	OPTION_REASON = 1 << 24,
	OPTION_ENDED = 1 << 25, /* --all where it is also what is over */
	OPTION_DEADLINE = 1 << 26,
	OPTION_DIGEST = 1 << 27,
	OPTION_FORCE = 1 << 28,
	OPTION_DUE = 1 << 29,
	OPTION_PRESENT = 1 << 30,
	OPTION_READ_ONLY = 1u << 31,
};

/* Strings are borrowed from argv; NULL where not given. */
struct options {
	unsigned given; /* enum option_bit */
	const char *service, *from, *at, *met, *user, *min_count, *output, *with;
	const char *label, *valid;
	const char *lasting, *until, *reason; /* --for, --until, --reason */
	const char *deadline, *digest;
	const char *operand;	/* FILE, USER, SERVICE or what to do */
	const char *second;	/* what to do it with */
	const char *third;	/* and what of it */
	const char *root_given; /* as written */
	char root[PATH_MAX];	/* "" is the host; no slash at the end */
};

/* Whether an operand must, may or must not be there; OPERAND_PAIR: one must, a second may;
 * OPERAND_UP_TO_TWO, OPERAND_UP_TO_THREE: all may. */
enum operand {
	OPERAND_NONE,
	OPERAND_OPTIONAL,
	OPERAND_REQUIRED,
	OPERAND_PAIR,
	OPERAND_UP_TO_TWO,
	OPERAND_UP_TO_THREE
};

/*
 * Read @argv[1] and on: options of @allowed (enum option_bit; OPTION_HELP always) in any place, as
 * --name VALUE or --name=VALUE, "--" before an operand that begins with a dash. --root is checked
 * to be a directory. Returns 0, or -EINVAL when the line is wrong, said on stderr.
 */
int options_read(int argc, char *const *argv, unsigned allowed, enum operand operand,
		 struct options *ret);

/* Print what each option of @allowed is for. */
void options_print(const struct output *output, unsigned allowed);

#endif
