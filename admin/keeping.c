/* SPDX-License-Identifier: MIT */
/* keeping.c - whom ages and inactivity concern, and what every change of a record needs. */
#include "keeping.h"

#include <errno.h>
#include <time.h>

#include "escape.h"
#include "subject.h"

enum exit_status keeping_open(const struct options *options, struct keeping *ret)
{
	int r;

	*ret = (struct keeping){ .root = options->root };
	r = policy_open(options->root, &ret->policy);
	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	r = people_read(options->root, &ret->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), options->root);
	if (!ret->people->has_shadow)
		return complain(EXIT_SYSTEM, _("cannot read %s/etc/shadow: run this as root"),
				options->root);
	caller_find(options->root, ret->people, &ret->caller);
	return EXIT_YES;
}

void keeping_clear(struct keeping *keeping)
{
	policy_close(keeping->policy);
	people_free(keeping->people);
}

int keeping_concerns(const struct keeping *keeping, const struct account *account)
{
	struct subject subject;
	struct access_request request;
	enum subject_kind kind;
	int r;

	if (!account->password)
		return 0;
	r = subject_find(keeping->root, keeping->people, keeping->policy, account->name, &subject);
	if (r < 0)
		return r;
	request = (struct access_request){
		.service = "passwd",
		.uid = subject.uid,
		.subject = subject.own,
		.others = subject.others,
		.n_others = subject.n_others,
	};
	r = policy_subject(keeping->policy, &request, time(NULL), &kind);
	subject_clear(&subject);
	return r < 0 ? r : kind == SUBJECT_IS_PERSON;
}

const struct account *keeping_account(const struct keeping *keeping, const char *user,
				      enum exit_status *ret_status)
{
	const struct account *account = people_account(keeping->people, user);
	char buffer[ESCAPE_MAX];
	int r;

	if (!account) {
		*ret_status =
			complain(EXIT_NO, _("there is no local account %s"), escape(buffer, user));
		return NULL;
	}
	r = keeping_concerns(keeping, account);
	if (r > 0)
		return account;
	if (r < 0)
		*ret_status = complain_error(r, _("the policy in force cannot be used"));
	else
		*ret_status = complain(EXIT_NO,
				       _("%s is root, a break-glass account, a program or not "
					 "governed, or has no password here: it does not age"),
				       escape(buffer, user));
	return NULL;
}

struct age_owner keeping_owner(const struct keeping *keeping, const struct account *account)
{
	return (struct age_owner){ keeping->root, account->name, account->uid };
}

void keeping_report(const struct keeping *keeping, enum event_id id, const struct account *account)
{
	const struct event event = {
		.id = id,
		.subject = keeping->caller.user[0] ? keeping->caller.user : NULL,
		.target = account->name,
		.until = EVENT_NO_TIME,
	};

	(void)event_send(keeping->root, &event); /* it was done whoever hears of it */
}

enum exit_status keeping_complain(const struct account *account, int err)
{
	if (err == -EACCES || err == -EPERM)
		return complain(EXIT_SYSTEM, _("cannot write the record of %s: run this as root"),
				account->name);
	return complain_error(err, _("cannot write the record of %s"), account->name);
}
