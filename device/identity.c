/* SPDX-License-Identifier: MIT */
/*
 * identity.c - which device it is, as a digest of all that it says of itself.
 *
 * It is a name, not a proof: a device can be built that says the same. The descriptors of a device
 * differ between a port of USB 2 and one of USB 3, and so does its identity.
 */
#include <endian.h>
#include <string.h>

#include <sha2.h>

#include <sereno/device.h>

/* With its length before it, no end of one part can be the beginning of the next. */
static void add(SHA2_CTX *context, const void *bytes, size_t length)
{
	const uint64_t prefix = htole64(length);

	SHA256Update(context, (const uint8_t *)&prefix, sizeof(prefix));
	SHA256Update(context, bytes, length);
}

void device_identity(const uint8_t *descriptors, size_t length, const struct device_texts *texts,
		     uint8_t ret[static DEVICE_IDENTITY_SIZE])
{
	SHA2_CTX context;

	SHA256Init(&context);
	add(&context, texts->manufacturer, strlen(texts->manufacturer));
	add(&context, texts->product, strlen(texts->product));
	add(&context, texts->serial, strlen(texts->serial));
	add(&context, descriptors, length); /* the numbers are in these */
	SHA256Final(ret, &context);
}

bool device_serial_is_weak(const char *serial, const char *product)
{
	return serial_is_weak(serial) || strcmp(serial, product) == 0;
}
