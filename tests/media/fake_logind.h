/* SPDX-License-Identifier: MIT */
/*
 * fake_logind.h - org.freedesktop.login1 with one seat, where whoever the test wants is in front.
 */
#ifndef TESTS_MEDIA_FAKE_LOGIND_H
#define TESTS_MEDIA_FAKE_LOGIND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define LOGIN1	     "org.freedesktop.login1"
#define LOGIN1_PATH  "/org/freedesktop/login1"
#define SEAT0_PATH   LOGIN1_PATH "/seat/seat0"
#define SESSION_PATH LOGIN1_PATH "/session/"

#define FAKE_SESSIONS 8

struct fake_session {
	char id[16]; /* "": none */
	char user[16], class[16];
	uint32_t uid;
	bool locked;
};

struct fake_logind {
	const char *root;
	sd_bus *bus;
	struct fake_session front;
	struct fake_session all[FAKE_SESSIONS]; /* each as it was last in front */
};

static inline int fake_list(sd_bus_message *message, void *context, sd_bus_error *error)
{
	(void)context;
	(void)error;
	return sd_bus_reply_method_return(message, "a(so)", 1, "seat0", SEAT0_PATH);
}

static inline int fake_active(sd_bus *bus, const char *path, const char *interface,
			      const char *property, sd_bus_message *reply, void *context,
			      sd_bus_error *error)
{
	const struct fake_logind *logind = context;
	char session[64] = "/";

	(void)bus;
	(void)path;
	(void)interface;
	(void)property;
	(void)error;
	if (logind->front.id[0])
		(void)snprintf(session, sizeof(session), SESSION_PATH "%s", logind->front.id);
	return sd_bus_message_append(reply, "(so)", logind->front.id, session);
}

static inline int fake_session(sd_bus *bus, const char *path, const char *interface,
			       const char *property, sd_bus_message *reply, void *context,
			       sd_bus_error *error)
{
	const struct fake_session *session = context;

	(void)bus;
	(void)path;
	(void)interface;
	(void)error;
	if (strcmp(property, "User") == 0)
		return sd_bus_message_append(reply, "(uo)", session->uid, "/");
	if (strcmp(property, "LockedHint") == 0)
		return sd_bus_message_append(reply, "b", session->locked);
	return sd_bus_message_append(
		reply, "s", strcmp(property, "Name") == 0 ? session->user : session->class);
}

static inline int fake_find(sd_bus *bus, const char *path, const char *interface, void *context,
			    void **ret, sd_bus_error *error)
{
	struct fake_logind *logind = context;

	(void)bus;
	(void)interface;
	(void)error;
	for (size_t i = 0; i < FAKE_SESSIONS; i++)
		if (logind->all[i].id[0] &&
		    strcmp(path + strlen(SESSION_PATH), logind->all[i].id) == 0) {
			*ret = &logind->all[i];
			return 1;
		}
	return 0;
}

static inline void fake_keep(struct fake_logind *logind)
{
	for (size_t i = 0; i < FAKE_SESSIONS && logind->front.id[0]; i++)
		if (!logind->all[i].id[0] || !strcmp(logind->all[i].id, logind->front.id)) {
			logind->all[i] = logind->front;
			return;
		}
}

static const sd_bus_vtable fake_manager_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("ListSeats", "", "a(so)", fake_list, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable fake_seat_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("ActiveSession", "(so)", fake_active, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable fake_session_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Class", "s", fake_session, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Name", "s", fake_session, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("User", "(uo)", fake_session, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("LockedHint", "b", fake_session, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

/* logind's own file first, as logind has it. */
static inline int fake_write(const struct fake_logind *logind)
{
	char path[128], new[140];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/run/systemd/seats/seat0", logind->root);
	(void)snprintf(new, sizeof(new), "%s.new", path);
	file = fopen(new, "we");
	if (!file)
		return -1;
	(void)fprintf(file, "IS_SEAT0=1\n");
	if (logind->front.id[0])
		(void)fprintf(file, "ACTIVE=%s\nACTIVE_UID=%u\n", logind->front.id,
			      logind->front.uid);
	return fclose(file) == 0 ? rename(new, path) : -1;
}

static inline int fake_told(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct fake_logind *logind = context;

	(void)source;
	(void)events;
	if (recv(fd, &logind->front, sizeof(logind->front), 0) != sizeof(logind->front))
		_exit(0);
	fake_keep(logind);
	if (fake_write(logind) < 0 ||
	    sd_bus_emit_properties_changed(logind->bus, SEAT0_PATH, LOGIN1 ".Seat", "ActiveSession",
					   NULL) < 0 ||
	    sd_bus_flush(logind->bus) < 0)
		_exit(1);
	return send(fd, "", 1, 0) == 1 ? 0 : -1;
}

static inline int fake_open_bus(sd_bus **ret)
{
	for (int i = 0; i < 400; i++) { /* the daemon is being started */
		if (sd_bus_open_system(ret) >= 0)
			return 0;
		(void)usleep(5000);
	}
	return -1;
}

static inline int fake_logind_run(const char *root, int fd)
{
	struct fake_logind logind = { .root = root };
	sd_event *event = NULL;
	int r = fake_open_bus(&logind.bus);

	if (r >= 0)
		r = sd_event_new(&event);
	if (r >= 0)
		r = sd_bus_add_object_vtable(logind.bus, NULL, LOGIN1_PATH, LOGIN1 ".Manager",
					     fake_manager_vtable, &logind);
	if (r >= 0)
		r = sd_bus_add_object_vtable(logind.bus, NULL, SEAT0_PATH, LOGIN1 ".Seat",
					     fake_seat_vtable, &logind);
	if (r >= 0)
		r = sd_bus_add_fallback_vtable(logind.bus, NULL, LOGIN1_PATH "/session",
					       LOGIN1 ".Session", fake_session_vtable, fake_find,
					       &logind);
	if (r >= 0)
		r = sd_bus_request_name(logind.bus, LOGIN1, 0);
	if (r >= 0)
		r = sd_bus_attach_event(logind.bus, event, 0);
	if (r >= 0)
		r = sd_event_add_io(event, NULL, fd, EPOLLIN, fake_told, &logind);
	return r < 0 ? r : sd_event_loop(event);
}

#endif
