/* SPDX-License-Identifier: MIT */
/* recovery.c - recovery codes and tickets: made, and hashed. */
#include <sereno/otp.h>

#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include <sereno/scoped.h>

#include "alphabet.h"
#include "scrub.h"

#define YESCRYPT "$y$"

/* 60 random bits need no more: to try 2^59 of them at 2 ms takes 36 million years of a core. */
#define COST  1
#define GROUP 4

/* Loaded for a recovery code or a ticket only: every login with a code would pay for it. */
struct library {
	void *handle;
	__typeof__(crypt_r) *hash;
	__typeof__(crypt_gensalt_rn) *gensalt;
};

static void library_close(struct library *library)
{
	if (library->handle)
		(void)dlclose(library->handle);
}

static int library_open(struct library *library)
{
	void *hash, *gensalt;

	library->handle = dlopen("libcrypt.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!library->handle)
		return -ELIBACC;
	hash = dlsym(library->handle, "crypt_r");
	gensalt = dlsym(library->handle, "crypt_gensalt_rn");
	if (!hash || !gensalt)
		return -ELIBBAD;
	/* object pointers in the interface, functions in truth */
	memcpy(&library->hash, &hash, sizeof(hash));
	memcpy(&library->gensalt, &gensalt, sizeof(gensalt));
	return 0;
}

int otp_recovery_new(char code[static OTP_RECOVERY_SIZE])
{
	uint8_t random[OTP_RECOVERY_LENGTH];
	size_t at = 0;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return neg_errno();
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i > 0 && i % GROUP == 0)
			code[at++] = '-';
		code[at++] = alphabet[random[i] % ALPHABET_SIZE]; /* 256 is a multiple of 32 */
	}
	code[at] = '\0';
	explicit_bzero(random, sizeof(random));
	return 0;
}

int otp_setting_new(char setting[static OTP_SETTING_SIZE])
{
	scoped(library_close) struct library library = { .handle = NULL };
	char text[CRYPT_GENSALT_OUTPUT_SIZE];
	int r;

	r = library_open(&library);
	if (r < 0)
		return r;
	/* Without random bytes of ours it takes the system's. */
	if (!library.gensalt(YESCRYPT, COST, NULL, 0, text, sizeof(text)))
		return neg_errno();
	if (strlen(text) >= OTP_SETTING_SIZE)
		return -EOVERFLOW;
	memcpy(setting, text, strlen(text) + 1);
	return 0;
}

static void crypt_data_free_p(struct crypt_data **data)
{
	if (!*data)
		return;
	explicit_bzero(*data, sizeof(**data));
	free(*data);
}

int otp_hash(const char *setting, const struct otp_answer *answer, struct otp_hash *ret)
{
	scoped(library_close) struct library library = { .handle = NULL };
	scoped(crypt_data_free_p) struct crypt_data *data = NULL;
	const char *text, *hash;
	int r;

	if (answer->kind != OTP_ANSWER_RECOVERY)
		return -EINVAL;
	r = library_open(&library);
	if (r < 0)
		return r;
	data = calloc(1, sizeof(*data));
	if (!data)
		return -ENOMEM;
	text = library.hash(answer->text, setting, data);
	otp_scrub_stack();
	if (!text || strncmp(text, YESCRYPT, strlen(YESCRYPT)) != 0)
		return errno == ENOMEM ? -ENOMEM : -EIO;
	hash = strrchr(text, '$') + 1;
	if (strlen(hash) != OTP_HASH_SIZE - 1)
		return -EIO;
	memcpy(ret->text, hash, OTP_HASH_SIZE);
	return 0;
}

bool otp_hash_equal(const struct otp_hash *one, const struct otp_hash *other)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < OTP_HASH_SIZE - 1; i++)
		difference |= (unsigned char)(one->text[i] ^ other->text[i]);
	return difference == 0 && one->text[0] != '\0';
}
