/* SPDX-License-Identifier: MIT */
/* host_key.c - the host key as a whole: where it lies, taken out of the disk and put back. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/crypto.h>

#include <sereno/host_key.h>
#include <sereno/scoped.h>

#include "seal_image.h"
#include "seal_key.h"
#include "seal_name.h"
#include "slot_place.h"

struct host_key {
	int state, run; /* directories; run is -1 while there is none */
	char *root;
	struct seal_names names;
	struct slot_claim claim; /* the lock: it is never filled */
};

static int host_key_new(const char *root, struct host_key **ret)
{
	struct host_key *key = calloc(1, sizeof(*key));

	if (!key)
		return -ENOMEM;
	key->state = -1;
	key->run = -1;
	key->claim.fd = -1;
	key->root = strdup(root);
	*ret = key;
	return key->root ? 0 : -ENOMEM;
}

int host_key_open(const char *root, struct host_key **ret)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	int r = host_key_new(root, &key);

	if (r < 0)
		return r;
	r = slot_place_state(root, SLOT_MUST_EXIST, &key->state);
	if (r < 0)
		return r;
	r = seal_names_of(root, &key->names);
	if (r < 0)
		return r;
	r = seal_key_open_run(root, &key->run);
	if (r < 0 && r != -ENOENT)
		return r;
	*ret = take(key, NULL);
	return 0;
}

void host_key_close(struct host_key *key)
{
	if (!key)
		return;
	slot_place_disclaim(&key->claim);
	close_p(&key->state);
	close_p(&key->run);
	free(key->root);
	free(key);
}

void host_key_close_p(struct host_key **key)
{
	host_key_close(take(*key, NULL));
}

int host_key_lock(struct host_key *key)
{
	return slot_place_claim(key->state, key->names.key, &key->claim);
}

const char *host_key_id(const struct host_key *key)
{
	return key->names.id;
}

static int look(int directory, const char *name)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };

	return directory < 0 ? -ENOENT : seal_image_read(directory, name, &image);
}

/* Open what is sealed; its owner's alone, like a key. */
static int open_sealed(const struct host_key *key, size_t *ret_length)
{
	scoped_fd int fd = openat(key->state, key->names.sealed,
				  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0)
		return errno == ELOOP ? -EPERM : neg_errno();
	if (fstat(fd, &st) < 0)
		return neg_errno();
	if (st.st_size > HOST_KEY_SEALED_MAX)
		return -EFBIG;
	r = slot_place_check(key->state, fd, 0400, (size_t)st.st_size);
	if (r < 0)
		return r;
	*ret_length = (size_t)st.st_size;
	return take(fd, -1);
}

void host_key_look(const struct host_key *key, struct host_key_places *ret)
{
	size_t length = 0;
	scoped_fd int sealed = open_sealed(key, &length);

	ret->plain = look(key->state, key->names.key);
	ret->unsealed = look(key->run, key->names.key);
	ret->left = look(key->state, key->names.left);
	ret->sealed = sealed < 0 ? sealed : length == 0 ? -EBADMSG : 0;
}

int host_key_read(const struct host_key *key, struct host_key_image *ret)
{
	struct host_key_places places;

	host_key_look(key, &places);
	if (places.plain != -ENOENT)
		return seal_image_read(key->state, key->names.key, ret);
	if (places.sealed == -ENOENT)
		return -ENOKEY;
	if (places.unsealed == 0)
		return seal_image_read(key->run, key->names.key, ret);
	if (places.left == 0)
		return seal_image_read(key->state, key->names.left, ret);
	return -ENOKEY;
}

int host_key_read_sealed(const struct host_key *key, uint8_t *bytes, size_t size,
			 size_t *ret_length)
{
	size_t length = 0;
	scoped_fd int fd = open_sealed(key, &length);
	int r;

	if (fd < 0)
		return fd;
	if (length > size)
		return -EFBIG;
	r = slot_place_read(fd, bytes, length, 0);
	if (r < 0)
		return r;
	*ret_length = length;
	return 0;
}

