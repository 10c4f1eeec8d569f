/* SPDX-License-Identifier: MIT */
/*
 * device_errand.h - a caller's business with devices in the register. For room daemon/.
 */
#ifndef DAEMON_DEVICE_ERRAND_H
#define DAEMON_DEVICE_ERRAND_H

#include <sereno/refused.h>
#include <sereno/register_devices.h>

#include "errand.h"

struct device_errand {
	struct errand errand;
	struct media_approvers wanted; /* no names: there are no requests */
	uint64_t held;		       /* of those, by the caller, now */
	struct register_approvers approvers;
};

/* Open all of it; @errand holds nothing but its talk. Always release with device_errand_clear().
 * Returns 0 or a negative errno. */
int device_errand_open(struct device_errand *errand);
void device_errand_clear(struct device_errand *errand);

struct device_page {
	enum channel_about about;
	uint32_t id, after; /* as in struct channel_request */
	bool ended;
};

/* Put into the reply what he may see: all, if he may let devices in; else what is about himself. As
 * many as fit. Returns 0 or a negative errno. */
int device_errand_list(struct device_errand *errand, const struct device_page *page);

/* Whether a rule denies @device to @account now, whatever is granted: as far as what was noted when
 * it was refused tells. Returns 1, 0 or a negative errno. */
int device_errand_denied(struct device_errand *errand, const struct refused *device,
			 const struct account *account);

/* What a device calls itself, on one line: "maker product", and its serial number. */
struct device_label {
	char name[2 * DEVICE_TEXT_MAX + 2], serial[DEVICE_TEXT_MAX + 1];
};
void device_label(const struct device_texts *texts, struct device_label *ret);

#endif
