/* SPDX-License-Identifier: MIT */
/* origins.c - the table of attempts from origins that an account has not come from. */
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include <sereno/scoped.h>

#include "octets.h"
#include "origins.h"
#include "slot_checksum.h"
#include "slot_place.h"

#define TABLE_DIRECTORY "attempts"
#define TABLE_NAME	"origins"
#define TABLE_MODE	0600
#define BUCKETS		512 /* a power of two */
#define TABLE_SIZE	((size_t)BUCKETS * BUCKET_SIZE)
#define TABLE_FLAGS	(O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define LOCK_PAUSE_NSEC 500000

enum bucket_change { BUCKET_AS_IT_WAS, BUCKET_SHARED, BUCKET_DURABLE };

/* What a new table says: nobody was here, or we do not know who was. */
enum table_past { TABLE_UNUSED, TABLE_LOST };

static int create(int directory, enum table_past past)
{
	scoped_free uint8_t *image = calloc(BUCKETS, BUCKET_SIZE); /* zeros are damage */
	const struct bucket unused = { 0 };
	int r;

	if (!image)
		return -ENOMEM;
	for (uint32_t i = 0; past == TABLE_UNUSED && i < BUCKETS; i++)
		bucket_encode(&unused, i, image + (size_t)i * BUCKET_SIZE);
	r = slot_place_publish(directory, TABLE_NAME, TABLE_MODE, image, TABLE_SIZE);
	return r == -EEXIST ? 0 : r;
}

static int open_table(int directory, int *ret_fd)
{
	scoped_fd int fd = openat(directory, TABLE_NAME, TABLE_FLAGS);
	int r;

	if (fd < 0)
		return errno == ELOOP || errno == ENXIO || errno == EISDIR ? -EPERM : neg_errno();
	r = slot_place_check(directory, fd, TABLE_MODE, TABLE_SIZE);
	if (r < 0)
		return r;
	*ret_fd = take(fd, -1);
	return 0;
}

/* Who came is no reason to keep out who comes: a table that is lost is begun anew, at the cost of
 * one whose every bucket is damaged. */
static int open_anew(int directory, struct origins *ret)
{
	int r = slot_place_remove(directory, TABLE_NAME);

	if (r < 0 && r != -ENOENT)
		return r;
	r = create(directory, TABLE_LOST);
	if (r < 0)
		return r;
	ret->renewed = true;
	return open_table(directory, &ret->fd);
}

int origins_open(const char *root, enum slot_missing missing, struct origins *ret)
{
	scoped_fd int state = -1;
	scoped_fd int directory = -1;
	int r;

	r = slot_place_state(root, missing, &state);
	if (r < 0)
		return r;
	r = slot_place_kind(state, TABLE_DIRECTORY, missing, &directory);
	if (r < 0)
		return r;
	r = open_table(directory, &ret->fd);
	if (missing == SLOT_MUST_EXIST)
		return r;
	if (r == -EBADMSG || r == -EPERM)
		return open_anew(directory, ret);
	if (r != -ENOENT)
		return r;
	r = create(directory, TABLE_UNUSED);
	if (r < 0)
		return r;
	return open_table(directory, &ret->fd);
}

void origins_close(struct origins *origins)
{
	close_p(&origins->fd);
	origins->fd = -1;
}

static struct flock bucket_range(uint32_t number, short type)
{
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)number * BUCKET_SIZE,
		.l_len = BUCKET_SIZE,
	};
}

static int64_t monotonic_msec(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail on Linux */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits by asking again, as slot files do. The lock belongs to the descriptor and not to the
 * process: threads of our host keep each other out, too. */
static int lock_bucket(int fd, uint32_t number)
{
	const int64_t deadline = monotonic_msec() + SLOT_LOCK_MSEC;
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NSEC };
	struct flock range = bucket_range(number, F_WRLCK);

	while (fcntl(fd, F_OFD_SETLK, &range) < 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return neg_errno();
		if (monotonic_msec() >= deadline)
			return -EBUSY;
		(void)nanosleep(&pause, NULL); /* woken early, we ask early */
	}
	return 0;
}

