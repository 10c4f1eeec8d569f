/* SPDX-License-Identifier: MIT */
/* compile.c - from a model to a directory that can be put in force. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/scoped.h>

#include "compile.h"
#include "inforce.h"

static void compilation_clear(struct compilation *compilation)
{
	free(compilation->placed);
	selectors_clear(&compilation->selectors);
	for (size_t i = 0; compilation->given_by && i < compilation->model->n_roles; i++)
		id_set_clear(&compilation->given_by[i]);
	free(compilation->given_by);
	id_set_clear(&compilation->given);
	meta_clear(&compilation->meta);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		multimap_clear(&compilation->tables[i]);
	for (size_t i = 0; i < PRIVATE_TABLES; i++)
		multimap_clear(&compilation->devices[i]);
	private_facts_clear(&compilation->private);
	encoder_clear(&compilation->kind_rules);
	encoder_clear(&compilation->item);
}

/* List the rules that hold on this host; the others are not compiled at all. */
static int place_rules(struct compilation *compilation)
{
	const struct model *model = compilation->model;
	size_t n = 0;

	for (size_t i = 0; i < model->n_roles; i++)
		n += model->roles[i].n_rules;
	compilation->placed = calloc(n + 1, sizeof(*compilation->placed));
	if (!compilation->placed)
		return -ENOMEM;
	for (size_t i = 0; i < model->n_roles; i++) {
		for (size_t j = 0; j < model->roles[i].n_rules; j++) {
			const struct rule *rule = &model->roles[i].rules[j];

			if (rule->hosts.n > 0 &&
			    !model_rule_has_host(model, rule, compilation->inputs->host))
				continue;
			compilation->placed[compilation->n_placed++] =
				(struct placed_rule){ .role = (uint32_t)i, .rule = rule };
		}
	}
	return 0;
}

static int hash_text(const struct compile_inputs *inputs, char hex[static POLICY_HASH_HEX])
{
	static const char digit[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (EVP_Digest(inputs->text, inputs->text_length, digest, &length, EVP_sha256(), NULL) !=
		    1 ||
	    length * 2 != POLICY_HASH_HEX - 1)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		hex[2 * i] = digit[digest[i] >> 4];
		hex[2 * i + 1] = digit[digest[i] & 15];
	}
	hex[2 * length] = '\0';
	return 0;
}

static int compile_facts(struct compilation *compilation)
{
	const struct compile_inputs *inputs = compilation->inputs;
	struct policy_facts *facts = &compilation->meta.facts;
	const struct model *model = compilation->model;

	if (strlen(inputs->host) >= sizeof(facts->host) || model->zone.n == 0)
		return -EINVAL;
	memcpy(facts->host, inputs->host, strlen(inputs->host) + 1);
	facts->generation = inputs->generation;
	facts->compiled = inputs->now;
	facts->min_uid = model->min_uid;
	facts->observe = model->observe;
	facts->zone_end = model->zone.end;
	facts->n_roles = (uint32_t)model->n_roles;
	facts->n_rules = (uint32_t)compilation->n_placed;
	return hash_text(inputs, facts->hash);
}

static int compile_model(struct compilation *compilation)
{
	int r;

	r = place_rules(compilation);
	if (r == 0)
		r = compile_facts(compilation);
	if (r == 0)
		r = compile_selectors(compilation);
	if (r == 0)
		r = compile_given(compilation);
	if (r == 0)
		r = compile_rules(compilation);
	if (r == 0)
		r = compile_terms(compilation);
	if (r == 0)
		r = compile_limits(compilation);
	if (r == 0)
		r = compile_media(compilation);
	if (r == 0)
		r = compile_warn_alike(compilation);
	if (r == 0)
		r = compile_subjects(compilation);
	if (r == 0)
		r = compile_break_glass(compilation);
	return r;
}

