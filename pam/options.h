/* SPDX-License-Identifier: MIT */
/*
 * options.h - what a line of /etc/pam.d says behind the module's name. For room pam/.
 */
#ifndef PAM_OPTIONS_H
#define PAM_OPTIONS_H

struct options {
	const char
		*root; /* root=DIR: the policy, its state and the log below DIR; "" is the host */
};

/* Borrows from @argv. Returns 0, or -EINVAL and in *@ret_wrong the option that is not one of
 * ours: a slip in such a line must not go unseen. */
int options_read(int argc, const char **argv, struct options *ret, const char **ret_wrong);

#endif
