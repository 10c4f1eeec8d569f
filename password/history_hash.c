/* SPDX-License-Identifier: MIT */
/* history_hash.c - the hashes the history compares. */
#include "history_hash.h"

#include <crypt.h>
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/strength.h>

#define YESCRYPT     "$y$"
#define DEFAULT_COST 0

/* Before a base, so that its hash is never that of a password: none contains a control character.
 */
#define BASE_MARK '\1'

int hash_make_setting(char setting[static HISTORY_SETTING_SIZE])
{
	char text[CRYPT_GENSALT_OUTPUT_SIZE];

	/* Without random bytes of ours it takes the system's. */
	if (!crypt_gensalt_rn(YESCRYPT, DEFAULT_COST, NULL, 0, text, sizeof(text)))
		return neg_errno();
	if (strlen(text) >= HISTORY_SETTING_SIZE)
		return -EOVERFLOW;
	memcpy(setting, text, strlen(text) + 1);
	return 0;
}

static void crypt_data_free(struct crypt_data **data)
{
	if (!*data)
		return;
	explicit_bzero(*data, sizeof(**data));
	free(*data);
}

static int hash_phrase(const char *setting, const char *phrase, struct history_hash *ret)
{
	scoped(crypt_data_free) struct crypt_data *data = calloc(1, sizeof(*data));
	const char *text, *hash;

	if (!data)
		return -ENOMEM;
	text = crypt_r(phrase, setting, data);
	if (!text || strncmp(text, YESCRYPT, strlen(YESCRYPT)) != 0)
		return errno == ENOMEM ? -ENOMEM : -EIO;
	hash = strrchr(text, '$') + 1;
	if (strlen(hash) != HISTORY_HASH_SIZE)
		return -EIO;
	memcpy(ret->text, hash, HISTORY_HASH_SIZE + 1);
	return 0;
}

static size_t count_characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8; utf8++)
		n += ((unsigned char)*utf8 & 0xC0) != 0x80;
	return n;
}

static int hash_base(const char *setting, const char *password, struct history_hash *ret)
{
	char base[1 + STRENGTH_BASE_MAX] = { BASE_MARK };
	int r = 0;

	if (strength_base(password, base + 1) > 0 &&
	    count_characters(base + 1) >= HISTORY_BASE_MIN) {
		base[STRENGTH_BYTES_MAX] = '\0'; /* the longest that crypt(3) takes */
		r = hash_phrase(setting, base, ret);
	}
	explicit_bzero(base, sizeof(base));
	return r;
}

int hash_password(const char *setting, const char *password, struct history_entry *ret)
{
	struct history_entry entry = { 0 };
	int r;

	r = hash_phrase(setting, password, &entry.password);
	if (r == 0)
		r = hash_base(setting, password, &entry.base);
	if (r == 0)
		*ret = entry;
	explicit_bzero(&entry, sizeof(entry));
	return r;
}

bool hash_equal(const struct history_hash *one, const struct history_hash *other)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < HISTORY_HASH_SIZE; i++)
		difference |= (unsigned char)(one->text[i] ^ other->text[i]);
	return difference == 0 && one->text[0] != '\0';
}