/* META comes first: every reader wants it, and has it then with the index. */
static int write_public(struct compilation *compilation, const struct table_writer *writer)
{
	scoped(encoder_clear) struct encoder zone = { 0 }, meta = { 0 };
	uint32_t *const buckets = compilation->meta.buckets;
	int r = 0;

	for (unsigned i = TABLE_SUBJECTS; r == 0 && i < TABLE_COUNT; i++)
		r = table_prepare(&compilation->tables[i], &buckets[i]);
	if (r < 0)
		return r;
	encode_meta(&meta, &compilation->meta);
	encode_zone(&zone, &compilation->model->zone);
	r = record_write(writer, TABLE_META, 0, &meta);
	if (r == 0)
		r = record_write(writer, TABLE_ZONE, 0, &zone);
	for (unsigned i = TABLE_SUBJECTS; r == 0 && i < TABLE_COUNT; i++) {
		r = table_write(writer, (enum table)i, &compilation->tables[i], buckets[i]);
		multimap_clear(&compilation->tables[i]);
	}
	return r;
}

static int create_file(int directory, const char *name, mode_t mode)
{
	scoped_fd int fd =
		openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	/* The mode is part of the design; a umask has no say in it. */
	if (fd < 0 || fchmod(fd, mode) < 0)
		return neg_errno();
	return take(fd, -1);
}

typedef int write_records(struct compilation *compilation, const struct table_writer *writer);

/* Take the new file @fd. */
static int write_database(struct compilation *compilation, int fd, write_records *write)
{
	struct table_writer writer = { .generation = compilation->inputs->generation };
	struct cdb_make cdb;
	int finished, r;

	if (fd < 0)
		return fd;
	writer.cdb = &cdb;
	errno = 0;
	if (cdb_make_start(&cdb, fd) < 0)
		return neg_errno();
	r = write(compilation, &writer);
	errno = 0;
	finished = cdb_make_finish(&cdb); /* also releases its memory, so after a failure too */
	if (r < 0)
		return r;
	return finished < 0 || fsync(fd) < 0 ? neg_errno() : 0;
}

static int write_databases(struct compilation *compilation, int directory)
{
	scoped_fd int public = create_file(directory, POLICY_FILE, 0644);
	scoped_fd int private = -1;
	int r = write_database(compilation, public, write_public);

	if (r < 0 || !compilation->meta.has_media)
		return r;
	private = create_file(directory, PRIVATE_FILE, 0600);
	return write_database(compilation, private, compile_write_private);
}

static int write_text(const struct compile_inputs *inputs, int directory)
{
	scoped_fd int fd = create_file(directory, POLICY_TEXT_FILE, 0600);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while (done < inputs->text_length) {
		n = write(fd, inputs->text + done, inputs->text_length - done);
		if (n < 0 && errno != EINTR)
			return neg_errno();
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? neg_errno() : 0;
}

static int write_directory(struct compilation *compilation, const char *dir)
{
	scoped_fd int directory = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int r;

	if (directory < 0)
		return neg_errno();
	r = write_databases(compilation, directory);
	if (r == 0)
		r = write_text(compilation->inputs, directory);
	if (r < 0)
		return r;
	return fsync(directory) < 0 ? neg_errno() : 0;
}

int policy_compile(const struct model *model, const struct compile_inputs *inputs, const char *dir,
		   struct diag_list *diags)
{
	scoped(compilation_clear) struct compilation compilation = {
		.model = model,
		.inputs = inputs,
		.diags = diags,
	};
	const size_t faults = diags->faults;
	int r;

	r = compile_model(&compilation);
	if (r == 0 && diags->faults == faults)
		r = write_directory(&compilation, dir);
	if (r == -E2BIG)
		r = diag_fault(diags, (struct mark){ 0 },
			       "the policy is too large: name long from: lists in origins:, and "
			       "long services: lists in services:");
	diag_sort(diags);
	return r == 0 && diags->faults > faults ? -EINVAL : r;
}
