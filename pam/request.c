/* SPDX-License-Identifier: MIT */
/* request.c - subject, target, service and origins of one PAM transaction. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <sereno/login.h>
#include <sereno/scoped.h>

#include "request.h"

#define POLKIT_SERVICE "polkit-1"

/* A text item of the handle, "" when it is not set. */
static const char *item_text(pam_handle_t *pamh, int item)
{
	const void *text = NULL;

	if (pam_get_item(pamh, item, &text) != PAM_SUCCESS || !text)
		return "";
	return text;
}

/*
 * Who asks for another's rights: the one whose real uid the program runs with. The kernel vouches
 * for it, PAM_RUSER is only as good as the program: sudo and su put the caller there, chsh and
 * chfn nothing, and polkit's helper the administrator whose password it wants. It counts where
 * the program runs as root altogether and speaks for somebody else; never to make him root.
 *
 * polkit's helper that runs as root altogether, as later versions start it, leaves no trace of who
 * asks. Root himself is never asked by polkit.
 */
static int asking_account(pam_handle_t *pamh, struct request *request)
{
	const char *name = item_text(pamh, PAM_RUSER);
	const uid_t caller = getuid();

	if (caller == 0 && strcmp(request->service, POLKIT_SERVICE) == 0) {
		request->detail = "polkit does not tell who asks";
		return -EACCES;
	}
	return caller == 0 && name[0] ? account_by_name(name, &request->subject)
				      : account_by_uid(caller, &request->subject);
}

static int read_subject(pam_handle_t *pamh, struct request *request)
{
	int r;

	switch (request->kind) {
	case SERVICE_ELEVATE:
	case SERVICE_TOOL:
		r = asking_account(pamh, request);
		if (r < 0 || strcmp(request->user, request->subject.name) != 0)
			request->target = request->user;
		return r;
	case SERVICE_LOGIN:
	case SERVICE_JOB:
	case SERVICE_USER_MANAGER:
	case SERVICE_UNLOCK:
		return account_by_name(request->user, &request->subject);
	}
	return -EINVAL;
}

/* A remote host is believed as an address only; a line only of who opened it himself. */
static struct origin origin_of_entry(pam_handle_t *pamh, const char *service)
{
	const char *remote = item_text(pamh, PAM_RHOST);
	struct origin origin = { .kind = ORIGIN_UNKNOWN };
	struct address address;

	if (remote[0]) {
		if (address_parse(remote, &address) == 0)
			origin = (struct origin){ .kind = ORIGIN_ADDRESS, .address = address };
	} else if (service_owns_line(service)) {
		origin.kind = origin_of_line(item_text(pamh, PAM_TTY));
	}
	return origin;
}

static int set_origin(struct request *request, struct origin origin)
{
	request->origins = malloc(sizeof(*request->origins));
	if (!request->origins)
		return -ENOMEM;
	request->origins[0] = origin;
	request->n_origins = 1;
	return 0;
}

/* Logins only: neither a cron job that runs nor the user manager is one. None open, no origin. */
static int set_origins_of(struct request *request, const struct login *logins, size_t n)
{
	if (n == 0)
		return 0;
	request->origins = calloc(n, sizeof(*request->origins));
	if (!request->origins)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (service_kind(logins[i].service) == SERVICE_LOGIN)
			request->origins[request->n_origins++] = logins[i].origin;
	return 0;
}

static int read_all_logins(const char *root, uid_t uid, struct request *request)
{
	scoped_free struct login *logins = NULL;
	const ssize_t n = login_list(root, uid, &logins);

	return n < 0 ? (int)n : set_origins_of(request, logins, (size_t)n);
}

/*
 * Whether the caller is in a login of the subject's own, of which no record was @found, and none
 * can be kept now. Once it could be, a login without one may have come by a service that does not
 * ask sereno, or its login uid may have been chosen; who is in a true one logs in again.
 */
static bool is_own_unrecorded(const char *root, const struct request *request, uid_t uid, int found)
{
	return found < 0 && uid == request->subject.uid && login_try(root) < 0;
}

/*
 * The login that the caller is in, told by the kernel's audit session. What a user manager started
 * belongs to every login of the user it serves.
 *
 * Without a record (a login that is over, a kernel without audit) it is every login of the subject
 * himself. The login uid does not count then: a process that has none yet, as those of a service,
 * may choose one, and with it another's logins; but no session number that has a record.
 */
static int read_own_logins(const char *root, struct request *request)
{
	struct login own;
	uint32_t session;
	uid_t uid;
	int r;

	r = login_self(&session, &uid);
	if (r < 0)
		return r;
	r = login_find(root, session, uid, &own);
	request->own_login = is_own_unrecorded(root, request, uid, r);
	if (r == -ENOENT)
		return read_all_logins(root, request->subject.uid, request);
	if (r < 0)
		return r;
	if (service_kind(own.service) == SERVICE_USER_MANAGER)
		return read_all_logins(root, own.uid, request);
	return set_origin(request, own.origin);
}

/* No origin at all is the unknown one: only "anywhere" fits. */
static int read_origins(pam_handle_t *pamh, const char *root, struct request *request)
{
	int r;

	switch (request->kind) {
	case SERVICE_JOB:
	case SERVICE_USER_MANAGER:
		return set_origin(request, (struct origin){ .kind = ORIGIN_JOBS });
	case SERVICE_LOGIN:
	case SERVICE_UNLOCK:
		return set_origin(request, origin_of_entry(pamh, request->service));
	case SERVICE_ELEVATE:
	case SERVICE_TOOL:
		r = read_own_logins(root, request);
		if (r < 0)
			request->detail = "the records of open logins cannot be read";
		return r == -ENOMEM ? r : 0;
	}
	return -EINVAL;
}

static int start(pam_handle_t *pamh, struct request *ret)
{
	*ret = (struct request){ .service = item_text(pamh, PAM_SERVICE),
				 .user = item_text(pamh, PAM_USER) };
	ret->kind = service_kind(ret->service);
	return ret->user[0] ? 0 : -EINVAL;
}

int request_read(pam_handle_t *pamh, const char *root, struct request *ret)
{
	int r;

	r = start(pamh, ret);
	if (r < 0)
		return r;
	r = read_subject(pamh, ret);
	if (r < 0)
		return r;
	ret->known = true;
	return read_origins(pamh, root, ret);
}

/* The origin is that of who asks, so he is found first. */
int request_read_password(pam_handle_t *pamh, const char *root, struct request *ret)
{
	int r;

	r = start(pamh, ret);
	if (r < 0)
		return r;
	if (ret->kind == SERVICE_ELEVATE || ret->kind == SERVICE_TOOL)
		r = read_subject(pamh, ret);
	if (r == 0)
		r = read_origins(pamh, root, ret);
	if (r < 0)
		return r;
	ret->subject = (struct account){ .name = "" };
	ret->target = NULL;
	r = account_by_name(ret->user, &ret->subject);
	ret->known = r == 0;
	return r == -ESRCH || r == -ENAMETOOLONG ? 0 : r;
}

void request_clear(struct request *request)
{
	free(request->origins);
	*request = (struct request){ .service = "", .user = "" };
}

struct origin request_origin_to_charge(const struct request *request)
{
	struct origin origin = { .kind = ORIGIN_UNKNOWN };

	for (size_t i = 0; i < request->n_origins; i++)
		origin = *origin_to_charge(&origin, &request->origins[i]);
	return origin;
}
