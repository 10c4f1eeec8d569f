/* SPDX-License-Identifier: MIT */
/* base32.c - secrets as people and phones write them (RFC 4648, section 6). */
#include <sereno/otp.h>

#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>

#define GROUP 4

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int otp_base32_encode(const uint8_t *bytes, size_t length, char *text, size_t size)
{
	uint32_t pending = 0, n_pending = 0;
	size_t at = 0;

	if (length > OTP_SECRET_MAX || size < (length * 8 + 4) / 5 + 1)
		return -ENOBUFS;
	for (size_t i = 0; i < length; i++) {
		pending = (pending << 8 | bytes[i]) & 0xfff; /* 4 left from before, 8 new */
		for (n_pending += 8; n_pending >= 5; n_pending -= 5)
			text[at++] = digits[pending >> (n_pending - 5) & 31];
	}
	if (n_pending > 0)
		text[at++] = digits[pending << (5 - n_pending) & 31];
	text[at] = '\0';
	return 0;
}

/* -1: none of the 32. */
static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

struct decoder {
	uint8_t *bytes;
	size_t size, length;
	size_t n_digits, n_padding;
	uint32_t pending, n_pending;
};

static int decode_digit(struct decoder *decoder, char c)
{
	const int value = value_of(c);

	if (value < 0 || decoder->n_padding > 0)
		return -EINVAL;
	decoder->n_digits++;
	decoder->pending = (decoder->pending << 5 | (uint32_t)value) & 0xfff;
	decoder->n_pending += 5;
	if (decoder->n_pending < 8)
		return 0;
	if (decoder->length == decoder->size)
		return -ENOBUFS;
	decoder->n_pending -= 8;
	decoder->bytes[decoder->length++] = (uint8_t)(decoder->pending >> decoder->n_pending);
	return 0;
}

static int decode(struct decoder *decoder, const char *text)
{
	int r = 0;

	for (; r == 0 && *text; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		if (*text == '=')
			r = ++decoder->n_padding > 6 ? -EINVAL : 0;
		else
			r = decode_digit(decoder, *text);
	}
	if (r < 0)
		return r;
	/* Five bits or more left over: a digit is missing, or one is too many. */
	if (decoder->n_digits == 0 || decoder->n_pending >= 5)
		return -EINVAL;
	if (decoder->n_padding > 0 && (decoder->n_digits + decoder->n_padding) % 8 != 0)
		return -EINVAL;
	return 0;
}

int otp_base32_decode(const char *text, uint8_t *bytes, size_t size, size_t *ret_length)
{
	struct decoder decoder = { .bytes = bytes, .size = size };
	const int r = decode(&decoder, text);

	decoder.pending = 0;
	if (r < 0)
		explicit_bzero(bytes, decoder.length);
	else
		*ret_length = decoder.length;
	return r;
}

int otp_secret_text(const struct otp_token *token, char *text, size_t size)
{
	char plain[OTP_BASE32_SIZE];
	size_t length, at = 0;
	int r;

	r = otp_base32_encode(token->secret, token->secret_length, plain, sizeof(plain));
	if (r < 0)
		return r;
	length = strlen(plain);
	if (size < length + (length - 1) / GROUP + 1) {
		explicit_bzero(plain, sizeof(plain));
		return -ENOBUFS;
	}
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && i % GROUP == 0)
			text[at++] = ' ';
		text[at++] = plain[i];
	}
	text[at] = '\0';
	explicit_bzero(plain, sizeof(plain));
	return 0;
}
