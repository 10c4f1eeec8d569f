/* SPDX-License-Identifier: MIT */
/* traces.c - the steps units, containers, tickets: what his programs left for when he is away. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sereno/scoped.h>

#include "step.h"
#include "tree.h"

#define NAMES_MAX 100000

struct trace {
	const struct leaver *leaver;
	enum departure_mode mode;
	struct findings *findings;
	const char *path;
	const char *prefix; /* of names that count; NULL: all that are his */
};

static bool is_unit(const char *name)
{
	static const char *const endings[] = { ".service", ".timer", ".socket", ".path" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(endings); i++)
		if (strcmp(dot, endings[i]) == 0)
			return true;
	return false;
}

/* The user's manager does not start any more, and with it nothing of these. */
static int note_unit(void *context, int directory, const char *name)
{
	const struct trace *trace = context;

	(void)directory;
	if (is_unit(name))
		finding_add(trace->findings, FOUND_NOTE, "%s in %s: his own manager started it",
			    name, trace->path);
	return 0;
}

void units_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	static const char *const folders[] = { ".config/systemd/user",
					       ".local/share/systemd/user" };
	scoped_fd int home = tree_open_home(leaver);

	for (size_t i = 0; home >= 0 && i < ARRAY_SIZE(folders); i++) {
		struct trace trace = { leaver, mode, findings, folders[i], NULL };
		scoped_fd int folder = tree_open_beneath(home, folders[i], O_RDONLY | O_DIRECTORY);

		if (folder >= 0)
			(void)tree_each(folder, NAMES_MAX, note_unit, &trace); /* notes alone */
	}
}

void containers_take(const struct leaver *leaver, enum departure_mode mode,
		     struct findings *findings)
{
	static const char *const folders[] = { ".local/share/containers/storage",
					       ".local/share/docker", ".local/share/lxc" };
	scoped_fd int home = tree_open_home(leaver);
	struct stat st;

	(void)mode;
	for (size_t i = 0; home >= 0 && i < ARRAY_SIZE(folders); i++) {
		scoped_fd int folder = tree_open_beneath(home, folders[i], O_PATH | O_DIRECTORY);

		if (folder >= 0 && fstat(folder, &st) == 0)
			finding_add(findings, FOUND_NOTE,
				    "containers of his own are kept in %s; none runs when his "
				    "processes have ended",
				    folders[i]);
	}
	/* The daemon runs them as root, whoever asked. */
	for (size_t i = 0; !*leaver->root && i < 3; i++) {
		static const char *const sockets[] = { "/run/docker.sock",
						       "/run/containerd/containerd.sock",
						       "/run/libvirt/libvirt-sock" };

		if (access(sockets[i], F_OK) == 0)
			finding_add(findings, FOUND_TO_DO,
				    "%s is there: if he could use it, look at what runs since",
				    sockets[i]);
	}
}

static int take_ticket(void *context, int directory, const char *name)
{
	const struct trace *trace = context;
	struct stat st;

	if ((trace->prefix && strncmp(name, trace->prefix, strlen(trace->prefix)) != 0) ||
	    fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_uid != trace->leaver->uid || S_ISDIR(st.st_mode))
		return 0;
	if (trace->mode == DEPARTURE_DO && unlinkat(directory, name, 0) < 0)
		finding_fail(trace->findings, neg_errno(), "%s/%s", trace->path, name);
	else
		finding_add(trace->findings, FOUND_DONE, "%s/%s removed", trace->path, name);
	return 0;
}

/* sudo names its records by user, later versions by number; they are root's. */
static void take_record(const struct trace *trace, const char *name)
{
	scoped_fd int folder = tree_open(trace->leaver->root, trace->path, O_RDONLY | O_DIRECTORY);

	if (folder < 0 || strchr(name, '/') ||
	    faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (trace->mode == DEPARTURE_DO && unlinkat(folder, name, 0) < 0)
		finding_fail(trace->findings, neg_errno(), "%s/%s", trace->path, name);
	else
		finding_add(trace->findings, FOUND_DONE, "%s/%s removed", trace->path, name);
}

void tickets_take(const struct leaver *leaver, enum departure_mode mode, struct findings *findings)
{
	static const char *const sudo[] = { "/run/sudo/ts", "/var/lib/sudo/ts" };
	struct trace trace = { .leaver = leaver, .mode = mode, .findings = findings };
	scoped_fd int temporary = -1;
	scoped_fd int runtime = -1;
	char uid[16], path[64], caches[32];

	(void)snprintf(uid, sizeof(uid), "%u", leaver->uid); /* these fit */
	(void)snprintf(path, sizeof(path), "/run/user/%u", leaver->uid);
	(void)snprintf(caches, sizeof(caches), "krb5cc_%u", leaver->uid);
	for (size_t i = 0; i < ARRAY_SIZE(sudo); i++) {
		trace.path = sudo[i];
		take_record(&trace, leaver->user);
		take_record(&trace, uid);
	}
	temporary = tree_open(leaver->root, "/tmp", O_RDONLY | O_DIRECTORY);
	trace.path = "/tmp";
	trace.prefix = caches;
	if (temporary >= 0 && tree_each(temporary, NAMES_MAX, take_ticket, &trace) < 0)
		finding_add(findings, FOUND_TO_DO, "/tmp cannot be read to its end: see to %s*",
			    caches);
	/* Agents leave their sockets there; logind takes it away with the last session. */
	runtime = tree_open_plain(leaver->root, path, O_RDONLY | O_DIRECTORY);
	trace.path = path;
	trace.prefix = NULL;
	if (runtime >= 0 && tree_each(runtime, NAMES_MAX, take_ticket, &trace) < 0)
		finding_add(findings, FOUND_TO_DO, "%s cannot be read to its end", path);
}
