/* SPDX-License-Identifier: MIT */
/*
 * usbguard.h - rules of USBGuard's rules.conf: read, and what they come to in our words.
 *
 * Its rules are read from the top and the first that fits counts; ours have no order. What would
 * come to another thing here is said and not imported.
 */
#ifndef ADMIN_USBGUARD_H
#define ADMIN_USBGUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define USBGUARD_VALUES_MAX  320 /* of one attribute: every class, and more */
#define USBGUARD_REASONS_MAX 16
#define USBGUARD_ANY	     UINT32_MAX /* of a vendor or a product: "*" */

enum usbguard_target {
	USBGUARD_ALLOW,
	USBGUARD_BLOCK,
	USBGUARD_REJECT,
	USBGUARD_MATCH,
	USBGUARD_DEVICE,
	USBGUARD_TARGETS
};

enum usbguard_operator {
	USBGUARD_EQUALS, /* also where none is written */
	USBGUARD_EQUALS_ORDERED,
	USBGUARD_ALL_OF,
	USBGUARD_ONE_OF,
	USBGUARD_NONE_OF,
	USBGUARD_MATCH_ALL,
	USBGUARD_OPERATORS
};

enum usbguard_attribute {
	USBGUARD_ID,
	USBGUARD_NAME,
	USBGUARD_HASH,
	USBGUARD_PARENT_HASH,
	USBGUARD_SERIAL,
	USBGUARD_VIA_PORT,
	USBGUARD_CONNECT_TYPE,
	USBGUARD_LABEL,
	USBGUARD_INTERFACE,
	USBGUARD_IF,
	USBGUARD_ATTRIBUTES
};

/* The values of one attribute, as written, without quotes and escapes; n = 0: not there. */
struct usbguard_values {
	enum usbguard_operator relation;
	size_t n;
	const char *value[USBGUARD_VALUES_MAX];
};

struct usbguard_rule {
	enum usbguard_target target;
	struct usbguard_values attribute[USBGUARD_ATTRIBUTES];
};

/*
 * Read one line, NUL-terminated, without its newline; it is written over, and the rule points into
 * it. Returns 1, 0 (nothing there, or a comment alone), or -EINVAL with what is wrong in *@reason,
 * translated and static.
 */
int usbguard_read(char *line, struct usbguard_rule *ret, const char **reason);

/* An interface pattern, "08:*:*"; -1: any. Returns false where @text is none. */
struct usbguard_interface {
	int class, subclass, protocol;
};
bool usbguard_interface_read(const char *text, struct usbguard_interface *ret);

/* Of each class the kinds that its interfaces may be of: the same for all rules. */
struct usbguard_classes {
	unsigned kinds[256];
};
void usbguard_look_at_classes(struct usbguard_classes *ret);

/* The kinds of which some interface fits one of @n patterns: 1u << enum device_kind. *@whole is
 * whether they are all that these kinds have. */
unsigned usbguard_kinds(const struct usbguard_classes *classes,
			const struct usbguard_interface *patterns, size_t n, bool *whole);

/* Print the patterns of all interfaces of @kinds, and of no other, each with a blank behind. */
void usbguard_print_kinds(FILE *stream, unsigned kinds);

/* Print @text in quotes, as USBGuard reads it: on one line, whatever it holds. */
void usbguard_print_text(FILE *stream, const char *text);

struct usbguard_id {
	uint32_t vendor, product; /* or USBGUARD_ANY */
};

/* "0951:1666", "0951:*", "*:*"; false: @text is none of these. */
bool usbguard_id_read(const char *text, struct usbguard_id *ret);

/* What a rule comes to. */
struct usbguard_meaning {
	bool deny;
	bool anything; /* it is for every device */
	size_t n_ids;
	struct usbguard_id id[USBGUARD_VALUES_MAX];
	const struct usbguard_values *serials; /* of the rule; n = 0: any */
	unsigned kinds;			       /* 0: any */
	bool exact;			       /* nothing of it is lost */
	bool sayable;			       /* else not even what is left of it makes sense */
	size_t n_reasons;		       /* why not, or what to know, translated; static */
	const char *reason[USBGUARD_REASONS_MAX];
};

void usbguard_understand(const struct usbguard_rule *rule, const struct usbguard_classes *classes,
			 struct usbguard_meaning *ret);

/* Devices that a rule is for, one of its ids and serial numbers at a time. */
struct usbguard_scope {
	size_t line;
	struct usbguard_id id;
	unsigned kinds;	    /* 0: any */
	const char *serial; /* NULL: any */
};

/* Whether some device could be in @scope and fit @meaning. */
bool usbguard_overlap(const struct usbguard_scope *scope, const struct usbguard_meaning *meaning);

#endif
