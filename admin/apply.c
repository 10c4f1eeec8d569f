/* SPDX-License-Identifier: MIT */
/* apply.c - sereno apply: a checked policy put in force, all or nothing. */
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <sereno/event.h>
#include <sereno/fallback.h>
#include <sereno/policy.h>
#include <sereno/register.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "knowledge.h"
#include "losses_report.h"
#include "media_changes.h"
#include "media_polkit.h"
#include "media_safety.h"
#include "progress.h"
#include "safety.h"

#define LOSSES_SHOWN 50
#define LOSSES_MOST  1000000 /* with --all or --json: what memory is given to */

/* One run of the command: what is put in force, and all that must be released. */
struct application {
	const struct options *options;
	const struct output *output;
	int64_t now;
	struct utsname host;
	struct progress progress;
	struct edition edition, in_force;
	struct people *people;
	struct holders holders, held;
	struct caller caller;
	struct generation generation;
	struct losses_report report;
	struct media_changes devices;
	char hash[POLICY_HASH_HEX];
	bool applied;
};

static void application_clear(struct application *application)
{
	losses_report_clear(&application->report);
	media_changes_clear(&application->devices);
	generation_end(&application->generation);
	holders_clear(&application->holders);
	holders_clear(&application->held);
	edition_clear(&application->edition);
	edition_clear(&application->in_force);
	people_free(application->people);
}

/* Everything that can be read beforehand. Returns EXIT_YES, EXIT_NO for faults. */
static enum exit_status read_all(struct application *application)
{
	const char *root = application->options->root;
	int r;

	if (uname(&application->host) < 0)
		return complain_error(neg_errno(), _("cannot ask for the host's name"));
	r = edition_read(application->options, application->now, &application->edition);
	if (r == -EINVAL)
		return EXIT_NO;
	if (r < 0)
		return complain_error(r, _("cannot read %s"), application->edition.path);
	r = people_read(root, &application->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), root);
	r = holders_gather(application->edition.model, application->people, root,
			   &application->holders);
	if (r < 0)
		return complain_error(r, _("cannot list the members of roles"));
	caller_find(root, application->people, &application->caller);
	return EXIT_YES;
}

/* Publish what the register grants, should that be lost or damaged: without it no policy is used.
 * What cannot be done now is found when the policy is tried. */
static void mend_grants(const struct application *application)
{
	scoped(register_close_p) struct register_db *db = NULL;
	int r;

	if (application->options->given & OPTION_DRY_RUN)
		return;
	r = register_open(application->options->root, application->now, &db);
	if (r < 0)
		(void)complain_error(r, _("cannot use %s/var/lib/sereno/register.db"),
				     application->options->root);
}

/* Compile into the new generation's directory, and read back what was written. */
static enum exit_status compile(struct application *application, struct policy **ret)
{
	struct generation *generation = &application->generation;
	const char *root = application->options->root;
	int r = generation_begin(root, generation);

	if (r == -EBUSY)
		return complain(EXIT_SYSTEM, _("another sereno apply is running; wait for it"));
	if (r == -EACCES || r == -EPERM)
		return complain(EXIT_SYSTEM,
				_("cannot write below %s/var/lib/sereno: run this as root"), root);
	if (r < 0)
		return complain_error(r, _("cannot write below %s/var/lib/sereno"), root);
	mend_grants(application);
	progress_show(&application->progress, _("compiling"), 0);
	r = edition_compile(&application->edition, root, application->people, generation->dir,
			    application->now, generation->number);
	if (r == -EINVAL)
		return EXIT_NO;
	if (r < 0)
		return complain_error(r, _("cannot compile into %s"), generation->dir);
	progress_show(&application->progress, _("reading it back"), 0);
	r = policy_open_in(generation->dir, ret);
	if (r == 0)
		r = policy_verify(*ret);
	/* Whether everybody comes in again depends on what is granted, too. */
	if (r == 0 && policy_take_grants(*ret, root) < 0)
		return complain(EXIT_SYSTEM,
				_("what %s/var/lib/sereno/register.db grants cannot be published: "
				  "with it logins would find no policy they can use"),
				root);
	if (r < 0)
		return complain_error(r, _("what was written to %s does not read back"),
				      generation->dir);
	memcpy(application->hash, policy_facts(*ret)->hash, sizeof(application->hash));
	return EXIT_YES;
}

