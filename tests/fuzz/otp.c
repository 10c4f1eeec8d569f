/* SPDX-License-Identifier: MIT */
/*
 * otp.c - fuzzer: what somebody types, base32, the labels of URIs.
 *
 * What is accepted is what it says: digits only, the alphabet only, bytes that encode to the same
 * text, URIs of characters that need no more encoding.
 */
#include <string.h>

#include <sereno/otp.h>
#include <sereno/scoped.h>

#define REQUIRE(condition)        \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read again what was read, with other separators, it is the same. */
static void fuzz_answer(const char *typed)
{
	struct otp_answer answer, again;
	const char *allowed = "0123456789abcdefghjkmnpqrstvwxyz";

	otp_answer_read(typed, &answer);
	REQUIRE(answer.length == strlen(answer.text));
	switch (answer.kind) {
	case OTP_ANSWER_EMPTY:
		REQUIRE(typed[strspn(typed, " ")] == '\0');
		REQUIRE(answer.length == 0);
		return;
	case OTP_ANSWER_MALFORMED:
		REQUIRE(answer.length == 0);
		return;
	case OTP_ANSWER_CODE:
		REQUIRE(answer.length >= OTP_DIGITS_MIN && answer.length <= OTP_DIGITS_MAX);
		REQUIRE(strspn(answer.text, "0123456789") == answer.length);
		REQUIRE(typed[strspn(typed, "0123456789 ")] == '\0');
		break;
	case OTP_ANSWER_RECOVERY:
		REQUIRE(answer.length == OTP_RECOVERY_LENGTH);
		REQUIRE(strspn(answer.text, allowed) == answer.length);
		break;
	}
	otp_answer_read(answer.text, &again);
	REQUIRE(again.kind == answer.kind && strcmp(again.text, answer.text) == 0);
}

static void fuzz_base32(const char *text)
{
	uint8_t bytes[OTP_SECRET_MAX], again[OTP_SECRET_MAX];
	char encoded[OTP_BASE32_SIZE];
	size_t length, length_again;

	if (otp_base32_decode(text, bytes, sizeof(bytes), &length) < 0)
		return;
	REQUIRE(length >= 1 && length <= sizeof(bytes));
	REQUIRE(otp_base32_encode(bytes, length, encoded, sizeof(encoded)) == 0);
	REQUIRE(strlen(encoded) <= strlen(text));
	REQUIRE(otp_base32_decode(encoded, again, sizeof(again), &length_again) == 0);
	REQUIRE(length == length_again && memcmp(bytes, again, length) == 0);
}

static void fuzz_uri(const char *issuer, const char *person)
{
	static const struct otp_token token = { OTP_SHA1, 6, 30, 20, "12345678901234567890" };
	char uri[OTP_URI_SIZE], *query;
	size_t colons = 0;

	if (otp_uri(&token, issuer, person, uri, sizeof(uri)) < 0)
		return;
	REQUIRE(otp_label_sound(person, OTP_PERSON_SIZE));
	REQUIRE(strncmp(uri, "otpauth://totp/", 15) == 0);
	REQUIRE(uri[strspn(uri, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				"-._~%:/?&=")] == '\0');
	query = strchr(uri, '?');
	REQUIRE(query && query == strrchr(uri, '?'));
	REQUIRE(strncmp(query, "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 40) == 0);
	REQUIRE(query[40] == '\0' ||
		(strncmp(query + 40, "&issuer=", 8) == 0 && !strchr(query + 41, '&')));
	for (const char *at = uri + 15; at < query; at++) {
		colons += *at == ':';
		REQUIRE(*at != '/' && *at != '&' && *at != '=');
	}
	REQUIRE(colons == (issuer[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free char *text = malloc(size + 1);

	REQUIRE(text);
	memcpy(text, data, size);
	text[size] = '\0';
	fuzz_answer(text);
	fuzz_base32(text);
	fuzz_uri("DACARTEC", text);
	fuzz_uri(text, "ana");
	/* Two texts with a NUL between them. */
	if (strlen(text) < size)
		fuzz_uri(text, text + strlen(text) + 1);
	return 0;
}
