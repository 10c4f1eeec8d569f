/* SPDX-License-Identifier: MIT */
/* host_keyboards.c - input devices that one could log in with, by the keys they have. */
#include "host_keyboards.h"

#include <dirent.h>
#include <limits.h>
#include <linux/input-event-codes.h>
#include <stdbool.h>
#include <string.h>

#include <sereno/scoped.h>

#define FOLDER "/sys/class/input"

/* The row of Q to P, Enter, A: what power buttons, remote controls and headsets do not have. All
 * are among the first 32, wherever the kernel breaks its words. */
static const unsigned long wanted =
	((1UL << (KEY_P + 1)) - (1UL << KEY_Q)) | 1UL << KEY_ENTER | 1UL << KEY_A;

/* "... 8000 fffffffffffffffe": the last word has the first keys. */
static bool has_keys(const char *path)
{
	scoped_free char *attribute = NULL, *line = NULL;
	scoped_file FILE *stream = NULL;
	const char *word;
	size_t size = 0;

	if (asprintf(&attribute, "%s/capabilities/key", path) < 0)
		return false;
	stream = fopen(attribute, "re");
	if (!stream || getline(&line, &size, stream) < 0)
		return false;
	word = strrchr(line, ' ');
	return (strtoul(word ? word + 1 : line, NULL, 16) & wanted) == wanted;
}

static int look_at(const char *root, const char *name, host_keyboards_each *each, void *context)
{
	scoped_free char *path = NULL;
	char target[PATH_MAX];
	ssize_t n;

	if (asprintf(&path, "%s" FOLDER "/%s", root, name) < 0)
		return -ENOMEM;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = '\0';
	if (strstr(target, "devices/virtual/") || !has_keys(path))
		return 0;
	return each(context, target);
}

int host_keyboards_list(const char *root, host_keyboards_each *each, void *context)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *inputs;
	int r = 0;

	if (asprintf(&path, "%s" FOLDER, root) < 0)
		return -ENOMEM;
	inputs = opendir(path);
	while (r == 0 && inputs && (entry = readdir(inputs)))
		if (strncmp(entry->d_name, "input", 5) == 0)
			r = look_at(root, entry->d_name, each, context);
	if (inputs)
		(void)closedir(inputs); /* it was read from */
	return r;
}
