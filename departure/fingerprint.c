/* SPDX-License-Identifier: MIT */
/* fingerprint.c - public keys told apart by what sshd makes of them, and not by how they are spelt.
 */
#include "fingerprint.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#define TEXT_MAX 24576 /* sshd takes none near this */
#define BLOB_MAX (TEXT_MAX / 4 * 3)

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Parts of a key: each a length of four bytes, then so many bytes. */
struct parts {
	const uint8_t *at;
	size_t left;
};

struct blob {
	size_t n;
	uint8_t byte[BLOB_MAX + 64];
};

static bool next_part(struct parts *parts, const uint8_t **ret, size_t *ret_length)
{
	size_t length;

	if (parts->left < 4)
		return false;
	length = (size_t)parts->at[0] << 24 | (size_t)parts->at[1] << 16 |
		 (size_t)parts->at[2] << 8 | parts->at[3];
	if (length > parts->left - 4)
		return false;
	*ret = parts->at + 4;
	*ret_length = length;
	parts->at += 4 + length;
	parts->left -= 4 + length;
	return true;
}

static bool add_part(struct blob *blob, const uint8_t *part, size_t length, bool zero_first)
{
	const size_t whole = length + zero_first;

	if (whole + 4 > sizeof(blob->byte) - blob->n)
		return false;
	blob->byte[blob->n++] = (uint8_t)(whole >> 24);
	blob->byte[blob->n++] = (uint8_t)(whole >> 16);
	blob->byte[blob->n++] = (uint8_t)(whole >> 8);
	blob->byte[blob->n++] = (uint8_t)whole;
	if (zero_first)
		blob->byte[blob->n++] = 0;
	memcpy(blob->byte + blob->n, part, length);
	blob->n += length;
	return true;
}

/* One zero in front of a number whose first bit is set, and no other. */
static bool add_number(struct blob *blob, const uint8_t *part, size_t length)
{
	while (length > 0 && *part == 0) {
		part++;
		length--;
	}
	return add_part(blob, part, length, length > 0 && *part & 0x80);
}

static bool has_numbers(const uint8_t *kind, size_t length)
{
	return length == 7 && (memcmp(kind, "ssh-rsa", 7) == 0 || memcmp(kind, "ssh-dss", 7) == 0);
}

/* The key as sshd would write it: false where it is as it is. */
static bool spell(const uint8_t *bytes, size_t n, struct blob *ret)
{
	struct parts parts = { bytes, n };
	const uint8_t *part;
	size_t length;

	ret->n = 0;
	if (!next_part(&parts, &part, &length) || !has_numbers(part, length) ||
	    !add_part(ret, part, length, false))
		return false;
	while (parts.left > 0)
		if (!next_part(&parts, &part, &length) || !add_number(ret, part, length))
			return false;
	return true;
}

/* Returns how many bytes, or -1: it is no base64. */
static int decode(const char *key, size_t length, uint8_t bytes[static BLOB_MAX])
{
	unsigned char text[TEXT_MAX + 4];
	const size_t padding = (4 - length % 4) % 4;
	int n;

	if (length == 0 || length > TEXT_MAX || length % 4 == 1)
		return -1;
	for (size_t i = 0; i < length; i++)
		if (!key[i] || !strchr(digits, key[i]))
			return -1;
	memcpy(text, key, length);
	memset(text + length, '=', padding);
	n = EVP_DecodeBlock(bytes, text, (int)(length + padding));
	return n < 0 ? -1 : n - (int)padding;
}

void fingerprint_of(const char *key, size_t length, char ret[static FINGERPRINT_LENGTH + 1])
{
	unsigned char hash[SHA256_DIGEST_LENGTH], text[64];
	uint8_t bytes[BLOB_MAX];
	struct blob blob;
	const int n = decode(key, length, bytes);

	if (n < 0)
		(void)SHA256((const unsigned char *)key, length, hash);
	else if (spell(bytes, (size_t)n, &blob))
		(void)SHA256(blob.byte, blob.n, hash);
	else
		(void)SHA256(bytes, (size_t)n, hash);
	(void)EVP_EncodeBlock(text, hash, sizeof(hash));
	memcpy(ret, text, FINGERPRINT_LENGTH);
	ret[FINGERPRINT_LENGTH] = '\0';
}

int fingerprint_hex(const char *fingerprint, char ret[static FINGERPRINT_HEX + 1])
{
	uint8_t bytes[BLOB_MAX];
	const int n = decode(fingerprint, FINGERPRINT_LENGTH, bytes);

	if (n != SHA256_DIGEST_LENGTH)
		return -EINVAL;
	for (int i = 0; i < n; i++)
		(void)snprintf(ret + (size_t)i * 2, 3, "%02x", bytes[i]); /* fits */
	return 0;
}

size_t fingerprint_parse(const char *text)
{
	size_t n = 0;

	while (text[n] && strchr(digits, text[n]))
		n++;
	return n == FINGERPRINT_LENGTH ? n : 0;
}
