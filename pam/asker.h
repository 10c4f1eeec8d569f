/* SPDX-License-Identifier: MIT */
/*
 * asker.h - a request of PAM's, as the policy is asked about it. For room pam/.
 */
#ifndef PAM_ASKER_H
#define PAM_ASKER_H

#include <sereno/asker.h>

#include "request.h"

/* @request as the policy takes it; borrows from both. */
struct access_request asker_request(const struct asker *asker, const struct request *request);

#endif
