/* SPDX-License-Identifier: MIT */
/* access_password.c - who the subject is, and what is asked of his passwords. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "access_load.h"
#include "compiled/limits_record.h"

/* Who he is and the roles he holds, without any rule: no service or origin is asked. */
static int load_holder(struct reading *reading, struct access_case *access)
{
	int r;

	reading->access = access;
	r = load_subject(reading);
	if (r == 0 && access->subject == SUBJECT_GOVERNED)
		r = load_roles(reading);
	return r;
}

static enum subject_kind kind_of(const struct access_case *access, int64_t now)
{
	size_t attended = 0, unattended = 0;

	switch (access->subject) {
	case SUBJECT_UNGOVERNED:
		return SUBJECT_IS_UNGOVERNED;
	case SUBJECT_ROOT:
		return SUBJECT_IS_ROOT;
	case SUBJECT_BREAK_GLASS:
		return SUBJECT_IS_BREAK_GLASS;
	case SUBJECT_GOVERNED:
		break;
	}
	for (size_t i = 0; i < access->n_roles; i++) {
		if (!role_counts(access, i, now))
			continue;
		if (access->roles[i].unattended)
			unattended++;
		else
			attended++;
	}
	return unattended > 0 && attended == 0 ? SUBJECT_IS_PROGRAM : SUBJECT_IS_PERSON;
}

int policy_subject(struct policy *policy, const struct access_request *request, int64_t now,
		   enum subject_kind *ret)
{
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = { .policy = policy, .request = request };
	int r;

	if (!access)
		return -ENOMEM;
	r = load_holder(&reading, access);
	if (r < 0)
		return r;
	*ret = kind_of(access, now);
	return 0;
}

static uint32_t more(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint64_t longer(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The lower limit of two, where 0 is none. */
static uint64_t lower_limit(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

static int add_word(struct password_rules *rules, const char word[static PASSWORD_WORD_SIZE])
{
	for (size_t i = 0; i < rules->n_words; i++)
		if (strcmp(rules->word[i], word) == 0)
			return 0;
	if (rules->n_words == PASSWORD_WORDS_MAX)
		return -EBADMSG; /* the reader allows no more in all */
	memcpy(rules->word[rules->n_words++], word, PASSWORD_WORD_SIZE);
	return 0;
}

/* Let @rules ask for what @role asks for, too. */
static int tighten(struct password_rules *rules, const struct password_rules *role)
{
	int r = 0;

	rules->min_length = more(rules->min_length, role->min_length);
	rules->min_classes = more(rules->min_classes, role->min_classes);
	rules->max_repeat = (uint32_t)lower_limit(rules->max_repeat, role->max_repeat);
	rules->differs_by = more(rules->differs_by, role->differs_by);
	rules->history = more(rules->history, role->history);
	rules->dictionary = rules->dictionary || role->dictionary;
	rules->min_age_sec = longer(rules->min_age_sec, role->min_age_sec);
	rules->max_age_sec = lower_limit(rules->max_age_sec, role->max_age_sec);
	rules->warn_before_sec = longer(rules->warn_before_sec, role->warn_before_sec);
	if (!rules->blocklist[0])
		memcpy(rules->blocklist, role->blocklist, sizeof(rules->blocklist));
	for (size_t i = 0; r == 0 && i < role->n_words; i++)
		r = add_word(rules, role->word[i]);
	return r;
}

/* Returns 1 with *@ret, 0 when there are none for @id, or a negative errno. */
static int find_rules(const struct policy *policy, uint32_t id, struct password_rules *ret)
{
	const struct table_key key = key_of_id(id);
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = policy_find(policy, TABLE_PASSWORDS, &key, &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	decode_password_rules(&decoder, ret);
	r = decode_end(&decoder);
	return r < 0 ? r : 1;
}

static int tighten_by_roles(const struct reading *reading, int64_t now,
			    struct password_rules *rules)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < reading->access->n_roles; i++) {
		struct password_rules role;

		if (!role_counts(reading->access, i, now))
			continue;
		r = find_rules(reading->policy, reading->held.id[i], &role);
		if (r > 0)
			r = tighten(rules, &role);
	}
	return r < 0 ? r : 0;
}

static int tighten_for(const struct policy *policy, const struct access_request *request,
		       int64_t now, struct password_rules *rules)
{
	scoped(access_free_p) struct access_case *access = calloc(1, sizeof(*access));
	scoped(reading_clear) struct reading reading = { .policy = policy, .request = request };
	int r;

	if (!access)
		return -ENOMEM;
	r = load_holder(&reading, access);
	if (r < 0)
		return r;
	if (kind_of(access, now) == SUBJECT_IS_PROGRAM)
		return -ENOENT;
	return tighten_by_roles(&reading, now, rules);
}

int policy_password(struct policy *policy, const struct access_request *request, int64_t now,
		    struct password_rules *ret)
{
	struct password_rules rules;
	int r;

	if (!policy->meta.has_password)
		return -ENOENT;
	r = find_rules(policy, ID_NONE, &rules);
	if (r == 0)
		r = -EBADMSG; /* meta says that they are there */
	if (r > 0)
		r = request ? tighten_for(policy, request, now, &rules) : 0;
	if (r < 0)
		return r;
	/* Two roles, one with a long least age and one with a short greatest: what must be changed
	 * may be. */
	if (rules.max_age_sec && rules.min_age_sec > rules.max_age_sec)
		rules.min_age_sec = rules.max_age_sec;
	*ret = rules;
	return 0;
}
