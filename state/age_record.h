/* SPDX-License-Identifier: MIT */
/*
 * age_record.h - the record of age.h as it lies in its slot file. For room state/.
 */
#ifndef STATE_AGE_RECORD_H
#define STATE_AGE_RECORD_H

#include <sereno/age.h>
#include <sereno/slot.h>

#define AGE_RECORD_SIZE (10 * 8 + 4 + AGE_LIST_SIZE)

extern const struct slot_kind age_kind;

void age_encode(const struct age *age, uint8_t bytes[static AGE_RECORD_SIZE]);

/* Returns 0, or -EBADMSG for what age_encode() never wrote. */
int age_decode(const uint8_t bytes[static AGE_RECORD_SIZE], struct age *ret);

#endif
