/* SPDX-License-Identifier: MIT */
/* restore_stage.c - a backup unpacked beside the state, and made ready to be read. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <sereno/codes.h>
#include <sereno/fallback.h>
#include <sereno/grants.h>
#include <sereno/group_numbers.h>
#include <sereno/host_key.h>
#include <sereno/policy.h>
#include <sereno/register.h>
#include <sereno/scoped.h>

#include "people.h"
#include "restore.h"

#define NAME_ROOM 4096 /* for what the name service says of one account */

static const char *const settings[] = { "etc/sereno/policy.yaml", "etc/sereno/fallback" };

void stage_clear(struct stage *stage)
{
	if (stage->directory && stage->lock > 0)
		(void)stage_remove(AT_FDCWD, stage->directory); /* the next restore tries again */
	if (stage->lock > 0)
		close_p(&stage->lock);
	stage_forget_leavers(stage);
	free(stage->directory);
	free(stage->made);
	*stage = (struct stage){ 0 };
}

/* Ours are two files in etc/sereno, and what lies below var/lib/sereno. */
static bool is_ours(const char *name)
{
	static const char prefix[] = BACKUP_STATE "/";

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (strcmp(name, settings[i]) == 0)
			return true;
	return strncmp(name, prefix, sizeof(prefix) - 1) == 0;
}

/* The directories above @name. Those that logins read are for everybody. */
static int make_above(int made, const char *name)
{
	scoped_free char *path = strdup(name);

	if (!path)
		return -ENOMEM;
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		const bool is_state = strncmp(path, BACKUP_STATE "/", sizeof(BACKUP_STATE)) == 0 &&
				      strncmp(path, BACKUP_STATE "/" BACKUP_GENERATIONS,
					      sizeof(BACKUP_STATE "/" BACKUP_GENERATIONS) - 1) != 0;
		mode_t mode;

		*slash = '\0';
		mode = is_state && strcmp(path, BACKUP_STATE) != 0 ? 0700 : 0755;
		if (mkdirat(made, path, mode) == 0) {
			if (fchmodat(made, path, mode, 0) < 0) /* whatever the umask */
				return neg_errno();
		} else if (errno != EEXIST) {
			return neg_errno();
		}
		*slash = '/';
	}
	return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno != EINTR)
			return neg_errno();
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

