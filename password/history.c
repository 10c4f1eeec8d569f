/* SPDX-License-Identifier: MIT */
/* history.c - has this user had this password, or one like it, before? */
#include <sereno/history.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/seal.h>

#include "history_hash.h"
#include "history_record.h"
#include "scrub.h"

#define DAY_SECONDS 86400

const struct slot_kind history_kind = {
	.directory = "history",
	.format = 1,
	.payload_size = sizeof(struct history_record),
	.seal = &host_seal,
};

struct history_token {
	uid_t uid;
	struct history_keep keep;
	uint64_t tag;
	char setting[HISTORY_SETTING_SIZE];
	struct history_entry entry;
	struct history_entry old; /* "" but for the first change */
	bool fell_back;
};

/* A user's slot file, open and locked, and what is in it. */
struct history {
	struct slot_file *file;
	struct history_record record;
	enum slot_state state;
};

static void history_close(struct history *history)
{
	slot_close(take(history->file, NULL));
	explicit_bzero(history, sizeof(*history));
}

static bool is_sound(const struct history_record *record)
{
	return record->n <= HISTORY_ENTRIES_MAX && record->n_awaited <= HISTORY_AWAITED_MAX &&
	       memchr(record->setting, '\0', sizeof(record->setting)) != NULL &&
	       (record->setting[0] != '\0' || record->n + record->n_awaited == 0);
}

/* By uid alone: an account that is renamed keeps its history, and is not shut out by it. */
static int history_open(const char *root, uid_t uid, struct history *ret)
{
	char name[16];
	const struct slot_owner owner = { name, "", uid };
	int r;

	(void)snprintf(name, sizeof(name), "%u", uid); /* ten digits at most */
	r = slot_open(root, &history_kind, &owner, SLOT_CREATE, &ret->file);
	if (r == 0)
		r = slot_read(ret->file, &ret->record, &ret->state);
	if (r == 0 && !is_sound(&ret->record))
		r = -EBADMSG;
	return r;
}

/* Settle on a salt before the first password is hashed: whoever changes it at the same time must
 * take the same one. */
static int settle_setting(struct history *history)
{
	int r;

	if (history->record.setting[0] != '\0')
		return 0;
	r = hash_make_setting(history->record.setting);
	return r < 0 ? r : slot_write(history->file, &history->record, SLOT_DURABLE);
}

/* Read the record, and let go of the file: hashing takes a while. */
static int read_record(const char *root, const struct history_change *change,
		       struct history_record *ret, bool *ret_fell_back)
{
	scoped(history_close) struct history history = { 0 };
	int r;

	r = history_open(root, change->uid, &history);
	if (r == 0)
		r = settle_setting(&history);
	if (r < 0)
		return r;
	*ret = history.record;
	*ret_fell_back = history.state == SLOT_FELL_BACK;
	return 0;
}

/* A clock that was set back makes entries younger, never older. */
static bool is_kept(const struct history_entry *entry, const struct history_keep *keep, int64_t now)
{
	return keep->days == 0 || now - entry->when <= (int64_t)keep->days * DAY_SECONDS;
}

/* Let go of what @keep does not keep. */
static void prune(struct history_record *record, const struct history_keep *keep, int64_t now)
{
	const uint32_t surplus = record->n > keep->entries ? record->n - keep->entries : 0;
	uint32_t n = 0;

	for (uint32_t i = surplus; i < record->n; i++)
		if (is_kept(&record->entry[i], keep, now))
			record->entry[n++] = record->entry[i];
	explicit_bzero(&record->entry[n], (record->n - n) * sizeof(record->entry[0]));
	record->n = n;
}

static enum history_answer compare(const struct history_record *record,
				   const struct history_entry *entry)
{
	bool reused = false, base_reused = false;

	for (uint32_t i = 0; i < record->n; i++) { /* all of them: time tells nothing */
		reused |= hash_equal(&record->entry[i].password, &entry->password);
		base_reused |= hash_equal(&record->entry[i].base, &entry->base);
	}
	if (reused)
		return HISTORY_REUSED;
	return base_reused ? HISTORY_BASE_REUSED : HISTORY_FRESH;
}

static int make_token(const struct history_change *change, struct history_token **ret)
{
	struct history_token *token = calloc(1, sizeof(*token));

	if (!token)
		return -ENOMEM;
	token->uid = change->uid;
	token->keep = change->keep;
	token->tag = change->tag;
	*ret = token;
	return 0;
}

static void token_free_p(struct history_token **token)
{
	history_token_free(*token);
}

/* Hash the new password and, where nothing is known yet, the one until now. */
static int hash_change(const struct history_change *change, const struct history_record *record,
		       struct history_token *token)
{
	int r;

