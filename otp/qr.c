/* SPDX-License-Identifier: MIT */
/* qr.c - a QR code in characters. */
#include <sereno/otp.h>

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include <qrencode.h>

#include <sereno/scoped.h>

#include "scrub.h"

/* The standard asks for 4 modules of margin; phones do with one where the screen is small. */
#define MARGIN_MAX 4
#define MARGIN_MIN 1

#define COLOURS	     "\033[30;107m" /* black on bright white */
#define COLOURS_OVER "\033[0m"

struct picture {
	const QRcode *code;
	uint32_t side, margin; /* in modules; side without margins */
	const struct otp_qr_look *look;
};

struct writer {
	char *text;
	size_t size, length;
};

static void put_text(struct writer *writer, const char *text)
{
	const size_t length = strlen(text);

	memcpy(writer->text + writer->length, text, length + 1); /* text_size() made room */
	writer->length += length;
}

static uint32_t whole_side(const struct picture *picture)
{
	return picture->side + 2 * picture->margin;
}

static bool fits(const struct picture *picture)
{
	const uint32_t side = whole_side(picture);

	if (picture->look->form == OTP_QR_ASCII)
		return side * 2 <= picture->look->columns && side <= picture->look->rows;
	return side <= picture->look->columns && (side + 1) / 2 <= picture->look->rows;
}

/* Whether the module at this place, margins included, is a dark one. Outside all is light. */
static bool is_dark(const struct picture *picture, uint32_t row, uint32_t column)
{
	const uint32_t margin = picture->margin, side = picture->side;

	if (row < margin || column < margin || row - margin >= side || column - margin >= side)
		return false;
	return picture->code->data[(row - margin) * side + column - margin] & 1;
}

/* Whether ink stands for the light modules: the screen's own colour is dark. */
static bool ink_is_light(const struct otp_qr_look *look)
{
	return look->form != OTP_QR_COLOURED && look->ground == OTP_QR_ON_DARK;
}

static void draw_ascii(const struct picture *picture, struct writer *writer)
{
	const bool light = ink_is_light(picture->look);

	for (uint32_t row = 0; row < whole_side(picture); row++) {
		for (uint32_t column = 0; column < whole_side(picture); column++)
			put_text(writer, is_dark(picture, row, column) != light ? "##" : "  ");
		put_text(writer, "\n");
	}
}

/* An odd number of rows leaves half a line below the code: it is light, as the margin. */
static void draw_block_line(const struct picture *picture, uint32_t row, struct writer *writer)
{
	static const char *const halves[2][2] = { { " ", "\u2584" }, { "\u2580", "\u2588" } };
	const bool light = ink_is_light(picture->look);

	for (uint32_t column = 0; column < whole_side(picture); column++) {
		const bool upper = is_dark(picture, row, column) != light;
		const bool lower = is_dark(picture, row + 1, column) != light;

		put_text(writer, halves[upper][lower]);
	}
}

static void draw_blocks(const struct picture *picture, struct writer *writer)
{
	const bool coloured = picture->look->form == OTP_QR_COLOURED;

	for (uint32_t row = 0; row < whole_side(picture); row += 2) {
		put_text(writer, coloured ? COLOURS : "");
		draw_block_line(picture, row, writer);
		put_text(writer, coloured ? COLOURS_OVER "\n" : "\n");
	}
}

/* Enough for every form: two bytes a module, or three a column and half a row. */
static size_t text_size(const struct picture *picture)
{
	const size_t side = whole_side(picture);

	return side * (side * 3 + sizeof(COLOURS COLOURS_OVER) + 1) + 1;
}

static int draw(struct picture *picture, char **ret)
{
	struct writer writer = { 0 };

	for (picture->margin = MARGIN_MAX; !fits(picture); picture->margin--)
		if (picture->margin == MARGIN_MIN)
			return -EMSGSIZE;
	writer.size = text_size(picture);
	writer.text = calloc(1, writer.size);
	if (!writer.text)
		return -ENOMEM;
	if (picture->look->form == OTP_QR_ASCII)
		draw_ascii(picture, &writer);
	else
		draw_blocks(picture, &writer);
	*ret = writer.text;
	return 0;
}

/* Loaded for a picture only: every login with a code would pay for it, and hardly any draws. */
struct library {
	void *handle;
	__typeof__(QRcode_encodeString8bit) *encode;
	__typeof__(QRcode_free) *release;
};

static void library_close(struct library *library)
{
	if (library->handle)
		(void)dlclose(library->handle);
}

static int library_open(struct library *library)
{
	void *encode, *release;

	library->handle = dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!library->handle)
		return -ELIBACC;
	encode = dlsym(library->handle, "QRcode_encodeString8bit");
	release = dlsym(library->handle, "QRcode_free");
	if (!encode || !release)
		return -ELIBBAD;
	/* object pointers in the interface, functions in truth */
	memcpy(&library->encode, &encode, sizeof(encode));
	memcpy(&library->release, &release, sizeof(release));
	return 0;
}

static void code_free(const struct library *library, QRcode *code)
{
	explicit_bzero(code->data, (size_t)code->width * (size_t)code->width);
	library->release(code);
}

/* The library frees its copies as they are: the text, its bits (a byte each), the blocks they are
 * packed into. */
static void scrub_library(size_t length)
{
	for (size_t size = 24; size <= 1032; size += 16)
		otp_scrub_freed(size);
	for (size_t bytes = length; bytes <= length + 64; bytes += 16)
		otp_scrub_freed(bytes * 8);
	otp_scrub_stack();
}

int otp_qr_draw(const char *text, const struct otp_qr_look *look, char **ret)
{
	scoped(library_close) struct library library = { .handle = NULL };
	struct picture picture = { .look = look };
	QRcode *code;
	int failed, r;

	r = library_open(&library);
	if (r < 0)
		return r;
	code = library.encode(text, 0, QR_ECLEVEL_L);
	failed = code ? 0 : errno;
	scrub_library(strlen(text));
	if (!code)
		return failed == ENOMEM ? -ENOMEM : failed == ERANGE ? -EMSGSIZE : -EIO;
	picture.code = code;
	picture.side = (uint32_t)code->width;
	r = draw(&picture, ret);
	code_free(&library, code);
	return r;
}

void otp_text_free(char *text)
{
	if (!text)
		return;
	explicit_bzero(text, strlen(text));
	free(text);
}

void otp_text_free_p(char **text)
{
	otp_text_free(*text);
}
