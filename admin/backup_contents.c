/* SPDX-License-Identifier: MIT */
/* backup_contents.c - the table of contents of a backup, written and checked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include <sereno/scoped.h>

#include "backup.h"

#define HEADING	     "sereno-backup "
#define VERSION	     "1"
#define MANIFEST_MAX (256u << 20)

void backup_contents_clear(struct backup_contents *contents)
{
	for (size_t i = 0; i < contents->n; i++)
		free(contents->file[i].name);
	free(contents->file);
	*contents = (struct backup_contents){ 0 };
}

static int digest_of(const struct archive_entry *entry, char hex[static BACKUP_DIGEST_HEX])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];

	if (EVP_Digest(entry->bytes, entry->length, bytes, NULL, EVP_sha256(), NULL) != 1)
		return -EIO;
	for (size_t i = 0; i < (BACKUP_DIGEST_HEX - 1) / 2; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]); /* fits */
	return 0;
}

static int add_file(struct backup_contents *contents, const struct backup_file *file)
{
	struct backup_file *room;

	if (contents->n >= BACKUP_FILES_MAX)
		return -E2BIG;
	/* Doubled whenever it is full: n is then a power of two. */
	if ((contents->n & (contents->n - 1)) == 0) {
		room = reallocarray(contents->file, contents->n ? 2 * contents->n : 1,
				    sizeof(*room));
		if (!room)
			return -ENOMEM;
		contents->file = room;
	}
	contents->file[contents->n++] = *file;
	return 0;
}

int backup_contents_add(struct backup_contents *contents, const struct archive_entry *entry)
{
	struct backup_file file = { .mode = entry->mode };
	int r = digest_of(entry, file.digest);

	if (r < 0)
		return r;
	file.name = strdup(entry->name);
	if (!file.name)
		return -ENOMEM;
	r = add_file(contents, &file);
	if (r < 0)
		free(file.name);
	return r;
}

int backup_contents_write(const struct backup_contents *contents, struct archive *archive)
{
	const struct backup_facts *facts = &contents->facts;
	scoped_free char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return -ENOMEM;
	(void)fprintf(stream,
		      HEADING VERSION "\nmachine %s\nmade %jd\ngeneration %ju\nfiles %zu\n\n",
		      *facts->machine ? facts->machine : "-", (intmax_t)facts->made,
		      (uintmax_t)facts->generation, contents->n);
	for (size_t i = 0; i < contents->n; i++)
		(void)fprintf(stream, "%s %04o %s\n", contents->file[i].digest,
			      contents->file[i].mode, contents->file[i].name);
	if (fclose(stream) != 0)
		return -ENOMEM;
	return archive_add(archive, &(struct archive_entry){
					    .name = BACKUP_MANIFEST,
					    .mode = 0600,
					    .mtime = facts->made,
					    .bytes = text,
					    .length = length,
				    });
}

/* The value of "WORD VALUE" in the line at *@text, which then stands behind it. */
static int take_value(char **text, const char *word, char **ret)
{
	char *line = *text, *end = strchr(line, '\n');
	const size_t length = strlen(word);

	if (!end || strncmp(line, word, length) != 0)
		return -EBADMSG;
	*end = '\0';
	*text = end + 1;
	*ret = line + length;
	return 0;
}

static int take_number(char **text, const char *word, uint64_t max, uint64_t *ret)
{
	char *value = NULL, *end;
	int r = take_value(text, word, &value);

	if (r < 0)
		return r;
	if (*value < '0' || *value > '9')
		return -EBADMSG;
	errno = 0;
	*ret = strtoull(value, &end, 10);
	return errno != 0 || *end || *ret > max ? -EBADMSG : 0;
}

static bool is_machine(const char *text)
{
	return strlen(text) == BACKUP_MACHINE_MAX - 1 &&
	       strspn(text, "0123456789abcdef") == BACKUP_MACHINE_MAX - 1;
}

static int take_heading(char **text, struct backup_contents *contents, uint64_t *ret_n)
{
	struct backup_facts *facts = &contents->facts;
	char *version = NULL, *machine = NULL;
	uint64_t made = 0;
	int r = take_value(text, HEADING, &version);

	if (r < 0)
		return r;
	if (strcmp(version, VERSION) != 0)
		return -EPROTO;
	r = take_value(text, "machine ", &machine);
	if (r == 0)
		r = take_number(text, "made ", INT64_MAX / 2, &made);
	if (r == 0)
		r = take_number(text, "generation ", UINT64_C(1) << 53, &facts->generation);
	if (r == 0)
		r = take_number(text, "files ", BACKUP_FILES_MAX, ret_n);
	if (r < 0 || *(*text)++ != '\n')
		return -EBADMSG;
	if (is_machine(machine))
		memcpy(facts->machine, machine, sizeof(facts->machine));
	else if (strcmp(machine, "-") != 0)
		return -EBADMSG;
	facts->made = (int64_t)made;
	return 0;
}

