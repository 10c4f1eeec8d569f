/* SPDX-License-Identifier: MIT */
/* uri.c - the otpauth:// URI that phones read (Key URI Format). */
#include <sereno/otp.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sereno/scoped.h>

/* How many bytes the UTF-8 character at @text has, or 0: it is none, or one that is not printed. */
static size_t character_length(const unsigned char *text)
{
	static const uint32_t least[] = { 0, 0x20, 0xa0, 0x800, 0x10000 };
	size_t length;
	uint32_t point;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	point = text[0] & (0x7fU >> length);
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (text[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	/* Marks that turn the direction, and line ends of another kind: text that shows as other
	 * than it is. */
	if ((point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2060 && point <= 0x206f) || point == 0xfeff)
		return 0;
	return length;
}

bool otp_label_sound(const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t length = strnlen(text, size);

	if (length == 0 || length == size)
		return false;
	while (*at) {
		length = character_length(at);
		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

struct writer {
	char *text;
	size_t size, length;
	bool full;
};

static void put(struct writer *writer, char c)
{
	if (writer->length + 1 < writer->size)
		writer->text[writer->length++] = c;
	else
		writer->full = true;
}

static void put_text(struct writer *writer, const char *text)
{
	for (; *text; text++)
		put(writer, *text);
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/* A space is %20: + would stay one in the path. */
static void put_encoded(struct writer *writer, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *text; text++) {
		if (is_unreserved(*text)) {
			put(writer, *text);
			continue;
		}
		put(writer, '%');
		put(writer, digits[(unsigned char)*text >> 4]);
		put(writer, digits[(unsigned char)*text & 15]);
	}
}

static void put_number(struct writer *writer, const char *name, uint32_t number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "&%s=%u", name, number); /* names are short */
	put_text(writer, text);
}

static int put_secret(struct writer *writer, const struct otp_token *token)
{
	char secret[OTP_BASE32_SIZE];
	const int r =
		otp_base32_encode(token->secret, token->secret_length, secret, sizeof(secret));

	if (r == 0)
		put_text(writer, secret);
	explicit_bzero(secret, sizeof(secret));
	return r;
}

static void put_parameters(struct writer *writer, const struct otp_token *token, const char *issuer)
{
	static const char *const names[] = {
		[OTP_SHA1] = "SHA1", [OTP_SHA256] = "SHA256", [OTP_SHA512] = "SHA512"
	};

	if (issuer[0] != '\0') {
		put_text(writer, "&issuer=");
		put_encoded(writer, issuer);
	}
	if (token->algorithm != OTP_SHA1) {
		put_text(writer, "&algorithm=");
		put_text(writer, names[token->algorithm]);
	}
	if (token->digits != 6)
		put_number(writer, "digits", token->digits);
	if (token->period_sec != 30)
		put_number(writer, "period", token->period_sec);
}

static bool is_part(const char *text, size_t size)
{
	return otp_label_sound(text, size) && !strchr(text, ':');
}

const char *otp_issuer(const char *issuer, const char *host)
{
	if (issuer[0] != '\0')
		return issuer;
	return is_part(host, OTP_ISSUER_SIZE) ? host : "";
}

int otp_uri(const struct otp_token *token, const char *issuer, const char *person, char *uri,
	    size_t size)
{
	struct writer writer = { .text = uri, .size = size };
	int r;

	if (!otp_token_sound(token) || !is_part(person, OTP_PERSON_SIZE) ||
	    (issuer[0] != '\0' && !is_part(issuer, OTP_ISSUER_SIZE)))
		return -EINVAL;
	if (size == 0)
		return -ENOBUFS;
	put_text(&writer, "otpauth://totp/");
	if (issuer[0] != '\0') {
		put_encoded(&writer, issuer);
		put(&writer, ':');
	}
	put_encoded(&writer, person);
	put_text(&writer, "?secret=");
	r = put_secret(&writer, token);
	put_parameters(&writer, token, issuer);
	writer.text[writer.length] = '\0';
	if (r == 0 && writer.full)
		r = -ENOBUFS;
	if (r < 0)
		explicit_bzero(uri, size);
	return r;
}
