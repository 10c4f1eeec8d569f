/* SPDX-License-Identifier: MIT */
/* edition.c - a policy text with its model and its faults, and what the compiler says to it. */
#include "edition.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>

#include <sereno/policy.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "messages.h"
#include "own_groups.h"
#include "progress.h"

#define IN_FORCE_PATH "/var/lib/sereno/in-force/policy.yaml"

static int name_path(const char *root, const char *below, char **ret)
{
	return asprintf(ret, "%s%s", root, below) < 0 ? -ENOMEM : 0;
}

/* Turn what was read into a model. A file that could not be read safely is a fault of it, too. */
static int understand(struct edition *edition, const char *root, int64_t now, int r)
{
	if (r == -EPERM || r == -EFBIG)
		return edition->diags.faults > 0 ? -EINVAL : r;
	if (r < 0)
		return r;
	return model_read(root, edition->text, edition->length, now, &edition->model,
			  &edition->diags);
}

int edition_read(const struct options *options, int64_t now, struct edition *ret)
{
	int r;

	*ret = (struct edition){ 0 };
	if (options->operand)
		r = name_path("", options->operand, &ret->path);
	else
		r = name_path(options->root, "/etc/sereno/policy.yaml", &ret->path);
	if (r < 0) {
		ret->path = NULL;
		return r;
	}
	r = model_read_file(ret->path, &ret->text, &ret->length, &ret->diags);
	return understand(ret, options->root, now, r);
}

int edition_in_force(const char *root, int64_t now, struct edition *ret)
{
	int r;

	*ret = (struct edition){ 0 };
	r = name_path(root, IN_FORCE_PATH, &ret->path);
	if (r < 0) {
		ret->path = NULL;
		return r;
	}
	r = policy_text_in_force(root, &ret->text, &ret->length, &ret->diags);
	return understand(ret, root, now, r);
}

void edition_clear(struct edition *edition)
{
	own_groups_clear(&edition->own);
	model_free(edition->model);
	diag_clear(&edition->diags);
	free(edition->text);
	free(edition->path);
	*edition = (struct edition){ 0 };
}

struct lookup {
	const struct people *people;
	bool asks_groups; /* of the name service, each once */
	enum account_scope accounts;
	enum severity absence;
	struct own_groups *own;
	struct progress progress;
	size_t asked;
};

static int find_gid(void *context, const char *name, gid_t *ret)
{
	const struct lookup *lookup = context;
	const struct unix_group *group = people_group(lookup->people, name);
	const struct group *answer;

	if (group) {
		*ret = group->gid;
		return 0;
	}
	answer = lookup->asks_groups ? getgrnam(name) : NULL;
	if (!answer)
		return -ENOENT;
	*ret = answer->gr_gid;
	return 0;
}

static int find_own_group(void *context, const char *name, gid_t *ret)
{
	struct lookup *lookup = context;

	return own_groups_number(lookup->own, name, ret);
}

static int find_uid(void *context, const char *name, uid_t *ret)
{
	struct lookup *lookup = context;
	const struct account *account = people_account(lookup->people, name);
	const struct passwd *answer = NULL;

	if (account) {
		*ret = account->uid;
		return 0;
	}
	if (lookup->accounts == ACCOUNTS_OF_NAME_SERVICE) {
		progress_show(&lookup->progress, _("asking for accounts"), ++lookup->asked);
		answer = getpwnam(name);
	}
	if (!answer)
		return -ENOENT;
	*ret = answer->pw_uid;
	return 0;
}

static int compile(struct edition *edition, struct lookup *lookup, const char *dir, int64_t now,
		   uint64_t generation)
{
	struct utsname host;
	const struct compile_inputs inputs = {
		.text = edition->text,
		.text_length = edition->length,
		.host = host.nodename,
		.now = now,
		.generation = generation,
		.absence = lookup->absence,
		.group_id = find_gid,
		.own_group = find_own_group,
		.user_id = find_uid,
		.context = lookup,
	};
	int r;

	if (uname(&host) < 0)
		return neg_errno();
	progress_begin(&lookup->progress);
	r = policy_compile(edition->model, &inputs, dir, &edition->diags);
	progress_end(&lookup->progress);
	return r;
}

static bool gives_groups(const struct model *model)
{
	for (size_t i = 0; i < model->n_roles; i++)
		if (model->roles[i].gives_groups.n > 0)
			return true;
	return false;
}

