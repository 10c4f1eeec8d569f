/* SPDX-License-Identifier: MIT */
/*
 * media_export.c - sereno media export: the policy in force as rules of USBGuard.
 *
 * Its first rule that fits counts, and it knows neither persons nor how a device is used. What it
 * cannot say is a comment, and what stands there instead never lets in more than the policy does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "edition.h"
#include "escape.h"
#include "media.h"
#include "usbguard.h"

#define STORES (1u << KIND_STORAGE | 1u << KIND_OPTICAL)

/* The closest first, as in media.h. */
enum closeness { BY_SERIAL, BY_PRODUCT, BY_VENDOR, BY_KIND, CLOSENESSES };

enum match { MATCH_ANY_OF, MATCH_ALL_OF };

struct export
{
	const struct media_block *media;
	FILE *stream;
};

static enum closeness closeness_of(const struct device_rule *rule)
{
	const struct mark *given = rule->device.key_at;

	if (given[DEVICE_KEY_SERIAL].line)
		return BY_SERIAL;
	if (given[DEVICE_KEY_PRODUCT].line)
		return BY_PRODUCT;
	return given[DEVICE_KEY_VENDOR].line ? BY_VENDOR : BY_KIND;
}

static bool is_for_some(const struct device_rule *rule)
{
	const struct mark *given = rule->key_at;

	return given[DEVICE_RULE_KEY_ROLES].line || given[DEVICE_RULE_KEY_SINCE].line ||
	       given[DEVICE_RULE_KEY_UNTIL].line || given[DEVICE_RULE_KEY_HOSTS].line;
}

static unsigned kinds_of(const struct device_rule *rule)
{
	return rule->device.kind ? device_kinds_named(rule->device.kind) : 0;
}

/* One of the two words between deny and read-write, which are about what stores alone. */
static bool is_limited(const struct device_rule *rule)
{
	return rule->access == DEVICE_RULE_ENCRYPTED || rule->access == DEVICE_RULE_READ_ONLY;
}

static void print_interfaces(const struct export *export, enum match match, unsigned kinds)
{
	if (!kinds)
		return;
	fprintf(export->stream, " with-interface %s { ",
		match == MATCH_ALL_OF ? "match-all" : "one-of");
	usbguard_print_kinds(export->stream, kinds);
	fputc('}', export->stream);
}

static void print_serials(const struct export *export, const struct names *serials)
{
	if (serials->n == 0)
		return;
	fputs(serials->n > 1 ? " serial one-of {" : " serial", export->stream);
	for (size_t i = 0; i < serials->n; i++) {
		fputc(' ', export->stream);
		usbguard_print_text(export->stream, serials->item[i].text);
	}
	fputs(serials->n > 1 ? " }" : "", export->stream);
}

/* In the order in which USBGuard itself would print it. */
static void print_rule(const struct export *export, const struct device_rule *rule,
		       const char *target, enum match match, unsigned kinds)
{
	const struct device_block *device = &rule->device;

	fputs(target, export->stream);
	if (device->key_at[DEVICE_KEY_PRODUCT].line)
		fprintf(export->stream, " id %04x:%04x", device->vendor, device->product);
	else if (device->key_at[DEVICE_KEY_VENDOR].line)
		fprintf(export->stream, " id %04x:*", device->vendor);
	print_serials(export, &device->serials);
	print_interfaces(export, match, kinds);
	fputs(" label ", export->stream);
	usbguard_print_text(export->stream, rule->name.text);
	fputc('\n', export->stream);
}

static void comment(const struct export *export, const struct device_rule *rule, const char *text)
{
	char buffer[ESCAPE_MAX];

	fprintf(export->stream, "# %s: %s\n", escape(buffer, rule->name.text), text);
}

static void export_denials(const struct export *export)
{
	for (size_t i = 0; i < export->media->n_rules; i++) {
		const struct device_rule *rule = &export->media->rules[i];

		if (rule->access != DEVICE_RULE_DENY)
			continue;
		if (is_for_some(rule))
			comment(export, rule,
				_("for some roles, hosts or times; USBGuard denies it to all"));
		print_rule(export, rule, "block", MATCH_ANY_OF, kinds_of(rule));
	}
}

/* A rule that USBGuard cannot keep. One that takes something away from who would have more without
 * it is a denial there. */
static void export_limited(const struct export *export, const struct device_rule *rule)
{
	const unsigned kinds = kinds_of(rule) ? kinds_of(rule) : STORES;

	comment(export, rule,
		rule->access == DEVICE_RULE_ENCRYPTED
			? _("encrypted media only; USBGuard denies them all")
			: _("for reading only; USBGuard denies it"));
	print_rule(export, rule, "block", MATCH_ANY_OF, kinds);
}

static void export_one(const struct export *export, const struct device_rule *rule)
{
	if (is_limited(rule))
		export_limited(export, rule);
	else if (is_for_some(rule))
		comment(export, rule,
			_("for some roles, hosts or times; USBGuard lets nobody have it by this"));
	else
		print_rule(export, rule, "allow", MATCH_ALL_OF, kinds_of(rule));
}

