/* SPDX-License-Identifier: MIT */
/* code_memory.c - a code that was accepted counts again in its own login, and at the same place. */
#include <unistd.h>

#include <security/pam_modules.h>

#include <sereno/remembered.h>
#include <sereno/slot.h>

#include "code_memory.h"
#include "report.h"

#define PLACES_MAX 3

struct places {
	struct remembered_place place[PLACES_MAX];
	size_t n;
};

static bool may_remember(const struct code_asked *asked)
{
	return asked->judgement->second_factor.remember_sec > 0 && slot_caller_may(asked->root);
}

static struct remembered_place *next(struct places *places)
{
	return &places->place[places->n];
}

/* The seat, if that is where all of it comes from; the line of who logs in at one. */
static void add_line(const struct code_asked *asked, struct places *places)
{
	const struct request *request = asked->request;
	const void *tty = NULL;

	for (size_t i = 0; i < request->n_origins; i++)
		if (request->origins[i].kind != request->origins[0].kind)
			return;
	if (request->n_origins == 0)
		return;
	if (request->origins[0].kind == ORIGIN_SEAT) {
		*next(places) = (struct remembered_place){ .kind = REMEMBERED_SEAT };
		places->n++;
	} else if (request->origins[0].kind == ORIGIN_SERIAL && request->kind == SERVICE_LOGIN &&
		   pam_get_item(asked->pamh, PAM_TTY, &tty) == PAM_SUCCESS && tty &&
		   remembered_line(tty, next(places)) == 0) {
		places->n++;
	}
}

static void add_own_login(const struct code_asked *asked, struct places *places)
{
	if (remembered_own_login(asked->root, asked->request->subject.uid, next(places)) == 0)
		places->n++;
}

static void add_process(pid_t pid, struct places *places)
{
	if (remembered_process(pid, next(places)) == 0)
		places->n++;
}

static bool is_inside_login(const struct request *request)
{
	return request->kind == SERVICE_ELEVATE || request->kind == SERVICE_TOOL;
}

bool code_memory_counts(const struct code_asked *asked)
{
	static const char *const words[] = {
		[REMEMBERED_LOGIN] = "login", [REMEMBERED_SEAT] = "seat", [REMEMBERED_LINE] = "line"
	};
	const struct request *request = asked->request;
	struct places places = { .n = 0 };
	struct attempt_clock now;

	if (!may_remember(asked))
		return false;
	add_line(asked, &places);
	if (is_inside_login(request))
		add_own_login(asked, &places);
	if (places.n == 0 || attempt_clock_now(&now) < 0)
		return false;
	for (size_t i = 0; i < places.n; i++)
		if (remembered_find(asked->root, request->subject.uid, &places.place[i],
				    asked->judgement->second_factor.remember_sec, &now) == 0) {
			report_code(asked->root, request, EVENT_CODE_REMEMBERED,
				    words[places.place[i].kind], NULL);
			return true;
		}
	return false;
}

/*
 * The process that will open the login is this one or, with sshd, the one that started it. Of the
 * two the other opens none: it is found by nobody.
 */
void code_memory_keep(const struct code_asked *asked)
{
	const struct request *request = asked->request;
	struct places places = { .n = 0 };
	struct attempt_clock now;

	if (!may_remember(asked) || attempt_clock_now(&now) < 0)
		return;
	add_line(asked, &places);
	if (is_inside_login(request)) {
		add_own_login(asked, &places);
	} else if (request->kind == SERVICE_LOGIN) {
		add_process(getpid(), &places);
		add_process(getppid(), &places);
	}
	for (size_t i = 0; i < places.n; i++) /* best effort */
		(void)remembered_write(asked->root, request->subject.uid, &places.place[i], &now);
}

void code_memory_close(const char *root, uid_t uid)
{
	struct remembered_place place;

	if (remembered_process(getpid(), &place) == 0)
		(void)remembered_remove(root, uid, &place); /* found by nobody any more, anyway */
}
