/* SPDX-License-Identifier: MIT */
/*
 * codes_arena.h - for benches of codes: a folder with enrolled users, and a PAM stack for ours and
 * each peer.
 *
 * Everybody has the same secret, in the form each module wants it: sealed records, a folder with
 * the files that the command google-authenticator writes when all of its questions about safety
 * are answered with yes, and one file of users for pam_oath.
 */
#ifndef SERENO_BENCH_CODES_ARENA_H
#define SERENO_BENCH_CODES_ARENA_H

#include "pretence.h"

#include <fcntl.h>
#include <ftw.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <sereno/codes.h>
#include <sereno/diag.h>
#include <sereno/model.h>
#include <sereno/policy.h>

#define ARENA_PATH 256
#define STEP_SEC   30
#define BYSTANDERS 10 /* accounts of the role that are not enrolled, behind those that are */
#define MEASURED   10 /* users who log in */

enum contestant { PERMIT, OATH, GOOGLE, OURS, CONTESTANTS };

/* The last is a service that the policy knows. */
static const char *const contestants[CONTESTANTS] = { "permit", "oath", "google", "sshd" };
static const char *const contestant_names[CONTESTANTS] = { "pam_permit", "pam_oath",
							   "google-authenticator", "sereno" };

static const struct otp_token arena_phone = { OTP_SHA1, 6, STEP_SEC, 20, "phone's own secret 1" };

struct arena {
	char root[ARENA_PATH];
	char stacks[ARENA_PATH];
	unsigned users;
	const char *attempts; /* of the policy */
};

struct arena_login {
	enum contestant by;
	const char *user, *rhost, *typed;
	void (*when_asked)(void *context); /* or NULL */
	void *context;
	unsigned asked;
};

struct arena_code {
	char text[OTP_CODE_SIZE];
};

static inline void arena_join(char path[static ARENA_PATH], const struct arena *arena,
			      const char *name)
{
	const int n = snprintf(path, ARENA_PATH, "%s/%s", arena->root, name);

	if (n < 0 || n >= ARENA_PATH)
		errx(1, "%s/%s: too long", arena->root, name);
}

static inline FILE *arena_create(const struct arena *arena, const char *name)
{
	char path[ARENA_PATH];
	FILE *file;

	arena_join(path, arena, name);
	file = fopen(path, "we");
	if (!file)
		err(1, "%s", path);
	return file;
}

static inline void arena_close(FILE *file)
{
	if (fclose(file) != 0)
		err(1, "fclose");
}

/* What the phone shows @steps after now. */
static inline struct arena_code arena_show(int64_t steps)
{
	struct arena_code code = { "" };
	const uint64_t now = otp_step(&arena_phone, time(NULL));

	if (otp_code(&arena_phone, now + (uint64_t)steps, code.text) < 0)
		errx(1, "no code");
	return code;
}

/* One that it does not show within a minute, another for each @variant below 1000. */
static inline struct arena_code arena_show_wrong(unsigned variant)
{
	struct arena_code code = arena_show(0);
	bool shown = true;

	for (unsigned number = variant * 997 + 1; shown; number++) {
		(void)snprintf(code.text, sizeof(code.text), "%06u", number % 1000000);
		shown = false;
		for (int64_t step = -5; step <= 5; step++)
			shown |= strcmp(arena_show(step).text, code.text) == 0;
	}
	return code;
}

static inline int arena_converse(int n, const struct pam_message **messages,
				 struct pam_response **ret, void *data)
{
	struct pam_response *responses = calloc((size_t)n, sizeof(*responses));
	struct arena_login *login = data;

