/* SPDX-License-Identifier: MIT */
/*
 * second_factor.h - whether somebody could show a one-time code where a new policy asks for one.
 */
#ifndef ADMIN_SECOND_FACTOR_H
#define ADMIN_SECOND_FACTOR_H

#include <sys/types.h>

#include "safety.h"

enum code_means {
	CODE_MEANS_TOKEN,   /* he has one */
	CODE_MEANS_ENROL,   /* none, but his next login gives him one, or he holds a ticket */
	CODE_MEANS_TICKET,  /* none, and it takes a ticket first */
	CODE_MEANS_LOST,    /* the record of his tokens cannot be used */
	CODE_MEANS_UNKNOWN, /* whoever runs this may not look, which is no fault of the policy */
};

/* What @user (@uid) has to show a code with, by the second-factor: block of the new policy. */
enum code_means code_means_of(const struct situation *situation, const char *user, uid_t uid);

/* Whether these are means at all. */
bool code_means_suffice(enum code_means means);

#endif