/* @policy is NULL when it could not be compiled: the other faults are told all the same. */
static enum exit_status check_safety(struct application *application, struct policy *policy)
{
	const struct situation situation = {
		.root = application->options->root,
		.host = application->host.nodename,
		.now = application->now,
		.severity = DIAG_FAULT,
		.edition = &application->edition,
		.people = application->people,
		.holders = &application->holders,
	};
	int r;

	progress_show(&application->progress, _("checking that nobody is locked out"), 0);
	check_break_glass(&situation);
	r = check_exclusions(&situation);
	if (r == 0)
		r = check_administrators(&situation);
	if (r == 0)
		r = check_blocklist(&situation);
	check_name_service(&situation);
	if (r == 0 && policy)
		r = check_way_back(&situation, policy, &application->caller);
	if (r == 0 && policy)
		r = check_media(&situation, policy, &application->caller);
	if (r < 0)
		return complain_error(r, _("cannot check whether somebody would be locked out"));
	return application->edition.diags.faults > 0 ? EXIT_NO : EXIT_YES;
}

/* Which devices get something else. Of a policy in force that cannot be read nothing is known. */
static int compare_devices(struct application *application, struct policy *policy)
{
	const char *root = application->options->root;
	scoped(policy_close_p) struct policy *in_force = NULL;
	const int r = policy_open(root, &in_force);
	const struct present_asker new = { root, application->people, policy, application->now };
	struct present_asker old = new;

	if (!policy || (r < 0 && r != -ENOENT))
		return 0;
	old.policy = in_force;
	return media_changes_find(&old, &new, &application->devices);
}

/* Who would lose what. A policy in force that cannot be read is none, but says so. @policy is NULL
 * as for check_safety(). */
static enum exit_status compare(struct application *application, struct policy *policy)
{
	const char *root = application->options->root;
	struct regime old = { NULL, &application->held };
	const struct regime new = { application->edition.model, &application->holders };
	int r = edition_in_force(root, application->now, &application->in_force);

	progress_show(&application->progress, _("comparing with what is in force"), 0);
	if (r == -ENOMEM)
		return complain_error(r, _("cannot read the policy in force"));
	if (r < 0 && r != -ENOENT)
		diag_warn(&application->edition.diags, (struct mark){ 0, 0 },
			  _("the policy in force cannot be read (%s): who loses what against it is "
			    "not known"),
			  strerror(-r));
	if (r == 0) {
		r = holders_gather(application->in_force.model, application->people, root,
				   &application->held);
		if (r < 0)
			return complain_error(r, _("cannot list the members of roles"));
		old.model = application->in_force.model;
	}
	r = losses_find(&old, &new, application->people, application->host.nodename,
			application->now, losses_report_add, &application->report);
	if (r < 0)
		return complain_error(r, _("cannot work out who would lose what"));
	r = compare_devices(application, policy);
	if (r == -ENOMEM)
		return complain_error(r, _("cannot work out which devices change"));
	return EXIT_YES;
}

static int add_name(char names[][FALLBACK_NAME_SIZE], size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(names[i], name) == 0)
			return 0;
	if (*n == FALLBACK_NAMES_MAX || strlen(name) >= FALLBACK_NAME_SIZE)
		return -E2BIG;
	memcpy(names[(*n)++], name, strlen(name) + 1);
	return 0;
}

/* Whoever a role names is governed, whatever his uid; members by a group below min-uid are not. */
static void add_governed(struct application *application, const struct name *member,
			 struct fallback *fallback)
{
	const struct account *account = people_account(application->people, member->text);

