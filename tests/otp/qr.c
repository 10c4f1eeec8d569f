/* SPDX-License-Identifier: MIT */
/* qr.c - tests: a QR code in characters is read back as what it was drawn from.
 *
 * The characters are painted as a screen would, dark text or light, and zbarimg looks at it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sereno/otp.h>
#include <sereno/scoped.h>

#define SHORT_URI \
	"otpauth://totp/DACARTEC:ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=DACARTEC"
#define LONG_URI                                                                                   \
	"otpauth://totp/DACARTEC%20Madrid:ana%40bastion.dacartec.example?secret="                  \
	"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA&issuer=DACARTEC%20Madrid&algorithm=" \
	"SHA256&digits=8"
#define MODULE 4  /* pixels */
#define SIDE   88 /* modules, of the whole screen */

struct drawing {
	const char *name, *uri;
	struct otp_qr_look look;
	int expected;
};

/* clang-format off */
static const struct drawing drawings[] = {
	{ "blocks on dark",        SHORT_URI, { OTP_QR_BLOCKS,   OTP_QR_ON_DARK,  80, 40 }, 0 },
	{ "blocks on light",       SHORT_URI, { OTP_QR_BLOCKS,   OTP_QR_ON_LIGHT, 80, 40 }, 0 },
	{ "ascii on dark",         SHORT_URI, { OTP_QR_ASCII,    OTP_QR_ON_DARK,  80, 40 }, 0 },
	{ "ascii on light",        SHORT_URI, { OTP_QR_ASCII,    OTP_QR_ON_LIGHT, 80, 40 }, 0 },
	{ "coloured",              SHORT_URI, { OTP_QR_COLOURED, OTP_QR_ON_DARK,  80, 40 }, 0 },
	{ "a long one in blocks",  LONG_URI,  { OTP_QR_BLOCKS,   OTP_QR_ON_DARK,  80, 40 }, 0 },
	{ "a long one in colours", LONG_URI,  { OTP_QR_COLOURED, OTP_QR_ON_LIGHT, 80, 40 }, 0 },
	{ "a screen of 24 lines",  SHORT_URI, { OTP_QR_BLOCKS,   OTP_QR_ON_DARK,  80, 24 }, 0 },
	{ "a long one in ascii",   LONG_URI,  { OTP_QR_ASCII,    OTP_QR_ON_DARK,  80, 40 }, -EMSGSIZE },
	{ "ascii in 24 lines",     SHORT_URI, { OTP_QR_ASCII,    OTP_QR_ON_DARK,  80, 24 }, -EMSGSIZE },
	{ "no screen",             SHORT_URI, { OTP_QR_BLOCKS,   OTP_QR_ON_DARK,  0,  0 },  -EMSGSIZE },
};
/* clang-format on */

/* What a screen shows: half a character cell each, true for light. */
struct screen {
	uint32_t columns, rows; /* the most of each that were used, in characters */
	uint8_t light[SIDE][SIDE * 2];
};

struct cell {
	const char *bytes;
	uint8_t upper, lower; /* ink */
};

static const struct cell cells[] = {
	{ " ", 0, 0 }, { "#", 1, 1 }, { "\u2580", 1, 0 }, { "\u2584", 0, 1 }, { "\u2588", 1, 1 },
};

static const struct cell *cell_at(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		if (strncmp(text, cells[i].bytes, strlen(cells[i].bytes)) == 0)
			return &cells[i];
	fail_msg("a character of another kind: %02x", (unsigned char)*text);
	return NULL;
}

/* Escape sequences set the colours or end them. */
static const char *skip_escapes(const char *text)
{
	static const char *const known[] = { "\033[30;107m", "\033[0m" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strncmp(text, known[i], strlen(known[i])) == 0)
			return text + strlen(known[i]);
	return text;
}

static void show(const char *text, const struct otp_qr_look *look, struct screen *screen)
{
	const bool dark = look->form != OTP_QR_COLOURED && look->ground == OTP_QR_ON_DARK;
	const uint8_t ink = dark ? 1 : 0;
	uint32_t row = 0, column = 0;

	memset(screen, 0, sizeof(*screen));
	memset(screen->light, !ink, sizeof(screen->light));
	while (*(text = skip_escapes(text))) {
		const struct cell *cell;

		if (*text == '\n') {
			row++;
			column = 0;
			text++;
			continue;
		}
		cell = cell_at(text);
		screen->light[row * 2][column] = cell->upper ? ink : !ink;
		screen->light[row * 2 + 1][column] = cell->lower ? ink : !ink;
		column++;
		text += strlen(cell->bytes);
		screen->columns = column > screen->columns ? column : screen->columns;
		screen->rows = row + 1;
		assert_true(screen->rows <= 40 && screen->columns <= 80);
	}
}

/* A character is twice as high as wide. */
static void write_picture(const struct screen *screen, const char *path)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fprintf(file, "P5 %d %d 255\n", SIDE * MODULE, SIDE * MODULE) > 0);
	for (uint32_t y = 0; y < SIDE * MODULE; y++)
		for (uint32_t x = 0; x < SIDE * MODULE; x++)
			assert_true(fputc(screen->light[y / MODULE][x / MODULE] ? 255 : 0, file) !=
				    EOF);
	assert_int_equal(fclose(file), 0);
}

static void read_picture(const char *path, char *ret, size_t size)
{
	char command[128];
	FILE *zbar;
	size_t n;

	(void)snprintf(command, sizeof(command),
		       "zbarimg --nodbus --raw -q -Sdisable -Sqrcode.enable %s", path);
	zbar = popen(command, "re");
	assert_non_null(zbar);
	n = fread(ret, 1, size - 1, zbar);
	ret[n] = '\0';
	assert_int_equal(pclose(zbar), 0);
}

static void drawn(void **state)
{
	const struct drawing *drawing = *state;
	char path[] = "/tmp/sereno-qr-XXXXXX", read[512], expected[512];
	scoped(otp_text_free_p) char *text = NULL;
	scoped_fd int fd = -1;
	static struct screen screen;

	assert_int_equal(otp_qr_draw(drawing->uri, &drawing->look, &text), drawing->expected);
	if (drawing->expected < 0) {
		assert_null(text);
		return;
	}
	show(text, &drawing->look, &screen);
	assert_true(screen.columns <= drawing->look.columns && screen.rows <= drawing->look.rows);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	write_picture(&screen, path);
	read_picture(path, read, sizeof(read));
	assert_int_equal(unlink(path), 0);
	(void)snprintf(expected, sizeof(expected), "%s\n", drawing->uri);
	assert_string_equal(read, expected);
}

static void too_long_for_any(void **state)
{
	static const struct otp_qr_look look = { OTP_QR_BLOCKS, OTP_QR_ON_DARK, 80, 40 };
	char text[4000];
	char *drawing = NULL;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(otp_qr_draw(text, &look, &drawing), -EMSGSIZE);
	text[1000] = '\0';
	assert_int_equal(otp_qr_draw(text, &look, &drawing), -EMSGSIZE);
	assert_null(drawing);
	otp_text_free(NULL);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(drawings) + 1] = { cmocka_unit_test(too_long_for_any) };

	for (size_t i = 0; i < ARRAY_SIZE(drawings); i++)
		tests[i + 1] = (struct CMUnitTest){ drawings[i].name, drawn, NULL, NULL,
						    (void *)(uintptr_t)&drawings[i] };
	return cmocka_run_group_tests_name("QR codes", tests, NULL, NULL);
}
