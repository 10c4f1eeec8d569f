/* SPDX-License-Identifier: MIT */
/* media_safety.c - devices that a host needs, and a policy would refuse. */
#include "media_safety.h"

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "host_disks.h"
#include "host_keyboards.h"
#include "host_network.h"
#include "instant.h"
#include "media_remedy.h"
#include "messages.h"

#define NEEDS_MAX  256
#define WHAT_SIZE  64
#define LAPSES_MAX 16 /* moments that are looked at, of one device */

enum need_kind { NEED_DISK, NEED_ROUTE, NEED_LOGIN, NEED_KEYBOARD, NEED_WAY };

/* What hangs on a device. */
struct need {
	enum need_kind kind;
	char what[WHAT_SIZE]; /* a mount point, an interface; may be cut */
	ptrdiff_t device;     /* -1: it is not on USB */
};

struct check {
	const struct situation *situation;
	struct present_list list;
	struct media_verdict *alone, *here; /* of each: nobody there; who sits there now */
	bool *types, *told;		    /* of each */
	bool has_own_keyboard;		    /* that is not on USB */
	size_t n_needs;
	struct need needs[NEEDS_MAX];
};

static void check_clear(struct check *check)
{
	present_clear(&check->list);
	free(check->alone);
	free(check->here);
	free(check->types);
	free(check->told);
}

static int add_need(struct check *check, enum need_kind kind, const char *what, const char *path)
{
	struct need *need = &check->needs[check->n_needs];

	if (check->n_needs == NEEDS_MAX)
		return 0;
	need->kind = kind;
	need->device = present_carrying(&check->list, path);
	(void)snprintf(need->what, sizeof(need->what), "%s", what); /* for people */
	check->n_needs++;
	return 0;
}

static int add_disk(void *context, const char *what, const char *path)
{
	return add_need(context, NEED_DISK, what, path);
}

static int add_route(void *context, const char *interface, const char *path)
{
	return add_need(context, NEED_ROUTE, interface, path);
}

static int add_login(void *context, const char *interface, const char *path)
{
	return add_need(context, NEED_LOGIN, interface, path);
}

static int add_keyboard(void *context, const char *path)
{
	struct check *check = context;
	const ptrdiff_t device = present_carrying(&check->list, path);

	if (device < 0)
		check->has_own_keyboard = true;
	else
		check->types[device] = true;
	return 0;
}

/* The system writes to its disks; of the rest there is all or nothing. */
static enum media_access least_of(enum need_kind kind)
{
	return kind == NEED_DISK ? MEDIA_READ_WRITE : MEDIA_ENCRYPTED;
}

/* The one nearest to the host, on the way to @device and itself included, that would not get what
 * is needed of it; -1: none. */
static ptrdiff_t find_refused(const struct check *check, ptrdiff_t device, enum need_kind kind)
{
	ptrdiff_t found = -1;

	if (device >= 0 && kind != NEED_WAY && check->alone[device].enforced < least_of(kind))
		found = device;
	while (device >= 0) {
		device = check->list.item[device].hub;
		if (device >= 0 && check->alone[device].enforced == MEDIA_DENY)
			found = device;
	}
	return found;
}

static struct mark place_of(const struct check *check, const struct media_verdict *verdict)
{
	if (verdict->line > 0)
		return (struct mark){ verdict->line, 1 };
	return check->situation->edition->model->media.at;
}

/* On trial nothing is taken away. */
static void report(struct check *check, ptrdiff_t device, enum severity severity, const char *why)
{
	const struct situation *situation = check->situation;
	const bool on_trial = situation->edition->model->observe & OBSERVE_MEDIA;
	const struct present *present = &check->list.item[device];
	const struct media_verdict *verdict = &check->alone[device];
	char name[PRESENT_NAME_SIZE], escaped[ESCAPE_MAX];
	scoped_free char *cause = media_remedy_cause(verdict);
	scoped_free char *remedy = media_remedy(present, verdict);

	if (check->told[device])
		return;
	check->told[device] = true;
	(void)escape(escaped, present_name(present, name));
	situation_report(situation, on_trial ? DIAG_WARNING : severity, place_of(check, verdict),
			 verdict->enforced == MEDIA_DENY
				 ? _("%s would be refused (%s), and %s; %s")
				 : _("%s would no longer be writable as it is (%s), and %s; %s"),
			 escaped, cause ? cause : "", why, remedy ? remedy : "");
}

