/* SPDX-License-Identifier: MIT */
/* host_disks.c - what the system is mounted from, swaps to and is unlocked by, down to the disks.
 */
#include "host_disks.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#define MOUNTS_MAX  65536
#define BLOCKS_MAX  64
#define NUMBER_SIZE 24 /* "259:1048575" */

/* Where the system itself lives. Without the first two nothing starts: they must be known. */
static const char *const points[] = { "/",	  "/usr",  "/etc",	"/var",
				      "/var/lib", "/boot", "/boot/efi", "/efi" };
#define POINTS_KNOWN 2

struct mount {
	char number[NUMBER_SIZE];
	char *point, *source; /* blanks are \040 in them, as in crypttab */
};

struct survey {
	const char *root;
	host_disks_each *each;
	void *context;
	struct mount *mount; /* in the order they were made: a later one hides */
	size_t n, room;
};

/* Numbers of block devices: those found, and what they are built on. */
struct blocks {
	size_t n;
	char number[BLOCKS_MAX][NUMBER_SIZE];
};

static void survey_clear(struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++) {
		free(survey->mount[i].point);
		free(survey->mount[i].source);
	}
	free(survey->mount);
}

static int open_text(const struct survey *survey, const char *below, FILE **ret)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s%s", survey->root, below) < 0)
		return -ENOMEM;
	*ret = fopen(path, "re");
	return *ret ? 0 : neg_errno();
}

static int copy_number(const char *text, char ret[static NUMBER_SIZE])
{
	const size_t length = strcspn(text, "\n ");

	if (length >= NUMBER_SIZE)
		return -EBADMSG;
	memcpy(ret, text, length);
	ret[length] = '\0';
	return 0;
}

/* proc_pid_mountinfo(5): the number is the third word, where it is mounted the fifth, its source
 * the second one behind " - ". */
static int read_mount(char *line, struct mount *ret)
{
	char *rest = strstr(line, " - ");
	char *words[5], *save = line;
	struct mount mount = { .number = "" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		words[i] = strsep(&save, " ");
		if (!save)
			return -EBADMSG;
	}
	rest = rest ? strchr(rest + 3, ' ') : NULL;
	if (!rest || copy_number(words[2], mount.number) < 0)
		return -EBADMSG;
	mount.point = strdup(words[4]);
	mount.source = strndup(rest + 1, strcspn(rest + 1, " \n"));
	if (mount.point && mount.source) {
		*ret = mount;
		return 0;
	}
	free(mount.point);
	free(mount.source);
	return -ENOMEM;
}

static int add_mount(struct survey *survey, char *line)
{
	const size_t room = survey->room ? 2 * survey->room : 64;
	struct mount *grown;
	int r;

	if (survey->n == survey->room) {
		if (room > MOUNTS_MAX)
			return -E2BIG;
		grown = reallocarray(survey->mount, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		survey->mount = grown;
		survey->room = room;
	}
	r = read_mount(line, &survey->mount[survey->n]);
	if (r == 0)
		survey->n++;
	return r;
}

static int read_mounts(struct survey *survey)
{
	scoped_free char *line = NULL;
	scoped_file FILE *stream = NULL;
	size_t size = 0;
	int r = open_text(survey, "/proc/self/mountinfo", &stream);

	while (r == 0 && getline(&line, &size, stream) >= 0)
		r = add_mount(survey, line);
	return r;
}

static const struct mount *mount_at(const struct survey *survey, const char *point)
{
	for (size_t i = survey->n; i > 0; i--)
		if (strcmp(survey->mount[i - 1].point, point) == 0)
			return &survey->mount[i - 1];
	return NULL;
}

/* The mount that the file @path is on: the longest point that it lies below. */
static const struct mount *mount_of(const struct survey *survey, const char *path)
{
	const struct mount *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < survey->n; i++) {
		const char *point = survey->mount[i].point;
		const size_t length = point[1] ? strlen(point) : 0;

		if (length >= longest && strncmp(path, point, length) == 0 && path[length] == '/') {
			best = &survey->mount[i];
			longest = length;
		}
	}
	return best;
}

