/* SPDX-License-Identifier: MIT */
/*
 * media_boot.c - sereno media boot: whether the boot loader has all devices start off.
 *
 * A device that is there before udev is, or that comes while it starts, is at work before any rule
 * is looked at; only the kernel's command line is early enough.
 */
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "escape.h"
#include "host_disks.h"

#define FOLDER	   "/etc/default/grub.d"
#define SNIPPET	   FOLDER "/sereno-media.cfg"
#define TEMPORARY  SNIPPET ".new"
#define PARAMETERS "usbcore.authorized_default=0 sereno.media=on"
#define PARAMETER  "/sys/module/usbcore/parameters/authorized_default"
#define CMDLINE	   "/proc/cmdline"
#define TEXT_MAX   4096

/* Of recovery entries, too: who may start one of them could plug something in as well. */
static const char snippet[] =
	"# Written by sereno media boot on: every USB device is off until the policy lets it in.\n"
	"# In an emergency, at the boot loader: take these words out and write sereno.media=off.\n"
	"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX " PARAMETERS "\"\n";

/* What has to be made anew when the snippet changes; each is absent where its package is. */
static const struct follower {
	const char *path;
	const char *const words[4];
} followers[] = {
	{ "/usr/sbin/update-initramfs", { "update-initramfs", "-u", NULL } },
	{ "/usr/sbin/update-grub", { "update-grub", NULL } },
};

static int path_of(const struct options *options, const char *path, char **ret)
{
	return asprintf(ret, "%s%s", options->root, path) < 0 ? -ENOMEM : 0;
}

static int read_text(const struct options *options, const char *path, char text[static TEXT_MAX])
{
	scoped_free char *whole = NULL;
	scoped_fd int fd = -1;
	ssize_t n;
	int r;

	r = path_of(options, path, &whole);
	if (r < 0)
		return r;
	fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	n = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);
	if (n < 0)
		return neg_errno();
	text[n] = '\0';
	return 0;
}

/* Whether @word is among the words of @text. */
static bool has_word(const char *text, const char *word)
{
	const size_t length = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word))) {
		const bool begins = at == text || strchr(" \t\n", at[-1]);

		if (begins && strchr(" \t\n", at[length]))
			return true;
		at += length;
	}
	return false;
}

static int write_whole(const char *path)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	const ssize_t size = sizeof(snippet) - 1;

	if (fd < 0)
		return neg_errno();
	if (fchmod(fd, 0644) < 0 || write(fd, snippet, (size_t)size) != size || fsync(fd) < 0)
		return neg_errno();
	return close(take(fd, -1)) < 0 ? neg_errno() : 0;
}

static int put_snippet(const struct options *options)
{
	scoped_free char *folder = NULL, *path = NULL, *temporary = NULL;
	int r;

	if (path_of(options, FOLDER, &folder) < 0 || path_of(options, SNIPPET, &path) < 0 ||
	    path_of(options, TEMPORARY, &temporary) < 0)
		return -ENOMEM;
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return neg_errno();
	(void)unlink(temporary); /* of one that was interrupted */
	r = write_whole(temporary);
	if (r == 0 && rename(temporary, path) < 0)
		r = neg_errno();
	if (r < 0)
		(void)unlink(temporary); /* the first error is the one to report */
	return r;
}

static int take_snippet(const struct options *options)
{
	scoped_free char *path = NULL;
	const int r = path_of(options, SNIPPET, &path);

	if (r < 0)
		return r;
	return unlink(path) < 0 && errno != ENOENT ? neg_errno() : 0;
}

static bool is_there(const char *path)
{
	return access(path, X_OK) == 0;
}

