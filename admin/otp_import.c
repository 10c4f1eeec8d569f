/* SPDX-License-Identifier: MIT */
/* otp_import.c - sereno otp import: tokens that people have already, from another program. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sereno/scoped.h>

#include "attempts.h"
#include "dialogue.h"
#include "otp.h"
#include "otp_source.h"

#define TEXT_MAX   (1024 * 1024)
#define LABELS_MAX (CODES_TOKENS_MAX + 1)

static const struct kind {
	const char *name;
	otp_source_read *read;
	bool of_one; /* whose it is does not stand in it */
} kinds[] = {
	{ "google-authenticator", otp_source_google, true },
	{ "oath", otp_source_oath, false },
	{ "uri", otp_source_uri, true },
};

struct import {
	struct otp_task *task;
	const struct kind *kind;
	const char *file; /* as it is called in messages */
	struct otp_source source;
	int64_t now;
	char *text; /* TEXT_MAX + 2 bytes */
	size_t length;
	bool refused; /* anything */
};

static void import_clear(struct import *import)
{
	otp_source_clear(&import->source);
	if (import->text)
		explicit_bzero(import->text, TEXT_MAX + 2);
	free(import->text);
}

/* NULL: there is none of that name. */
static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return NULL;
}

/* A secret that others could read is theirs, too; one that others could write may be theirs. */
static void look_at_owner(const struct import *import, const struct stat *st)
{
	const uid_t owner = import->kind->of_one ? import->task->account.uid : 0;

	if (st->st_uid != 0 && st->st_uid != owner && st->st_uid != geteuid())
		(void)complain(EXIT_NO, _("warning: %s belongs to uid %u, who may have written it"),
			       import->file, st->st_uid);
	if (st->st_mode & (S_IRWXG | S_IRWXO))
		(void)complain(
			EXIT_NO,
			_("warning: others could read or write %s: who did has these secrets, "
			  "too. Better new ones: sereno otp enrol"),
			import->file);
}

/* Returns 0 or a negative errno: -EFBIG, -EINVAL (not a text). */
static int read_text(struct import *import, int fd)
{
	ssize_t n;

	while (import->length <= TEXT_MAX) {
		n = read(fd, import->text + import->length, TEXT_MAX + 1 - import->length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return neg_errno();
		if (n == 0)
			break;
		import->length += (size_t)n;
	}
	if (import->length > TEXT_MAX)
		return -EFBIG;
	import->text[import->length] = '\0';
	return strlen(import->text) == import->length ? 0 : -EINVAL;
}

/* Not through a link: in a home its owner chose where it leads. */
static int read_file(struct import *import, const char *path)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return neg_errno();
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	look_at_owner(import, &st);
	return read_text(import, fd);
}

/* Typed or pasted, it is not shown. */
static int read_typed(struct import *import)
{
	char answer[DIALOGUE_ANSWER_SIZE] = "";
	struct dialogue dialogue;
	int r;

	dialogue_open(&dialogue);
	r = dialogue_ask(&dialogue, _("otpauth:// URI: "), answer);
	if (r >= 0)
		memcpy(import->text, answer, sizeof(answer)); /* TEXT_MAX is more */
	explicit_bzero(answer, sizeof(answer));
	dialogue_close(&dialogue);
	return r < 0 ? r : 0;
}

static enum exit_status read_source(struct import *import)
{
	const char *path = import->task->options->second;
	int r;

	import->text = calloc(1, TEXT_MAX + 2);
	if (!import->text)
		return complain_error(-ENOMEM, _("cannot read %s"), import->file);
	if (path && strcmp(path, "-") != 0)
		r = read_file(import, path);
	else if (isatty(STDIN_FILENO) && import->kind->read == otp_source_uri)
		r = read_typed(import);
	else if (isatty(STDIN_FILENO))
		return complain(EXIT_USAGE, _("FILE is wanted, or the text on standard input"));
	else
		r = read_text(import, STDIN_FILENO);
	if (r == -EINVAL || r == -ELOOP)
		return complain(EXIT_SYSTEM, _("%s is not a plain file, or no text"), import->file);
	if (r == 0)
		r = import->kind->read(import->text, import->now, &import->source);
	if (r < 0)
		return complain_error(r, _("cannot read %s"), import->file);
	return EXIT_YES;
}

