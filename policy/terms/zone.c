/* SPDX-License-Identifier: MIT */
/*
 * zone.c - a time zone of the tz database as a list of offsets.
 *
 * The C library reads the zone file, rules for the far future included; we ask it what the
 * offset is and search for the changes. This needs the TZ variable, so it is for commands only.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sereno/calendar.h>
#include <sereno/scoped.h>

#define DAY	      86400
#define YEAR	      (366 * DAY)
#define STRIDE	      (DAY / 2) /* no zone has had two changes within one */
#define ZONE_NAME_MAX 64
#define ZONE_FILES    "/usr/share/zoneinfo"

/* Names of the tz database. Dots are in none of them, so no path can be built that climbs. */
static bool is_zone_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_+-/";
	const size_t n = strlen(name);

	return n > 0 && n <= ZONE_NAME_MAX && strspn(name, letters) == n && name[0] != '/' &&
	       name[n - 1] != '/' && !strstr(name, "//");
}

/* 0 when the file @path is a zone; the C library would silently take UTC for anything else. */
static int check_zone_file(const char *path)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char magic[4];
	struct stat st;

	if (fd < 0)
		return errno == ENOTDIR || errno == ELOOP ? -ENOENT : neg_errno();
	if (fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode) || read(fd, magic, sizeof(magic)) != sizeof(magic) ||
	    memcmp(magic, "TZif", sizeof(magic)) != 0)
		return -ENOENT;
	return 0;
}

static int join_path(const char *a, const char *b, const char *c, char path[static PATH_MAX])
{
	const int n = snprintf(path, PATH_MAX, "%s%s%s", a, b, c);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* The path of the zone @name. A tree without zone data of its own uses the host's. */
static int find_named(const char *root, const char *name, char path[static PATH_MAX])
{
	struct stat st;
	int r;

	if (!is_zone_name(name))
		return -EINVAL;
	r = join_path(root, ZONE_FILES, "", path);
	if (r < 0)
		return r;
	if (stat(path, &st) < 0 && errno == ENOENT)
		root = "";
	r = join_path(root, ZONE_FILES "/", name, path);
	return r < 0 ? r : check_zone_file(path);
}

/* The path of the host's own zone, or -ENOENT when it has none. An absolute link is followed by
 * its name: from another root it would lead into the host. */
static int find_own(const char *root, char path[static PATH_MAX])
{
	char target[PATH_MAX];
	const char *name;
	ssize_t n;
	int r;

	r = join_path(root, "/etc/localtime", "", path);
	if (r < 0)
		return r;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return errno == EINVAL ? check_zone_file(path) : neg_errno();
	target[n] = '\0';
	name = strstr(target, "zoneinfo/");
	return name ? find_named(root, name + strlen("zoneinfo/"), path) : check_zone_file(path);
}

/* The offset at @time by the zone file in TZ, or -EINVAL when the file is damaged. */
static int offset_at(int64_t time, int32_t *ret)
{
	const time_t moment = time;
	struct tm tm;

	if (!localtime_r(&moment, &tm) || tm.tm_zone[0] == '\0')
		return -EINVAL;
	*ret = (int32_t)tm.tm_gmtoff;
	return 0;
}

/* The first moment in (@low, @high] with another offset than @low has, by halving. */
static int find_change(int64_t low, int64_t high, struct zone_step *ret)
{
	int32_t before, offset;
	int r;

	r = offset_at(low, &before);
	while (r == 0 && high - low > 1) {
		const int64_t middle = low + (high - low) / 2;

		r = offset_at(middle, &offset);
		if (r == 0 && offset == before)
			low = middle;
		else
			high = middle;
	}
	if (r == 0)
		r = offset_at(high, &offset);
	if (r == 0)
		*ret = (struct zone_step){ high, offset };
	return r;
}

/* Fill @zone from the zone file in TZ: from @start to zone->end. */
static int walk(int64_t start, struct zone *zone)
{
	int r;

	zone->n = 1;
	zone->step[0].at = start;
	r = offset_at(start, &zone->step[0].offset);
	for (int64_t low = start; r == 0 && low < zone->end; low += STRIDE) {
		const int64_t high = low + STRIDE < zone->end ? low + STRIDE : zone->end;
		int32_t offset;

		r = offset_at(high, &offset);
		if (r < 0 || offset == zone->step[zone->n - 1].offset)
			continue;
		if (zone->n == ZONE_MAX)
			return -E2BIG;
		r = find_change(low, high, &zone->step[zone->n++]);
	}
	return r;
}

/* Run walk() with the zone file @path in TZ, and put TZ back. */
static int walk_file(const char *path, int64_t start, struct zone *zone)
{
	const char *outer = getenv("TZ");
	scoped_free char *saved = outer ? strdup(outer) : NULL;
	char absolute[PATH_MAX + 1] = ":";
	int r, restored;

	if (outer && !saved)
		return -ENOMEM;
	if (!realpath(path, absolute + 1) || setenv("TZ", absolute, 1) < 0)
		return neg_errno();
	tzset();
	r = walk(start, zone);
	restored = saved ? setenv("TZ", saved, 1) : unsetenv("TZ");
	tzset();
	return restored < 0 ? -ENOMEM : r;
}

int zone_load(const char *root, const char *name, int64_t now, struct zone *ret)
{
	struct zone zone = { .n = 1 };
	char path[PATH_MAX];
	int r;

	if (now < 0 || now > INT32_MAX * INT64_C(100)) /* no clock says so; keeps the sums safe */
		return -EINVAL;
	zone.end = now + (int64_t)ZONE_AHEAD_YEARS * YEAR;
	zone.step[0].at = now - YEAR;
	r = name ? find_named(root, name, path) : find_own(root, path);
	if (r == 0)
		r = walk_file(path, now - YEAR, &zone);
	else if (r == -ENOENT && !name)
		r = 0; /* as the C library: a host without a zone keeps UTC */
	if (r < 0)
		return r;
	*ret = zone;
	return 0;
}
