/* SPDX-License-Identifier: MIT */
/* keyring.c - public keys, found in lines with options, comments and whatever else. */
#include "keyring.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define USED	  "used SHA256:"
#define KEY_LEAST 40 /* characters: the shortest key there is has 68 */

void keyring_clear(struct keyring *ring)
{
	for (size_t i = 0; i < ring->n; i++)
		free(ring->item[i].text);
	ring->n = 0;
}

/* What ends lines elsewhere is nothing to sshd. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The length of a word of a line: what is in quotes belongs to it. */
static size_t word_length(const char *at)
{
	bool quoted = false;
	size_t n = 0;

	for (; at[n] && at[n] != '\n'; n++) {
		if (!quoted && is_blank(at[n]))
			break;
		if (at[n] == '\\' && at[n + 1] == '"')
			n++;
		else if (at[n] == '"')
			quoted = !quoted;
	}
	return n;
}

static bool is_kind(const char *word, size_t length)
{
	static const char *const beginnings[] = { "ssh-", "ecdsa-", "sk-" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (length > strlen(beginnings[i]) &&
		    strncmp(word, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

/* The name of the kind is the first thing in a key, so that its first bytes are known. */
static bool is_key(const char *word, size_t length)
{
	return length >= KEY_LEAST && strncmp(word, "AAAA", 4) == 0;
}

const char *keyring_parse(const char *line, size_t *ret_length)
{
	bool kind = false;

	while (is_blank(*line))
		line++;
	if (*line == '#')
		return NULL;
	while (*line && *line != '\n') {
		const size_t length = word_length(line);

		if (kind && is_key(line, length)) {
			*ret_length = length;
			while (*ret_length > 0 && line[*ret_length - 1] == '=')
				--*ret_length;
			return line;
		}
		kind = is_kind(line, length);
		line += length;
		while (is_blank(*line))
			line++;
	}
	return NULL;
}

static struct key *find(const struct keyring *ring, const char *fingerprint)
{
	for (size_t i = 0; i < ring->n; i++)
		if (memcmp(ring->item[i].fingerprint, fingerprint, FINGERPRINT_LENGTH) == 0)
			return (struct key *)(uintptr_t)&ring->item[i];
	return NULL;
}

/* The key of that fingerprint, a new one where there is none; NULL: no room. */
static struct key *ensure(struct keyring *ring, const char *fingerprint)
{
	struct key *key = find(ring, fingerprint);

	if (key)
		return key;
	if (ring->n == KEYRING_MAX) {
		ring->lost++;
		return NULL;
	}
	key = &ring->item[ring->n++];
	*key = (struct key){ .text = NULL };
	memcpy(key->fingerprint, fingerprint, FINGERPRINT_LENGTH);
	return key;
}

int keyring_add(struct keyring *ring, const char *text)
{
	char fingerprint[FINGERPRINT_LENGTH + 1];

	for (; text && *text; text = strchr(text, '\n'), text += text != NULL) {
		size_t length = 0;
		const char *line = keyring_parse(text, &length);
		struct key *key;

		if (!line)
			continue;
		fingerprint_of(line, length, fingerprint);
		key = ensure(ring, fingerprint);
		if (!key || key->text)
			continue;
		key->text = strndup(line, length);
		if (!key->text)
			return -ENOMEM;
	}
	return 0;
}

void keyring_add_used(struct keyring *ring, const char *fingerprint)
{
	struct key *key = ensure(ring, fingerprint);

	if (key)
		key->used = true;
}

int keyring_read(struct keyring *ring, const char *text)
{
	const char *at = text;

	for (; at && *at; at = strchr(at, '\n'), at += at != NULL)
		if (strncmp(at, USED, strlen(USED)) == 0 && fingerprint_parse(at + strlen(USED)))
			keyring_add_used(ring, at + strlen(USED));
	return keyring_add(ring, text);
}

void keyring_write(const struct keyring *ring, FILE *stream)
{
	for (size_t i = 0; i < ring->n; i++) {
		if (ring->item[i].text)
			fprintf(stream, "ssh-key %s\n", ring->item[i].text);
		if (ring->item[i].used)
			fprintf(stream, USED "%s\n", ring->item[i].fingerprint);
	}
}

bool keyring_knows(const struct keyring *ring, const char *fingerprint)
{
	return find(ring, fingerprint) != NULL;
}

bool keyring_has(const struct keyring *ring, const char *line)
{
	char fingerprint[FINGERPRINT_LENGTH + 1];
	size_t length = 0;
	const char *key = keyring_parse(line, &length);

	if (!key)
		return false;
	fingerprint_of(key, length, fingerprint);
	return keyring_knows(ring, fingerprint);
}
