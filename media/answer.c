/* SPDX-License-Identifier: MIT */
/* answer.c - what the rules of udev hear of a decision. */
#include "answer.h"

#include <string.h>

#include <sereno/scoped.h>

/* What udisks itself lets everybody ask for, without those that take something back. */
#define HARMLESS \
	"noexec,nodev,nosuid,ro,atime,noatime,nodiratime,relatime,strictatime,lazytime,sync,dirsync"

static const struct {
	unsigned option;
	const char *name;
} mount_options[] = {
	{ MEDIA_NOEXEC, "noexec" },
	{ MEDIA_NOSUID, "nosuid" },
	{ MEDIA_NODEV, "nodev" },
};

void answer_unmanaged(FILE *out)
{
	(void)fputs("SERENO_MEDIA=unmanaged\n", out); /* errors are looked for at the end */
}

/* The policy calls it allow. */
static const char *access_word(enum media_access access)
{
	return access == MEDIA_READ_WRITE ? "allow" : media_access_name(access);
}

/* A rule's name is the policy's; what udev could read as something else is left out all the same.
 */
static bool is_plain(const char *text)
{
	return text[0] &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		       strlen(text);
}

void answer_verdict(FILE *out, const struct media_verdict *verdict)
{
	(void)fprintf(out, "SERENO_MEDIA=%s\nSERENO_MEDIA_REASON=%s\n",
		      access_word(verdict->access), media_reason_name(verdict->reason));
	if (is_plain(verdict->rule))
		(void)fprintf(out, "SERENO_MEDIA_RULE=%s\n", verdict->rule);
	if (verdict->on_trial)
		(void)fputs("SERENO_MEDIA_ON_TRIAL=1\n", out);
}

void answer_hidden(FILE *out)
{
	(void)fputs("SERENO_MEDIA_HIDE=1\n", out);
}

void answer_read_only(FILE *out)
{
	(void)fputs("SERENO_MEDIA_RO=1\n", out);
}

void answer_mount_options(FILE *out, enum media_access access, unsigned options)
{
	const char *separator = "";

	if (options == 0 && access != MEDIA_READ_ONLY)
		return;
	(void)fputs("UDISKS_MOUNT_OPTIONS_DEFAULTS=", out);
	for (size_t i = 0; i < ARRAY_SIZE(mount_options); i++) {
		if (!(options & mount_options[i].option))
			continue;
		(void)fprintf(out, "%s%s", separator, mount_options[i].name);
		separator = ",";
	}
	(void)fprintf(out, "%s%s\n", access == MEDIA_READ_ONLY ? separator : "",
		      access == MEDIA_READ_ONLY ? "ro" : "");
	(void)fprintf(out, "UDISKS_MOUNT_OPTIONS_ALLOW=" HARMLESS "%s%s\n",
		      options & MEDIA_NOEXEC ? "" : ",exec",
		      access == MEDIA_READ_ONLY ? ",noload" : ",rw");
}
