/* SPDX-License-Identifier: MIT */
/* lists.c - read the lists of names and words. */
#include <errno.h>
#include <string.h>

#include <sereno/scoped.h>
#include <sereno/service.h>

#include "reader.h"
#include "siblings.h"
#include "words.h"

#define WORD_MIN 3 /* bytes, of not-containing */

int read_names(struct reader *reader, const struct node *node, check_item *check, struct names *ret)
{
	struct names names = { 0 };
	int r = siblings_check_items(node, reader->diags);

	if (r < 0)
		return r;
	names.item = arena_array(reader->arena, node->n, sizeof(*names.item));
	if (!names.item)
		return -ENOMEM;
	for (const struct node *child = node->first; child; child = child->next) {
		if (child->kind == NODE_VOID)
			continue;
		if (child->kind != NODE_SCALAR)
			diag_fault(reader->diags, child->at,
				   "a list within a list is not used here");
		else if (check(reader, child))
			names.item[names.n++] = (struct name){ child->text, child->at };
	}
	*ret = names;
	return 0;
}

static struct names *field(const struct key *key, void *base)
{
	return (struct names *)(void *)((char *)base + key->offset);
}

static bool check_user(struct reader *reader, const struct node *node)
{
	return check_account(reader, "an account", node);
}

int read_accounts(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	return read_names(reader, node, check_user, field(key, base));
}

static bool check_group(struct reader *reader, const struct node *node)
{
	return check_account(reader, "a Unix group", node);
}

int read_groups(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	return read_names(reader, node, check_group, field(key, base));
}

bool check_role_name(struct reader *reader, const struct node *node)
{
	const char *nearest;

	if (reader_refer(reader, LOOKUP_ROLES, node->text) >= 0)
		return true;
	if (reader->unsure[LOOKUP_ROLES])
		return false;
	nearest = reader_nearest(reader, LOOKUP_ROLES, node->text);
	if (nearest)
		diag_fault(reader->diags, node->at, "there is no role '%s'; did you mean '%s'?",
			   node->text, nearest);
	else
		diag_fault(reader->diags, node->at, "there is no role '%s'", node->text);
	return false;
}

int read_role_names(struct reader *reader, const struct key *key, const struct node *node,
		    void *base)
{
	return read_names(reader, node, check_role_name, field(key, base));
}

static bool check_secret(struct reader *reader, const struct node *node)
{
	if (word_is_name(node->text))
		return true;
	diag_fault(reader->diags, node->at,
		   "'%s' cannot name a secret: letters, digits, . _ - from a letter on, at most %d",
		   node->text, MODEL_NAME_MAX);
	return false;
}

int read_secrets(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	return read_names(reader, node, check_secret, field(key, base));
}

static bool check_service_element(struct reader *reader, const struct node *node)
{
	const char *canonical;

	if (!word_is_service(node->text)) {
		diag_fault(reader->diags, node->at,
			   "'%s' cannot be a PAM service, a file of /etc/pam.d", node->text);
		return false;
	}
	canonical = service_canonical(node->text);
	if (strcmp(canonical, node->text) != 0)
		diag_warn(reader->diags, node->at, "write '%s', which stands for '%s' too",
			  canonical, node->text);
	return true;
}

int read_service_elements(struct reader *reader, const struct key *key, const struct node *node,
			  void *base)
{
	return read_names(reader, node, check_service_element, field(key, base));
}

/* Whether the list @name of services: has @service in it: then that is no slip for the name. */
static bool is_listed(const struct reader *reader, const char *name, const char *service)
{
	const ptrdiff_t list = lookup_find(&reader->lookup->table[LOOKUP_SERVICES], name);
	const struct names *elements = &reader->model->services[list].elements;

	for (size_t i = 0; i < elements->n; i++)
		if (strcmp(elements->item[i].text, service) == 0)
			return true;
	return false;
}

static bool check_service(struct reader *reader, const struct node *node)
{
	const char *nearest;

	if (reader_refer(reader, LOOKUP_SERVICES, node->text) >= 0)
		return true;
	if (!check_service_element(reader, node))
		return false;
	nearest = reader_nearest(reader, LOOKUP_SERVICES, node->text);
	if (nearest && service_kind(node->text) == SERVICE_LOGIN &&
	    !is_listed(reader, nearest, node->text))
		diag_warn(reader->diags, node->at,
			  "'%s' is taken for a PAM service; did you mean '%s' of services:?",
			  node->text, nearest);
	return true;
}

int read_services(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no services: this rule can never fit; remove it");
	return read_names(reader, node, check_service, field(key, base));
}

static bool check_host_element(struct reader *reader, const struct node *node)
{
	if (word_is_host(node->text))
		return true;
	diag_fault(reader->diags, node->at,
		   "'%s' is not a host name; a pattern has letters, digits, . - * and ?",
		   node->text);
	return false;
}

int read_host_elements(struct reader *reader, const struct key *key, const struct node *node,
		       void *base)
{
	return read_names(reader, node, check_host_element, field(key, base));
}

static bool check_host(struct reader *reader, const struct node *node)
{
	return reader_refer(reader, LOOKUP_HOSTS, node->text) >= 0 ||
	       check_host_element(reader, node);
}

int read_hosts(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	if (!node->n)
		diag_fault(reader->diags, node->at,
			   "no hosts: this rule can never fit; leave the key out for all hosts");
	return read_names(reader, node, check_host, field(key, base));
}

/* A shorter word is in passwords by chance. */
static bool check_word(struct reader *reader, const struct node *node)
{
	const size_t length = strlen(node->text);

	if (length >= WORD_MIN && length < PASSWORD_WORD_SIZE)
		return true;
	diag_fault(reader->diags, node->at, "'%s': a word of not-containing has %d to %d bytes",
		   node->text, WORD_MIN, PASSWORD_WORD_SIZE - 1);
	return false;
}

int read_words(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	return read_names(reader, node, check_word, field(key, base));
}

static const struct {
	const char *word;
	unsigned bits;
} observed[] = {
	{ "roles", OBSERVE_ROLES },	  { "root", OBSERVE_ROOT },
	{ "accounts", OBSERVE_ACCOUNTS }, { "attempts", OBSERVE_ATTEMPTS },
	{ "password", OBSERVE_PASSWORD }, { "second-factor", OBSERVE_SECOND_FACTOR },
	{ "media", OBSERVE_MEDIA },	  { "all", OBSERVE_ALL },
};

static unsigned observe_bits(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(observed); i++)
		if (strcmp(word, observed[i].word) == 0)
			return observed[i].bits;
	return 0;
}

static bool check_observed(struct reader *reader, const struct node *node)
{
	const char *words[ARRAY_SIZE(observed)];
	const char *nearest;

	if (observe_bits(node->text))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(observed); i++)
		words[i] = observed[i].word;
	nearest = diag_nearest(node->text, words, ARRAY_SIZE(words));
	if (nearest)
		diag_fault(reader->diags, node->at, "observe: '%s'; did you mean '%s'?", node->text,
			   nearest);
	else
		diag_fault(reader->diags, node->at,
			   "observe: '%s' is none of roles, root, accounts, attempts, password, "
			   "second-factor, media, all",
			   node->text);
	return false;
}

int read_observe(struct reader *reader, const struct key *key, const struct node *node, void *base)
{
	unsigned *observe = (unsigned *)(void *)((char *)base + key->offset);
	struct names names;
	int r = read_names(reader, node, check_observed, &names);

	if (r < 0)
		return r;
	for (size_t i = 0; i < names.n; i++)
		*observe |= observe_bits(names.item[i].text);
	return 0;
}
