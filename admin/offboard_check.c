/* SPDX-License-Identifier: MIT */
/* offboard_check.c - whose departure must not be begun, or not now. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>

#include <sereno/role_terms.h>
#include <sereno/scoped.h>

#include "escape.h"
#include "offboard.h"
#include "safety.h"

#define NAME_ROOM 4096

void offboard_account(struct offboarding *offboarding)
{
	const struct registrar *registrar = offboarding->registrar;
	const struct account *account = people_account(registrar->people, offboarding->user);
	struct leaver *leaver = &offboarding->leaver;
	struct passwd entry, *found = NULL;
	char room[NAME_ROOM];

	*leaver = (struct leaver){ .root = registrar->root,
				   .user = offboarding->user,
				   .uid = GRANTS_NO_UID,
				   .gid = (gid_t)-1,
				   .home = "",
				   .actor = registrar->act.user,
				   .evidence = -1,
				   .now = registrar->act.at };
	if (account) {
		leaver->uid = account->uid;
		leaver->gid = account->gid;
		leaver->home = account->home;
	} else if (!registrar->root[0] &&
		   getpwnam_r(offboarding->user, &entry, room, sizeof(room), &found) == 0 &&
		   found) {
		leaver->uid =
			found->pw_uid; /* his home is another host's, or not to be relied on */
		leaver->gid = found->pw_gid;
	}
}

static bool is_governed(const struct offboarding *offboarding)
{
	const struct model *model = offboarding->edition.model;

	return offboarding->leaver.uid == GRANTS_NO_UID ||
	       uid_governed(offboarding->leaver.uid, model->min_uid) ||
	       holders_find(&offboarding->holders, offboarding->user);
}

static bool is_break_glass(const struct model *model, const char *user)
{
	for (size_t i = 0; i < model->break_glass.n; i++)
		if (strcmp(model->break_glass.item[i].text, user) == 0)
			return true;
	return false;
}

const char *offboard_find_twin(const struct offboarding *offboarding)
{
	const struct people *people = offboarding->registrar->people;

	for (size_t i = 0; i < people->n_accounts; i++)
		if (people->accounts[i].uid == offboarding->leaver.uid &&
		    strcmp(people->accounts[i].name, offboarding->user) != 0)
			return people->accounts[i].name;
	return NULL;
}

static enum exit_status check_who(const struct offboarding *offboarding)
{
	const struct registrar *registrar = offboarding->registrar;
	char user[ESCAPE_MAX], other[ESCAPE_MAX];
	struct open_departure departure;
	const char *twin;
	int r;

	(void)escape(user, offboarding->user);
	if (strchr(offboarding->user, '/') || offboarding->user[0] == '-' ||
	    offboarding->user[0] == '.')
		return complain(EXIT_USAGE, _("%s cannot be the name of an account"), user);
	r = policy_is_same_person(registrar->policy, registrar->act.user, offboarding->user);
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	if (r > 0 || registrar->act.uid == offboarding->leaver.uid)
		return complain(EXIT_NO, "%s",
				_("nobody sees himself off: somebody else must do it"));
	if (offboarding->leaver.uid == 0 || strcmp(offboarding->user, "root") == 0)
		return complain(EXIT_NO,
				_("%s is root: it does not leave; its password is a secret "
				  "that others knew"),
				user);
	if (is_break_glass(offboarding->edition.model, offboarding->user))
		return complain(EXIT_NO,
				_("%s is a break-glass account: take it out of the policy "
				  "first"),
				user);
	if (offboarding->leaver.uid == GRANTS_NO_UID &&
	    offboard_find(registrar->db, offboarding->user, true, &departure) <= 0)
		return complain(EXIT_NO, _("there is no account %s"), user);
	if (!is_governed(offboarding))
		return complain(EXIT_NO,
				_("%s is not governed by the policy: an account of the "
				  "system's, not of a person who leaves"),
				user);
	twin = offboard_find_twin(offboarding);
	if (twin)
		return complain(EXIT_NO,
				_("%s has the same user id as %s, so what is his cannot be "
				  "told from what is not: give one of them another id first"),
				user, escape(other, twin));
	return EXIT_YES;
}

