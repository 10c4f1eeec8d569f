/* SPDX-License-Identifier: MIT */
/* inforce.c - opening the policy in force and asking what it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "grants_file.h"
#include "inforce.h"
#include "location.h"

#define OPEN_TRIES 8

static int read_meta(struct policy *policy)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = record_load(&policy->tables, TABLE_META, 0, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	r = decode_meta(&decoder, &policy->meta);
	if (r < 0)
		return r;
	if (policy->meta.facts.generation != blob.generation)
		return -EBADMSG;
	policy->tables.generation = blob.generation;
	memcpy(policy->tables.buckets, policy->meta.buckets, sizeof(policy->meta.buckets));
	return 0;
}

void policy_end(struct policy *policy)
{
	struct kept_names *kept;

	close_p(&policy->fd);
	close_p(&policy->directory);
	grants_close(policy->grants);
	meta_clear(&policy->meta);
	while (policy->kept) {
		kept = policy->kept;
		policy->kept = kept->next;
		free(kept);
	}
	policy->fd = policy->directory = -1;
	policy->grants = NULL;
}

/* Open the compiled policy at the path that ends in @suffix. */
static int open_at(struct location *location, const char *suffix, struct policy *policy)
{
	struct stat st = { 0 };
	int r;

	policy->fd = location_open(location, suffix, &st);
	if (policy->fd < 0)
		return policy->fd;
	r = store_open(policy->fd, st.st_size, &policy->tables.store);
	return r < 0 ? r : read_meta(policy);
}

/* Who asks for devices does so later, and of the same generation: -ENOENT where the link has moved
 * on since the policy was opened. */