	for (int i = 0; responses && i < n; i++) {
		if (messages[i]->msg_style != PAM_PROMPT_ECHO_OFF &&
		    messages[i]->msg_style != PAM_PROMPT_ECHO_ON)
			continue;
		login->asked++;
		if (login->when_asked)
			login->when_asked(login->context);
		responses[i].resp = strdup(login->typed);
	}
	*ret = responses;
	return responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* libpam would sleep for as long as a module asks, and some more by chance. */
static inline void arena_no_delay(int code, unsigned usec, void *data)
{
	(void)code;
	(void)usec;
	(void)data;
}

static inline pam_handle_t *arena_start(const struct arena *arena, struct arena_login *login)
{
	const struct pam_conv conversation = { .conv = arena_converse, .appdata_ptr = login };
	/* an object pointer in the interface, a function in truth */
	void (*const delay)(int, unsigned, void *) = arena_no_delay;
	pam_handle_t *pamh = NULL;
	const void *item;
	int r;

	memcpy(&item, &delay, sizeof(item));
	r = pam_start_confdir(contestants[login->by], login->user, &conversation, arena->stacks,
			      &pamh);
	if (r == PAM_SUCCESS)
		r = pam_set_item(pamh, PAM_RHOST, login->rhost);
	if (r == PAM_SUCCESS)
		r = pam_set_item(pamh, PAM_FAIL_DELAY, item);
	if (r != PAM_SUCCESS)
		errx(1, "%s: %s", contestants[login->by], pam_strerror(NULL, r));
	return pamh;
}

/* One login; returns what PAM says. */
static inline int arena_log_in(const struct arena *arena, struct arena_login *login)
{
	pam_handle_t *pamh = arena_start(arena, login);
	int r;

	r = pam_authenticate(pamh, PAM_SILENT);
	if (r ==
	    PAM_SUCCESS) /* as every program does, and ours waits for: all of it has succeeded */
		r = pam_setcred(pamh, PAM_ESTABLISH_CRED | PAM_SILENT);
	(void)pam_end(pamh, r);
	return r;
}

static inline void arena_name(unsigned number, char name[static 16])
{
	(void)snprintf(name, 16, "u%u", number);
}

/* Read what our module logs until we are gone, as a journal daemon does. */
static inline void arena_read_journal(const struct arena *arena)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int n = snprintf(address.sun_path, sizeof(address.sun_path),
			       "%s/run/systemd/journal/socket", arena->root);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char line[8192];
	pid_t pid;

	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		errx(1, "%s: too long a name", arena->root);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "%s", address.sun_path);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid > 0) {
		(void)close(fd);
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recv(fd, line, sizeof(line), 0) >= 0)
		;
	_exit(0);
}

static inline void arena_stack(const struct arena *arena, enum contestant who, const char *line)
{
	char name[64];
	FILE *file;

	(void)snprintf(name, sizeof(name), "pam.d/%s", contestants[who]);
	file = arena_create(arena, name);
	fprintf(file, "auth required %s\n", line);
	arena_close(file);
}

static inline void arena_stacks(const struct arena *arena)
{
	const char *build = getenv("O");
	char line[ARENA_PATH * 3];

	if (!build || build[0] != '/')
		errx(2, "O is not an absolute path: use make bench");
	arena_stack(arena, PERMIT, "pam_permit.so");
	(void)snprintf(line, sizeof(line), "pam_oath.so usersfile=%s/oath/users window=1 digits=6",
		       arena->root);
	arena_stack(arena, OATH, line);
	(void)snprintf(line, sizeof(line),
		       "pam_google_authenticator.so secret=%s/google/${USER} user=root",
		       arena->root);
	arena_stack(arena, GOOGLE, line);
	(void)snprintf(line, sizeof(line), "%s/pam_sereno_otp.so root=%s", build, arena->root);
	arena_stack(arena, OURS, line);
}

static inline int arena_no_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	(void)group;
	(void)ret;
	return -ENOENT;
}

static inline int arena_uid(void *context, const char *user, uid_t *ret)
{
	(void)context;
	return pretence_number(user, ret) ? 0 : -ENOENT;
}

static inline void arena_compile(const struct arena *arena, const char *text)
{
	const struct compile_inputs inputs = { .text = text,
					       .text_length = strlen(text),
					       .host = "bench",
					       .now = time(NULL),
					       .generation = 1,
					       .group_id = arena_no_group,
					       .user_id = arena_uid };
	struct diag_list diags = { .item = NULL };
	struct generation generation;
	struct model *model = NULL;
	int r;

	r = model_read("", text, strlen(text), time(NULL), &model, &diags);
	if (r == 0)
		r = generation_begin(arena->root, &generation);
	if (r == 0)
		r = policy_compile(model, &inputs, generation.dir, &diags);
	if (r == 0)
		r = generation_commit(&generation);
	if (r < 0)
		errx(1, "policy: %s: %s", strerror(-r), diags.n ? diags.item[0].text : "");
	generation_end(&generation);
	diag_clear(&diags);
	model_free(model);
}

static inline void arena_policy(const struct arena *arena)
{
	scoped_free char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		err(1, "open_memstream");
	fputs("sereno: 1\ntimezone: UTC\nroot: {min-administrators: 0}\n", file);
	fprintf(file, "attempts: {%s}\nroles:\n  employee:\n    members: [u0", arena->attempts);
	for (unsigned i = 1; i < arena->users + BYSTANDERS; i++)
		fprintf(file, ", u%u", i);
	fputs("]\n    allow:\n"
	      "      - {services: [sshd], from: [anywhere], second-factor: required}\n",
	      file);
	arena_close(file);
	arena_compile(arena, text);
}

