/* SPDX-License-Identifier: MIT */
/* otp_standing.c - second factors as a table and as JSON: a line a token, and what is to be done.
 */
#include "otp_status.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <sereno/scoped.h>

#include "instant.h"

#define COLUMNS	  6
#define NOTES_MAX 512

static const char *const algorithms[] = { "sha1", "sha256", "sha512" };

bool otp_standing_bad(const struct otp_standing *standing)
{
	return standing->err < 0 || standing->status.fell_back || standing->status.recovery_void;
}

/* Strung together with "; ". */
struct notes {
	char text[NOTES_MAX];
	size_t length;
};

static void __attribute__((format(printf, 2, 3)))
add_note(struct notes *notes, const char *format, ...)
{
	const size_t room = sizeof(notes->text) - notes->length;
	va_list arguments;
	int n;

	if (notes->length > 0 && room > 3) {
		memcpy(notes->text + notes->length, "; ", 3);
		notes->length += 2;
	}
	va_start(arguments, format);
	n = vsnprintf(notes->text + notes->length, sizeof(notes->text) - notes->length, format,
		      arguments);
	va_end(arguments);
	if (n > 0 && (size_t)n < sizeof(notes->text) - notes->length)
		notes->length += (size_t)n;
	else
		notes->text[notes->length] = '\0'; /* a note that has no room is not begun */
}

static void note_error(const struct otp_standing *standing, struct notes *notes)
{
	char user[ESCAPE_MAX];

	if (standing->err == -ENOENT)
		add_note(notes, _("no account has this uid"));
	else if (standing->err == -EBADMSG || standing->err == -EKEYREJECTED ||
		 standing->err == -EPERM)
		add_note(notes, _("damaged, or not this host's: sereno otp reset %s"),
			 escape(user, standing->user));
	else
		add_note(notes, _("cannot be read: %s"), strerror(-standing->err));
}

static void note_ticket(const struct otp_task *task, const struct codes_status *status,
			struct notes *notes)
{
	char until[INSTANT_TEXT_MAX];
	const int64_t now = time(NULL);
	const int64_t closes = status->needed + task->rules.enrol_within_sec;

	if (status->ticket_expires > now)
		add_note(notes, _("ticket until %s"),
			 instant_local(status->ticket_expires, &task->zone, until));
	else if (status->ticket_expires != 0)
		add_note(notes, _("ticket expired"));
	if (status->n_tokens > 0)
		return;
	if (task->rules.enrol == ENROL_AT_LOGIN &&
	    codes_may_enrol(status, task->rules.enrol_within_sec, now))
		add_note(notes,
			 status->needed ? _("may enrol at login until %s")
					: _("may enrol at login"),
			 instant_local(closes, &task->zone, until));
	else
		add_note(notes, _("needs a ticket to enrol"));
}

/* What concerns the account; it stands with its first token. */
static void note_account(const struct otp_task *task, const struct otp_standing *standing,
			 struct notes *notes)
{
	char user[ESCAPE_MAX];

	if (standing->err < 0) {
		note_error(standing, notes);
		return;
	}
	if (standing->status.fell_back)
		add_note(notes, _("was damaged: codes up to now count as used"));
	if (standing->status.recovery_void)
		add_note(notes, _("recovery codes void: sereno otp recovery %s"),
			 escape(user, standing->user));
	note_ticket(task, &standing->status, notes);
}

struct cells {
	char user[ESCAPE_MAX], label[ESCAPE_MAX], recovery[16];
	char enrolled[INSTANT_TEXT_MAX], used[INSTANT_TEXT_MAX];
	struct notes notes;
	const char *cell[COLUMNS];
};

