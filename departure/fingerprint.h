/* SPDX-License-Identifier: MIT */
/*
 * fingerprint.h - what sshd(8) calls a public key in its log: SHA256: and the hash of the key.
 */
#ifndef DEPARTURE_FINGERPRINT_H
#define DEPARTURE_FINGERPRINT_H

#include <stddef.h>

#define FINGERPRINT_LENGTH 43 /* characters behind SHA256:, without padding */

/* The fingerprint of the key with the base64 text @key (@length bytes, no padding). Numbers in it
 * count by value, as sshd takes them with zeros in front, too. What is no key gets one of its own.
 */
void fingerprint_of(const char *key, size_t length, char ret[static FINGERPRINT_LENGTH + 1]);

/* The same in hexadecimal digits, as ssh-keygen(1) lists it. Returns 0 or -EINVAL. */
#define FINGERPRINT_HEX 64
int fingerprint_hex(const char *fingerprint, char ret[static FINGERPRINT_HEX + 1]);

/* The length of a fingerprint at the beginning of @text, which stands behind SHA256: FINGERPRINT_
 * LENGTH, or 0: there is none. */
size_t fingerprint_parse(const char *text);

#endif
