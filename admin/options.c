/* SPDX-License-Identifier: MIT */
/* options.c - one table of options for all commands. */
#include "options.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/diag.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "messages.h"

struct option_entry {
	const char *name;
	enum option_bit bit;
	const char *value; /* what the value is called in help; NULL: takes none */
	size_t offset;	   /* of the value's member in struct options */
	const char *help;
};

/* clang-format off */
static const struct option_entry entries[] = {
	{ "service",  OPTION_SERVICE,  "SERVICE", offsetof(struct options, service), N_("the PAM service: sshd, login, sudo ...") },
	{ "from",     OPTION_FROM,     "ORIGIN",  offsetof(struct options, from),    N_("an address, seat, serial, jobs or unknown") },
	{ "at",       OPTION_AT,       "TIME",    offsetof(struct options, at),      N_("2026-03-01T22:10 (in the policy's zone), or with Z or +01:00; else now") },
	{ "met",      OPTION_MET,      "DEMAND",  offsetof(struct options, met),     N_("as if this had been given: second-factor") },
	{ "user",     OPTION_USER,     "USER",    offsetof(struct options, user),    N_("for this user: his names, his roles, his tokens") },
	{ "min-count", OPTION_MIN_COUNT, "N",     offsetof(struct options, min_count), N_("leave out what was seen less often") },
	{ "output",   OPTION_OUTPUT,   "PATH",    offsetof(struct options, output),  N_("where to write; /var/lib/sereno/blocklist when left out") },
	{ "from",     OPTION_SOURCE,   "KIND",    offsetof(struct options, from),    N_("which program's tokens, as above") },
	{ "label",    OPTION_LABEL,    "LABEL",   offsetof(struct options, label),   N_("which token; else phone, and for remove all of them") },
	{ "valid",    OPTION_VALID,    "DURATION", offsetof(struct options, valid),  N_("how long it is good: 12h, 3d (when left out), 1y") },
	{ "ascii",    OPTION_ASCII,    NULL,      0,                                 N_("draw the picture in plain characters") },
	{ "show-secret", OPTION_SHOW_SECRET, NULL, 0,                                N_("print secrets also into a file or a pipe") },
	{ "with",     OPTION_WITH,     "MEANS",   offsetof(struct options, with),    N_("host, tpm2 or host+tpm2; else tpm2 where there is one") },
	{ "for",      OPTION_FOR,      "DURATION", offsetof(struct options, lasting), N_("how long: 90m, 4h, 3d, 2w") },
	{ "until",    OPTION_UNTIL,    "TIME",    offsetof(struct options, until),   N_("up to when: 2026-03-01T22:10 (in the policy's zone), or with Z or +01:00") },
	{ "reason",   OPTION_REASON,   "TEXT",    offsetof(struct options, reason),  N_("why: a ticket, a sentence; it is kept") },
	{ "deadline", OPTION_DEADLINE, "DURATION", offsetof(struct options, deadline), N_("by when owners sign: 14d (when left out), 4w") },
	{ "digest",   OPTION_DIGEST,   "DIGEST",  offsetof(struct options, digest),  N_("of the list that is signed, as it was printed") },
	{ "force",    OPTION_FORCE,    NULL,      0,                                 N_("also over what is newer") },
	{ "read-only", OPTION_READ_ONLY, NULL,    0,                                 N_("nothing is written to it") },
	{ "dry-run",  OPTION_DRY_RUN,  NULL,      0,                                 N_("check everything, say what would happen, change nothing") },
	{ "accounts", OPTION_ACCOUNTS, NULL,      0,                                 N_("ask the name service for members that are not in the files") },
	{ "present",  OPTION_PRESENT,  NULL,      0,                                 N_("judge the devices that are plugged in here, as apply would") },
	{ "services", OPTION_SERVICES, NULL,      0,                                 N_("list the PAM services of this host and their kind") },
	{ "all",      OPTION_ALL,      NULL,      0,                                 N_("print everything, however long") },
	{ "all",      OPTION_ENDED,    NULL,      0,                                 N_("also what is over or was taken back") },
	{ "all",      OPTION_EVERYONE, NULL,      0,                                 N_("every person, not one USER") },
	{ "due",      OPTION_DUE,      NULL,      0,                                 N_("take the steps of departures whose time has come: for the timer") },
	{ "man",      OPTION_MAN,      NULL,      0,                                 N_("the table of keys, as manual page source") },
	{ "json",     OPTION_JSON,     NULL,      0,                                 N_("print JSON") },
	{ "root",     OPTION_ROOT,     "DIR",     offsetof(struct options, root_given),    N_("another file tree: its policy, state, users and groups") },
	{ "help",     OPTION_HELP,     NULL,      0,                                 N_("this help") },
};
/* clang-format on */

static const struct option_entry *find_option(const char *name, size_t length, unsigned allowed)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (((allowed | OPTION_HELP) & entries[i].bit) &&
		    strlen(entries[i].name) == length && memcmp(entries[i].name, name, length) == 0)
			return &entries[i];
	return NULL;
}

