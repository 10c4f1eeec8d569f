/* SPDX-License-Identifier: MIT */
/* governed.c - which user numbers belong to people, and which to the machine. */
#include <sereno/policy.h>
#include <sereno/scoped.h>

/* Never governed by number, whatever min-uid says. Sources: systemd's UIDS-GIDS document, gdm
 * and gnome-initial-setup, and the two 16-bit numbers that stand for "nobody" and "invalid". */
static const struct {
	uid_t first, last;
} machine[] = {
	{ 60578, 60705 }, /* greeters */
	{ 61184, 65519 }, /* systemd: DynamicUser= */
	{ 65534, 65535 }, /* nobody; (uid_t) -1 in 16 bits */
	{ UINT32_MAX, UINT32_MAX },
};

bool uid_governed(uid_t uid, uid_t min_uid)
{
	for (size_t i = 0; i < ARRAY_SIZE(machine); i++) {
		if (uid >= machine[i].first && uid <= machine[i].last)
			return false;
	}
	return uid != 0 && uid >= min_uid;
}
