/* SPDX-License-Identifier: MIT */
/*
 * private_file.h - the part of a compiled policy that only root reads: rules about devices.
 *
 * In the directory of the generation beside policy.1.cdb, of the same generation, with a META of
 * its own. Each rule stands under the closest thing that it names: a serial number, a product, a
 * vendor. Those that name a kind alone are for any device, and so in META, as is of which numbers
 * there are rules at all, where these are few: most devices need no further look.
 */
#ifndef SERENO_POLICY_PRIVATE_FILE_H
#define SERENO_POLICY_PRIVATE_FILE_H

#include "id_set.h"
#include "media_record.h"
#include "table.h"

#define PRIVATE_FILE	    "private.1.cdb"
#define PRIVATE_FORMAT	    0x70727631 /* tells this META from a policy's */
#define PRIVATE_TABLE_FIRST TABLE_DEVICE_SERIALS
#define PRIVATE_TABLES	    3
#define PRIVATE_WATCHED_MAX 128

#define DEVICE_KEY_MAX (4 + DEVICE_TEXT_MAX)

struct device_table_key {
	uint8_t byte[DEVICE_KEY_MAX];
	size_t length;
};

struct device_table_key key_of_vendor(uint16_t vendor);
struct device_table_key key_of_product(uint16_t vendor, uint16_t product);
/* @serial is no longer than DEVICE_TEXT_MAX. */
struct device_table_key key_of_serial(uint16_t vendor, uint16_t product, const char *serial);

/* What the rules of @table are watched by: vendor and product, or the vendor. */
uint32_t watched_number(enum table table, uint16_t vendor, uint16_t product);

/* Zero-initialise; release with private_facts_clear(). */
struct private_facts {
	uint64_t generation;
	uint32_t n_rules; /* that hold on this host */
	uint32_t buckets[PRIVATE_TABLES];
	/* The numbers that a table has rules of, where there are few: settled. */
	bool has_watched[PRIVATE_TABLES];
	struct id_set watched[PRIVATE_TABLES];
	size_t kinds_length;
	uint8_t *kinds; /* rules that name a kind alone, one behind the other */
};

void private_facts_clear(struct private_facts *facts);
void encode_private_meta(struct encoder *encoder, const struct private_facts *facts);

/* Returns 0, -EBADMSG or -ENOMEM; *@ret then is empty. */
int decode_private_meta(struct decoder *decoder, struct private_facts *ret);

struct private_rules {
	int fd;
	struct tables tables;
	struct private_facts facts;
};

/* Open the rules in the open directory of a generation. On success *@ret is released with
 * private_close(). Returns 0, -EBADMSG (not there, damaged, or of another generation), -EPERM
 * (others could have written it), -EACCES (not root), -ENOMEM or a read error. */
int private_open(int directory, uint64_t generation, struct private_rules **ret);
void private_close(struct private_rules *rules); /* NULL is allowed */

/* Look for the rules of @table about a device with these numbers, @serial for the serial numbers
 * alone. Returns as table_find(). */
int private_find(const struct private_rules *rules, enum table table,
		 const struct device_facts *device, struct blob *ret);

/* Read every record. Returns 0, -EBADMSG, -ENOMEM or a read error. */
int private_verify(const struct private_rules *rules);

#endif
