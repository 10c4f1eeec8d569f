/* SPDX-License-Identifier: MIT */
/* device_grants.c - reading which devices were granted to whom. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "device_grants_file.h"
#include "grants_file.h"
#include "inforce.h"
#include "location.h"

void device_grants_close(struct device_grants *grants)
{
	if (!grants)
		return;
	close_p(&grants->fd);
	id_set_clear(&grants->watched);
	free(grants);
}

void device_grants_close_p(struct device_grants **grants)
{
	device_grants_close(*grants);
}

static int read_meta(struct device_grants *grants)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = record_load(&grants->tables, TABLE_META, 0, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	r = decode_devices_meta(&decoder, grants);
	if (r < 0)
		return r;
	if (grants->facts.serial != blob.generation)
		return -EBADMSG;
	grants->tables.generation = blob.generation;
	return 0;
}

static int open_file(struct location *location, struct device_grants *grants)
{
	struct stat st = { 0 };
	int r;

	grants->fd = location_open(location, "/" DEVICES_FILE, &st);
	if (grants->fd < 0)
		return grants->fd;
	r = store_open(grants->fd, st.st_size, &grants->tables.store);
	return r < 0 ? r : read_meta(grants);
}

int device_grants_open(const char *root, struct device_grants **ret)
{
	scoped(device_grants_close_p) struct device_grants *grants = calloc(1, sizeof(*grants));
	scoped(location_clear) struct location location = { .path = NULL };
	int r;

	if (!grants)
		return -ENOMEM;
	grants->fd = -1;
	r = location_init(root, &location);
	if (r == 0)
		r = location_check(&location, "");
	if (r == 0)
		r = open_file(&location, grants);
	if (r == 0)
		*ret = take(grants, NULL);
	return r;
}

uint64_t device_grants_serial(const struct device_grants *grants)
{
	return grants->facts.serial;
}

int64_t device_grants_published(const struct device_grants *grants)
{
	return grants->facts.published;
}

int64_t device_grants_earliest(const struct device_grants *grants)
{
	return earliest_since(grants->facts.published, grants->facts.boottime);
}

/* All grants in @decoder into one array; *@ret_n counts them. */
static int gather(struct decoder *decoder, const uint8_t *identity, struct device_grant **ret,
		  size_t *ret_n)
{
	scoped_free struct device_grant *item = NULL;
	size_t n = 0;

	while (decode_more(decoder)) {
		struct device_grant *room = reallocarray(item, n + 1, sizeof(*item));

		if (!room)
			return -ENOMEM;
		item = room;
		memcpy(item[n].identity, identity, DEVICE_IDENTITY_SIZE);
		decode_device_grant(decoder, &item[n++]);
	}
	if (decode_end(decoder) < 0)
		return -EBADMSG;
	*ret = take(item, NULL);
	*ret_n = n;
	return 0;
}

ssize_t device_grants_of(const struct device_grants *grants,
			 const uint8_t identity[static DEVICE_IDENTITY_SIZE],
			 struct device_grant **ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	size_t n = 0;
	int r;

	*ret = NULL;
	if (id_set_find(&grants->watched, identity_beginning(identity)) < 0)
		return 0;
	r = table_find(&grants->tables, TABLE_DEVICE_GRANTS, identity, DEVICE_IDENTITY_SIZE, &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	r = gather(&decoder, identity, ret, &n);
	return r < 0 ? r : (ssize_t)n;
}

int device_grants_verify(const struct device_grants *grants)
{
	return table_verify(&grants->tables, TABLE_DEVICE_GRANTS);
}
