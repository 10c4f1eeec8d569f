/* SPDX-License-Identifier: MIT */
/* logind.c - org.freedesktop.login1, asked about its seats. */
#include "logind.h"

#include <stdbool.h>
#include <string.h>

#include <sereno/scoped.h>

#define SERVICE	  "org.freedesktop.login1"
#define MANAGER	  "/org/freedesktop/login1"
#define LOCAL_BUS "org.freedesktop.DBus.Local"
#define ADDRESS	  "unix:path=/run/dbus/system_bus_socket"

/* What is known of a session before it is decided what that makes of who sits there. */
struct session_facts {
	const char *class;
	bool hinted_locked; /* a screen locker has said so */
};

/* The one place where it is decided whether somebody sits behind a lock. */
static bool session_is_locked(const struct session_facts *facts)
{
	return facts->hinted_locked;
}

/* A greeter, or the screen of a lock that is a session of its own, is nobody. */
static bool session_is_somebody(const struct session_facts *facts)
{
	return strcmp(facts->class, "user") == 0;
}

static int match_all(sd_bus *bus, sd_bus_message_handler_t changed, void *context)
{
	static const char *const matches[] = {
		"type='signal',sender='" SERVICE "',path_namespace='" MANAGER "'",
		"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
		"arg0='" SERVICE "'",
		"type='signal',sender='" LOCAL_BUS "',member='Connected'",
		"type='signal',sender='" LOCAL_BUS "',member='Disconnected'",
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(matches); i++)
		r = sd_bus_add_match_async(bus, NULL, matches[i], changed, NULL, context);
	return r;
}

int logind_connect(sd_event *event, sd_bus_message_handler_t changed, void *context, sd_bus **ret)
{
	scoped(sd_bus_close_unrefp) sd_bus *bus = NULL;
	const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, address ? address : ADDRESS);
	if (r >= 0)
		r = sd_bus_set_bus_client(bus, true);
	if (r >= 0)
		r = sd_bus_set_watch_bind(bus, true);
	if (r >= 0)
		r = sd_bus_set_connected_signal(bus, true);
	if (r >= 0)
		r = sd_bus_set_method_call_timeout(bus, LOGIND_TIMEOUT_USEC);
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r >= 0)
		r = match_all(bus, changed, context);
	if (r >= 0)
		r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		return r;
	*ret = take(bus, NULL);
	return 0;
}

static int copy_text(char *to, size_t size, const char *from)
{
	const size_t length = strlen(from);

	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(to, from, length + 1);
	return 0;
}

static int read_text(sd_bus *bus, const char *path, const char *name, char **ret)
{
	return sd_bus_get_property_string(bus, SERVICE, path, SERVICE ".Session", name, NULL, ret);
}

static int read_uid(sd_bus *bus, const char *path, uid_t *ret)
{
	scoped(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *user;
	uint32_t uid;
	int r = sd_bus_get_property(bus, SERVICE, path, SERVICE ".Session", "User", NULL, &reply,
				    "(uo)");

	if (r >= 0)
		r = sd_bus_message_read(reply, "(uo)", &uid, &user);
	if (r >= 0)
		*ret = uid;
	return r;
}

/* Whose session it is; nobody's: the seat stays empty. */
static int read_session(sd_bus *bus, const char *id, const char *path, struct seat *ret)
{
	scoped_free char *class = NULL, *name = NULL;
	struct session_facts facts;
	struct seat seat = { .until = TIME_NO_END };
	int hinted = 0, r = read_text(bus, path, "Class", &class);

	if (r >= 0)
		r = read_text(bus, path, "Name", &name);
	if (r >= 0)
		r = read_uid(bus, path, &seat.uid);
	if (r >= 0)
		r = sd_bus_get_property_trivial(bus, SERVICE, path, SERVICE ".Session",
						"LockedHint", NULL, 'b', &hinted);
	if (r < 0)
		return r;
	facts = (struct session_facts){ class, hinted != 0 };
	if (!session_is_somebody(&facts))
		return 0;
	seat.locked = session_is_locked(&facts);
	if (copy_text(seat.session, sizeof(seat.session), id) < 0 ||
	    copy_text(seat.user, sizeof(seat.user), name) < 0)
		return -ENAMETOOLONG;
	*ret = seat;
	return 0;
}

static int read_seat(sd_bus *bus, const char *path, struct seat *ret)
{
	scoped(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const char *id, *session;
	int r = sd_bus_get_property(bus, SERVICE, path, SERVICE ".Seat", "ActiveSession", NULL,
				    &reply, "(so)");

	if (r >= 0)
		r = sd_bus_message_read(reply, "(so)", &id, &session);
	if (r < 0 || id[0] == '\0')
		return r;
	return read_session(bus, id, session, ret);
}

static int read_seats(sd_bus *bus, sd_bus_message *reply, struct logind_view *view)
{
	const char *name, *path;
	int r = sd_bus_message_enter_container(reply, 'a', "(so)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(so)", &name, &path)) > 0) {
		struct logind_seat *item = &view->item[view->n];

		if (view->n == LOGIND_SEATS_MAX)
			return -E2BIG;
		if (!seat_name_is_sound(name))
			continue;
		*item = (struct logind_seat){ .seat.until = TIME_NO_END };
		r = copy_text(item->name, sizeof(item->name), name);
		if (r >= 0)
			r = read_seat(bus, path, &item->seat);
		view->n++;
	}
	return r;
}

int logind_look(sd_bus *bus, struct logind_view *ret)
{
	scoped(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct logind_view view = { 0 };
	int r;

	if (!bus || sd_bus_is_ready(bus) <= 0)
		return -ENOTCONN;
	r = sd_bus_call_method(bus, SERVICE, MANAGER, SERVICE ".Manager", "ListSeats", NULL, &reply,
			       NULL);
	if (r >= 0)
		r = read_seats(bus, reply, &view);
	if (r < 0)
		return r;
	*ret = view;
	return 0;
}
