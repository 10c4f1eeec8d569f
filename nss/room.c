/* SPDX-License-Identifier: MIT */
/* room.c - a group entry built in the caller's buffer, and in nothing else. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "room.h"

/* Nobody becomes a member by a password. */
#define NO_PASSWORD "*"

int room_fill_group(char *buffer, size_t length, const char *name, gid_t gid, struct group *ret)
{
	const size_t name_size = strlen(name) + 1;
	/* The list of members, whatever the address of the buffer is a multiple of. */
	const size_t gap = -(uintptr_t)buffer % _Alignof(char *);
	const size_t list_size = sizeof(char *);
	char *text;

	if (length < gap + list_size + sizeof(NO_PASSWORD) + name_size)
		return -ERANGE;
	text = buffer + gap;
	ret->gr_mem = (char **)(void *)text;
	ret->gr_mem[0] = NULL;
	text += list_size;
	ret->gr_passwd = memcpy(text, NO_PASSWORD, sizeof(NO_PASSWORD));
	text += sizeof(NO_PASSWORD);
	ret->gr_name = memcpy(text, name, name_size);
	ret->gr_gid = gid;
	return 0;
}
