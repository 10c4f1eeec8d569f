/* SPDX-License-Identifier: MIT */
/* watch.c - the loop: reasons to look again are gathered, and looked into a few times a second. */
#include "watch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "bus_default.h"
#include "clock.h"
#include "decision.h"
#include "told.h"
#include "watching.h"

#define STATE_DIRECTORY "/var/lib/sereno"
#define RUN_DIRECTORY	"/run/sereno"
#define SEATS_DIRECTORY RUN_DIRECTORY "/seats"

/* Looks cost no more than one in PAUSE_USEC, a few ahead of their time: however fast somebody opens
 * sessions, or has devices come. */
#define PAUSE_USEC 500000
#define AHEAD_USEC (4 * PAUSE_USEC)
#define RETRY_SEC  5

/* What udev's program has decided stands in udev's records a moment after it has told us. */
#define SETTLE_USEC 200000

/* Why to look. */
enum watch_reason {
	REASON_SEATS = 1 << 0,	 /* logind has said something */
	REASON_POLICY = 1 << 1,	 /* something was put in force, granted, taken back */
	REASON_CLOCK = 1 << 2,	 /* a moment has come, or the clock was set */
	REASON_SESSION = 1 << 3, /* a session was opened or closed, or a device has come */
	REASON_BUS = 1 << 4,	 /* the bus is gone */
};

struct watch {
	const struct watch_settings *settings;
	sd_event *event;
	sd_bus *bus;
	sd_event_source *look; /* due as soon as there are reasons */
	sd_event_source *clock, *again, *state;
	int clock_fd, mark_fd;
	unsigned reasons;
	unsigned seen;	    /* reasons to decide, and it has not been done */
	uint64_t paid_usec; /* CLOCK_MONOTONIC: up to where looks have used it up */
	bool unsettled;	    /* the last decision has to be repeated */
	int64_t until;	    /* so long it holds by itself: UTC seconds */
	int unusable;	    /* what was told of the policy */
	struct seats seats;
	struct releasing releasing;
};

/* After @later_usec, or when it has been paid for. Who has asked for an earlier look gets it. */
static void ask_within(struct watch *watch, unsigned reason, uint64_t later_usec)
{
	uint64_t now = 0, pending = UINT64_MAX, due;
	int waits = SD_EVENT_OFF;

	/* these fail for wrong arguments alone */
	(void)sd_event_now(watch->event, CLOCK_MONOTONIC, &now);
	(void)sd_event_source_get_enabled(watch->look, &waits);
	if (waits != SD_EVENT_OFF)
		(void)sd_event_source_get_time(watch->look, &pending);
	due = now + later_usec;
	if (watch->paid_usec > AHEAD_USEC && watch->paid_usec - AHEAD_USEC > due)
		due = watch->paid_usec - AHEAD_USEC;
	watch->reasons |= reason;
	(void)sd_event_source_set_time(watch->look, due < pending ? due : pending);
	(void)sd_event_source_set_enabled(watch->look, SD_EVENT_ONESHOT);
}

static void ask(struct watch *watch, unsigned reason)
{
	ask_within(watch, reason, 0);
}

static int on_bus(sd_bus_message *message, void *context, sd_bus_error *error)
{
	const bool gone =
		sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", "Disconnected") > 0;

	(void)error;
	ask(context, gone ? REASON_BUS | REASON_SEATS : REASON_SEATS);
	return 0;
}

/* Everything is put there by a rename. */
static int on_state(sd_event_source *source, const struct inotify_event *event, void *context)
{
	(void)source;
	(void)event;
	ask(context, REASON_POLICY);
	return 0;
}

/* Our own records of seats come into being beside it. */
static int on_again(sd_event_source *source, const struct inotify_event *event, void *context)
{
	(void)source;
	if (event->mask & IN_Q_OVERFLOW || (event->len > 0 && !strcmp(event->name, SEAT_AGAIN)))
		ask_within(context, REASON_SESSION | REASON_SEATS, SETTLE_USEC);
	return 0;
}

