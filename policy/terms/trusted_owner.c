/* SPDX-License-Identifier: MIT */
/* trusted_owner.c - owner and mode of what logins depend on. */
#include <unistd.h>

#include <sereno/trusted.h>

bool trusted_owner(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

/* An access list counts too: its mask stands in the bits of the group. */
bool others_write(const struct stat *st)
{
	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

bool trusted_writers(const struct stat *st)
{
	return trusted_owner(st) && !others_write(st);
}