static int read_number(const struct survey *survey, const char *folder, const char *name,
		       char ret[static NUMBER_SIZE])
{
	scoped_free char *path = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	size_t size = 0;

	if (asprintf(&path, "%s/sys/%s/%s/dev", survey->root, folder, name) < 0)
		return -ENOMEM;
	stream = fopen(path, "re");
	if (!stream || getline(&line, &size, stream) < 0)
		return neg_errno();
	return copy_number(line, ret);
}

/* Of a node of /dev, or of a link to one. */
static int number_of_node(const struct survey *survey, const char *node,
			  char ret[static NUMBER_SIZE])
{
	scoped_free char *path = NULL;
	char target[PATH_MAX];
	const char *name;
	struct stat st;
	ssize_t n;

	if (asprintf(&path, "%s%s", survey->root, node) < 0)
		return -ENOMEM;
	if (stat(path, &st) == 0 && S_ISBLK(st.st_mode)) {
		(void)snprintf(ret, NUMBER_SIZE, "%u:%u", major(st.st_rdev),
			       minor(st.st_rdev)); /* 21 */
		return 0;
	}
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	name = n > 0 ? strrchr(target, '/') : strrchr(node, '/');
	return name ? read_number(survey, "class/block", name + 1, ret) : -ENODEV;
}

static int add_block(struct blocks *blocks, const char *number)
{
	for (size_t i = 0; i < blocks->n; i++)
		if (strcmp(blocks->number[i], number) == 0)
			return 0;
	if (blocks->n == BLOCKS_MAX)
		return -E2BIG;
	memcpy(blocks->number[blocks->n++], number, strlen(number) + 1);
	return 0;
}

static int add_slaves(const struct survey *survey, const char *number, struct blocks *blocks)
{
	scoped_free char *folder = NULL, *path = NULL;
	char slave[NUMBER_SIZE];
	const struct dirent *entry;
	DIR *stream;
	int r = 0;

	if (asprintf(&folder, "dev/block/%s/slaves", number) < 0 ||
	    asprintf(&path, "%s/sys/%s", survey->root, folder) < 0)
		return -ENOMEM;
	stream = opendir(path);
	if (!stream) /* a partition has none */
		return errno == ENOENT ? 0 : neg_errno();
	while (r == 0 && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.')
			continue;
		r = read_number(survey, folder, entry->d_name, slave);
		if (r == 0)
			r = add_block(blocks, slave);
	}
	(void)closedir(stream); /* it was read from */
	return r;
}

static int tell_block(const struct survey *survey, const char *what, const char *number)
{
	scoped_free char *path = NULL;
	char target[PATH_MAX];
	ssize_t n;

	if (asprintf(&path, "%s/sys/dev/block/%s", survey->root, number) < 0)
		return -ENOMEM;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return neg_errno();
	target[n] = '\0';
	return survey->each(survey->context, what, target);
}

/* The block device @number, and all that it is built on. */
static int tell_all(const struct survey *survey, const char *what, const char *number)
{
	struct blocks blocks = { .n = 0 };
	int r = add_block(&blocks, number);

	for (size_t i = 0; r == 0 && i < blocks.n; i++) {
		r = tell_block(survey, what, blocks.number[i]);
		if (r == 0)
			r = add_slaves(survey, blocks.number[i], &blocks);
	}
	return r;
}

/* File systems of several disks have a number of their own: the source names one of them. */
static int tell_mount(const struct survey *survey, const char *what, const struct mount *mount)
{
	char number[NUMBER_SIZE];
	int r;

	if (strncmp(mount->number, "0:", 2) != 0)
		return tell_all(survey, what, mount->number);
	if (mount->source[0] != '/')
		return -ENODEV;
	r = number_of_node(survey, mount->source, number);
	return r < 0 ? r : tell_all(survey, what, number);
}