/* As an import does. */
static inline void arena_enrol(const struct arena *arena, unsigned number)
{
	char name[16];
	const struct codes_account account = { name, FIRST_UID + number };
	const struct codes_import import = { .token = &arena_phone, .label = "phone" };
	int r;

	arena_name(number, name);
	r = codes_import(arena->root, &account, &import, 1, 1, time(NULL) - 86400);
	if (r < 0)
		errx(1, "enrolling %s: %s", name, strerror(-r));
}

static inline void arena_enrol_google(const struct arena *arena, unsigned number)
{
	char secret[OTP_BASE32_SIZE], name[32];
	FILE *file;

	if (otp_base32_encode(arena_phone.secret, arena_phone.secret_length, secret,
			      sizeof(secret)) < 0)
		errx(1, "base32");
	(void)snprintf(name, sizeof(name), "google/u%u", number);
	file = arena_create(arena, name);
	fprintf(file,
		"%s\n\" RATE_LIMIT 3 30\n\" WINDOW_SIZE 3\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n"
		"31430480\n21463030\n51004547\n55680969\n85471013\n",
		secret);
	if (fchmod(fileno(file), 0400) < 0)
		err(1, "fchmod");
	arena_close(file);
}

static inline void arena_enrol_oath(const struct arena *arena)
{
	FILE *file = arena_create(arena, "oath/users");

	for (unsigned i = 0; i < arena->users; i++) {
		fprintf(file, "HOTP/T30/6 u%u - ", i);
		for (size_t k = 0; k < arena_phone.secret_length; k++)
			fprintf(file, "%02x", arena_phone.secret[k]);
		fputc('\n', file);
	}
	if (fchmod(fileno(file), 0600) < 0)
		err(1, "fchmod");
	arena_close(file);
}

/*
 * The record of a user who never logs in: nobody looks into it, what matters is the folder's size.
 * Names of a few empty files, since ext4 is slow to make many files where many were just removed.
 */
static inline void arena_stand_in(const struct arena *arena, int folder, unsigned number)
{
	static char source[16];
	char name[16];
	int fd;

	(void)snprintf(name, sizeof(name), "%u", FIRST_UID + number);
	if (source[0] && linkat(folder, source, folder, name, 0) == 0)
		return;
	if (source[0] && errno != EMLINK && errno != ENOENT)
		err(1, "%s/%s", arena->root, name);
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || close(fd) < 0)
		err(1, "%s/%s", arena->root, name);
	memcpy(source, name, sizeof(source));
}

/* Whether he is one of those who log in: MEASURED users far apart where there are many. */
static inline bool arena_is_measured(const struct arena *arena, unsigned number)
{
	return arena->users <= MEASURED || number % (arena->users / MEASURED) == 0;
}

static inline void arena_fill(const struct arena *arena)
{
	char path[ARENA_PATH];
	int folder;

	arena_enrol_oath(arena);
	for (unsigned i = 0; i < arena->users; i++)
		if (arena_is_measured(arena, i)) {
			arena_enrol(arena, i);
			arena_enrol_google(arena, i);
		}
	arena_join(path, arena, "var/lib/sereno/codes");
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned i = 0; i < arena->users; i++)
		if (!arena_is_measured(arena, i))
			arena_stand_in(arena, folder, i);
	(void)close(folder);
}

/* Make an arena in @folder with so many users, and the policy's @attempts. */
static inline void arena_make(struct arena *arena, const char *folder, unsigned users,
			      const char *attempts)
{
	static const char *const folders[] = {
		"pam.d", "etc", "run", "run/systemd", "run/systemd/journal", "oath", "google"
	};
	char path[ARENA_PATH];
	FILE *file;
	int n;

	*arena = (struct arena){ .users = users, .attempts = attempts };
	n = snprintf(arena->root, sizeof(arena->root), "%s/sereno-bench-XXXXXX", folder);
	if (n < 0 || (size_t)n >= sizeof(arena->root) || !mkdtemp(arena->root))
		err(1, "%s", folder);
	arena_join(arena->stacks, arena, "pam.d");
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		arena_join(path, arena, folders[i]);
		if (mkdir(path, 0755) < 0)
			err(1, "%s", path);
	}
	file = arena_create(arena, "etc/machine-id");
	fputs("0123456789abcdef0123456789abcdef\n", file);
	arena_close(file);
	arena_stacks(arena);
	arena_policy(arena);
	arena_fill(arena);
	arena_read_journal(arena);
}

static inline int arena_remove_one(const char *path, const struct stat *st, int type,
				   struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void arena_remove(const struct arena *arena)
{
	if (nftw(arena->root, arena_remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
		warn("%s stays behind", arena->root);
}

#endif
