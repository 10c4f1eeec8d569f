/* SPDX-License-Identifier: MIT */
/*
 * fallback.c - fuzzer: any bytes as the fallback; what is accepted survives writing it again.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/fallback.h>

struct place {
	char root[40], etc[48], directory[56], file[72];
};

static void make(struct place *place)
{
	int n = 0;

	memcpy(place->root, "/dev/shm/sereno-fuzz.XXXXXX", sizeof("/dev/shm/sereno-fuzz.XXXXXX"));
	if (!mkdtemp(place->root))
		abort();
	n |= snprintf(place->etc, sizeof(place->etc), "%s/etc", place->root);
	n |= snprintf(place->directory, sizeof(place->directory), "%s/sereno", place->etc);
	n |= snprintf(place->file, sizeof(place->file), "%s/fallback", place->directory);
	if (n < 0 || mkdir(place->etc, 0755) < 0 || mkdir(place->directory, 0755) < 0)
		abort();
}

static void fill(const struct place *place, const uint8_t *data, size_t size)
{
	const int fd = open(place->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) < 0)
		abort();
}

static void clear(const struct place *place)
{
	if (unlink(place->file) < 0 || rmdir(place->directory) < 0 || rmdir(place->etc) < 0 ||
	    rmdir(place->root) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct origin origin = { .kind = ORIGIN_SEAT };
	struct access_request request = {
		.service = "login",
		.uid = 1500,
		.subject = { .user = "rescue" },
		.origins = &origin,
		.n_origins = 1,
	};
	struct fallback fallback, again;
	struct access_verdict verdict;
	struct place place;

	make(&place);
	fill(&place, data, size);
	if (fallback_read(place.root, &fallback) == 0 &&
	    (fallback_write(place.root, &fallback) < 0 || fallback_read(place.root, &again) < 0 ||
	     memcmp(&fallback, &again, sizeof(fallback)) != 0))
		abort();
	fallback_judge(&fallback, &request, &verdict);
	if (verdict.outcome == ACCESS_ALLOW && fallback.n_break_glass == 0 && fallback.observe == 0)
		abort();
	clear(&place);
	return 0;
}
