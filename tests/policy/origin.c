/* SPDX-License-Identifier: MIT */
/*
 * origin.c - tests of addresses, networks and lines.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/origin.h>
#include <sereno/scoped.h>

/* clang-format off */
static const struct address_row {
	const char *name, *text;
	const char *formatted; /* NULL: no address */
} addresses[] = {
	{ "ipv4",                      "10.20.9.10",            "10.20.9.10" },
	{ "ipv4 zero",                 "0.0.0.0",               "0.0.0.0" },
	{ "ipv4 broadcast",            "255.255.255.255",       "255.255.255.255" },
	{ "ipv6",                      "2001:DB8::1",           "2001:db8::1" },
	{ "ipv6 unspecified",          "::",                    "::" },
	{ "ipv6 full",                 "2001:db8:1:2:3:4:5:6",  "2001:db8:1:2:3:4:5:6" },
	{ "ipv4-mapped dotted",        "::ffff:10.0.0.1",       "10.0.0.1" },
	{ "ipv4-mapped hexadecimal",   "::FFFF:0a00:0001",      "10.0.0.1" },
	{ "ipv4-mapped written out",   "0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1" },
	{ "ipv4-compatible is ipv6",   "::10.0.0.1",            "::10.0.0.1" },
	{ "scope by name",             "fe80::1%eth0",          "fe80::1" },
	{ "scope by number",           "fe80::1%2",             "fe80::1" },
	{ "scope with dot",            "fe80::1%br0.100",       "fe80::1" },
	{ "longest scope",             "fe80::1%abcdefghijklmno", "fe80::1" },
	{ "scope too long",            "fe80::1%abcdefghijklmnop", NULL },
	{ "scope empty",               "fe80::1%",              NULL },
	{ "scope twice",               "fe80::1%a%b",           NULL },
	{ "scope with slash",          "fe80::1%a/b",           NULL },
	{ "scope with newline",        "fe80::1%a\nb",          NULL },
	{ "scope not ascii",           "fe80::1%\xc3\xa9",      NULL },
	{ "scope behind ipv4",         "10.0.0.1%eth0",         NULL },
	{ "scope alone",               "%eth0",                 NULL },
	{ "empty",                     "",                      NULL },
	{ "host name",                 "gate.example.net",      NULL },
	{ "host name like hexadecimal", "face.cafe",            NULL },
	{ "localhost",                 "localhost",             NULL },
	{ "reverse host name",         "1.0.0.10.in-addr.arpa", NULL },
	{ "leading zero",              "10.0.0.01",             NULL },
	{ "octal",                     "012.0.0.1",             NULL },
	{ "hexadecimal ipv4",          "0x0a.0.0.1",            NULL },
	{ "short ipv4",                "10.1",                  NULL },
	{ "number",                    "167772161",             NULL },
	{ "ipv4 octet too great",      "10.0.0.256",            NULL },
	{ "ipv4 five octets",          "10.0.0.0.1",            NULL },
	{ "ipv4 with port",            "10.0.0.1:22",           NULL },
	{ "ipv6 in brackets",          "[2001:db8::1]",         NULL },
	{ "ipv6 two gaps",             "2001::db8::1",          NULL },
	{ "ipv6 nine groups",          "1:2:3:4:5:6:7:8:9",     NULL },
	{ "space before",              " 10.0.0.1",             NULL },
	{ "space behind",              "10.0.0.1 ",             NULL },
	{ "newline behind",            "10.0.0.1\n",            NULL },
	{ "prefix",                    "10.0.0.0/8",            NULL },
	{ "very long",
	  "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", NULL },
};

