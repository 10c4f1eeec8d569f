/* SPDX-License-Identifier: MIT */
/*
 * own_keys.h - the keys that somebody has, as far as this host tells.
 */
#ifndef DEPARTURE_OWN_KEYS_H
#define DEPARTURE_OWN_KEYS_H

#include "findings.h"
#include "key_files.h"
#include "keyring.h"

/* The keys in his own files, those moved aside included, those kept with the evidence and, by the
 * log, those that he came in with. Add to @ring; what cannot be read is a finding. */
void own_keys_gather(const struct leaver *leaver, struct keyring *ring, struct findings *findings);

/* The same of whoever sees him off: nobody takes away what lets himself in. Returns 0 or a negative
 * errno. */
int own_keys_of_actor(const struct leaver *leaver, struct keyring *ring);

#endif
