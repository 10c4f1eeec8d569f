/* SPDX-License-Identifier: MIT */
/*
 * limits_record.h - limits of attempts, rules of passwords and codes as bytes of a compiled record.
 *
 * Decoding checks every number against what the policy language allows: what is out of range is
 * damage, never a limit that happens to let everything through.
 */
#ifndef SERENO_POLICY_LIMITS_RECORD_H
#define SERENO_POLICY_LIMITS_RECORD_H

#include <sereno/limits.h>

#include "record.h"

void encode_attempt_limits(struct encoder *encoder, const struct attempt_limits *limits);
void decode_attempt_limits(struct decoder *decoder, struct attempt_limits *ret);

void encode_password_rules(struct encoder *encoder, const struct password_rules *rules);
void decode_password_rules(struct decoder *decoder, struct password_rules *ret);

void encode_second_factor(struct encoder *encoder, const struct second_factor_rules *rules);
void decode_second_factor(struct decoder *decoder, struct second_factor_rules *ret);

#endif