/* Of rules equally close the one that gives more comes first. */
static void export_closeness(const struct export *export, enum closeness closeness)
{
	for (int limited = 0; limited < 2; limited++)
		for (size_t i = 0; i < export->media->n_rules; i++) {
			const struct device_rule *rule = &export->media->rules[i];

			if (rule->access != DEVICE_RULE_DENY && closeness_of(rule) == closeness &&
			    is_limited(rule) == (limited == 1))
				export_one(export, rule);
		}
}

/* Each of the patterns of @a together with each of those of @b. */
static void block_together(const struct export *export, const char *const *a, const char *const *b)
{
	for (; *a; a++)
		for (const char *const *with = b; *with; with++)
			fprintf(export->stream, "block with-interface all-of { %s %s }\n", *a,
				*with);
}

/* What does not belong together, unless a rule above names the device by its serial number. Of CDC
 * all is a network here; that a device calls itself a hub, and none of its interfaces does, is not
 * seen. */
static void export_suspicious(const struct export *export)
{
	static const char *const keeps[] = { "08:*:*", "06:*:*", "ef:01:*", NULL };
	static const char *const types[] = { "03:*:*", NULL };
	static const char *const networks[] = { "02:*:*", "e0:*:*", "ef:04:*", "fe:02:*", NULL };
	static const char *const hubs[] = { "09:*:*", NULL };
	static const char *const others[] = { "01:*:*", "02:*:*", "03:*:*", "05:*:*", "06:*:*",
					      "07:*:*", "08:*:*", "0a:*:*", "0b:*:*", "0d:*:*",
					      "0e:*:*", "0f:*:*", "10:*:*", "11:*:*", "12:*:*",
					      "13:*:*", "dc:*:*", "e0:*:*", "ef:*:*", "fe:*:*",
					      "ff:*:*", NULL };

	fputs(_("# What does not belong together\n"), export->stream);
	block_together(export, keeps, types);
	block_together(export, keeps, networks);
	block_together(export, types, networks);
	block_together(export, hubs, others);
}

static unsigned kinds_by_word(const struct media_block *media)
{
	unsigned kinds = 0;

	for (unsigned kind = 0; kind < DEVICE_KINDS; kind++) {
		const enum media_word word = media_word_of((enum device_kind)kind);
		const bool stores = (1u << kind) & STORES;

		if (media->word[word] == (stores ? MEDIA_READ_WRITE : 1u))
			kinds |= 1u << kind;
	}
	return kinds;
}

static void export_word_comments(const struct export *export)
{
	static const enum media_word words[] = { MEDIA_WORD_STORAGE, MEDIA_WORD_OPTICAL };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const uint32_t access = export->media->word[words[i]];

		if (access == MEDIA_READ_ONLY || access == MEDIA_ENCRYPTED)
			fprintf(export->stream, _("# %s: %s; USBGuard denies it\n"),
				media_word_name(words[i]),
				media_access_name((enum media_access)access));
	}
	if (export->media->word[MEDIA_WORD_OPTICAL] == MEDIA_READ_WRITE)
		fputs(_("# USBGuard does not see whether a CD drive turns out as a disk\n"),
		      export->stream);
}

/* Kinds that a rule for the kind alone gives, to everybody and wholly; or that it limits. */
static unsigned kinds_by_rule(const struct media_block *media, bool limited)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < media->n_rules; i++) {
		const struct device_rule *rule = &media->rules[i];

		if (closeness_of(rule) == BY_KIND && rule->access != DEVICE_RULE_DENY &&
		    !is_for_some(rule) && is_limited(rule) == limited)
			kinds |= kinds_of(rule);
	}
	return kinds;
}

static void export_words(const struct export *export)
{
	const unsigned given = kinds_by_rule(export->media, false);
	const unsigned limited = kinds_by_rule(export->media, true) & ~given;
	const unsigned kinds = (kinds_by_word(export->media) | given) & ~limited;
	const bool built_in = export->media->word[MEDIA_WORD_BUILT_IN] == 1;

	export_word_comments(export);
	fprintf(export->stream, "%s with-connect-type \"hardwired\"\n",
		built_in ? "allow" : "block");
	if (kinds) {
		fputs("allow", export->stream);
		print_interfaces(export, MATCH_ALL_OF, kinds);
		fputc('\n', export->stream);
	}
	fputs("block\n", export->stream);
}

static void export_media(const struct export *export, const char *path)
{
	char buffer[ESCAPE_MAX];

	fprintf(export->stream, _("# From %s. USBGuard takes the first line that fits.\n"),
		escape(buffer, path));
	export_denials(export);
	export_closeness(export, BY_SERIAL);
	export_suspicious(export);
	export_closeness(export, BY_PRODUCT);
	export_closeness(export, BY_VENDOR);
	export_closeness(export, BY_KIND);
	export_words(export);
}

enum exit_status media_export(const struct options *options, const struct output *output)
{
	scoped(edition_clear) struct edition edition = { 0 };
	struct export export = { .stream = output->stream };
	const int r = edition_in_force(options->root, time(NULL), &edition);

	if (r < 0 || !edition.model)
		return complain(EXIT_SYSTEM,
				_("the policy in force cannot be used: %s; next: sereno apply"),
				policy_defect(r < 0 ? r : -EBADMSG));
	if (!edition.model->media.at.line)
		return complain(EXIT_NO,
				_("the policy in force has no block media:, and lets every "
				  "device in"));
	export.media = &edition.model->media;
	export_media(&export, edition.path);
	return EXIT_YES;
}