static int keep_directory(struct location *location, const char *suffix, struct policy *policy)
{
	struct stat opened, there;

	if (!policy->meta.has_media)
		return 0;
	policy->directory = open(location_at(location, suffix), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (policy->directory < 0 || fstat(policy->fd, &opened) < 0 ||
	    fstatat(policy->directory, POLICY_FILE, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return neg_errno();
	return opened.st_ino == there.st_ino && opened.st_dev == there.st_dev ? 0 : -ENOENT;
}

/*
 * Follow the link to what is in force. Who can write where it led can put another policy of root's
 * there, and who can write above that, ".." of it, another directory. The first is not looked at
 * for what everybody may ask: of the time that a list of groups takes, a look is an eighth.
 */
static int open_in_force(struct location *location, enum grants_scope scope, struct policy *policy)
{
	int r = location_check(location, "/" POLICY_LINK "/..");

	if (r == 0 && scope != GRANTS_FOR_ALL)
		r = location_check(location, "/" POLICY_LINK);
	if (r == 0)
		r = open_at(location, "/" POLICY_LINK "/" POLICY_FILE, policy);
	return r < 0 || scope != GRANTS_OF_ROOT ? r
						: keep_directory(location, "/" POLICY_LINK, policy);
}

int policy_begin(const char *root, enum grants_scope scope, struct policy *policy)
{
	scoped(location_clear) struct location location = { .path = NULL };
	int r = location_init(root, &location);

	/* Who can write here can swap the link, so this directory counts as well. */
	if (r == 0)
		r = location_check(&location, "");
	if (r < 0)
		return r;
	r = open_in_force(&location, scope, policy);
	/* Two applies may have removed what the link led to a moment ago. */
	for (unsigned tries = 0; r == -ENOENT && tries < OPEN_TRIES; tries++) {
		policy_end(policy);
		r = open_in_force(&location, scope, policy);
	}
	return r < 0 ? r : grants_open_at(&location, scope, &policy->grants);
}

static struct policy *policy_new(void)
{
	struct policy *policy = calloc(1, sizeof(*policy));

	if (policy)
		policy->fd = policy->directory = -1;
	return policy;
}

void policy_close(struct policy *policy)
{
	if (!policy)
		return;
	private_close(policy->private);
	device_grants_close(policy->devices);
	policy_end(policy);
	free(policy);
}

void policy_close_p(struct policy **policy)
{
	policy_close(*policy);
}

static int open_scope(const char *root, enum grants_scope scope, struct policy **ret)
{
	scoped(policy_close_p) struct policy *policy = policy_new();
	const int r = policy ? policy_begin(root, scope, policy) : -ENOMEM;

	if (r == 0)
		*ret = take(policy, NULL);
	return r;
}

int policy_open(const char *root, struct policy **ret)
{
	return open_scope(root, GRANTS_OF_ROOT, ret);
}

int policy_open_at_login(const char *root, struct policy **ret)
{
	return open_scope(root, GRANTS_OF_LOGIN, ret);
}

int policy_open_for_all(const char *root, struct policy **ret)
{
	return open_scope(root, GRANTS_FOR_ALL, ret);
}

int policy_open_in(const char *dir, struct policy **ret)
{
	scoped(location_clear) struct location location = { .path = NULL };
	scoped(policy_close_p) struct policy *policy = policy_new();
	int r = policy ? location_init_in(dir, &location) : -ENOMEM;

	if (r == 0)
		r = location_check(&location, "");
	if (r == 0)
		r = open_at(&location, "/" POLICY_FILE, policy);
	if (r == 0)
		r = keep_directory(&location, "", policy);
	if (r == 0)
		*ret = take(policy, NULL);
	return r;
}

int policy_take_grants(struct policy *policy, const char *root)
{
	struct grants *grants;
	const int r = grants_open(root, &grants);

	if (r < 0)
		return r;
	grants_close(policy->grants);
	policy->grants = grants;
	return 0;
}

const struct grants *policy_grants(const struct policy *policy)
{
	return policy->grants;
}

const struct policy_facts *policy_facts(const struct policy *policy)
{
	return &policy->meta.facts;
}

int policy_attempts(const struct policy *policy, struct attempt_limits *ret)
{
	if (!policy->meta.has_attempts)
		return -ENOENT;
	*ret = policy->meta.attempts;
	return 0;
}

void policy_second_factor(const struct policy *policy, struct second_factor_rules *ret)
{
	*ret = policy->meta.second_factor;
}

enum access_end policy_access_end(const struct policy *policy)
{
	return policy->meta.access_end;
}

int policy_find(const struct policy *policy, enum table table, const struct table_key *key,
		struct blob *ret)
{
	return table_find(&policy->tables, table, key->byte, key->length, ret);
}

int policy_find_id(const struct policy *policy, enum table table, uint32_t id, struct blob *ret)
{
	const struct table_key key = key_of_id(id);
	const int r = policy_find(policy, table, &key, ret);

	if (r == 0)
		return -EBADMSG;
	return r < 0 ? r : 0;
}

int policy_zone(const struct policy *policy, struct zone *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = record_load(&policy->tables, TABLE_ZONE, 0, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	return decode_zone(&decoder, ret);
}

int policy_private(struct policy *policy, const struct private_rules **ret)
{
	int r = 0;

	if (!policy->private)
		r = private_open(policy->directory, policy->meta.facts.generation,
				 &policy->private);
	if (r == 0)
		*ret = policy->private;
	return r;
}

/* Who may not read it is told what he can know. */
static int verify_private(struct policy *policy)
{
	const struct private_rules *rules;
	int r;

	if (!policy->meta.has_media)
		return 0;
	r = policy_private(policy, &rules);
	return r == 0 ? private_verify(rules) : r == -EACCES ? 0 : r;
}

int policy_verify(struct policy *policy)
{
	struct zone zone;
	int r = policy_zone(policy, &zone);

	if (r == 0 && policy->grants)
		r = grants_verify(policy->grants);
	if (r == 0)
		r = verify_private(policy);

	for (unsigned table = TABLE_SUBJECTS; r == 0 && table < TABLE_COUNT; table++)
		r = table_verify(&policy->tables, (enum table)table);
	return r;
}

int policy_mentions(const struct policy *policy, const char *user, struct id_set *members,
		    struct id_set *excepted, uint32_t *ret_person)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	struct mention mention;
	int r;

	*ret_person = ID_NONE;
	r = table_find(&policy->tables, TABLE_SUBJECTS, user, strlen(user), &blob);
	decoder = blob_decoder(&blob);
	while (r >= 0 && decode_more(&decoder)) {
		mention = decode_mention(&decoder);
		switch (mention.kind) {
		case MENTION_MEMBER:
			r = id_set_add(members, mention.id);
			break;
		case MENTION_EXCEPT:
			r = id_set_add(excepted, mention.id);
			break;
		case MENTION_PERSON:
			*ret_person = mention.id;
			break;
		}
	}
	return r < 0 ? r : decode_end(&decoder);
}

/* Copy the names of a PERSONS record, each with its NUL, into memory that the handle owns. */
static int keep_names(struct policy *policy, struct decoder *decoder, const char **ret)
{
	/* The two bytes of length before each name make room for its NUL and for the last one. */
	struct kept_names *kept = malloc(sizeof(*kept) + decoder->left + 1);
	char name[USER_NAME_MAX + 1];
	char *to;

	if (!kept)
		return -ENOMEM;
	kept->next = policy->kept;
	policy->kept = kept;
	to = kept->names;
	while (decode_more(decoder)) {
		decode_text(decoder, name, sizeof(name));
		to = stpcpy(to, name) + 1;
	}
	*to = '\0';
	*ret = kept->names;
	return decode_end(decoder);
}

int policy_same_person(struct policy *policy, const char *user, const char **ret, size_t max)
{
	scoped(id_set_clear) struct id_set members = { 0 }, excepted = { 0 };
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	const char *names;
	uint32_t person;
	size_t n = 0;
	int r;

	r = policy_mentions(policy, user, &members, &excepted, &person);
	if (r < 0 || person == ID_NONE)
		return r;
	r = policy_find_id(policy, TABLE_PERSONS, person, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	r = keep_names(policy, &decoder, &names);
	if (r < 0)
		return r;
	for (const char *name = names; *name; name += strlen(name) + 1) {
		if (strcmp(name, user) == 0)
			continue;
		if (n < max)
			ret[n] = name;
		n++;
	}
	return (int)n;
}
