/* SPDX-License-Identifier: MIT */
/* seal_image.c - the host key as it lies in a file. */
#include "seal_image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#include <sereno/scoped.h>

#include "slot_checksum.h"
#include "slot_place.h"

static const uint8_t magic[SEAL_AT_ID] = { 's', 'e', 'r', 'k', 'e', 'y', '0', '1' };

void host_key_image_erase(struct host_key_image *image)
{
	explicit_bzero(image, sizeof(*image));
}

int seal_random(uint8_t *bytes, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = getrandom(bytes, length, 0);
		if (n < 0 && errno != EINTR)
			return neg_errno();
		if (n < 0)
			continue;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

static void put_checksum(const struct host_key_image *image, uint8_t bytes[static 4])
{
	const uint32_t checksum = slot_checksum(0, image->bytes, SEAL_AT_CHECKSUM);

	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(checksum >> (8 * i));
}

int seal_image_make(struct host_key_image *image)
{
	int r;

	memcpy(image->bytes, magic, sizeof(magic));
	r = seal_random(image->bytes + SEAL_AT_ID, SEAL_KEY_ID_SIZE + SEAL_KEY_SIZE);
	if (r < 0)
		return r;
	put_checksum(image, image->bytes + SEAL_AT_CHECKSUM);
	return 0;
}

int host_key_image_check(const struct host_key_image *image)
{
	uint8_t checksum[4];

	put_checksum(image, checksum);
	if (memcmp(image->bytes, magic, sizeof(magic)) != 0 ||
	    memcmp(image->bytes + SEAL_AT_CHECKSUM, checksum, sizeof(checksum)) != 0)
		return -EBADMSG;
	return 0;
}

int seal_image_read(int directory, const char *name, struct host_key_image *image)
{
	scoped_fd int fd =
		openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	int r;

	if (fd < 0)
		return errno == ELOOP ? -EPERM : neg_errno();
	r = slot_place_check(directory, fd, 0400, HOST_KEY_SIZE);
	if (r < 0)
		return r;
	r = slot_place_read(fd, image->bytes, HOST_KEY_SIZE, 0);
	if (r < 0)
		return r;
	return host_key_image_check(image);
}
