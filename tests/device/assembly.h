/* SPDX-License-Identifier: MIT */
/*
 * assembly.h - descriptors of devices from a line of text, for tests.
 *
 *	dev=CC:SS:PP	the class of the device; left out: each interface has its own
 *	conf		another configuration
 *	CC:SS:PP/N	another interface, with N endpoints
 *	+CC:SS:PP/N	another setting of the same interface
 *	x0224		these bytes, as they are
 *
 * Lengths and counts are right.
 */
#ifndef TESTS_DEVICE_ASSEMBLY_H
#define TESTS_DEVICE_ASSEMBLY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/device.h>

struct assembly {
	uint8_t bytes[DESCRIPTORS_MAX];
	size_t length;
	size_t configuration; /* where the last one begins */
	uint8_t interface, alternate;
};

static inline void assembly_add(struct assembly *assembly, const void *bytes, size_t length)
{
	assert_true(length <= sizeof(assembly->bytes) - assembly->length);
	memcpy(assembly->bytes + assembly->length, bytes, length);
	assembly->length += length;
}

static inline void assembly_begin(struct assembly *assembly)
{
	static const uint8_t device[18] = { 18,	  1,	0x00, 0x02, 0,	  0, 0, 64, 0x51,
					    0x09, 0x66, 0x16, 0x00, 0x01, 1, 2, 3,  0 };

	assembly->length = 0;
	assembly_add(assembly, device, sizeof(device));
}

static inline void assembly_end_configuration(struct assembly *assembly)
{
	uint8_t *at = assembly->bytes + assembly->configuration;
	const size_t total = assembly->length - assembly->configuration;

	if (assembly->bytes[17] == 0)
		return;
	at[2] = (uint8_t)total;
	at[3] = (uint8_t)(total >> 8);
	at[4] = assembly->interface;
}

static inline void assembly_configuration(struct assembly *assembly)
{
	uint8_t configuration[9] = { 9, 2, 0, 0, 0, 0, 0, 0x80, 50 };

	assembly_end_configuration(assembly);
	configuration[5] = ++assembly->bytes[17];
	assembly->configuration = assembly->length;
	assembly->interface = 0;
	assembly_add(assembly, configuration, sizeof(configuration));
}

static inline uint8_t assembly_byte(const char **text)
{
	const char digits[3] = { (*text)[0], (*text)[1], '\0' };
	char *end;
	const unsigned long value = strtoul(digits, &end, 16);

	assert_true(end == digits + 2);
	*text += 2;
	return (uint8_t)value;
}

static inline void assembly_class(const char **text, uint8_t *ret)
{
	ret[0] = assembly_byte(text);
	*text += 1;
	ret[1] = assembly_byte(text);
	*text += 1;
	ret[2] = assembly_byte(text);
}

static inline void assembly_interface(struct assembly *assembly, const char *text)
{
	uint8_t interface[9] = { 9, 4 };
	uint8_t endpoint[7] = { 7, 5, 0x80, 2, 0x40, 0, 0 };

	assembly->alternate = text[0] == '+' ? (uint8_t)(assembly->alternate + 1) : 0;
	if (text[0] != '+')
		assembly->interface++;
	text += text[0] == '+';
	interface[2] = (uint8_t)(assembly->interface - 1);
	interface[3] = assembly->alternate;
	assembly_class(&text, interface + 5);
	if (*text == '/')
		interface[4] = (uint8_t)strtoul(text + 1, NULL, 10);
	assembly_add(assembly, interface, sizeof(interface));
	for (unsigned i = 0; i < interface[4]; i++) {
		endpoint[2]++;
		assembly_add(assembly, endpoint, sizeof(endpoint));
	}
}

static inline void assembly_raw(struct assembly *assembly, const char *text)
{
	uint8_t byte;

	while (*text) {
		byte = assembly_byte(&text);
		assembly_add(assembly, &byte, 1);
	}
}

static inline void assembly_word(struct assembly *assembly, const char *word)
{
	if (strcmp(word, "conf") == 0) {
		assembly_configuration(assembly);
	} else if (strncmp(word, "dev=", 4) == 0) {
		word += 4;
		assembly_class(&word, assembly->bytes + 4);
	} else if (word[0] == 'x') {
		assembly_raw(assembly, word + 1);
	} else {
		assembly_interface(assembly, word);
	}
}

static inline void assemble(struct assembly *assembly, const char *line)
{
	char word[128];

	assembly_begin(assembly);
	while (*line) {
		const size_t length = strcspn(line, " ");

		assert_true(length < sizeof(word));
		memcpy(word, line, length);
		word[length] = '\0';
		if (length > 0)
			assembly_word(assembly, word);
		line += length;
		line += strspn(line, " ");
	}
	assembly_end_configuration(assembly);
}

#endif
