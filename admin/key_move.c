/* SPDX-License-Identifier: MIT */
/* key_move.c - sereno key seal, unseal, load: the host key moved, when all was seen to work. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include <openssl/crypto.h>

#include <sereno/event.h>
#include <sereno/scoped.h>

#include "caller.h"
#include "escape.h"
#include "key.h"

#define UNIT "sereno-key.service"

static void report(const struct key_work *work, enum event_id id, const char *detail)
{
	scoped(people_free_p) struct people *people = NULL;
	struct event event = { .id = id, .detail = detail, .until = EVENT_NO_TIME };
	struct caller caller = { .known = false };

	if (id == EVENT_KEY_SEALED && people_read(work->options->root, &people) == 0)
		caller_find(work->options->root, people, &caller);
	if (caller.user[0])
		event.subject = caller.user;
	(void)event_send(work->options->root, &event); /* it is done whoever hears of it */
}

/* What is to unseal the key at the next boot has to be there, and started: a unit that is masked or
 * that nothing wants unseals nothing. */
static bool unit_is_wanted(const char *root)
{
	static const char *const places[] = { "/etc/systemd/system",
					      "/usr/local/lib/systemd/system",
					      "/usr/lib/systemd/system", "/lib/systemd/system" };
	static const char *const targets[] = { "sysinit", "multi-user" };
	char path[PATH_MAX + 128];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(targets); j++) {
			(void)snprintf(path, sizeof(path), "%s%s/%s.target.wants/" UNIT, root,
				       places[i], targets[j]); /* fits */
			if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
				return true;
		}
	}
	return false;
}

static bool unit_is_masked(const char *root)
{
	char path[PATH_MAX + 128], target[16];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "%s/etc/systemd/system/" UNIT, root); /* fits */
	length = readlink(path, target, sizeof(target));
	return length == (ssize_t)strlen("/dev/null") &&
	       memcmp(target, "/dev/null", (size_t)length) == 0;
}

/* On a host without tmpfs there the key would lie on the disk again. */
static bool run_is_memory(const char *root)
{
	struct statfs fs;

	return root[0] ||
	       (statfs("/run", &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC));
}

static enum exit_status check_host(const struct key_work *work)
{
	const char *root = work->options->root;

	if (!unit_is_wanted(root) || unit_is_masked(root))
		return complain(EXIT_NO,
				_("nothing would unseal the key at the next boot: %s is not "
				  "installed, or not enabled"),
				UNIT);
	if (!run_is_memory(root))
		return complain(EXIT_NO, _("/run is not in memory here: the unsealed key would lie "
					   "on the disk again"));
	return EXIT_YES;
}

static enum exit_status choose_means(struct key_work *work, enum creds_means *ret)
{
	const char *with = work->options->with;
	char buffer[ESCAPE_MAX];

	*ret = with ? creds_means_of(with) : CREDS_HOST;
	if (*ret == CREDS_UNKNOWN)
		return complain(EXIT_USAGE, _("--with %s: it takes host, tpm2 or host+tpm2"),
				escape(buffer, with));
	if (!with && creds_has_tpm2(&work->creds))
		*ret = CREDS_TPM2;
	return EXIT_YES;
}

/* Seal it, and see that what was sealed is the key and can be had back: nothing is changed yet. */
static enum exit_status prove(struct key_work *work, enum creds_means means,
			      const struct host_key_image *image, struct creds_sealed *ret)
{
	scoped(host_key_image_erase) struct host_key_image back = { { 0 } };
	int r = creds_seal(&work->creds, work->name, means, image, ret);

	if (r < 0)
		return key_complain(work, r, _("cannot seal the host key, nothing was changed"));
	r = creds_unseal(&work->creds, work->name, ret, &back);
	if (r == 0 && CRYPTO_memcmp(back.bytes, image->bytes, sizeof(back.bytes)) != 0)
		r = -EBADMSG;
	if (r < 0)
		return key_complain(
			work, r,
			_("the sealed host key could not be unsealed again, nothing was "
			  "changed"));
	return EXIT_YES;
}

static enum exit_status tell_sealed(const struct key_work *work, enum creds_means means)
{
	output_print(work->output, STYLE_PLAIN, _("the host key is sealed with %s\n"),
		     creds_means_name(means));
	if (means == CREDS_HOST)
		output_wrap(work->output, STYLE_PLAIN, 0,
			    _("The secret it is sealed with lies in "
			      "/var/lib/systemd/credential.secret: keep that out of the backups "
			      "that hold /var/lib/sereno."));
	output_wrap(
		work->output, STYLE_PLAIN, 0,
		_("The plain one was overwritten and removed. That does not reach copies that a "
		  "copy-on-write file system, an SSD, a snapshot or a backup has kept."));
	return EXIT_YES;
}

