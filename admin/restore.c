/* SPDX-License-Identifier: MIT */
/* restore.c - sereno restore: the state of a backup, in the place of the one there is. */
#include "restore.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/host_key.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "instant.h"

static const struct zone utc = { .end = TIME_NO_END, .n = 1, .step = { { TIME_NO_START, 0 } } };

static enum exit_status complain_archive(const char *path, int r)
{
	char buffer[ESCAPE_MAX];

	if (r == -EBADMSG)
		return complain(EXIT_NO, _("%s is damaged, or no backup; nothing has changed"),
				escape(buffer, path));
	if (r == -EPROTO)
		return complain(EXIT_NO,
				_("%s was made by another version of sereno; nothing has changed"),
				escape(buffer, path));
	if (r == -EPERM)
		return complain(EXIT_NO,
				_("%s could have been written by others than root; nothing has "
				  "changed"),
				escape(buffer, path));
	return complain_error(r, _("cannot read %s"), escape(buffer, path));
}

/* Whether the state there is would be lost for an older one. */
static enum exit_status check_age(const struct options *options, const struct backup_facts *facts)
{
	char made[INSTANT_TEXT_MAX], newest_text[INSTANT_TEXT_MAX];
	int64_t newest = 0;
	const int r = stage_newest(options->root, &newest);

	if (r < 0)
		return complain_error(r, _("cannot look at %s/var/lib/sereno"), options->root);
	if (newest <= facts->made || (options->given & OPTION_FORCE))
		return EXIT_YES;
	return complain(EXIT_NO,
			_("%s/var/lib/sereno was written to on %s, after the backup was made on "
			  "%s: --force restores it nevertheless"),
			options->root, instant_local(newest, &utc, newest_text),
			instant_local(facts->made, &utc, made));
}

/* A sealed key opens nowhere else; a plain one should not silently be two hosts'. */
static enum exit_status check_machine(const struct options *options, const struct stage *stage,
				      const struct backup_facts *facts)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	const int r = host_key_open(stage->made, &key);

	if (r < 0 && r != -ENOKEY)
		return complain_error(r, _("cannot read %s/etc/machine-id"), options->root);
	if (!facts->machine[0] || (key && strcmp(host_key_id(key), facts->machine) == 0))
		return EXIT_YES;
	if (facts->has_sealed_key)
		return complain(EXIT_NO, "%s",
				_("the host key in it is sealed on another machine: it opens "
				  "nowhere else, and with it no code; nothing has changed"));
	if (options->given & OPTION_FORCE)
		return EXIT_YES;
	return complain(EXIT_NO, "%s",
			_("it was made on another machine, by /etc/machine-id: --force restores "
			  "it nevertheless, with the other machine's key"));
}

static enum exit_status complain_stage(const struct options *options, int r)
{
	if (r == -EBADMSG)
		return complain(
			EXIT_NO, "%s",
			_("what came out of the backup cannot be used; nothing has changed"));
	if (r == -ENOKEY)
		return complain(EXIT_NO, "%s",
				_("the host key is not loaded, so it cannot be made sure that used "
				  "codes stay used; next: sereno key load, with the key where it "
				  "was"));
	if (r == -EALREADY)
		return complain(EXIT_SYSTEM, _("somebody else is restoring into %s/var/lib/sereno"),
				options->root);
	if (r == -EBUSY)
		return complain(EXIT_SYSTEM,
				_("%s/var/lib/sereno is in use: somebody applies a policy, or it "
				  "is a mount point of its own, which cannot be exchanged"),
				options->root);
	return complain_error(r, _("cannot restore into %s/var/lib/sereno"), options->root);
}

/* Who is let in again after all is let in by name, one by one. */
static void explain_leavers(const struct stage *stage, const struct output *output)
{
	char when[INSTANT_TEXT_MAX], user[ESCAPE_MAX];

	if (stage->unread < 0)
		output_wrap(output, STYLE_BAD, 2,
			    _("! The register there is cannot be read (%s): whoever left since the "
			      "backup is let in again. Next: sereno offboard, for each of them"),
			    strerror(-stage->unread));
	for (size_t i = 0; i < stage->n_leavers; i++)
		output_wrap(output, STYLE_WARNING, 2,
			    _("! %s leaves, or has left, on %s: that stays. To let him in again: "
			      "sereno offboard undo %s"),
			    escape(user, stage->leavers[i].user),
			    instant_local(stage->leavers[i].from, &utc, when), user);
}

static void explain(const struct stage *stage, const struct backup_contents *contents,
		    const struct output *output)
{
	char when[INSTANT_TEXT_MAX];

	output_wrap(output, STYLE_PLAIN, 2,
		    P_("The backup of %s: %zu file, policy generation %ju.",
		       "The backup of %s: %zu files, policy generation %ju.", contents->n),
		    instant_local(contents->facts.made, &utc, when), contents->n,
		    (uintmax_t)contents->facts.generation);
	output_wrap(output, STYLE_PLAIN, 2,
		    P_("Codes up to now count as used, for %zu account: its recovery codes and "
		       "tickets are void until new ones are issued.",
		       "Codes up to now count as used, for %zu accounts: their recovery codes and "
		       "tickets are void until new ones are issued.",
		       stage->n_codes),
		    stage->n_codes);
	if (stage->n_unknown_codes > 0)
		output_wrap(output, STYLE_WARNING, 2,
			    P_("! %zu record of codes could not be treated so: of no account that "
			       "is here, or lost",
			       "! %zu records of codes could not be treated so: of no account that "
			       "is here, or lost",
			       stage->n_unknown_codes),
			    stage->n_unknown_codes);
	explain_leavers(stage, output);
	output_wrap(output, STYLE_WARNING, 2, "! %s",
		    _("What else changed since the backup is not in it: roles taken back, "
		      "passwords counted as wrong, accounts that enrolled. Next: sereno grants, "
		      "sereno status, sereno review."));
}

static enum exit_status restore(const struct options *options, const struct output *output,
				struct archive *archive, const struct backup_contents *contents)
{
	scoped(stage_clear) struct stage stage = { 0 };
	enum exit_status status;
	int r;

	r = stage_unpack(options->root, archive, contents, &stage);
	if (r < 0)
		return complain_stage(options, r);
	status = check_machine(options, &stage, &contents->facts);
	if (status == EXIT_YES)
		r = stage_prepare(&stage, contents, time(NULL));
	if (status != EXIT_YES || r < 0)
		return status != EXIT_YES ? status : complain_stage(options, r);
	explain(&stage, contents, output);
	if (options->given & OPTION_DRY_RUN) {
		output_wrap(output, STYLE_GOOD, 0, "%s",
			    _("It can be restored; nothing was changed."));
		return EXIT_YES;
	}
	r = stage_commit(&stage);
	if (r < 0)
		return complain_stage(options, r);
	backup_report(options->root, EVENT_STATE_RESTORED, options->operand, &contents->facts);
	output_wrap(output, STYLE_GOOD, 0, "%s", _("Restored."));
	return EXIT_YES;
}

enum exit_status restore_run(const struct options *options, const struct output *output)
{
	scoped(archive_close_p) struct archive *archive = NULL;
	scoped(backup_contents_clear) struct backup_contents contents = { 0 };
	enum exit_status status;
	int r = archive_open(options->operand, &archive);

	if (r == 0)
		r = backup_contents_read(archive, &contents);
	if (r < 0)
		return complain_archive(options->operand, r);
	status = check_age(options, &contents.facts);
	return status == EXIT_YES ? restore(options, output, archive, &contents) : status;
}
