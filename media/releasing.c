/* SPDX-License-Identifier: MIT */
/* releasing.c - processes that take devices away, followed until they end. */
#include "releasing.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <sereno/scoped.h>

static int ended(sd_event_source *source, const siginfo_t *info, void *context)
{
	struct releasing *releasing = context;

	(void)source;
	for (size_t i = 0; i < RELEASING_MAX; i++) {
		struct releasing_item *item = &releasing->item[i];
		const bool anew = item->anew;

		if (item->pid != info->si_pid)
			continue;
		(void)sd_event_source_disable_unref(item->source);
		*item = (struct releasing_item){ 0 };
		if (anew)
			releasing->ended(releasing->context);
	}
	return 0;
}

/* The child has the device by the descriptor that was decided on, and nothing to do with our
 * events. */
static void __attribute__((noreturn)) run_child(const struct release *release)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_NAME, "media-release");
	_exit(release_run(release) < 0 ? 1 : 0);
}

static struct releasing_item *find_free(struct releasing *releasing)
{
	for (size_t i = 0; i < RELEASING_MAX; i++)
		if (releasing->item[i].pid == 0)
			return &releasing->item[i];
	return NULL;
}

int releasing_begin(struct releasing *releasing, const struct release *release,
		    enum releasing_way way)
{
	struct releasing_item *item = find_free(releasing);
	pid_t child;
	int r;

	if (!item)
		return -EBUSY;
	child = fork();
	if (child < 0)
		return neg_errno();
	if (child == 0)
		run_child(release);
	*item = (struct releasing_item){ .pid = child, .number = release->candidate->number };
	memcpy(item->name, release->candidate->name, sizeof(item->name));
	item->final = way == RELEASING_FINAL;
	r = sd_event_add_child(releasing->event, &item->source, child, WEXITED, ended, releasing);
	if (r < 0) { /* not followed, it does its work all the same */
		*item = (struct releasing_item){ 0 };
		return r;
	}
	return 0;
}

struct releasing_item *releasing_find(struct releasing *releasing,
				      const struct candidate *candidate)
{
	for (size_t i = 0; i < RELEASING_MAX; i++) {
		struct releasing_item *item = &releasing->item[i];

		if (item->pid != 0 && item->number == candidate->number &&
		    strcmp(item->name, candidate->name) == 0)
			return item;
	}
	return NULL;
}

void releasing_call_off(struct releasing_item *item)
{
	item->anew = true;
	if (!item->final)
		(void)kill(item->pid, SIGKILL); /* ours, and not waited for: the number is its */
}

void releasing_clear(struct releasing *releasing)
{
	for (size_t i = 0; i < RELEASING_MAX; i++)
		(void)sd_event_source_disable_unref(releasing->item[i].source);
	memset(releasing->item, 0, sizeof(releasing->item));
}
