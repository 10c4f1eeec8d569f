/* SPDX-License-Identifier: MIT */
/*
 * register_copy.h - the register as one file of bytes, whole, while others change it.
 */
#ifndef SERENO_REGISTER_COPY_H
#define SERENO_REGISTER_COPY_H

#include <stddef.h>
#include <stdint.h>

#include <sereno/register.h>

/* Copy @db as it is now: *@ret is the caller's, released with free(); written to a file it is the
 * same register. Returns 0, -EBUSY, -ENOMEM or another negative errno. */
int register_copy(struct register_db *db, uint8_t **ret, size_t *ret_length);

#endif
