/* SPDX-License-Identifier: MIT */
/* situation.c - findings of the safety checks, as faults or as warnings. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "messages.h"
#include "safety.h"

void situation_report(const struct situation *situation, enum severity severity, struct mark at,
		      const char *format, ...)
{
	struct diag_list *diags = &situation->edition->diags;
	scoped_free char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = format_text(format, arguments);
	va_end(arguments);
	if (situation->severity == DIAG_FAULT && severity == DIAG_FAULT)
		(void)diag_fault(diags, at, "%s", text ? text : strerror(ENOMEM));
	else
		diag_warn(diags, at, "%s", text ? text : strerror(ENOMEM));
}
