/* SPDX-License-Identifier: MIT */
/*
 * seal_name.h - what the files of the host key are called on this host.
 *
 * ID is derived from /etc/machine-id. A copied disk image gets another machine-id, hence other
 * names, and makes a key of its own; nothing is overwritten, so that a machine-id changed by
 * mistake can be put back.
 */
#ifndef SERENO_STATE_SEAL_NAME_H
#define SERENO_STATE_SEAL_NAME_H

#include <stddef.h>

#define SEAL_ID_DIGEST 8 /* bytes of the digest */
#define SEAL_ID_SIZE   (2 * SEAL_ID_DIGEST + 1)
#define SEAL_NAME_SIZE 40

struct seal_names {
	char id[SEAL_ID_SIZE];
	char key[SEAL_NAME_SIZE];    /* host-ID.key: in the clear, or below /run unsealed */
	char sealed[SEAL_NAME_SIZE]; /* host-ID.key.cred */
	char left[SEAL_NAME_SIZE];   /* host-ID.key.gone: in the clear, on its way out or back */
};

/* Returns 0, -ENOKEY (the host has no identity yet) or another negative errno. */
int seal_names_of(const char *root, struct seal_names *ret);

#endif
