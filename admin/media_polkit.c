/* SPDX-License-Identifier: MIT */
/* media_polkit.c - the rule for polkit that goes with the media: block of a policy. */
#include "media_polkit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#define FOLDER "/etc/polkit-1/rules.d"
#define RULE   "10-sereno-media.rules" /* before any that says yes: the first answer counts */
#define FRESH  ".sereno-media.new"

/* ECMAScript 5, as polkit has it. udisks says of a drive whether it, or what is in it, can be taken
 * out; root, and what runs as root, is not asked. */
static const char head[] =
	"// Written by sereno apply, for the media: block of the policy in force. Do not edit.\n"
	"polkit.addRule(function (action, subject) {\n"
	"\tvar prefix = \"org.freedesktop.udisks2.\";\n"
	"\tif (action.id.indexOf(prefix) !== 0 || subject.user === \"root\")\n"
	"\t\treturn polkit.Result.NOT_HANDLED;\n"
	"\tif (action.lookup(\"drive.removable\") !== \"true\" &&\n"
	"\t    !action.lookup(\"drive.removable.bus\"))\n"
	"\t\treturn polkit.Result.NOT_HANDLED;\n"
	"\tvar what = action.id.slice(prefix.length);\n";
/* What a limit on a medium rests on: made anew it would be another medium, and opened it could be
 * read and written past any file system. */
static const char limited[] =
	"\tif (what.indexOf(\"modify-device\") === 0 || what.indexOf(\"open-device\") === 0 ||\n"
	"\t    what.indexOf(\"modify-drive-settings\") === 0)\n"
	"\t\treturn polkit.Result.NO;\n";
/* The policy asks who sits at the seat: nobody else uses what he has plugged in, not even with an
 * administrator's password. */
static const char tail[] = "\tif (!subject.local || !subject.active || /-other-seat$/.test(what))\n"
			   "\t\treturn polkit.Result.NO;\n"
			   "\treturn polkit.Result.NOT_HANDLED;\n"
			   "});\n";

static bool access_is_limited(uint32_t access)
{
	return access == MEDIA_ENCRYPTED || access == MEDIA_READ_ONLY;
}

static bool disks_are_limited(const struct media_block *media)
{
	if (access_is_limited(media->word[MEDIA_WORD_STORAGE]))
		return true;
	for (size_t i = 0; i < media->n_rules; i++)
		if (media->rules[i].access == DEVICE_RULE_ENCRYPTED ||
		    media->rules[i].access == DEVICE_RULE_READ_ONLY)
			return true;
	return false;
}

static int write_text(int fd, const char *text)
{
	const size_t length = strlen(text);
	const ssize_t n = write(fd, text, length);

	if (n < 0)
		return neg_errno();
	return (size_t)n == length ? 0 : -ENOSPC;
}

static int write_fresh(int folder, const struct media_block *media)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	scoped_fd int fd = -1;
	int r;

	if (unlinkat(folder, FRESH, 0) < 0 && errno != ENOENT) /* of one that was interrupted */
		return neg_errno();
	fd = openat(folder, FRESH, flags, 0644);
	if (fd < 0 || fchmod(fd, 0644) < 0) /* whatever the mask: polkitd is not root */
		return neg_errno();
	r = write_text(fd, head);
	if (r == 0 && disks_are_limited(media))
		r = write_text(fd, limited);
	if (r == 0)
		r = write_text(fd, tail);
	if (r == 0 && fsync(fd) < 0)
		r = neg_errno();
	return r;
}

int media_polkit_write(const char *root, const struct model *model)
{
	const bool wanted = model->media.at.line > 0 && !(model->observe & OBSERVE_MEDIA);
	scoped_free char *path = NULL;
	scoped_fd int folder = -1;
	int r;

	if (asprintf(&path, "%s" FOLDER, root) < 0)
		return -ENOMEM;
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return errno == ENOENT ? 0 : neg_errno();
	if (!wanted)
		return unlinkat(folder, RULE, 0) < 0 && errno != ENOENT ? neg_errno() : 0;
	r = write_fresh(folder, &model->media);
	if (r == 0 && renameat(folder, FRESH, folder, RULE) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlinkat(folder, FRESH, 0); /* the first error is the one to report */
	return r;
}
