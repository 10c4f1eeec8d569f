/* SPDX-License-Identifier: MIT */
/*
 * quality.h - libpwquality's opinion on the form of a password.
 *
 * It gets its settings from here and reads no file. It stops at its first reason and counts bytes,
 * so it is asked only what it alone tells: palindromes, runs, rotations, a mere change of case.
 */
#ifndef PASSWORD_QUALITY_H
#define PASSWORD_QUALITY_H

/* Add STRENGTH_SEQUENCE and, where @old is not NULL, STRENGTH_TOO_SIMILAR to @faults (bits).
 * Returns 0, -ENOMEM or -EIO. */
int quality_judge(const char *candidate, const char *old, unsigned *faults);

#endif
