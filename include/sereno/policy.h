/* SPDX-License-Identifier: MIT */
/*
 * policy.h - the policy in force, in its compiled form.
 *
 * Callable from every room and inside other people's processes: nothing here logs, asks
 * getpw*()/getgr*(), reads the environment, a clock or text, or keeps global state. A handle is
 * opened, asked, closed: no descriptor outlives it and no memory is mapped, so that a file cut
 * short can never raise SIGBUS in a login program. One thread at a time per handle.
 *
 * What is missing is never taken for "not needed": the tables inside the file say with a checksum
 * that a name is absent. A record that is damaged, cut short or not there is -EBADMSG.
 */
#ifndef SERENO_POLICY_H
#define SERENO_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sereno/calendar.h>
#include <sereno/diag.h>
#include <sereno/limits.h>
#include <sereno/model.h>

struct policy;
struct grants;

#define POLICY_HASH_HEX 65 /* SHA-256 of the text in hexadecimal, with its NUL */

struct policy_facts {
	uint64_t generation;	    /* counts up with every apply */
	int64_t compiled;	    /* when, UTC seconds */
	char hash[POLICY_HASH_HEX]; /* of the text it came from */
	char host[256];		    /* the node name hosts: was settled for */
	uint32_t min_uid;
	unsigned observe;	     /* enum observe */
	bool asks_groups;	     /* some role has members-of: the caller must ask for groups */
	bool gives_groups;	     /* some role has gives-groups */
	uint64_t inactive_after_sec; /* accounts.inactive-after; 0: not given */
	int64_t zone_end;	     /* the zone is known up to here */
	uint32_t n_roles, n_rules, n_members;
};

/*
 * Open the policy in force below @root ("" is the host):
 * ROOT/var/lib/sereno/in-force/policy.1.cdb. On success *@ret is released with policy_close().
 * What is granted (grants.h) is opened with it. Returns 0, -ENOENT (none in force), -EPERM (a file
 * or its directory could be written by others), -EBADMSG (damaged, or no grants there), -ENOMEM or
 * what open(2) or read(2) reported.
 */
int policy_open(const char *root, struct policy **ret);

/* The same for who decides and tells nothing of the register: where nothing is granted and nobody
 * leaves, policy_grants() may be NULL. */
int policy_open_at_login(const char *root, struct policy **ret);

/* The same by what everybody may read, whoever runs it: a departure that is yet to come when it is
 * published counts from the next publication on. For the name service, whose answers must not
 * depend on who asks. */
int policy_open_for_all(const char *root, struct policy **ret);

/* The same for the compiled policy in directory @dir, in force or not. */
int policy_open_in(const char *dir, struct policy **ret);

/* Release; NULL is allowed. */
void policy_close(struct policy *policy);
void policy_close_p(struct policy **policy); /* for scoped() */

/* Borrowed, valid until policy_close(). */
const struct policy_facts *policy_facts(const struct policy *policy);

/* Read every record and check that all are there and sound; of the rules about devices, which are
 * root's, where the caller may. Returns 0, -EBADMSG or a read error. */
int policy_verify(struct policy *policy);

/* The zone that hours and dates of the policy are meant in, as it was when it was compiled. Unlike
 * the text it is for everybody to read. Returns 0, -EBADMSG, -ENOMEM or a read error. */
int policy_zone(const struct policy *policy, struct zone *ret);

/*
 * The other accounts of the same person (accounts.persons), for which the caller gathers groups
 * too. Writes up to @max names; a name is valid until policy_close(). Returns how many there are,
 * or -EBADMSG.
 */
int policy_same_person(struct policy *policy, const char *user, const char **ret, size_t max);

/* The attempts: block. Returns 0, or -ENOENT: the policy has none. Cannot fail otherwise: it was
 * read, with its checksum, when the handle was opened. */
int policy_attempts(const struct policy *policy, struct attempt_limits *ret);

/* The second-factor: block; its defaults where it is left out: what rules demand must be possible.
 * The issuer left out is the organisation, or else the host that the policy was compiled for.
 * Cannot fail: it was read, with its checksum, when the handle was opened. */
void policy_second_factor(const struct policy *policy, struct second_factor_rules *ret);

/* session.when-access-ends; ACCESS_END_ENDS where it is left out. Cannot fail: as above. */
enum access_end policy_access_end(const struct policy *policy);

/* What was granted, and who has departed: opened with the policy in force, NULL for one that was
 * opened by policy_open_in(). Borrowed, valid until policy_close(). */
