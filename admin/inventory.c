/* SPDX-License-Identifier: MIT */
/* inventory.c - the accounts a policy does not govern, and the PAM services of a host. */
#include "inventory.h"

#include <dirent.h>
#include <string.h>

#include <sereno/policy.h>
#include <sereno/scoped.h>
#include <sereno/service.h>

#include "escape.h"
#include "messages.h"

static bool has_keys(const char *root, const struct account *account)
{
	scoped_free char *path = NULL;

	if (asprintf(&path, "%s%s/.ssh/authorized_keys", root, account->home) < 0) {
		path = NULL;
		return true; /* rather one name too many */
	}
	return access(path, F_OK) == 0; /* only for a note: nothing is opened */
}

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->item[i].text, name) == 0)
			return true;
	return false;
}

static bool is_named(const struct model *model, const char *name)
{
	if (names_have(&model->break_glass, name))
		return true;
	for (size_t i = 0; i < model->n_roles; i++)
		if (names_have(&model->roles[i].members, name))
			return true;
	return false;
}

bool inventory_could_log_in(const char *root, const struct account *account)
{
	return account_has_shell(account) &&
	       (account_has_password(account) || has_keys(root, account));
}

/* Named accounts are looked for last: there are few candidates, but there may be many members. */
static bool is_ungoverned(const char *root, const struct model *model,
			  const struct account *account)
{
	return account->uid != 0 && !uid_governed(account->uid, model->min_uid) &&
	       inventory_could_log_in(root, account) && !is_named(model, account->name);
}

void inventory_print_ungoverned(const char *root, const struct model *model,
				const struct people *people, const struct output *output)
{
	char buffer[ESCAPE_MAX];
	bool begun = false;

	for (size_t i = 0; i < people->n_accounts; i++) {
		const struct account *account = &people->accounts[i];

		if (!is_ungoverned(root, model, account))
			continue;
		if (!begun)
			output_wrap(output, STYLE_FAINT, 0,
				    _("Not governed by this policy, but could log in (name them in "
				      "a role, or take their password and keys):"));
		begun = true;
		output_print(output, STYLE_FAINT, "  %s (uid %u)\n", escape(buffer, account->name),
			     account->uid);
	}
}

void inventory_write_ungoverned(const char *root, const struct model *model,
				const struct people *people, struct json *json)
{
	json_begin(json, "ungoverned", JSON_ARRAY);
	for (size_t i = 0; i < people->n_accounts; i++)
		if (is_ungoverned(root, model, &people->accounts[i]))
			json_string(json, NULL, people->accounts[i].name);
	json_end(json, JSON_ARRAY);
}

struct service_names {
	size_t n;
	char **name;
};

static void service_names_clear(struct service_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Parts that other files include, and what packaging leaves behind, are no services. */
static bool is_service(const char *name)
{
	return name[0] != '.' && strncmp(name, "common-", strlen("common-")) != 0 &&
	       strcmp(name, "other") != 0 && !strchr(name, '~') && !strstr(name, ".dpkg-");
}

static int add_service(struct service_names *names, const char *name)
{
	char **grown = reallocarray(names->name, names->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	names->name = grown;
	grown[names->n] = strdup(name);
	if (!grown[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

static int add_directory(struct service_names *names, const char *root, const char *below)
{
	scoped_free char *path = NULL;
	const struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (asprintf(&path, "%s%s", root, below) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : neg_errno();
	while (r == 0 && (entry = readdir(dir)))
		if (is_service(entry->d_name))
			r = add_service(names, entry->d_name);
	closedir(dir);
	return r;
}

static int find_services(const char *root, struct service_names *names)
{
	size_t kept = 0;
	int r = add_directory(names, root, "/etc/pam.d");

	if (r == 0)
		r = add_directory(names, root, "/usr/lib/pam.d");
	if (r < 0 || names->n == 0)
		return r;
	qsort(names->name, names->n, sizeof(*names->name), compare_names);
	for (size_t i = 0; i < names->n; i++) {
		if (kept > 0 && strcmp(names->name[kept - 1], names->name[i]) == 0)
			free(names->name[i]);
		else
			names->name[kept++] = names->name[i];
	}
	names->n = kept;
	return 0;
}

/* What a kind means to whoever writes rules. */
static const char *kind_meaning(enum service_kind kind)
{
	switch (kind) {
	case SERVICE_LOGIN:
		return _("wants a rule");
	case SERVICE_ELEVATE:
		return _("wants a rule; who asks is judged, from where he logged in");
	case SERVICE_TOOL:
		return _("wants a rule; who asks is judged, from where he logged in");
	case SERVICE_JOB:
	case SERVICE_USER_MANAGER:
	case SERVICE_UNLOCK:
		return _("wants a role, no rule");
	}
	return "";
}

static void service_row(const char *name, char buffer[static ESCAPE_MAX], const char *row[static 3])
{
	const enum service_kind kind = service_kind(name);

	row[0] = escape(buffer, name);
	row[1] = service_kind_name(kind);
	row[2] = kind_meaning(kind);
}

int inventory_print_services(const char *root, const struct output *output)
{
	scoped(service_names_clear) struct service_names names = { 0 };
	const char *const head[] = { _("SERVICE"), _("KIND"), _("TO BE ALLOWED") };
	struct table table = { .columns = ARRAY_SIZE(head) };
	char buffer[ESCAPE_MAX];
	const char *row[ARRAY_SIZE(head)];
	int r = find_services(root, &names);

	if (r < 0 || names.n == 0)
		return r;
	table_measure(&table, head);
	for (size_t i = 0; i < names.n; i++) {
		service_row(names.name[i], buffer, row);
		table_measure(&table, row);
	}
	table_print(&table, output, STYLE_STRONG, head);
	for (size_t i = 0; i < names.n; i++) {
		service_row(names.name[i], buffer, row);
		table_print(&table, output, STYLE_PLAIN, row);
	}
	return 0;
}

int inventory_write_services(const char *root, struct json *json)
{
	scoped(service_names_clear) struct service_names names = { 0 };
	int r = find_services(root, &names);

	json_begin(json, "services", JSON_ARRAY);
	for (size_t i = 0; i < names.n; i++) {
		json_begin(json, NULL, JSON_OBJECT);
		json_string(json, "name", names.name[i]);
		json_string(json, "kind", service_kind_name(service_kind(names.name[i])));
		json_end(json, JSON_OBJECT);
	}
	json_end(json, JSON_ARRAY);
	return r;
}
