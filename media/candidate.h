/* SPDX-License-Identifier: MIT */
/*
 * candidate.h - what is decided about again: USB devices, and disks of other buses that were
 * decided about when they came.
 */
#ifndef SERENO_MEDIA_CANDIDATE_H
#define SERENO_MEDIA_CANDIDATE_H

#include <stdbool.h>

#include <sereno/device.h>

#include "blocks.h"
#include "udev_record.h"

#define CANDIDATE_NAME_SIZE 64

struct candidate {
	char name[CANDIDATE_NAME_SIZE];	 /* "1-1.4", "mmcblk0" */
	unsigned number;		 /* another one that is put there has another */
	char directory[BLOCK_PATH_SIZE]; /* in sysfs, from "devices/" on */
	char record[UDEV_RECORD_SIZE];	 /* its file of udev's: "c189:4" */
	bool is_in;			 /* it can be used now */
	struct device *device;		 /* NULL: it is not on USB */
	const struct device_facts *facts;
	const struct device_texts *texts;
};

/* Call @each for each, parents before children, until it returns other than 0, which is then
 * returned; else 0 or a negative errno. */
typedef int candidate_each(void *context, const struct candidate *candidate);
int candidates_list(const char *root, candidate_each *each, void *context);

/* Whether it is a medium: it can carry data away, or bring it. */
bool candidate_is_medium(const struct candidate *candidate);

#endif
