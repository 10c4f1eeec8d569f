/* SPDX-License-Identifier: MIT */
/*
 * used_keys.h - the keys that somebody came in with, as sshd(8) wrote them in the log.
 */
#ifndef DEPARTURE_USED_KEYS_H
#define DEPARTURE_USED_KEYS_H

#include "findings.h"
#include "keyring.h"

/*
 * Add to @ring the keys that let the leaver in, by the journal, in which nobody but root's sshd can
 * have written them. Where it has nothing of him, what /var/log/auth.log says is told alone: any
 * program may write such a line. What cannot be read is a finding.
 */
void used_keys_gather(const struct leaver *leaver, struct keyring *ring, struct findings *findings);

/* The fingerprint in a line of the log about @user coming in with a key (NULL: none), borrowed
 * from @line. Whoever signed a certificate is not meant. */
const char *used_key_parse(const char *line, const char *user);

/* The same in an entry of the journal, as journalctl prints it in JSON. */
const char *used_key_of_entry(const char *entry, const char *user);

#endif