/* What hangs on it, in words; NULL without memory. */
static char *why_needed(const struct need *need)
{
	char what[ESCAPE_MAX];
	char *why = NULL;
	int n = -1;

	(void)escape(what, need->what);
	switch (need->kind) {
	case NEED_DISK:
		n = asprintf(&why, _("this host has %s on it"), what);
		break;
	case NEED_ROUTE:
		n = asprintf(&why, _("the default route goes by its interface %s"), what);
		break;
	case NEED_LOGIN:
		n = asprintf(&why, _("you are connected by its interface %s"), what);
		break;
	case NEED_KEYBOARD:
		n = asprintf(&why, "%s", _("no other keyboard would be left"));
		break;
	case NEED_WAY:
		n = asprintf(&why, _("%s, which is allowed, hangs on it"), what);
		break;
	}
	return n < 0 ? NULL : why;
}

static void report_need(struct check *check, const struct need *need, enum severity severity)
{
	const ptrdiff_t refused = find_refused(check, need->device, need->kind);
	scoped_free char *why = refused < 0 ? NULL : why_needed(need);

	if (refused >= 0)
		report(check, refused, severity, why ? why : strerror(ENOMEM));
}

/* Whether a rule lets @device in for a time only; and until when. */
static int find_lapse(const struct check *check, const struct present_asker *asker,
		      ptrdiff_t device, int64_t *ret)
{
	const struct present_list one = { 1, 1, &check->list.item[device] };
	struct media_verdict verdict = check->alone[device];
	struct present_asker later = *asker;
	int r = 0;

	for (int i = 0; r == 0 && i < LAPSES_MAX && verdict.until != TIME_NO_END; i++) {
		later.now = verdict.until;
		r = present_judge(&later, &one, NULL, &verdict);
		if (r == 0 && verdict.enforced == MEDIA_DENY) {
			*ret = later.now;
			return 1;
		}
	}
	return r;
}

/* What is let in now and will not be: nobody may think of it then. */
static int report_lapse(struct check *check, const struct present_asker *asker,
			const struct need *need)
{
	const struct model *model = check->situation->edition->model;
	scoped_free char *why = why_needed(need);
	char name[PRESENT_NAME_SIZE], escaped[ESCAPE_MAX], when[INSTANT_TEXT_MAX];
	int64_t until = TIME_NO_END;
	int r;

	if (need->device < 0 || check->told[need->device])
		return 0;
	r = find_lapse(check, asker, need->device, &until);
	if (r <= 0)
		return r;
	check->told[need->device] = true;
	(void)escape(escaped, present_name(&check->list.item[need->device], name));
	situation_report(check->situation, DIAG_WARNING,
			 place_of(check, &check->alone[need->device]),
			 _("%s is let in until %s only, and %s"), escaped,
			 instant_local(until, &model->zone, when), why ? why : strerror(ENOMEM));
	return 0;
}

static bool interface_is_lost(const struct check *check, const char *interface)
{
	for (size_t i = 0; i < check->n_needs; i++)
		if (check->needs[i].kind == NEED_ROUTE &&
		    strcmp(check->needs[i].what, interface) == 0 &&
		    find_refused(check, check->needs[i].device, NEED_ROUTE) >= 0)
			return true;
	return false;
}

/* Where another default route is left, it is only told. */
static enum severity severity_of_routes(const struct check *check)
{
	for (size_t i = 0; i < check->n_needs; i++)
		if (check->needs[i].kind == NEED_ROUTE &&
		    !interface_is_lost(check, check->needs[i].what))
			return DIAG_WARNING;
	return DIAG_FAULT;
}

/* Those of whoever runs this before those of the host: one device is told of once. */
static int report_needs(struct check *check, const struct present_asker *asker)
{
	const enum severity routes = severity_of_routes(check);
	int r = 0;

	for (size_t i = 0; i < check->n_needs; i++)
		if (check->needs[i].kind != NEED_ROUTE)
			report_need(check, &check->needs[i], DIAG_FAULT);
	for (size_t i = 0; i < check->n_needs; i++)
		if (check->needs[i].kind == NEED_ROUTE)
			report_need(check, &check->needs[i], routes);
	for (size_t i = 0; r == 0 && i < check->n_needs; i++)
		r = report_lapse(check, asker, &check->needs[i]);
	return r;
}

/* Nobody can plug one in, either, where any that comes is refused. */
static int report_no_keyboard(struct check *check, const struct present_asker *asker)
{
	struct present any = { .facts = { .bus = BUS_USB, .kinds = 1u << KIND_KEYBOARD } };
	const struct present_list list = { .n = 1, .room = 1, .item = &any };
	struct media_verdict verdict;
	int r = present_judge(asker, &list, NULL, &verdict);

	if (r == 0 && verdict.enforced == MEDIA_DENY)
		situation_report(check->situation, DIAG_WARNING, place_of(check, &verdict),
				 _("there is no keyboard now, and any that is plugged in would be "
				   "refused: nobody could type at this host"));
	return r;
}

