/* SPDX-License-Identifier: MIT */
/* scrub.c - erase what libraries left of a secret, where they cannot be told to do it themselves.
 */
#include "scrub.h"

#include <stdlib.h>
#include <string.h>

#define STACK_DEPTH  16384 /* deeper than the frames of HMAC, of a QR code, of yescrypt */
#define FREED_BLOCKS 10	   /* more than an allocator's thread cache holds of one size */

__attribute__((noinline)) void otp_scrub_stack(void)
{
	char below[STACK_DEPTH];

	explicit_bzero(below, sizeof(below));
}

void otp_scrub_freed(size_t size)
{
	void *block[FREED_BLOCKS];

	for (size_t i = 0; i < FREED_BLOCKS; i++) {
		block[i] = malloc(size);
		if (block[i])
			explicit_bzero(block[i], size);
	}
	for (size_t i = FREED_BLOCKS; i > 0; i--)
		free(block[i - 1]);
}
