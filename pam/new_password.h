/* SPDX-License-Identifier: MIT */
/*
 * new_password.h - is this new password good enough for this holder, and what is said if not. For
 * room pam/.
 */
#ifndef PAM_NEW_PASSWORD_H
#define PAM_NEW_PASSWORD_H

#include <security/pam_modules.h>

#include <sereno/history.h>
#include <sereno/strength.h>

#include "holder.h"

struct new_password {
	const struct holder *holder;
	const char *old; /* NULL where it is not known: root gives somebody a password */
	bool is_given;	 /* by root: a history that is lost is begun anew */
	struct strength_rules rules;
	const char *listed[PASSWORD_WORDS_MAX];
	struct strength_verdict verdict;
	struct history_token *token; /* of the last candidate; NULL where there is no history */
	int error; /* negative errno: it could not be judged in full. Refuse, too */
};

/* Borrows @holder and @old; always release with new_password_clear(). */
void new_password_begin(struct new_password *new_password, const struct holder *holder,
			const char *old);
void new_password_clear(struct new_password *new_password);

/* Judge @candidate by rules and history; sets the verdict. Whether it may be used. */
bool new_password_judge(struct new_password *new_password, const char *candidate);

/* Tell the user every reason, in his language. */
void new_password_tell(const struct new_password *new_password, pam_handle_t *pamh);

/* Send event @id with the words of every reason. */
void new_password_report(const struct new_password *new_password, enum event_id id);

/* The last candidate judged is about to become the password: record it. Returns 0 or a negative
 * errno: it must not, then. */
int new_password_record(const struct new_password *new_password);

#endif
