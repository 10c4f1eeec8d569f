/* SPDX-License-Identifier: MIT */
/* seal_name.c - what the files of the host key are called on this host. */
#include "seal_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include <sereno/scoped.h>

#define MACHINE_ID_LENGTH 32

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
 * files. */
static int digest_machine(const char *root, char text[static SEAL_ID_SIZE])
{
	static const char purpose[] = "sereno host key";
	char message[sizeof(purpose) + MACHINE_ID_LENGTH + 1];
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t length;
	int r;

	memcpy(message, purpose, sizeof(purpose));
	r = read_machine_id(root, message + sizeof(purpose));
	if (r < 0)
		return r;
	length = sizeof(purpose) + strlen(message + sizeof(purpose));
	if (EVP_Digest(message, length, digest, NULL, EVP_sha256(), NULL) != 1)
		return -EIO;
	for (size_t i = 0; i < SEAL_ID_DIGEST; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", digest[i]); /* two digits and the end */
	return 0;
}

static int put_name(char name[static SEAL_NAME_SIZE], const char *id, const char *suffix)
{
	const int n = snprintf(name, SEAL_NAME_SIZE, "host-%s.key%s", id, suffix);

	return n > 0 && n < SEAL_NAME_SIZE ? 0 : -ENAMETOOLONG;
}

int seal_names_of(const char *root, struct seal_names *ret)
{
	struct seal_names names = { .id = "" };
	int r = digest_machine(root, names.id);

	if (r == 0)
		r = put_name(names.key, names.id, "");
	if (r == 0)
		r = put_name(names.sealed, names.id, ".cred");
	if (r == 0)
		r = put_name(names.left, names.id, ".gone");
	if (r == 0)
		*ret = names;
	return r;
}