/* Of each that types: also of what is off now, as the policy in force may refuse it. */
static int check_keyboards(struct check *check, const struct present_asker *asker)
{
	struct need last = { .kind = NEED_KEYBOARD, .device = -1 };
	struct need left = last;
	int64_t until;
	int r;

	if (check->has_own_keyboard)
		return 0;
	for (size_t i = check->list.n; i > 0; i--) {
		if (!check->types[i - 1] && !check->list.item[i - 1].is_boot_keyboard)
			continue;
		last.device = (ptrdiff_t)i - 1;
		if (find_refused(check, last.device, NEED_KEYBOARD) >= 0)
			continue;
		left = last;
		r = find_lapse(check, asker, left.device, &until);
		if (r <= 0)
			return r;
	}
	if (left.device >= 0)
		return report_lapse(check, asker, &left);
	if (last.device < 0)
		return report_no_keyboard(check, asker);
	report_need(check, &last, DIAG_FAULT);
	return 0;
}

/* A hub that is off has nothing behind it. */
static void check_ways(struct check *check)
{
	for (size_t i = 0; i < check->list.n; i++) {
		struct need way = { .kind = NEED_WAY, .device = (ptrdiff_t)i };

		if (check->alone[i].enforced == MEDIA_DENY && check->here[i].enforced == MEDIA_DENY)
			continue;
		(void)snprintf(way.what, sizeof(way.what), "%s",
			       check->list.item[i].name); /* fits */
		report_need(check, &way, DIAG_FAULT);
	}
}

/* Only where it may matter: containers and the like have no disk for /. */
static void report_unknown(struct check *check)
{
	for (size_t i = 0; i < check->list.n; i++) {
		const struct device_facts *facts = &check->list.item[i].facts;

		if (!(facts->kinds & 1u << KIND_STORAGE) || !facts->in_use ||
		    check->alone[i].enforced == MEDIA_READ_WRITE)
			continue;
		situation_report(check->situation, DIAG_WARNING,
				 check->situation->edition->model->media.at,
				 _("what / is on cannot be told: see that it is no disk on USB, "
				   "which would be refused while nobody sits here"));
		return;
	}
}

static int gather(struct check *check, const struct caller *caller)
{
	const char *root = check->situation->root;
	int unknown = host_disks_list(root, add_disk, check);
	int r;

	if (unknown == -ENOMEM)
		return unknown;
	r = host_network_default(root, add_route, check);
	if (r == 0 && caller && caller->reached.kind == ORIGIN_ADDRESS)
		r = host_network_of(root, &caller->reached.address, add_login, check);
	if (r == 0)
		r = host_keyboards_list(root, add_keyboard, check);
	if (r == 0 && unknown < 0)
		report_unknown(check);
	return r;
}

static int judge(struct check *check, const struct present_asker *asker)
{
	const size_t n = check->list.n + 1; /* none is no reason for NULL */
	struct present_sitter sitter;
	int r;

	check->alone = calloc(n, sizeof(*check->alone));
	check->here = calloc(n, sizeof(*check->here));
	check->types = calloc(n, sizeof(*check->types));
	check->told = calloc(n, sizeof(*check->told));
	if (!check->alone || !check->here || !check->types || !check->told)
		return -ENOMEM;
	present_sitter(asker->root, asker->people, &sitter);
	r = present_judge(asker, &check->list, NULL, check->alone);
	return r < 0 ? r : present_judge(asker, &check->list, &sitter, check->here);
}

int check_media(const struct situation *situation, struct policy *policy,
		const struct caller *caller)
{
	const struct present_asker asker = { situation->root, situation->people, policy,
					     situation->now };
	scoped(check_clear) struct check check = { .situation = situation };
	int r;

	if (situation->edition->model->media.at.line == 0)
		return 0;
	r = present_read(situation->root, &check.list);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		situation_report(situation, DIAG_WARNING, situation->edition->model->media.at,
				 _("not every USB device could be read (%s): whether one that this "
				   "host needs would be refused was not checked for all"),
				 strerror(-r));
	r = judge(&check, &asker);
	if (r == 0)
		r = gather(&check, caller);
	if (r == 0)
		r = report_needs(&check, &asker);
	if (r == 0)
		r = check_keyboards(&check, &asker);
	if (r == 0)
		check_ways(&check);
	return r;
}
