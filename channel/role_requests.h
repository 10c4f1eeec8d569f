/* SPDX-License-Identifier: MIT */
/*
 * role_requests.h - requests for roles in a reply, to and from the wire. For room channel/.
 */
#ifndef CHANNEL_ROLE_REQUESTS_H
#define CHANNEL_ROLE_REQUESTS_H

#include <sereno/channel.h>

#include "wire.h"

/* @reply's request[], n_requests and more. */
void role_requests_put(struct wire_writer *writer, const struct channel_reply *reply);
void role_requests_get(struct wire_reader *reader, struct channel_reply *reply);

#endif