/* The first that cannot be told is what is reported, behind all the others. */
static int tell_points(const struct survey *survey)
{
	int failed = mount_at(survey, points[0]) ? 0 : -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
		const struct mount *mount = mount_at(survey, points[i]);
		const int r = mount ? tell_mount(survey, points[i], mount) : 0;

		if (r > 0)
			return r;
		if (r < 0 && i < POINTS_KNOWN && failed == 0)
			failed = r;
	}
	return failed;
}

/* What cannot be told of a file or a node is of no disk that we could name. */
static int tell_node(const struct survey *survey, const char *what, const char *node)
{
	char number[NUMBER_SIZE];
	int r = number_of_node(survey, node, number);

	if (r == 0)
		r = tell_all(survey, what, number);
	return r > 0 ? r : 0;
}

static int tell_file(const struct survey *survey, const char *what, const char *path)
{
	const struct mount *mount = mount_of(survey, path);
	const int r = mount ? tell_mount(survey, what, mount) : 0;

	return r > 0 ? r : 0;
}

/* proc_swaps(5): a node or a file is the first word. */
static int tell_swaps(const struct survey *survey)
{
	scoped_free char *line = NULL;
	scoped_file FILE *stream = NULL;
	size_t size = 0;
	int r = open_text(survey, "/proc/swaps", &stream);

	if (r < 0)
		return 0;
	while (r == 0 && getline(&line, &size, stream) >= 0) {
		line[strcspn(line, " \t\n")] = '\0';
		if (strncmp(line, "/dev/", 5) == 0)
			r = tell_node(survey, "swap", line);
		else if (line[0] == '/')
			r = tell_file(survey, "swap", line);
	}
	return r;
}

/* A device as fstab(5) names it: "UUID=...", "/dev/...". */
static int tell_device(const struct survey *survey, const char *what, const char *device)
{
	static const char *const tags[][2] = {
		{ "UUID=", "uuid" },
		{ "LABEL=", "label" },
		{ "PARTUUID=", "partuuid" },
		{ "PARTLABEL=", "partlabel" },
	};
	scoped_free char *node = NULL;

	if (device[0] == '/')
		return tell_node(survey, what, device);
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		const size_t length = strlen(tags[i][0]);

		if (strncmp(device, tags[i][0], length) != 0)
			continue;
		if (asprintf(&node, "/dev/disk/by-%s/%s", tags[i][1], device + length) < 0)
			return -ENOMEM;
		return tell_node(survey, what, node);
	}
	return 0;
}

/* crypttab(5): a file; a file and the device it is on, as systemd has it; or the device first, as
 * passdev of Debian's initramfs has it. */
static int tell_key(const struct survey *survey, const char *what, char *key)
{
	char *other = strchr(key, ':');

	if (key[0] != '/')
		return 0;
	if (other)
		*other++ = '\0';
	if (strncmp(key, "/dev/", 5) == 0)
		return tell_node(survey, what, key);
	return other ? tell_device(survey, what, other) : tell_file(survey, what, key);
}

static char *next_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t\n");
	while (word && !*word);
	return word;
}

static int tell_keys(const struct survey *survey)
{
	scoped_free char *line = NULL;
	scoped_file FILE *stream = NULL;
	size_t size = 0;
	int r = open_text(survey, "/etc/crypttab", &stream);

	if (r < 0)
		return 0;
	while (r == 0 && getline(&line, &size, stream) >= 0) {
		scoped_free char *what = NULL;
		char *rest = line;
		const char *name = next_word(&rest);
		const char *device = name ? next_word(&rest) : NULL;
		char *key = device ? next_word(&rest) : NULL;

		if (!key || name[0] == '#')
			continue;
		if (asprintf(&what, "the key of %s", name) < 0)
			return -ENOMEM;
		r = tell_key(survey, what, key);
	}
	return r;
}

int host_disks_list(const char *root, host_disks_each *each, void *context)
{
	scoped(survey_clear) struct survey survey = { .root = root,
						      .each = each,
						      .context = context };
	int failed = read_mounts(&survey);
	int r;

	if (failed == 0)
		failed = tell_points(&survey);
	r = failed > 0 ? failed : tell_swaps(&survey);
	if (r == 0)
		r = tell_keys(&survey);
	return r ? r : failed;
}
