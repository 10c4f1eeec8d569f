/* SPDX-License-Identifier: MIT */
/* device_grants_writer.c - publishing which devices were granted to whom: one file, replaced whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "device_grants_file.h"
#include "inforce.h"
#include "table_writer.h"

#define DEVICES_NEW DEVICES_FILE ".new"

static int state_path(const char *root, char **ret)
{
	if (asprintf(ret, "%s" POLICY_STATE_DIR, root) >= 0)
		return 0;
	*ret = NULL;
	return -ENOMEM;
}

static int gather(const struct device_grants_image *image, struct multimap *map,
		  struct id_set *watched)
{
	scoped(encoder_clear) struct encoder item = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < image->n; i++) {
		const struct device_grant *grant = &image->grants[i];

		encode_device_grant(&item, grant);
		multimap_add(map, grant->identity, DEVICE_IDENTITY_SIZE, &item);
		r = id_set_add(watched, identity_beginning(grant->identity));
	}
	id_set_settle(watched);
	return r;
}

static int write_records(const struct device_grants_image *image, struct cdb_make *cdb)
{
	const struct table_writer writer = { .cdb = cdb, .generation = image->serial };
	scoped(multimap_clear) struct multimap map = { 0 };
	scoped(id_set_clear) struct id_set watched = { 0 };
	scoped(encoder_clear) struct encoder meta = { 0 };
	uint32_t buckets = 0;
	int r = gather(image, &map, &watched);

	if (r == 0)
		r = table_prepare(&map, &buckets);
	if (r < 0)
		return r;
	encode_devices_meta(&meta, image, &watched, buckets);
	r = record_write(&writer, TABLE_META, 0, &meta);
	return r < 0 ? r : table_write(&writer, TABLE_DEVICE_GRANTS, &map, buckets);
}

static int write_database(const struct device_grants_image *image, int fd)
{
	struct cdb_make cdb;
	int finished, r;

	errno = 0;
	if (cdb_make_start(&cdb, fd) < 0)
		return neg_errno();
	r = write_records(image, &cdb);
	errno = 0;
	finished = cdb_make_finish(&cdb); /* also releases its memory, so after a failure too */
	if (r < 0)
		return r;
	return finished < 0 || fsync(fd) < 0 ? neg_errno() : 0;
}

static int write_new(const struct device_grants_image *image, int state)
{
	scoped_fd int fd = -1;

	if (unlinkat(state, DEVICES_NEW, 0) < 0 && errno != ENOENT)
		return neg_errno();
	fd = openat(state, DEVICES_NEW, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* The mode is part of the design; a umask has no say in it. */
	if (fd < 0 || fchmod(fd, 0600) < 0)
		return neg_errno();
	return write_database(image, fd);
}

int device_grants_publish(const char *root, const struct device_grants_image *image)
{
	scoped_free char *path = NULL;
	scoped_fd int state = -1;
	int r = state_path(root, &path);

	if (r < 0)
		return r;
	state = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state < 0)
		return neg_errno();
	r = write_new(image, state);
	if (r < 0) {
		(void)unlinkat(state, DEVICES_NEW, 0); /* the next one tries again */
		return r;
	}
	if (renameat(state, DEVICES_NEW, state, DEVICES_FILE) < 0 || fsync(state) < 0)
		return neg_errno();
	return 0;
}
