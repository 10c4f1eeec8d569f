/* SPDX-License-Identifier: MIT */
/*
 * change.h - a change of the register: all of it or nothing, and published when logins see it.
 */
#ifndef SERENO_REGISTER_CHANGE_H
#define SERENO_REGISTER_CHANGE_H

#include <sereno/role_terms.h>

#include "statement.h"

/* Whether @act can be written down, who and why. Returns 0 or -EINVAL. */
int act_check(const struct act *act);

/* Whether @user can be a user's name, @text what people write. Returns 0 or -EINVAL. */
int user_check(const char *user);
int wording_check(const char *text);

/* From here on nobody else changes the register. Returns 0, -EBUSY or another negative errno. */
int change_begin(struct register_db *db);

enum effect { EFFECT_NONE, EFFECT_LOGINS };

/* End what change_begin() began: undo it all unless @r is 0, else put it on disk and, where logins
 * see a difference, publish. Returns @r, or what failed. */
int change_end(struct register_db *db, int64_t now, enum effect effect, int r);

/* The least that the time can be: the clock's or, if that went back, what is published says. */
int64_t register_moment(const struct register_db *db, int64_t now);

/* Publish if what is published is not of now. Returns 0 or a negative errno. */
int register_publish(struct register_db *db, int64_t now);

/* Mark what is over at @moment, that it may never count again. Returns 0 or a negative errno. */
int mark_over(struct register_db *db, int64_t moment);

/* Whether @user has departed at @moment. Returns 1, 0 or a negative errno. */
int has_departed(struct register_db *db, const char *user, int64_t moment);

/* Insert a grant. *@ret is its number. */
struct new_grant {
	const char *user, *role;
	int64_t since, until;
	uint32_t request; /* 0: none */
};
int grant_insert(struct register_db *db, const struct act *act, const struct new_grant *grant,
		 uint32_t *ret);

/* The refusals that a grant of @role to @user has whoever grants it; *@ret is its terms. Returns 0,
 * enum register_refusal or a negative errno. */
int grant_check(struct register_db *db, struct policy *policy, const char *user, const char *role,
		struct role_terms *ret);

#endif
