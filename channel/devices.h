/* SPDX-License-Identifier: MIT */
/*
 * devices.h - devices in a reply, to and from the wire. For room channel/.
 */
#ifndef CHANNEL_DEVICES_H
#define CHANNEL_DEVICES_H

#include <sereno/channel.h>

#include "wire.h"

/* @reply's device[], n_devices and more. */
void devices_put(struct wire_writer *writer, const struct channel_reply *reply);
void devices_get(struct wire_reader *reader, struct channel_reply *reply);

#endif
