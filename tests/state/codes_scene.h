/* SPDX-License-Identifier: MIT */
/* codes_scene.h - for the tests of codes: people with tokens whose secrets the test knows. */
#ifndef SERENO_TESTS_CODES_SCENE_H
#define SERENO_TESTS_CODES_SCENE_H

#include "slot_scene.h"

#include <errno.h>

#include <sereno/codes.h>

#include "codes_record.h"

#define NOW 1750000020 /* a step begins */

static const struct codes_account person UNUSED = { "ana", 1000 };
static const struct codes_account other_person UNUSED = { "berta", 1001 };
static const struct otp_token phone = { OTP_SHA1, 6, 30, 20, "phone's own secret 1" };
static const struct otp_token tablet UNUSED = { OTP_SHA256, 8, 60, 32,
						"tablet's own secret, of 32 bytes" };

/* What @token shows at @when. */
struct shown {
	char code[OTP_CODE_SIZE];
};

static UNUSED struct shown show(const struct otp_token *token, int64_t when)
{
	struct shown shown = { "" };

	assert_int_equal(otp_code(token, otp_step(token, when), shown.code), 0);
	return shown;
}

/* A code of @token that it shows nowhere near @when. */
static UNUSED struct shown show_wrong(const struct otp_token *token, int64_t when)
{
	struct shown wrong = show(token, when);
	bool again = true;

	while (again) {
		wrong.code[0] = wrong.code[0] == '9' ? '0' : (char)(wrong.code[0] + 1);
		again = false;
		for (int64_t step = -4; step <= 4; step++)
			again |= strcmp(show(token, when + step * 30).code, wrong.code) == 0;
	}
	return wrong;
}

/* Give @account a token as an import does, used up to long before NOW. */
static UNUSED void give(struct scene *scene, const struct codes_account *account,
			const struct otp_token *token, const char *label)
{
	const struct codes_import import = { .token = token, .label = label };

	assert_int_equal(codes_import(scene->root, account, &import, 1, 1, NOW - 86400), 0);
}

static UNUSED struct codes_result check(const char *root, const char *typed, int64_t now)
{
	const struct codes_attempt attempt = { typed, now, 1 };
	struct codes_result result;

	assert_int_equal(codes_check(root, &person, &attempt, &result), 0);
	return result;
}

static UNUSED enum codes_verdict verdict(struct scene *scene, const char *typed, int64_t now)
{
	return check(scene->root, typed, now).verdict;
}

static UNUSED const char *codes_path(struct scene *scene)
{
	return record_path(scene, &codes_kind, &ana);
}

/* Damage a slot, 0 or 1. */
static UNUSED void damage(struct scene *scene, unsigned slot)
{
	(void)codes_path(scene);
	flip(scene, (off_t)(slot * slot_length(&codes_kind) + 100), 0x40);
}

/* Damage the slot that holds the newest record: of the two, the one whose loss changes what is
 * told of the token's use. */
static UNUSED void damage_newest(struct scene *scene)
{
	struct codes_status before, after;

	assert_int_equal(codes_status(scene->root, &person, &before), 0);
	damage(scene, 0);
	assert_int_equal(codes_status(scene->root, &person, &after), 0);
	if (before.token[0].used != after.token[0].used)
		return;
	damage(scene, 0); /* the same bit back */
	damage(scene, 1);
}

#endif