static void unlock_bucket(int fd, uint32_t number)
{
	struct flock range = bucket_range(number, F_UNLCK);

	(void)fcntl(fd, F_OFD_SETLK, &range); /* closing does the same unless somebody forked */
}

/* Who has a bucket's number by choosing names or addresses gains nothing: see the inheritance. */
static uint32_t bucket_of(const struct origins_id *id)
{
	uint8_t bytes[5 + ORIGIN_KEY_SIZE];
	uint8_t *cursor = bytes;

	octets_put(&cursor, id->who, 1);
	octets_put(&cursor, id->uid, 4);
	origin_key_encode(&id->origin, &cursor);
	return slot_checksum(0, bytes, sizeof(bytes)) % BUCKETS;
}

static int read_bucket(int fd, uint32_t number, const struct attempt_clock *now, struct bucket *ret)
{
	uint8_t bytes[BUCKET_SIZE];
	int r = slot_place_read(fd, bytes, sizeof(bytes), (off_t)number * BUCKET_SIZE);

	if (r < 0)
		return r;
	bucket_decode(ret, number, bytes);
	if (now)
		bucket_run(ret, now);
	return 0;
}

static int write_bucket(int fd, uint32_t number, const struct bucket *bucket,
			enum bucket_change change)
{
	uint8_t bytes[BUCKET_SIZE];
	int r;

	bucket_encode(bucket, number, bytes);
	r = slot_place_write(fd, bytes, sizeof(bytes), (off_t)number * BUCKET_SIZE);
	if (r < 0)
		return r;
	if (change == BUCKET_DURABLE && fdatasync(fd) < 0)
		return neg_errno();
	return 0;
}

/* What is done to a bucket while it is locked. Returns enum bucket_change or a negative errno. */
typedef int bucket_edit(struct bucket *bucket, const struct origins_place *place, void *context);

static int edit_locked(const struct origins_place *place, uint32_t number, bucket_edit *edit,
		       void *context)
{
	const int fd = place->origins->fd;
	struct bucket bucket;
	int r;

	r = read_bucket(fd, number, place->now, &bucket);
	if (r < 0)
		return r;
	r = edit(&bucket, place, context);
	if (r <= BUCKET_AS_IT_WAS)
		return r;
	return write_bucket(fd, number, &bucket, (enum bucket_change)r);
}

static int edit_bucket(const struct origins_place *place, uint32_t number, bucket_edit *edit,
		       void *context)
{
	const int fd = place->origins->fd;
	int r;

	r = lock_bucket(fd, number);
	if (r < 0)
		return r;
	r = edit_locked(place, number, edit, context);
	unlock_bucket(fd, number);
	return r;
}

static int edit_entry(const struct origins_place *place, bucket_edit *edit, void *context)
{
	return edit_bucket(place, bucket_of(&place->id), edit, context);
}

struct charging {
	uint32_t serial, wait_sec;
};

static int charge(struct bucket *bucket, const struct origins_place *place, void *context)
{
	struct origins_entry *entry = bucket_make(bucket, &place->id, place->rule);
	struct charging *charging = context;

	charging->wait_sec =
		tally_charge(&entry->tally, place->rule, bucket->clock.time, &charging->serial);
	return charging->wait_sec == 0 ? BUCKET_SHARED : BUCKET_AS_IT_WAS;
}

int origins_charge(const struct origins_place *place, uint32_t *ret_serial, uint32_t *ret_wait_sec)
{
	struct charging charging = { 0 };
	int r = edit_entry(place, charge, &charging);

	if (r < 0)
		return r;
	*ret_serial = charging.serial;
	*ret_wait_sec = charging.wait_sec;
	return 0;
}

static int refund(struct bucket *bucket, const struct origins_place *place, void *context)
{
	struct origins_entry *entry = bucket_find(bucket, &place->id);

	if (!entry)
		return BUCKET_AS_IT_WAS;
	tally_look(&entry->tally, place->rule, bucket->clock.time);
	tally_refund(&entry->tally, *(const uint32_t *)context);
	return BUCKET_SHARED;
}

