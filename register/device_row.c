/* SPDX-License-Identifier: MIT */
/* device_row.c - a device as columns. */
#include <errno.h>
#include <string.h>

#include "change.h"
#include "device_row.h"

void identity_text(const uint8_t identity[static DEVICE_IDENTITY_SIZE],
		   char ret[static IDENTITY_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DEVICE_IDENTITY_SIZE; i++) {
		ret[2 * i] = digits[identity[i] >> 4];
		ret[2 * i + 1] = digits[identity[i] & 15];
	}
	ret[IDENTITY_TEXT_SIZE - 1] = '\0';
}

static int read_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static int read_identity(const char *text, uint8_t ret[static DEVICE_IDENTITY_SIZE])
{
	if (!text || strlen(text) != IDENTITY_TEXT_SIZE - 1)
		return -EBADMSG;
	for (size_t i = 0; i < DEVICE_IDENTITY_SIZE; i++) {
		const int high = read_digit(text[2 * i]), low = read_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EBADMSG;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

int device_check(const struct register_device *device)
{
	int r = wording_check(device->name);

	if (r == 0)
		r = wording_check(device->serial);
	if (device->kinds >= 1u << DEVICE_KINDS || device->bus > BUS_DISK)
		r = -EINVAL;
	return r;
}

void put_device(struct statement *statement, const struct register_device *device,
		const char *identity)
{
	put_text(statement, identity);
	put_number(statement, device->vendor);
	put_number(statement, device->product);
	put_number(statement, device->bus);
	put_number(statement, device->kinds);
	put_text(statement, device->name);
	put_text(statement, device->serial);
}

/* A number of the register from 0 to @most. */
static int column_within(const struct statement *statement, int column, int64_t most, unsigned *ret)
{
	const int64_t number = column_number(statement, column);

	if (number < 0 || number > most)
		return -EBADMSG;
	*ret = (unsigned)number;
	return 0;
}

int column_device(const struct statement *statement, int column, struct register_device *ret)
{
	struct register_device device = { .name = column_text(statement, column + 5),
					  .serial = column_text(statement, column + 6) };
	unsigned vendor = 0, product = 0, bus = 0;

	if (!device.name || !device.serial ||
	    read_identity(column_text(statement, column), device.identity) < 0 ||
	    column_within(statement, column + 1, UINT16_MAX, &vendor) < 0 ||
	    column_within(statement, column + 2, UINT16_MAX, &product) < 0 ||
	    column_within(statement, column + 3, BUS_DISK, &bus) < 0 ||
	    column_within(statement, column + 4, (1 << DEVICE_KINDS) - 1, &device.kinds) < 0)
		return -EBADMSG;
	device.vendor = (uint16_t)vendor;
	device.product = (uint16_t)product;
	device.bus = (enum device_bus)bus;
	*ret = device;
	return 0;
}

int column_access(const struct statement *statement, int column, enum media_access *ret)
{
	unsigned access = 0;
	const int r = column_within(statement, column, MEDIA_READ_WRITE, &access);

	if (r == 0)
		*ret = (enum media_access)access;
	return r;
}
