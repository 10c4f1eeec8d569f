/* SPDX-License-Identifier: MIT */
/* password_check.c - sereno password check: what the policy in force has against a password. */
#include "password.h"

#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <sereno/policy.h>
#include <sereno/scoped.h>
#include <sereno/strength.h>

#include "attempts.h"
#include "candidates.h"
#include "escape.h"
#include "json.h"
#include "subject.h"

struct checking {
	const struct options *options;
	const struct output *output;
	struct json json;
	struct people *people;
	struct password_rules policy_rules;
	struct strength_rules rules;
	const char *listed[PASSWORD_WORDS_MAX];
	char blocklist[PATH_MAX + 256]; /* below the root */
	struct strength_person person;
	unsigned long line;
	bool refused;
};

/* Ask for the rules of --user, or those of everybody. */
static int find_rules(struct checking *checking, struct policy *policy)
{
	const struct options *options = checking->options;
	const struct account *account;
	struct access_request request;
	struct subject subject = { 0 };
	const int64_t now = time(NULL);
	int r;

	if (!options->user)
		return policy_password(policy, NULL, now, &checking->policy_rules);
	r = subject_find(options->root, checking->people, policy, options->user, &subject);
	if (r < 0)
		return r;
	account = people_account(checking->people, options->user);
	checking->person.user = options->user;
	checking->person.full_name = account ? account->full_name : NULL;
	request = (struct access_request){
		.service = "passwd",
		.uid = subject.uid,
		.subject = subject.own,
		.others = subject.others,
		.n_others = subject.n_others,
	};
	r = policy_password(policy, &request, now, &checking->policy_rules);
	subject_clear(&subject);
	return r;
}

static bool knows_user(const struct checking *checking)
{
	const struct options *options = checking->options;
	uid_t uid;

	return !options->user ||
	       attempts_find_uid(options->root, checking->people, options->user, &uid) == 0;
}

static enum exit_status prepare(struct checking *checking)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	const char *root = checking->options->root;
	char buffer[ESCAPE_MAX];
	int r = policy_open(root, &policy);

	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	r = people_read(root, &checking->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), root);
	if (!knows_user(checking))
		return complain(EXIT_USAGE, _("no such account: %s"),
				escape(buffer, checking->options->user));
	r = find_rules(checking, policy);
	if (r == -ENOENT)
		return complain(EXIT_SYSTEM,
				_("the policy in force has no rules for this password"));
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	checking->rules = strength_rules_of(&checking->policy_rules, checking->listed);
	if (checking->rules.blocklist) {
		(void)snprintf(checking->blocklist, sizeof(checking->blocklist), "%s%s", root,
			       checking->policy_rules.blocklist); /* fits */
		checking->rules.blocklist = checking->blocklist;
	}
	return EXIT_YES;
}

static void print_text(const struct checking *checking, const struct strength_verdict *verdict)
{
	const struct output *output = checking->output;
	char text[STRENGTH_SENTENCE_MAX];

	if (verdict->faults == 0) {
		output_print(output, STYLE_GOOD, _("%lu: may be used\n"), checking->line);
		return;
	}
	output_print(output, STYLE_BAD, _("%lu: may not be used\n"), checking->line);
	for (enum strength_fault fault = 0; fault < STRENGTH_FAULTS; fault++) {
		if (!(verdict->faults & 1u << fault))
			continue;
		strength_sentence(fault, _(strength_text(fault)), &checking->rules, verdict, text);
		output_wrap(output, STYLE_PLAIN, 2, "  %s", text);
	}
}

static void print_json(struct checking *checking, const struct strength_verdict *verdict)
{
	struct json *json = &checking->json;
	char text[STRENGTH_SENTENCE_MAX];

	json_begin(json, NULL, JSON_OBJECT);
	json_number(json, "line", checking->line);
	json_bool(json, "accepted", verdict->faults == 0);
	json_number(json, "length", verdict->length);
	json_begin(json, "reasons", JSON_ARRAY);
	for (enum strength_fault fault = 0; fault < STRENGTH_FAULTS; fault++) {
		if (!(verdict->faults & 1u << fault))
			continue;
		strength_sentence(fault, strength_text(fault), &checking->rules, verdict, text);
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "reason", strength_word(fault));
		json_string(json, "text", text);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}

static enum exit_status judge(struct checking *checking, const char *candidate)
{
	struct strength_verdict verdict;
	const int r =
		strength_judge(&checking->rules, &checking->person, candidate, NULL, &verdict);

	if (r < 0)
		return complain_error(r, _("the dictionary or the list of leaked passwords cannot "
					   "be read"));
	checking->line++;
	checking->refused |= verdict.faults != 0;
	if (checking->options->given & OPTION_JSON)
		print_json(checking, &verdict);
	else
		print_text(checking, &verdict);
	return EXIT_YES;
}

static enum exit_status judge_all(struct checking *checking)
{
	char candidate[CANDIDATE_SIZE];
	enum exit_status status = EXIT_YES;
	int r = 1;

	while (r > 0 && status == EXIT_YES) {
		r = candidate_read(STDIN_FILENO, candidate);
		if (r > 0)
			status = judge(checking, candidate);
	}
	explicit_bzero(candidate, sizeof(candidate));
	return r < 0 ? complain_error(r, _("cannot read standard input")) : status;
}

static enum exit_status judge_typed(struct checking *checking)
{
	char candidate[CANDIDATE_SIZE];
	enum exit_status status = EXIT_YES;
	const int r = candidate_ask(STDIN_FILENO, _("Password to be judged: "), candidate);

	if (r > 0)
		status = judge(checking, candidate);
	explicit_bzero(candidate, sizeof(candidate));
	return r < 0 ? complain_error(r, _("cannot read from the terminal")) : status;
}

static void checking_clear(struct checking *checking)
{
	people_free(checking->people);
}

enum exit_status password_check_run(const struct options *options, const struct output *output)
{
	scoped(checking_clear) struct checking checking = {
		.options = options,
		.output = output,
		.json = { .stream = output->stream },
	};
	enum exit_status status;

	/* A core file would hold the candidates; this cannot fail. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	status = prepare(&checking);
	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_JSON)
		json_begin(&checking.json, NULL, JSON_ARRAY);
	status = isatty(STDIN_FILENO) ? judge_typed(&checking) : judge_all(&checking);
	if (options->given & OPTION_JSON)
		json_end(&checking.json, JSON_ARRAY);
	if (status != EXIT_YES)
		return status;
	return checking.refused ? EXIT_NO : EXIT_YES;
}