static void refuse_line(struct import *import, const struct otp_found *found)
{
	char buffer[ESCAPE_MAX];

	import->refused = true;
	if (found->refused)
		(void)complain(EXIT_NO, "%s:%lu: %s", import->file, found->line, _(found->refused));
	else
		(void)complain(EXIT_NO, _("%s:%lu: no such account: %s"), import->file, found->line,
			       escape(buffer, found->user));
}

static int by_user(const void *a, const void *b)
{
	const struct otp_found *left = a, *right = b;
	const int order = strcmp(left->user, right->user);

	return order ? order : (left->line > right->line) - (left->line < right->line);
}

/* "phone", "phone-2" ... Returns 0 or -EINVAL: no label. */
static int make_label(const char *label, size_t index, char ret[static OTP_LABEL_SIZE])
{
	int n;

	if (index == 0)
		n = snprintf(ret, OTP_LABEL_SIZE, "%s", label);
	else
		n = snprintf(ret, OTP_LABEL_SIZE, "%s-%zu", label, index + 1);
	return n < 0 || n >= OTP_LABEL_SIZE ? -EINVAL : 0;
}

/* Why nothing of the lines from @found on is taken. */
static enum exit_status complain_of_import(const struct import *import,
					   const struct otp_found *found, int err)
{
	const char *user = import->task->user;

	switch (err) {
	case -EEXIST:
		return complain(EXIT_NO,
				_("%s:%lu: %s has a token of that name already: nothing imported; "
				  "choose another --label"),
				import->file, found->line, user);
	case -EALREADY:
		return complain(EXIT_NO, _("%s:%lu: %s has this secret already: nothing imported"),
				import->file, found->line, user);
	case -E2BIG:
		return complain(EXIT_NO,
				_("%s:%lu: %s would have more than %d tokens: nothing imported"),
				import->file, found->line, user, CODES_TOKENS_MAX);
	case -EINVAL:
		return complain(EXIT_NO,
				_("%s:%lu: what stands there of %s is out of bounds: nothing "
				  "imported"),
				import->file, found->line, user);
	default:
		return otp_complain(import->task, err);
	}
}

/* What a trial run can tell without a change; the rest is told by codes_import(). */
static int try_labels(const struct otp_task *task, const struct codes_import *imports, size_t n)
{
	struct codes_status status;
	const int r = codes_status(task->root, &task->account, &status);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (status.n_tokens + n > CODES_TOKENS_MAX)
		return -E2BIG;
	for (uint32_t i = 0; i < status.n_tokens; i++)
		for (size_t j = 0; j < n; j++)
			if (strcmp(status.token[i].label, imports[j].label) == 0)
				return -EEXIST;
	return 0;
}

static void tell_notes(const struct otp_task *task, const struct otp_found *found)
{
	const struct output *output = task->output;

	if (found->n_spare > 0)
		output_wrap(output, STYLE_PLAIN, 2,
			    P_("  The %u emergency code is of another kind and does not count "
			       "here; new ones: sereno otp recovery %s",
			       "  The %u emergency codes are of another kind and do not count "
			       "here; new ones: sereno otp recovery %s",
			       found->n_spare),
			    found->n_spare, task->user);
	if (found->clock_is_off)
		output_wrap(output, STYLE_PLAIN, 2,
			    _("  The phone's clock was found to be off: sereno otp resync %s"),
			    task->user);
	if (found->has_password)
		output_wrap(output, STYLE_PLAIN, 2,
			    _("  The password in line %lu is not taken: passwords are the host's"),
			    found->line);
}

static void tell_imported(const struct import *import, const struct otp_found *found, size_t n)
{
	const struct otp_task *task = import->task;

	if (task->options->given & OPTION_DRY_RUN)
		output_print(task->output, STYLE_PLAIN,
			     P_("%s would get %zu token\n", "%s would get %zu tokens\n", n),
			     task->user, n);
	else
		output_wrap(task->output, STYLE_PLAIN, 2,
			    P_("%s has %zu token more; codes of up to now count as used, the next "
			       "but one is good",
			       "%s has %zu tokens more; codes of up to now count as used, the next "
			       "but one is good",
			       n),
			    task->user, n);
	for (size_t i = 0; i < n; i++)
		tell_notes(task, &found[i]);
}

