/* SPDX-License-Identifier: MIT */
/* attempts_clock.c - a clock of the record's own, which only ever runs forward. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "attempts_clock.h"
#include "octets.h"

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define LEAP_MAX     (366 * 86400) /* of a clock set wrong: it must not use up our range at once */
#define TIME_END     (UINT32_MAX / 16 * 15) /* waits still fit behind it */

/* Where a new clock starts: past where one that was lost can have come, so that old charges do not
 * fit it. */
static uint32_t first_time(const struct attempt_clock *now)
{
	return now->wall_sec > 0 && now->wall_sec < TIME_END / 2 ? (uint32_t)now->wall_sec : 1;
}

static uint64_t since_boot(const struct record_clock *clock, const struct attempt_clock *now)
{
	return now->boot_sec > clock->seen.boot_sec ? now->boot_sec - clock->seen.boot_sec : 0;
}

static uint64_t across_boot(const struct record_clock *clock, const struct attempt_clock *now)
{
	const int64_t then = clock->seen.wall_sec;
	uint64_t passed = 0;

	if (now->wall_sec > then)
		passed = (uint64_t)now->wall_sec - (uint64_t)then;
	return passed > now->boot_sec ? passed : now->boot_sec;
}

void record_clock_run(struct record_clock *clock, const struct attempt_clock *now)
{
	const bool rebooted = memcmp(clock->seen.boot_id, now->boot_id, sizeof(now->boot_id)) != 0;
	uint64_t passed;

	if (clock->time == 0) {
		*clock = (struct record_clock){ .seen = *now, .time = first_time(now) };
		return;
	}
	passed = rebooted ? across_boot(clock, now) : since_boot(clock, now);
	if (passed > LEAP_MAX)
		passed = LEAP_MAX;
	if (clock->time > TIME_END - LEAP_MAX)
		passed = 0; /* after a hundred years or as many leaps: waits end no more */
	clock->time += (uint32_t)passed;
	/* Somebody may have looked later than we read the time: the clock does not go back. */
	if (rebooted || now->boot_sec > clock->seen.boot_sec)
		clock->seen = *now;
}

int64_t record_clock_wall(const struct record_clock *clock, uint32_t time)
{
	return clock->seen.wall_sec + ((int64_t)time - clock->time);
}

void record_clock_encode(const struct record_clock *clock, uint8_t **cursor)
{
	octets_put_bytes(cursor, clock->seen.boot_id, sizeof(clock->seen.boot_id));
	octets_put(cursor, clock->seen.boot_sec, 8);
	octets_put(cursor, (uint64_t)clock->seen.wall_sec, 8);
	octets_put(cursor, clock->time, 4);
}

void record_clock_decode(struct record_clock *clock, const uint8_t **cursor)
{
	octets_get_bytes(cursor, clock->seen.boot_id, sizeof(clock->seen.boot_id));
	clock->seen.boot_sec = octets_get(cursor, 8);
	clock->seen.wall_sec = (int64_t)octets_get(cursor, 8);
	clock->time = octets_get_u32(cursor);
}

static int hex_value(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* 32 digits with hyphens between some. */
static int parse_boot_id(const char *text, size_t length, uint8_t boot_id[static 16])
{
	uint8_t bytes[16] = { 0 };
	size_t n = 0;
	int value;

	for (size_t i = 0; i < length && n < 32; i++) {
		if (text[i] == '-')
			continue;
		value = hex_value(text[i]);
		if (value < 0)
			return -EBADMSG;
		bytes[n / 2] = (uint8_t)(bytes[n / 2] << 4 | value);
		n++;
	}
	if (n < 32)
		return -EBADMSG;
	memcpy(boot_id, bytes, sizeof(bytes));
	return 0;
}

static int read_boot_id(uint8_t boot_id[static 16])
{
	scoped_fd int fd = open(BOOT_ID_PATH, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char text[64];
	ssize_t n;

	if (fd < 0)
		return neg_errno();
	n = read(fd, text, sizeof(text));
	if (n < 0)
		return neg_errno();
	return parse_boot_id(text, (size_t)n, boot_id);
}

int attempt_clock_later(const struct attempt_clock *before, struct attempt_clock *ret)
{
	struct attempt_clock now = *before;
	struct timespec boot, wall;

	if (clock_gettime(CLOCK_BOOTTIME, &boot) < 0 || clock_gettime(CLOCK_REALTIME, &wall) < 0)
		return neg_errno();
	now.boot_sec = (uint64_t)boot.tv_sec;
	now.wall_sec = wall.tv_sec;
	*ret = now;
	return 0;
}

int attempt_clock_now(struct attempt_clock *ret)
{
	struct attempt_clock boot = { 0 };
	int r;

	r = read_boot_id(boot.boot_id);
	return r < 0 ? r : attempt_clock_later(&boot, ret);
}
