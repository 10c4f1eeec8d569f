/* SPDX-License-Identifier: MIT */
/* format.c - the catalogue and the text of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include <sereno/event.h>
#include <sereno/scoped.h>

#include "catalogue.h"

static const struct row {
	const char *name;
	struct event event;
	const char *line;
} rows[] = {
	{ "denied",
	  { .id = EVENT_ACCESS_DENIED,
	    .subject = "ana",
	    .service = "sshd",
	    .origin = "10.1.2.3",
	    .verdict = "deny",
	    .reason = "no-rule",
	    .policy = "1a2b",
	    .until = EVENT_NO_TIME },
	  "access.denied subject=\"ana\" service=\"sshd\" origin=\"10.1.2.3\" verdict=deny "
	  "reason=no-rule policy=1a2b" },
	{ "allowed with all",
	  { .id = EVENT_ACCESS_ALLOWED,
	    .subject = "ana",
	    .target = "root",
	    .service = "su",
	    .origin = "seat",
	    .verdict = "allow",
	    .reason = "rule",
	    .rule = "sysadmin.2",
	    .line = 66,
	    .policy = "ff",
	    .detail = "two words",
	    .until = 1798758000 },
	  "access.allowed subject=\"ana\" target=\"root\" service=\"su\" origin=\"seat\" "
	  "verdict=allow reason=rule rule=\"sysadmin.2\" line=66 policy=ff "
	  "until=2026-12-31T23:00:00Z detail=\"two words\"" },
	{ "missing members are seen",
	  { .id = EVENT_ACCESS_DENIED, .until = EVENT_NO_TIME },
	  "access.denied subject=\"?\" service=\"?\" origin=\"?\" verdict=? reason=?" },
	{ "time zero is no time",
	  { .id = EVENT_SESSION_CLOSED, .subject = "a", .service = "b" },
	  "session.closed subject=\"a\" service=\"b\"" },
	{ "quotes, backslash, newline",
	  { .id = EVENT_SESSION_CLOSED,
	    .subject = "a\" verdict=allow\\\n",
	    .service = "\xc3\xb1",
	    .until = EVENT_NO_TIME },
	  "session.closed subject=\"a\\x22 verdict=allow\\x5c\\x0a\" service=\"\\xc3\\xb1\"" },
	{ "a bare word stays one word",
	  { .id = EVENT_POLICY_APPLIED, .policy = "a b=c", .until = EVENT_NO_TIME },
	  "policy.applied policy=a\\x20b\\x3dc" },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	char line[EVENT_LINE_MAX];

	assert_int_equal(event_format(&row->event, line), strlen(row->line));
	assert_string_equal(line, row->line);
}

/* A value made of one odd byte never adds a quote, a control or a byte outside of ASCII. */
static void every_byte_is_escaped(void **state)
{
	char subject[2] = "";
	char line[EVENT_LINE_MAX];

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const struct event event = { .id = EVENT_SESSION_CLOSED,
					     .subject = subject,
					     .service = "su",
					     .until = EVENT_NO_TIME };
		size_t quotes = 0;

		subject[0] = (char)byte;
		(void)event_format(&event, line);
		for (const char *c = line; *c; c++) {
			assert_in_range((unsigned char)*c, 0x20, 0x7e);
			quotes += *c == '"';
		}
		assert_int_equal(quotes, 4);
	}
}

static void a_long_value_leaves_the_verdict(void **state)
{
	static char huge[100000];
	char line[EVENT_LINE_MAX];
	const struct event event = { .id = EVENT_ACCESS_DENIED,
				     .subject = huge,
				     .target = huge,
				     .service = huge,
				     .origin = huge,
				     .verdict = "deny",
				     .reason = "no-rule",
				     .detail = huge,
				     .until = EVENT_NO_TIME };

	(void)state;
	for (int byte = 1; byte < 256; byte += 64) {
		memset(huge, byte, sizeof(huge) - 1);
		assert_true(event_format(&event, line) < EVENT_LINE_MAX);
		assert_non_null(strstr(line, "\" verdict=deny reason=no-rule detail=\""));
		assert_int_equal(line[strlen(line) - 1], '"');
	}
}

static void the_catalogue_is_complete(void **state)
{
	(void)state;
	for (enum event_id id = 0; id < EVENT_COUNT; id++) {
		const struct catalogue_entry *entry = catalogue_entry(id);

		assert_non_null(entry->name);
		assert_non_null(strchr(entry->name, '.'));
		assert_int_equal(strspn(entry->message_id, "0123456789abcdef"), 32);
		assert_int_equal(strlen(entry->message_id), 32);
		assert_in_range(entry->priority, LOG_ALERT, LOG_INFO);
		assert_string_equal(event_name(id), entry->name);
		assert_int_equal(event_priority(id), entry->priority);
		for (enum event_id other = 0; other < id; other++) {
			assert_string_not_equal(entry->name, event_name(other));
			assert_string_not_equal(entry->message_id,
						catalogue_entry(other)->message_id);
		}
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 3] = {
		cmocka_unit_test(every_byte_is_escaped),
		cmocka_unit_test(a_long_value_leaves_the_verdict),
		cmocka_unit_test(the_catalogue_is_complete),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[3 + i] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
