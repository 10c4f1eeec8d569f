/* SPDX-License-Identifier: MIT */
/* inforce.h - the inside of an open compiled policy, for the files of this room that read it. */
#ifndef SERENO_POLICY_INFORCE_H
#define SERENO_POLICY_INFORCE_H

#include <sereno/device_grants.h>
#include <sereno/grants.h>

#include "compiled.h"
#include "grants_file.h"
#include "meta.h"
#include "private_file.h"

#define POLICY_STATE_DIR "/var/lib/sereno"
#define POLICY_FILE	 "policy.1.cdb"
#define POLICY_TEXT_FILE "policy.yaml"
#define POLICY_LINK	 "in-force"
#define POLICY_DIRECTORY "generations"

/* Names given out, which live as long as the handle; an empty one ends them. */
struct kept_names {
	struct kept_names *next;
	char names[];
};

struct policy {
	int fd, directory; /* of the file, and where it lies */
	struct tables tables;
	struct meta meta;
	struct kept_names *kept;
	struct private_rules *private; /* NULL: not asked for so far */
	bool devices_asked;
	struct device_grants *devices; /* NULL, once asked: nothing was published */
	struct grants *grants;	       /* NULL: nothing is granted, nobody has departed */
};

/* Open what is in force into @policy, all zero but for .fd and .directory,
 * which are -1; to be ended also after a failure.
 * For who asks one thing, and would allocate for that alone. Returns as policy_open(). */
int policy_begin(const char *root, enum grants_scope scope, struct policy *policy);
void policy_end(struct policy *policy); /* for scoped() */

/* The rules about devices of @policy, which has media:; opened once, then the handle's. Returns as
 * private_open(). */
int policy_private(struct policy *policy, const struct private_rules **ret);

/* The mentions of @user: the roles he is a member of, those he is excepted from (each appended,
 * not settled) and his person or ID_NONE. Returns 0, -EBADMSG, -ENOMEM or a read error. */
int policy_mentions(const struct policy *policy, const char *user, struct id_set *members,
		    struct id_set *excepted, uint32_t *ret_person);

/* table_find() with a struct table_key. */
int policy_find(const struct policy *policy, enum table table, const struct table_key *key,
		struct blob *ret);

/* The same where the policy itself refers to @id: absence is damage. */
int policy_find_id(const struct policy *policy, enum table table, uint32_t id, struct blob *ret);

#endif
