/* SPDX-License-Identifier: MIT */
/* password_expire.c - sereno password expire: a new password at the next login with this one. */
#include "password.h"

#include <errno.h>
#include <time.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "keeping.h"

/* Demand it of @account, or only say so. */
static enum exit_status expire(const struct keeping *keeping, const struct account *account,
			       const struct options *options, const struct output *output)
{
	const struct age_owner owner = keeping_owner(keeping, account);
	const uint64_t tag = age_tag(account->password);
	const int64_t now = time(NULL);
	int r;

	if (options->given & OPTION_DRY_RUN) {
		output_print(output, STYLE_PLAIN, _("%s would have to choose a new password\n"),
			     account->name);
		return EXIT_YES;
	}
	r = age_demand(&owner, now, tag, AGE_EXPIRED);
	if (r == -EBADMSG)
		r = age_restart(&owner, now, tag);
	if (r < 0)
		return keeping_complain(account, r);
	keeping_report(keeping, EVENT_PASSWORD_EXPIRED, account);
	output_print(output, STYLE_PLAIN, _("%s has to choose a new password\n"), account->name);
	return EXIT_YES;
}

static enum exit_status expire_all(const struct keeping *keeping, const struct options *options,
				   const struct output *output)
{
	const struct people *people = keeping->people;
	enum exit_status status = EXIT_YES;

	for (size_t i = 0; status == EXIT_YES && i < people->n_accounts; i++) {
		const struct account *account = &people->accounts[i];
		int r = 0;

		if (account_has_password(account))
			r = keeping_concerns(keeping, account);
		if (r < 0)
			status = complain_error(r, _("the policy in force cannot be used"));
		else if (r > 0)
			status = expire(keeping, account, options, output);
	}
	return status;
}

/* Without a password: block no module looks at the record: nobody would ever be asked. */
static enum exit_status find_rules(const struct keeping *keeping)
{
	struct password_rules rules;
	const int r = policy_password(keeping->policy, NULL, time(NULL), &rules);

	if (r == -ENOENT)
		return complain(EXIT_SYSTEM,
				_("the policy in force has no rules for this password"));
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	return EXIT_YES;
}

static enum exit_status expire_one(const struct keeping *keeping, const struct options *options,
				   const struct output *output)
{
	enum exit_status status = EXIT_YES;
	const struct account *account = keeping_account(keeping, options->second, &status);
	char buffer[ESCAPE_MAX];

	if (!account)
		return status;
	if (!account_has_password(account))
		return complain(EXIT_NO,
				_("%s has no password that could be typed: nothing would ask for "
				  "a new one"),
				escape(buffer, account->name));
	return expire(keeping, account, options, output);
}

enum exit_status password_expire_run(const struct options *options, const struct output *output)
{
	scoped(keeping_clear) struct keeping keeping = { .policy = NULL };
	enum exit_status status = keeping_open(options, &keeping);

	if (status == EXIT_YES)
		status = find_rules(&keeping);
	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_EVERYONE)
		return expire_all(&keeping, options, output);
	return expire_one(&keeping, options, output);
}