/* "DIGEST MODE NAME". Only modes that state has: nothing to run, nothing for others to write. */
static int take_file(char **text, struct backup_contents *contents)
{
	struct backup_file file = { 0 };
	char *line = NULL, *mode;
	int r = take_value(text, "", &line);

	if (r < 0)
		return r;
	if (strlen(line) < BACKUP_DIGEST_HEX + 6 || line[BACKUP_DIGEST_HEX - 1] != ' ')
		return -EBADMSG;
	memcpy(file.digest, line, BACKUP_DIGEST_HEX - 1);
	mode = line + BACKUP_DIGEST_HEX;
	if (strncmp(mode, "0400 ", 5) == 0)
		file.mode = 0400;
	else if (strncmp(mode, "0600 ", 5) == 0)
		file.mode = 0600;
	else if (strncmp(mode, "0644 ", 5) == 0)
		file.mode = 0644;
	else
		return -EBADMSG;
	file.name = strdup(mode + 5);
	if (!file.name)
		return -ENOMEM;
	r = add_file(contents, &file);
	if (r < 0)
		free(file.name);
	return r;
}

static int parse(void *context, const struct archive_entry *entry)
{
	struct backup_contents *contents = context;
	scoped_free char *copy = NULL;
	uint64_t n = 0;
	char *text;
	int r;

	if (entry->length > MANIFEST_MAX || memchr(entry->bytes, '\0', entry->length))
		return -EBADMSG;
	copy = malloc(entry->length + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, entry->bytes, entry->length);
	copy[entry->length] = '\0';
	text = copy;
	r = take_heading(&text, contents, &n);
	while (r == 0 && *text)
		r = take_file(&text, contents);
	if (r < 0)
		return r;
	return contents->n == n ? 0 : -EBADMSG;
}

static int compare_files(const void *left, const void *right)
{
	return strcmp(((const struct backup_file *)left)->name,
		      ((const struct backup_file *)right)->name);
}

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct backup_file *)element)->name);
}

static int check_entry(void *context, const struct archive_entry *entry)
{
	struct backup_contents *contents = context;
	char digest[BACKUP_DIGEST_HEX];
	struct backup_file *file = NULL;
	int r;

	if (strcmp(entry->name, BACKUP_MANIFEST) == 0)
		return 0;
	if (contents->n > 0)
		file = bsearch(entry->name, contents->file, contents->n, sizeof(*file),
			       compare_name);
	if (!file || file->seen || file->mode != entry->mode)
		return -EBADMSG;
	file->seen = true;
	r = digest_of(entry, digest);
	if (r < 0)
		return r;
	return strcmp(digest, file->digest) == 0 ? 0 : -EBADMSG;
}

static bool ends_in(const char *name, const char *ending)
{
	const size_t length = strlen(name), tail = strlen(ending);

	return length >= tail && strcmp(name + length - tail, ending) == 0;
}

static void note_kind(struct backup_facts *facts, const char *name)
{
	if (strcmp(name, BACKUP_STATE "/" BACKUP_REGISTER) == 0)
		facts->has_register = true;
	if (strncmp(name, BACKUP_STATE "/host-", sizeof(BACKUP_STATE "/host-") - 1) != 0)
		return;
	if (ends_in(name, ".key.cred"))
		facts->has_sealed_key = true;
	else
		facts->has_plain_key = true;
}

static int check(struct archive *archive, struct backup_contents *contents)
{
	int r = archive_one(archive, BACKUP_MANIFEST, parse, contents);

	if (r < 0)
		return r == -ENOENT ? -EBADMSG : r;
	if (contents->n > 0)
		qsort(contents->file, contents->n, sizeof(*contents->file), compare_files);
	r = archive_each(archive, check_entry, contents);
	for (size_t i = 0; r == 0 && i < contents->n; i++) {
		if (!contents->file[i].seen)
			r = -EBADMSG;
		note_kind(&contents->facts, contents->file[i].name);
	}
	return r;
}

int backup_contents_read(struct archive *archive, struct backup_contents *ret)
{
	scoped(backup_contents_clear) struct backup_contents contents = { 0 };
	const int r = check(archive, &contents);

	if (r < 0)
		return r;
	*ret = take(contents, (struct backup_contents){ 0 });
	return 0;
}
