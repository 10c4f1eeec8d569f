/* SPDX-License-Identifier: MIT */
/*
 * key_creds.h - systemd-creds(1), which seals with this host's own key, its TPM2, or both.
 *
 * What goes in and comes out goes by pipe: a command line, the environment and files can be read
 * by others. It is started by its full path, with an environment of ours.
 */
#ifndef ADMIN_KEY_CREDS_H
#define ADMIN_KEY_CREDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sereno/host_key.h>

#define CREDS_SAID_MAX 512

struct creds {
	const char *program;	   /* full path */
	const char *secret;	   /* of the host, where it is another's file tree; or NULL */
	int limit_msec;		   /* a TPM2 takes its time */
	char said[CREDS_SAID_MAX]; /* its last words; hostile */
};

enum creds_means { CREDS_UNKNOWN, CREDS_HOST, CREDS_TPM2, CREDS_HOST_AND_TPM2 };

/* "host", "tpm2", "host+tpm2", or "unknown". */
const char *creds_means_name(enum creds_means means);
/* The reverse; CREDS_UNKNOWN for any other word. */
enum creds_means creds_means_of(const char *name);

/* Whether there is a TPM2 that can be used. */
bool creds_has_tpm2(struct creds *creds);

/* Text, as it lies in the file. */
struct creds_sealed {
	uint8_t bytes[HOST_KEY_SEALED_MAX];
	size_t length;
};

/* What it was sealed with, by its first bytes. */
enum creds_means creds_look(const struct creds_sealed *sealed);

/*
 * Seal @image under @name into *@ret; the reverse answers only for what was sealed under the same
 * @name. Return 0, -ENOENT (there is no such program), -ETIMEDOUT, -EFBIG, -EBADMSG (what came out
 * is not a host key), -EIO (it failed, see said) or another negative errno.
 */
int creds_seal(struct creds *creds, const char *name, enum creds_means means,
	       const struct host_key_image *image, struct creds_sealed *ret);
int creds_unseal(struct creds *creds, const char *name, const struct creds_sealed *sealed,
		 struct host_key_image *ret);

#endif
