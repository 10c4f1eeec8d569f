/* SPDX-License-Identifier: MIT */
/* local_password.c - the entry of an account in the host's shadow file. */
#include <errno.h>
#include <limits.h>
#include <shadow.h>
#include <string.h>
#include <time.h>

#include <sereno/age.h>
#include <sereno/scoped.h>

#include "local_password.h"

#define LINE_SIZE 4096
#define DAY_SEC	  86400
#define DAY_MAX	  100000 /* later is no date */

/* As pam_unix sees it. */
static bool is_due(const struct spwd *entry, bool has_date)
{
	const int64_t today = time(NULL) / DAY_SEC;

	if (entry->sp_lstchg == 0)
		return true;
	return has_date && entry->sp_max >= 0 && today - entry->sp_lstchg > entry->sp_max;
}

static struct local_password password_of(const struct spwd *entry)
{
	const char *hash = entry->sp_pwdp ? entry->sp_pwdp : "";
	const bool has_date = entry->sp_lstchg > 0 && entry->sp_lstchg < DAY_MAX;

	return (struct local_password){
		.tag = age_tag(hash),
		.usable = hash[0] != '\0' && hash[0] != '!' && hash[0] != '*',
		.due = is_due(entry, has_date),
		.changed = has_date ? (int64_t)entry->sp_lstchg * DAY_SEC : 0,
	};
}

static int find_entry(FILE *file, const char *user, char line[static LINE_SIZE],
		      struct local_password *ret)
{
	struct spwd entry;
	struct spwd *found = NULL;
	int err;

	for (;;) {
		err = fgetspent_r(file, &entry, line, LINE_SIZE, &found);
		if (err != 0 || !found)
			return err == 0 ? -ENOENT : -err;
		if (strcmp(entry.sp_namp, user) == 0) {
			*ret = password_of(&entry);
			return 0;
		}
	}
}

int local_password_read(const char *root, const char *user, struct local_password *ret)
{
	char path[PATH_MAX], buffer[LINE_SIZE], line[LINE_SIZE];
	FILE *file;
	int n, r;

	n = snprintf(path, sizeof(path), "%s/etc/shadow", root);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	file = fopen(path, "re");
	if (!file)
		return neg_errno();
	(void)setvbuf(file, buffer, _IOFBF, sizeof(buffer)); /* so that it can be erased */
	r = find_entry(file, user, line, ret);
	(void)fclose(file); /* only read */
	explicit_bzero(buffer, sizeof(buffer));
	explicit_bzero(line, sizeof(line));
	return r;
}
