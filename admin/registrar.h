/* SPDX-License-Identifier: MIT */
/*
 * registrar.h - who changes the register, and what every command that does needs.
 */
#ifndef ADMIN_REGISTRAR_H
#define ADMIN_REGISTRAR_H

#include <sereno/event.h>
#include <sereno/register.h>

#include "messages.h"
#include "options.h"
#include "people.h"

struct registrar {
	const char *root;
	struct policy *policy;
	struct people *people;
	struct register_db *db;
	struct zone zone; /* of the policy */
	char user[GRANTS_USER_MAX + 1];
	struct act act; /* now, by who logged in, with --reason */
};

/*
 * Open what is needed for a change; complains itself. Who acts is who logged in, by the kernel's
 * login uid: sudo and su do not change it, and where there is none nothing is changed. --reason
 * must be there. Always release with registrar_clear().
 */
enum exit_status registrar_open(const struct options *options, struct registrar *ret);
void registrar_clear(struct registrar *registrar);

/* Say what a function of register.h returned, unless it is 0. */
enum exit_status registrar_complain(const struct registrar *registrar, int result);

/* Open the register alone, and the zone that its times are told in; for looking. */
enum exit_status registrar_look(const struct options *options, struct registrar *ret);

#endif
