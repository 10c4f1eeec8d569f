/* SPDX-License-Identifier: MIT */
/*
 * offboard.h - one departure, as sereno offboard carries it out.
 */
#ifndef ADMIN_OFFBOARD_H
#define ADMIN_OFFBOARD_H

#include <sereno/departure.h>

#include "edition.h"
#include "holders.h"
#include "options.h"
#include "output.h"
#include "registrar.h"

struct offboarding {
	const struct options *options;
	const struct output *output;
	struct registrar *registrar;
	const char *user;
	struct leaver leaver;
	int64_t from;		/* UTC seconds: when it takes effect */
	struct edition edition; /* in force */
	struct holders holders;
	char **secret; /* that he knew: copies */
	size_t n_secrets;
	char *evidence;		   /* path without the root, NULL by looking alone */
	char report[32];	   /* name of the report in it, without its ending */
	struct findings *findings; /* of each step */
	bool *taken;		   /* each step: findings count */
	bool stands;		   /* the register has it: begun, or undone */
};

/* Refuse what must not be done: to oneself, root, break-glass, with somebody else's user id, or so
 * that too few administrators are left; finds account, policy and holders. Says why. */
enum exit_status offboard_check(struct offboarding *offboarding);

/* Another account with the same number, or NULL. Borrowed from the registrar's people. */
const char *offboard_find_twin(const struct offboarding *offboarding);

/* Read the policy in force, and who holds roles by it. Returns 0 or a negative errno. */
int offboard_read_policy(struct offboarding *offboarding);

/* Find the secrets that his roles knew: now, by any grant, or by what the register has noted of
 * roles that are gone. Without a policy: by the register alone. Says what goes wrong. */
enum exit_status offboard_find_secrets(struct offboarding *offboarding);

/* One more, unless it is there. Returns 0 or -ENOMEM. */
int offboard_add_secret(struct offboarding *offboarding, const char *secret);

/* Take all steps, each recorded in the register and in the report; EXIT_NO: some failed. */
enum exit_status offboard_take_steps(struct offboarding *offboarding);

/* Give back what can be given back. */
enum exit_status offboard_give_back(struct offboarding *offboarding);

/* What was found, for people and as JSON. */
void offboard_print(const struct offboarding *offboarding, const struct output *output);
void offboard_write(const struct offboarding *offboarding, FILE *stream);

/* A word for a result. */
const char *offboard_result(enum step_result result);

/* The departure of @user that is neither undone nor, unless @closed, closed. Returns 1, 0 or a
 * negative errno. */
struct open_departure {
	uint32_t id, secrets_open;
	uid_t uid;
	int64_t from;
	char made_by[GRANTS_USER_MAX + 1];
	uid_t made_uid;
	bool closed;
};
int offboard_find(struct register_db *db, const char *user, bool closed,
		  struct open_departure *ret);

/* Fill in leaver from what is known of the account now; what is not known stays so. */
void offboard_account(struct offboarding *offboarding);

/* Open the evidence, and take the steps, of a departure that has begun. */
enum exit_status offboard_carry_out(struct offboarding *offboarding, uint32_t id);

enum exit_status offboard_list(const struct options *options, const struct output *output);
enum exit_status offboard_due(const struct options *options, const struct output *output);
enum exit_status offboard_close(const struct options *options, const struct output *output);
enum exit_status offboard_attest(const struct options *options, const struct output *output);
enum exit_status offboard_undo(const struct options *options, const struct output *output);

/* The registrar, with a reason in the place of one that was not given. */
enum exit_status offboard_open(const struct options *options, const char *reason,
			       struct registrar *ret);

/* Send event @id about @user, in the name of who acts. */
void offboard_tell(const struct registrar *registrar, enum event_id id, const char *user);

void offboarding_clear(struct offboarding *offboarding);

#endif