	if (!account || account->uid == 0 ||
	    uid_governed(account->uid, application->edition.model->min_uid))
		return;
	if (add_name(fallback->governed, &fallback->n_governed, member->text) < 0)
		(void)diag_fault(&application->edition.diags, member->at,
				 _("%s: at most %d accounts below accounts.min-uid can be members "
				   "of roles, with names of at most %d bytes"),
				 member->text, FALLBACK_NAMES_MAX, FALLBACK_NAME_SIZE - 1);
}

/* Who is governed and who gets in when the database cannot be read. */
static enum exit_status prepare_fallback(struct application *application, struct fallback *fallback)
{
	const struct model *model = application->edition.model;
	struct diag_list *diags = &application->edition.diags;

	*fallback = (struct fallback){ .min_uid = model->min_uid, .observe = model->observe };
	for (size_t i = 0; i < model->break_glass.n; i++)
		if (add_name(fallback->break_glass, &fallback->n_break_glass,
			     model->break_glass.item[i].text) < 0)
			(void)diag_fault(diags, model->break_glass.item[i].at,
					 _("at most %d break-glass accounts with names of at most "
					   "%d bytes"),
					 FALLBACK_NAMES_MAX, FALLBACK_NAME_SIZE - 1);
	for (size_t i = 0; i < model->n_roles; i++)
		for (size_t j = 0; j < model->roles[i].members.n; j++)
			add_governed(application, &model->roles[i].members.item[j], fallback);
	return diags->faults > 0 ? EXIT_NO : EXIT_YES;
}

static void send_event(const struct application *application, enum event_id id, const char *detail)
{
	const struct event event = {
		.id = id,
		.subject = application->caller.user[0] ? application->caller.user : NULL,
		.policy = application->hash[0] ? application->hash : NULL,
		.detail = detail,
		.until = EVENT_NO_TIME,
	};

	/* Nobody listening is no reason to leave a policy out of force. */
	(void)event_send(application->options->root, &event);
}

/* The policy was not swapped: leave the fallback of the one in force, which was @old. */
static void restore_fallback(const char *root, const struct fallback *old)
{
	const int r = fallback_write(root, old);

	if (r < 0)
		(void)complain_error(r,
				     _("cannot put %s/etc/sereno/fallback back: it stays the "
				       "stricter of the old and the new one"),
				     root);
}

/* The policy is in force, but not for certain after the power fails: then the one before may be,
 * and so the fallback that is safe beside both stays. */
static enum exit_status complain_unsafe(const struct application *application, int error)
{
	return complain_error(error,
			      _("generation %llu is in force, but may not survive a power cut"),
			      (unsigned long long)application->generation.number);
}

/* Before a role, or a member, is forgotten: who leaves later still knows its secrets. */
static int note_knowledge(const struct application *application)
{
	scoped(register_close_p) struct register_db *db = NULL;
	int r = register_open(application->options->root, application->now, &db);

	if (r == 0 && application->in_force.model)
		r = knowledge_note(db, application->in_force.model, &application->held,
				   application->now);
	if (r == 0)
		r = knowledge_note(db, application->edition.model, &application->holders,
				   application->now);
	/* Of a damaged one was told before. A policy that takes something away cannot wait for it.
	 */
	return r == -EBADMSG || r == -EPERM ? 0 : r;
}

/* What goes with the policy that is in force now. One that fails keeps the other from nothing. */
static enum exit_status follow_up(const struct application *application,
				  const struct fallback *fallback)
{
	const char *root = application->options->root;
	const int polkit = media_polkit_write(root, application->edition.model);
	const int r = fallback_write(root, fallback);

	if (r < 0)
		return complain_error(r,
				      _("the policy is in force, but %s/etc/sereno/fallback stays "
					"the stricter of the old and the new one"),
				      root);
	if (polkit < 0)
		return complain_error(
			polkit,
			_("the policy is in force, but its rule for polkit in "
			  "%s/etc/polkit-1/rules.d could not be written: apply again"),
			root);
	return EXIT_YES;
}

