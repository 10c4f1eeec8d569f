/* SPDX-License-Identifier: MIT */
/*
 * inventory.h - what a host has that a policy should be looked at against: accounts it does not
 * govern, PAM services.
 */
#ifndef ADMIN_INVENTORY_H
#define ADMIN_INVENTORY_H

#include <sereno/model.h>

#include "json.h"
#include "output.h"
#include "people.h"

/* Accounts that @model leaves to the other modules and that could log in: a shell, and a password
 * or keys. root is not among them: the policy judges it. */
void inventory_print_ungoverned(const char *root, const struct model *model,
				const struct people *people, const struct output *output);
void inventory_write_ungoverned(const char *root, const struct model *model,
				const struct people *people, struct json *json);

/* Whether somebody could log in with @account: a shell, and a password or keys. */
bool inventory_could_log_in(const char *root, const struct account *account);

/* The files of etc/pam.d and usr/lib/pam.d with the kind of each. Return 0 or a negative errno. */
int inventory_print_services(const char *root, const struct output *output);
int inventory_write_services(const char *root, struct json *json);

#endif
