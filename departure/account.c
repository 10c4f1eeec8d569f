/* SPDX-License-Identifier: MIT */
/* account.c - the steps account and groups: what the files of this host give him. */
#include <fcntl.h>
#include <grp.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "administered.h"
#include "evidence.h"
#include "program.h"
#include "step.h"
#include "tree.h"

#define USERMOD	    "/usr/sbin/usermod"
#define BEFORE	    "account.before"
#define GROUPS	    "groups.before"
#define ARGUMENTS   10
#define ENTRY_ROOM  65536 /* of one entry, members included */
#define EXPIRED_DAY 1
#define GROUPS_MAX  4096 /* bytes of their names */

struct standing {
	long expires; /* day, -1 never */
	bool locked;
};

static FILE *open_stream(const char *root, const char *path)
{
	scoped_fd int fd = tree_open(root, path, O_RDONLY);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "re");

	if (stream)
		(void)take(fd, -1);
	return stream;
}

/* Returns 1, 0 (the file does not name him) or a negative errno. */
static int find_standing(const struct leaver *leaver, struct standing *ret)
{
	scoped_file FILE *stream = open_stream(leaver->root, "/etc/shadow");
	scoped_free char *room = malloc(ENTRY_ROOM);
	struct spwd entry, *found;

	if (!stream || !room)
		return neg_errno();
	while (fgetspent_r(stream, &entry, room, ENTRY_ROOM, &found) == 0) {
		if (strcmp(entry.sp_namp, leaver->user) != 0)
			continue;
		*ret = (struct standing){ entry.sp_expire, entry.sp_pwdp[0] == '!' };
		return 1;
	}
	return 0;
}

/* usermod WORD... USER, in the leaver's tree; what it says when it fails is the finding. */
static int usermod(const struct leaver *leaver, const char *const *words, struct findings *findings)
{
	const char *argv[ARGUMENTS] = { USERMOD };
	char said[PROGRAM_SAID_MAX];
	size_t n = 1;
	int r;

	if (*leaver->root) {
		argv[n++] = "--prefix";
		argv[n++] = leaver->root;
	}
	while (*words && n < ARGUMENTS - 3)
		argv[n++] = *words++;
	argv[n++] = "--";
	argv[n] = leaver->user;
	r = program_run(argv, said);
	if (r < 0)
		finding_fail(findings, r, "%s could not be run", USERMOD);
	else if (r > 0)
		finding_add(findings, FOUND_FAILED, "%s failed with %d: %s", USERMOD, r, said);
	return r == 0 ? 0 : -EIO;
}

static void close_account(const struct leaver *leaver, const struct standing *before,
			  struct findings *findings)
{
	static const char *const words[] = { "-e", "1", "-L", NULL };
	char text[64];
	int r;

	(void)snprintf(text, sizeof(text), "%ld %s\n", before->expires,
		       before->locked ? "locked" : "open"); /* fits */
	r = evidence_keep(leaver, BEFORE, text, strlen(text));
	if (r < 0)
		finding_fail(findings, r, "how the account was before cannot be kept");
	else if (usermod(leaver, words, findings) == 0)
		finding_add(findings, FOUND_DONE, "account expired, password locked");
}

void account_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	struct standing standing;
	const int r = find_standing(leaver, &standing);

	if (r < 0)
		finding_fail(findings, r, "/etc/shadow cannot be read");
	else if (r == 0)
		finding_add(findings, FOUND_TO_DO,
			    "the account is not in /etc/shadow: close it in the directory that it "
			    "comes from");
	else if (standing.expires >= 0 && standing.expires <= EXPIRED_DAY && standing.locked)
		return;
	else if (mode == DEPARTURE_LOOK)
		finding_add(findings, FOUND_DONE, "account expired, password locked");
	else
		close_account(leaver, &standing, findings);
}

void account_undo(const struct leaver *leaver, struct findings *findings)
{
	const char *words[] = { "-e", "", "-U", NULL };
	scoped_free char *before = NULL;
	size_t length;
	char *space;
	const int r = evidence_read(leaver, BEFORE, &before, &length);

	if (r == -ENOENT)
		return;
	space = r == 0 ? strchr(before, ' ') : NULL;
	if (!space) {
		finding_fail(findings, r < 0 ? r : -EBADMSG, "how the account was before is lost");
		return;
	}
	*space = '\0';
	words[1] = before[0] == '-' ? "" : before;
	if (strncmp(space + 1, "locked", strlen("locked")) == 0)
		words[2] = NULL;
	if (usermod(leaver, words, findings) == 0)
		finding_add(findings, FOUND_DONE, "account open as it was before");
}

/* Add @name to the list with commas @list. Returns 0 or -E2BIG. */
static int add_name(char list[static GROUPS_MAX], const char *name)
{
	const size_t length = strlen(list);
	const int n = snprintf(list + length, GROUPS_MAX - length, "%s%s", length ? "," : "", name);

	return n < 0 || (size_t)n >= GROUPS_MAX - length ? -E2BIG : 0;
}

static bool is_member(const struct group *group, const char *user)
{
	for (char *const *member = group->gr_mem; *member; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

/* The groups that list him. */
static int find_groups(const struct leaver *leaver, char list[static GROUPS_MAX])
{
	scoped_file FILE *stream = open_stream(leaver->root, "/etc/group");
	size_t size = ENTRY_ROOM * 16;
	scoped_free char *room = malloc(size);
	struct group entry, *found;
	int r = 0;

	list[0] = '\0';
	if (!stream || !room)
		return neg_errno();
	while (r == 0 && (r = fgetgrent_r(stream, &entry, room, size, &found)) == 0)
		if (is_member(&entry, leaver->user))
			r = -add_name(list, entry.gr_name);
	return r == ENOENT ? 0 : -r;
}

void groups_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	static const char *const words[] = { "-G", "", NULL };
	char list[GROUPS_MAX];
	int r = find_groups(leaver, list);

	if (r == 0 && list[0] && mode == DEPARTURE_DO)
		r = evidence_keep(leaver, GROUPS, list, strlen(list));
	if (r < 0) {
		finding_fail(findings, r, "the groups he is in cannot be read or kept");
		return;
	}
	if (list[0] && (mode == DEPARTURE_LOOK || usermod(leaver, words, findings) == 0))
		finding_add(findings, FOUND_DONE, "taken out of %s", list);
	administered_take(leaver, mode, findings);
}

void groups_undo(const struct leaver *leaver, struct findings *findings)
{
	scoped_free char *list = NULL;
	const char *words[] = { "-a", "-G", NULL, NULL };
	size_t length;
	const int r = evidence_read(leaver, GROUPS, &list, &length);

	administered_undo(leaver, findings);
	if (r == -ENOENT)
		return;
	if (r < 0) {
		finding_fail(findings, r, "the groups he was in are lost");
		return;
	}
	words[2] = list;
	if (usermod(leaver, words, findings) == 0)
		finding_add(findings, FOUND_DONE, "in %s again", list);
}
