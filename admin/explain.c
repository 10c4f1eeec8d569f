/* SPDX-License-Identifier: MIT */
/* explain.c - sereno explain: the verdict, and what stands in the way of each rule. */
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"
#include "explanation.h"
#include "instant.h"

static void explanation_clear(struct explanation *explanation)
{
	free(explanation->roles);
	subject_clear(&explanation->subject);
	edition_clear(&explanation->in_force);
	people_free(explanation->people);
	policy_close(explanation->policy);
}

/* Without a policy that can be used the fallback decides, as it does in the modules. */
static void use_fallback(struct explanation *explanation, int error)
{
	subject_clear(&explanation->subject);
	policy_close(explanation->policy);
	explanation->policy = NULL;
	edition_clear(&explanation->in_force);
	explanation->policy_error = error;
	explanation->fallback_error =
		fallback_read(explanation->options->root, &explanation->fallback);
}

static enum exit_status open_policy(struct explanation *explanation)
{
	const struct options *options = explanation->options;
	const int64_t now = explanation->question.at;
	int r = policy_open(options->root, &explanation->policy);

	/* A damaged zone only stops who needs it. */
	if (r < 0 || policy_zone(explanation->policy, &explanation->zone) < 0)
		explanation->zone = (struct zone){ TIME_NO_END, 1, { { TIME_NO_START, 0 } } };
	if (r < 0)
		use_fallback(explanation, r);
	else
		(void)edition_in_force(options->root, now,
				       &explanation->in_force); /* no model says it */
	r = people_read(options->root, &explanation->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), options->root);
	return options->at
		       ? instant_read(options->at, &explanation->zone, &explanation->question.at)
		       : EXIT_YES;
}

static enum exit_status read_words(struct explanation *explanation)
{
	const struct options *options = explanation->options;
	struct question *question = &explanation->question;
	char buffer[ESCAPE_MAX];

	if (!options->service || !options->from)
		return complain(EXIT_USAGE,
				_("--service and --from are wanted: sereno explain %s "
				  "--service sshd --from 10.0.0.1"),
				escape(buffer, options->operand));
	if (origin_parse(options->from, &explanation->origin) < 0)
		return complain(EXIT_USAGE,
				_("--from %s is no address, nor seat, serial, jobs or unknown; "
				  "names are never looked up"),
				escape(buffer, options->from));
	if (options->met && strcmp(options->met, "second-factor") != 0)
		return complain(EXIT_USAGE, _("--met knows second-factor only"));
	question->met = options->met ? DEMAND_SECOND_FACTOR : 0;
	question->service = options->service;
	question->origin = &explanation->origin;
	return EXIT_YES;
}

static int judge_by_policy(struct explanation *explanation)
{
	const struct options *options = explanation->options;
	struct question *question = &explanation->question;
	int r = subject_find(options->root, explanation->people, explanation->policy,
			     options->operand, &explanation->subject);

	if (r == 0)
		r = subject_judge(&explanation->subject, explanation->policy, options->service,
				  &explanation->origin, question->at, question->met,
				  &explanation->verdict);
	if (r < 0)
		return r;
	question->model = explanation->in_force.model;
	question->zone = &explanation->zone;
	question->people = explanation->people;
	question->subject = &explanation->subject;
	question->grants = policy_grants(explanation->policy);
	question->root = options->root;
	question->host = policy_facts(explanation->policy)->host;
	return question->model ? trace_roles(question, &explanation->roles) : 0;
}

static int judge_by_fallback(struct explanation *explanation)
{
	struct subject *subject = &explanation->subject;
	struct access_request request = {
		.service = explanation->options->service,
		.origins = &explanation->origin,
		.n_origins = 1,
	};
	int r = subject_find(explanation->options->root, explanation->people, NULL,
			     explanation->options->operand, subject);

	if (r < 0)
		return r;
	request.uid = subject->exists ? subject->uid : explanation->fallback.min_uid;
	request.subject = subject->own;
	fallback_judge(&explanation->fallback, &request, &explanation->verdict);
	return 0;
}

static enum exit_status judge(struct explanation *explanation)
{
	int r = explanation->policy ? judge_by_policy(explanation) : 0;

	if (r == -ENOMEM)
		return complain_error(r, _("cannot explain"));
	if (r < 0)
		use_fallback(explanation, r);
	if (!explanation->policy)
		r = judge_by_fallback(explanation);
	return r < 0 ? complain_error(r, _("cannot explain")) : EXIT_YES;
}

enum exit_status explain_run(const struct options *options, const struct output *output)
{
	scoped(explanation_clear) struct explanation explanation = {
		.options = options,
		.output = output,
		.question = { .at = time(NULL) },
	};
	enum exit_status status = read_words(&explanation);

	if (status == EXIT_YES)
		status = open_policy(&explanation);
	if (status == EXIT_YES)
		status = judge(&explanation);
	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_JSON)
		explanation_write_json(&explanation);
	else
		explanation_print(&explanation);
	return explanation.verdict.outcome == ACCESS_DENY ? EXIT_NO : EXIT_YES;
}