/* Leave those holders alone of whom @keeps says so. */
struct chosen {
	struct offboarding *offboarding;
	const char *user; /* the only one; NULL: all who stay */
};

static int stays(const struct chosen *chosen, const char *user)
{
	const struct registrar *registrar = chosen->offboarding->registrar;
	struct open_departure departure;
	int r;

	if (chosen->user)
		return strcmp(user, chosen->user) == 0;
	r = policy_is_same_person(registrar->policy, user, chosen->offboarding->user);
	if (r != 0)
		return r < 0 ? r : 0;
	r = offboard_find(registrar->db, user, true, &departure);
	return r < 0 ? r : r == 0;
}

static int choose(const struct chosen *chosen, const struct holders *holders, struct holder **ret,
		  size_t *ret_n)
{
	scoped_free struct holder *item = calloc(holders->n + 1, sizeof(*item));
	size_t n = 0;
	int r;

	if (!item)
		return -ENOMEM;
	for (size_t i = 0; i < holders->n; i++) {
		r = stays(chosen, holders->item[i].user);
		if (r < 0)
			return r;
		if (r > 0)
			item[n++] = holders->item[i];
	}
	*ret = take(item, NULL);
	*ret_n = n;
	return 0;
}

/* Whether those chosen are @wanted administrators. Returns 1, 0 or a negative errno. */
static int suffice(const struct chosen *chosen, uint32_t wanted, bool break_glass)
{
	struct offboarding *offboarding = chosen->offboarding;
	struct model *model = offboarding->edition.model;
	const uint32_t wanted_before = model->min_administrators;
	const size_t glass_before = model->break_glass.n;
	const size_t faults_before = offboarding->edition.diags.faults;
	struct holders holders = offboarding->holders;
	scoped_free struct holder *item = NULL;
	struct utsname host = { 0 };
	struct situation situation = {
		.root = offboarding->registrar->root,
		.host = host.nodename,
		.now = offboarding->registrar->act.at,
		.severity = DIAG_FAULT,
		.edition = &offboarding->edition,
		.people = offboarding->registrar->people,
		.holders = &holders,
	};
	int r;

	(void)uname(&host); /* cannot fail */
	r = choose(chosen, &offboarding->holders, &item, &holders.n);
	if (r < 0)
		return r;
	holders.item = item;
	model->min_administrators = wanted;
	if (!break_glass)
		model->break_glass.n = 0;
	r = check_administrators(&situation);
	model->min_administrators = wanted_before;
	model->break_glass.n = glass_before;
	return r < 0 ? r : offboarding->edition.diags.faults == faults_before;
}

/* Only the departure of somebody who is one of them can leave too few. */
static enum exit_status check_left(struct offboarding *offboarding)
{
	const uint32_t wanted = offboarding->edition.model->min_administrators;
	const struct chosen him = { offboarding, offboarding->user };
	const struct chosen others = { offboarding, NULL };
	int r = suffice(&him, 1, false);

	if (r > 0)
		r = !suffice(&others, wanted, true);
	if (r < 0)
		return complain_error(r, _("cannot count the administrators"));
	if (r > 0)
		return complain(EXIT_NO,
				_("refused: fewer than %u people (root.min-administrators) could "
				  "still become root; next: give another person a role that can, "
				  "then again"),
				wanted);
	return EXIT_YES;
}

int offboard_read_policy(struct offboarding *offboarding)
{
	const struct registrar *registrar = offboarding->registrar;
	const int r = edition_in_force(registrar->root, registrar->act.at, &offboarding->edition);

	if (r < 0)
		return r;
	return holders_gather(offboarding->edition.model, registrar->people, registrar->root,
			      &offboarding->holders);
}

enum exit_status offboard_check(struct offboarding *offboarding)
{
	const int r = offboard_read_policy(offboarding);
	enum exit_status status;

	if (r < 0)
		return complain_error(r, _("cannot read the policy in force"));
	status = check_who(offboarding);
	return status == EXIT_YES ? check_left(offboarding) : status;
}
