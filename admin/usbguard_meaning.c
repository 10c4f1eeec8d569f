/* SPDX-License-Identifier: MIT */
/* usbguard_meaning.c - what a rule of USBGuard comes to here, and what of it cannot be said. */
#include <stdlib.h>
#include <string.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

#include "messages.h"
#include "usbguard.h"

static void note(struct usbguard_meaning *meaning, const char *reason)
{
	if (meaning->n_reasons < USBGUARD_REASONS_MAX)
		meaning->reason[meaning->n_reasons++] = reason;
}

/* What is left without it is still a rule, for more devices. */
static void lose(struct usbguard_meaning *meaning, const char *reason)
{
	meaning->exact = false;
	note(meaning, reason);
}

static void give_up(struct usbguard_meaning *meaning, const char *reason)
{
	meaning->sayable = false;
	lose(meaning, reason);
}

/* Of an attribute that a device has once. */
static bool is_one_of_these(const struct usbguard_values *values)
{
	if (values->relation == USBGUARD_ONE_OF)
		return true;
	return values->n == 1 && values->relation != USBGUARD_NONE_OF &&
	       values->relation != USBGUARD_MATCH_ALL;
}

static void refuse_operator(struct usbguard_meaning *meaning, const struct usbguard_values *values)
{
	if (values->relation == USBGUARD_MATCH_ALL)
		give_up(meaning,
			_("match-all of texts fits every device: USBGuard has not made it"));
	else if (values->relation == USBGUARD_NONE_OF)
		give_up(meaning, _("none-of cannot be said here: write what is meant"));
	else
		give_up(meaning, _("no device has two of it: it never fits"));
}

static void understand_ids(const struct usbguard_values *values, struct usbguard_meaning *meaning)
{
	if (values->n == 0)
		return;
	if (!is_one_of_these(values)) {
		refuse_operator(meaning, values);
		return;
	}
	for (size_t i = 0; i < values->n; i++) {
		struct usbguard_id *id = &meaning->id[i];

		(void)usbguard_id_read(values->value[i], id); /* looked at before */
		if (strpbrk(values->value[i], "ABCDEF"))
			lose(meaning, _("USBGuard compares ids as texts, and devices have small "
					"letters: this one never fits"));
		if (id->vendor == USBGUARD_ANY) /* all of them */
			return;
	}
	meaning->n_ids = values->n;
}

static bool ids_are_whole(const struct usbguard_meaning *meaning)
{
	for (size_t i = 0; i < meaning->n_ids; i++)
		if (meaning->id[i].product == USBGUARD_ANY)
			return false;
	return meaning->n_ids > 0;
}

static void understand_serials(const struct usbguard_values *values,
			       struct usbguard_meaning *meaning)
{
	meaning->serials = values;
	if (values->n == 0)
		return;
	if (!is_one_of_these(values)) {
		refuse_operator(meaning, values);
		return;
	}
	if (!ids_are_whole(meaning))
		give_up(meaning, _("a serial number counts within a vendor and product alone"));
	for (size_t i = 0; i < values->n; i++)
		if (serial_is_weak(values->value[i])) {
			give_up(meaning, _("a serial number that tells nothing: other devices have "
					   "it, too"));
			return;
		}
}

/* Which operator means what; traps of the others. */
static void understand_operator(const struct usbguard_values *values,
				struct usbguard_meaning *meaning)
{
	const bool one = values->n == 1;

	if (values->relation == USBGUARD_MATCH_ALL) {
		if (meaning->deny)
			lose(meaning, _("match-all denies devices of nothing else; here the denial "
					"of a kind denies every device that has it"));
		else
			note(meaning,
			     _("match-all fits a device without interfaces, too; here that "
			       "one is denied"));
	} else if (values->relation == USBGUARD_ONE_OF ||
		   (values->relation == USBGUARD_ALL_OF && one)) {
		if (!meaning->deny)
			lose(meaning,
			     _("allows whatever other interfaces the device has, a keyboard "
			       "for one; here each kind is asked for. match-all says it"));
	} else if (values->relation == USBGUARD_ALL_OF) {
		give_up(meaning, _("several interfaces at once cannot be said; what stores and "
				   "types is denied here without a rule"));
	} else if (values->relation == USBGUARD_NONE_OF) {
		give_up(meaning, _("none-of cannot be said here, and fits a device without "
				   "interfaces, too: write what is meant"));
	} else if (values->relation == USBGUARD_EQUALS_ORDERED) {
		lose(meaning, _("order and number of interfaces cannot be said; USBGuard counts "
				"those of all configurations and alternate settings alike"));
	} else if (one) {
		lose(meaning, _("fits devices of one interface with one setting alone, not a disk "
				"that knows UAS; match-all says what is meant"));
	} else {
		lose(meaning,
		     _("equals looks at the number and at whether each is there: storage "
		       "twice is also fitted by storage and a keyboard. match-all says what "
		       "is meant"));
	}
}

static void understand_interfaces(const struct usbguard_values *values,
				  const struct usbguard_classes *classes,
				  struct usbguard_meaning *meaning)
{
	struct usbguard_interface patterns[USBGUARD_VALUES_MAX];
	bool whole;

	if (values->n == 0)
		return;
	for (size_t i = 0; i < values->n; i++)
		(void)usbguard_interface_read(values->value[i],
					      &patterns[i]); /* looked at before */
	meaning->kinds = usbguard_kinds(classes, patterns, values->n, &whole);
	understand_operator(values, meaning);
	if (!whole)
		lose(meaning, _("not all classes of the kind: the rule would be for more"));
}

