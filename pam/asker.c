/* SPDX-License-Identifier: MIT */
/* asker.c - a request of PAM's, as the policy is asked about it. */
#include "asker.h"

struct access_request asker_request(const struct asker *asker, const struct request *request)
{
	return (struct access_request){
		.service = request->service,
		.uid = request->subject.uid,
		.subject = asker->subject,
		.others = asker->others,
		.n_others = asker->n_others,
		.origins = request->origins,
		.n_origins = request->n_origins,
		.own_login = request->own_login,
	};
}
