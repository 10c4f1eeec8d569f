/* SPDX-License-Identifier: MIT */
/*
 * bus_default.h - whether USB devices that come are off until somebody lets them in.
 *
 * The boot loader's word is the sure way: this one counts from the moment on at which it is set.
 * What we set we undo, and nothing else: ROOT/run/sereno/media-managed stands for that.
 */
#ifndef SERENO_MEDIA_BUS_DEFAULT_H
#define SERENO_MEDIA_BUS_DEFAULT_H

#include <stdbool.h>

/* Whether what comes is off because we said so. */
bool bus_default_is_ours(const char *root);

/* Off, for buses there are and those to come. Returns 0 or a negative errno. */
int bus_default_close(const char *root);

/* Back on, and what was off is let in: nobody else would. Returns 0 or a negative errno. */
int bus_default_open(const char *root);

#endif
