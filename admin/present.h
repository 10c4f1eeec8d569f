/* SPDX-License-Identifier: MIT */
/*
 * present.h - the USB devices that are plugged in, who sits before them, and what a policy gives.
 */
#ifndef ADMIN_PRESENT_H
#define ADMIN_PRESENT_H

#include <sereno/device.h>
#include <sereno/policy.h>

#include "people.h"

#define PRESENT_NAME_SIZE (2 * DEVICE_TEXT_MAX + 64)

struct present {
	char name[32]; /* "1-2.1" */
	struct device_facts facts;
	struct device_texts texts;
	bool is_boot_keyboard; /* one that a firmware could use */
	ptrdiff_t hub;	       /* what it hangs on, in the list; -1: a root hub */
};

/* Parents before children. Zero-initialised is empty. */
struct present_list {
	size_t n, room;
	struct present *item;
};

/* All of @root/sys. Released with present_clear(). Returns 0, -E2BIG, -ENOMEM or a read error: of
 * one that could not be read, after the others. */
int present_read(const char *root, struct present_list *ret);
void present_clear(struct present_list *list); /* for scoped(), too */

/* The one that the directory @path of sysfs is, or hangs on; -1: none. */
ptrdiff_t present_carrying(const struct present_list *list, const char *path);

/* For people: 1-2.1 "Maker Thing" (0951:1666). Hostile bytes are still in it. Returns @text. */
const char *present_name(const struct present *present, char text[static PRESENT_NAME_SIZE]);

/* Who sits at the default seat, by logind; a greeter is nobody. */
struct present_sitter {
	bool is_there;
	char user[GRANTS_USER_MAX + 1];
	uid_t uid;
};
void present_sitter(const char *root, const struct people *people, struct present_sitter *ret);

/* What @policy gives of each of @list at @now to @sitter (NULL: nobody is there); without one, or
 * without a media: block, everything. @ret has place for all. Returns 0, -EBADMSG, -EACCES, -ENOMEM
 * or a read error. */
struct present_asker {
	const char *root;
	const struct people *people;
	struct policy *policy; /* NULL: none */
	int64_t now;
};
int present_judge(const struct present_asker *asker, const struct present_list *list,
		  const struct present_sitter *sitter, struct media_verdict *ret);

#endif