/* The @n tokens of one user, by line: all or none. */
static enum exit_status take_tokens(struct import *import, const struct otp_found *found, size_t n)
{
	struct otp_task *task = import->task;
	const char *label = otp_label(task, OTP_LABEL_STANDARD);
	struct codes_import imports[CODES_TOKENS_MAX] = { { .token = NULL } };
	char labels[CODES_TOKENS_MAX][OTP_LABEL_SIZE];
	int r = n > CODES_TOKENS_MAX ? -E2BIG : 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = make_label(label, i, labels[i]);
		imports[i] = (struct codes_import){ &found[i].token, labels[i], found[i].used };
	}
	if (r == 0 && (task->options->given & OPTION_DRY_RUN))
		r = try_labels(task, imports, n);
	else if (r == 0)
		r = codes_import(task->root, &task->account, imports, n, task->rules.window,
				 import->now);
	if (r < 0)
		return complain_of_import(import, found, r);
	if (!(task->options->given & OPTION_DRY_RUN))
		otp_report(task, EVENT_OTP_IMPORTED, import->kind->name, EVENT_NO_TIME);
	tell_imported(import, found, n);
	return EXIT_YES;
}

/* Of who has one line that is refused, no line is taken: half a set of tokens would look like all
 * of them. */
static enum exit_status take_user(struct import *import, const struct otp_found *found, size_t n)
{
	struct otp_task *task = import->task;
	const char *user = import->kind->of_one ? task->options->user : found->user;
	size_t n_refused = 0;
	char buffer[ESCAPE_MAX];
	enum exit_status status;
	uid_t uid;

	if (task->options->user && strcmp(user, task->options->user) != 0)
		return EXIT_YES;
	for (size_t i = 0; i < n; i++)
		n_refused += found[i].refused != NULL;
	if (n_refused == 0 && attempts_find_uid(task->root, task->people, user, &uid) < 0)
		n_refused = n;
	for (size_t i = 0; i < n && n_refused > 0; i++)
		if (found[i].refused || n_refused == n)
			refuse_line(import, &found[i]);
	if (n_refused > 0 && n_refused < n)
		(void)complain(EXIT_NO, _("nothing of %s is imported"), escape(buffer, user));
	if (n_refused > 0)
		return EXIT_YES; /* the others' turn */
	status = otp_account_of(task, user);
	if (status == EXIT_YES)
		status = take_tokens(import, found, n);
	import->refused |= status != EXIT_YES;
	return status;
}

static enum exit_status take_all(struct import *import)
{
	const struct otp_found *found = import->source.found;
	const size_t n = import->source.n;
	enum exit_status status = EXIT_YES, one;
	size_t of_user;

	if (n > 0)
		qsort(import->source.found, n, sizeof(*found), by_user);
	for (size_t i = 0; i < n; i += of_user) {
		for (of_user = 1; i + of_user < n; of_user++)
			if (strcmp(found[i].user, found[i + of_user].user) != 0)
				break;
		one = take_user(import, &found[i], of_user);
		if (one == EXIT_SYSTEM)
			status = EXIT_SYSTEM;
	}
	if (n == 0)
		return complain(EXIT_NO, _("%s: there is no token in it"), import->file);
	return status == EXIT_YES && import->refused ? EXIT_NO : status;
}

enum exit_status otp_import_run(struct otp_task *task)
{
	scoped(import_clear) struct import import = {
		.task = task,
		.kind = find_kind(task->options->from),
		.file = task->options->second ? task->options->second : "-",
		.now = time(NULL),
	};
	enum exit_status status = EXIT_YES;

	if (!import.kind)
		return complain(EXIT_USAGE,
				_("--from google-authenticator, oath or uri is wanted"));
	if (import.kind->of_one && !task->options->user)
		return complain(EXIT_USAGE,
				_("whose? --user USER is wanted, the file does not tell"));
	if (!otp_label(task, OTP_LABEL_STANDARD))
		return EXIT_USAGE;
	if (task->options->user)
		status = otp_account_of(task, task->options->user);
	if (status == EXIT_YES)
		status = read_source(&import);
	return status == EXIT_YES ? take_all(&import) : status;
}
