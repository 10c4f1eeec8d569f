/* SPDX-License-Identifier: MIT */
/* device_errand.c - a caller's business with devices in the register: what is opened for it. */
#include "device_errand.h"

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/seat.h>

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

static struct device_facts facts_of(const struct refused *refused)
{
	struct device_facts facts = {
		.bus = refused->bus,
		.kinds = refused->kinds,
		.has_ids = refused->vendor || refused->product,
		.vendor = refused->vendor,
		.product = refused->product,
	};

	memcpy(facts.identity, refused->identity, sizeof(facts.identity));
	if (!serial_is_weak(refused->texts.serial))
		memcpy(facts.serial, refused->texts.serial, sizeof(facts.serial));
	return facts;
}

static int judge_for(struct device_errand *errand, const struct refused *refused,
		     const struct seat *seat, struct media_verdict *ret)
{
	const struct device_facts facts = facts_of(refused);
	const struct errand *base = &errand->errand;
	scoped(media_free_p) struct media_case *media = NULL;
	const char *roles[ROLE_NAMES_MAX];
	const struct media_subject subject = {
		.present = true,
		.user = seat->user,
		.uid = seat->uid,
		.roles = roles,
		.n_roles = seat->roles.n,
	};
	int r;

	for (size_t i = 0; i < seat->roles.n; i++)
		roles[i] = seat->roles.name[i];
	r = media_load(base->policy, base->talk->root, &facts, &media);
	if (r < 0)
		return r;
	media_judge(media, &facts, &subject, base->act.at, ret);
	return 0;
}

int device_errand_denied(struct device_errand *errand, const struct refused *device,
			 const struct account *account)
{
	const struct errand *base = &errand->errand;
	struct access_request request = { .uid = account->uid };
	scoped(asker_clear) struct asker asker = { .n_others = 0 };
	scoped_free struct seat *seat = calloc(1, sizeof(*seat));
	struct media_verdict verdict;
	int r;

	if (!seat)
		return -ENOMEM;
	r = asker_read(base->policy, account, &asker);
	if (r < 0)
		return r;
	request.subject = asker.subject;
	request.others = asker.others;
	request.n_others = asker.n_others;
	memcpy(seat->user, account->name, strlen(account->name) + 1);
	seat->uid = account->uid;
	r = policy_roles_held(base->policy, &request, base->act.at, &seat->roles, &seat->until);
	if (r == 0)
		r = judge_for(errand, device, seat, &verdict);
	if (r < 0)
		return r;
	return verdict.reason == MEDIA_BY_RULE && verdict.enforced == MEDIA_DENY;
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
