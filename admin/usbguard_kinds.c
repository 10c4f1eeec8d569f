/* SPDX-License-Identifier: MIT */
/* usbguard_kinds.c - patterns of interfaces in USBGuard's rules, and the kinds that they come to.
 */
#include <string.h>

#include <sereno/device.h>
#include <sereno/scoped.h>

#include "usbguard.h"

#define ANY (-1)

/* Of subclasses and protocols: those that tell kinds apart, and one that does not. */
static const uint8_t telling[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				   0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x42, 0x77, 0xff };

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "08" or "*", then @end. */
static bool read_part(const char **text, char end, int *ret)
{
	const char *at = *text;
	int value = ANY;

	if (at[0] == '*') {
		at++;
	} else {
		if (hex_digit(at[0]) < 0 || hex_digit(at[1]) < 0)
			return false;
		value = hex_digit(at[0]) << 4 | hex_digit(at[1]);
		at += 2;
	}
	if (*at != end)
		return false;
	*ret = value;
	*text = at + (end != '\0');
	return true;
}

bool usbguard_interface_read(const char *text, struct usbguard_interface *ret)
{
	struct usbguard_interface interface;

	if (!read_part(&text, ':', &interface.class) ||
	    !read_part(&text, ':', &interface.subclass) ||
	    !read_part(&text, '\0', &interface.protocol))
		return false;
	if (interface.class == ANY || (interface.subclass == ANY && interface.protocol != ANY))
		return false;
	*ret = interface;
	return true;
}

static bool fits(const struct usbguard_interface *pattern, const struct device_setting *setting)
{
	return pattern->class == setting->class &&
	       (pattern->subclass == ANY || pattern->subclass == setting->subclass) &&
	       (pattern->protocol == ANY || pattern->protocol == setting->protocol);
}

static bool fits_any(const struct usbguard_interface *patterns, size_t n,
		     const struct device_setting *setting)
{
	for (size_t i = 0; i < n; i++)
		if (fits(&patterns[i], setting))
			return true;
	return false;
}

/* What is looked for: where @others is given, what none of its @n patterns fits. */
struct search {
	const struct usbguard_interface *others;
	size_t n;
};

static unsigned find_protocols(const struct search *search, struct device_descriptors *device,
			       int protocol)
{
	struct device_setting *setting = &device->setting[0];
	unsigned kinds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(telling); i++) {
		setting->protocol = protocol == ANY ? telling[i] : (uint8_t)protocol;
		if (!search->others || !fits_any(search->others, search->n, setting))
			kinds |= descriptors_kinds(device);
		if (protocol != ANY)
			break;
	}
	return kinds;
}

static unsigned find_kinds(const struct search *search, const struct usbguard_interface *pattern)
{
	struct device_descriptors device = { .n_settings = 1 };
	struct device_setting *setting = &device.setting[0];
	unsigned kinds = 0;

	setting->class = (uint8_t)pattern->class;
	for (size_t i = 0; i < ARRAY_SIZE(telling); i++) {
		setting->subclass =
			pattern->subclass == ANY ? telling[i] : (uint8_t)pattern->subclass;
		kinds |= find_protocols(search, &device, pattern->protocol);
		if (pattern->subclass != ANY)
			break;
	}
	return kinds;
}

void usbguard_look_at_classes(struct usbguard_classes *ret)
{
	const struct search all = { NULL, 0 };

	for (int code = 0; code < 256; code++)
		ret->kinds[code] = find_kinds(&all, &(struct usbguard_interface){ code, ANY, ANY });
}

static bool has_class(const struct usbguard_interface *patterns, size_t n, int code)
{
	for (size_t i = 0; i < n; i++)
		if (patterns[i].class == code)
			return true;
	return false;
}

unsigned usbguard_kinds(const struct usbguard_classes *classes,
			const struct usbguard_interface *patterns, size_t n, bool *whole)
{
	const struct search inside = { NULL, 0 }, outside = { patterns, n };
	unsigned kinds = 0, others = 0;

	for (size_t i = 0; i < n; i++)
		kinds |= find_kinds(&inside, &patterns[i]);
	for (int code = 0; code < 256; code++) {
		const struct usbguard_interface all = { code, ANY, ANY };

		others |= has_class(patterns, n, code) ? find_kinds(&outside, &all)
						       : classes->kinds[code];
	}
	*whole = n > 0 && !(kinds & others);
	return kinds;
}

/* Whether all that fits @pattern is of @kinds. */
static bool is_all_of(const struct usbguard_interface *pattern, unsigned kinds)
{
	const struct search all = { NULL, 0 };

	return !(find_kinds(&all, pattern) & ~kinds);
}

static void print_subclass(FILE *stream, struct usbguard_interface pattern, unsigned kinds)
{
	if (is_all_of(&pattern, kinds)) {
		fprintf(stream, "%02x:%02x:* ", (unsigned)pattern.class,
			(unsigned)pattern.subclass);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(telling); i++) {
		pattern.protocol = telling[i];
		if (is_all_of(&pattern, kinds))
			fprintf(stream, "%02x:%02x:%02x ", (unsigned)pattern.class,
				(unsigned)pattern.subclass, telling[i]);
	}
}

void usbguard_print_kinds(FILE *stream, unsigned kinds)
{
	for (int code = 0; code < 256; code++) {
		struct usbguard_interface pattern = { code, ANY, ANY };

		if (is_all_of(&pattern, kinds)) {
			fprintf(stream, "%02x:*:* ", (unsigned)code);
			continue;
		}
		for (size_t i = 0; i < ARRAY_SIZE(telling); i++) {
			pattern.subclass = telling[i];
			print_subclass(stream, pattern, kinds);
		}
	}
}
