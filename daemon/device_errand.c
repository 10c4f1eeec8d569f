/* SPDX-License-Identifier: MIT */
/* device_errand.c - a caller's business with devices in the register: what is opened for it. */
#include "device_errand.h"

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

/* Which of @roles the asker holds, one by one: he may hold more than can be listed. */
static int find_held(struct policy *policy, const struct access_request *request, int64_t now,
		     const struct role_names *roles, uint64_t *ret)
{
	scoped_free struct role_names *one = calloc(1, sizeof(*one));
	uint64_t held = 0;

	if (!one)
		return -ENOMEM;
	one->n = 1;
	for (size_t i = 0; i < roles->n; i++) {
		int r;

		memcpy(one->name[0], roles->name[i], sizeof(one->name[0]));
		r = policy_holds_one(policy, request, now, one);
		if (r < 0)
			return r;
		held |= r > 0 ? UINT64_C(1) << i : 0;
	}
	*ret = held;
	return 0;
}

/* A name that is another account now, or none, holds nothing. */
static int held_by(void *context, const char *user, uid_t uid, const struct role_names *roles,
		   uint64_t *ret)
{
	const struct errand *errand = context;
	scoped(asker_clear) struct asker asker = { .n_others = 0 };
	struct access_request request = { .uid = uid };
	struct account account;
	int r = account_by_name(user, &account);

	if (r == -ESRCH || (r == 0 && account.uid != uid)) {
		*ret = 0;
		return 0;
	}
	if (r == 0)
		r = asker_read(errand->policy, &account, &asker);
	if (r < 0)
		return r;
	request.subject = asker.subject;
	request.others = asker.others;
	request.n_others = asker.n_others;
	return find_held(errand->policy, &request, errand->act.at, roles, ret);
}

void device_errand_clear(struct device_errand *errand)
{
	errand_clear(&errand->errand);
}

int device_errand_open(struct device_errand *errand)
{
	struct errand *base = &errand->errand;
	int r = errand_open(base);

	if (r < 0)
		return r;
	errand->approvers = (struct register_approvers){ base->policy, held_by, base };
	r = policy_media_approvers(base->policy, &errand->wanted);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r
		     : find_held(base->policy, &base->request, base->act.at, &errand->wanted.names,
				 &errand->held);
}

/* Control characters have no place in one line; what else is strange is escaped where it is shown.
 */
static void settle(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

void device_label(const struct device_texts *texts, struct device_label *ret)
{
	const size_t maker = strnlen(texts->manufacturer, DEVICE_TEXT_MAX);
	const size_t product = strnlen(texts->product, DEVICE_TEXT_MAX);
	size_t length = maker;

	memset(ret, 0, sizeof(*ret));
	memcpy(ret->name, texts->manufacturer, maker);
	if (maker > 0 && product > 0)
		ret->name[length++] = ' ';
	memcpy(ret->name + length, texts->product, product);
	memcpy(ret->serial, texts->serial, strnlen(texts->serial, DEVICE_TEXT_MAX));
	settle(ret->name);
	settle(ret->serial);
}
