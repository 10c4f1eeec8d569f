/* SPDX-License-Identifier: MIT */
/* keyboards.c - the keyboards that are in use: on USB, and those of other buses. */
#include "keyboards.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#define INPUT_FOLDER "/sys/class/input"

/* <linux/input.h>: the buses of what is soldered in, or has a socket of its own. */
static const char *const wired_buses[] = { "0011", "0018" }; /* i8042, I2C */

struct search {
	const struct device *without;
	bool found;
};

/* "1-2" has "1-2.1" behind it, and not "1-21". */
static bool is_behind(const char *name, const char *hub)
{
	const size_t length = strlen(hub);

	return strncmp(name, hub, length) == 0 && name[length] == '.';
}

static int count(void *context, struct device *device)
{
	struct search *search = context;
	const bool types = device->facts.kinds & 1u << KIND_KEYBOARD;

	if (!types || !device->facts.in_use || strcmp(device->name, search->without->name) == 0)
		return 0;
	search->found = search->found || !is_behind(device->name, search->without->name);
	return 0;
}

static bool attribute_is(int folder, const char *input, const char *name, const char *value)
{
	scoped_free char *path = NULL;
	scoped_fd int fd = -1;
	char text[16];
	ssize_t n;

	if (asprintf(&path, "%s/%s", input, name) < 0)
		return false;
	fd = openat(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, value) == 0;
}

/* Of what has keys, only a keyboard repeats them and has lights: EV_SYN KEY MSC LED REP. */
static bool is_wired_keyboard(int folder, const char *input)
{
	if (strncmp(input, "input", 5) != 0 ||
	    !attribute_is(folder, input, "capabilities/ev", "120013"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(wired_buses); i++)
		if (attribute_is(folder, input, "id/bustype", wired_buses[i]))
			return true;
	return false;
}

static bool have_wired_keyboard(const char *root)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	bool found = false;
	DIR *inputs;

	if (asprintf(&path, "%s" INPUT_FOLDER, root) < 0)
		return false;
	inputs = opendir(path);
	if (!inputs)
		return false;
	while (!found && (entry = readdir(inputs)))
		found = is_wired_keyboard(dirfd(inputs), entry->d_name);
	(void)closedir(inputs);
	return found;
}

int keyboards_beside(const char *root, const struct device *device)
{
	struct search search = { .without = device };
	int r;

	if (have_wired_keyboard(root))
		return 1;
	r = device_list(root, count, &search);
	return r < 0 ? r : search.found;
}
