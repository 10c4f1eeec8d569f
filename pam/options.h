/* SPDX-License-Identifier: MIT */
/*
 * options.h - what a line of /etc/pam.d says behind the module's name. For room pam/.
 */
#ifndef PAM_OPTIONS_H
#define PAM_OPTIONS_H

enum options_task {
	TASK_ASK,	   /* for a code alone: it stands apart from the password */
	TASK_ASK_COMBINED, /* prompt=combined: the password has the code at its end */
	TASK_TELL_KEY,	   /* shown=key: asks nothing, tells whether sshd was shown a key */
};

struct options {
	const char
		*root; /* root=DIR: the policy, its state and the log below DIR; "" is the host */
	enum options_task task;
};

/* Borrows from @argv. Returns 0, or -EINVAL and in *@ret_wrong the option that is not one of
 * ours: a slip in such a line must not go unseen. */
int options_read(int argc, const char **argv, struct options *ret, const char **ret_wrong);

/* The same for the module that also has prompt= and shown=; of several the last one counts. */
int options_read_task(int argc, const char **argv, struct options *ret, const char **ret_wrong);

#endif