/* Row @index of an account: its token of that number, or the only row of who has none. */
static void fill_cells(const struct otp_task *task, const struct otp_standing *standing,
		       uint32_t index, struct cells *cells)
{
	const struct codes_status *status = &standing->status;
	const struct codes_token_status *token = &status->token[index];
	const bool has = standing->err == 0 && index < status->n_tokens;

	*cells = (struct cells){ 0 };
	(void)snprintf(cells->recovery, sizeof(cells->recovery), "%u", status->recovery_left);
	cells->cell[0] = escape(cells->user, standing->user);
	cells->cell[1] = has ? escape(cells->label, token->label) : "-";
	cells->cell[2] = has ? instant_local(token->enrolled, &task->zone, cells->enrolled) : "-";
	cells->cell[3] =
		has && token->used ? instant_local(token->used, &task->zone, cells->used) : "-";
	cells->cell[4] = has ? cells->recovery : "-";
	if (index == 0)
		note_account(task, standing, &cells->notes);
	if (has && token->drift != 0)
		add_note(&cells->notes, _("clock %+d steps off, taken into account"), token->drift);
	cells->cell[5] = cells->notes.length > 0 ? cells->notes.text : "-";
}

static uint32_t rows_of(const struct otp_standing *standing)
{
	return standing->err == 0 && standing->status.n_tokens > 1 ? standing->status.n_tokens : 1;
}

void otp_standings_print(const struct otp_task *task, const struct otp_standing *standings,
			 size_t n)
{
	const char *const head[COLUMNS] = { _("USER"),	    _("TOKEN"),	   _("ENROLLED"),
					    _("LAST USED"), _("RECOVERY"), _("NOTE") };
	struct table table = { .columns = COLUMNS };
	struct cells cells;

	if (n == 0)
		return;
	table_measure(&table, head);
	for (size_t i = 0; i < n; i++)
		for (uint32_t row = 0; row < rows_of(&standings[i]); row++) {
			fill_cells(task, &standings[i], row, &cells);
			table_measure(&table, cells.cell);
		}
	table_print(&table, task->output, STYLE_STRONG, head);
	for (size_t i = 0; i < n; i++)
		for (uint32_t row = 0; row < rows_of(&standings[i]); row++) {
			fill_cells(task, &standings[i], row, &cells);
			table_print(&table, task->output,
				    otp_standing_bad(&standings[i]) ? STYLE_BAD : STYLE_PLAIN,
				    cells.cell);
		}
}

/* 0 is never. */
static void write_time(struct json *json, const char *key, int64_t time)
{
	json_time(json, key, time ? time : TIME_NO_END);
}

static void write_token(struct json *json, const struct codes_token_status *token)
{
	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "label", token->label);
	json_string(json, "algorithm", algorithms[token->algorithm]);
	json_number(json, "digits", token->digits);
	json_number(json, "period", token->period_sec);
	write_time(json, "enrolled", token->enrolled);
	write_time(json, "used", token->used);
	json_signed(json, "drift", token->drift);
	json_end(json, JSON_OBJECT);
}

static void write_standing(struct json *json, const struct otp_standing *standing)
{
	const struct codes_status *status = &standing->status;

	json_begin(json, NULL, JSON_OBJECT);
	json_string(json, "user", standing->user);
	json_string(json, "error", standing->err < 0 ? strerror(-standing->err) : NULL);
	json_begin(json, "tokens", JSON_ARRAY);
	for (uint32_t i = 0; standing->err == 0 && i < status->n_tokens; i++)
		write_token(json, &status->token[i]);
	json_end(json, JSON_ARRAY);
	json_number(json, "recovery_left", status->recovery_left);
	json_bool(json, "recovery_void", status->recovery_void);
	json_bool(json, "damaged", status->fell_back);
	json_bool(json, "ticket_only", status->ticket_only);
	write_time(json, "recovery_issued", status->recovery_issued);
	write_time(json, "needed", status->needed);
	write_time(json, "ticket_issued", status->ticket_issued);
	write_time(json, "ticket_expires", status->ticket_expires);
	json_end(json, JSON_OBJECT);
}

void otp_standings_json(const struct otp_task *task, const struct otp_standing *standings, size_t n)
{
	struct json json = { .stream = task->output->stream };

	json_begin(&json, NULL, JSON_ARRAY);
	for (size_t i = 0; i < n; i++)
		write_standing(&json, &standings[i]);
	json_end(&json, JSON_ARRAY);
}
