/* SPDX-License-Identifier: MIT */
/*
 * key.h - what sereno key can do.
 */
#ifndef ADMIN_KEY_H
#define ADMIN_KEY_H

#include <sereno/host_key.h>

#include "key_creds.h"
#include "messages.h"
#include "options.h"
#include "output.h"

/* What all of it works with. Zero-initialise, release with key_work_clear(). */
struct key_work {
	const struct options *options;
	const struct output *output;
	struct host_key *key;
	struct host_key_places places;
	char name[64]; /* under which the key is sealed: it names this host's */
	char *secret;  /* of another file tree */
	struct creds creds;
};

/* Look at the key. Where there is none yet, work->key is NULL and nothing is anywhere. */
enum exit_status key_work_open(const struct options *options, const struct output *output,
			       struct key_work *work);
void key_work_clear(struct key_work *work);

/* Keep others out, and look again. */
enum exit_status key_work_lock(struct key_work *work);

/* Copy the key from where it can be had: in the clear, else by unsealing it. */
enum exit_status key_work_read(struct key_work *work, struct host_key_image *ret);

/* Unseal what is sealed. Returns 0 or a negative errno; work->creds.said may say more. */
int key_work_unseal(struct key_work *work, struct host_key_image *ret);

/* What was sealed with; CREDS_UNKNOWN also where it cannot be read. */
enum creds_means key_work_means(const struct key_work *work);

/* Complain of systemd-creds, for the negative errno @error. */
enum exit_status key_complain(const struct key_work *work, int error, const char *what);

enum exit_status key_seal(struct key_work *work);
enum exit_status key_unseal(struct key_work *work);
enum exit_status key_load(struct key_work *work);
enum exit_status key_status(const struct key_work *work);

#endif
