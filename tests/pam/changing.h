/* SPDX-License-Identifier: MIT */
/*
 * changing.h - passwords changed and logins aged through pam_sereno_password.so, with answers typed
 * ahead and a shadow file of its own.
 *
 * Included by the test programs of the password module only. What stands behind the module in
 * place of pam_unix only talks; the test itself then changes the hash.
 */
#ifndef TESTS_PAM_CHANGING_H
#define TESTS_PAM_CHANGING_H

#include "host.h"

#include <unistd.h>

#include <security/pam_modules.h>

#include <sereno/age.h>

#define ANSWERS_MAX 8
#define DAY	    86400

#define PEOPLE                                     \
	"sereno: 1\n"                              \
	"timezone: UTC\n"                          \
	"accounts:\n"                              \
	"  min-uid: 1\n"                           \
	"  break-glass: {members: [" RESCUE "]}\n" \
	"%s"                                       \
	"roles:\n"                                 \
	"  employee:\n"                            \
	"    members: [" HELD "]\n"                \
	"    allow:\n"                             \
	"      - {services: [sshd], from: [anywhere]}\n"

/* One conversation: what is typed, and what was said. */
struct typing {
	const char *answers[ANSWERS_MAX]; /* to the prompts, one after the other; then none */
	const char *old;		  /* given by whoever stands in front of us */
	unsigned asked;
	char said[1024];
	pam_handle_t *pamh;
};

static inline int type_answer(struct typing *typing, const struct pam_message *message,
			      struct pam_response *response)
{
	const size_t length = strlen(typing->said);
	const void *given = NULL;

	/* while a module talks, the test may set what only modules may */
	if (strcmp(message->msg, "old") == 0 && typing->old)
		return pam_set_item(typing->pamh, PAM_OLDAUTHTOK, typing->old);
	if (strcmp(message->msg, "right") == 0)
		return pam_set_item(typing->pamh, PAM_AUTHTOK, typing->old);
	if (strcmp(message->msg, "behind") == 0) {
		assert_int_equal(pam_get_item(typing->pamh, PAM_AUTHTOK, &given), PAM_SUCCESS);
		(void)snprintf(typing->said + length, sizeof(typing->said) - length,
			       "handed on: %s\n", given ? (const char *)given : "");
		return PAM_SUCCESS;
	}
	if (message->msg_style != PAM_PROMPT_ECHO_OFF) {
		(void)snprintf(typing->said + length, sizeof(typing->said) - length, "%s\n",
			       message->msg);
		return PAM_SUCCESS;
	}
	if (typing->asked >= ANSWERS_MAX || !typing->answers[typing->asked])
		return PAM_CONV_ERR;
	response->resp = strdup(typing->answers[typing->asked++]);
	return response->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static inline int converse_typing(int n, const struct pam_message **message,
				  struct pam_response **response, void *data)
{
	struct pam_response *answers = calloc((size_t)n, sizeof(*answers));
	int code = answers ? PAM_SUCCESS : PAM_BUF_ERR;

	for (int i = 0; code == PAM_SUCCESS && i < n; i++)
		code = type_answer(data, message[i], &answers[i]);
	if (code == PAM_SUCCESS)
		*response = answers;
	else
		free(answers);
	return code;
}

static inline void use_password_module(const struct host *host, const char *service)
{
	host_line(host, service, "password required pam_echo.so old");
	host_module(host, service, "password", "pam_sereno_password");
	host_line(host, service, "auth required pam_echo.so right");
	host_line(host, service, "auth required pam_permit.so");
	host_module(host, service, "auth", "pam_sereno_password");
	host_module(host, service, "account", "pam_sereno_password");
	host_line(host, service, "account required pam_permit.so");
}

/* The policy with @accounts among its accounts: and @rest behind. */
static inline void use_rules(struct host *host, const char *accounts, const char *rest)
{
	char text[2048], whole[3072];

	(void)snprintf(text, sizeof(text), PEOPLE, accounts);
	(void)snprintf(whole, sizeof(whole), "%s%s", text, rest);
	host_policy(host, whole);
}

/* @user's line of the shadow file: the only one. @days: of the last change, "" for none, and the
 * least and most that may pass until the next. */
static inline void set_shadow(const struct host *host, const char *user, const char *hash,
			      const char *days)
{
	char path[108];
	FILE *file;

	path_below(host, "/etc/shadow", path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fprintf(file, "other:!:1:0:99999:7:::\n%s:%s:%s:7:::\n", user, hash, days) > 0);
	assert_int_equal(fclose(file), 0);
}

static inline void set_hash(const struct host *host, const char *user, const char *hash,
			    const char *day)
{
	char days[64];

	(void)snprintf(days, sizeof(days), "%s:0:99999", day);
	set_shadow(host, user, hash, days);
}

static inline pam_handle_t *start_typing(struct host *host, const struct entry *entry,
					 struct typing *typing)
{
	const struct pam_conv conversation = { .conv = converse_typing, .appdata_ptr = typing };
	pam_handle_t *pamh = host_start(host, entry);

	assert_int_equal(pam_set_item(pamh, PAM_CONV, &conversation), PAM_SUCCESS);
	typing->pamh = pamh;
	return pamh;
}

static inline struct age_owner owner_of(const struct host *host, const char *user)
{
	return (struct age_owner){ host->root, user, getpwnam(user)->pw_uid };
}

/* As passwd runs: by the user, with the rights of root where there are any. */
static inline void become_user(void)
{
	if (getuid() == 0)
		assert_int_equal(setresuid(getpwnam(HELD)->pw_uid, 0, 0), 0);
}

static inline void become_root(void)
{
	if (geteuid() == 0)
		assert_int_equal(setresuid(0, 0, 0), 0);
}

static inline int changing_tear_down(void **state)
{
	become_root(); /* also after a failure */
	return host_tear_down(state);
}

#define CHANGING(test) cmocka_unit_test_setup_teardown(test, host_set_up, changing_tear_down)

static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' does not say '%s'", text, part);
}

#endif
