/* SPDX-License-Identifier: MIT */
/* device_row.h - a device as columns, and what its requests and its grants share. */
#ifndef SERENO_REGISTER_DEVICE_ROW_H
#define SERENO_REGISTER_DEVICE_ROW_H

#include <sereno/device_grants.h>
#include <sereno/register_devices.h>

#include "statement.h"

#define IDENTITY_TEXT_SIZE (2 * DEVICE_IDENTITY_SIZE + 1)

/* In the order of put_device() and column_device(): seven. */
#define DEVICE_COLUMNS "identity, vendor, product, bus, kinds, name, serial"

/* An identity as text: hexadecimal digits. */
void identity_text(const uint8_t identity[static DEVICE_IDENTITY_SIZE],
		   char ret[static IDENTITY_TEXT_SIZE]);

/* Whether @device can be written down. Returns 0 or -EINVAL. */
int device_check(const struct register_device *device);

/* Bind the next seven values; @identity is its text. */
void put_device(struct statement *statement, const struct register_device *device,
		const char *identity);

/* Read seven columns. Returns 0 or -EBADMSG. */
int column_device(const struct statement *statement, int column, struct register_device *ret);

/* Returns 0 or -EBADMSG. */
int column_access(const struct statement *statement, int column, enum media_access *ret);

/* Insert a grant. *@ret is its number. */
struct new_device_grant {
	const struct register_device *device;
	const char *user;
	uid_t uid;
	enum media_access access;
	int64_t since, until;
	uint32_t request;
};
int device_grant_insert(struct register_db *db, const struct act *act,
			const struct new_device_grant *grant, uint32_t *ret);

/* All that is to be published, in *@ret, the caller's, released with free(). Returns 0 or a
 * negative errno. */
int device_grants_gather(struct register_db *db, struct device_grant **ret, uint32_t *ret_n);

#endif
