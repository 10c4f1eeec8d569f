/* SPDX-License-Identifier: MIT */
/*
 * origin.c - addresses, networks and lines: from text, to text, and compared.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <sereno/origin.h>
#include <sereno/scoped.h>

/* Whether @text is @n decimal digits that a person would write so: no sign, no leading zero. */
static bool is_number(const char *text, size_t n)
{
	return n > 0 && strspn(text, "0123456789") >= n && (n == 1 || text[0] != '0');
}

static bool is_mapped(const uint8_t byte[static 16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(byte, mapped, sizeof(mapped)) == 0;
}

/* The length of the address in @text without its IPv6 scope; 0 when there is a scope that no
 * interface can have, or one behind an IPv4 address. */
static size_t length_without_scope(const char *text)
{
	const size_t length = strcspn(text, "%");
	const char *scope = text + length;
	size_t n;

	if (*scope == '\0')
		return length;
	if (!memchr(text, ':', length))
		return 0;
	n = strlen(++scope);
	if (n == 0 || n >= IF_NAMESIZE)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (scope[i] <= ' ' || scope[i] > '~' || scope[i] == '/' || scope[i] == '%')
			return 0;
	return length;
}

/* Parse exactly the first @length bytes of @text. */
static int parse_bytes(const char *text, size_t length, struct address *ret)
{
	struct address address = { 0 };
	char copy[INET6_ADDRSTRLEN];

	if (length == 0 || length >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (inet_pton(AF_INET, copy, address.byte) == 1) {
		address.family = ADDRESS_IPV4;
	} else if (inet_pton(AF_INET6, copy, address.byte) == 1) {
		address.family = ADDRESS_IPV6;
	} else {
		return -EINVAL;
	}
	*ret = address;
	return 0;
}

/* An IPv4-mapped address is IPv4: a listener on [::] reports IPv4 clients that way, and a rule
 * for 10.0.0.0/8 has to fit them. */
static void unmap(struct address *address)
{
	struct address plain = { .family = ADDRESS_IPV4 };

	if (address->family != ADDRESS_IPV6 || !is_mapped(address->byte))
		return;
	memcpy(plain.byte, address->byte + 12, 4);
	*address = plain;
}

int address_parse(const char *text, struct address *ret)
{
	struct address address;
	int r;

	r = parse_bytes(text, length_without_scope(text), &address);
	if (r < 0)
		return r;
	unmap(&address);
	*ret = address;
	return 0;
}

static uint8_t address_bits(const struct address *address)
{
	return address->family == ADDRESS_IPV4 ? 32 : 128;
}

void address_mask(struct address *address, uint8_t length)
{
	const size_t whole = length / 8;

	if (length >= 8 * sizeof(address->byte))
		return;
	address->byte[whole] &= (uint8_t)(0xff00 >> (length % 8));
	memset(address->byte + whole + 1, 0, sizeof(address->byte) - whole - 1);
}

/* The length behind the slash in @text (or @full without one), or -EINVAL. */
static int parse_length(const char *slash, uint8_t full)
{
	const size_t n = strlen(slash);
	int length = 0;

	if (n == 0)
		return full;
	if (n > 4 || !is_number(slash + 1, n - 1))
		return -EINVAL;
	for (size_t i = 1; i < n; i++)
		length = 10 * length + (slash[i] - '0');
	return length > full ? -EINVAL : length;
}

int prefix_parse(const char *text, struct prefix *ret)
{
	const size_t end = strcspn(text, "/");
	struct prefix prefix;
	struct address masked;
	int length, r;

	r = parse_bytes(text, end, &prefix.base);
	if (r < 0)
		return r;
	length = parse_length(text + end, address_bits(&prefix.base));
	if (length < 0)
		return length;
	masked = prefix.base;
	address_mask(&masked, (uint8_t)length);
	if (memcmp(masked.byte, prefix.base.byte, sizeof(masked.byte)) != 0)
		return -ERANGE;
	/* Its 16 set bits lie before the length now, so that at least 96 are counted. */
	if (prefix.base.family == ADDRESS_IPV6 && is_mapped(prefix.base.byte))
		length -= 96;
	unmap(&prefix.base);
	prefix.length = (uint8_t)length;
	*ret = prefix;
	return 0;
}

bool prefix_contains(const struct prefix *prefix, const struct address *address)
{
	struct address masked = *address;

	if (address->family != prefix->base.family || prefix->length > address_bits(address))
		return false;
	address_mask(&masked, prefix->length);
	return memcmp(masked.byte, prefix->base.byte, sizeof(masked.byte)) == 0;
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return a->length <= b->length ? prefix_contains(a, &b->base) : prefix_contains(b, &a->base);
}

/* Whether @text is :DISPLAY or :DISPLAY.SCREEN. With a host before the colon it is somebody
 * else's screen, a forwarded one above all. */
static bool is_display(const char *text)
{
	size_t digits;

	if (*text++ != ':')
		return false;
	digits = strspn(text, "0123456789");
	if (digits > 5 || !is_number(text, digits))
		return false;
	text += digits;
	if (*text == '\0')
		return true;
	digits = strspn(++text, "0123456789");
	return digits <= 2 && is_number(text, digits) && text[digits] == '\0';
}

/* Whether @text is tty1 to tty63. tty0 and tty are whichever console is in front. */
static bool is_virtual_console(const char *text)
{
	size_t digits;

	if (strncmp(text, "tty", 3) != 0)
		return false;
	text += 3;
	digits = strlen(text);
	if (digits > 2 || !is_number(text, digits) || text[0] == '0')
		return false;
	return digits == 1 || (text[0] - '0') * 10 + (text[1] - '0') <= 63;
}

static bool is_serial(const char *text)
{
	/* The kernel's drivers of serial ports and of hypervisor consoles. */
	static const char *const drivers[] = {
		"ttyS",	 "ttyAMA", "ttyUSB", "ttyACM",	  "ttymxc",  "ttySAC",	 "ttyPS",
		"ttyO",	 "ttyLP",  "ttySC",  "ttyHS",	  "ttyMSM",  "ttySTM",	 "ttyTHS",
		"ttyGS", "ttyMV",  "ttyAML", "ttyFIQ",	  "ttySIF",  "ttyUL",	 "ttyXRUSB",
		"hvc",	 "hvsi",   "xvc",    "sclp_line", "ttysclp", "3270/tty",
	};

	if (strcmp(text, "console") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		const size_t n = strlen(drivers[i]);
		const char *digits = text + n;

		if (strncmp(text, drivers[i], n) == 0 && strlen(digits) <= 3 &&
		    is_number(digits, strlen(digits)))
			return true;
	}
	return false;
}

enum origin_kind origin_of_line(const char *tty)
{
	if (strncmp(tty, "/dev/", 5) == 0)
		tty += 5;
	if (is_display(tty) || is_virtual_console(tty))
		return ORIGIN_SEAT;
	return is_serial(tty) ? ORIGIN_SERIAL : ORIGIN_UNKNOWN;
}

static void address_format(const struct address *address, char text[static ORIGIN_TEXT_MAX])
{
	const int family = address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6;

	_Static_assert(ORIGIN_TEXT_MAX >= INET6_ADDRSTRLEN, "every address has room");
	(void)inet_ntop(family, address->byte, text, ORIGIN_TEXT_MAX);
}

static const struct {
	const char *word;
	enum origin_kind kind;
} words[] = {
	{ "seat", ORIGIN_SEAT },
	{ "serial", ORIGIN_SERIAL },
	{ "jobs", ORIGIN_JOBS },
	{ "unknown", ORIGIN_UNKNOWN },
};

const struct origin *origin_to_charge(const struct origin *first, const struct origin *second)
{
	if (first->kind == ORIGIN_ADDRESS)
		return first;
	if (first->kind == ORIGIN_UNKNOWN || second->kind == ORIGIN_ADDRESS)
		return second;
	return first;
}

void origin_format(const struct origin *origin, char text[static ORIGIN_TEXT_MAX])
{
	const char *word = "unknown";

	if (origin->kind == ORIGIN_ADDRESS) {
		address_format(&origin->address, text);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].kind == origin->kind)
			word = words[i].word;
	memcpy(text, word, strlen(word) + 1);
}

int origin_parse(const char *text, struct origin *ret)
{
	struct origin origin = { .kind = ORIGIN_ADDRESS };
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(text, words[i].word) == 0) {
			*ret = (struct origin){ .kind = words[i].kind };
			return 0;
		}
	}
	r = address_parse(text, &origin.address);
	if (r < 0)
		return r;
	*ret = origin;
	return 0;
}

void prefix_format(const struct prefix *prefix, char text[static ORIGIN_TEXT_MAX + 4])
{
	size_t n;

	address_format(&prefix->base, text);
	n = strlen(text);
	/* INET6_ADDRSTRLEN and "/255" fit whatever the length holds. */
	(void)snprintf(text + n, ORIGIN_TEXT_MAX + 4 - n, "/%u", (unsigned)prefix->length);
}