static int unpack_one(void *context, const struct archive_entry *entry)
{
	const int made = *(const int *)context;
	scoped_fd int fd = -1;
	int r;

	if (strcmp(entry->name, BACKUP_MANIFEST) == 0)
		return 0;
	if (!is_ours(entry->name))
		return -EBADMSG;
	r = make_above(made, entry->name);
	if (r < 0)
		return r;
	fd = openat(made, entry->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return neg_errno();
	r = write_all(fd, entry->bytes, entry->length);
	if (r == 0 && fchmod(fd, entry->mode) < 0)
		r = neg_errno();
	return r;
}

static int put_link(int made, uint64_t generation)
{
	char target[64];

	if (generation == 0)
		return 0;
	(void)snprintf(target, sizeof(target), BACKUP_GENERATIONS "/%ju",
		       (uintmax_t)generation); /* fits */
	return symlinkat(target, made, BACKUP_STATE "/in-force") < 0 ? neg_errno() : 0;
}

static int link_to(const char *root, const char *path, int directory, const char *name)
{
	scoped_free char *real = realpath(*root ? root : "/", NULL);
	scoped_free char *target = NULL;

	if (!real)
		return neg_errno();
	if (asprintf(&target, "%s/%s", real, path) < 0) {
		target = NULL;
		return -ENOMEM;
	}
	return symlinkat(target, directory, name) < 0 ? neg_errno() : 0;
}

/* The root that the state is made ready in has this host's identity, and its unsealed key. */
static int borrow_host(const char *root, int made)
{
	scoped_fd int etc = -1;
	int r;

	if (mkdirat(made, "etc", 0755) < 0 && errno != EEXIST)
		return neg_errno();
	etc = openat(made, "etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (etc < 0)
		return neg_errno();
	r = link_to(root, "etc/machine-id", etc, "machine-id");
	return r < 0 ? r : link_to(root, "run", made, "run");
}

/* Until this process ends: what another one is making is not to be taken away, or put in place. */
static int lock_stage(struct stage *stage, const char *above)
{
	scoped_fd int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return neg_errno();
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EALREADY : neg_errno();
	stage->lock = take(fd, -1);
	return 0;
}

static int make_directories(struct stage *stage)
{
	scoped_free char *above = NULL;
	int r;

	if (asprintf(&above, "%s/var/lib", stage->root) < 0) {
		above = NULL;
		return -ENOMEM;
	}
	*strrchr(above, '/') = '\0';
	if (mkdir(above, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	above[strlen(above)] = '/';
	if (mkdir(above, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	r = lock_stage(stage, above);
	if (r < 0)
		return r;
	r = stage_remove(AT_FDCWD, stage->directory);
	if (r < 0)
		return r;
	if (mkdir(stage->directory, 0700) < 0 || mkdir(stage->made, 0755) < 0 ||
	    chmod(stage->made, 0755) < 0)
		return neg_errno();
	return 0;
}

static int unpack(struct stage *stage, struct archive *archive,
		  const struct backup_contents *contents)
{
	scoped_fd int made = -1;
	int r;

	if (asprintf(&stage->directory, "%s/var/lib/sereno.restore", stage->root) < 0) {
		stage->directory = NULL;
		return -ENOMEM;
	}
	if (asprintf(&stage->made, "%s/made", stage->directory) < 0) {
		stage->made = NULL;
		return -ENOMEM;
	}
	r = make_directories(stage);
	if (r < 0)
		return r;
	made = open(stage->made, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (made < 0)
		return neg_errno();
	r = make_above(made, BACKUP_STATE "/x"); /* also where nothing is in it */
	if (r == 0)
		r = archive_each(archive, unpack_one, &made);
	if (r == 0)
		r = put_link(made, contents->facts.generation);
	return r < 0 ? r : borrow_host(stage->root, made);
}

int stage_unpack(const char *root, struct archive *archive, const struct backup_contents *contents,
		 struct stage *ret)
{
	scoped(stage_clear) struct stage stage = { .root = root };
	const int r = unpack(&stage, archive, contents);

	if (r < 0)
		return r;
	*ret = take(stage, (struct stage){ 0 });
	return 0;
}

/* Another machine's key under this machine's name: its records are then read here. */
static int adopt_key(const struct stage *stage, const struct backup_contents *contents)
{
	scoped(host_key_close_p) struct host_key *key = NULL;
	scoped_free char *from = NULL;
	scoped_free char *to = NULL;
	int r = host_key_open(stage->made, &key);

	if (r == -ENOKEY)
		return 0; /* nobody can read them before there is a machine-id */
	if (r < 0)
		return r;
	if (!contents->facts.machine[0] || strcmp(host_key_id(key), contents->facts.machine) == 0)
		return 0;
	if (asprintf(&from, "%s/" BACKUP_STATE "/host-%s.key", stage->made,
		     contents->facts.machine) < 0)
		from = NULL;
	if (asprintf(&to, "%s/" BACKUP_STATE "/host-%s.key", stage->made, host_key_id(key)) < 0)
		to = NULL;
	if (!from || !to)
		return -ENOMEM;
	return rename(from, to) < 0 && errno != ENOENT ? neg_errno() : 0;
}

static int name_of(const struct stage *stage, const struct people *people, uid_t uid,
		   char name[static GRANTS_USER_MAX + 1])
{
	const struct account *account = people_by_uid(people, uid);
	struct passwd entry, *found = NULL;
	const char *text = account ? account->name : NULL;
	char room[NAME_ROOM];
	int n;

	if (!text && !*stage->root && getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 &&
	    found)
		text = found->pw_name;
	n = text ? snprintf(name, GRANTS_USER_MAX + 1, "%s", text) : -1;
	return n < 0 || n > GRANTS_USER_MAX ? -ENOENT : 0;
}

/* A code that was used after the backup was made must not be good again. What is lost here was
 * lost there: its user needs an administrator either way. */
static int use_up(struct stage *stage, const struct people *people, uid_t uid, int64_t now)
{
	char name[GRANTS_USER_MAX + 1];
	const struct codes_account account = { name, uid };
	int r;

	if (name_of(stage, people, uid, name) < 0) {
		stage->n_unknown_codes++;
		return 0;
	}
	r = codes_restored(stage->made, &account, now);
	if (r == -EBADMSG || r == -EKEYREJECTED) {
		stage->n_unknown_codes++;
		return 0;
	}
	stage->n_codes += r == 0;
	return r;
}

static void people_free_it(struct people **people)
{
	people_free(*people);
}

static int use_up_codes(struct stage *stage, int64_t now)
{
	scoped(people_free_it) struct people *people = NULL;
	scoped_free uid_t *uids = NULL;
	const ssize_t n = codes_accounts(stage->made, &uids);
	int r;

	if (n <= 0)
		return (int)n;
	r = people_read(stage->root, &people);
	for (ssize_t i = 0; r == 0 && i < n; i++)
		r = use_up(stage, people, uids[i], now);
	return r;
}

/* Numbers of groups that were given out since the backup are on files: no other group gets them.
 * Where the state there is cannot be read, it has none to keep. */
static int keep_numbers(const struct stage *stage)
{
	scoped(group_numbers_clear) struct group_numbers restored = { 0 };
	scoped(group_numbers_clear) struct group_numbers present = { 0 };
	gid_t gid;
	int r;

	if (group_numbers_read(stage->root, &present) < 0 || present.n == 0)
		return 0;
	r = group_numbers_read(stage->made, &restored);
	for (size_t i = 0; r == 0 && i < present.n; i++) {
		const struct group_number *number = &present.item[i];

		if (number->gid >= restored.next &&
		    group_numbers_find(&restored, number->name, &gid) == -ENOENT)
			r = group_numbers_add(&restored, number->name, number->gid);
	}
	if (r == 0 && present.next > restored.next)
		restored.next = present.next;
	return r < 0 ? r : group_numbers_write(stage->made, &restored);
}

static int publish(const struct stage *stage, const struct backup_contents *contents, int64_t now)
{
	scoped(register_close_p) struct register_db *db = NULL;
	scoped(policy_close_p) struct policy *policy = NULL;
	int r;

	if (contents->facts.generation == 0 && !contents->facts.has_register)
		return 0;
	r = register_open(stage->made, now, &db);
	if (r < 0 || contents->facts.generation == 0)
		return r;
	r = policy_open(stage->made, &policy);
	if (r == -ENOENT)
		return -EBADMSG;
	return r < 0 ? r : policy_verify(policy);
}

static int sync_all(const struct stage *stage)
{
	scoped_fd int fd = open(stage->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) < 0 ? neg_errno() : 0;
}

int stage_prepare(struct stage *stage, const struct backup_contents *contents, int64_t now)
{
	int r = adopt_key(stage, contents);

	if (r == 0)
		r = use_up_codes(stage, now);
	if (r == 0)
		r = keep_numbers(stage);
	if (r == 0)
		r = stage_carry_leavers(stage, now);
	if (r == 0)
		r = publish(stage, contents, now);
	return r < 0 ? r : sync_all(stage);
}
