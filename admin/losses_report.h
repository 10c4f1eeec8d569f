/* SPDX-License-Identifier: MIT */
/*
 * losses_report.h - losses gathered, then printed for people or as JSON.
 */
#ifndef ADMIN_LOSSES_REPORT_H
#define ADMIN_LOSSES_REPORT_H

#include "json.h"
#include "losses.h"
#include "output.h"

/* Zero-initialise but for max; the strings stay those of the models and of people. */
struct losses_report {
	size_t max;   /* how many are kept; the others are only counted */
	size_t total; /* users times rights: may be far more than fit into memory */
	size_t n, allocated;
	struct loss *item;
};

/* For losses_find(): @context is the report. */
int losses_report_add(void *context, const char *user, const struct loss *loss, size_t n);

/* Print those kept, and how many more there are. */
void losses_report_print(const struct losses_report *report, const struct output *output);

/* Members "losses", those kept, and "losses_total" of the open object. */
void losses_report_write(const struct losses_report *report, struct json *json);

void losses_report_clear(struct losses_report *report);

#endif
