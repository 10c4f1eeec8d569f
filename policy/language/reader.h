/* SPDX-License-Identifier: MIT */
/*
 * reader.h - from tree to model, block by block.
 *
 * Readers add every fault to @diags and go on: their result is 0, or -ENOMEM to stop. What was
 * faulty is left out of the model, so that one mistake is one message.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>

#include <sereno/model.h>

#include "arena.h"
#include "keys.h"
#include "lookup.h"
#include "tree.h"

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	size_t faults_before; /* of @diags, when reading began */
	struct model *model;
	struct lookup *lookup;
	bool *used[LOOKUP_TABLES];  /* of each name, whether a rule refers to it */
	bool unsure[LOOKUP_TABLES]; /* the names could not be read: do not call others unknown */
	const char *root;	    /* of the file tree */
	int64_t now;
};

/* Read the keys of @block from @node, the value under @name, into the structure @base. */
int block_read(struct reader *reader, const struct block *block, const struct node *node,
	       void *base);

/* Read the value @node of @key into its field of @base. */
int block_read_key(struct reader *reader, const struct key *key, const struct node *node,
		   void *base);

/* One function per key type; @base is the structure that key->offset counts from. */
typedef int read_key(struct reader *reader, const struct key *key, const struct node *node,
		     void *base);

read_key read_version, read_text, read_count, read_duration, read_reviewed, read_since, read_until,
	read_switch, read_required, read_timezone, read_account, read_duration_or, read_choice,
	read_issuer, read_path;
read_key read_name, read_number16, read_kind, read_mount_options, read_holders, read_serials,
	read_device_rules;
read_key read_observe, read_words, read_accounts, read_groups, read_role_names, read_secrets,
	read_services, read_service_elements, read_hosts, read_host_elements, read_hours,
	read_times_elements;
read_key read_from, read_origin_elements, read_lines;
read_key read_table, read_rules;

/* A fault unless @text may be an account; @what is "account" or "group". */
bool check_account(struct reader *reader, const char *what, const struct node *node);

/* A fault unless @node is the name of a role; it is used then. */
bool check_role_name(struct reader *reader, const struct node *node);

/* The entry of @table named @text, now used, or -1. */
ptrdiff_t reader_refer(struct reader *reader, enum lookup_table table, const char *text);

/* The name of @table nearest to @text, or NULL. */
const char *reader_nearest(const struct reader *reader, enum lookup_table table, const char *text);

/* Whether the text has had no fault so far. */
bool reader_is_content(const struct reader *reader);

/* Faults of the model as a whole. Returns 0 or -ENOMEM. */
int meaning_check(struct reader *reader);
int membership_check(struct reader *reader);
void attempts_check(struct reader *reader);
void second_factor_check(struct reader *reader);
int password_check(struct reader *reader);
void session_check(struct reader *reader);
void media_defaults(struct media_block *block);
int media_check(struct reader *reader);
void given_groups_check(struct reader *reader);
void on_request_check(struct reader *reader);

/* Whether the item @node is good; a fault if not. */
typedef bool check_item(struct reader *reader, const struct node *node);

/* The items of the list @node that are good. Returns 0, -EINVAL or -ENOMEM. */
int read_names(struct reader *reader, const struct node *node, check_item *check,
	       struct names *ret);

#endif
