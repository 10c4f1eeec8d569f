/* SPDX-License-Identifier: MIT */
/* sealed.h - for the tests of modules on a host whose key is sealed and was not unsealed yet. */
#ifndef TESTS_PAM_SEALED_H
#define TESTS_PAM_SEALED_H

#include "host.h"

#include <unistd.h>

#include <sereno/host_key.h>

/* Seal the host's key and forget what is in memory; *@image is what a boot unseals. */
static inline void close_key(const struct host *host, struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	const uint8_t sealed[] = "pretend that this is encrypted\n";
	char path[160];

	assert_int_equal(host_key_open(host->root, &key), 0);
	assert_int_equal(host_key_lock(key), 0);
	assert_int_equal(host_key_read(key, image), 0);
	assert_int_equal(host_key_seal(key, image, sealed, sizeof(sealed)), 0);
	(void)snprintf(path, sizeof(path), "%s/run/sereno/host-%s.key", host->root,
		       host_key_id(key));
	assert_int_equal(unlink(path), 0);
}

static inline void load_key(const struct host *host, const struct host_key_image *image)
{
	scoped(host_key_close_p) struct host_key *key = NULL;

	assert_int_equal(host_key_open(host->root, &key), 0);
	assert_int_equal(host_key_lock(key), 0);
	assert_int_equal(host_key_load(key, image), 0);
}

#endif