/* Returns 0, -ECHILD (it failed) or a negative errno. */
static int run(const struct follower *follower)
{
	char *const none[] = { (char *)(uintptr_t) "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int status;
	pid_t pid;
	int r;

	r = -posix_spawn(&pid, follower->path, NULL, NULL,
			 (char *const *)(uintptr_t)follower->words, none);
	if (r < 0)
		return r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return neg_errno();
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

/* Another tree's boot loader is made by whoever starts that tree. */
static enum exit_status run_followers(const struct options *options, const struct output *output)
{
	enum exit_status status = EXIT_YES;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(followers); i++) {
		if (options->root[0] || !is_there(followers[i].path))
			continue;
		if (options->given & OPTION_DRY_RUN) {
			output_wrap(output, STYLE_PLAIN, 0, _("Would run %s."), followers[i].path);
			continue;
		}
		r = run(&followers[i]);
		if (r < 0)
			status = complain_error(r, _("%s failed; run it again"), followers[i].path);
	}
	return status;
}

static void tell_by_hand(const struct options *options, const struct output *output)
{
	if (options->root[0] || !is_there(followers[1].path))
		output_wrap(output, STYLE_WARNING, 0,
			    _("There is no update-grub to run here. If another boot loader starts "
			      "this host, give the kernel these words: %s"),
			    PARAMETERS);
	if (options->root[0] || !is_there(followers[0].path))
		output_wrap(output, STYLE_WARNING, 0,
			    _("There is no update-initramfs to run here. Before the root file "
			      "system is mounted, as at the question for its passphrase, a USB "
			      "keyboard stays off unless sereno's rules and program are in the "
			      "initramfs, too."));
}

/* What is on USB, of what the host needs before its root file system is there. */
struct on_usb {
	bool root, key;
};

static int look_at_disk(void *context, const char *what, const char *path)
{
	struct on_usb *on_usb = context;

	if (!strstr(path, "/usb"))
		return 0;
	if (strcmp(what, "/") == 0 || strcmp(what, "/usr") == 0)
		on_usb->root = true;
	else if (strncmp(what, "the key of ", 11) == 0)
		on_usb->key = true;
	return 0;
}

/* It would not be found: what is in the initramfs lets in what people type on, and nothing else. */
static enum exit_status check_disks(const struct options *options, const struct output *output)
{
	struct on_usb on_usb = { .root = false };
	const int r = host_disks_list(options->root, look_at_disk, &on_usb);

	if (on_usb.root)
		return complain(EXIT_NO,
				_("the root file system is on USB, and would not be found at "
				  "the next start"));
	if (r < 0)
		output_wrap(output, STYLE_WARNING, 0,
			    _("Whether the root file system is on USB cannot be told: if it is, "
			      "it will not be found at the next start."));
	if (on_usb.key)
		output_wrap(output, STYLE_WARNING, 0,
			    _("A key that /etc/crypttab names is on USB: where it opens the root "
			      "file system, it will not be found at the next start."));
	return EXIT_YES;
}

static enum exit_status boot_on(const struct options *options, const struct output *output)
{
	enum exit_status status = check_disks(options, output);
	int r;

	if (status != EXIT_YES)
		return status;
	if (options->given & OPTION_DRY_RUN) {
		output_wrap(output, STYLE_PLAIN, 0, _("Would write %s%s:"), options->root, SNIPPET);
		output_print(output, STYLE_FAINT, "%s", snippet);
	} else {
		r = put_snippet(options);
		if (r < 0)
			return complain_error(r, "%s%s", options->root, SNIPPET);
	}
	status = run_followers(options, output);
	tell_by_hand(options, output);
	if (status == EXIT_YES && !(options->given & OPTION_DRY_RUN))
		output_wrap(output, STYLE_GOOD, 0,
			    _("From the next start on every USB device is off until the policy "
			      "lets it in."));
	return status;
}

static enum exit_status boot_off(const struct options *options, const struct output *output)
{
	enum exit_status status;
	int r;

	if (options->given & OPTION_DRY_RUN) {
		output_wrap(output, STYLE_PLAIN, 0, _("Would remove %s%s."), options->root,
			    SNIPPET);
	} else {
		r = take_snippet(options);
		if (r < 0)
			return complain_error(r, "%s%s", options->root, SNIPPET);
	}
	status = run_followers(options, output);
	if (status == EXIT_YES && !(options->given & OPTION_DRY_RUN))
		output_wrap(output, STYLE_PLAIN, 0,
			    _("From the next start on devices that are there before udev is are "
			      "at work until it has looked at them."));
	return status;
}

/* What the running kernel was told. */
static const char *started_how(const struct options *options)
{
	char text[TEXT_MAX];

	if (read_text(options, CMDLINE, text) < 0)
		return _("cannot be told");
	if (has_word(text, "sereno.media=off"))
		return _("with sereno.media=off: everything is let in until the next start");
	if (has_word(text, "usbcore.authorized_default=0") && has_word(text, "sereno.media=on"))
		return _("every USB device started off");
	return _("USB devices started on");
}

static const char *new_bus(const struct options *options)
{
	char text[TEXT_MAX];

	if (read_text(options, PARAMETER, text) < 0)
		return _("there is no USB");
	return text[0] == '0' ? _("off") : _("on");
}

static enum exit_status boot_status(const struct options *options, const struct output *output)
{
	char text[TEXT_MAX];
	const int r = read_text(options, SNIPPET, text);
	const bool on = r == 0 && strcmp(text, snippet) == 0;

	if (r < 0 && r != -ENOENT)
		return complain_error(r, "%s%s", options->root, SNIPPET);
	output_field(output, 16, _("next start"),
		     on	      ? _("every USB device starts off")
		     : r == 0 ? _("the boot loader's file was changed; next: sereno media boot on")
			      : _("USB devices start on; next: sereno media boot on"));
	output_field(output, 16, _("this start"), started_how(options));
	output_field(output, 16, _("on a new bus"), new_bus(options));
	return on ? EXIT_YES : EXIT_NO;
}

enum exit_status media_boot(const struct options *options, const struct output *output)
{
	char buffer[ESCAPE_MAX];

	if (!options->second || strcmp(options->second, "status") == 0)
		return boot_status(options, output);
	if (strcmp(options->second, "on") == 0)
		return boot_on(options, output);
	if (strcmp(options->second, "off") == 0)
		return boot_off(options, output);
	return complain(EXIT_USAGE, _("sereno media boot is on, off or status, not %s"),
			escape(buffer, options->second));
}
