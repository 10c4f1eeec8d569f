/* SPDX-License-Identifier: MIT */
/* standing.c - how things stand for a device that comes: what is in force, and who sits there. */
#include "standing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sereno/scoped.h>

#define GENERATIONS "/var/lib/sereno/generations"

/* Where there was a policy once, none in force is one that was lost. */
static bool was_applied(const char *root)
{
	scoped_free char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s" GENERATIONS, root) < 0)
		return true;
	return stat(path, &st) == 0 || errno != ENOENT;
}

static void look_at_policy(struct standing *standing, enum standing_boot boot)
{
	const int r = policy_open(standing->root, &standing->policy);

	if (r == 0) {
		policy_media(standing->policy, &standing->rules);
		standing->kind = standing->rules.given ? STANDING_POLICY : STANDING_UNMANAGED;
		return;
	}
	standing->unusable = r;
	if (r == -ENOENT && boot == STANDING_BOOT_OPEN && !was_applied(standing->root))
		standing->kind = STANDING_UNMANAGED;
	else
		standing->kind = STANDING_NO_POLICY;
}

/* Roles that are to be looked at again are not held until the watcher has done so. */
static void look_at_seat(struct standing *standing, const char *name)
{
	struct seat *seat = &standing->seat;
	struct media_subject *subject = &standing->subject;

	if (!name || !seat_name_is_sound(name))
		name = SEAT_DEFAULT;
	if (seat_read(standing->root, name, seat) < 0 || !seat->session[0])
		return;
	for (size_t i = 0; i < seat->roles.n; i++)
		standing->role[i] = seat->roles.name[i];
	*subject = (struct media_subject){
		.present = true,
		.locked = seat->locked,
		.user = seat->user,
		.uid = seat->uid,
		.roles = standing->role,
		.n_roles = standing->now < seat->until ? seat->roles.n : 0,
	};
}

void standing_open(const char *root, const char *seat, enum standing_boot boot,
		   struct standing *ret)
{
	struct timespec now = { 0 };

	memset(ret, 0, sizeof(*ret));
	ret->root = root;
	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	ret->now = now.tv_sec;
	look_at_policy(ret, boot);
	if (ret->kind == STANDING_POLICY)
		look_at_seat(ret, seat);
}

void standing_turn(struct standing *standing, const char *seat)
{
	standing->subject = (struct media_subject){ .present = false };
	if (standing->kind == STANDING_POLICY)
		look_at_seat(standing, seat);
}

void standing_close(struct standing *standing)
{
	policy_close(take(standing->policy, NULL));
}

void standing_judge(struct standing *standing, const struct device_facts *device,
		    struct media_verdict *ret)
{
	scoped(media_free_p) struct media_case *media = NULL;
	int r;

	if (standing->kind != STANDING_POLICY) {
		media_judge_without_policy(device, ret);
		return;
	}
	r = media_load(standing->policy, standing->root, device, &media);
	if (r < 0) {
		standing->kind = STANDING_NO_POLICY;
		standing->unusable = r;
		media_judge_without_policy(device, ret);
		return;
	}
	media_judge(media, device, &standing->subject, standing->now, ret);
}
