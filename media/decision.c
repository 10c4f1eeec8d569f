/* SPDX-License-Identifier: MIT */
/* decision.c - what is to be done about each device, from what it has and what it may have. */
#include "decision.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "blocks.h"
#include "bus_default.h"
#include "kept.h"
#include "standing.h"
#include "told.h"
#include "udev_record.h"

struct decision {
	const struct decision_asker *asker;
	int64_t until;
	int failed; /* of the last device that could not be decided */
	size_t n;
	struct standing *standing; /* of each seat, and of one where nobody is */
};

/* What a device has been given, as far as udev knows. */
enum given { GIVEN_UNKNOWN, GIVEN_THIS, GIVEN_LESS, GIVEN_MORE };

/* What to do. */
enum step { STEP_NONE, STEP_ASK, STEP_TAKE, STEP_TURN, STEP_LESSEN };

static void decision_clear(struct decision *decision)
{
	for (size_t i = 0; i < decision->n; i++)
		standing_close(&decision->standing[i]);
	free(decision->standing);
}

/* Who sits there is known here, and followed: what logind has written down may be a moment ahead,
 * and would make nobody of him who has just changed to another session of his own. */
static void seat_in(struct standing *standing, const struct seat *seat)
{
	standing->seat = *seat;
	for (size_t i = 0; i < seat->roles.n; i++)
		standing->role[i] = standing->seat.roles.name[i];
	standing->subject = (struct media_subject){
		.present = seat->session[0] != '\0',
		.locked = seat->locked,
		.user = standing->seat.user,
		.uid = seat->uid,
		.roles = standing->role,
		.n_roles = standing->now < seat->until ? seat->roles.n : 0,
	};
}

/* The last one is for devices of seats that logind does not have. */
static int open_standings(struct decision *decision)
{
	static const struct seat empty = { .until = TIME_NO_END };
	const struct seats *seats = decision->asker->seats;

	decision->standing = calloc(seats->n + 1, sizeof(*decision->standing));
	if (!decision->standing)
		return -ENOMEM;
	for (decision->n = 0; decision->n <= seats->n; decision->n++) {
		struct standing *standing = &decision->standing[decision->n];

		standing_open(decision->asker->root, NULL, STANDING_BOOT_OPEN, standing);
		seat_in(standing, decision->n < seats->n ? &seats->item[decision->n].seat : &empty);
	}
	return 0;
}

/* Which of the standings a device has: that of the seat it belongs to, by udev. */
static size_t seat_of(const struct decision *decision, const struct candidate *candidate)
{
	const struct seats *seats = decision->asker->seats;
	char name[UDEV_VALUE_SIZE] = "";

	if (udev_record_value(decision->asker->root, candidate->record, "ID_SEAT", name,
			      sizeof(name)) < 0 ||
	    name[0] == '\0')
		memcpy(name, SEAT_DEFAULT, sizeof(SEAT_DEFAULT));
	for (size_t i = 0; i < seats->n; i++)
		if (strcmp(seats->item[i].name, name) == 0)
			return i;
	return seats->n;
}

static enum given compare_given(const struct decision *decision, const struct candidate *candidate,
				enum media_access access)
{
	char word[UDEV_VALUE_SIZE] = "";
	const int r = udev_record_value(decision->asker->root, candidate->record, "SERENO_MEDIA",
					word, sizeof(word));
	int given = -1;

	if (r == -ENOENT) /* udev is about to decide, or does not run: then nothing would hear us */
		return GIVEN_THIS;
	if (r < 0)
		return GIVEN_UNKNOWN;
	for (enum media_access each = MEDIA_DENY; each <= MEDIA_READ_WRITE; each++)
		if (strcmp(word, media_access_name(each)) == 0)
			given = (int)each;
	if (strcmp(word, "allow") == 0)
		given = MEDIA_READ_WRITE;
	if (given < 0)
		return GIVEN_UNKNOWN;
	if (given == (int)access)
		return GIVEN_THIS;
	return given < (int)access ? GIVEN_LESS : GIVEN_MORE;
}

/* Whether what he who sat there before was given is gone with him. What nobody at all would be
 * given as well, as a disk for backups, was not his. */
static bool goes_with_him(const struct decision *decision, size_t seat,
			  const struct candidate *candidate, enum media_access access)
{
	const struct seats *seats = decision->asker->seats;
	struct standing *standing = &decision->standing[seat];
	const struct media_subject subject = standing->subject;
	struct media_verdict verdict;

	if (seat == seats->n || !seats->item[seat].taken_over || !candidate_is_medium(candidate))
		return false;
	standing->subject = (struct media_subject){ 0 };
	standing_judge(standing, candidate->facts, &verdict);
	standing->subject = subject;
	return verdict.access < access || verdict.access == MEDIA_DENY;
}

/* Whether a medium was put in behind a lock that is open by now. */
static bool has_kept_out(const struct decision *decision, const struct candidate *candidate)
{
	scoped(blocks_clear) struct blocks blocks = { 0 };
	const char *root = decision->asker->root;

	if (!candidate->device || !candidate_is_medium(candidate) ||
	    blocks_find(root, candidate->directory, &blocks) < 0)
		return false;
	for (size_t i = 0; i < blocks.n; i++) {
		char record[UDEV_RECORD_SIZE], reason[UDEV_VALUE_SIZE];
		const dev_t number = blocks.item[i].number;

		(void)snprintf(record, sizeof(record), "b%u:%u", major(number), minor(number));
		if (udev_record_value(root, record, "SERENO_MEDIA_REASON", reason,
				      sizeof(reason)) == 0 &&
		    strcmp(reason, media_reason_name(MEDIA_IS_LOCKED)) == 0)
			return true;
	}
	return false;
}

