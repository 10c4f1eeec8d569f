/* SPDX-License-Identifier: MIT */
/* media_import.c - sereno media import: rules of USBGuard in our words, and what they meant. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "media.h"
#include "usbguard.h"

#define TEXT_MAX (4u << 20)

struct import {
	const struct output *output; /* NULL: only what is wrong is told */
	const char *file;	     /* escaped */
	size_t line, imported, refused;
	size_t last; /* the line that is for every device; 0: none yet */
	bool last_denies, begun, begun_rules;
	size_t n, room;
	struct usbguard_scope *allowed; /* by the lines so far */
	struct usbguard_classes classes;
};

static void import_clear(struct import *import)
{
	free(import->allowed);
}

static void tell(const struct import *import, const char *reason)
{
	(void)complain(EXIT_NO, "%s:%zu: %s", import->file, import->line, reason);
}

/* In single quotes nothing of YAML's has a meaning but a quote; a serial that is not weak is
 * printable ASCII. */
static void print_quoted(FILE *stream, const char *text)
{
	fputc('\'', stream);
	for (; *text; text++)
		fputs((const char[]){ *text, *text == '\'' ? '\'' : '\0', '\0' }, stream);
	fputc('\'', stream);
}

static void print_device(FILE *stream, const struct usbguard_meaning *meaning, size_t id,
			 const char *kind)
{
	const char *comma = "";

	fputs("device: {", stream);
	if (meaning->n_ids > 0) {
		fprintf(stream, "vendor: '%04x'", meaning->id[id].vendor);
		if (meaning->id[id].product != USBGUARD_ANY)
			fprintf(stream, ", product: '%04x'", meaning->id[id].product);
		comma = ", ";
	}
	for (size_t i = 0; i < meaning->serials->n; i++) {
		fputs(i == 0 ? ", serial: [" : ", ", stream);
		print_quoted(stream, meaning->serials->value[i]);
	}
	if (meaning->serials->n > 0)
		fputc(']', stream);
	if (kind)
		fprintf(stream, "%skind: %s", comma, kind);
	fputc('}', stream);
}

/* Each word of the policy that stands for several kinds, then the kinds themselves. */
static const char *take_kind(unsigned *kinds)
{
	static const enum media_word words[] = { MEDIA_WORD_PHONE, MEDIA_WORD_INPUT,
						 MEDIA_WORD_UNKNOWN, MEDIA_WORD_OTHER };
	unsigned kind = 0;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const unsigned named = device_kinds_named(media_word_name(words[i]));

		if (!(named & ~*kinds)) {
			*kinds &= ~named;
			return media_word_name(words[i]);
		}
	}
	while (!(*kinds & 1u << kind))
		kind++;
	*kinds &= ~(1u << kind);
	return device_kind_name((enum device_kind)kind);
}

static const char *access_word(const struct usbguard_meaning *meaning, const char *kind)
{
	const unsigned stores = 1u << KIND_STORAGE | 1u << KIND_OPTICAL;

	if (meaning->deny)
		return "deny";
	return kind && (device_kinds_named(kind) & stores) ? "read-write" : "allow";
}

static void print_label(FILE *stream, const struct usbguard_values *label)
{
	char buffer[ESCAPE_MAX];

	fputs(" # ", stream);
	for (size_t i = 0; i < label->n; i++)
		fprintf(stream, "%s%s", i > 0 ? ", " : "", escape(buffer, label->value[i]));
}

/* A key without a value would be a fault: nothing is begun for comments alone. */
static void begin(struct import *import)
{
	if (!import->begun)
		fputs("media:\n", import->output->stream);
	import->begun = true;
}

static void begin_rules(struct import *import)
{
	begin(import);
	if (!import->begun_rules)
		fputs("  rules:\n", import->output->stream);
	import->begun_rules = true;
}

/* What is not the same is a comment: whoever takes the mark away has read why. */
static void print_rules(struct import *import, const struct usbguard_rule *rule,
			const struct usbguard_meaning *meaning)
{
	FILE *stream = import->output->stream;
	unsigned kinds = meaning->kinds;
	unsigned part = 0;

	if (meaning->exact)
		begin_rules(import);
	do {
		const char *kind = kinds ? take_kind(&kinds) : NULL;

		for (size_t i = 0; i < (meaning->n_ids ? meaning->n_ids : 1); i++) {
			fprintf(stream, "    %s- {name: usbguard-%zu", meaning->exact ? "" : "# ",
				import->line);
			if (meaning->n_ids > 1 || kinds || part > 0)
				fprintf(stream, "-%u", ++part);
			fputs(", ", stream);
			print_device(stream, meaning, i, kind);
			fprintf(stream, ", access: %s}", access_word(meaning, kind));
			if (rule->attribute[USBGUARD_LABEL].n > 0)
				print_label(stream, &rule->attribute[USBGUARD_LABEL]);
			fputc('\n', stream);
		}
	} while (kinds);
}

