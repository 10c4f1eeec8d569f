/* SPDX-License-Identifier: MIT */
/* second_factor.c - who could show a code under a new policy, by what is known of his tokens. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sereno/codes.h>
#include <sereno/scoped.h>

#include "second_factor.h"

#define NOW  1750000020
#define HOUR 3600
#define UID  1000

static const struct codes_account ana = { "ana", UID };
static const struct otp_token phone = { OTP_SHA1, 6, 30, 20, "phone's own secret 1" };

static void need_at(const char *root, int64_t when)
{
	struct codes_needed needed;

	assert_int_equal(codes_need(root, &ana, 7 * 24 * HOUR, when, &needed), 0);
}

static void need_now(const char *root)
{
	need_at(root, NOW);
}

static void need_nearly_too_long_ago(const char *root)
{
	need_at(root, NOW - 2 * HOUR + 1);
}

static void need_long_ago(const char *root)
{
	need_at(root, NOW - 2 * HOUR);
}

static void enrol(const char *root)
{
	const struct codes_import import = { .token = &phone, .label = "phone" };

	assert_int_equal(codes_import(root, &ana, &import, 1, 1, NOW - 24 * HOUR), 0);
}

static void lose_phone(const char *root)
{
	enrol(root);
	assert_int_equal(codes_remove(root, &ana, NULL, NOW - 1), 0);
}

static void issue_ticket(const char *root, int64_t when)
{
	char ticket[OTP_RECOVERY_SIZE];

	assert_int_equal(codes_ticket_issue(root, &ana, when, HOUR, ticket), 0);
}

static void have_ticket(const char *root)
{
	issue_ticket(root, NOW - 60);
}

static void have_old_ticket(const char *root)
{
	issue_ticket(root, NOW - HOUR);
}

static void damage(const char *root)
{
	char path[128];

	enrol(root);
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/codes/%u", root, UID);
	assert_int_equal(truncate(path, 100), 0);
}

/* A byte of one slot: the other one stands in, and the account pays for it. */
static void flip(const char *root)
{
	char path[128];
	uint8_t byte;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/codes/%u", root, UID);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, 100), 1);
	byte ^= 0x40;
	assert_int_equal(pwrite(fd, &byte, 1, 100), 1);
	assert_int_equal(close(fd), 0);
}

static void need_and_fall_back(const char *root)
{
	need_now(root);
	flip(root);
}

static void have_ticket_and_fall_back(const char *root)
{
	have_ticket(root);
	flip(root);
}

static const struct row {
	const char *name;
	void (*past)(const char *root);
	enum enrolment_way enrol;
	enum code_means means;
} rows[] = {
	/* clang-format off */
	{ "never needed a code, at login",       NULL,                     ENROL_AT_LOGIN,  CODE_MEANS_ENROL },
	{ "never needed a code, by ticket",      NULL,                     ENROL_BY_TICKET, CODE_MEANS_TICKET },
	{ "needed one now, at login",            need_now,                 ENROL_AT_LOGIN,  CODE_MEANS_ENROL },
	{ "needed one now, by ticket",           need_now,                 ENROL_BY_TICKET, CODE_MEANS_TICKET },
	{ "the last second of enrol-within",     need_nearly_too_long_ago, ENROL_AT_LOGIN,  CODE_MEANS_ENROL },
	{ "enrol-within is over",                need_long_ago,            ENROL_AT_LOGIN,  CODE_MEANS_TICKET },
	{ "a token, at login",                   enrol,                    ENROL_AT_LOGIN,  CODE_MEANS_TOKEN },
	{ "a token, by ticket",                  enrol,                    ENROL_BY_TICKET, CODE_MEANS_TOKEN },
	{ "had a token, at login",               lose_phone,               ENROL_AT_LOGIN,  CODE_MEANS_TICKET },
	{ "a ticket, by ticket",                 have_ticket,              ENROL_BY_TICKET, CODE_MEANS_ENROL },
	{ "a ticket that is over",               have_old_ticket,          ENROL_BY_TICKET, CODE_MEANS_TICKET },
	{ "half of a record, at login",          need_and_fall_back,       ENROL_AT_LOGIN,  CODE_MEANS_TICKET },
	{ "half of a record, with a ticket",     have_ticket_and_fall_back, ENROL_BY_TICKET, CODE_MEANS_TICKET },
	{ "a record of another size",            damage,                   ENROL_AT_LOGIN,  CODE_MEANS_LOST },
	/* clang-format on */
};

static int set_up(char root[static 64])
{
	char path[128];
	FILE *file;

	(void)snprintf(root, 64, "/tmp/sereno-means.XXXXXX");
	assert_non_null(mkdtemp(root));
	(void)snprintf(path, sizeof(path), "%s/etc", root);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/etc/machine-id", root);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("0123456789abcdef0123456789abcdef\n", file) >= 0);
	return fclose(file);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static void check(void **state)
{
	const struct row *row = *state;
	struct model model = {
		.second_factor.rules = { .enrol = row->enrol, .enrol_within_sec = 2 * HOUR },
	};
	struct edition edition = { .model = &model };
	char root[64];
	const struct situation situation = { .root = root, .now = NOW, .edition = &edition };
	enum code_means means;

	assert_int_equal(set_up(root), 0);
	if (row->past)
		row->past(root);
	means = code_means_of(&situation, ana.user, ana.uid);
	assert_int_equal(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(means, row->means);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = check,
						.initial_state = (void *)(uintptr_t)&rows[i] };
	return _cmocka_run_group_tests("means to show a code", tests, ARRAY_SIZE(rows), NULL, NULL);
}
