/* SPDX-License-Identifier: MIT */
/*
 * device_grants_file.h - what the file of the granted devices holds.
 *
 * A META of its own, then the table DEVICE_GRANTS, as in table.h; the serial stands in the place of
 * the generation.
 */
#ifndef SERENO_POLICY_DEVICE_GRANTS_FILE_H
#define SERENO_POLICY_DEVICE_GRANTS_FILE_H

#include <sereno/device_grants.h>

#include "id_set.h"
#include "table.h"

#define DEVICES_FILE   "devices.1.cdb"
#define DEVICES_FORMAT 0x64657631 /* tells this META from a policy's */

struct device_grants {
	int fd;
	struct tables tables;
	struct device_grants_image facts; /* without the grants */
	struct id_set watched;		  /* of every identity that a grant is for, the beginning */
};

/* The first four bytes of an identity. */
uint32_t identity_beginning(const uint8_t identity[static DEVICE_IDENTITY_SIZE]);

void encode_devices_meta(struct encoder *encoder, const struct device_grants_image *image,
			 const struct id_set *watched, uint32_t buckets);
/* Fills facts, watched and the number of buckets. Returns 0, -EBADMSG or -ENOMEM. */
int decode_devices_meta(struct decoder *decoder, struct device_grants *ret);

/* One per grant of the device, but its identity, which is the key. */
void encode_device_grant(struct encoder *encoder, const struct device_grant *grant);
void decode_device_grant(struct decoder *decoder, struct device_grant *ret);

#endif