static int remove_durably(int directory, const char *name)
{
	if (unlinkat(directory, name, 0) < 0 && errno != ENOENT)
		return neg_errno();
	return fsync(directory) < 0 ? neg_errno() : 0;
}

/* Overwrite, then remove. What cannot be overwritten still has to go. */
static int remove_image(int directory, const char *name)
{
	static const uint8_t nothing[HOST_KEY_SIZE];
	scoped_fd int fd =
		openat(directory, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    slot_place_write(fd, nothing, sizeof(nothing), 0) == 0)
		(void)fsync(fd);
	return remove_durably(directory, name);
}

/* systemd makes it at boot, by its tmpfiles; here it may be missing in another file tree. */
static int make_run(struct host_key *key)
{
	scoped_free char *path = NULL;
	char *end;

	if (key->run >= 0)
		return 0;
	if (asprintf(&path, "%s/run/sereno", key->root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	end = strrchr(path, '/');
	*end = '\0';
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	*end = '/';
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	return seal_key_open_run(key->root, &key->run);
}

/* Whether @name holds exactly @image. */
static bool holds(int directory, const char *name, const struct host_key_image *image)
{
	scoped(host_key_image_erase) struct host_key_image found = { { 0 } };

	return directory >= 0 && seal_image_read(directory, name, &found) == 0 &&
	       CRYPTO_memcmp(found.bytes, image->bytes, sizeof(found.bytes)) == 0;
}

/* Where it is kept already it stays: records may be reading it. */
static int keep_for_boot(struct host_key *key, const struct host_key_image *image)
{
	int r;

	if (holds(key->run, key->names.key, image))
		return 0;
	r = make_run(key);
	if (r == 0)
		r = remove_image(key->run, key->names.key);
	if (r < 0)
		return r;
	return slot_place_publish(key->run, key->names.key, 0400, image->bytes,
				  sizeof(image->bytes));
}

/* Records look for the plain key by its name. It loses that in one step, so that nobody reads it
 * half overwritten. */
static int take_away(struct host_key *key)
{
	int r = remove_image(key->state, key->names.left);

	if (r == 0 && renameat2(key->state, key->names.key, key->state, key->names.left, 0) < 0)
		r = neg_errno();
	if (r == 0 && fsync(key->state) < 0)
		r = neg_errno();
	return r < 0 ? r : remove_image(key->state, key->names.left);
}

int host_key_seal(struct host_key *key, const struct host_key_image *image, const uint8_t *sealed,
		  size_t length)
{
	int r = host_key_image_check(image);

	if (r < 0)
		return r;
	if (length == 0 || length > HOST_KEY_SEALED_MAX)
		return -EINVAL;
	if (!holds(key->state, key->names.key, image))
		return -ESTALE; /* a sealed one there is may only go while there is a plain one */
	r = remove_durably(key->state, key->names.sealed);
	if (r == 0)
		r = slot_place_publish(key->state, key->names.sealed, 0400, sealed, length);
	if (r == 0)
		r = keep_for_boot(key, image);
	return r < 0 ? r : take_away(key);
}

static int put_back(struct host_key *key, const struct host_key_image *image)
{
	int r = remove_image(key->state, key->names.left);

	if (r < 0 || holds(key->state, key->names.key, image))
		return r;
	r = slot_place_publish(key->state, key->names.left, 0400, image->bytes,
			       sizeof(image->bytes));
	if (r == 0 && renameat2(key->state, key->names.left, key->state, key->names.key, 0) < 0)
		r = neg_errno();
	if (r == 0 && fsync(key->state) < 0)
		r = neg_errno();
	return r;
}

int host_key_unseal(struct host_key *key, const struct host_key_image *image)
{
	int r = host_key_image_check(image);

	if (r == 0)
		r = put_back(key, image);
	if (r == 0)
		r = remove_durably(key->state, key->names.sealed);
	if (r == 0 && key->run >= 0)
		r = remove_image(key->run, key->names.key);
	return r;
}

int host_key_load(struct host_key *key, const struct host_key_image *image)
{
	int r = host_key_image_check(image);

	if (r == 0)
		r = keep_for_boot(key, image);
	return r < 0 ? r : remove_image(key->state, key->names.left);
}
