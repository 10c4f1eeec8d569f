/* SPDX-License-Identifier: MIT */
/* grants_writer.c - publishing what was granted, and who has departed: two files, each replaced
 * whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "grants_file.h"
#include "inforce.h"
#include "table_writer.h"

/* What everybody may read says nothing of who is yet to leave. */
struct leaf {
	const char *name, *new_name;
	mode_t mode, empty_mode;
	bool has_grants, has_plans;
};

/* In this order: whoever has read one reads none of the next that is older (see grants.c). */
static const struct leaf leaves[] = {
	{ LEAVERS_FILE, LEAVERS_FILE ".new", 0600, LEAVERS_EMPTY_MODE, false, true },
	{ GRANTS_FILE, GRANTS_FILE ".new", 0644, GRANTS_EMPTY_MODE, true, false },
};

struct publication {
	const struct grants_image *image;
	const struct leaf *leaf;
	struct grants_facts facts;
	struct multimap tables[GRANTS_TABLES];
	uint32_t buckets[GRANTS_TABLES];
};

static void publication_clear(struct publication *publication)
{
	for (size_t i = 0; i < GRANTS_TABLES; i++)
		multimap_clear(&publication->tables[i]);
}

static struct multimap *table_of(struct publication *publication, enum table table)
{
	return &publication->tables[table - GRANTS_TABLE_FIRST];
}

static void gather_grants(struct publication *publication)
{
	struct multimap *granted = table_of(publication, TABLE_GRANTED);
	const struct grants_image *image = publication->image;
	scoped(encoder_clear) struct encoder item = { 0 };

	for (size_t i = 0; publication->leaf->has_grants && i < image->facts.n_grants; i++) {
		const struct granted *one = &image->grants[i];

		publication->facts.n_grants++;
		encode_granted(&item, &one->grant);
		multimap_add(granted, one->user, strlen(one->user), &item);
	}
}

static bool is_shown(const struct publication *publication, const struct departure *departure)
{
	return publication->leaf->has_plans ||
	       departure->since <= publication->image->facts.published;
}

static void gather_departures(struct publication *publication)
{
	struct multimap *names = table_of(publication, TABLE_DEPARTED_NAMES);
	struct multimap *numbers = table_of(publication, TABLE_DEPARTED_NUMBERS);
	const struct grants_image *image = publication->image;
	scoped(encoder_clear) struct encoder item = { 0 };

	for (size_t i = 0; i < image->facts.n_departures; i++) {
		const struct departure *one = &image->departures[i];
		const struct table_key key = key_of_id(one->uid);

		if (!is_shown(publication, one))
			continue;
		publication->facts.n_departures++;
		encode_departure(&item, one);
		multimap_add(names, one->user, strlen(one->user), &item);
		if (one->uid == 0 || one->uid == GRANTS_NO_UID)
			continue;
		encode_departure(&item, one);
		multimap_add(numbers, key.byte, key.length, &item);
	}
}

static int write_records(struct publication *publication, struct cdb_make *cdb)
{
	const struct grants_facts *facts = &publication->facts;
	const struct table_writer writer = { .cdb = cdb, .generation = facts->serial };
	scoped(encoder_clear) struct encoder meta = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < GRANTS_TABLES; i++)
		r = table_prepare(&publication->tables[i], &publication->buckets[i]);
	if (r < 0)
		return r;
	encode_grants_meta(&meta, facts, publication->buckets);
	r = record_write(&writer, TABLE_META, 0, &meta);
	for (size_t i = 0; r == 0 && i < GRANTS_TABLES; i++)
		r = table_write(&writer, (enum table)(GRANTS_TABLE_FIRST + i),
				&publication->tables[i], publication->buckets[i]);
	return r;
}

static int write_database(struct publication *publication, int fd)
{
	struct cdb_make cdb;
	int finished, r;

	errno = 0;
	if (cdb_make_start(&cdb, fd) < 0)
		return neg_errno();
	r = write_records(publication, &cdb);
	errno = 0;
	finished = cdb_make_finish(&cdb); /* also releases its memory, so after a failure too */
	if (r < 0)
		return r;
	return finished < 0 || fsync(fd) < 0 ? neg_errno() : 0;
}

/* The mode tells at a glance that there is nothing in it. */
static mode_t mode_of(const struct publication *publication)
{
	const struct grants_facts *facts = &publication->facts;
	const bool empty = facts->n_grants == 0 && facts->n_departures == 0;

	return empty ? publication->leaf->empty_mode : publication->leaf->mode;
}

/* Write the new file beside the old one. */
static int write_new(struct publication *publication, int state)
{
	const struct leaf *leaf = publication->leaf;
	scoped_fd int fd = -1;

	if (unlinkat(state, leaf->new_name, 0) < 0 && errno != ENOENT)
		return neg_errno();
	fd = openat(state, leaf->new_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	/* The mode is part of the design; a umask has no say in it. */
	if (fd < 0 || fchmod(fd, mode_of(publication)) < 0)
		return neg_errno();
	return write_database(publication, fd);
}

static int publish_leaf(int state, const struct grants_image *image, const struct leaf *leaf)
{
	scoped(publication_clear) struct publication publication = {
		.image = image,
		.leaf = leaf,
		.facts = { .serial = image->facts.serial,
			   .published = image->facts.published,
			   .boottime = image->facts.boottime },
	};
	int r;

	gather_grants(&publication);
	gather_departures(&publication);
	r = write_new(&publication, state);
	if (r < 0) {
		(void)unlinkat(state, leaf->new_name, 0); /* the next one tries again */
		return r;
	}
	if (renameat(state, leaf->new_name, state, leaf->name) < 0 || fsync(state) < 0)
		return neg_errno();
	return 0;
}

int grants_publish_at(int state, const struct grants_image *image)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(leaves); i++)
		r = publish_leaf(state, image, &leaves[i]);
	return r;
}

int grants_publish(const char *root, const struct grants_image *image)
{
	scoped_free char *path = NULL;
	scoped_fd int state = -1;

	if (asprintf(&path, "%s" POLICY_STATE_DIR, root) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	state = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return state < 0 ? neg_errno() : grants_publish_at(state, image);
}
