/* SPDX-License-Identifier: MIT */
/* media_remedy.c - a rule of a policy, written for one device. */
#include "media_remedy.h"

#include <string.h>

#include <sereno/scoped.h>

#include "messages.h"

#define STORING (1u << KIND_STORAGE | 1u << KIND_OPTICAL)
/* Kinds that nobody at all gets, but by a rule with the role system. */
#define MEDIUM	(STORING | 1u << KIND_PHONE | 1u << KIND_DEBUG)

char *media_remedy_cause(const struct media_verdict *verdict)
{
	char *text = NULL;
	int n = -1;

	switch (verdict->reason) {
	case MEDIA_BY_RULE:
		n = asprintf(&text, _("rule %s"), verdict->rule);
		break;
	case MEDIA_BY_WORD:
		n = asprintf(&text, _("the word %s"),
			     media_word_name(media_word_of(verdict->kind)));
		break;
	case MEDIA_IS_BUILT_IN:
		n = asprintf(&text, _("the word %s"), media_word_name(MEDIA_WORD_BUILT_IN));
		break;
	case MEDIA_BY_GRANT:
	case MEDIA_IS_MALFORMED:
	case MEDIA_IS_SUSPICIOUS:
	case MEDIA_IS_TWIN:
	case MEDIA_NOBODY_THERE:
	case MEDIA_IS_LOCKED:
	case MEDIA_NO_POLICY:
	case MEDIA_NO_BLOCK:
		n = asprintf(&text, "%s", _(media_reason_text(verdict->reason)));
		break;
	}
	return n < 0 ? NULL : text;
}

/* Between single quotes of YAML one is written twice. */
static void quote(const char *text, char ret[static 2 * DEVICE_TEXT_MAX + 1])
{
	size_t used = 0;

	for (; *text; text++) {
		if (*text == '\'')
			ret[used++] = '\'';
		ret[used++] = *text;
	}
	ret[used] = '\0';
}

/* With the serial number where it has one that counts: another of its kind is another one. */
static char *write_rule(const struct present *present)
{
	const struct device_facts *facts = &present->facts;
	char quoted[2 * DEVICE_TEXT_MAX + 1], serial[2 * DEVICE_TEXT_MAX + 32] = "";
	char *text = NULL;

	if (facts->serial[0]) {
		quote(facts->serial, quoted);
		(void)snprintf(serial, sizeof(serial), ", serial: ['%s']", quoted); /* fits */
	}
	if (asprintf(&text,
		     _("name it in media: rules: {name: keep-%04x-%04x, device: {vendor: '%04x', "
		       "product: '%04x'%s}, %saccess: %s}"),
		     facts->vendor, facts->product, facts->vendor, facts->product, serial,
		     facts->kinds & MEDIUM ? "roles: [system], " : "",
		     facts->kinds & STORING ? "read-write" : "allow") < 0)
		return NULL;
	return text;
}

static char *leave_out(const char *rule)
{
	char *text = NULL;

	return asprintf(&text, _("write rule %s so that it leaves this device out"), rule) < 0
		       ? NULL
		       : text;
}

char *media_remedy(const struct present *present, const struct media_verdict *verdict)
{
	switch (verdict->reason) {
	case MEDIA_BY_RULE:
		if (verdict->enforced == MEDIA_DENY || present->facts.serial[0] == '\0')
			return leave_out(verdict->rule);
		break;
	case MEDIA_IS_MALFORMED:
		return strdup(_("no rule can let it in: use another one"));
	case MEDIA_IS_SUSPICIOUS:
		if (present->facts.serial[0] == '\0')
			return strdup(_("without a serial number that counts no rule can let it "
					"in: use another one"));
		break;
	case MEDIA_IS_TWIN:
		return strdup(_("pull the other one out"));
	case MEDIA_BY_GRANT:
	case MEDIA_BY_WORD:
	case MEDIA_IS_BUILT_IN:
	case MEDIA_NOBODY_THERE:
	case MEDIA_IS_LOCKED:
	case MEDIA_NO_POLICY:
	case MEDIA_NO_BLOCK:
		break;
	}
	return write_rule(present);
}
