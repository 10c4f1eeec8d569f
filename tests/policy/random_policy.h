/* SPDX-License-Identifier: MIT */
/*
 * random_policy.h - for tests: policies as text, drawn from a seed, of few names that often meet.
 */
#ifndef SERENO_TESTS_RANDOM_POLICY_H
#define SERENO_TESTS_RANDOM_POLICY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sereno/scoped.h>

#define N_USERS 6

/* SplitMix64: the same policies everywhere. */
static inline uint64_t draw(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline size_t below(uint64_t *seed, size_t n)
{
	return (size_t)(draw(seed) % n);
}

static const char *const elements[] = {
	"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0", "'fd00::/16'", "'fd00:1::/32'",
	"'::/0'",     "seat",	     "serial",	 "jobs",      "10.1.2.0/24", "'fd00:1::7'"
};
static const char *const froms[] = { "anywhere", "seat",	"serial",     "jobs",
				     "o0",	 "o1",		"o2",	      "10.1.0.0/16",
				     "10.1.2.3", "10.2.0.0/16", "'fd00::/16'" };
static const char *const service_words[] = { "login", "sshd", "sudo", "su", "chsh", "s0", "s1" };
static const char *const hours[] = { "Mon-Fri 07:00-21:00", "22:00-06:00",
				     "Sat 09:00-14:00",	    "Sun-Mon",
				     "02:00-03:00",	    "t0" };
static const char *const hosts[] = { "pg-01", "'web-*'", "h0" };
static const char *const groups[] = { "staff", "wheel", "night" };
static const char *const passwords[] = { "min-length: 16",
					 "min-classes: 4",
					 "max-repeat: 2",
					 "differs-by: 7",
					 "history: 24",
					 "dictionary: yes",
					 "min-age: 2d",
					 "max-age: 60d",
					 "warn-before: 20d",
					 "blocklist: /x",
					 "not-containing: [acme, corp]",
					 "not-containing: [acme, firm, corp]" };
static const char *const dates[] = { "2026-02-01", "2026-03-29T02:30", "2026-06-15", "2026-10-25",
				     "2027-01-01" };

/* Write "KEY: [a, b]", of @n words at most, none when @least is 0 and chance says so. */
static inline void write_list(FILE *out, uint64_t *seed, const char *key, const char *const *words,
			      size_t n)
{
	const size_t first = below(seed, n), count = 1 + below(seed, 3);

	(void)fprintf(out, "%s: [", key);
	for (size_t i = 0; i < count && i < n; i++)
		(void)fprintf(out, "%s%s", i ? ", " : "", words[(first + i * 2) % n]);
	(void)fprintf(out, "]");
}

static inline void write_users(FILE *out, uint64_t *seed, const char *key)
{
	const size_t first = below(seed, N_USERS), count = below(seed, 4);

	(void)fprintf(out, "    %s: [", key);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out, "%su%zu", i ? ", " : "", (first + i) % N_USERS);
	(void)fprintf(out, "]\n");
}

/* since: and until:, in this order if both. */
static inline void write_dates(FILE *out, uint64_t *seed, const char *separator)
{
	const size_t since = below(seed, ARRAY_SIZE(dates) - 1);
	const size_t until = since + 1 + below(seed, ARRAY_SIZE(dates) - since - 1);

	if (below(seed, 4) == 0)
		(void)fprintf(out, "%ssince: %s", separator, dates[since]);
	if (below(seed, 4) == 0)
		(void)fprintf(out, "%suntil: %s", separator, dates[until]);
}

static inline void write_rule(FILE *out, uint64_t *seed)
{
	(void)fprintf(out, "      - {");
	write_list(out, seed, "services", service_words, ARRAY_SIZE(service_words));
	(void)fprintf(out, ", ");
	write_list(out, seed, "from", froms, ARRAY_SIZE(froms));
	if (below(seed, 3) != 0) {
		(void)fprintf(out, ", ");
		write_list(out, seed, "hours", hours, ARRAY_SIZE(hours));
	}
	if (below(seed, 4) == 0) {
		(void)fprintf(out, ", ");
		write_list(out, seed, "hosts", hosts, ARRAY_SIZE(hosts));
	}
	if (below(seed, 4) == 0)
		(void)fprintf(out, ", second-factor: required");
	write_dates(out, seed, ", ");
	(void)fprintf(out, "}\n");
}

/* One key or two of those that are never looser than what the block says. */
static inline void write_password(FILE *out, uint64_t *seed, const char *indent)
{
	const size_t first = below(seed, ARRAY_SIZE(passwords) - 2);

	(void)fprintf(out, "\n%spassword: {%s, %s}", indent, passwords[first],
		      passwords[ARRAY_SIZE(passwords) - 1 - (first % 2)]);
}

static inline void write_role(FILE *out, uint64_t *seed, size_t index)
{
	const size_t other = below(seed, 4), n_rules = below(seed, 5);

	(void)fprintf(out, "  r%zu:\n", index);
	if (below(seed, 3) != 0)
		write_users(out, seed, "members");
	if (below(seed, 2) == 0) {
		write_list(out, seed, "    members-of", groups, ARRAY_SIZE(groups));
		(void)fprintf(out, "\n");
	}
	if (below(seed, 3) == 0)
		write_users(out, seed, "except");
	if (below(seed, 3) == 0 && other != index)
		(void)fprintf(out, "    excludes: [r%zu]\n", other);
	write_dates(out, seed, "\n    ");
	if (below(seed, 2) == 0)
		write_password(out, seed, "    ");
	(void)fprintf(out, "\n    allow:%s\n", n_rules ? "" : " []");
	for (size_t i = 0; i < n_rules; i++)
		write_rule(out, seed);
}

static inline char *write_policy(uint64_t *seed)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	(void)fprintf(out, "sereno: 1\ntimezone: Europe/Madrid\norigins:\n");
	for (size_t i = 0; i < 3; i++) {
		(void)fprintf(out, "  o%zu: ", i);
		(void)fprintf(out, "[%s, %s]\n", elements[below(seed, 6)],
			      elements[6 + below(seed, 6)]);
	}
	(void)fprintf(out, "services: {s0: [login, sshd, su], s1: [sudo, chfn, swaylock]}\n");
	(void)fprintf(out, "hosts: {h0: [db-1, 'pg-*']}\ntimes: {t0: [Wed 12:00-18:00]}\n");
	(void)fprintf(out, "accounts: {persons: {p: [u0, u1]}, min-uid: 1000, break-glass: "
			   "{members: [rescue]}}\nroot: {direct-login: [o1, seat]}\nroles:\n");
	for (size_t i = 0; i < 4; i++)
		write_role(out, seed, i);
	if (below(seed, 3) == 0) /* a program; by a group it may turn into a person */
		(void)fprintf(out,
			      "  program:\n    unattended: yes\n    members: [u%zu]\n"
			      "    allow: [{services: [sshd, sudo], from: [10.1.0.0/16]}]\n",
			      below(seed, N_USERS));
	(void)fprintf(out,
		      "password: {dictionary: no, min-length: 8, max-age: 1y, max-repeat: 5}\n");
	if (below(seed, 4) == 0)
		(void)fprintf(out, "observe: [second-factor]\n");
	assert_int_equal(fclose(out), 0);
	return text;
}

#endif
