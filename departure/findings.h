/* SPDX-License-Identifier: MIT */
/*
 * findings.h - what a step writes down of what it finds.
 */
#ifndef DEPARTURE_FINDINGS_H
#define DEPARTURE_FINDINGS_H

#include <sereno/departure.h>

/* Add a line. Bytes that are no printable text are kept out of it by the printer, not here. */
void finding_add(struct findings *findings, enum finding_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for what failed with the negative errno @error. */
void finding_fail(struct findings *findings, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
