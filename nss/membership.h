/* SPDX-License-Identifier: MIT */
/* membership.h - the growing list of groups that libc gathers for one user. */
#ifndef SERENO_NSS_MEMBERSHIP_H
#define SERENO_NSS_MEMBERSHIP_H

#include <stddef.h>
#include <sys/types.h>

/* As libc hands it to initgroups_dyn. */
struct membership {
	gid_t primary; /* not in the list */
	long *start;   /* how many there are */
	long *size;    /* how many the memory holds */
	gid_t **groups;
	long limit; /* of *size; 0 or less: none */
};

/* The groups gathered so far, the primary one first; *@ret is the caller's. Returns 0 or -ENOMEM.
 */
int membership_gathered(const struct membership *membership, gid_t **ret, size_t *ret_n);

/* Append those of @gids that are not there, as far as the limit lets. Returns 1 if some were, 0 if
 * none, or -ENOMEM; what was appended before that stays. */
int membership_add(struct membership *membership, const gid_t *gids, size_t n);

#endif
