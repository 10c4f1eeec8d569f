/* SPDX-License-Identifier: MIT */
/* room.h - a group entry built in the caller's buffer, and in nothing else. */
#ifndef SERENO_NSS_ROOM_H
#define SERENO_NSS_ROOM_H

#include <grp.h>
#include <stddef.h>

/* Fill @ret with the group @name, number @gid, without members. Everything that it points to lies
 * in the @length bytes at @buffer. Returns 0, or -ERANGE: they are too few, *@ret is untouched. */
int room_fill_group(char *buffer, size_t length, const char *name, gid_t gid, struct group *ret);

#endif
