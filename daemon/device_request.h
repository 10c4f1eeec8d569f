/* SPDX-License-Identifier: MIT */
/*
 * device_request.h - devices that people let in for others. For room daemon/.
 */
#ifndef DAEMON_DEVICE_REQUEST_H
#define DAEMON_DEVICE_REQUEST_H

#include "talk.h"

/* Do what @talk->request, of CHANNEL_DEVICES and what follows it, asks. Fills in @talk->reply. */
void device_request_answer(struct talk *talk);

#endif