int origins_refund(const struct origins_place *place, uint32_t serial)
{
	return edit_entry(place, refund, &serial);
}

static int fail(struct bucket *bucket, const struct origins_place *place, void *context)
{
	struct origins_entry *entry = bucket_find(bucket, &place->id);
	uint32_t until;

	if (!entry)
		return BUCKET_AS_IT_WAS;
	until = entry->tally.until;
	tally_look(&entry->tally, place->rule, bucket->clock.time);
	tally_fail(&entry->tally, place->rule, bucket->clock.time, *(const uint32_t *)context);
	return entry->tally.until > until ? BUCKET_DURABLE : BUCKET_SHARED;
}

int origins_fail(const struct origins_place *place, uint32_t serial)
{
	return edit_entry(place, fail, &serial);
}

struct taking {
	uint32_t serial, time, cleared;
	struct tally *tally;
};

static int take_entry(struct bucket *bucket, const struct origins_place *place, void *context)
{
	struct origins_entry *entry = bucket_find(bucket, &place->id);
	struct taking *taking = context;

	if (!entry)
		return BUCKET_AS_IT_WAS;
	tally_look(&entry->tally, place->rule, bucket->clock.time);
	taking->cleared = tally_succeed(&entry->tally, taking->serial);
	*taking->tally = entry->tally;
	tally_shift(taking->tally, bucket->clock.time, taking->time);
	*entry = (struct origins_entry){ 0 };
	return BUCKET_SHARED;
}

int origins_take(const struct origins_place *place, uint32_t serial, uint32_t time,
		 struct tally *ret, uint32_t *ret_cleared)
{
	struct tally tally;
	struct taking taking = { .serial = serial, .time = time, .tally = &tally };
	int r;

	tally_start(&tally, time);
	r = edit_entry(place, take_entry, &taking);
	if (r < 0)
		return r;
	*ret = tally;
	*ret_cleared = taking.cleared;
	return 0;
}

static int put(struct bucket *bucket, const struct origins_place *place, void *context)
{
	const struct taking *putting = context;
	struct origins_entry *entry = bucket_make(bucket, &place->id, place->rule);

	const uint32_t inherited = tally_counted(&entry->tally);
	uint32_t counted;

	entry->tally = *putting->tally;
	tally_shift(&entry->tally, putting->time, bucket->clock.time);
	counted = tally_counted(&entry->tally);
	if (inherited > counted)
		tally_inherit(&entry->tally, place->rule, bucket->clock.time, inherited - counted);
	return BUCKET_SHARED;
}

int origins_put(const struct origins_place *place, const struct tally *tally, uint32_t time)
{
	struct tally copy = *tally;
	struct taking putting = { .time = time, .tally = &copy };

	return edit_entry(place, put, &putting);
}

static int clear(struct bucket *bucket, const struct origins_place *place, void *context)
{
	int *n = context;
	const int before = *n;

	for (size_t i = 0; i < BUCKET_ENTRIES; i++) {
		struct origins_entry *entry = &bucket->entries[i];

		if (entry->id.who != ORIGINS_ACCOUNT || entry->id.uid != place->id.uid)
			continue;
		tally_clear(
			&entry->tally); /* it keeps its place: its serials must not come again */
		(*n)++;
	}
	return *n > before ? BUCKET_SHARED : BUCKET_AS_IT_WAS;
}

int origins_clear(const struct origins_place *place)
{
	int n = 0;
	int r;

	for (uint32_t number = 0; number < BUCKETS; number++) {
		r = edit_bucket(place, number, clear, &n);
		if (r < 0)
			return r;
	}
	return n > 0 && fdatasync(place->origins->fd) < 0 ? neg_errno() : n;
}

int origins_each(const struct origins_place *place, origins_visit *visit, void *context)
{
	struct bucket bucket;
	int r = 0;

	for (uint32_t number = 0; r == 0 && number < BUCKETS; number++) {
		r = read_bucket(place->origins->fd, number, place->now, &bucket);
		for (size_t i = 0; r == 0 && i < BUCKET_ENTRIES; i++)
			r = visit(&bucket.entries[i], &bucket.clock, context);
	}
	return r;
}