static int on_clock(sd_event_source *source, int fd, uint32_t revents, void *context)
{
	(void)source;
	(void)revents;
	clock_taken(fd);
	ask(context, REASON_CLOCK | REASON_SEATS);
	return 0;
}

static void on_released(void *context)
{
	ask(context, REASON_SESSION);
}

static int reconnect(struct watch *watch)
{
	watch->bus = sd_bus_close_unref(watch->bus);
	return logind_connect(watch->event, on_bus, watch, &watch->bus);
}

/* Whether anything there is different. */
static bool look_at_seats(struct watch *watch, unsigned reasons, struct seats_asker *asker)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	int r;

	(void)policy_open(asker->root, &policy); /* without one nobody holds a role */
	asker->policy = policy;
	r = seats_look(&watch->seats, asker,
		       reasons & (REASON_POLICY | REASON_CLOCK) ? SEATS_ROLES : SEATS_WHO);
	asker->policy = NULL;
	if (r < 0)
		told_state_unusable(asker->root, "who sits where", r);
	return r != 0;
}

static void tell_policy(struct watch *watch, int unusable)
{
	if (unusable != watch->unusable && unusable < 0)
		told_policy_unusable(watch->settings->root, unusable);
	watch->unusable = unusable;
}

/* What comes is off while a policy is there to let it in, and on again when none is. */
static bool set_default(struct watch *watch)
{
	const char *root = watch->settings->root;
	int unusable = 0, r = 0;
	const bool ours = decision_is_ours(root, &unusable);

	tell_policy(watch, unusable);
	if (ours)
		r = bus_default_close(root);
	else if (unusable == 0 && bus_default_is_ours(root))
		r = bus_default_open(root);
	if (r < 0)
		told_state_unusable(root, "whether USB devices that come are off", r);
	return ours;
}

static void decide(struct watch *watch, int64_t now)
{
	const struct decision_asker asker = {
		.root = watch->settings->root,
		.seats = &watch->seats,
		.releasing = &watch->releasing,
		.grace_sec = watch->settings->grace_sec,
	};

	watch->until = TIME_NO_END;
	watch->unsettled = decision_run(&asker, &watch->until) < 0;
	if (watch->unsettled)
		watch->until = now + RETRY_SEC;
	else
		seats_settle(&watch->seats);
}

static void let_be(struct watch *watch)
{
	watch->until = TIME_NO_END;
	watch->unsettled = false;
	seats_settle(&watch->seats);
}

static int wait_on(struct watch *watch, const struct seats_asker *asker)
{
	const int64_t seats = seats_until(&watch->seats, asker);

	return clock_wait(watch->clock_fd, seats < watch->until ? seats : watch->until, asker->now);
}

/* logind says much that is of no consequence here: then the devices are let be. */
static int look(struct watch *watch, unsigned reasons)
{
	const struct clock_now now = clock_read();
	const unsigned grace_sec = watch->settings->grace_sec;
	struct seats_asker asker = {
		.root = watch->settings->root,
		.bus = watch->bus,
		.now = now.utc,
		.boot = now.boot,
		.patience_sec = grace_sec > 0 ? grace_sec : 1,
	};
	const bool different = look_at_seats(watch, reasons, &asker);

	watch->seen |= reasons;
	if (!different && !watch->unsettled && watch->seen == REASON_SEATS)
		return wait_on(watch, &asker);
	if (!set_default(watch))
		let_be(watch);
	else if (seats_are_known(&watch->seats))
		decide(watch, now.utc);
	else
		return wait_on(watch, &asker);
	watch->seen = 0;
	return wait_on(watch, &asker);
}

