/* SPDX-License-Identifier: MIT */
/* password_change.c - when a password may be changed, and asking for the new one. */
#include <errno.h>
#include <libintl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <security/pam_ext.h>

#include <sereno/fallback.h>
#include <sereno/scoped.h>

#include "new_password.h"
#include "password_change.h"

#define _(text)		 dgettext("sereno", text)
#define P_(one, many, n) dngettext("sereno", one, many, (unsigned long)(n))

#define TRIES	   3
#define HOUR_SEC   3600
#define SECRET_MAX 512 /* with its NUL; PAM carries no more */

/* Whether it is the administrator who gives somebody a password, and not its owner. As pam_unix
 * tells it: login and sshd run as root, but have the owner in front of them. */
static bool is_given(int flags)
{
	return getuid() == 0 && !((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK);
}

/* Whether the policy has a say in this password: not for programs and those it does not govern. */
static bool has_say(const struct holder *holder)
{
	if (!holder->has_rules)
		return false;
	switch (holder->subject) {
	case SUBJECT_IS_ROOT:
	case SUBJECT_IS_BREAK_GLASS:
	case SUBJECT_IS_PERSON:
		return true;
	case SUBJECT_IS_PROGRAM:
	case SUBJECT_IS_UNGOVERNED:
		return false;
	}
	return true;
}

/* Without a policy nobody can tell what is good enough; root must be able to repair. Without the
 * shadow file nobody can change anything. */
static bool is_stuck(const struct holder *holder, int flags)
{
	struct fallback fallback;

	if (holder->local_error < 0)
		return true;
	if (holder->unusable == 0 || is_given(flags) || holder->account.uid == 0)
		return false;
	(void)fallback_read(holder->root, &fallback); /* its defaults are the strict answer */
	for (size_t i = 0; i < fallback.n_governed; i++)
		if (strcmp(fallback.governed[i], holder->account.name) == 0)
			return true;
	return uid_governed(holder->account.uid, fallback.min_uid);
}

static int refuse_stuck(pam_handle_t *pamh, const struct holder *holder)
{
	if (holder->local_error < 0)
		holder_report_state(holder, "the shadow file", holder->local_error);
	else
		holder_report_state(holder, "the policy in force", holder->unusable);
	(void)pam_error(pamh, "%s",
			_("Passwords cannot be changed now. Please tell your administrator."));
	return PAM_AUTHTOK_ERR;
}

/* Seconds until it may be changed again; 0: now. Whoever is told to change it may, be it by our
 * record or by shadow. */
static int64_t seconds_to_wait(const struct holder *holder, int64_t now)
{
	const struct age_owner owner = holder_owner(holder);
	const int64_t least = (int64_t)holder->rules.min_age_sec;
	struct age age = { 0 };
	int64_t changed;

	if (holder->local.due)
		return 0;
	/* a record that cannot be read holds nobody up: what it demands is a change */
	if (age_read(&owner, &age, NULL) < 0 || age_demanded(&age, holder->local.tag) != AGE_FINE)
		return 0;
	changed = holder_changed(holder, &age, now);
	if (changed == 0 || now - changed >= least)
		return 0;
	return changed + least - now;
}

static void tell_wait(pam_handle_t *pamh, int64_t seconds)
{
	const unsigned hours = (unsigned)((seconds + HOUR_SEC - 1) / HOUR_SEC);

	(void)pam_error(pamh,
			P_("Your password was changed only lately. It can be changed again in %u "
			   "hour.",
			   "Your password was changed only lately. It can be changed again in %u "
			   "hours.",
			   hours),
			hours); /* refused anyway */
}

int password_may_change(pam_handle_t *pamh, int flags, const struct holder *holder)
{
	int64_t wait;

	if (is_stuck(holder, flags))
		return refuse_stuck(pamh, holder);
	/* root waits for nothing, nor does whom login or sshd, as root, sent here; from others that
	 * flag says nothing: passwd -k sets it for anybody */
	if (holder->unusable < 0 || !has_say(holder) || !holder->is_local || getuid() == 0)
		return PAM_SUCCESS;
	wait = seconds_to_wait(holder, time(NULL));
	if (wait == 0)
		return PAM_SUCCESS;
	if (holder->observe & OBSERVE_PASSWORD) {
		holder_report(holder, EVENT_PASSWORD_ON_TRIAL, "min-age", NULL);
		return PAM_SUCCESS;
	}
	holder_report(holder, EVENT_PASSWORD_REFUSED, "min-age", NULL);
	tell_wait(pamh, wait);
	return PAM_AUTHTOK_ERR;
}

/* The policy lets it pass: record it, and let the user type it again. */
static int accept(pam_handle_t *pamh, const struct new_password *new_password,
		  const char *candidate)
{
	const bool on_trial = new_password->holder->observe & OBSERVE_PASSWORD;
	int r;

	r = pam_get_authtok_verify(pamh, &candidate, NULL);
	if (r != PAM_SUCCESS)
		return r;
	if (new_password_record(new_password) < 0 && !on_trial) {
		(void)pam_error(pamh, "%s",
				_("Passwords cannot be changed now. Please tell your "
				  "administrator."));
		return PAM_AUTHTOK_ERR;
	}
	holder_report(new_password->holder, EVENT_PASSWORD_ACCEPTED, NULL, NULL);
	return PAM_SUCCESS;
}

static int try_once(pam_handle_t *pamh, struct new_password *new_password,
		    char last[static SECRET_MAX])
{
	const char *candidate = NULL;
	int r;

	r = pam_get_authtok_noverify(pamh, &candidate, NULL);
	if (r != PAM_SUCCESS || !candidate[0])
		return PAM_AUTHTOK_ERR; /* no answer, or an empty one: no more tries */
	if (strcmp(candidate, last) == 0)
		return PAM_AUTHTOK_ERR; /* a program, such as chpasswd: it has no other */
	if (new_password_judge(new_password, candidate))
		return accept(pamh, new_password, candidate);
	if (new_password->holder->observe & OBSERVE_PASSWORD) {
		new_password_report(new_password, EVENT_PASSWORD_ON_TRIAL);
		return accept(pamh, new_password, candidate);
	}
	new_password_report(new_password, EVENT_PASSWORD_REFUSED);
	new_password_tell(new_password, pamh);
	(void)snprintf(last, SECRET_MAX, "%s", candidate); /* cut: then it differs */
	(void)pam_set_item(pamh, PAM_AUTHTOK, NULL);
	return PAM_TRY_AGAIN;
}

static const char *old_password(pam_handle_t *pamh)
{
	const void *old = NULL;

	return pam_get_item(pamh, PAM_OLDAUTHTOK, &old) == PAM_SUCCESS ? old : NULL;
}

/* pam_unix behind us takes what we ask for; what the policy has no say in is only handed on. */
static int hand_on(pam_handle_t *pamh)
{
	const char *new_password = NULL;

	return pam_get_authtok(pamh, PAM_AUTHTOK, &new_password, NULL);
}

int password_take_new(pam_handle_t *pamh, int flags, const struct holder *holder)
{
	scoped(new_password_clear) struct new_password new_password;
	char last[SECRET_MAX] = "";
	int r = PAM_TRY_AGAIN;

	new_password_begin(&new_password, holder, old_password(pamh));
	if (is_stuck(holder, flags))
		return refuse_stuck(pamh, holder);
	if (holder->unusable < 0 || !has_say(holder))
		return hand_on(pamh);
	new_password.is_given = is_given(flags);
	for (int i = 0; i < TRIES && r == PAM_TRY_AGAIN; i++)
		r = try_once(pamh, &new_password, last);
	explicit_bzero(last, sizeof(last));
	return r == PAM_TRY_AGAIN ? PAM_MAXTRIES : r;
}