/* Whenever this is killed, the fallback is no laxer than the policy in force. */
static enum exit_status commit(struct application *application, const struct fallback *fallback)
{
	const char *root = application->options->root;
	struct fallback old, both;
	int r;

	if (application->options->given & OPTION_DRY_RUN)
		return EXIT_YES;
	r = note_knowledge(application);
	if (r < 0)
		return complain_error(r,
				      _("cannot note in %s/var/lib/sereno/register.db who knows "
					"which secrets"),
				      root);
	/* First: a number that a file may already have must never be given to another group. */
	r = own_groups_save(&application->edition.own);
	if (r < 0)
		return complain_error(r, _("cannot write %s/var/lib/sereno/group-numbers"), root);
	(void)fallback_read(root, &old); /* one that cannot be read counts as the strictest */
	both = fallback_stricter(&old, fallback);
	r = fallback_write(root, &both);
	if (r < 0) {
		restore_fallback(root, &old);
		return complain_error(r, _("cannot write %s/etc/sereno/fallback"), root);
	}
	r = generation_commit(&application->generation);
	application->applied = application->generation.committed;
	if (!application->applied) {
		restore_fallback(root, &old);
		return complain_error(r, _("cannot put %s in force"), application->generation.dir);
	}
	send_event(application, EVENT_POLICY_APPLIED, application->edition.path);
	if (r < 0)
		return complain_unsafe(application, r);
	return follow_up(application, fallback);
}

static enum exit_status put_in_force(struct application *application)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	struct fallback fallback;
	enum exit_status status = read_all(application);

	if (status == EXIT_YES)
		status = compile(application, &policy);
	if (application->generation.dir && status != EXIT_SYSTEM)
		status = check_safety(application, policy);
	/* A refused policy is compared too: who would lose what is often why. */
	if (application->generation.dir && status != EXIT_SYSTEM &&
	    compare(application, policy) != EXIT_YES)
		return EXIT_SYSTEM;
	if (status == EXIT_YES)
		status = prepare_fallback(application, &fallback);
	if (status == EXIT_YES)
		status = commit(application, &fallback);
	return status;
}

static void print_text(struct application *application)
{
	const struct output *output = application->output;
	const char *next =
		application->applied ? _("In force.") : _("Nothing was changed (--dry-run).");

	losses_report_print(&application->report, output);
	media_changes_print(&application->devices, output);
	edition_print_diags(&application->edition, output, next);
	if (application->applied)
		output_wrap(output, STYLE_PLAIN, 0,
			    _("Generation %llu, policy %.12s. Next: sereno status."),
			    (unsigned long long)application->generation.number, application->hash);
}

static void print_json(struct application *application)
{
	struct json json = { .stream = application->output->stream };

	json_begin(&json, NULL, JSON_OBJECT);
	json_string(&json, "file", application->edition.path);
	json_bool(&json, "applied", application->applied);
	json_bool(&json, "dry_run", application->options->given & OPTION_DRY_RUN);
	json_number(&json, "generation", application->generation.number);
	json_string(&json, "policy", application->hash[0] ? application->hash : NULL);
	edition_write_diags(&application->edition, &json);
	losses_report_write(&application->report, &json);
	media_changes_write(&application->devices, &json);
	json_end(&json, JSON_OBJECT);
}

enum exit_status apply_run(const struct options *options, const struct output *output)
{
	scoped(application_clear) struct application application = {
		.options = options,
		.output = output,
		.now = time(NULL),
		.generation = { .lock = -1 },
		.report = { .max = options->given & (OPTION_ALL | OPTION_JSON) ? LOSSES_MOST
									       : LOSSES_SHOWN },
	};
	enum exit_status status;

	progress_begin(&application.progress);
	status = put_in_force(&application);
	progress_end(&application.progress);
	if (status == EXIT_SYSTEM)
		return status;
	if (status == EXIT_NO && !(options->given & OPTION_DRY_RUN))
		send_event(&application, EVENT_POLICY_REFUSED, application.edition.path);
	if (options->given & OPTION_JSON)
		print_json(&application);
	else
		print_text(&application);
	return status;
}
