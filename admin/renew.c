/* SPDX-License-Identifier: MIT */
/* renew.c - sereno renew: let in again who was away for too long. */
#include <time.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "keeping.h"

enum exit_status renew_run(const struct options *options, const struct output *output)
{
	scoped(keeping_clear) struct keeping keeping = { .policy = NULL };
	enum exit_status status = keeping_open(options, &keeping);
	const struct account *account;
	struct age_owner owner;
	int r;

	if (status != EXIT_YES)
		return status;
	account = keeping_account(&keeping, options->operand, &status);
	if (!account)
		return status;
	owner = keeping_owner(&keeping, account);
	r = age_renew(&owner, time(NULL));
	if (r == -EBADMSG && age_restart(&owner, time(NULL), age_tag(account->password)) == 0)
		r = age_renew(&owner, time(NULL));
	if (r < 0)
		return keeping_complain(account, r);
	keeping_report(&keeping, EVENT_ACCOUNT_RENEWED, account);
	output_print(output, STYLE_PLAIN, _("%s may come in again\n"), account->name);
	return EXIT_YES;
}
