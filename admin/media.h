/* SPDX-License-Identifier: MIT */
/* media.h - what follows sereno media, one file each. */
#ifndef ADMIN_MEDIA_H
#define ADMIN_MEDIA_H

#include "commands.h"

enum exit_status media_list(const struct options *options, const struct output *output);
enum exit_status media_explain(const struct options *options, const struct output *output);
enum exit_status media_watch(const struct options *options, const struct output *output);
enum exit_status media_pending(const struct options *options, const struct output *output);
enum exit_status media_approve(const struct options *options, const struct output *output);
enum exit_status media_deny(const struct options *options, const struct output *output);
enum exit_status media_revoke(const struct options *options, const struct output *output);
enum exit_status media_grants(const struct options *options, const struct output *output);
enum exit_status media_import(const struct options *options, const struct output *output);
enum exit_status media_export(const struct options *options, const struct output *output);
enum exit_status media_boot(const struct options *options, const struct output *output);

#endif
