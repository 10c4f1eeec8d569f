/* SPDX-License-Identifier: MIT */
/*
 * seal.h - the seal of secret slot files: AES-256-GCM (NIST SP 800-38D) under the host key.
 *
 * The host key is ROOT/var/lib/sereno/host-ID.key (root, 0400): 32 random bytes made at first use.
 * ID is a digest of ROOT/etc/machine-id, so that a copied disk image makes a key of its own and
 * takes the records it was copied with for another host's (-EKEYREJECTED). Where an administrator
 * sealed the key (host_key.h) it is read from ROOT/run/sereno instead, and never made anew. Linked
 * only where secrets are kept: it needs libcrypto.
 */
#ifndef SERENO_SEAL_H
#define SERENO_SEAL_H

#include <stdbool.h>

#include <sereno/slot.h>

/* For slot_kind.seal. */
extern const struct slot_seal host_seal;

/* After -ENOKEY: whether that is because the key is sealed and was not unsealed at this boot. Its
 * records are then whole, and nothing may be begun anew. */
bool seal_is_closed(const char *root);

#endif
