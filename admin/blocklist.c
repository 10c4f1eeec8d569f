/* SPDX-License-Identifier: MIT */
/* blocklist.c - sereno blocklist build: a published list of leaked passwords becomes ours. */
#include <sereno/blocklist.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "commands.h"
#include "escape.h"
#include "progress.h"

#define DEFAULT_PATH "/var/lib/sereno/blocklist"

struct building {
	struct progress progress;
	uint64_t kept;
};

static void show(const struct blocklist_progress *done, void *context)
{
	struct building *building = context;

	building->kept = done->kept;
	if (done->bytes_total > 0)
		progress_bar(&building->progress, _("reading"), done->bytes_read,
			     done->bytes_total);
	else
		progress_show(&building->progress, _("passwords kept"), (size_t)done->kept);
}

static enum exit_status read_min_count(const struct options *options, uint64_t *ret)
{
	const char *text = options->min_count ? options->min_count : "0";
	char *end = NULL;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	if (errno != 0 || *end || !isdigit((unsigned char)*text))
		return complain(EXIT_USAGE, _("--min-count wants a number"));
	return EXIT_YES;
}

/* What else went wrong: with @in, or with @out and beside it. */
static enum exit_status report_error(const char *in, const char *out, int r)
{
	char name[ESCAPE_MAX], list[ESCAPE_MAX];

	(void)escape(name, in);
	if (strcmp(in, "-") != 0 && access(in, R_OK) < 0)
		return complain_error(r, _("cannot read %s"), name);
	return complain_error(r, _("cannot make the list %s of %s"), escape(list, out), name);
}

static enum exit_status report(const char *in, const char *out, int r, uint64_t line)
{
	char name[ESCAPE_MAX];

	(void)escape(name, in);
	switch (r) {
	case -EINVAL:
		return complain(EXIT_NO,
				_("%s:%" PRIu64 ": neither HASH:COUNT nor a word as the lines "
				  "before it; nothing was written"),
				name, line);
	case -ENOTSUP:
		return complain(EXIT_NO,
				_("%s holds NTLM hashes; the edition with SHA-1 hashes is wanted"),
				name);
	case -ENODATA:
		return complain(EXIT_NO, _("nothing in %s is to be kept; nothing was written"),
				name);
	case -EFBIG:
		return complain(EXIT_NO,
				_("%s is too long to be sorted: take the edition that is ordered "
				  "by hash"),
				name);
	default:
		return report_error(in, out, r);
	}
}

static enum exit_status build(const struct options *options, const struct output *output)
{
	char path[PATH_MAX + sizeof(DEFAULT_PATH)], name[ESCAPE_MAX];
	struct building building = { .kept = 0 };
	const char *out = options->output ? options->output : path;
	uint64_t min_count, line = 0;
	enum exit_status status = read_min_count(options, &min_count);
	int r;

	if (status != EXIT_YES)
		return status;
	(void)snprintf(path, sizeof(path), "%s" DEFAULT_PATH, options->root); /* fits */
	/* Words may be passwords that people use: no core file is to hold them. Cannot fail. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	progress_begin(&building.progress);
	r = blocklist_build(options->second, out, min_count, show, &building, &line);
	progress_end(&building.progress);
	if (r < 0)
		return report(options->second, out, r, line);
	output_print(output, STYLE_PLAIN, _("%s: %" PRIu64 " passwords\n"), escape(name, out),
		     building.kept);
	return EXIT_YES;
}

enum exit_status blocklist_run(const struct options *options, const struct output *output)
{
	if (strcmp(options->operand, "build") != 0)
		return complain(EXIT_USAGE, _("sereno blocklist can build"));
	if (!options->second)
		return complain(EXIT_USAGE, _("a word is missing: sereno help blocklist"));
	return build(options, output);
}
