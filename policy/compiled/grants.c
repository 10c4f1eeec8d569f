/* SPDX-License-Identifier: MIT */
/* grants.c - reading what was granted, and who has departed. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sereno/scoped.h>
#include <sereno/trusted.h>

#include "grants_file.h"
#include "inforce.h"

void grants_close(struct grants *grants)
{
	if (!grants)
		return;
	close_p(&grants->fd);
	if (grants->leavers)
		close_p(&grants->leavers->fd);
	free(grants->leavers);
	free(grants);
}

void grants_close_p(struct grants **grants)
{
	grants_close(*grants);
}

static int read_meta(struct grants *grants)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	int r;

	r = record_load(&grants->tables, TABLE_META, 0, &blob);
	if (r < 0)
		return r;
	decoder = blob_decoder(&blob);
	r = decode_grants_meta(&decoder, &grants->facts,
			       &grants->tables.buckets[GRANTS_TABLE_FIRST]);
	if (r < 0 || grants->facts.serial != blob.generation)
		return -EBADMSG;
	grants->tables.generation = blob.generation;
	return 0;
}

static int open_file(struct location *location, const char *suffix, struct grants *grants)
{
	struct stat st = { 0 };
	int r;

	grants->fd = location_open(location, suffix, &st);
	/* Missing, it would forget who has departed: no less wrong than damaged. */
	if (grants->fd < 0)
		return grants->fd == -ENOENT ? -EBADMSG : grants->fd;
	r = store_open(grants->fd, st.st_size, &grants->tables.store);
	return r < 0 ? r : read_meta(grants);
}

static int open_one(struct location *location, const char *suffix, struct grants **ret)
{
	scoped(grants_close_p) struct grants *grants = calloc(1, sizeof(*grants));
	int r;

	if (!grants)
		return -ENOMEM;
	grants->fd = -1;
	r = open_file(location, suffix, grants);
	if (r < 0)
		return r;
	*ret = take(grants, NULL);
	return 0;
}

/* Who is yet to leave. Written first, it is never older than what was opened before it; who has
 * left is in both, so that it does not matter which of two publications this one is of. */
static int open_leavers(struct location *location, struct grants *grants)
{
	const int r = open_one(location, "/" LEAVERS_FILE, &grants->leavers);

	/* To others nothing is said of it. Root, whom something keeps from it, must not go on as if
	 * nobody left. */
	if (r == -EACCES && geteuid() != 0)
		return 0;
	if (r < 0)
		return r;
	grants->told.n_departures = grants->leavers->facts.n_departures;
	return grants->leavers->facts.serial < grants->facts.serial ? -EBADMSG : 0;
}

/*
 * Whether a file was published with nothing in it, which its writer says by a mode as well as the
 * size: it need not be opened then. One that has lost its end has another mode.
 */
static bool is_published_empty(struct location *location, const char *suffix, mode_t mode)
{
	struct stat st;

	return lstat(location_at(location, suffix), &st) == 0 && S_ISREG(st.st_mode) &&
	       trusted_writers(&st) && (st.st_mode & 07777) == mode &&
	       st.st_size == GRANTS_EMPTY_BYTES;
}

/* Written first, leavers are looked at last: nothing can be published in between unseen. */
static bool are_published_empty(struct location *location, enum grants_scope scope)
{
	switch (scope) {
	case GRANTS_FOR_ALL:
		return is_published_empty(location, "/" GRANTS_FILE, GRANTS_EMPTY_MODE);
	case GRANTS_OF_LOGIN:
		return is_published_empty(location, "/" GRANTS_FILE, GRANTS_EMPTY_MODE) &&
		       is_published_empty(location, "/" LEAVERS_FILE, LEAVERS_EMPTY_MODE);
	case GRANTS_OF_ROOT:
		return false; /* whoever manages wants to know when that was */
	}
	return false;
}

int grants_open_at(struct location *location, enum grants_scope scope, struct grants **ret)
{
	scoped(grants_close_p) struct grants *grants = NULL;
	int r;

	if (are_published_empty(location, scope)) {
		*ret = NULL;
		return 0;
	}
	r = open_one(location, "/" GRANTS_FILE, &grants);
	if (r < 0)
		return r;
	grants->told = grants->facts;
	if (scope != GRANTS_FOR_ALL)
		r = open_leavers(location, grants);
	if (r < 0)
		return r;
	*ret = take(grants, NULL);
	return 0;
}

static int locate(const char *root, struct location *ret)
{
	int r = location_init(root, ret);

	if (r == 0)
		r = location_check(ret, "");
	return r == -ENOENT ? -EBADMSG : r;
}

int grants_open(const char *root, struct grants **ret)
{
	scoped(location_clear) struct location location = { .path = NULL };
	const int r = locate(root, &location);

	return r < 0 ? r : grants_open_at(&location, GRANTS_OF_ROOT, ret);
}

