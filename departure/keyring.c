/* SPDX-License-Identifier: MIT */
/* keyring.c - public keys, found in lines with options, comments and whatever else. */
#include "keyring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LEAST 40 /* characters: the shortest key there is has 68 */

void keyring_clear(struct keyring *ring)
{
	for (size_t i = 0; i < ring->n; i++)
		free(ring->key[i]);
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

static bool has(const struct keyring *ring, const char *key, size_t length)
{
	for (size_t i = 0; i < ring->n; i++)
		if (strlen(ring->key[i]) == length && memcmp(ring->key[i], key, length) == 0)
			return true;
	return false;
}

int keyring_add(struct keyring *ring, const char *text)
{
	for (; text && *text; text = strchr(text, '\n'), text += text != NULL) {
		size_t length = 0;
		const char *key = keyring_parse(text, &length);

		if (!key || has(ring, key, length))
			continue;
		if (ring->n == KEYRING_MAX) {
			ring->lost++;
			continue;
		}
		ring->key[ring->n] = strndup(key, length);
		if (!ring->key[ring->n])
			return -ENOMEM;
		ring->n++;
	}
	return 0;
}

bool keyring_has(const struct keyring *ring, const char *line)
{
	size_t length = 0;
	const char *key = keyring_parse(line, &length);

	return key && has(ring, key, length);
}
