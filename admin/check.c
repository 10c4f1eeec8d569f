/* SPDX-License-Identifier: MIT */
/* check.c - sereno check: every fault of a policy file, and what it leaves to others. */
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "inventory.h"
#include "media_safety.h"
#include "media_ways.h"
#include "safety.h"

/* --present: by the devices that are plugged in here, as apply would; so faults are faults. */
static int look_at_devices(void *context, struct policy *policy)
{
	struct situation here = *(const struct situation *)context;
	struct caller caller;

	here.severity = DIAG_FAULT;
	caller_find(here.root, here.people, &caller);
	return check_media(&here, policy, &caller);
}

/* What only shows on a host: groups, accounts, administrators. */
static int check_on_host(const struct options *options, struct edition *edition,
			 const struct people *people, int64_t now)
{
	struct utsname host;
	struct holders holders;
	const struct situation situation = {
		.root = options->root,
		.host = host.nodename,
		.now = now,
		.severity = DIAG_WARNING,
		.edition = edition,
		.people = people,
		.holders = &holders,
	};
	struct edition_trial trial = {
		.root = options->root,
		.people = people,
		.now = now,
		.scope = options->given & OPTION_ACCOUNTS ? ACCOUNTS_OF_NAME_SERVICE
							  : ACCOUNTS_OF_FILES,
		.look = options->given & OPTION_PRESENT ? look_at_devices : NULL,
		.context = (void *)(uintptr_t)&situation,
	};
	int r;

	if (uname(&host) < 0)
		return neg_errno();
	r = edition_try_compile(edition, &trial);
	if (r < 0 && r != -EINVAL)
		return r;
	r = holders_gather(edition->model, people, options->root, &holders);
	if (r < 0)
		return r;
	r = check_exclusions(&situation);
	if (r == 0)
		r = check_administrators(&situation);
	if (r == 0)
		r = check_blocklist(&situation);
	if (r == 0)
		r = check_media_ways(&situation);
	check_break_glass(&situation);
	check_name_service(&situation);
	holders_clear(&holders);
	return r;
}

static void print_result(const struct options *options, const struct output *output,
			 struct edition *edition, const struct people *people)
{
	const char *next = _("Next: sereno diff, then sereno apply.");
	struct json json = { .stream = output->stream };

	if (!(options->given & OPTION_JSON)) {
		edition_print_diags(edition, output, next);
		if (people && edition->model)
			inventory_print_ungoverned(options->root, edition->model, people, output);
		if (options->given & OPTION_SERVICES)
			inventory_print_services(options->root, output);
		return;
	}
	json_begin(&json, NULL, JSON_OBJECT);
	json_string(&json, "file", edition->path);
	edition_write_diags(edition, &json);
	if (people && edition->model)
		inventory_write_ungoverned(options->root, edition->model, people, &json);
	if (options->given & OPTION_SERVICES)
		inventory_write_services(options->root, &json);
	json_end(&json, JSON_OBJECT);
}

enum exit_status check_run(const struct options *options, const struct output *output)
{
	scoped(people_free_p) struct people *people = NULL;
	scoped(edition_clear) struct edition edition = { 0 };
	const int64_t now = time(NULL);
	int r = edition_read(options, now, &edition);

	if (r < 0 && r != -EINVAL)
		return complain_error(r, _("cannot read %s"), edition.path);
	if (r == 0) {
		r = people_read(options->root, &people);
		if (r < 0)
			return complain_error(r, _("cannot read the users of %s/etc"),
					      options->root);
		r = check_on_host(options, &edition, people, now);
		if (r < 0 && r != -EINVAL)
			return complain_error(r, _("cannot check %s on this host"), edition.path);
	}
	print_result(options, output, &edition, people);
	return edition.diags.faults > 0 ? EXIT_NO : EXIT_YES;
}
