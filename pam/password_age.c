/* SPDX-License-Identifier: MIT */
/* password_age.c - the age of a password, its leaks, and inactivity, at a login. */
#include <errno.h>
#include <libintl.h>
#include <time.h>

#include <security/pam_ext.h>

#include <sereno/blocklist.h>
#include <sereno/scoped.h>

#include "password_age.h"

#define _(text)		 dgettext("sereno", text)
#define P_(one, many, n) dngettext("sereno", one, many, (unsigned long)(n))

/* Data of the handle: this login gave a password, so that a new one can be asked for. */
#define USED_DATA "sereno-password-used"

#define DAY_SEC 86400

_Static_assert(AGE_LIST_SIZE == BLOCKLIST_VERSION_SIZE, "the record holds a list's version");

/* Programs, break-glass accounts, root and those without rules are never asked for a new one. */
static bool is_person_here(const struct holder *holder)
{
	return holder->kind == SERVICE_LOGIN && holder->unusable == 0 &&
	       holder->subject == SUBJECT_IS_PERSON && holder->is_local;
}

/* A record that is lost is begun anew, at its user's cost; one that cannot be read is left out. */
static void read_age(const struct holder *holder, struct age *ret)
{
	const struct age_owner owner = holder_owner(holder);
	bool fell_back = false;
	int r;

	*ret = (struct age){ 0 };
	r = age_read(&owner, ret, &fell_back);
	if (r < 0 || fell_back)
		holder_report_state(holder, "the record of a password's age", r);
	if (r == -EBADMSG && age_restart(&owner, time(NULL), holder->local.tag) == 0)
		(void)age_read(&owner, ret, NULL); /* else it is tried again next time */
}

static void look_for_leak(const struct holder *holder, const char *password)
{
	const struct age_owner owner = holder_owner(holder);
	const char *path = holder->blocklist;
	uint8_t version[BLOCKLIST_VERSION_SIZE];
	struct age age;
	int r;

	read_age(holder, &age);
	r = blocklist_version(path, version);
	if (r == 0 && age_checked(&age, holder->local.tag, version))
		return;
	if (r == 0)
		r = blocklist_has(path, password);
	if (r < 0) {
		holder_report_state(holder, "the list of leaked passwords", r);
		return;
	}
	if (r > 0 && holder->observe & OBSERVE_PASSWORD)
		holder_report(holder, EVENT_PASSWORD_ON_TRIAL, "leaked", NULL);
	else if (r > 0)
		r = age_demand(&owner, time(NULL), holder->local.tag, AGE_LEAKED);
	if (r >= 0) /* noted last: what was not recorded is looked for again */
		r = age_record_list(&owner, time(NULL), holder->local.tag, version);
	if (r < 0)
		holder_report_state(holder, "the record of a password's age", r);
}

void password_look(pam_handle_t *pamh, const struct holder *holder)
{
	const void *password = NULL;

	if (pam_get_item(pamh, PAM_AUTHTOK, &password) != PAM_SUCCESS)
		password = NULL;
	/* any pointer will do; where it cannot be noted, no new password is asked for */
	(void)pam_set_data(pamh, USED_DATA, password ? pamh : NULL, NULL);
	if (password && is_person_here(holder) && holder->blocklist[0])
		look_for_leak(holder, password);
}

static bool gave_password(const pam_handle_t *pamh)
{
	const void *used = NULL;

	return pam_get_data(pamh, USED_DATA, &used) == PAM_SUCCESS && used;
}

