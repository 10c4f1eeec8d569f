/* SPDX-License-Identifier: MIT */
/* otp.c - sereno otp: to which of its parts it goes, for whom and by which rules. */
#include "otp.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <sereno/scoped.h>
#include <sereno/slot.h>

#include "attempts.h"
#include "commands.h"
#include "otp_own.h"

#define ALWAYS (OPTION_ROOT | OPTION_HELP)
#define SHOWN  (ALWAYS | OPTION_SHOW_SECRET)

/* What stands behind sereno otp. */
struct part {
	const char *name;
	unsigned options; /* those it takes; enum option_bit */
	const char *takes;
	enum exit_status (*run)(struct otp_task *task);
	enum exit_status (*run_own)(struct otp_task *task); /* NULL: root's alone */
};

/* clang-format off */
static const struct part parts[] = {
	{ "enrol",    SHOWN | OPTION_LABEL | OPTION_ASCII, N_("--label, --ascii, --show-secret and --root"), otp_enrol_run, own_enrol_run },
	{ "status",   ALWAYS | OPTION_JSON,                N_("--json and --root"),                          otp_status_run, own_status_run },
	{ "verify",   ALWAYS,                              N_("--root"),                                     otp_verify_run, own_verify_run },
	{ "resync",   ALWAYS | OPTION_LABEL,               N_("--label and --root"),                         otp_resync_run, own_resync_run },
	{ "recovery", SHOWN,                               N_("--show-secret and --root"),                   otp_recovery_run, own_recovery_run },
	{ "remove",   ALWAYS | OPTION_LABEL | OPTION_DRY_RUN, N_("--label, --dry-run and --root"),           otp_remove_run, NULL },
	{ "reset",    ALWAYS | OPTION_DRY_RUN,             N_("--dry-run and --root"),                       otp_reset_run, NULL },
	{ "ticket",   SHOWN | OPTION_VALID,                N_("--valid, --show-secret and --root"),          otp_ticket_run, NULL },
	{ "import",   ALWAYS | OPTION_SOURCE | OPTION_USER | OPTION_LABEL | OPTION_DRY_RUN,
	              N_("--from, --user, --label, --dry-run and --root"), otp_import_run, NULL },
};
/* clang-format on */

enum exit_status otp_account_of(struct otp_task *task, const char *user)
{
	char buffer[ESCAPE_MAX];
	uid_t uid;

	if (attempts_find_uid(task->root, task->people, user, &uid) < 0)
		return complain(EXIT_USAGE, _("no such account: %s"), escape(buffer, user));
	task->account = (struct codes_account){ user, uid };
	(void)escape(task->user, user);
	return EXIT_YES;
}

enum exit_status otp_account(struct otp_task *task)
{
	if (!task->subject)
		return complain(EXIT_USAGE, _("whose? sereno otp %s USER"), task->options->operand);
	return otp_account_of(task, task->subject);
}

const char *otp_label(const struct otp_task *task, const char *standard)
{
	const char *label = task->options->label;

	if (!label)
		return standard;
	if (otp_label_sound(label, OTP_LABEL_SIZE))
		return label;
	(void)complain(EXIT_USAGE,
		       _("--label wants a short name: at most %d bytes, nothing that is "
			 "not printed"),
		       OTP_LABEL_SIZE - 1);
	return NULL;
}

enum exit_status otp_complain(const struct otp_task *task, int err)
{
	switch (err) {
	case -EBADMSG:
	case -EKEYREJECTED:
	case -EPERM:
		return complain(
			EXIT_SYSTEM,
			_("the record of %s is damaged, or not this host's; to let him begin "
			  "anew: sereno otp reset %s"),
			task->user, task->user);
	case -EACCES:
		return complain(EXIT_SYSTEM, _("cannot reach the record of %s: run this as root"),
				task->user);
	case -EBUSY:
		return complain(EXIT_SYSTEM,
				_("another program holds the record of %s: try again in a moment"),
				task->user);
	case -ENOKEY:
		return complain(EXIT_SYSTEM,
				_("there is no host key to open the record of %s with; "
				  "next: sereno key status"),
				task->user);
	default:
		return complain_error(err, _("the record of %s cannot be used"), task->user);
	}
}

