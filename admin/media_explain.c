/* SPDX-License-Identifier: MIT */
/* media_explain.c - sereno media explain: what somebody may do with a device, and why. */
#include <errno.h>
#include <string.h>

#include <sereno/refused.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "instant.h"
#include "media.h"
#include "media_look.h"

#define COLUMNS 5

struct media_explanation {
	struct media_look look;
	struct device_facts facts;
	struct channel_device row;
	struct media_case *media;
	struct media_verdict verdict;
	struct table table;
	const struct output *output; /* NULL: rows are measured */
	struct json json;
	size_t n; /* rules */
};

static void explanation_clear(struct media_explanation *explanation)
{
	media_free(explanation->media);
	media_look_clear(&explanation->look);
}

/* The device as it is plugged in. */
static int read_present(struct media_explanation *explanation, const char *path)
{
	scoped(device_close) struct device device = DEVICE_CLOSED;
	int r = device_open(explanation->look.root, path, &device);

	if (r < 0)
		return r;
	explanation->facts = device.facts;
	explanation->facts.in_use = device.authorized;
	explanation->facts.twin = device_has_twin(explanation->look.root, &device) != 0;
	media_look_row(&device.facts, &device.texts, &explanation->row);
	return 0;
}

/* As it was when it was refused: it may be gone by now. */
static void read_gone(struct media_explanation *explanation, const struct refused *refused)
{
	struct device_facts *facts = &explanation->facts;

	*facts = (struct device_facts){
		.bus = refused->bus,
		.malformed = refused->reason == MEDIA_IS_MALFORMED,
		.kinds = refused->kinds,
		.suspicious = device_is_suspicious(refused->kinds),
		.has_ids = refused->vendor || refused->product,
		.vendor = refused->vendor,
		.product = refused->product,
	};
	memcpy(facts->identity, refused->identity, sizeof(facts->identity));
	if (!device_serial_is_weak(refused->texts.serial, refused->texts.product))
		memcpy(facts->serial, refused->texts.serial, sizeof(facts->serial));
	media_look_row(facts, &refused->texts, &explanation->row);
}

static int read_refused(struct media_explanation *explanation, const char *id)
{
	scoped_free struct refused *refused = calloc(1, sizeof(*refused));
	int r;

	if (!refused)
		return -ENOMEM;
	r = refused_read(explanation->look.root, id, refused);
	if (r < 0)
		return r;
	if (refused->bus == BUS_USB && read_present(explanation, refused->path) == 0 &&
	    memcmp(explanation->facts.identity, refused->identity, DEVICE_IDENTITY_SIZE) == 0)
		return 0;
	read_gone(explanation, refused);
	return 0;
}

/* What is called "1-4.2" is plugged in; sixteen digits are on the list of the refused. */
static enum exit_status find_device(struct media_explanation *explanation, const char *word)
{
	char path[64] = "", buffer[ESCAPE_MAX];
	int n = 0, r;

	if (strspn(word, "0123456789-.") == strlen(word) && strchr(word, '-'))
		n = snprintf(path, sizeof(path), "/bus/usb/devices/%s", word);
	if (n < 0 || (size_t)n >= sizeof(path))
		return complain(EXIT_NO, _("there is no device %s"), escape(buffer, word));
	r = n > 0 ? read_present(explanation, path) : read_refused(explanation, word);
	if (r == -ENOENT || r == -ENODEV || r == -EINVAL)
		return complain(EXIT_NO,
				_("there is no device %s: sereno media list and sereno media "
				  "pending show them"),
				escape(buffer, word));
	return r < 0 ? complain_error(r, _("the device cannot be read")) : EXIT_YES;
}

static const char *closeness_word(enum media_closeness closeness)
{
	switch (closeness) {
	case CLOSE_KIND:
		return "kind";
	case CLOSE_VENDOR:
		return "vendor";
	case CLOSE_PRODUCT:
		return "product";
	case CLOSE_SERIAL:
		break;
	}
	return "serial";
}

static int show_rule(void *context, const struct media_rule_trace *trace)
{
	struct media_explanation *explanation = context;
	char name[ESCAPE_MAX], line[16];
	const char *const cells[COLUMNS] = {
		escape(name, trace->name),
		line,
		closeness_word(trace->closeness),
		trace->access ? media_access_words(trace->access) : _("deny"),
		_(media_rule_standing_text(trace->standing)),
	};

	(void)snprintf(line, sizeof(line), "%u", trace->line); /* fits */
	explanation->n++;
	if (explanation->output)
		table_print(&explanation->table, explanation->output,
			    trace->standing == MEDIA_RULE_DECIDES ? STYLE_STRONG : STYLE_PLAIN,
			    cells);
	else
		table_measure(&explanation->table, cells);
	return 0;
}

static int write_rule(void *context, const struct media_rule_trace *trace)
{
	struct json *json = &((struct media_explanation *)context)->json;

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "rule", trace->name);
	json_number(json, "line", trace->line);
	json_string(json, "names", closeness_word(trace->closeness));
	json_string(json, "access", media_access_name(trace->access));
	json_bool(json, "decides", trace->standing == MEDIA_RULE_DECIDES);
	json_string(json, "standing", media_rule_standing_text(trace->standing));
	json_end(json, JSON_OBJECT);
	return 0;
}

