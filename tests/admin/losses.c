/* SPDX-License-Identifier: MIT */
/* losses.c - pairs of policies, and what ana loses from one to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "losses.h"

#define NOW INT64_C(1772399400)

#define HEAD                                                                 \
	"sereno: 1\ntimezone: UTC\norigins:\n  office: [10.0.0.0/8, seat]\n" \
	"  small: [10.1.0.0/16]\nservices:\n  two: [sshd, login]\n"          \
	"times:\n  day: [Mon-Fri 08:00-18:00]\nroles:\n"
#define ROLE(name, rule) "  " name ":\n    members: [ana]\n    allow:\n      - " rule "\n"

/* Losses as "service from change", one after the other; "*" is everything. */
static const struct row {
	const char *name, *old, *new, *losses;
} rows[] = {
	{ "the same", ROLE("a", "{services: [sshd], from: [office]}"),
	  ROLE("a", "{services: [sshd], from: [office]}"), "" },
	{ "another name", ROLE("a", "{services: [sshd], from: [office]}"),
	  ROLE("b", "{services: [sshd], from: [office]}"), "" },
	{ "a list for its elements", ROLE("a", "{services: [sshd, login], from: [seat]}"),
	  ROLE("a", "{services: [two], from: [seat]}"), "" },
	{ "anywhere for an address", ROLE("a", "{services: [sshd], from: [small]}"),
	  ROLE("a", "{services: [sshd], from: [anywhere]}"), "" },
	{ "a wider network", ROLE("a", "{services: [sshd], from: [small]}"),
	  ROLE("a", "{services: [sshd], from: [10.0.0.0/15]}"), "" },
	{ "a narrower network", ROLE("a", "{services: [sshd], from: [small]}"),
	  ROLE("a", "{services: [sshd], from: [10.1.0.0/17]}"), "sshd small gone; " },
	{ "one element of an origin", ROLE("a", "{services: [sshd], from: [office]}"),
	  ROLE("a", "{services: [sshd], from: [seat]}"), "sshd office gone; " },
	{ "one service", ROLE("a", "{services: [two], from: [seat]}"),
	  ROLE("a", "{services: [login], from: [seat]}"), "sshd seat gone; " },
	{ "hours where there were none", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], hours: [day]}"), "sshd seat hours; " },
	{ "the whole week is always", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], hours: ['Mon-Sun 00:00-24:00']}"), "" },
	{ "more hours", ROLE("a", "{services: [sshd], from: [seat], hours: [day]}"),
	  ROLE("a", "{services: [sshd], from: [seat], hours: [day, 'Sat 09:00-14:00']}"), "" },
	{ "other hours", ROLE("a", "{services: [sshd], from: [seat], hours: ['Mon 08:00-10:00']}"),
	  ROLE("a", "{services: [sshd], from: [seat], hours: ['Mon 08:30-12:00']}"),
	  "sshd seat hours; " },
	{ "a second factor", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], second-factor: required}"),
	  "sshd seat factor; " },
	{ "no second factor any more",
	  ROLE("a", "{services: [sshd], from: [seat], second-factor: required}"),
	  ROLE("a", "{services: [sshd], from: [seat]}"), "" },
	{ "demands add", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat]}")
		  ROLE("b", "{services: [sshd], from: [office], second-factor: required}"),
	  "sshd seat factor; " },
	{ "an end", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], until: 2027-01-01}"), "sshd seat dates; " },
	{ "a later beginning", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], since: 2027-01-01}"), "sshd seat dates; " },
	{ "a beginning that is past", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], since: 2020-01-01}"), "" },
	{ "what has ended is no loss",
	  ROLE("a", "{services: [sshd], from: [seat], until: 2020-01-01}"),
	  ROLE("a", "{services: [login], from: [seat]}"), "" },
	{ "hosts that are not ours", ROLE("a", "{services: [sshd], from: [seat], hosts: [other]}"),
	  ROLE("a", "{services: [login], from: [seat]}"), "" },
	{ "for other hosts now", ROLE("a", "{services: [sshd], from: [seat]}"),
	  ROLE("a", "{services: [sshd], from: [seat], hosts: [other]}"), "sshd seat gone; " },
	{ "no role any more", ROLE("a", "{services: [sshd], from: [seat]}"),
	  "  b:\n    members: [luis]\n    allow:\n      - {services: [sshd], from: [seat]}\n",
	  "*; " },
	{ "excepted", ROLE("a", "{services: [sshd], from: [seat]}"),
	  "  a:\n    members: [ana]\n    except: [ana]\n    allow:\n"
	  "      - {services: [sshd], from: [seat]}\n",
	  "*; " },
	{ "two roles made one",
	  ROLE("a", "{services: [sshd], from: [seat]}") ROLE("b", "{services: [su], from: [seat]}"),
	  ROLE("c", "{services: [su, sshd], from: [seat]}"), "" },
	{ "sudo-i is sudo", ROLE("a", "{services: [sudo-i], from: [seat]}"),
	  ROLE("a", "{services: [sudo], from: [seat]}"), "" },
};

static struct model *read_policy(const char *roles)
{
	struct model *model = NULL;
	struct diag_list diags = { 0 };
	char *text = NULL;

	assert_true(asprintf(&text, "%s%s", HEAD, roles) > 0);
	if (model_read("", text, strlen(text), NOW, &model, &diags) < 0)
		fail_msg("line %u: %s", diags.item[0].at.line, diags.item[0].text);
	diag_clear(&diags);
	free(text);
	return model;
}

static int write_losses(void *context, const char *user, const struct loss *loss, size_t n)
{
	static const char *const changes[] = {
		[CHANGE_NONE] = "none",	  [CHANGE_FACTOR] = "factor", [CHANGE_HOURS] = "hours",
		[CHANGE_DATES] = "dates", [CHANGE_GONE] = "gone",
	};

	assert_string_equal(user, "ana");
	for (size_t i = 0; i < n; i++) {
		if (loss[i].kind == LOSS_EVERYTHING)
			fprintf(context, "*; ");
		else
			fprintf(context, "%s %s %s; ", loss[i].service, loss[i].from,
				changes[loss[i].change]);
	}
	return 0;
}

static void check_row(void **state)
{
	const struct row *row = *state;
	const struct people people = { 0 };
	struct model *old_model = read_policy(row->old), *new_model = read_policy(row->new);
	struct holders old_holders, new_holders;
	const struct regime old = { old_model, &old_holders }, new = { new_model, &new_holders };
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	assert_non_null(stream);
	assert_int_equal(holders_gather(old_model, &people, "/", &old_holders), 0);
	assert_int_equal(holders_gather(new_model, &people, "/", &new_holders), 0);
	assert_int_equal(losses_find(&old, &new, &people, "here", NOW, write_losses, stream), 0);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text, row->losses);
	free(text);
	holders_clear(&old_holders);
	holders_clear(&new_holders);
	model_free(old_model);
	model_free(new_model);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = check_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("losses", tests, NULL, NULL);
}
