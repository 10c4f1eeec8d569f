/* SPDX-License-Identifier: MIT */
/* otp_recovery.c - sereno otp recovery and ticket: codes that are made for somebody. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "instant.h"
#include "otp.h"
#include "otp_page.h"

#define DAY_SEC	     86400
#define VALID_SEC    (3 * DAY_SEC)
#define VALID_MIN    60
#define VALID_MAX    (365 * DAY_SEC)
#define VALID_DIGITS 8

enum exit_status otp_recovery_run(struct otp_task *task)
{
	char code[OTP_RECOVERY_MAX][OTP_RECOVERY_SIZE] = { "" };
	const uint32_t n = task->rules.recovery_codes;
	struct dialogue dialogue;
	enum exit_status status;
	int r;

	status = otp_account(task);
	if (status == EXIT_YES)
		status = otp_may_show(task);
	if (status != EXIT_YES)
		return status;
	if (n == 0 || n > OTP_RECOVERY_MAX)
		return complain(EXIT_NO, _("the policy in force has no recovery codes "
					   "(second-factor: recovery-codes: 0)"));
	r = codes_recovery_issue(task->root, &task->account, time(NULL), n, code);
	if (r == -ENOENT)
		return complain(EXIT_NO, _("%s has no token; next: sereno otp enrol %s"),
				task->user, task->user);
	if (r < 0)
		return otp_complain(task, r);
	otp_report(task, EVENT_OTP_RECOVERY, NULL, EVENT_NO_TIME);
	dialogue_open(&dialogue);
	otp_page_recovery(task, &dialogue, code, n);
	explicit_bzero(code, sizeof(code));
	otp_page_end(task, &dialogue);
	output_print(task->output, STYLE_PLAIN,
		     P_("%s has %u new recovery code; those of before are void\n",
			"%s has %u new recovery codes; those of before are void\n", n),
		     task->user, n);
	return EXIT_YES;
}

static uint32_t seconds_of(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY_SEC;
	case 'y':
		return 365 * DAY_SEC;
	default:
		return 0;
	}
}

/* "90m", "12h", "3d", "1y", as in the policy. Returns 0 or -EINVAL. */
static int read_duration(const char *text, uint32_t *ret)
{
	const size_t digits = strspn(text, "0123456789");
	uint64_t number = 0;

	if (digits == 0 || digits > VALID_DIGITS || strlen(text) != digits + 1)
		return -EINVAL;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (uint64_t)(text[i] - '0');
	number *= seconds_of(text[digits]);
	if (number < VALID_MIN || number > VALID_MAX)
		return -EINVAL;
	*ret = (uint32_t)number;
	return 0;
}

enum exit_status otp_ticket_run(struct otp_task *task)
{
	char ticket[OTP_RECOVERY_SIZE] = "";
	char until[INSTANT_TEXT_MAX];
	uint32_t valid_sec = VALID_SEC;
	const int64_t now = time(NULL);
	enum exit_status status;
	int r;

	status = otp_account(task);
	if (status == EXIT_YES)
		status = otp_may_show(task);
	if (status != EXIT_YES)
		return status;
	if (task->options->valid && read_duration(task->options->valid, &valid_sec) < 0)
		return complain(EXIT_USAGE, _("--valid wants 90m, 12h, 3d or 1y: a minute to a "
					      "year"));
	r = codes_ticket_issue(task->root, &task->account, now, valid_sec, ticket);
	if (r < 0)
		return otp_complain(task, r);
	instant_local(now + valid_sec, &task->zone, until);
	otp_report(task, EVENT_OTP_TICKET, NULL, now + valid_sec);
	fprintf(task->output->stream, "%s\n", ticket);
	explicit_bzero(ticket, sizeof(ticket));
	output_wrap(task->output, STYLE_PLAIN, 0,
		    _("%s types this as the code at the next login that asks for one, and then "
		      "gets a token. Good once, until %s, and instead of every ticket before."),
		    task->user, until);
	return EXIT_YES;
}