static void understand_condition(const char *condition, struct usbguard_meaning *meaning)
{
	const bool negated = condition[0] == '!';
	const char *name = condition + negated;

	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) {
		if (negated == (name[0] == 't'))
			give_up(meaning, _("its condition is never true"));
	} else if (strncmp(name, "localtime", 9) == 0) {
		lose(meaning,
		     _("localtime means UTC, and is looked at once, when the device comes; "
		       "here: since, until"));
	} else if (strncmp(name, "rule-applied", 12) == 0) {
		give_up(meaning,
			_("rule-applied looks at the device's counter, which is always 0"));
	} else {
		give_up(meaning, _("this condition cannot be said here"));
	}
}

static void understand_conditions(const struct usbguard_values *values,
				  struct usbguard_meaning *meaning)
{
	const bool all = values->n <= 1 || values->relation == USBGUARD_ALL_OF ||
			 values->relation == USBGUARD_EQUALS;

	if (values->n > 0 && (!all || values->relation == USBGUARD_NONE_OF)) {
		give_up(meaning, _("this condition cannot be said here"));
		return;
	}
	for (size_t i = 0; i < values->n; i++)
		understand_condition(values->value[i], meaning);
}

/* What a device is known by there and not here. */
static void understand_rest(const struct usbguard_rule *rule, struct usbguard_meaning *meaning)
{
	static const struct {
		enum usbguard_attribute attribute;
		const char *reason;
	} lost[] = {
		{ USBGUARD_NAME,
		  N_("a device's name is what it calls itself: not looked at here") },
		{ USBGUARD_HASH, N_("a hash cannot be said here: it changes with the port's speed "
				    "and the firmware, and a copy has the same") },
		{ USBGUARD_PARENT_HASH, N_("the hub or controller cannot be said here") },
		{ USBGUARD_VIA_PORT, N_("the port cannot be said here: the kernel may count them "
					"anew; built-in: is for all fixed ones") },
		{ USBGUARD_CONNECT_TYPE,
		  N_("the type of the port cannot be said here; built-in: is "
		     "for all fixed ones") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++) {
		const struct usbguard_values *values = &rule->attribute[lost[i].attribute];

		if (values->n > 0 && values->relation == USBGUARD_MATCH_ALL)
			refuse_operator(meaning, values);
		else if (values->n > 0)
			lose(meaning, _(lost[i].reason));
	}
}

static void understand_target(const struct usbguard_rule *rule, struct usbguard_meaning *meaning)
{
	switch (rule->target) {
	case USBGUARD_ALLOW:
		break;
	case USBGUARD_REJECT:
		note(meaning, _("reject takes the device off until it is plugged in again; here it "
				"is denied"));
		meaning->deny = true;
		break;
	case USBGUARD_BLOCK:
		meaning->deny = true;
		break;
	case USBGUARD_MATCH:
	case USBGUARD_DEVICE:
	case USBGUARD_TARGETS:
		give_up(meaning,
			_("match and device are for queries: USBGuard stops at such a rule"));
		break;
	}
}

static bool has_anything(const struct usbguard_rule *rule)
{
	for (size_t i = 0; i < USBGUARD_ATTRIBUTES; i++)
		if (i != USBGUARD_LABEL && rule->attribute[i].n > 0)
			return true;
	return false;
}

void usbguard_understand(const struct usbguard_rule *rule, const struct usbguard_classes *classes,
			 struct usbguard_meaning *ret)
{
	*ret = (struct usbguard_meaning){ .exact = true, .sayable = true };
	understand_target(rule, ret);
	understand_ids(&rule->attribute[USBGUARD_ID], ret);
	understand_serials(&rule->attribute[USBGUARD_SERIAL], ret);
	understand_interfaces(&rule->attribute[USBGUARD_INTERFACE], classes, ret);
	understand_conditions(&rule->attribute[USBGUARD_IF], ret);
	understand_rest(rule, ret);
	if (ret->sayable && !ret->deny && ret->n_ids > 0 && !ret->kinds && ret->serials->n == 0)
		note(ret, _("allows all that such a device can do; here one that stores and types "
			    "is denied unless a rule names its serial number"));
	if (ret->n_ids > 0 || ret->kinds || ret->serials->n > 0)
		return;
	ret->anything = ret->exact;
	if (has_anything(rule) && !ret->exact)
		ret->sayable = false; /* what is left of it is for every device */
}

static bool id_overlaps(const struct usbguard_id *id, const struct usbguard_meaning *meaning)
{
	for (size_t i = 0; i < meaning->n_ids; i++)
		if (id->vendor == meaning->id[i].vendor &&
		    (id->product == meaning->id[i].product || id->product == USBGUARD_ANY ||
		     meaning->id[i].product == USBGUARD_ANY))
			return true;
	return meaning->n_ids == 0 || id->vendor == USBGUARD_ANY;
}

static bool serial_overlaps(const char *serial, const struct usbguard_values *serials)
{
	for (size_t i = 0; serial && i < serials->n; i++)
		if (strcmp(serial, serials->value[i]) == 0)
			return true;
	return !serial || serials->n == 0;
}

bool usbguard_overlap(const struct usbguard_scope *scope, const struct usbguard_meaning *meaning)
{
	return (!scope->kinds || !meaning->kinds || (scope->kinds & meaning->kinds)) &&
	       id_overlaps(&scope->id, meaning) && serial_overlaps(scope->serial, meaning->serials);
}
