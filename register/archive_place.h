/* SPDX-License-Identifier: MIT */
/* archive_place.h - a directory in which nobody else could put another file in the place of ours.
 */
#ifndef SERENO_REGISTER_ARCHIVE_PLACE_H
#define SERENO_REGISTER_ARCHIVE_PLACE_H

/*
 * @path with no link in what stands above its last name; *@ret is the caller's. Returns 0, -EPERM
 * (others than root and the caller own a directory on the way, or may write it and it is not
 * sticky), -EISDIR (no name is left), -ENOENT or another negative errno.
 */
int archive_place(const char *path, char **ret);

#endif