static int on_look(sd_event_source *source, uint64_t usec, void *context)
{
	struct watch *watch = context;
	const unsigned reasons = take(watch->reasons, 0);
	uint64_t now = 0;
	int r = 0;

	(void)source;
	(void)usec;
	if (reasons & REASON_BUS)
		r = reconnect(watch);
	if (r >= 0)
		r = look(watch, reasons & ~(unsigned)REASON_BUS);
	(void)sd_event_now(watch->event, CLOCK_MONOTONIC, &now); /* it runs */
	watch->paid_usec = (watch->paid_usec > now ? watch->paid_usec : now) + PAUSE_USEC;
	return r < 0 ? sd_event_exit(watch->event, r) : 0;
}

static int make_directory(const char *root, const char *name, mode_t mode)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s%s", root, name) < 0)
		return -ENOMEM;
	return mkdir(path, mode) == 0 || errno == EEXIST ? 0 : neg_errno();
}

/* What sessions touch; where it is not there they touch nothing. */
static int make_again(const char *root)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;

	if (asprintf(&path, "%s" SEATS_DIRECTORY "/" SEAT_AGAIN, root) < 0)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	return fd < 0 ? neg_errno() : 0;
}

/* Held by us: what libsystemd 252 has two of and holds alone, it never frees. */
static int watch_directory(struct watch *watch, const char *name, uint32_t mask,
			   sd_event_inotify_handler_t handler, sd_event_source **ret)
{
	scoped_free char *path = NULL;
	int r;

	if (asprintf(&path, "%s%s", watch->settings->root, name) < 0)
		return -ENOMEM;
	r = sd_event_add_inotify(watch->event, ret, path, mask | IN_ONLYDIR, handler, watch);
	return r < 0 ? r : 0;
}

static int watch_files(struct watch *watch)
{
	const char *root = watch->settings->root;
	int r = make_directory(root, RUN_DIRECTORY, 0755);

	if (r == 0)
		r = watching_begin(root, &watch->mark_fd);
	if (r == 0)
		r = make_directory(root, SEATS_DIRECTORY, 0700);
	if (r == 0)
		r = make_again(root);
	if (r == 0)
		r = watch_directory(watch, SEATS_DIRECTORY, IN_CLOSE_WRITE, on_again,
				    &watch->again);
	if (r == 0)
		r = watch_directory(watch, STATE_DIRECTORY, IN_MOVED_TO, on_state, &watch->state);
	return r;
}

static int watch_signals(sd_event *event)
{
	sigset_t signals;
	int r;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return neg_errno();
	r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	return r;
}

static int set_up(struct watch *watch)
{
	int r = sd_event_new(&watch->event);

	if (r >= 0)
		r = watch_signals(watch->event);
	watch->releasing.event = watch->event;
	if (r >= 0)
		r = sd_event_add_time(watch->event, &watch->look, CLOCK_MONOTONIC, 0, 1, on_look,
				      watch);
	if (r >= 0)
		r = clock_open(watch->event, on_clock, watch, &watch->clock_fd, &watch->clock);
	if (r >= 0)
		r = watch_files(watch);
	if (r >= 0)
		r = logind_connect(watch->event, on_bus, watch, &watch->bus);
	watch->reasons = REASON_SEATS | REASON_POLICY;
	return r;
}

static void watch_free(struct watch **watch)
{
	if (!*watch)
		return;
	releasing_clear(&(*watch)->releasing);
	(void)sd_event_source_unref((*watch)->look);
	(void)sd_event_source_unref((*watch)->clock);
	(void)sd_event_source_unref((*watch)->again);
	(void)sd_event_source_unref((*watch)->state);
	(void)sd_bus_close_unref((*watch)->bus);
	close_p(&(*watch)->clock_fd);
	close_p(&(*watch)->mark_fd);
	(void)sd_event_unref((*watch)->event);
	free(*watch);
}

int watch_run(const struct watch_settings *settings)
{
	scoped(watch_free) struct watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return -ENOMEM;
	watch->settings = settings;
	watch->clock_fd = -1;
	watch->mark_fd = -1;
	watch->releasing.ended = on_released;
	watch->releasing.context = watch;
	r = set_up(watch);
	return r < 0 ? r : sd_event_loop(watch->event);
}
