/* SPDX-License-Identifier: MIT */
/*
 * request.h - who asks, for whom, by which service, from where: what PAM and the kernel say.
 * For room pam/.
 */
#ifndef PAM_REQUEST_H
#define PAM_REQUEST_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include <sereno/account.h>
#include <sereno/origin.h>
#include <sereno/service.h>

struct request {
	const char *service; /* PAM's; "" when it has none */
	const char *user;    /* PAM's; "" when it has none */
	enum service_kind kind;
	struct account subject;
	bool known;		/* @subject is an account of this host */
	const char *target;	/* the user where he is not the subject, else NULL */
	struct origin *origins; /* see struct access_request */
	size_t n_origins;
	bool own_login;	    /* likewise */
	const char *detail; /* for the event: what is not known of asker or origin, why; or NULL */
};

/*
 * Read the request from @pamh, the records of open logins below @root. On failure @ret holds what
 * is known so far, for the event. Always release with request_clear(). Returns 0, -ESRCH (no such
 * account), -EACCES (who asks is not known), -EINVAL (no user), -ENOMEM or what NSS reported.
 */
int request_read(pam_handle_t *pamh, const char *root, struct request *ret);

/*
 * The same for the password of PAM's user: the subject is its account, even where another one asks
 * by su or polkit; no such account is no error, but not @known. Released likewise.
 */
int request_read_password(pam_handle_t *pamh, const char *root, struct request *ret);
void request_clear(struct request *request);

/* Whose attempts it counts among, where there are several open logins and no telling which of them
 * asks. */
struct origin request_origin_to_charge(const struct request *request);

#endif
