/* SPDX-License-Identifier: MIT */
/* seal_key.c - the host key: made at first use, bound to the machine's identity, root's alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include <sereno/scoped.h>

#include "seal_key.h"
#include "slot_checksum.h"
#include "slot_place.h"

#define MACHINE_ID_LENGTH 32
#define NAME_DIGEST	  8 /* bytes of the digest that name the file */

/* clang-format off */
enum {
	AT_ID       = 8,
	AT_KEY      = AT_ID + SEAL_KEY_ID_SIZE,
	AT_CHECKSUM = AT_KEY + SEAL_KEY_SIZE,
	FILE_SIZE   = AT_CHECKSUM + 4,
};
/* clang-format on */

static const uint8_t magic[AT_ID] = { 's', 'e', 'r', 'k', 'e', 'y', '0', '1' };

/* The key file's bytes, erased at the end of every scope they are in. */
struct key_image {
	uint8_t bytes[FILE_SIZE];
};

static void key_image_erase(struct key_image *image)
{
	explicit_bzero(image, sizeof(*image));
}

struct key_name {
	char text[sizeof("host-.key") + 2 * (size_t)NAME_DIGEST];
};

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

static bool is_machine_id(const char *text, size_t length)
{
	if (length == MACHINE_ID_LENGTH + 1 && text[MACHINE_ID_LENGTH] == '\n')
		length--;
	return length == MACHINE_ID_LENGTH && strspn(text, "0123456789abcdef") >= MACHINE_ID_LENGTH;
}

/* At most @size bytes of the file: more than an identity has is enough to know that it is none. */
static int read_text(int fd, char *text, size_t size, size_t *ret_length)
{
	size_t length = 0;
	ssize_t n;

	while (length < size) {
		n = pread(fd, text + length, size - length, (off_t)length);
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return neg_errno();
		if (n > 0)
			length += (size_t)n;
	}
	*ret_length = length;
	return 0;
}

/*
 * The machine's identity; an empty one where the system has no such file, which means that
 * a copy of this host cannot be told from it. A file without an identity is a host at its first
 * boot: a key bound to that would be lost minutes later.
 */
static int read_machine_id(const char *root, char id[static MACHINE_ID_LENGTH + 1])
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;
	char text[MACHINE_ID_LENGTH + 3] = "";
	size_t length = 0;
	int r;

	if (asprintf(&path, "%s/etc/machine-id", root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	id[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : neg_errno();
	r = read_text(fd, text, sizeof(text) - 1, &length);
	if (r < 0)
		return r;
	if (!is_machine_id(text, length))
		return -ENOKEY;
	memcpy(id, text, MACHINE_ID_LENGTH);
	id[MACHINE_ID_LENGTH] = '\0';
	return 0;
}

/* The identity itself is not for publication, see machine-id(5): a digest of our own names the
 * file. */
static int name_key(const char *root, struct key_name *ret)
{
	static const char purpose[] = "sereno host key";
	char text[sizeof(purpose) + MACHINE_ID_LENGTH + 1];
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t length;
	int r;

	memcpy(text, purpose, sizeof(purpose));
	r = read_machine_id(root, text + sizeof(purpose));
	if (r < 0)
		return r;
	length = sizeof(purpose) + strlen(text + sizeof(purpose));
	if (EVP_Digest(text, length, digest, NULL, EVP_sha256(), NULL) != 1)
		return -EIO;
	length = (size_t)snprintf(ret->text, sizeof(ret->text), "host-");
	for (size_t i = 0; i < NAME_DIGEST; i++)
		length += (size_t)snprintf(ret->text + length, 3, "%02x", digest[i]);
	memcpy(ret->text + length, ".key", sizeof(".key"));
	return 0;
}

static void put_checksum(const struct key_image *image, uint8_t bytes[static 4])
{
	const uint32_t checksum = slot_checksum(0, image->bytes, AT_CHECKSUM);

	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(checksum >> (8 * i));
}

/* Another process may make it at the same time: one of the two files gets the name, for both. */
static int make_key(int state, const char *name)
{
	scoped(key_image_erase) struct key_image image = { { 0 } };
	int r;

	memcpy(image.bytes, magic, sizeof(magic));
	r = seal_random(image.bytes + AT_ID, SEAL_KEY_ID_SIZE + SEAL_KEY_SIZE);
	if (r < 0)
		return r;
	put_checksum(&image, image.bytes + AT_CHECKSUM);
	r = slot_place_publish(state, name, 0400, image.bytes, sizeof(image.bytes));
	return r == -EEXIST ? 0 : r;
}

static int read_key(int state, const char *name, struct key_image *image)
{
	scoped_fd int fd =
		openat(state, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	uint8_t checksum[4];
	int r;

	if (fd < 0)
		return errno == ENOENT ? -ENOKEY : errno == ELOOP ? -EPERM : neg_errno();
	r = slot_place_check(state, fd, 0400, FILE_SIZE);
	if (r < 0)
		return r;
	r = slot_place_read(fd, image->bytes, FILE_SIZE, 0);
	if (r < 0)
		return r;
	put_checksum(image, checksum);
	if (memcmp(image->bytes, magic, sizeof(magic)) != 0 ||
	    memcmp(image->bytes + AT_CHECKSUM, checksum, sizeof(checksum)) != 0)
		return -EBADMSG;
	return 0;
}

int seal_key_open(const char *root, int state, enum slot_missing missing, struct seal_key **ret)
{
	scoped(key_image_erase) struct key_image image = { { 0 } };
	struct key_name name;
	struct seal_key *key;
	int r = name_key(root, &name);

	if (r < 0)
		return r;
	r = read_key(state, name.text, &image);
	if (r == -ENOKEY && missing == SLOT_CREATE) {
		r = make_key(state, name.text);
		if (r == 0)
			r = read_key(state, name.text, &image);
	}
	if (r < 0)
		return r;
	key = malloc(sizeof(*key));
	if (!key)
		return -ENOMEM;
	memcpy(key->id, image.bytes + AT_ID, sizeof(key->id));
	memcpy(key->bytes, image.bytes + AT_KEY, sizeof(key->bytes));
	*ret = key;
	return 0;
}

void seal_key_close(struct seal_key *key)
{
	if (!key)
		return;
	explicit_bzero(key, sizeof(*key));
	free(key);
}
