/* SPDX-License-Identifier: MIT */
/* media_judge.c - the decision about a device: a pure function of a case, a subject and a moment.
 */
#include <sereno/media.h>

#define INPUT_KINDS (1u << KIND_HUB | 1u << KIND_KEYBOARD | 1u << KIND_POINTER)

/* The kind of the lowest bit. */
static enum device_kind first_kind(unsigned kinds)
{
	return kinds ? (enum device_kind)__builtin_ctz(kinds) : KIND_OTHER;
}

void media_judge_without_policy(const struct device_facts *device, struct media_verdict *ret)
{
	const bool is_input = device->kinds && !(device->kinds & ~INPUT_KINDS);
	struct media_verdict verdict = {
		.reason = MEDIA_NO_POLICY,
		.kind = first_kind(is_input ? device->kinds : device->kinds & ~INPUT_KINDS),
		.until = TIME_NO_END,
	};

	if (device->malformed)
		verdict.reason = MEDIA_IS_MALFORMED;
	else if (device->suspicious)
		verdict.reason = MEDIA_IS_SUSPICIOUS;
	else if (is_input)
		verdict.access = MEDIA_READ_WRITE;
	verdict.enforced = verdict.access;
	*ret = verdict;
}

void media_judge(const struct media_case *media, const struct device_facts *device,
		 const struct media_subject *subject, int64_t now, struct media_verdict *ret)
{
	(void)media;
	(void)subject;
	(void)now;
	*ret = (struct media_verdict){
		.access = MEDIA_READ_WRITE,
		.enforced = MEDIA_READ_WRITE,
		.reason = MEDIA_NO_BLOCK,
		.kind = first_kind(device->kinds),
		.until = TIME_NO_END,
	};
}