int grants_open_remains(const char *root, struct grants **ret)
{
	scoped(location_clear) struct location location = { .path = NULL };
	scoped(grants_close_p) struct grants *grants = NULL;
	int r = locate(root, &location);

	if (r < 0)
		return r;
	r = open_one(&location, "/" GRANTS_FILE, &grants);
	if (r == 0)
		(void)open_one(&location, "/" LEAVERS_FILE, &grants->leavers);
	else
		r = open_one(&location, "/" LEAVERS_FILE, &grants);
	if (r < 0)
		return r;
	grants->told = grants->facts;
	if (grants->leavers)
		grants->told.n_departures = grants->leavers->facts.n_departures;
	*ret = take(grants, NULL);
	return 0;
}

const struct grants_facts *grants_facts(const struct grants *grants)
{
	return &grants->told;
}

/*
 * With P the moment of publishing, B the time since boot then, and T that of the boot we are in:
 * now is T plus the time since boot. In the same boot P is T plus B. After another one T is not
 * before P, and B not below 0. So P plus the time since boot less B is never too late.
 */
int64_t earliest_since(int64_t published, int64_t boottime)
{
	struct timespec up;

	if (clock_gettime(CLOCK_BOOTTIME, &up) < 0 || up.tv_sec < boottime)
		return published;
	return published + (up.tv_sec - boottime);
}

int64_t grants_earliest(const struct grants *grants)
{
	return earliest_since(grants->facts.published, grants->facts.boottime);
}

/* All grants in @decoder into one array; *@ret_n counts them. */
static int gather(struct decoder *decoder, struct grant **ret, size_t *ret_n)
{
	scoped_free struct grant *item = NULL;
	size_t n = 0;

	while (decode_more(decoder)) {
		struct grant *room = reallocarray(item, n + 1, sizeof(*item));

		if (!room)
			return -ENOMEM;
		item = room;
		decode_granted(decoder, &item[n++]);
	}
	if (decode_end(decoder) < 0)
		return -EBADMSG;
	*ret = take(item, NULL);
	*ret_n = n;
	return 0;
}

ssize_t grants_of(const struct grants *grants, const char *user, struct grant **ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct decoder decoder;
	size_t n = 0;
	int r;

	*ret = NULL;
	if (grants->facts.n_grants == 0)
		return 0;
	r = table_find(&grants->tables, TABLE_GRANTED, user, strlen(user), &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	r = gather(&decoder, ret, &n);
	return r < 0 ? r : (ssize_t)n;
}

/* Put the earliest of the departures under @key into *@ret if it is earlier than what is there.
 * Returns as grants_departed(). */
static int find_departure(const struct grants *grants, enum table table, const void *key,
			  size_t length, struct departure *ret)
{
	scoped(blob_clear) struct blob blob = { 0 };
	struct departure departure;
	struct decoder decoder;
	int r;

	r = table_find(&grants->tables, table, key, length, &blob);
	if (r <= 0)
		return r;
	decoder = blob_decoder(&blob);
	while (decode_more(&decoder)) {
		decode_departure(&decoder, &departure);
		if (!decoder.damaged && departure.since < ret->since)
			*ret = departure;
	}
	return decode_end(&decoder) < 0 ? -EBADMSG : 1;
}

/* The same by both keys, in one file. */
static int find_departures(const struct grants *grants, const char *user, uid_t uid,
			   struct departure *ret)
{
	const struct table_key number = key_of_id(uid);
	int r;

	if (grants->facts.n_departures == 0)
		return 0;
	r = find_departure(grants, TABLE_DEPARTED_NAMES, user, strlen(user), ret);
	if (r >= 0 && uid != 0 && uid != GRANTS_NO_UID)
		r = find_departure(grants, TABLE_DEPARTED_NUMBERS, number.byte, number.length, ret);
	return r;
}

int grants_departed(const struct grants *grants, const char *user, uid_t uid, struct departure *ret)
{
	struct departure departure = { .since = TIME_NO_END };
	int r = find_departures(grants, user, uid, &departure);

	if (r >= 0 && grants->leavers)
		r = find_departures(grants->leavers, user, uid, &departure);
	if (r < 0 || departure.since == TIME_NO_END)
		return r < 0 ? r : 0;
	*ret = departure;
	return 1;
}

static int verify_one(const struct grants *grants)
{
	int r = 0;

	for (unsigned table = GRANTS_TABLE_FIRST;
	     r == 0 && table < GRANTS_TABLE_FIRST + GRANTS_TABLES; table++)
		r = table_verify(&grants->tables, (enum table)table);
	return r;
}

int grants_verify(const struct grants *grants)
{
	const int r = verify_one(grants);

	return r == 0 && grants->leavers ? verify_one(grants->leavers) : r;
}
