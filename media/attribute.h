/* SPDX-License-Identifier: MIT */
/*
 * attribute.h - attributes of what is not on USB, by the path of their directory in sysfs.
 */
#ifndef MEDIA_ATTRIBUTE_H
#define MEDIA_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read ROOT/sys@directory/@name into @ret as a text, without what is blank at its ends. Returns its
 * length, -EMSGSIZE (it is longer than @size, or has a NUL in it) or what open(2) or read(2)
 * reported. */
int attribute_text(const char *root, const char *directory, const char *name, char *ret,
		   size_t size);

/* Whether it is exactly @value. */
bool attribute_is(const char *root, const char *directory, const char *name, const char *value);

/* As a decimal number. Returns 0, -EBADMSG or as above. */
int attribute_number(const char *root, const char *directory, const char *name, uint64_t *ret);

/* Whether the last part of where the link @name leads is @value: subsystem, driver. */
bool attribute_links_to(const char *root, const char *directory, const char *name,
			const char *value);

#endif
