/* SPDX-License-Identifier: MIT */
/* keyboards.c - the keyboards that are in use: on USB, and those of other buses. */
#include "keyboards.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

#include "attribute.h"

#define INPUT_CLASS "/class/input"

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

/* Of what has keys, only a keyboard repeats them and has lights: EV_SYN KEY MSC LED REP. */
static bool is_wired_keyboard(const char *root, const char *input)
{
	scoped_free char *directory = NULL;

	if (strncmp(input, "input", 5) != 0 || asprintf(&directory, INPUT_CLASS "/%s", input) < 0 ||
	    !attribute_is(root, directory, "capabilities/ev", "120013"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(wired_buses); i++)
		if (attribute_is(root, directory, "id/bustype", wired_buses[i]))
			return true;
	return false;
}

static bool have_wired_keyboard(const char *root)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	bool found = false;
	DIR *inputs;

	if (asprintf(&path, "%s/sys" INPUT_CLASS, root) < 0)
		return false;
	inputs = opendir(path);
	if (!inputs)
		return false;
	while (!found && (entry = readdir(inputs)))
		found = is_wired_keyboard(root, entry->d_name);
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
