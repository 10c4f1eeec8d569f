/* SPDX-License-Identifier: MIT */
/*
 * keys.h - the one table of the policy's keys.
 *
 * The reader, the JSON Schema and the man page all walk it: what is not here is not read, and
 * what is here is documented.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "lookup.h"

#define KEYS_MAX 24 /* of one block */

enum key_type {
	KEY_VERSION,	   /* of the vocabulary */
	KEY_TEXT,	   /* const char * */
	KEY_COUNT,	   /* uint32_t, from min to max */
	KEY_DURATION,	   /* uint64_t, seconds; from min to max where max is not 0 */
	KEY_REVIEWED,	   /* struct civil and has_reviewed */
	KEY_SINCE,	   /* int64_t */
	KEY_UNTIL,	   /* int64_t */
	KEY_SWITCH,	   /* bool: yes or no */
	KEY_REQUIRED,	   /* bool: the word required */
	KEY_TIMEZONE,	   /* const char * */
	KEY_ACCOUNT,	   /* struct name */
	KEY_DURATION_OR,   /* uint64_t, seconds as KEY_DURATION; 0 for the word in words */
	KEY_CHOICE,	   /* uint32_t, the place of the word in words */
	KEY_NAME,	   /* struct name */
	KEY_NUMBER16,	   /* uint32_t, written as four hexadecimal digits */
	KEY_KIND,	   /* const char *, a word for kinds of devices */
	KEY_ISSUER,	   /* const char *, a name for the screens of phones */
	KEY_PATH,	   /* const char *, absolute */
	KEY_OBSERVE,	   /* unsigned, enum observe */
	KEY_MOUNT_OPTIONS, /* unsigned */
	KEY_WORDS,	   /* struct names, of any text */
	KEY_ACCOUNTS,	   /* struct names, as all lists below */
	KEY_GROUPS,
	KEY_ROLE_NAMES,
	KEY_SECRETS,
	KEY_HOLDERS, /* names of roles, and the word system */
	KEY_SERIALS,
	KEY_SERVICES,
	KEY_SERVICE_ELEMENTS,
	KEY_HOSTS,
	KEY_HOST_ELEMENTS,
	KEY_HOURS,
	KEY_TIMES_ELEMENTS, /* struct calendar */
	KEY_FROM,	    /* struct from_list */
	KEY_ORIGIN_ELEMENTS,
	KEY_LINES,     /* struct from_list: from where accounts that must always get in, get in */
	KEY_BLOCK,     /* keys of their own, same structure; a struct mark at the offset */
	KEY_OWN_BLOCK, /* the same with a structure of its own, which begins with that mark */
	KEY_TABLE,     /* names of the administrator's choice, each with a value */
	KEY_RULES,     /* a list of blocks */
	KEY_DEVICE_RULES,
	KEY_TYPES,
};

enum presence { KEY_OPTIONAL, KEY_MANDATORY };

struct block;
struct table;

struct key {
	const char *name;
	enum key_type type;
	enum presence presence;
	size_t offset; /* of the field in the structure that the block fills */
	uint64_t min, max;
	const char *const *words;  /* KEY_DURATION_OR, KEY_CHOICE; ends with NULL */
	const struct block *block; /* KEY_BLOCK, KEY_OWN_BLOCK, KEY_RULES */
	const struct table *table; /* KEY_TABLE */
	/* What is counted; of a duration its bounds as written. */
	const char *unit;
	const char *standard; /* the default in words or as written; NULL: none */
	const char *about;    /* one sentence */
	const char *example;  /* one or more lines as in a policy, or NULL */
};

/* Keys that stand together. Those in @later are refused with a reason: nobody shall rely on what
 * this version would only read. */
struct block {
	const char *title; /* "accounts", for headings */
	const char *about;
	const struct key *keys;
	size_t n;
	/* Offset of struct mark[n], where the values stand: line 0 for those left out, column 0 for
	 * faulty ones. 0: not kept. */
	size_t places;
	const char *const *later; /* keys of the vocabulary that this version does not enforce */
	size_t n_later;
};

struct table {
	const char *entry;	  /* what a name stands for: "origin" */
	enum lookup_table lookup; /* LOOKUP_TABLES: nothing refers to it */
	size_t entry_size;	  /* of an entry, which begins with a struct name */
	size_t n_offset;	  /* of how many there are */
	const struct key *value;  /* of each entry; its offset is in the entry */
};

extern const struct block block_policy, block_media;

#define BLOCKS_MAX 24

/* All blocks, each once, those inside one right behind it. Returns how many. */
size_t keys_list_blocks(const struct block *ret[static BLOCKS_MAX]);

/* The key @name of @block, or NULL. */
const struct key *keys_find(const struct block *block, const char *name);

#endif
