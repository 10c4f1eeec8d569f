/* SPDX-License-Identifier: MIT */
/*
 * seal.c - the seal of secret slot files: AES-256-GCM (NIST SP 800-38D) under the host key.
 *
 * A nonce is 96 random bits a write: even after 2^32 writes under one key, which no host reaches,
 * two equal ones are less likely than 1 in 2^32. The proof is key identity, nonce, tag.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

#include "seal_key.h"
#include "slot_seal.h"

#define NONCE_SIZE 12
#define TAG_SIZE   16

/* clang-format off */
enum {
	AT_KEY_ID = 0,
	AT_NONCE  = AT_KEY_ID + SEAL_KEY_ID_SIZE,
	AT_TAG    = AT_NONCE + NONCE_SIZE,
};
/* clang-format on */

_Static_assert(AT_TAG + TAG_SIZE == SEAL_PROOF_SIZE, "the proof has no other bytes");

static void cipher_free_p(EVP_CIPHER_CTX **cipher)
{
	EVP_CIPHER_CTX_free(*cipher); /* erases the key schedule */
}

/* The library says no for want of memory, or because it was set up without this cipher. */
static int library_failed(void)
{
	return -ENOSYS;
}

static int encrypt(EVP_CIPHER_CTX *cipher, const struct seal_scope *scope, const uint8_t *plain,
		   uint8_t *output, uint8_t *proof)
{
	int n = 0;

	if (EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, scope->key->bytes,
			       proof + AT_NONCE) != 1 ||
	    EVP_EncryptUpdate(cipher, NULL, &n, scope->cover, (int)scope->cover_length) != 1 ||
	    EVP_EncryptUpdate(cipher, output, &n, plain, (int)scope->length) != 1 ||
	    EVP_EncryptFinal_ex(cipher, output + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, proof + AT_TAG) != 1)
		return library_failed();
	return 0;
}

/* Only the last step, which compares the tag, tells damage. */
static int decrypt(EVP_CIPHER_CTX *cipher, const struct seal_scope *scope, const uint8_t *input,
		   uint8_t *plain, const uint8_t *proof)
{
	uint8_t tag[TAG_SIZE]; /* the library asks for one it may write to */
	int n = 0;

	memcpy(tag, proof + AT_TAG, sizeof(tag));
	if (EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, scope->key->bytes,
			       proof + AT_NONCE) != 1 ||
	    EVP_DecryptUpdate(cipher, NULL, &n, scope->cover, (int)scope->cover_length) != 1 ||
	    EVP_DecryptUpdate(cipher, plain, &n, input, (int)scope->length) != 1 ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) != 1)
		return library_failed();
	return EVP_DecryptFinal_ex(cipher, plain + n, &n) == 1 ? 0 : -EBADMSG;
}

/* The library's error queue belongs to the program we are in, which may be using it: ours goes. */
static int seal(const struct seal_scope *scope, const uint8_t *plain, uint8_t *output,
		uint8_t proof[static SEAL_PROOF_SIZE])
{
	scoped(cipher_free_p) EVP_CIPHER_CTX *cipher = NULL;
	int r;

	memcpy(proof + AT_KEY_ID, scope->key->id, SEAL_KEY_ID_SIZE);
	r = seal_random(proof + AT_NONCE, NONCE_SIZE);
	if (r < 0)
		return r;
	(void)ERR_set_mark();
	cipher = EVP_CIPHER_CTX_new();
	r = cipher ? encrypt(cipher, scope, plain, output, proof) : library_failed();
	(void)ERR_pop_to_mark();
	return r;
}

static int unseal(const struct seal_scope *scope, const uint8_t *input, uint8_t *plain,
		  const uint8_t proof[static SEAL_PROOF_SIZE])
{
	scoped(cipher_free_p) EVP_CIPHER_CTX *cipher = NULL;
	int r;

	if (memcmp(proof + AT_KEY_ID, scope->key->id, SEAL_KEY_ID_SIZE) != 0)
		return -EKEYREJECTED;
	(void)ERR_set_mark();
	cipher = EVP_CIPHER_CTX_new();
	r = cipher ? decrypt(cipher, scope, input, plain, proof) : library_failed();
	(void)ERR_pop_to_mark();
	if (r < 0)
		explicit_bzero(plain, scope->length);
	return r;
}

const struct slot_seal host_seal = {
	.key_open = seal_key_open,
	.key_close = seal_key_close,
	.seal = seal,
	.unseal = unseal,
};
