/* SPDX-License-Identifier: MIT */
/* key.c - sereno key: the host key in hand, and which of the four it goes to. */
#include "key.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"

#define CREDS_PROGRAM	 "/usr/bin/systemd-creds"
#define CREDS_LIMIT_MSEC 60000 /* a TPM2 that many want something of */

static const struct host_key_places nowhere = { -ENOENT, -ENOENT, -ENOENT, -ENOENT };

/* Another file tree's key is sealed with that tree's own secret. */
static int find_secret(struct key_work *work)
{
	if (!work->options->root[0])
		return 0;
	if (asprintf(&work->secret, "%s/var/lib/systemd/credential.secret", work->options->root) <
	    0) {
		work->secret = NULL;
		return -ENOMEM;
	}
	work->creds.secret = work->secret;
	return 0;
}

enum exit_status key_work_open(const struct options *options, const struct output *output,
			       struct key_work *work)
{
	int r;

	*work = (struct key_work){ .options = options, .output = output, .places = nowhere };
	work->creds = (struct creds){ .program = CREDS_PROGRAM, .limit_msec = CREDS_LIMIT_MSEC };
	r = find_secret(work);
	if (r == 0)
		r = host_key_open(options->root, &work->key);
	if (r == -ENOENT)
		return EXIT_YES; /* no state at all, hence no key */
	if (r == -ENOKEY)
		return complain(EXIT_SYSTEM, _("this host has no machine-id yet, and no key"));
	if (r < 0)
		return complain_error(r, _("cannot look at the host key"));
	host_key_look(work->key, &work->places);
	(void)snprintf(work->name, sizeof(work->name), "sereno-host-key-%s",
		       host_key_id(work->key)); /* 16 digits fit */
	return EXIT_YES;
}

void key_work_clear(struct key_work *work)
{
	host_key_close(take(work->key, NULL));
	free(take(work->secret, NULL));
}

enum exit_status key_work_lock(struct key_work *work)
{
	int r;

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core file holds the key */
	if (!work->key)
		return EXIT_YES;
	r = host_key_lock(work->key);
	if (r == -EBUSY)
		return complain(EXIT_SYSTEM, _("somebody else is moving the host key"));
	if (r < 0)
		return complain_error(r, _("cannot move the host key (run this as root)"));
	host_key_look(work->key, &work->places);
	return EXIT_YES;
}

/* Read what is sealed. */
static int read_sealed(const struct key_work *work, struct creds_sealed *ret)
{
	return host_key_read_sealed(work->key, ret->bytes, sizeof(ret->bytes), &ret->length);
}

int key_work_unseal(struct key_work *work, struct host_key_image *ret)
{
	struct creds_sealed sealed;
	int r = read_sealed(work, &sealed);

	return r < 0 ? r : creds_unseal(&work->creds, work->name, &sealed, ret);
}

enum creds_means key_work_means(const struct key_work *work)
{
	struct creds_sealed sealed;

	return read_sealed(work, &sealed) < 0 ? CREDS_UNKNOWN : creds_look(&sealed);
}

enum exit_status key_complain(const struct key_work *work, int error, const char *what)
{
	if (error == -ENOENT)
		return complain(EXIT_SYSTEM,
				_("%s: there is no %s here (Debian has it in the package "
				  "systemd)"),
				what, work->creds.program);
	if (error == -EBADMSG)
		return complain(EXIT_SYSTEM, _("%s: what came out is not a host key"), what);
	if (error == -EIO && work->creds.said[0])
		return complain(EXIT_SYSTEM, "%s: %s", what, work->creds.said);
	return complain_error(error, "%s", what);
}

enum exit_status key_work_read(struct key_work *work, struct host_key_image *ret)
{
	int r = host_key_read(work->key, ret);

	if (r == 0)
		return EXIT_YES;
	if (work->places.sealed != 0)
		return complain_error(r, _("cannot read the host key"));
	r = key_work_unseal(work, ret);
	return r < 0 ? key_complain(work, r, _("cannot unseal the host key")) : EXIT_YES;
}

static const struct action {
	const char *name;
	enum exit_status (*run)(struct key_work *work);
	unsigned options; /* beside --root */
} actions[] = {
	{ "seal", key_seal, OPTION_WITH | OPTION_DRY_RUN },
	{ "unseal", key_unseal, OPTION_DRY_RUN },
	{ "load", key_load, 0 },
};

static enum exit_status move(const struct action *action, struct key_work *work)
{
	const enum exit_status status = key_work_lock(work);

	return status == EXIT_YES ? action->run(work) : status;
}

enum exit_status key_run(const struct options *options, const struct output *output)
{
	scoped(key_work_clear) struct key_work work = { .key = NULL };
	const struct action *action = NULL;
	const bool status_asked = strcmp(options->operand, "status") == 0;
	const unsigned given = options->given & ~(unsigned)(OPTION_ROOT | OPTION_HELP);
	enum exit_status status;
	char buffer[ESCAPE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(options->operand, actions[i].name) == 0)
			action = &actions[i];
	if (!action && !status_asked)
		return complain(EXIT_USAGE,
				_("sereno key can seal, unseal, load and tell the status"));
	if (options->second)
		return complain(EXIT_USAGE, _("one word too many: %s"),
				escape(buffer, options->second));
	if (given & ~(action ? action->options : (unsigned)OPTION_JSON))
		return complain(EXIT_USAGE,
				_("%s does not take all of these options: sereno help key"),
				options->operand);
	status = key_work_open(options, output, &work);
	if (status != EXIT_YES)
		return status;
	return status_asked ? key_status(&work) : move(action, &work);
}
