/* SPDX-License-Identifier: MIT */
/* attempts.c - what the block attempts: comes to, and whether its parts go together. */
#include "reader.h"

static void check_then(struct reader *reader, const struct attempts_block *block)
{
	const struct mark *given = block->then_key_at;

	if (!block->then_at.line)
		return;
	if (given[THEN_KEY_DELAY].line && given[THEN_KEY_LOCK].line)
		diag_fault(reader->diags, given[THEN_KEY_LOCK],
			   "then: either delay or lock, not both");
	else if (given[THEN_KEY_DOUBLING_TO].line && !given[THEN_KEY_DELAY].line)
		diag_fault(reader->diags, given[THEN_KEY_DOUBLING_TO],
			   "doubling-to: there is no delay that could double");
	else if (!given[THEN_KEY_DELAY].line && !given[THEN_KEY_LOCK].line)
		diag_fault(reader->diags, block->then_at,
			   "then: says neither delay nor lock; leave it out for delay: 30s, "
			   "doubling-to: 1h");
	else if (given[THEN_KEY_DOUBLING_TO].column && block->doubling_to_sec < block->delay_sec)
		diag_fault(reader->diags, given[THEN_KEY_DOUBLING_TO],
			   "doubling-to is shorter than delay: a delay does not shrink");
}

/* What keys that are left out mean, as the key table documents it. */
static struct attempt_limits limits_of(const struct attempts_block *block)
{
	struct attempt_limits limits = ATTEMPT_LIMITS_STRICT;

	if (block->key_at[ATTEMPTS_ALLOW].line)
		limits.allow = block->allow;
	if (block->key_at[ATTEMPTS_ALLOW_PER_USER].line)
		limits.allow_per_user = block->allow_per_user;
	if (block->key_at[ATTEMPTS_WITHIN].line)
		limits.within_sec = (uint32_t)block->within_sec;
	if (block->then_key_at[THEN_KEY_DELAY].line) {
		limits.delay_sec = (uint32_t)block->delay_sec;
		limits.doubling_to_sec = limits.delay_sec;
	}
	if (block->then_key_at[THEN_KEY_DOUBLING_TO].line)
		limits.doubling_to_sec = (uint32_t)block->doubling_to_sec;
	if (block->then_key_at[THEN_KEY_LOCK].line) {
		limits.then = block->lock_sec ? THEN_LOCK : THEN_LOCK_UNTIL_UNLOCKED;
		if (block->lock_sec)
			limits.delay_sec = (uint32_t)block->lock_sec;
		limits.doubling_to_sec = limits.delay_sec;
	}
	return limits;
}

void attempts_check(struct reader *reader)
{
	struct attempts_block *block = &reader->model->attempts;

	if (!block->at.line)
		return;
	check_then(reader, block);
	block->limits = limits_of(block);
	if (block->key_at[ATTEMPTS_ALLOW_PER_USER].column &&
	    block->limits.allow_per_user < block->limits.allow)
		diag_fault(reader->diags, block->key_at[ATTEMPTS_ALLOW_PER_USER],
			   "allow-per-user is less than allow: %u for all origins, %u for one",
			   block->limits.allow_per_user, block->limits.allow);
}
