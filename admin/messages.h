/* SPDX-License-Identifier: MIT */
/*
 * messages.h - what the command says to people: translated, and what goes wrong with exit statuses.
 */
#ifndef ADMIN_MESSAGES_H
#define ADMIN_MESSAGES_H

#include <libintl.h>
#include <stdarg.h>

#define _(text)		 dgettext("sereno", text)
#define N_(text)	 text
#define P_(one, many, n) dngettext("sereno", one, many, (unsigned long)(n))

enum exit_status {
	EXIT_YES = 0,	 /* done; allowed; no fault; no difference */
	EXIT_NO = 1,	 /* refused; faults; differences */
	EXIT_USAGE = 2,	 /* the command line is wrong */
	EXIT_SYSTEM = 3, /* the system did not let us */
};

/* Print "sereno: MESSAGE" to stderr and return @status. */
enum exit_status complain(enum exit_status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same with the text of the negative errno @error behind; returns EXIT_SYSTEM. */
enum exit_status complain_error(int error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The text, which is the caller's, or NULL when memory is short. */
char *format_text(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* Why the policy in force cannot be used, for the negative errno @error. */
const char *policy_defect(int error);

#endif
