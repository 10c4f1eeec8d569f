/* SPDX-License-Identifier: MIT */
/*
 * history_hash.h - the hashes the history compares.
 */
#ifndef PASSWORD_HISTORY_HASH_H
#define PASSWORD_HISTORY_HASH_H

#include "history_record.h"

/* A new yescrypt setting with a random salt, at the cost that the system's passwords have by
 * default. Returns 0 or a negative errno. */
int hash_make_setting(char setting[static HISTORY_SETTING_SIZE]);

/* Hash @password, and its base (to "" if there is none or it is too short). Two runs of yescrypt.
 * Returns 0, -ENOMEM or -EIO. */
int hash_password(const char *setting, const char *password, struct history_entry *ret);

/* In constant time; an empty hash equals none. */
bool hash_equal(const struct history_hash *one, const struct history_hash *other);

#endif