static int unknown_option(const char *word, unsigned allowed)
{
	const char *names[ARRAY_SIZE(entries)];
	char buffer[ESCAPE_MAX];
	const char *near;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if ((allowed | OPTION_HELP) & entries[i].bit)
			names[n++] = entries[i].name;
	near = strncmp(word, "--", 2) == 0 ? diag_nearest(word + 2, names, n) : NULL;
	if (near)
		(void)complain(EXIT_USAGE, _("no such option here: %s; did you mean --%s?"),
			       escape(buffer, word), near);
	else
		(void)complain(EXIT_USAGE, _("no such option here: %s"), escape(buffer, word));
	return -EINVAL;
}

/* Take the option in @argv[@*index], and its value, which may be the next word. */
static int read_option(int argc, char *const *argv, int *index, unsigned allowed,
		       struct options *options)
{
	const char *word = argv[*index];
	const char *name = word + 2;
	const size_t length = strcspn(name, "=");
	const struct option_entry *entry = NULL;
	const char *value = name[length] == '=' ? name + length + 1 : NULL;

	if (strncmp(word, "--", 2) == 0)
		entry = find_option(name, length, allowed);
	else if (strcmp(word, "-h") == 0)
		entry = find_option("help", strlen("help"), allowed);
	if (!entry)
		return unknown_option(word, allowed);
	if (options->given & entry->bit) {
		(void)complain(EXIT_USAGE, _("--%s is given twice"), entry->name);
		return -EINVAL;
	}
	options->given |= entry->bit;
	if (!entry->value) {
		if (!value)
			return 0;
		(void)complain(EXIT_USAGE, _("--%s takes no value"), entry->name);
		return -EINVAL;
	}
	if (!value && *index + 1 < argc)
		value = argv[++*index];
	if (!value || !*value) {
		(void)complain(EXIT_USAGE, _("--%s wants a value: --%s %s"), entry->name,
			       entry->name, entry->value);
		return -EINVAL;
	}
	memcpy((char *)options + entry->offset, &value, sizeof(value));
	return 0;
}

/* Without the slashes behind, "" for the host: paths can be put together plainly. */
static int check_root(struct options *options)
{
	char buffer[ESCAPE_MAX];
	struct stat st;
	size_t length;

	if (!options->root_given)
		return 0;
	length = strlen(options->root_given);
	if (length >= sizeof(options->root) || stat(options->root_given, &st) < 0 ||
	    !S_ISDIR(st.st_mode)) {
		(void)complain(EXIT_USAGE, _("--root %s is not a directory"),
			       escape(buffer, options->root_given));
		return -EINVAL;
	}
	while (length > 0 && options->root_given[length - 1] == '/')
		length--;
	memcpy(options->root, options->root_given, length);
	options->root[length] = '\0';
	return 0;
}

static int take_operand(const char *word, enum operand operand, struct options *options)
{
	char buffer[ESCAPE_MAX];

	if (!*word) {
		(void)complain(EXIT_USAGE, _("an empty word is no name"));
		return -EINVAL;
	}
	if (operand >= OPERAND_PAIR && options->operand && !options->second) {
		options->second = word;
		return 0;
	}
	if (operand == OPERAND_UP_TO_THREE && options->second && !options->third) {
		options->third = word;
		return 0;
	}
	if (options->operand || operand == OPERAND_NONE) {
		(void)complain(EXIT_USAGE, _("one word too many: %s"), escape(buffer, word));
		return -EINVAL;
	}
	options->operand = word;
	return 0;
}

int options_read(int argc, char *const *argv, unsigned allowed, enum operand operand,
		 struct options *ret)
{
	struct options options = { 0 };
	bool literal = false;
	int r;

	for (int i = 1; i < argc; i++) {
		if (!literal && strcmp(argv[i], "--") == 0) {
			literal = true;
			continue;
		}
		if (!literal && argv[i][0] == '-' && argv[i][1])
			r = read_option(argc, argv, &i, allowed, &options);
		else
			r = take_operand(argv[i], operand, &options);
		if (r < 0)
			return r;
	}
	if ((operand == OPERAND_REQUIRED || operand == OPERAND_PAIR) && !options.operand &&
	    !(options.given & OPTION_HELP)) {
		(void)complain(EXIT_USAGE, _("a word is missing: sereno help %s"), argv[0]);
		return -EINVAL;
	}
	r = check_root(&options);
	if (r < 0)
		return r;
	*ret = options;
	return 0;
}

void options_print(const struct output *output, unsigned allowed)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		char left[36];

		if (!((allowed | OPTION_HELP) & entries[i].bit))
			continue;
		(void)snprintf(left, sizeof(left), "  --%s%s%s", entries[i].name,
			       entries[i].value ? " " : "",
			       entries[i].value ? entries[i].value : ""); /* our own words fit */
		output_field(output, 22, left, _(entries[i].help));
	}
}
