/* SPDX-License-Identifier: MIT */
/* jobs.c - the steps linger, crontab and at: what would start without a login. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "evidence.h"
#include "step.h"
#include "tree.h"

#define LINGER	      "/var/lib/systemd/linger"
#define CRONTABS      "/var/spool/cron/crontabs"
#define AT_JOBS	      "/var/spool/cron/atjobs"
#define JOBS_MAX      100000
#define NAME_MAX_OURS 64

static bool plain_name(const char *name)
{
	return name[0] != '.' && !strchr(name, '/');
}

/* Open @path; what is not there holds nothing. */
static int open_spool(const struct leaver *leaver, const char *path, struct findings *findings)
{
	const int fd = tree_open(leaver->root, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0 && fd != -ENOENT)
		finding_fail(findings, fd, "%s cannot be opened", path);
	return fd;
}

/* Write it back as it was: @mode and the leaver's. */
static int put_back(int directory, const char *name, const struct leaver *leaver, const char *bytes,
		    size_t length)
{
	scoped_fd int fd =
		openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return neg_errno();
	r = tree_write(fd, bytes, length);
	if (r == 0 && leaver->uid != GRANTS_NO_UID && fchown(fd, leaver->uid, (gid_t)-1) < 0)
		r = neg_errno();
	return r;
}

void linger_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	scoped_fd int spool = open_spool(leaver, LINGER, findings);
	int r = 0;

	if (spool < 0 || !plain_name(leaver->user) ||
	    faccessat(spool, leaver->user, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (mode == DEPARTURE_DO) {
		r = evidence_keep(leaver, "linger", "", 0);
		if (r == 0 && unlinkat(spool, leaver->user, 0) < 0)
			r = neg_errno();
	}
	if (r < 0)
		finding_fail(findings, r, "%s/%s cannot be removed", LINGER, leaver->user);
	else
		finding_add(findings, FOUND_DONE, "lingering ended");
}

void linger_undo(const struct leaver *leaver, struct findings *findings)
{
	scoped_free char *kept = NULL;
	scoped_fd int spool = -1;
	scoped_fd int fd = -1;
	size_t length;

	if (evidence_read(leaver, "linger", &kept, &length) < 0)
		return;
	spool = open_spool(leaver, LINGER, findings);
	if (spool < 0)
		return;
	fd = openat(spool, leaver->user, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		finding_fail(findings, neg_errno(), "lingering cannot be allowed again");
	else
		finding_add(findings, FOUND_DONE, "lingers again");
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

void crontab_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	scoped_fd int spool = open_spool(leaver, CRONTABS, findings);
	scoped_free char *text = NULL;
	size_t length = 0;
	int r;

	if (spool < 0 || !plain_name(leaver->user))
		return;
	r = tree_read(spool, leaver->user, &text, &length, NULL);
	if (r == -ENOENT)
		return;
	if (r < 0)
		finding_add(findings, FOUND_NOTE,
			    "the crontab is too large, or no plain file: it "
			    "is removed and not kept");
	else if (mode == DEPARTURE_DO)
		r = evidence_keep(leaver, "crontab", text, length);
	if (r < 0 && text) {
		finding_fail(findings, r, "the crontab cannot be kept, and was left");
		return;
	}
	if (mode == DEPARTURE_DO && unlinkat(spool, leaver->user, 0) < 0)
		finding_fail(findings, neg_errno(), "the crontab cannot be removed");
	else
		finding_add(findings, FOUND_DONE, "crontab removed, lines: %zu",
			    text ? count_lines(text) : 0);
}

void crontab_undo(const struct leaver *leaver, struct findings *findings)
{
	scoped_free char *text = NULL;
	scoped_fd int spool = -1;
	size_t length;
	int r;

	if (evidence_read(leaver, "crontab", &text, &length) < 0)
		return;
	spool = open_spool(leaver, CRONTABS, findings);
	if (spool < 0)
		return;
	r = put_back(spool, leaver->user, leaver, text, length);
	if (r == 0)
		finding_add(findings, FOUND_DONE, "crontab put back");
	else if (r != -EEXIST)
		finding_fail(findings, r, "the crontab cannot be put back");
}

struct spool_search {
	const struct leaver *leaver;
	enum departure_mode mode;
	struct findings *findings;
};

static int take_job(void *context, int spool, const char *name)
{
	const struct spool_search *search = context;
	scoped_free char *text = NULL;
	char kept[NAME_MAX_OURS];
	size_t length = 0;
	struct stat st;
	int r = 0;

	if (fstatat(spool, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != search->leaver->uid)
		return 0;
	if (search->mode == DEPARTURE_DO) {
		/* atd's own names are a letter and hexadecimal digits. */
		const bool sound =
			strlen(name) < 32 &&
			strspn(name, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=") == strlen(name);

		(void)snprintf(kept, sizeof(kept), "at-%s", name);
		if (sound && tree_read(spool, name, &text, &length, NULL) == 0)
			r = evidence_keep(search->leaver, kept, text, length);
		if (r == 0 && unlinkat(spool, name, 0) < 0)
			r = neg_errno();
	}
	if (r < 0)
		finding_fail(search->findings, r, "job %s cannot be kept and removed", name);
	else
		finding_add(search->findings, FOUND_DONE, "job %s removed", name);
	return 0;
}

void at_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	struct spool_search search = { leaver, mode, findings };
	scoped_fd int spool = open_spool(leaver, AT_JOBS, findings);
	int r;

	if (spool < 0 || leaver->uid == GRANTS_NO_UID)
		return;
	r = tree_each(spool, JOBS_MAX, take_job, &search);
	if (r < 0)
		finding_fail(findings, r, "%s cannot be read to its end", AT_JOBS);
}