static int64_t later(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

/* A change as a sign of life. A date in the future is one, too: what a clock that was ahead left
 * behind must not shut out an account. */
static int64_t sign_of_change(const struct holder *holder, const struct age *age)
{
	const int64_t changed = later(age_changed(age, holder->local.tag), holder->local.changed);

	return changed ? changed : age->begun;
}

/* Nobody here, by any sign of life, for longer than the policy has. */
static bool is_inactive(const struct holder *holder, const struct age *age, int64_t now)
{
	int64_t last;

	if (holder->inactive_after_sec == 0)
		return false;
	last = later(age->last_login, age->renewed);
	last = later(last, sign_of_change(holder, age));
	last = later(last, age_host_since(holder->root, holder->compiled));
	return now - last > (int64_t)holder->inactive_after_sec;
}

static int refuse_inactive(pam_handle_t *pamh, int flags, const struct holder *holder)
{
	holder_report(holder, EVENT_ACCOUNT_INACTIVE, "inactive-after", NULL);
	if (!((unsigned)flags & PAM_SILENT))
		(void)pam_error(pamh, "%s",
				_("This account has not been used for too long. An administrator "
				  "can renew it.")); /* refused anyway */
	return PAM_ACCT_EXPIRED;
}

/* Seconds until the password is too old; negative when it is. INT64_MAX: never. */
static int64_t seconds_left(const struct holder *holder, const struct age *age, int64_t now)
{
	const int64_t known = holder_changed(holder, age, now);
	const int64_t changed = known ? known : age->begun;

	if (holder->rules.max_age_sec == 0 || changed == 0)
		return INT64_MAX;
	return changed + (int64_t)holder->rules.max_age_sec - now;
}

/* Why a new password is due, as a word; NULL when none is. */
static const char *reason_due(const struct holder *holder, const struct age *age, int64_t now)
{
	switch (age_demanded(age, holder->local.tag)) {
	case AGE_EXPIRED:
		return "expired";
	case AGE_LEAKED:
		return "leaked";
	case AGE_LOST:
		return "record-lost";
	case AGE_FINE:
		break;
	}
	return seconds_left(holder, age, now) <= 0 ? "max-age" : NULL;
}

static const char *text_due(const struct age *age, uint64_t tag)
{
	switch (age_demanded(age, tag)) {
	case AGE_EXPIRED:
	case AGE_LOST:
		return _("An administrator asks you to choose a new password.");
	case AGE_LEAKED:
		return _("Your password is in a list of known passwords. Please choose another.");
	case AGE_FINE:
		break;
	}
	return _("Your password is too old. Please choose a new one.");
}

static void warn(pam_handle_t *pamh, int64_t seconds)
{
	const unsigned days = (unsigned)((seconds + DAY_SEC - 1) / DAY_SEC);

	(void)pam_info(pamh,
		       P_("Your password has to be changed within %u day.",
			  "Your password has to be changed within %u days.", days),
		       days); /* said or not, the login goes on */
}

/* Of a password just used: is a new one due, or soon? */
static int judge_age(pam_handle_t *pamh, int flags, const struct holder *holder,
		     const struct age *age, int64_t now)
{
	const char *reason = reason_due(holder, age, now);
	const int64_t left = seconds_left(holder, age, now);
	const bool silent = (unsigned)flags & PAM_SILENT;

	if (!reason) {
		if (left <= (int64_t)holder->rules.warn_before_sec && !silent)
			warn(pamh, left);
		return PAM_IGNORE;
	}
	if (holder->observe & OBSERVE_PASSWORD) {
		holder_report(holder, EVENT_PASSWORD_ON_TRIAL, reason, NULL);
		return PAM_IGNORE;
	}
	holder_report(holder, EVENT_PASSWORD_DUE, reason, NULL);
	if (!silent)
		(void)pam_info(pamh, "%s", text_due(age, holder->local.tag));
	return PAM_NEW_AUTHTOK_REQD;
}

int password_account(pam_handle_t *pamh, int flags, const struct holder *holder)
{
	const int64_t now = time(NULL);
	struct age age;

	if (holder->local_error < 0) /* pam_unix cannot read it either */
		holder_report_state(holder, "the shadow file", holder->local_error);
	if (!is_person_here(holder))
		return PAM_IGNORE;
	read_age(holder, &age);
	if (is_inactive(holder, &age, now)) {
		if (!(holder->observe & OBSERVE_ACCOUNTS))
			return refuse_inactive(pamh, flags, holder);
		holder_report(holder, EVENT_ACCOUNT_ON_TRIAL, "inactive-after", NULL);
	}
	if (!holder->has_rules || !gave_password(pamh))
		return PAM_IGNORE;
	return judge_age(pamh, flags, holder, &age, now);
}
