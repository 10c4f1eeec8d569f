/* SPDX-License-Identifier: MIT */
/*
 * edition.h - one text of the policy, as edited or as in force, read and checked.
 */
#ifndef ADMIN_EDITION_H
#define ADMIN_EDITION_H

#include <sereno/model.h>
#include <sereno/policy.h>

#include "json.h"
#include "options.h"
#include "output.h"
#include "own_groups.h"
#include "people.h"

struct edition {
	char *path; /* for messages */
	char *text;
	size_t length;
	struct model *model;	/* NULL when there are faults */
	struct diag_list diags; /* may go on growing: the compiler's, the safety checks' */
	struct own_groups own;	/* compiled with these, to be saved before it is put in force */
};

/* Read the file named on the command line, else ROOT/etc/sereno/policy.yaml. Returns 0, -EINVAL
 * (faults, see diags) or a negative errno. */
int edition_read(const struct options *options, int64_t now, struct edition *ret);

/* Read the text that is in force. Returns 0, -ENOENT (none in force), -EINVAL or a negative errno.
 */
int edition_in_force(const char *root, int64_t now, struct edition *ret);

/* Release what it holds; a zero-initialised one is allowed. */
void edition_clear(struct edition *edition);

/* Where members that the files do not have are looked for. Asking a directory service for each
 * may take minutes: apply never does. */
enum account_scope { ACCOUNTS_OF_FILES, ACCOUNTS_OF_NAME_SERVICE };

/*
 * Compile @edition into the empty directory @dir as generation @generation, for this host and for
 * @people. Faults go to its diags. With @root "" groups are also asked of the name service, once
 * each. Returns 0, -EINVAL (see diags) or a negative errno.
 */
int edition_compile(struct edition *edition, const char *root, const struct people *people,
		    const char *dir, int64_t now, uint64_t generation);

/* The same into a directory of its own, removed at once: for the faults alone. What this host lacks
 * is a warning: the policy may be meant for another. */
struct edition_trial {
	const char *root;
	const struct people *people;
	int64_t now;
	enum account_scope scope;
	/* If not NULL: called with what was compiled, before that is removed. */
	int (*look)(void *context, struct policy *policy);
	void *context;
};
int edition_try_compile(struct edition *edition, const struct edition_trial *trial);

/* Print the diags and, last, what they amount to; @next is what to do when there is no fault. */
void edition_print_diags(struct edition *edition, const struct output *output, const char *next);
/* The same as members "faults", "warnings" and "diagnostics" of the open object. */
void edition_write_diags(struct edition *edition, struct json *json);

#endif
