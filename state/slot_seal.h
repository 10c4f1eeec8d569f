/* SPDX-License-Identifier: MIT */
/*
 * slot_seal.h - what the slot store asks of a seal.
 *
 * The store knows a seal only by this table, so that programs without sealed kinds do not link
 * the library behind it.
 */
#ifndef SERENO_STATE_SLOT_SEAL_H
#define SERENO_STATE_SLOT_SEAL_H

#include <sereno/slot.h>

#define SEAL_PROOF_SIZE 32 /* key identity, nonce and tag */

struct seal_key;

/* What is sealed: @length bytes, together with @cover, which stays readable. */
struct seal_scope {
	const struct seal_key *key;
	const uint8_t *cover;
	size_t cover_length;
	size_t length;
};

struct slot_seal {
	/*
	 * Load the key of the host below @root, from the open directory @state; SLOT_CREATE makes
	 * one where there is none. *@ret is erased and released with key_close(). Returns 0,
	 * -ENOKEY (none, or the host has no identity to bind it to yet), -EPERM, -EBADMSG or
	 * another negative errno.
	 */
	int (*key_open)(const char *root, int state, enum slot_missing missing,
			struct seal_key **ret);
	void (*key_close)(struct seal_key *key); /* NULL is allowed */

	/* Encrypt @plain into @cipher, both scope->length bytes, and write @proof. */
	int (*seal)(const struct seal_scope *scope, const uint8_t *plain, uint8_t *cipher,
		    uint8_t proof[static SEAL_PROOF_SIZE]);

	/* The reverse. Returns 0, -EBADMSG or -EKEYREJECTED (sealed under another key); @plain then
	 * holds nothing of the secret. */
	int (*unseal)(const struct seal_scope *scope, const uint8_t *cipher, uint8_t *plain,
		      const uint8_t proof[static SEAL_PROOF_SIZE]);
};

#endif
