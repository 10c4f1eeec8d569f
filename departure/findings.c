/* SPDX-License-Identifier: MIT */
/* findings.c - what a step found, line by line, and what it comes to. */
#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct finding *next_line(struct findings *findings, enum finding_kind kind)
{
	findings->count[kind]++;
	if (findings->n == FINDINGS_MAX)
		return NULL;
	findings->item[findings->n].kind = kind;
	return &findings->item[findings->n++];
}

void finding_add(struct findings *findings, enum finding_kind kind, const char *format, ...)
{
	struct finding *finding = next_line(findings, kind);
	va_list arguments;

	if (!finding)
		return;
	va_start(arguments, format);
	(void)vsnprintf(finding->text, sizeof(finding->text), format, arguments); /* may be cut */
	va_end(arguments);
}

void finding_fail(struct findings *findings, int error, const char *format, ...)
{
	struct finding *finding = next_line(findings, FOUND_FAILED);
	const char *reason = strerrordesc_np(-error);
	va_list arguments;
	size_t length;

	if (!finding)
		return;
	va_start(arguments, format);
	(void)vsnprintf(finding->text, sizeof(finding->text), format, arguments); /* may be cut */
	va_end(arguments);
	length = strlen(finding->text);
	(void)snprintf(finding->text + length, sizeof(finding->text) - length, ": %s",
		       reason ? reason : "unknown error");
}

enum step_result findings_result(const struct findings *findings)
{
	if (findings->count[FOUND_FAILED] > 0)
		return STEP_FAILED;
	if (findings->count[FOUND_TO_DO] > 0)
		return STEP_TO_DO;
	return findings->count[FOUND_DONE] > 0 ? STEP_DONE : STEP_NOTHING;
}
