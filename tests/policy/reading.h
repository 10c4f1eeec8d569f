/* SPDX-License-Identifier: MIT */
/* reading.h - read a policy text in a test, and its faults as one text. */
#ifndef READING_H
#define READING_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/model.h>
#include <sereno/scoped.h>

#define NOW 1772000000 /* 2026-02-25T06:13:20Z */

/* "LINE:COLUMN: message" for each of @diags; the caller frees it. */
static inline char *diags_text(const struct diag_list *diags)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	for (size_t i = 0; i < diags->n; i++)
		fprintf(out, "%u:%u: %s%s\n", diags->item[i].at.line, diags->item[i].at.column,
			diags->item[i].severity == DIAG_WARNING ? "warning: " : "",
			diags->item[i].text);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* The model of a text that must be sound; freed with model_free(). */
static inline struct model *must_read(const char *text)
{
	struct diag_list diags = { 0 };
	struct model *model = NULL;
	const int r = model_read("", text, strlen(text), NOW, &model, &diags);

	if (r < 0) {
		scoped_free char *faults = diags_text(&diags);

		fail_msg("%s", faults);
	}
	diag_clear(&diags);
	return model;
}

#endif
