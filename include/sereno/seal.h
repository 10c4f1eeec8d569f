/* SPDX-License-Identifier: MIT */
/*
 * seal.h - the seal of secret slot files: AES-256-GCM (NIST SP 800-38D) under the host key.
 *
 * The host key is ROOT/var/lib/sereno/host-ID.key (root, 0400): 32 random bytes made at first use.
 * ID is a digest of ROOT/etc/machine-id, so that a copied disk image makes a key of its own and
 * takes the records it was copied with for another host's (-EKEYREJECTED). Linked only where
 * secrets are kept: it needs libcrypto.
 */
#ifndef SERENO_SEAL_H
#define SERENO_SEAL_H

#include <sereno/slot.h>

/* For slot_kind.seal. */
extern const struct slot_seal host_seal;

#endif
