/* SPDX-License-Identifier: MIT */
/*
 * media_docket.h - devices that were refused, asked for or granted: for users through serenod, for
 * root from the register itself.
 */
#ifndef ADMIN_MEDIA_DOCKET_H
#define ADMIN_MEDIA_DOCKET_H

#include <sereno/device.h>
#include <sereno/register_devices.h>

#include "petition.h"

struct media_docket {
	struct channel_device *row;
	size_t n, room;
	struct zone zone; /* that times are told in */
	int64_t now;
	bool ended; /* also what is closed */
};

/* Add what it is about, in the order of the numbers; complains itself. Release with
 * media_docket_clear(). */
enum exit_status media_docket_read(const struct options *options, enum channel_about about,
				   struct media_docket *docket);
void media_docket_clear(struct media_docket *docket);

/* What a device calls itself, as a row has it. */
void media_take_texts(const struct device_texts *texts, struct channel_device *ret);

#define MEDIA_DEVICE_TEXT 2400 /* two escaped texts, and what stands between */

/* "0951:1666 storage": its numbers, where it has any, and what it can do. Returns @text. */
const char *media_numbers(const struct channel_device *row, char text[static MEDIA_DEVICE_TEXT]);

/* "Kingston DataTraveler (60A44C41)", escaped. Returns @text. */
const char *media_name(const struct channel_device *row, char text[static MEDIA_DEVICE_TEXT]);

/* "read-only", and "read-write" for what may be written; for people. */
const char *media_access_words(enum media_access access);

#endif