static const struct prefix_row {
	const char *name, *text;
	int error;
	const char *formatted;
} prefixes[] = {
	{ "net of a class",       "10.0.0.0/8",           0,       "10.0.0.0/8" },
	{ "one host",             "10.20.9.10",           0,       "10.20.9.10/32" },
	{ "one host, length",     "10.20.9.10/32",        0,       "10.20.9.10/32" },
	{ "all ipv4",             "0.0.0.0/0",            0,       "0.0.0.0/0" },
	{ "odd length",           "10.20.40.128/25",      0,       "10.20.40.128/25" },
	{ "ipv6",                 "fd00:20::/32",         0,       "fd00:20::/32" },
	{ "ipv6 host",            "fd00::1",              0,       "fd00::1/128" },
	{ "all ipv6",             "::/0",                 0,       "::/0" },
	{ "longest text", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", 0,
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	{ "mapped",               "::ffff:10.0.0.0/104",  0,       "10.0.0.0/8" },
	{ "mapped, all",          "::ffff:0:0/96",        0,       "0.0.0.0/0" },
	{ "mapped host",          "::ffff:10.0.0.1",      0,       "10.0.0.1/32" },
	{ "mapped, too wide",     "::ffff:0:0/95",        -ERANGE, NULL },
	{ "bits behind",          "10.0.0.1/8",           -ERANGE, NULL },
	{ "bits behind, last",    "10.0.0.1/31",          -ERANGE, NULL },
	{ "bits behind, ipv6",    "fd00::1/16",           -ERANGE, NULL },
	{ "bits behind nothing",  "10.0.0.0/0",           -ERANGE, NULL },
	{ "too long, ipv4",       "10.0.0.0/33",          -EINVAL, NULL },
	{ "too long, ipv6",       "::/129",               -EINVAL, NULL },
	{ "overflow",             "10.0.0.0/4294967304",  -EINVAL, NULL },
	{ "no length",            "10.0.0.0/",            -EINVAL, NULL },
	{ "negative",             "10.0.0.0/-8",          -EINVAL, NULL },
	{ "plus",                 "10.0.0.0/+8",          -EINVAL, NULL },
	{ "leading zero",         "10.0.0.0/08",          -EINVAL, NULL },
	{ "netmask",              "10.0.0.0/255.0.0.0",   -EINVAL, NULL },
	{ "two lengths",          "10.0.0.0/8/8",         -EINVAL, NULL },
	{ "scope",                "fe80::%eth0/10",       -EINVAL, NULL },
	{ "space",                "10.0.0.0 /8",          -EINVAL, NULL },
	{ "short ipv4",           "10/8",                 -EINVAL, NULL },
	{ "name",                 "office",               -EINVAL, NULL },
	{ "empty",                "",                     -EINVAL, NULL },
	{ "slash",                "/8",                   -EINVAL, NULL },
};

static const struct contains_row {
	const char *name, *prefix, *address;
	bool contains;
} contains[] = {
	{ "inside",                 "10.20.0.0/16",  "10.20.255.255",     true },
	{ "just below",             "10.20.0.0/16",  "10.19.255.255",     false },
	{ "just above",             "10.20.0.0/16",  "10.21.0.0",         false },
	{ "odd length inside",      "10.0.0.128/25", "10.0.0.255",        true },
	{ "odd length outside",     "10.0.0.128/25", "10.0.0.127",        false },
	{ "host",                   "10.0.0.1",      "10.0.0.1",          true },
	{ "another host",           "10.0.0.1",      "10.0.0.2",          false },
	{ "all of ipv4",            "0.0.0.0/0",     "203.0.113.9",       true },
	{ "mapped address",         "10.0.0.0/8",    "::ffff:10.1.2.3",   true },
	{ "ipv6 inside",            "fd00:20::/32",  "fd00:20:1::9",      true },
	{ "ipv6 outside",           "fd00:20::/32",  "fd00:21::",         false },
	{ "ipv6 host",              "fd00::1",       "fd00::1",           true },
	{ "all ipv6, ipv4 address", "::/0",          "10.0.0.1",          false },
	{ "all ipv6, mapped",       "::/0",          "::ffff:10.0.0.1",   false },
	{ "all ipv4, ipv6 address", "0.0.0.0/0",     "::1",               false },
	{ "same bytes, families",   "::/8",          "0.0.0.1",           false },
	{ "scoped address",         "fe80::/10",     "fe80::1%eth0",      true },
};

static const struct overlap_row {
	const char *name, *a, *b;
	bool overlaps;
} overlaps[] = {
	{ "equal",          "10.0.0.0/8",  "10.0.0.0/8",   true },
	{ "nested",         "10.0.0.0/8",  "10.20.0.0/16", true },
	{ "apart",          "10.0.0.0/9",  "10.128.0.0/9", false },
	{ "families",       "0.0.0.0/0",   "::/0",         false },
	{ "everything",     "::/0",        "fd00::1",      true },
	{ "hosts apart",    "10.0.0.1",    "10.0.0.2",     false },
};

static const struct line_row {
	const char *tty;
	enum origin_kind kind;
} lines[] = {
	{ "tty1", ORIGIN_SEAT },          { "/dev/tty1", ORIGIN_SEAT },
	{ "tty63", ORIGIN_SEAT },         { ":0", ORIGIN_SEAT },
	{ ":0.0", ORIGIN_SEAT },          { ":10", ORIGIN_SEAT },
	{ "ttyS0", ORIGIN_SERIAL },       { "/dev/ttyS0", ORIGIN_SERIAL },
	{ "ttyAMA0", ORIGIN_SERIAL },     { "hvc0", ORIGIN_SERIAL },
	{ "hvsi0", ORIGIN_SERIAL },       { "ttyUSB0", ORIGIN_SERIAL },
	{ "ttyACM1", ORIGIN_SERIAL },     { "ttymxc3", ORIGIN_SERIAL },
	{ "ttySAC2", ORIGIN_SERIAL },     { "xvc0", ORIGIN_SERIAL },
	{ "ttyPS0", ORIGIN_SERIAL },      { "ttyO2", ORIGIN_SERIAL },
	{ "ttyLP0", ORIGIN_SERIAL },      { "ttySC0", ORIGIN_SERIAL },
	{ "console", ORIGIN_SERIAL },     { "/dev/console", ORIGIN_SERIAL },
	{ "ttyS127", ORIGIN_SERIAL },
	{ "", ORIGIN_UNKNOWN },           { "/dev/", ORIGIN_UNKNOWN },
	{ "pts/0", ORIGIN_UNKNOWN },      { "/dev/pts/1", ORIGIN_UNKNOWN },
	{ "tty", ORIGIN_UNKNOWN },        { "tty0", ORIGIN_UNKNOWN },
	{ "tty01", ORIGIN_UNKNOWN },      { "tty64", ORIGIN_UNKNOWN },
	{ "tty1x", ORIGIN_UNKNOWN },      { "tty1/../pts/0", ORIGIN_UNKNOWN },
	{ "tty 1", ORIGIN_UNKNOWN },      { "tty-1", ORIGIN_UNKNOWN },
	{ "tty4294967297", ORIGIN_UNKNOWN }, { "ttyp0", ORIGIN_UNKNOWN },
	{ "ttyS", ORIGIN_UNKNOWN },       { "ttySx", ORIGIN_UNKNOWN },
	{ "ttyS0 ", ORIGIN_UNKNOWN },     { "ttyS00", ORIGIN_UNKNOWN },
	{ "ttyS0/x", ORIGIN_UNKNOWN },    { "hvc", ORIGIN_UNKNOWN },
	{ "consoles", ORIGIN_UNKNOWN },   { "Console", ORIGIN_UNKNOWN },
	{ "/dev//dev/tty1", ORIGIN_UNKNOWN }, { "dev/tty1", ORIGIN_UNKNOWN },
	{ "/run/tty1", ORIGIN_UNKNOWN },  { "/dev/../tmp/tty1", ORIGIN_UNKNOWN },
	{ ":", ORIGIN_UNKNOWN },          { ":x", ORIGIN_UNKNOWN },
	{ ":0.", ORIGIN_UNKNOWN },        { ":0.0.0", ORIGIN_UNKNOWN },
	{ ":00", ORIGIN_UNKNOWN },        { ":-1", ORIGIN_UNKNOWN },
	{ ":123456", ORIGIN_UNKNOWN },    { "::0", ORIGIN_UNKNOWN },
	{ "localhost:10.0", ORIGIN_UNKNOWN }, { "gate:0", ORIGIN_UNKNOWN },
	{ "ssh", ORIGIN_UNKNOWN },        { "cron", ORIGIN_UNKNOWN },
	{ "unknown", ORIGIN_UNKNOWN },    { "seat", ORIGIN_UNKNOWN },
};

static const struct word_row {
	const char *text;
	int error;
	enum origin_kind kind;
} words[] = {
	{ "seat", 0, ORIGIN_SEAT },       { "serial", 0, ORIGIN_SERIAL },
	{ "jobs", 0, ORIGIN_JOBS },       { "unknown", 0, ORIGIN_UNKNOWN },
	{ "10.0.0.1", 0, ORIGIN_ADDRESS }, { "fd00::1", 0, ORIGIN_ADDRESS },
	{ "anywhere", -EINVAL, 0 },       { "Seat", -EINVAL, 0 },
	{ "seat ", -EINVAL, 0 },          { "sea", -EINVAL, 0 },
	{ "", -EINVAL, 0 },               { "10.0.0.0/8", -EINVAL, 0 },
	{ "tty1", -EINVAL, 0 },           { "office", -EINVAL, 0 },
};
/* clang-format on */

static void check_address(void **state)
{
	const struct address_row *row = *state;
	const struct address untouched = { .family = ADDRESS_IPV6, .byte = { 1, 2, 3 } };
	struct origin origin = { .kind = ORIGIN_ADDRESS, .address = untouched };
	char text[ORIGIN_TEXT_MAX];
	int r;

	r = address_parse(row->text, &origin.address);
	if (!row->formatted) {
		assert_int_equal(r, -EINVAL);
		assert_memory_equal(&origin.address, &untouched, sizeof(untouched));
		return;
	}
	assert_int_equal(r, 0);
	origin_format(&origin, text);
	assert_string_equal(text, row->formatted);
	if (origin.address.family == ADDRESS_IPV4)
		for (size_t i = 4; i < sizeof(origin.address.byte); i++)
			assert_int_equal(origin.address.byte[i], 0);
}

static void check_prefix(void **state)
{
	const struct prefix_row *row = *state;
	char text[ORIGIN_TEXT_MAX + 4];
	struct prefix prefix = { .length = 77 };

	assert_int_equal(prefix_parse(row->text, &prefix), row->error);
	if (row->error) {
		assert_int_equal(prefix.length, 77);
		return;
	}
	prefix_format(&prefix, text);
	assert_string_equal(text, row->formatted);
	assert_int_equal(prefix_parse(text, &prefix), 0);
}

static void check_contains(void **state)
{
	const struct contains_row *row = *state;
	struct address address;
	struct prefix prefix;

	assert_int_equal(prefix_parse(row->prefix, &prefix), 0);
	assert_int_equal(address_parse(row->address, &address), 0);
	assert_int_equal(prefix_contains(&prefix, &address), row->contains);
}

static void check_overlap(void **state)
{
	const struct overlap_row *row = *state;
	struct prefix a, b;

	assert_int_equal(prefix_parse(row->a, &a), 0);
	assert_int_equal(prefix_parse(row->b, &b), 0);
	assert_int_equal(prefix_overlaps(&a, &b), row->overlaps);
	assert_int_equal(prefix_overlaps(&b, &a), row->overlaps);
}

static void check_line(void **state)
{
	const struct line_row *row = *state;

	assert_int_equal(origin_of_line(row->tty), row->kind);
}

static void check_word(void **state)
{
	const struct word_row *row = *state;
	struct origin origin, again;
	char text[ORIGIN_TEXT_MAX];

	assert_int_equal(origin_parse(row->text, &origin), row->error);
	if (row->error)
		return;
	assert_int_equal(origin.kind, row->kind);
	origin_format(&origin, text);
	assert_string_equal(text, row->text);
	assert_int_equal(origin_parse(text, &again), 0);
	assert_memory_equal(&origin, &again, sizeof(origin));
}

/* A prefix from a damaged file: a length that its family does not have contains nothing. */
static void damaged_prefix_contains_nothing(void **state)
{
	struct prefix prefix = { .base = { .family = ADDRESS_IPV4 } };
	struct address address = { .family = ADDRESS_IPV4 };

	(void)state;
	for (unsigned length = 33; length <= UINT8_MAX; length++) {
		prefix.length = (uint8_t)length;
		assert_false(prefix_contains(&prefix, &address));
	}
	prefix.base.family = (enum address_family)9;
	assert_false(prefix_contains(&prefix, &address));
}

static void mask_clears_every_length(void **state)
{
	(void)state;
	for (unsigned length = 0; length <= 128; length++) {
		struct address address = { .family = ADDRESS_IPV6 };

		memset(address.byte, 0xff, sizeof(address.byte));
		address_mask(&address, (uint8_t)length);
		for (unsigned bit = 0; bit < 128; bit++) {
			const bool set = address.byte[bit / 8] & (0x80 >> bit % 8);

			assert_int_equal(set, bit < length);
		}
	}
}

/* No byte put before, into or behind a good text may give another origin than the good one. */
static void odd_bytes_are_refused(void **state)
{
	static const char *const good[] = { "10.0.0.1", "tty1", ":0.0", "ttyS0", "seat" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		for (unsigned byte = 1; byte <= UINT8_MAX; byte++) {
			const size_t n = strlen(good[i]);
			struct origin origin;
			char text[32] = { 0 };

			if (byte >= '0' && byte <= '9')
				continue;
			memcpy(text + 1, good[i], n);
			text[0] = (char)byte;
			assert_int_equal(origin_parse(text, &origin), -EINVAL);
			assert_int_equal(origin_of_line(text), ORIGIN_UNKNOWN);
			memcpy(text, good[i], n);
			text[n] = (char)byte;
			assert_int_equal(origin_parse(text, &origin), -EINVAL);
			assert_int_equal(origin_of_line(text), ORIGIN_UNKNOWN);
		}
	}
}

static void damaged_origin_is_unknown(void **state)
{
	const struct origin origin = { .kind = (enum origin_kind)99 };
	char text[ORIGIN_TEXT_MAX];

	(void)state;
	origin_format(&origin, text);
	assert_string_equal(text, "unknown");
}

#define ROW(row_name, row, check)                            \
	(struct CMUnitTest)                                  \
	{                                                    \
		.name = (row_name), .test_func = (check),    \
		.initial_state = (void *)(uintptr_t) & (row) \
	}

/* clang-format off */
static const struct charge_row {
	const char *name;
	enum origin_kind kinds[3]; /* of the open logins, in their order */
	size_t charged;
} charges[] = {
	{ "an address before the seat",      { ORIGIN_SEAT,    ORIGIN_ADDRESS, ORIGIN_UNKNOWN }, 1 },
	{ "the first of two addresses",      { ORIGIN_ADDRESS, ORIGIN_ADDRESS, ORIGIN_SEAT },    0 },
	{ "a line before what is not known", { ORIGIN_UNKNOWN, ORIGIN_SERIAL,  ORIGIN_UNKNOWN }, 1 },
	{ "the first of two lines",          { ORIGIN_SERIAL,  ORIGIN_SEAT,    ORIGIN_UNKNOWN }, 0 },
	{ "an address last",                 { ORIGIN_UNKNOWN, ORIGIN_SEAT,    ORIGIN_ADDRESS }, 2 },
};
/* clang-format on */

static void check_charge(void **state)
{
	const struct charge_row *row = *state;
	const struct origin unknown = { .kind = ORIGIN_UNKNOWN };
	struct origin origins[ARRAY_SIZE(row->kinds)];
	const struct origin *charged = &unknown;

	for (size_t i = 0; i < ARRAY_SIZE(origins); i++) {
		origins[i] = (struct origin){ .kind = row->kinds[i] };
		charged = origin_to_charge(charged, &origins[i]);
	}
	assert_ptr_equal(charged, &origins[row->charged]);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(addresses) + ARRAY_SIZE(prefixes) +
				ARRAY_SIZE(contains) + ARRAY_SIZE(overlaps) + ARRAY_SIZE(lines) +
				ARRAY_SIZE(words) + ARRAY_SIZE(charges) + 4] = {
		cmocka_unit_test(damaged_prefix_contains_nothing),
		cmocka_unit_test(mask_clears_every_length),
		cmocka_unit_test(odd_bytes_are_refused),
		cmocka_unit_test(damaged_origin_is_unknown),
	};
	size_t n = 4;

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		tests[n++] = ROW(addresses[i].name, addresses[i], check_address);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		tests[n++] = ROW(prefixes[i].name, prefixes[i], check_prefix);
	for (size_t i = 0; i < ARRAY_SIZE(contains); i++)
		tests[n++] = ROW(contains[i].name, contains[i], check_contains);
	for (size_t i = 0; i < ARRAY_SIZE(overlaps); i++)
		tests[n++] = ROW(overlaps[i].name, overlaps[i], check_overlap);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		tests[n++] = ROW(lines[i].tty, lines[i], check_line);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		tests[n++] = ROW(words[i].text, words[i], check_word);
	for (size_t i = 0; i < ARRAY_SIZE(charges); i++)
		tests[n++] = ROW(charges[i].name, charges[i], check_charge);
	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
