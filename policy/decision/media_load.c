/* SPDX-License-Identifier: MIT */
/* media_load.c - what the policy in force and the register say about one device. */
#include <errno.h>
#include <stdlib.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "compiled/inforce.h"

struct media_case {
	struct media_rules block;
};

void policy_media(const struct policy *policy, struct media_rules *ret)
{
	(void)policy;
	*ret = (struct media_rules){ 0 };
}

int policy_media_approvers(struct policy *policy, struct media_approvers *ret)
{
	(void)policy;
	(void)ret;
	return -ENOENT;
}

int media_load(struct policy *policy, const char *root, const struct device_facts *device,
	       struct media_case **ret)
{
	struct media_case *media = calloc(1, sizeof(*media));

	(void)root;
	(void)device;
	if (!media)
		return -ENOMEM;
	policy_media(policy, &media->block);
	*ret = media;
	return 0;
}

void media_free(struct media_case *media)
{
	free(media);
}

void media_free_p(struct media_case **media)
{
	media_free(*media);
}
