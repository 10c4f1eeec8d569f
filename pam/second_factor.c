/* SPDX-License-Identifier: MIT */
/* second_factor.c - the proof, kept in the handle, that a code was accepted. */
#include <errno.h>
#include <stdlib.h>

#include "second_factor.h"

struct proof {
	uid_t uid;
	enum second_factor_age age;
};

static const struct proof *proof_in(const pam_handle_t *pamh)
{
	const void *data = NULL;

	return pam_get_data(pamh, SECOND_FACTOR_DATA, &data) == PAM_SUCCESS ? data : NULL;
}

bool second_factor_shown(const pam_handle_t *pamh, uid_t uid)
{
	const struct proof *proof = proof_in(pamh);

	return proof && proof->uid == uid;
}

bool second_factor_shown_now(const pam_handle_t *pamh, uid_t uid)
{
	return second_factor_shown(pamh, uid) && proof_in(pamh)->age == SECOND_FACTOR_NOW;
}

static void end(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

int second_factor_note(pam_handle_t *pamh, uid_t uid, enum second_factor_age age)
{
	struct proof *proof = malloc(sizeof(*proof));

	if (!proof)
		return -ENOMEM;
	*proof = (struct proof){ .uid = uid, .age = age };
	if (pam_set_data(pamh, SECOND_FACTOR_DATA, proof, end) != PAM_SUCCESS) {
		free(proof);
		return -ENOMEM;
	}
	return 0;
}

void second_factor_drop(pam_handle_t *pamh)
{
	if (proof_in(pamh)) /* it is there: nothing is allocated */
		(void)pam_set_data(pamh, SECOND_FACTOR_DATA, NULL, NULL);
}
