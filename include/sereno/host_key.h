/* SPDX-License-Identifier: MIT */
/*
 * host_key.h - the host key as a whole: where it lies, taken out of the disk and put back.
 *
 * Records read it through seal.h. Here it is moved, between
 *
 *	plain     ROOT/var/lib/sereno/host-ID.key        as it was made
 *	sealed    ROOT/var/lib/sereno/host-ID.key.cred   encrypted by somebody else
 *	unsealed  ROOT/run/sereno/host-ID.key            for this boot, beside a sealed one
 *	left      ROOT/var/lib/sereno/host-ID.key.gone   plain, on its way out or back; not read by
 *	                                                 records
 *
 * Every move is a row of steps, and whoever is killed or loses power after any of them leaves a
 * host whose records can be read, at the latest when the sealed key is loaded at the next boot.
 * What is done again completes it. For root; needs libcrypto.
 */
#ifndef SERENO_HOST_KEY_H
#define SERENO_HOST_KEY_H

#include <stddef.h>
#include <stdint.h>

#define HOST_KEY_SIZE	    48
#define HOST_KEY_SEALED_MAX 16384

/* The bytes of the plain file: to be erased, scoped(host_key_image_erase). */
struct host_key_image {
	uint8_t bytes[HOST_KEY_SIZE];
};
void host_key_image_erase(struct host_key_image *image);

/* Returns 0, or -EBADMSG when these bytes are no host key. */
int host_key_image_check(const struct host_key_image *image);

struct host_key;

/* Where it lies. Each is 0 (there, and whole as far as that can be told), -ENOENT, or what is wrong
 * with the one there is, -EACCES for others than root. A sealed one is looked at, not opened. */
struct host_key_places {
	int plain, sealed, unsealed, left;
};

/*
 * Find the key of the host below @root ("" is the host), without changing anything. On success
 * *@ret is released with host_key_close(). Returns 0, -ENOENT (there is no state at all), -ENOKEY
 * (the host has no identity yet), -EPERM or another negative errno.
 */
int host_key_open(const char *root, struct host_key **ret);
void host_key_close(struct host_key *key);
void host_key_close_p(struct host_key **key); /* for scoped() */

/* Keep out everybody else who moves or makes it, until host_key_close(): before any of the moves
 * below. Returns 0, -EBUSY or another negative errno. */
int host_key_lock(struct host_key *key);

/* The host's part of the names, 16 digits. Borrowed. */
const char *host_key_id(const struct host_key *key);

/* Look where it lies now. */
void host_key_look(const struct host_key *key, struct host_key_places *ret);

/* Copy the key from where it lies in the clear: plain, else unsealed, else left. Returns 0, -ENOKEY
 * (it does not) or another negative errno. */
int host_key_read(const struct host_key *key, struct host_key_image *ret);

/* Copy what is sealed, at most @size bytes. Returns 0 with *@ret_length, -ENOENT, -EPERM, -EFBIG or
 * another negative errno. */
int host_key_read_sealed(const struct host_key *key, uint8_t *bytes, size_t size,
			 size_t *ret_length);

/*
 * @sealed is @image, encrypted, and the caller has seen that it can be decrypted: keep it, unseal
 * @image for this boot, and only then take the plain key away. Overwriting that first reaches what
 * the file system and the disk do in place, and no copy they made elsewhere. Returns 0, -ESTALE
 * (@image is not what lies there) or another negative errno.
 */
int host_key_seal(struct host_key *key, const struct host_key_image *image, const uint8_t *sealed,
		  size_t length);

/* Put @image back as plain key, and take the sealed and unsealed ones away. */
int host_key_unseal(struct host_key *key, const struct host_key_image *image);

/* @image is what was sealed: keep it for this boot, and take away what is left in the clear. */
int host_key_load(struct host_key *key, const struct host_key_image *image);

#endif
