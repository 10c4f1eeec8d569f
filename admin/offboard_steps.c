/* SPDX-License-Identifier: MIT */
/* offboard_steps.c - the steps of a departure, taken one after the other, each recorded. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "offboard.h"
#include "progress.h"

#define REPORTS_MAX 1000

/* One line of a step's findings: how many of each kind, and the first that matters. */
static void summarize(const struct findings *findings, char text[static REGISTER_REASON_MAX + 1])
{
	char first[ESCAPE_MAX] = "";

	for (size_t i = 0; i < findings->n && !first[0]; i++)
		if (findings->item[i].kind != FOUND_NOTE)
			(void)escape(first, findings->item[i].text);
	(void)snprintf(text, REGISTER_REASON_MAX + 1, "%zu done, %zu to do, %zu failed%s%.900s",
		       findings->count[FOUND_DONE], findings->count[FOUND_TO_DO],
		       findings->count[FOUND_FAILED], *first ? ": " : "", first); /* fits */
}

static int record(const struct offboarding *offboarding, const struct departure_step *step,
		  const struct findings *findings)
{
	struct registrar *registrar = offboarding->registrar;
	char reason[REGISTER_REASON_MAX + 1];
	struct act act = registrar->act;

	summarize(findings, reason);
	act.reason = reason;
	return register_departure_step(registrar->db, &act, offboarding->leaver.departure,
				       step->name, findings_result(findings));
}

static int write_file(const struct offboarding *offboarding, const char *ending, const char *text,
		      size_t length)
{
	char name[sizeof(offboarding->report) + 8];

	(void)snprintf(name, sizeof(name), "%s.%s", offboarding->report, ending); /* ours: fits */
	return departure_report(offboarding->leaver.evidence, name, text, length);
}

/* Anew after each step: who is interrupted finds what was done. */
static int write_reports(const struct offboarding *offboarding)
{
	scoped_free char *text = NULL;
	scoped_free char *json = NULL;
	struct output output = { 0 };
	size_t length = 0, json_length = 0;
	FILE *stream;
	int r;

	output.stream = open_memstream(&text, &length);
	if (!output.stream)
		return -ENOMEM;
	offboard_print(offboarding, &output);
	if (fclose(output.stream) != 0)
		return -ENOMEM;
	stream = open_memstream(&json, &json_length);
	if (!stream)
		return -ENOMEM;
	offboard_write(offboarding, stream);
	if (fclose(stream) != 0)
		return -ENOMEM;
	r = write_file(offboarding, "txt", text, length);
	return r < 0 ? r : write_file(offboarding, "json", json, json_length);
}

/* The report of an earlier run stays. */
static void name_report(struct offboarding *offboarding)
{
	char name[sizeof(offboarding->report) + 8];

	for (int i = 1; i < REPORTS_MAX; i++) {
		(void)snprintf(offboarding->report, sizeof(offboarding->report),
			       i == 1 ? "report" : "report-%d", i); /* fits */
		(void)snprintf(name, sizeof(name), "%s.txt", offboarding->report);
		if (faccessat(offboarding->leaver.evidence, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			return;
	}
}

static enum exit_status take_step(struct offboarding *offboarding,
				  const struct departure_step *step, size_t number)
{
	const bool look = offboarding->leaver.evidence < 0;
	struct findings *findings = &offboarding->findings[number];
	int r;

	step->run(&offboarding->leaver, look ? DEPARTURE_LOOK : DEPARTURE_DO, findings);
	offboarding->taken[number] = true;
	if (look)
		return EXIT_YES;
	r = record(offboarding, step, findings);
	if (r != 0)
		return registrar_complain(offboarding->registrar, r);
	r = write_reports(offboarding);
	if (r < 0)
		return complain_error(r, _("cannot write the report in %s%s"),
				      offboarding->leaver.root, offboarding->evidence);
	return findings_result(findings) == STEP_FAILED ? EXIT_NO : EXIT_YES;
}

enum exit_status offboard_take_steps(struct offboarding *offboarding)
{
	enum exit_status status = EXIT_YES, one;
	struct progress progress;
	size_t n;
	const struct departure_step *steps = departure_steps(&n);

	offboarding->findings = calloc(n, sizeof(*offboarding->findings));
	offboarding->taken = calloc(n, sizeof(*offboarding->taken));
	if (!offboarding->findings || !offboarding->taken)
		return complain_error(-ENOMEM, _("memory is short"));
	if (offboarding->leaver.evidence >= 0)
		name_report(offboarding);
	progress_begin(&progress);
	/* One that fails, or cannot be written down, is no reason to leave the next one out. */
	for (size_t i = 0; i < n; i++) {
		progress_bar(&progress, steps[i].name, i + 1, n);
		one = take_step(offboarding, &steps[i], i);
		status = one > status ? one : status;
	}
	progress_end(&progress);
	return status;
}

enum exit_status offboard_give_back(struct offboarding *offboarding)
{
	enum exit_status status = EXIT_YES;
	size_t n;
	const struct departure_step *steps = departure_steps(&n);

	offboarding->findings = calloc(n, sizeof(*offboarding->findings));
	offboarding->taken = calloc(n, sizeof(*offboarding->taken));
	if (!offboarding->findings || !offboarding->taken)
		return complain_error(-ENOMEM, _("memory is short"));
	for (size_t i = n; i-- > 0;) {
		if (!steps[i].undo)
			continue;
		steps[i].undo(&offboarding->leaver, &offboarding->findings[i]);
		offboarding->taken[i] = true;
		if (findings_result(&offboarding->findings[i]) == STEP_FAILED)
			status = EXIT_NO;
	}
	return status;
}

enum exit_status offboard_carry_out(struct offboarding *offboarding, uint32_t id)
{
	struct leaver *leaver = &offboarding->leaver;
	enum exit_status status;
	int r;

	if (id) {
		r = departure_evidence(leaver->root, leaver->user, id, &offboarding->evidence);
		if (r < 0)
			return complain_error(r, _("cannot use %s/var/lib/sereno/departures"),
					      leaver->root);
		leaver->evidence = r;
		leaver->departure = id;
	}
	status = offboard_take_steps(offboarding);
	if (id && status != EXIT_YES)
		offboard_tell(offboarding->registrar, EVENT_DEPARTURE_FAILED, offboarding->user);
	if (!offboarding->findings)
		return status;
	if (offboarding->options->given & OPTION_JSON)
		offboard_write(offboarding, offboarding->output->stream);
	else
		offboard_print(offboarding, offboarding->output);
	return status;
}