	memcpy(token->setting, record->setting, sizeof(token->setting));
	r = hash_password(record->setting, change->candidate, &token->entry);
	token->entry.when = change->now;
	if (r == 0 && change->old && record->n == 0) {
		r = hash_password(record->setting, change->old, &token->old);
		token->old.when = change->now;
	}
	scrub_stack();
	return r;
}

static void append(struct history_record *record, const struct history_entry *entry)
{
	if (record->n == HISTORY_ENTRIES_MAX) {
		memmove(&record->entry[0], &record->entry[1],
			(HISTORY_ENTRIES_MAX - 1) * sizeof(record->entry[0]));
		record->n--;
	}
	record->entry[record->n++] = *entry;
}

/* What was awaited under another tag has come; under this one it has not, or not yet. */
static void settle_awaited(struct history_record *record, uint64_t tag)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < record->n_awaited; i++) {
		if (record->awaited[i].tag == tag)
			record->awaited[n++] = record->awaited[i];
		else
			append(record, &record->awaited[i].entry);
	}
	explicit_bzero(&record->awaited[n], (record->n_awaited - n) * sizeof(record->awaited[0]));
	record->n_awaited = n;
}

/* The newest wins: the same change may have been tried before. */
static void await(struct history_record *record, const struct history_token *token)
{
	if (record->n_awaited == HISTORY_AWAITED_MAX) {
		memmove(&record->awaited[0], &record->awaited[1],
			(HISTORY_AWAITED_MAX - 1) * sizeof(record->awaited[0]));
		record->n_awaited--;
	}
	record->awaited[record->n_awaited++] = (struct history_awaited){ token->tag, token->entry };
}

/* The password until now is the first entry of a history that has none. */
static void take_old(struct history_record *record, const struct history_token *token)
{
	if (record->n == 0 && token->old.password.text[0] != '\0')
		append(record, &token->old);
}

static void record_erase(struct history_record *record)
{
	explicit_bzero(record, sizeof(*record));
}

int history_judge(const char *root, const struct history_change *change,
		  struct history_token **ret_token, enum history_answer *ret)
{
	scoped(token_free_p) struct history_token *token = NULL;
	scoped(record_erase) struct history_record record = { 0 };
	int r;

	if (change->keep.entries < 1 || change->keep.entries > HISTORY_ENTRIES_MAX)
		return -EINVAL;
	r = make_token(change, &token);
	if (r == 0)
		r = read_record(root, change, &record, &token->fell_back);
	if (r < 0)
		return r;
	settle_awaited(&record, change->tag);
	prune(&record, &change->keep, change->now);
	r = hash_change(change, &record, token);
	if (r < 0)
		return r;
	take_old(&record, token);
	*ret = compare(&record, &token->entry);
	*ret_token = take(token, NULL);
	return 0;
}

bool history_token_fell_back(const struct history_token *token)
{
	return token->fell_back;
}

/* Take the salt the token was made with: the record may have been removed since. */
static int adopt_setting(struct history_record *record, const struct history_token *token)
{
	if (memcmp(record->setting, token->setting, sizeof(record->setting)) == 0)
		return 0;
	if (record->n + record->n_awaited > 0)
		return -ESTALE;
	memcpy(record->setting, token->setting, sizeof(record->setting));
	return 0;
}

/* Open the history the token belongs to, with what it awaited settled. */
static int open_for(const char *root, const struct history_token *token, struct history *history)
{
	int r;

	r = history_open(root, token->uid, history);
	if (r == 0)
		r = adopt_setting(&history->record, token);
	if (r < 0)
		return r;
	settle_awaited(&history->record, token->tag);
	prune(&history->record, &token->keep, token->entry.when);
	take_old(&history->record, token);
	return 0;
}

int history_commit(const char *root, const struct history_token *token)
{
	scoped(history_close) struct history history = { 0 };
	int r;

	r = open_for(root, token, &history);
	if (r < 0)
		return r;
	append(&history.record, &token->entry);
	prune(&history.record, &token->keep, token->entry.when);
	return slot_write(history.file, &history.record, SLOT_DURABLE);
}

int history_await(const char *root, const struct history_token *token)
{
	scoped(history_close) struct history history = { 0 };
	int r;

	r = open_for(root, token, &history);
	if (r < 0)
		return r;
	await(&history.record, token);
	return slot_write(history.file, &history.record, SLOT_DURABLE);
}

void history_token_free(struct history_token *token)
{
	if (!token)
		return;
	explicit_bzero(token, sizeof(*token));
	free(token);
}

int history_remove(const char *root, const char *user, uid_t uid)
{
	char name[16];
	const struct slot_owner owner = { name, "", uid };

	(void)user;				       /* as history_open() */
	(void)snprintf(name, sizeof(name), "%u", uid); /* ten digits at most */
	return slot_remove(root, &history_kind, &owner);
}