enum exit_status otp_may_show(const struct otp_task *task)
{
	if (task->output->terminal || (task->options->given & OPTION_SHOW_SECRET))
		return EXIT_YES;
	return complain(EXIT_USAGE, _("this prints secrets, and the output is not a terminal: "
				      "--show-secret if that is meant"));
}

void otp_report(const struct otp_task *task, enum event_id id, const char *detail, int64_t until)
{
	const struct event event = {
		.id = id,
		.subject = task->caller.user[0] ? task->caller.user : NULL,
		.target = task->account.user,
		.detail = detail,
		.until = until,
	};

	(void)event_send(task->root, &event); /* it was done whoever hears of it */
}

const char *otp_refusal(enum codes_verdict verdict)
{
	switch (verdict) {
	case CODES_ACCEPTED:
	case CODES_RECOVERED:
		break;
	case CODES_WRONG:
		return _("wrong: not a code of any of his tokens now. If the phone's clock is off: "
			 "sereno otp resync");
	case CODES_EMPTY:
		return _("nothing was typed");
	case CODES_MALFORMED:
		return _("neither a code (6 to 8 digits) nor a recovery code (xxxx-xxxx-xxxx)");
	case CODES_REPLAYED:
		return _("right, but used before: each code is good once; wait for the next one");
	case CODES_CLOCK:
		return _("this host's clock is behind the last code that was used: set the clock");
	case CODES_NOT_ENROLLED:
		return _("he has no such token; next: sereno otp enrol");
	case CODES_RECOVERY_VOID:
		return _("the recovery codes are void, since the record was damaged; next: sereno "
			 "otp recovery");
	}
	return "";
}

/* People are enrolled before a policy demands it, too: without one the standard is what every
 * phone understands. */
static enum exit_status read_policy(struct otp_task *task)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	const int r = policy_open(task->root, &policy);

	task->rules = (struct second_factor_rules)SECOND_FACTOR_STANDARD;
	task->zone = (struct zone){ .end = TIME_NO_END, .n = 1, .step = { { TIME_NO_START, 0 } } };
	if (r == -ENOENT || (r < 0 && task->own)) /* serenod has rules of its own */
		return EXIT_YES;
	if (r < 0)
		return complain(EXIT_SYSTEM,
				_("the policy in force cannot be used: %s; next: sereno apply"),
				policy_defect(r));
	policy_second_factor(policy, &task->rules);
	(void)policy_zone(policy, &task->zone); /* else UTC: times are only told */
	return EXIT_YES;
}

static enum exit_status run_as_root(const struct part *part, struct otp_task *task)
{
	enum exit_status status;
	int r;

	r = people_read(task->root, &task->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), task->root);
	status = read_policy(task);
	if (status == EXIT_YES) {
		caller_find(task->root, task->people, &task->caller);
		status = part->run(task);
	}
	people_free(task->people);
	return status;
}

static enum exit_status run_own(const struct part *part, struct otp_task *task)
{
	if (!part->run_own)
		return complain(EXIT_SYSTEM, _("run this as root"));
	(void)read_policy(task); /* for times and deadlines only */
	return part->run_own(task);
}

static enum exit_status run(const struct part *part, const struct options *options,
			    const struct output *output)
{
	struct otp_task task = {
		.options = options,
		.output = output,
		.root = options->root,
		.own = !slot_caller_may(options->root),
		.subject = options->second,
	};

	if (options->given & ~part->options)
		return complain(EXIT_USAGE, _("%s takes %s only"), part->name, _(part->takes));
	/* A core file would hold secrets; this cannot fail. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return task.own ? run_own(part, &task) : run_as_root(part, &task);
}

enum exit_status otp_run(const struct options *options, const struct output *output)
{
	char buffer[ESCAPE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strcmp(options->operand, parts[i].name) == 0)
			return run(&parts[i], options, output);
	return complain(
		EXIT_USAGE,
		_("sereno otp knows enrol, status, verify, resync, recovery, remove, reset, "
		  "ticket and import, not %s"),
		escape(buffer, options->operand));
}
