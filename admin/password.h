/* SPDX-License-Identifier: MIT */
/*
 * password.h - what sereno password can do, a file each.
 */
#ifndef ADMIN_PASSWORD_H
#define ADMIN_PASSWORD_H

#include "messages.h"
#include "options.h"
#include "output.h"

enum exit_status password_check_run(const struct options *options, const struct output *output);
enum exit_status password_expire_run(const struct options *options, const struct output *output);

#endif