static enum exit_status seal(struct key_work *work, enum creds_means means)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	enum exit_status status = key_work_read(work, &image);
	struct creds_sealed sealed;
	int r;

	if (status != EXIT_YES)
		return status;
	if (work->options->given & OPTION_DRY_RUN) {
		output_print(work->output, STYLE_PLAIN,
			     _("the host key would be sealed with %s; nothing was changed\n"),
			     creds_means_name(means));
		return EXIT_YES;
	}
	status = prove(work, means, &image, &sealed);
	if (status != EXIT_YES)
		return status;
	r = host_key_seal(work->key, &image, sealed.bytes, sealed.length);
	if (r < 0)
		return complain_error(r,
				      _("cannot keep the sealed host key; sereno key status says "
					"what there is"));
	report(work, EVENT_KEY_SEALED, creds_means_name(means));
	return tell_sealed(work, means);
}

/* Sealed already: with what was asked for? */
static enum exit_status keep_sealed(struct key_work *work, enum creds_means wanted)
{
	const enum creds_means means = key_work_means(work);

	if (work->options->with && means != wanted)
		return complain(EXIT_NO,
				_("the host key is sealed with %s; sereno key unseal first"),
				creds_means_name(means));
	output_print(work->output, STYLE_PLAIN, _("the host key is sealed with %s already\n"),
		     creds_means_name(means));
	return work->options->given & OPTION_DRY_RUN ? EXIT_YES : key_load(work);
}

enum exit_status key_seal(struct key_work *work)
{
	enum creds_means means;
	enum exit_status status = choose_means(work, &means);

	if (status != EXIT_YES)
		return status;
	if (work->places.plain == -ENOENT && work->places.sealed != -ENOENT)
		return keep_sealed(work, means);
	if (work->places.plain == -ENOENT)
		return complain(EXIT_NO,
				_("there is no host key yet: the first secret record makes "
				  "it"));
	status = check_host(work);
	return status == EXIT_YES ? seal(work, means) : status;
}

enum exit_status key_unseal(struct key_work *work)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	enum exit_status status;
	int r;

	if (work->places.sealed == -ENOENT) {
		output_print(work->output, STYLE_PLAIN, _("the host key is not sealed\n"));
		return EXIT_YES;
	}
	status = key_work_read(work, &image);
	if (status != EXIT_YES)
		return status;
	if (work->options->given & OPTION_DRY_RUN) {
		output_print(
			work->output, STYLE_PLAIN,
			_("the host key would be put back in the clear; nothing was changed\n"));
		return EXIT_YES;
	}
	r = host_key_unseal(work->key, &image);
	if (r < 0)
		return complain_error(r,
				      _("cannot put the host key back; sereno key status says what "
					"there is"));
	report(work, EVENT_KEY_UNSEALED, "for good: it lies in the clear on the disk again");
	output_print(work->output, STYLE_PLAIN, _("the host key lies in the clear again\n"));
	return EXIT_YES;
}

static enum exit_status load(struct key_work *work, const struct host_key_image *image)
{
	const bool was_unsealed = work->places.unsealed == 0;
	const int r = host_key_load(work->key, image);

	if (r < 0)
		return complain_error(r, _("cannot keep the unsealed host key"));
	if (!was_unsealed)
		report(work, EVENT_KEY_UNSEALED, "for this boot");
	output_print(work->output, STYLE_PLAIN, _("the host key is unsealed for this boot\n"));
	return EXIT_YES;
}

enum exit_status key_load(struct key_work *work)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	enum exit_status status;
	int r;

	if (work->places.sealed == -ENOENT || work->places.plain != -ENOENT) {
		output_print(work->output, STYLE_PLAIN,
			     _("there is nothing to unseal: sereno key status says why\n"));
		return EXIT_YES;
	}
	r = work->places.unsealed == 0 ? host_key_read(work->key, &image)
				       : key_work_unseal(work, &image);
	if (r == 0)
		return load(work, &image);
	status = key_complain(work, r, _("cannot unseal the host key"));
	report(work, EVENT_KEY_UNUSABLE,
	       "it could not be unsealed at this boot: sereno key status says what to do");
	return status;
}
