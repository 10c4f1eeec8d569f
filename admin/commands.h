/* SPDX-License-Identifier: MIT */
/*
 * commands.h - the commands, one file each. All return an exit status.
 */
#ifndef ADMIN_COMMANDS_H
#define ADMIN_COMMANDS_H

#include "messages.h"
#include "options.h"
#include "output.h"

enum exit_status check_run(const struct options *options, const struct output *output);
enum exit_status apply_run(const struct options *options, const struct output *output);
enum exit_status diff_run(const struct options *options, const struct output *output);
enum exit_status explain_run(const struct options *options, const struct output *output);
enum exit_status who_run(const struct options *options, const struct output *output);
enum exit_status status_run(const struct options *options, const struct output *output);
enum exit_status schema_run(const struct options *options, const struct output *output);
enum exit_status attempts_run(const struct options *options, const struct output *output);
enum exit_status unlock_run(const struct options *options, const struct output *output);
enum exit_status password_run(const struct options *options, const struct output *output);
enum exit_status blocklist_run(const struct options *options, const struct output *output);
enum exit_status otp_run(const struct options *options, const struct output *output);
enum exit_status key_run(const struct options *options, const struct output *output);
enum exit_status renew_run(const struct options *options, const struct output *output);
enum exit_status grant_run(const struct options *options, const struct output *output);
enum exit_status revoke_run(const struct options *options, const struct output *output);
enum exit_status grants_run(const struct options *options, const struct output *output);
enum exit_status request_run(const struct options *options, const struct output *output);
enum exit_status requests_run(const struct options *options, const struct output *output);
enum exit_status approve_run(const struct options *options, const struct output *output);
enum exit_status deny_run(const struct options *options, const struct output *output);
enum exit_status withdraw_run(const struct options *options, const struct output *output);
enum exit_status backup_run(const struct options *options, const struct output *output);
enum exit_status restore_run(const struct options *options, const struct output *output);
enum exit_status review_run(const struct options *options, const struct output *output);
enum exit_status sessions_run(const struct options *options, const struct output *output);
enum exit_status offboard_run(const struct options *options, const struct output *output);
enum exit_status media_run(const struct options *options, const struct output *output);

#endif
