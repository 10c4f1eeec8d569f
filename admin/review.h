/* SPDX-License-Identifier: MIT */
/*
 * review.h - who holds a role and by what, as its owner is shown it and signs it.
 *
 * A list is drawn from the text of the policy in force, from the host's groups, and from what is
 * granted. Its digest is of who holds the role, by what and until when, and of what is wrong with
 * the account; not of when people log in, which changes every day.
 */
#ifndef ADMIN_REVIEW_H
#define ADMIN_REVIEW_H

#include <sereno/register.h>

#include "edition.h"
#include "json.h"
#include "people.h"
#include "registrar.h"

#define REVIEW_DIGEST_HEX   65 /* SHA-256 with its NUL */
#define REVIEW_DIGEST_SHOWN 16
#define REVIEW_DORMANT_SEC  (INT64_C(90) * 86400) /* where the policy has no inactive-after */

/* One grant that is open, with its texts. */
struct review_grant {
	uint32_t id;
	int64_t until;
	char *user, *role, *by, *reason;
};

/* What has become of one role's reviews. */
struct review_standing {
	uint32_t open; /* the review that it has a part in and is not over; 0: none */
	int64_t deadline;
	char owner[GRANTS_USER_MAX + 1]; /* who is to sign the open one */
	bool is_signed;			 /* in the open one */
	int64_t signed_at;		 /* the last time, in any; 0 never */
	char signed_by[GRANTS_USER_MAX + 1];
	char digest[REVIEW_DIGEST_HEX]; /* what he signed then; "" for none */
};

enum review_way { REVIEW_BY_NAME, REVIEW_BY_GROUP, REVIEW_BY_GRANT };

/* bits */
enum review_flaw {
	REVIEW_NO_ACCOUNT = 1 << 0,
	REVIEW_SHARED_UID = 1 << 1,
	REVIEW_EXPIRED = 1 << 2,
	REVIEW_DEPARTED = 1 << 3,
	REVIEW_DORMANT = 1 << 4, /* no part of the digest, like those below */
	REVIEW_UNREADABLE = 1 << 5,
	REVIEW_PRESENT = 1 << 6, /* no flaw: logged in now */
};

/* One way in which one user holds the role. Texts are borrowed. */
struct review_member {
	const char *user;
	const char *group; /* REVIEW_BY_GROUP */
	const char *twin;  /* another account with his number; NULL: none */
	const struct review_grant *grant;
	int64_t until;
	int64_t last_login; /* 0: never, as far as this host knows */
	uid_t uid;	    /* LOGIN_NONE without an account */
	enum review_way way;
	unsigned flaws; /* enum review_flaw */
};

/* Everything that lists are drawn from. Zero-initialise; always release with review_clear(). */
struct review {
	const char *root;
	const char *owner;	    /* NULL: all roles; else those that he owns are shown */
	struct registrar registrar; /* policy, people, register, time */
	struct edition in_force;
	const struct account **by_uid; /* people's accounts */
	size_t n_grants;
	struct review_grant *grants;	  /* by role */
	struct review_standing *standing; /* one a role of the model */
	uid_t *aged;			  /* who has a record of his logins, by number */
	size_t n_aged;
	int64_t dormant_sec;
	int64_t booted; /* UTC seconds */
};

struct review_list {
	const struct role *role;
	size_t n, n_users;
	struct review_member *item; /* by user */
	unsigned flaws;		    /* of any of them */
	size_t n_dormant, n_orphans, n_twins;
	int64_t last_use; /* of the role, by anybody; 0: never, as far as this host knows */
	char digest[REVIEW_DIGEST_HEX];
	char **owned; /* names that came from the name service */
	size_t n_owned;
};

/* Read what lists are drawn from, the register of @review being open. Complains itself. */
enum exit_status review_read(struct review *review);
void review_clear(struct review *review);

/* Read what became of the reviews of each role of @model: an array of model->n_roles, the caller's,
 * released with free(). Returns 0 or a negative errno. */
int review_standings(struct register_db *db, const struct model *model,
		     struct review_standing **ret);

/* Whether the role is to be signed and was not in time: by its review, or by review-every:. */
bool review_is_overdue(const struct model *model, const struct role *role,
		       const struct review_standing *standing, int64_t now);

/* Draw the list of the role with index @role. Release with review_list_clear(). Returns 0 or a
 * negative errno. */
int review_list(const struct review *review, size_t role, struct review_list *ret);
void review_list_clear(struct review_list *list);

/* Whether @review shows the role with index @role to whom it is for. */
bool review_is_shown(const struct review *review, size_t role);

/* The index of the role @name, of those that are shown; complains itself. */
enum exit_status review_find(const struct review *review, const char *name, size_t *ret);

/* Show one role, or all in short. Returns whether one is overdue, or a negative errno. */
enum review_form { REVIEW_TEXT, REVIEW_JSON };
int review_show_role(const struct review *review, size_t role, enum review_form form,
		     const struct output *output);
int review_show_all(const struct review *review, enum review_form form,
		    const struct output *output);

/* Accounts of the host that no owner of a role answers for: of one number, of root's, in no role
 * but with a way in. For the overview; the latter as members of the open object. Return 0 or a
 * negative errno. */
int review_print_accounts(const struct review *review, const struct output *output);
int review_write_accounts(const struct review *review, struct json *json);

/* Whether serenod is to be asked: who calls cannot read the register. */
bool review_is_asked(const struct options *options);

/* Ask it for the list of @role (NULL: of all that the caller owns), or to sign options->second. */
enum exit_status review_ask_list(const struct options *options, const char *role,
				 const struct output *output);
enum exit_status review_ask_sign(const struct options *options, const struct output *output);

/* Answer serenod's question on standard input and output: reviewer.h. */
enum exit_status review_answer(const struct options *options);

/* Print it, with what to do; or as one JSON object. */
void review_print(const struct review *review, const struct review_list *list,
		  const struct output *output);
void review_write(const struct review *review, const struct review_list *list, struct json *json);

/* The words of @flaws, with blanks between, "" for none. */
#define REVIEW_WORDS_MAX 160
const char *review_words(unsigned flaws, char text[static REVIEW_WORDS_MAX]);

#endif
