/* SPDX-License-Identifier: MIT */
/* kept_charge.c - a charge kept in the handle until all of the authentication is over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guard_report.h"
#include "kept_charge.h"

struct kept {
	struct kept *self; /* pam_get_data() gives a const one */
	struct kept_charge charge;
	bool open;
	char root[];
};

static struct kept *kept_in(const pam_handle_t *pamh, const char *name)
{
	const void *data = NULL;

	if (pam_get_data(pamh, name, &data) != PAM_SUCCESS || !data)
		return NULL;
	return ((const struct kept *)data)->self;
}

void charge_settle(const struct kept_charge *charge, enum attempt_outcome outcome)
{
	struct attempt_clock now;
	int r;

	r = attempt_clock_later(&charge->charged, &now);
	if (r == 0)
		r = attempt_settle(charge->root, &charge->limits, &charge->charge, outcome, &now);
	if (r < 0)
		guard_report_unusable(charge->root, &charge->charge.subject, r);
}

static void settle(struct kept *kept, enum attempt_outcome outcome)
{
	if (!kept->open)
		return;
	kept->open = false;
	charge_settle(&kept->charge, outcome);
}

/* A program that forks ends its copy of the handle silently; the charge is the other one's. */
static void end(pam_handle_t *pamh, void *data, int status)
{
	struct kept *kept = data;

	(void)pamh;
	if (!((unsigned)status & PAM_DATA_SILENT))
		settle(kept, ATTEMPT_FAILED);
	free(kept);
}

int kept_charge_keep(pam_handle_t *pamh, const char *name, const struct kept_charge *charge)
{
	const size_t size = strlen(charge->root) + 1;
	struct kept *kept = malloc(sizeof(*kept) + size);

	if (!kept)
		return -ENOMEM;
	*kept = (struct kept){ .self = kept, .charge = *charge, .open = true };
	memcpy(kept->root, charge->root, size);
	kept->charge.root = kept->root;
	kept->charge.charge.subject.user = kept->charge.charge.user;
	if (pam_set_data(pamh, name, kept, end) != PAM_SUCCESS) {
		free(kept);
		return -ENOMEM;
	}
	return 0;
}

const struct kept_charge *kept_charge_open(const pam_handle_t *pamh, const char *name)
{
	const struct kept *kept = kept_in(pamh, name);

	return kept && kept->open ? &kept->charge : NULL;
}

void kept_charge_settle(pam_handle_t *pamh, const char *name, enum attempt_outcome outcome)
{
	struct kept *kept = kept_in(pamh, name);

	if (kept)
		settle(kept, outcome);
}

void kept_charge_drop(pam_handle_t *pamh, const char *name)
{
	if (!kept_in(pamh, name))
		return;
	kept_charge_settle(pamh, name, ATTEMPT_FAILED);
	(void)pam_set_data(pamh, name, NULL, NULL); /* it is there: nothing is allocated */
}