static int remember(struct import *import, const struct usbguard_scope *scope)
{
	struct usbguard_scope *grown;

	if (import->n == import->room) {
		import->room = import->room ? 2 * import->room : 64;
		grown = reallocarray(import->allowed, import->room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		import->allowed = grown;
	}
	import->allowed[import->n++] = *scope;
	return 0;
}

static int remember_allowed(struct import *import, const struct usbguard_meaning *meaning)
{
	struct usbguard_scope scope = { .line = import->line, .kinds = meaning->kinds };
	int r = 0;

	for (size_t i = 0; r == 0 && i < (meaning->n_ids ? meaning->n_ids : 1); i++) {
		scope.id = (struct usbguard_id){ USBGUARD_ANY, USBGUARD_ANY };
		if (meaning->n_ids > 0)
			scope.id = meaning->id[i];
		if (meaning->serials->n == 0)
			r = remember(import, &scope);
		for (size_t j = 0; r == 0 && j < meaning->serials->n; j++) {
			scope.serial = meaning->serials->value[j];
			r = remember(import, &scope);
		}
	}
	return r;
}

/* The first line that fits counts there, and a denial here. */
static void check_order(struct import *import, struct usbguard_meaning *meaning)
{
	for (size_t i = 0; i < import->n; i++)
		if (usbguard_overlap(&import->allowed[i], meaning)) {
			(void)complain(EXIT_NO,
				       _("%s:%zu: line %zu lets some of these in before; here a "
					 "denial wins, whatever the order"),
				       import->file, import->line, import->allowed[i].line);
			meaning->exact = false;
			return;
		}
}

static int import_meaning(struct import *import, const struct usbguard_rule *rule,
			  struct usbguard_meaning *meaning)
{
	for (size_t i = 0; i < meaning->n_reasons; i++)
		tell(import, meaning->reason[i]);
	if (meaning->deny && meaning->exact)
		check_order(import, meaning);
	if (meaning->exact) {
		import->imported++;
	} else {
		import->refused++;
		tell(import,
		     meaning->deny
			     ? _("not imported: what follows may let in what this line denies")
			     : _("not imported"));
	}
	if (import->output && meaning->sayable)
		print_rules(import, rule, meaning);
	return meaning->exact && !meaning->deny ? remember_allowed(import, meaning) : 0;
}

static int import_line(struct import *import, char *text)
{
	struct usbguard_rule rule = { 0 };
	struct usbguard_meaning meaning = { 0 };
	const char *reason = NULL;
	int r;

	r = usbguard_read(text, &rule, &reason);
	if (r < 0) {
		import->refused++;
		tell(import, reason);
		return 0;
	}
	if (r == 0)
		return 0;
	if (import->last) {
		tell(import, _("never reached: a line before is for every device"));
		return 0;
	}
	usbguard_understand(&rule, &import->classes, &meaning);
	if (!meaning.anything)
		return import_meaning(import, &rule, &meaning);
	import->last = import->line;
	import->last_denies = meaning.deny;
	return 0;
}

/* USBGuard has no words for kinds: a line for all devices is all of ours at once. */
static void print_words(struct import *import)
{
	FILE *stream = import->output->stream;

	begin(import);
	fprintf(stream, "  # line %zu: every other device\n", import->last);
	for (unsigned i = 0; i < MEDIA_WORDS; i++) {
		const bool stores = i == MEDIA_WORD_STORAGE || i == MEDIA_WORD_OPTICAL;

		fprintf(stream, "  %s: %s\n", media_word_name((enum media_word)i),
			import->last_denies ? "deny"
			: stores	    ? "read-write"
					    : "allow");
	}
}

static void finish(struct import *import)
{
	if (!import->last)
		(void)complain(EXIT_YES,
			       _("%s: what no line fits is for ImplicitPolicyTarget of "
				 "usbguard-daemon.conf to say; here for the words storage: and so "
				 "on of media:"),
			       import->file);
	if (import->output && import->last)
		print_words(import);
	(void)complain(EXIT_YES, _("%s: %zu rules imported, %zu not"), import->file,
		       import->imported, import->refused);
}

/* Returns 0 or a negative errno. */
static int import_text(struct import *import, char *text)
{
	char *line, *next = text;
	int r = 0;

	if (import->output)
		fputs("# Whoever sits at the screen. Where nobody does: roles: [system]\n",
		      import->output->stream);
	while (r == 0 && next && *next) {
		line = next;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		import->line++;
		r = import_line(import, line);
	}
	if (r == 0)
		finish(import);
	return r;
}

static int read_all(int fd, char *text)
{
	size_t length = 0;
	ssize_t n;

	while (length <= TEXT_MAX) {
		n = read(fd, text + length, TEXT_MAX + 1 - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return neg_errno();
		if (n == 0)
			break;
		length += (size_t)n;
	}
	if (length > TEXT_MAX)
		return -EFBIG;
	text[length] = '\0';
	return strlen(text) == length ? 0 : -EINVAL;
}

static int read_file(const char *path, char *text)
{
	scoped_fd int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, text);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? neg_errno() : read_all(fd, text);
}

enum exit_status media_import(const struct options *options, const struct output *output)
{
	scoped(import_clear) struct import import = { .line = 0 };
	scoped_free char *text = calloc(1, TEXT_MAX + 2);
	char buffer[ESCAPE_MAX];
	int r;

	if (!options->second)
		return complain(EXIT_USAGE, _("sereno media import FILE: which file?"));
	import.file = escape(buffer, options->second);
	usbguard_look_at_classes(&import.classes);
	if (!(options->given & OPTION_DRY_RUN))
		import.output = output;
	r = text ? read_file(options->second, text) : -ENOMEM;
	if (r == 0)
		r = import_text(&import, text);
	if (r < 0)
		return complain_error(r, _("cannot read %s"), import.file);
	return import.refused > 0 ? EXIT_NO : EXIT_YES;
}
