/* SPDX-License-Identifier: MIT */
/* otp_page.c - a token as a picture and in letters, as much of it as the terminal has room for. */
#include "otp_page.h"

#include <langinfo.h>
#include <string.h>

#include <sereno/scoped.h>

#define PLAIN_COLUMNS 120 /* of a file or a pipe */
#define PLAIN_ROWS    120
#define ROWS_LEFT     2 /* below the picture: the prompt, and what is typed ends its line */

enum part { PART_WHOLE, PART_PICTURE, PART_LETTERS };

struct page {
	const struct otp_task *task;
	const struct otp_offer *offer;
	unsigned rows, columns;
	char *picture; /* NULL: there is no room for one */
	enum part part;
	bool turns; /* Enter shows the other half */
	char secret[OTP_SECRET_TEXT_SIZE];
	char uri[OTP_URI_SIZE];
};

static void page_erase(struct page *page)
{
	otp_text_free(page->picture);
	explicit_bzero(page, sizeof(*page));
}

static enum otp_qr_form form_of(const struct otp_task *task)
{
	if ((task->options->given & OPTION_ASCII) || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return OTP_QR_ASCII;
	return task->output->colour ? OTP_QR_COLOURED : OTP_QR_BLOCKS;
}

/* Draw it in so many rows. Returns whether it fits. */
static bool draw(struct page *page, unsigned rows)
{
	const struct otp_qr_look look = { form_of(page->task), OTP_QR_ON_DARK, page->columns,
					  rows };

	return otp_qr_draw(page->uri, &look, &page->picture) == 0;
}

static unsigned rows_of(const struct page *page, const char *text)
{
	return (unsigned)(strlen(text) / page->columns) + 1;
}

static const char *heading(const struct page *page)
{
	if (page->offer->notice)
		return page->offer->notice;
	return _("Scan this with an authenticator app, or type the secret in. It is shown once.");
}

/* All of it at once, if there is room; else the picture first, which most people want. */
static void lay_out(struct page *page)
{
	const unsigned letters = rows_of(page, heading(page)) + rows_of(page, page->secret) +
				 rows_of(page, page->uri) + ROWS_LEFT;

	if (page->rows > letters && draw(page, page->rows - letters))
		return;
	page->part = PART_LETTERS;
	if (page->rows > ROWS_LEFT && draw(page, page->rows - ROWS_LEFT)) {
		page->part = PART_PICTURE;
		page->turns = true;
	}
}

static int prepare(const struct otp_task *task, const struct dialogue *dialogue,
		   const struct otp_offer *offer, struct page *page)
{
	int r;

	page->task = task;
	page->offer = offer;
	page->rows = dialogue->screen ? dialogue->rows : PLAIN_ROWS;
	page->columns = dialogue->screen ? dialogue->columns : PLAIN_COLUMNS;
	r = otp_uri(offer->token, offer->issuer, offer->person, page->uri, sizeof(page->uri));
	if (r == 0)
		r = otp_secret_text(offer->token, page->secret, sizeof(page->secret));
	if (r == 0)
		lay_out(page);
	return r;
}

static void print(const struct page *page)
{
	const struct output *output = page->task->output;

	if (page->part != PART_PICTURE)
		output_wrap(output, STYLE_PLAIN, 0, "%s", heading(page));
	if (page->part == PART_LETTERS && !page->picture)
		output_wrap(output, STYLE_WARNING, 0, "%s",
			    _("This window has no room for the picture: enlarge it and begin "
			      "again, or type the secret in."));
	if (page->part != PART_LETTERS && page->picture)
		fputs(page->picture, output->stream);
	if (page->part == PART_PICTURE)
		return;
	fprintf(output->stream, "%s\n", page->secret);
	fprintf(output->stream, "%s\n", page->uri);
}

static const char *prompt(const struct page *page)
{
	if (!page->turns)
		return _("Code that the phone shows: ");
	return page->part == PART_PICTURE ? _("Code that the phone shows (Enter: in letters): ")
					  : _("Code that the phone shows (Enter: the picture): ");
}

int otp_page_token(const struct otp_task *task, struct dialogue *dialogue,
		   const struct otp_offer *offer, char answer[static DIALOGUE_ANSWER_SIZE])
{
	scoped(page_erase) struct page page = { .part = PART_WHOLE };
	int r;

	r = prepare(task, dialogue, offer, &page);
	if (r < 0)
		return r;
	for (;;) {
		dialogue_page(dialogue);
		if (dialogue->screen || !offer->notice)
			print(&page);
		else /* it stands above already */
			output_wrap(task->output, STYLE_PLAIN, 0, "%s", offer->notice);
		r = dialogue_ask(dialogue, prompt(&page), answer);
		if (r <= 0 || answer[0] || !page.turns)
			return r;
		page.part = page.part == PART_PICTURE ? PART_LETTERS : PART_PICTURE;
	}
}

void otp_page_recovery(const struct otp_task *task, struct dialogue *dialogue,
		       char (*code)[OTP_RECOVERY_SIZE], uint32_t n)
{
	char answer[DIALOGUE_ANSWER_SIZE] = "";

	dialogue_page(dialogue);
	output_wrap(task->output, STYLE_PLAIN, 0, "%s",
		    _("Recovery codes, for when the phone is lost; each is good once:"));
	for (uint32_t i = 0; i < n; i++)
		fprintf(task->output->stream, "  %s\n", code[i]);
	if (dialogue->screen) /* they are his whatever he answers */
		(void)dialogue_ask(dialogue,
				   _("They are not shown again. Keep them, then press Enter: "),
				   answer);
	explicit_bzero(answer, sizeof(answer));
}

void otp_page_end(const struct otp_task *task, struct dialogue *dialogue)
{
	const bool stays = task->output->terminal && !dialogue->screen;

	dialogue_close(dialogue);
	if (stays)
		output_wrap(task->output, STYLE_WARNING, 0, "%s",
			    _("This terminal still shows secrets: clear it, and what it remembers "
			      "of lines gone by."));
}