static struct media_question question_of(const struct media_explanation *explanation)
{
	return (struct media_question){ &explanation->facts, &explanation->look.subject,
					explanation->look.now, &explanation->verdict };
}

static void print_roles(const struct media_explanation *explanation, const struct output *output)
{
	const struct media_subject *subject = &explanation->look.subject;
	char user[ESCAPE_MAX], role[ESCAPE_MAX], at[INSTANT_TEXT_MAX];

	output_print(output, STYLE_PLAIN, _("For %s, on %s, who holds"),
		     escape(user, subject->user),
		     instant_local(explanation->look.now, &explanation->look.zone, at));
	for (size_t i = 0; i < subject->n_roles; i++)
		output_print(output, STYLE_PLAIN, "%s %s", i ? "," : "",
			     escape(role, subject->roles[i]));
	output_print(output, STYLE_PLAIN, "%s\n", subject->n_roles ? ":" : _(" no role:"));
}

static void print_rules(struct media_explanation *explanation, const struct output *output)
{
	const struct media_question question = question_of(explanation);
	const char *const head[COLUMNS] = { _("RULE"), _("LINE"), _("NAMES"), _("GIVES"),
					    _("STANDING") };

	explanation->table.columns = COLUMNS;
	table_measure(&explanation->table, head);
	(void)media_trace(explanation->media, &question, show_rule, explanation);
	if (explanation->n == 0) {
		output_print(output, STYLE_PLAIN, "%s\n", _("No rule is about this device."));
		return;
	}
	explanation->output = output;
	table_print(&explanation->table, output, STYLE_STRONG, head);
	(void)media_trace(explanation->media, &question, show_rule, explanation);
}

static void print(struct media_explanation *explanation, const struct output *output)
{
	const struct media_verdict *verdict = &explanation->verdict;
	char numbers[MEDIA_DEVICE_TEXT], name[MEDIA_DEVICE_TEXT], why[MEDIA_WHY];
	char at[INSTANT_TEXT_MAX];

	output_wrap(output, STYLE_STRONG, 2, "%s %s %s", explanation->row.device,
		    media_numbers(&explanation->row, numbers), media_name(&explanation->row, name));
	print_roles(explanation, output);
	output_wrap(output, verdict->access == MEDIA_DENY ? STYLE_BAD : STYLE_GOOD, 2, "%s",
		    media_why(verdict, why));
	if (verdict->on_trial)
		output_wrap(output, STYLE_WARNING, 2,
			    _("The block is on trial (observe): it would be %s."),
			    media_access_name(verdict->enforced));
	if (verdict->until != TIME_NO_END)
		output_wrap(output, STYLE_PLAIN, 2, _("It may be another one from %s on."),
			    instant_local(verdict->until, &explanation->look.zone, at));
	if (explanation->media)
		print_rules(explanation, output);
}

static void write_json(struct media_explanation *explanation, const struct output *output)
{
	const struct media_subject *subject = &explanation->look.subject;
	const struct media_question question = question_of(explanation);
	struct json *json = &explanation->json;

	*json = (struct json){ .stream = output->stream };
	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "device", explanation->row.device);
	json_string(json, "name", explanation->row.name);
	json_string(json, "serial", explanation->row.serial);
	json_string(json, "user", subject->user);
	json_begin(json, "roles", JSON_ARRAY);
	for (size_t i = 0; i < subject->n_roles; i++)
		json_string(json, NULL, subject->roles[i]);
	json_end(json, JSON_ARRAY);
	json_time(json, "at", explanation->look.now);
	media_write_verdict(json, &explanation->verdict);
	json_begin(json, "rules", JSON_ARRAY);
	if (explanation->media)
		(void)media_trace(explanation->media, &question, write_rule, explanation);
	json_end(json, JSON_ARRAY);
	json_end(json, JSON_OBJECT);
}

static enum exit_status explain(const struct options *options, const struct output *output,
				struct media_explanation *explanation)
{
	struct media_look *look = &explanation->look;
	enum exit_status status = media_look_open(options, look);

	if (status == EXIT_YES && options->at)
		status = instant_read(options->at, &look->zone, &look->now);
	if (status == EXIT_YES)
		status = media_look_at_user(look, options->user);
	if (status == EXIT_YES)
		status = find_device(explanation, options->second);
	if (status != EXIT_YES)
		return status;
	media_look_judge(look, &explanation->facts, &explanation->media, &explanation->verdict);
	if (options->given & OPTION_JSON)
		write_json(explanation, output);
	else
		print(explanation, output);
	return explanation->verdict.access == MEDIA_DENY ? EXIT_NO : EXIT_YES;
}

enum exit_status media_explain(const struct options *options, const struct output *output)
{
	scoped_free struct media_explanation *explanation = calloc(1, sizeof(*explanation));
	enum exit_status status;

	if (!options->second || !options->user)
		return complain(EXIT_USAGE, "%s",
				_("a DEVICE and --user are wanted: sereno media explain 1-2 --user "
				  "ana"));
	if (!explanation)
		return complain_error(-ENOMEM, _("cannot explain"));
	status = explain(options, output, explanation);
	explanation_clear(explanation);
	return status;
}