static int read_numbers(struct edition *edition, const char *root, const struct people *people)
{
	int r = 0;

	if (gives_groups(edition->model))
		r = own_groups_read(root, people, &edition->own);
	if (r == -EBADMSG || r == -EPERM)
		r = diag_fault(&edition->diags, (struct mark){ 0, 0 },
			       r == -EPERM
				       ? _("%s/var/lib/sereno/group-numbers could have been "
					   "written by others than root")
				       : _("%s/var/lib/sereno/group-numbers is damaged: put a copy "
					   "of it back, so that no number is used twice"),
			       root);
	return r;
}

int edition_compile(struct edition *edition, const char *root, const struct people *people,
		    const char *dir, int64_t now, uint64_t generation)
{
	struct lookup lookup = {
		.people = people,
		.own = &edition->own,
		.asks_groups = root[0] == '\0',
	};
	const int r = read_numbers(edition, root, people);

	return r < 0 ? r : compile(edition, &lookup, dir, now, generation);
}

static void remove_directory(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, 0); /* rmdir tells */
	if (dir)
		closedir(dir);
	if (rmdir(path) < 0)
		(void)complain_error(neg_errno(), _("cannot remove %s"), path);
}

static int look_into(const struct edition_trial *trial, const char *dir)
{
	scoped(policy_close_p) struct policy *policy = NULL;
	const int r = policy_open_in(dir, &policy);

	return r < 0 ? r : trial->look(trial->context, policy);
}

int edition_try_compile(struct edition *edition, const struct edition_trial *trial)
{
	struct lookup lookup = {
		.people = trial->people,
		.own = &edition->own,
		.asks_groups = trial->root[0] == '\0',
		.accounts = trial->scope,
		.absence = DIAG_WARNING,
	};
	const char *temporary = getenv("TMPDIR");
	scoped_free char *dir = NULL;
	int r;

	if (!temporary || *temporary != '/')
		temporary = "/tmp";
	if (asprintf(&dir, "%s/sereno-check.XXXXXX", temporary) < 0) {
		dir = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(dir))
		return neg_errno();
	r = read_numbers(edition, trial->root, trial->people);
	if (r == 0)
		r = compile(edition, &lookup, dir, trial->now, 1);
	if (r == 0 && trial->look)
		r = look_into(trial, dir);
	remove_directory(dir);
	return r;
}

static void print_diag(const struct edition *edition, const struct output *output,
		       const struct diag *diag)
{
	const bool warning = diag->severity == DIAG_WARNING;
	const enum style style = warning ? STYLE_WARNING : STYLE_BAD;
	char path[ESCAPE_MAX];

	output_print(output, STYLE_STRONG, "%s:", escape(path, edition->path));
	if (diag->at.line > 0)
		output_print(output, STYLE_STRONG, "%u:%u:", diag->at.line, diag->at.column);
	/* Not wrapped: editors and scripts read these lines. */
	output_print(output, style, " %s%s\n", warning ? _("warning: ") : "", diag->text);
}

void edition_print_diags(struct edition *edition, const struct output *output, const char *next)
{
	const struct diag_list *diags = &edition->diags;
	const size_t hidden = diags->faults + diags->warnings - diags->n;

	diag_sort(&edition->diags);
	for (size_t i = 0; i < diags->n; i++)
		print_diag(edition, output, &diags->item[i]);
	if (hidden > 0)
		output_print(output, STYLE_PLAIN, P_("and %zu more\n", "and %zu more\n", hidden),
			     hidden);
	if (diags->faults > 0)
		output_print(output, STYLE_BAD, P_("%zu fault", "%zu faults", diags->faults),
			     diags->faults);
	else
		output_print(output, STYLE_GOOD, "%s", _("No faults"));
	if (diags->warnings > 0)
		output_print(output, STYLE_WARNING,
			     P_(", %zu warning", ", %zu warnings", diags->warnings),
			     diags->warnings);
	output_print(output, STYLE_PLAIN, ". %s\n",
		     diags->faults > 0 ? _("Nothing was changed.") : next);
}

void edition_write_diags(struct edition *edition, struct json *json)
{
	const struct diag_list *diags = &edition->diags;

	diag_sort(&edition->diags);
	json_number(json, "faults", diags->faults);
	json_number(json, "warnings", diags->warnings);
	json_begin(json, "diagnostics", JSON_ARRAY);
	for (size_t i = 0; i < diags->n; i++) {
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "severity",
			    diags->item[i].severity == DIAG_FAULT ? "fault" : "warning");
		json_number(json, "line", diags->item[i].at.line);
		json_number(json, "column", diags->item[i].at.column);
		json_string(json, "message", diags->item[i].text);
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
}
