/* SPDX-License-Identifier: MIT */
/* plan.c - what is due for a session: a pure function of what is known, what was told, and when. */
#include <time.h>

#include <sereno/calendar.h>
#include <sereno/sessions.h>

struct session_clock session_clock_read(void)
{
	struct timespec wall = { 0 }, boot = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &wall); /* cannot fail on Linux */
	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	/* Of the moment at which the wall clock's second began: else a deadline counted in seconds
	 * from here would come up to one after the end it stands for. */
	return (struct session_clock){ .now = wall.tv_sec,
				       .boot = boot.tv_sec - (boot.tv_nsec < wall.tv_nsec) };
}

static bool is_over(const struct session_view *view)
{
	return !view->allowed || view->lost_group;
}

/* Seconds that are left, at most the time of a warning. */
static int64_t seconds_left(const struct session_view *view, struct session_clock clock)
{
	if (is_over(view))
		return SESSION_WARNING_SEC; /* it came without a warning: that begins now */
	return view->until > clock.now ? view->until - clock.now : 0;
}

static bool ends_soon(const struct session_view *view, struct session_clock clock)
{
	return view->until <= clock.now + SESSION_WARNING_SEC;
}

/*
 * What was promised is kept: a deadline that was told stands, also when the access is taken away
 * before it. It is forgotten as soon as the access goes on.
 */
struct session_plan session_plan(const struct session_view *view,
				 const struct session_memory *memory, struct session_clock clock)
{
	struct session_plan plan = { .step = SESSION_STAYS, .ends = view->way == ACCESS_END_ENDS };

	if (view->exempt)
		return plan;
	if (view->departed) {
		plan.step = SESSION_END;
		plan.ends = true;
		return plan;
	}
	if (!is_over(view) && !ends_soon(view, clock))
		return plan;
	plan.step = memory->told ? SESSION_IS_TOLD : SESSION_TELL;
	plan.deadline = memory->told ? memory->deadline : clock.boot + seconds_left(view, clock);
	if (is_over(view) && plan.ends && memory->told && clock.boot >= memory->deadline)
		plan.step = SESSION_END;
	return plan;
}