static enum step step_allowed(const struct decision *decision, size_t seat,
			      const struct candidate *candidate, enum media_access access)
{
	if (!candidate->is_in)
		return STEP_ASK;
	switch (compare_given(decision, candidate, access)) {
	case GIVEN_THIS:
		if (decision->standing[seat].subject.locked)
			return STEP_NONE;
		return has_kept_out(decision, candidate) ? STEP_ASK : STEP_NONE;
	case GIVEN_LESS:
		return STEP_ASK;
	case GIVEN_MORE:
		return STEP_LESSEN;
	case GIVEN_UNKNOWN: /* it came before us; of what is no medium there is all or nothing */
		break;
	}
	if (!candidate_is_medium(candidate))
		return STEP_NONE;
	return access == MEDIA_READ_WRITE ? STEP_ASK : STEP_LESSEN;
}

/* Without a policy nothing tells what was meant to stay: only who leaves is followed. */
static bool may_be_taken(const struct standing *standing, const struct candidate *candidate,
			 bool gone)
{
	if (standing->kind != STANDING_POLICY && !gone)
		return false;
	return !candidate_is_kept(standing->root, candidate);
}

static enum step find_step(const struct decision *decision, size_t seat,
			   const struct candidate *candidate, const struct media_verdict *verdict)
{
	const struct standing *standing = &decision->standing[seat];
	const bool gone =
		candidate->is_in && goes_with_him(decision, seat, candidate, verdict->access);

	if (verdict->access != MEDIA_DENY && !gone)
		return step_allowed(decision, seat, candidate, verdict->access);
	if (!candidate->is_in || !may_be_taken(standing, candidate, gone))
		return STEP_NONE;
	return verdict->access == MEDIA_DENY ? STEP_TAKE : STEP_TURN;
}

static int begin(struct decision *decision, size_t seat, const struct candidate *candidate,
		 const struct media_verdict *verdict, enum step step)
{
	const struct decision_asker *asker = decision->asker;
	const struct seats *seats = asker->seats;
	const struct media_subject *subject = &decision->standing[seat].subject;
	const bool taken_over = seat < seats->n && seats->item[seat].taken_over;
	const struct release release = {
		.root = asker->root,
		.candidate = candidate,
		.user = subject->present ? subject->user : NULL,
		.reason = step == STEP_TAKE ? media_reason_name(verdict->reason) : "user-changed",
		.end = step == STEP_TAKE   ? RELEASE_OFF
		       : step == STEP_TURN ? RELEASE_TURN
					   : RELEASE_AGAIN,
		.grace_sec = asker->grace_sec,
		.limit_sec = RELEASE_LIMIT_SEC,
	};

	return releasing_begin(asker->releasing, &release,
			       taken_over ? RELEASING_FINAL : RELEASING_CAN_BE_CALLED_OFF);
}

static int take_step(struct decision *decision, size_t seat, const struct candidate *candidate,
		     const struct media_verdict *verdict)
{
	const enum step step = find_step(decision, seat, candidate, verdict);
	struct releasing_item *under_way = releasing_find(decision->asker->releasing, candidate);

	switch (step) {
	case STEP_NONE:
	case STEP_ASK:
		if (under_way)
			releasing_call_off(under_way);
		else if (step == STEP_ASK)
			return release_ask_again(decision->asker->root, candidate);
		return 0;
	case STEP_TAKE:
	case STEP_TURN:
	case STEP_LESSEN:
		return under_way ? 0 : begin(decision, seat, candidate, verdict, step);
	}
	return 0;
}

/* One that fails does not keep the others from being decided. */
static int decide(void *context, const struct candidate *candidate)
{
	struct decision *decision = context;
	const size_t seat = seat_of(decision, candidate);
	struct standing *standing = &decision->standing[seat];
	struct media_verdict verdict;
	char text[TOLD_DEVICE_SIZE];
	int r;

	standing_judge(standing, candidate->facts, &verdict);
	if (verdict.until < decision->until)
		decision->until = verdict.until;
	r = take_step(decision, seat, candidate, &verdict);
	if (r == 0 || r == -ENODEV || r == -ENOENT)
		return 0;
	told_device(candidate, text);
	told_failed(standing->root, text, "it could not be decided again", r);
	decision->failed = r;
	return 0;
}

bool decision_is_ours(const char *root, int *ret_unusable)
{
	scoped(standing_close) struct standing standing;

	standing_open(root, NULL, STANDING_BOOT_OPEN, &standing);
	*ret_unusable = standing.kind == STANDING_NO_POLICY ? standing.unusable : 0;
	switch (standing.kind) {
	case STANDING_UNMANAGED:
		return false;
	case STANDING_POLICY:
		return !standing.rules.observe;
	case STANDING_NO_POLICY:
		return bus_default_is_ours(root);
	}
	return false;
}

int decision_run(const struct decision_asker *asker, int64_t *ret_until)
{
	scoped(decision_clear) struct decision decision = { .asker = asker, .until = TIME_NO_END };
	int r = open_standings(&decision);

	if (r == 0)
		r = candidates_list(asker->root, decide, &decision);
	if (r == 0)
		*ret_until = decision.until;
	return r < 0 ? r : decision.failed;
}
