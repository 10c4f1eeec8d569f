/* SPDX-License-Identifier: MIT */
/* registrar.c - who changes the register, and what every command that does needs. */
#include "registrar.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <time.h>

#include <sereno/login.h>

#define NAME_ROOM 4096 /* for what the name service says of one account */

void registrar_clear(struct registrar *registrar)
{
	register_close(registrar->db);
	policy_close(registrar->policy);
	people_free(registrar->people);
	*registrar = (struct registrar){ 0 };
}

/* The name of @uid, also of an account that only the host's name service knows. */
static int name_of(const struct registrar *registrar, uid_t uid, char *name, size_t size)
{
	const struct account *account = people_by_uid(registrar->people, uid);
	struct passwd entry, *found = NULL;
	char room[NAME_ROOM];
	const char *text = account ? account->name : NULL;
	int n;

	if (!text && !registrar->root[0] &&
	    getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
		text = found->pw_name;
	if (!text)
		return -ENOENT;
	n = snprintf(name, size, "%s", text);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static enum exit_status find_actor(struct registrar *registrar)
{
	uint32_t session;
	uid_t uid;
	int r = login_self(&session, &uid);

	if (r == 0 && uid == LOGIN_NONE)
		r = -ENODATA;
	if (r < 0)
		return complain(EXIT_NO, "%s",
				_("the kernel knows no login that this runs in, and the register "
				  "keeps who does what: log in as yourself, then use sudo"));
	if (name_of(registrar, uid, registrar->user, sizeof(registrar->user)) < 0)
		return complain(EXIT_NO, _("who logged in has the user id %u, which has no name"),
				(unsigned)uid);
	registrar->act.user = registrar->user;
	registrar->act.uid = uid;
	return EXIT_YES;
}

static enum exit_status open_policy(const struct options *options, struct registrar *registrar)
{
	int r = policy_open(options->root, &registrar->policy);

	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r == 0)
		r = policy_zone(registrar->policy, &registrar->zone);
	if (r < 0)
		return complain_error(r, _("the policy in force cannot be used"));
	return EXIT_YES;
}

static enum exit_status open_register(const struct options *options, struct registrar *registrar)
{
	const int r = register_open(options->root, registrar->act.at, &registrar->db);

	if (r == -EACCES || r == -EPERM)
		return complain(
			EXIT_SYSTEM,
			_("cannot use %s/var/lib/sereno/register.db: run this as root; it "
			  "and the directories above belong to root, writable by nobody else"),
			options->root);
	if (r == -ENOENT)
		return complain(EXIT_SYSTEM, _("no policy is in force; next: sereno apply"));
	if (r < 0)
		return complain_error(r, _("cannot use %s/var/lib/sereno/register.db"),
				      options->root);
	return EXIT_YES;
}

static enum exit_status check_reason(const struct options *options)
{
	const char *reason = options->reason;

	if (!reason)
		return complain(EXIT_USAGE, "%s", _("--reason is wanted: it is kept"));
	if (strlen(reason) > REGISTER_REASON_MAX)
		return complain(EXIT_USAGE, _("--reason has at most %d bytes"),
				REGISTER_REASON_MAX);
	for (const char *c = reason; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return complain(EXIT_USAGE, "%s", _("--reason is one line of text"));
	return EXIT_YES;
}

enum exit_status registrar_open(const struct options *options, struct registrar *ret)
{
	enum exit_status status = check_reason(options);
	int r;

	*ret = (struct registrar){ .root = options->root };
	ret->act.at = time(NULL);
	ret->act.reason = options->reason;
	if (status != EXIT_YES)
		return status;
	r = people_read(options->root, &ret->people);
	if (r < 0)
		return complain_error(r, _("cannot read the users of %s/etc"), options->root);
	status = find_actor(ret);
	/* The register first: it publishes what the policy is opened with. */
	if (status == EXIT_YES)
		status = open_register(options, ret);
	return status == EXIT_YES ? open_policy(options, ret) : status;
}

/* Without a usable policy times are told in UTC. */
enum exit_status registrar_look(const struct options *options, struct registrar *ret)
{
	static const struct zone utc = { .end = TIME_NO_END,
					 .n = 1,
					 .step = { { TIME_NO_START, 0 } } };
	enum exit_status status;

	*ret = (struct registrar){ .root = options->root };
	ret->act.at = time(NULL);
	status = open_register(options, ret);
	if (status != EXIT_YES)
		return status;
	if (policy_open(options->root, &ret->policy) < 0 ||
	    policy_zone(ret->policy, &ret->zone) < 0)
		ret->zone = utc;
	return EXIT_YES;
}

enum exit_status registrar_complain(const struct registrar *registrar, int result)
{
	if (result == 0)
		return EXIT_YES;
	if (result > 0)
		return complain(EXIT_NO, _("refused: %s"),
				_(register_refusal_text((enum register_refusal)result)));
	if (result == -EREMOTEIO)
		return complain(EXIT_SYSTEM,
				_("it is in the register, but could not be published below "
				  "%s/var/lib/sereno, so logins do not see it yet; next: look for "
				  "room there, then: sereno grants"),
				registrar->root);
	if (result == -EBUSY)
		return complain(EXIT_SYSTEM, "%s",
				_("the register is busy: somebody else is changing it; try again"));
	return complain_error(result, _("the register cannot be changed"));
}
