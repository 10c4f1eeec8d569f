/* SPDX-License-Identifier: MIT */
/* messages.c - errors of use and of the system, one line each on stderr. */
#include "messages.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "escape.h"

/* Paths and names stand in it as they were given. */
static void __attribute__((format(printf, 1, 0)))
print_line(const char *format, va_list arguments, const char *cause)
{
	scoped_free char *text = format_text(format, arguments);

	fputs("sereno: ", stderr);
	escape_write(stderr, text ? text : strerror(ENOMEM));
	if (cause)
		fprintf(stderr, ": %s", cause);
	fputc('\n', stderr);
}

enum exit_status complain(enum exit_status status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments, NULL);
	va_end(arguments);
	return status;
}

enum exit_status complain_error(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments, strerror(-error));
	va_end(arguments);
	return EXIT_SYSTEM;
}

char *format_text(const char *format, va_list arguments)
{
	char *text;

	return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

const char *policy_defect(int error)
{
	switch (error) {
	case -ENOENT:
		return _("there is none");
	case -EPERM:
		return _("others could have changed it");
	case -EBADMSG:
		return _("it is damaged");
	default:
		return strerror(-error);
	}
}