const struct grants *policy_grants(const struct policy *policy);

/* Give @policy, opened by policy_open_in(), what is granted below @root: as if it were in force.
 * Returns 0 or as grants_open(). */
int policy_take_grants(struct policy *policy, const char *root);

struct access_request;

/*
 * The password: block for the subject of @request at @now (UTC seconds): the strictest of the
 * block and of the roles he holds then; the block alone for root, break-glass and ungoverned
 * accounts, and when @request is NULL. Of @request only subject, others and uid count: service and
 * origins may be left out. Returns 0, -ENOENT (the policy has none, or the subject is a program:
 * unattended roles only), -EBADMSG, -ENOMEM or a read error.
 */
int policy_password(struct policy *policy, const struct access_request *request, int64_t now,
		    struct password_rules *ret);

/* What a password, attempts and inactivity need to know of the subject of a request. */
enum subject_kind {
	SUBJECT_IS_ROOT,
	SUBJECT_IS_BREAK_GLASS,
	SUBJECT_IS_PERSON,
	SUBJECT_IS_PROGRAM,
	SUBJECT_IS_UNGOVERNED
};

/* Who the subject is at @now: a program while all roles he holds then are unattended, and he holds
 * one. Of @request only subject, others and uid count. Returns 0, -EBADMSG, -ENOMEM or a read
 * error. */
int policy_subject(struct policy *policy, const struct access_request *request, int64_t now,
		   enum subject_kind *ret);

#define POLICY_PERSON_MAX 16 /* accounts of one person */

/* What the compiler takes beside the model. */
struct compile_inputs {
	const char *text; /* what the model was read from; stored beside, as policy.yaml 0600 */
	size_t text_length;
	const char *host; /* node name */
	int64_t now;	  /* UTC seconds */
	uint64_t generation;
	/* Of groups and break-glass accounts that @group_id and @user_id do not know: a warning
	 * where the policy may be meant for another host. */
	enum severity absence;
	/* gid of each name in members-of and gives-groups, asked a few times. Returns 0 or -ENOENT.
	 */
	int (*group_id)(void *context, const char *group, gid_t *ret);
	/* gid of a group that roles give and the host does not have, asked once per name; NULL:
	 * sereno makes none. Returns 0, 1 (it was given its number just now), -ERANGE (this host
	 * has no such numbers), -ENOSPC (all are given out) or another negative errno, which ends
	 * it all. */
	int (*own_group)(void *context, const char *group, gid_t *ret);
	/* uid of an account if it is known locally. Returns 0 or -ENOENT. */
	int (*user_id)(void *context, const char *user, uid_t *ret);
	void *context;
};

/*
 * Compile @model into directory @dir, which exists and is empty: policy.1.cdb (0644), with a
 * media: block private.1.cdb (0600: rules about devices), and policy.yaml (0600), all fsynced, and
 * the directory too. A members-of group without a gid, a role that cannot be held ... are faults in
 * @diags. Returns 0, -EINVAL (see @diags), -ENOMEM or a write error; @dir then holds rubbish for
 * the caller to remove.
 */
int policy_compile(const struct model *model, const struct compile_inputs *inputs, const char *dir,
		   struct diag_list *diags);

/*
 * Generations: ROOT/var/lib/sereno/generations/N, of which the symlink ROOT/var/lib/sereno/in-force
 * names one. generation_begin() locks out other applies (released with generation_end()), removes
 * what an interrupted one left, and makes the next directory; *@ret_dir is its path, the caller's
 * to free. generation_commit() puts it in force by one rename(2), fsyncs, and prunes all but the
 * one before. generation_end() removes a directory that was not committed. All return 0 or a
 * negative errno; -EBUSY: another apply is running.
 */
struct generation {
	int lock;
	char *root, *dir;
	uint64_t number;
	bool committed;
};
int generation_begin(const char *root, struct generation *ret);
int generation_commit(struct generation *generation);
void generation_end(struct generation *generation);

/* The text of the policy in force, ROOT/var/lib/sereno/in-force/policy.yaml: model_read_file(). */
int policy_text_in_force(const char *root, char **ret, size_t *ret_length, struct diag_list *diags);

/* Whether @uid is governed under @min_uid: this uid and above, without systemd's dynamic users
 * (61184-65519) and greeters (60578-60705), nobody (65534) and the invalid ids (65535, -1). */
bool uid_governed(uid_t uid, uid_t min_uid);

#endif
