/* SPDX-License-Identifier: MIT */
/*
 * guarded.h - logins with a password through the guard, and a stack behind it that tells what it
 * was let check.
 *
 * Included by the test programs of the guard only. What stands behind says "checked" to the
 * conversation (pam_echo), then permits or denies.
 */
#ifndef TESTS_PAM_GUARDED_H
#define TESTS_PAM_GUARDED_H

#include "host.h"

#include <unistd.h>

#include <security/pam_modules.h>

#define POLICY_HEAD                                \
	"sereno: 1\n"                              \
	"timezone: UTC\n"                          \
	"accounts:\n"                              \
	"  min-uid: 1\n"                           \
	"  break-glass: {members: [" RESCUE "]}\n" \
	"roles:\n"                                 \
	"  employee:\n"                            \
	"    members: [" HELD "]\n"                \
	"    allow:\n"                             \
	"      - {services: [sshd], from: [anywhere]}\n"

#define POLICY_DELAYS \
	POLICY_HEAD   \
	"attempts: {allow: 3, within: 15m, then: {delay: 30s, doubling-to: 1h}, allow-per-user: 9}\n"

enum behind { BEHIND_DENIES, BEHIND_PERMITS };

/* What the user at the prompt does, and what came of it. */
struct talk {
	const char *password; /* NULL: he goes away */
	unsigned asked, checked;
	void (*when_checked)(struct talk *talk, pam_handle_t *pamh);
	pam_handle_t *pamh;
	bool seen;
};

static inline int answer(struct talk *talk, const struct pam_message *message,
			 struct pam_response *response)
{
	if (message->msg_style == PAM_TEXT_INFO) {
		assert_string_equal(message->msg, "checked");
		talk->checked++;
		if (talk->when_checked)
			talk->when_checked(talk, talk->pamh);
		return PAM_SUCCESS;
	}
	assert_int_equal(message->msg_style, PAM_PROMPT_ECHO_OFF);
	assert_string_equal(message->msg, "Password: ");
	talk->asked++;
	if (!talk->password)
		return PAM_CONV_ERR;
	response->resp = strdup(talk->password);
	return response->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static inline int converse_guarded(int n, const struct pam_message **message,
				   struct pam_response **response, void *data)
{
	struct pam_response *answers = calloc((size_t)n, sizeof(*answers));
	int code = answers ? PAM_SUCCESS : PAM_BUF_ERR;

	for (int i = 0; code == PAM_SUCCESS && i < n; i++)
		code = answer(data, message[i], &answers[i]);
	if (code == PAM_SUCCESS)
		*response = answers;
	else
		free(answers);
	return code;
}

/* libpam would sleep for as long as a module asked. */
static inline void no_delay(int code, unsigned usec, void *data)
{
	(void)code;
	(void)usec;
	(void)data;
}

/* The stack of @service: the guard, then one that @behind. */
static inline void use_stack(const struct host *host, const char *service, enum behind behind)
{
	char path[160], line[512];

	(void)snprintf(path, sizeof(path), "%s/pam.d/%s", host->root, service);
	assert_true(unlink(path) == 0 || errno == ENOENT);
	(void)snprintf(line, sizeof(line), "requisite %s/pam_sereno_guard.so root=%s",
		       getenv("O") ? getenv("O") : "build", host->root);

	for (size_t i = 0; i < 2; i++) {
		const char *const phases[] = { "auth", "account" };
		char whole[600];

		(void)snprintf(whole, sizeof(whole), "%s %s", phases[i], line);
		host_line(host, service, whole);
	}
	host_line(host, service, "auth optional pam_echo.so checked");
	host_line(host, service,
		  behind == BEHIND_PERMITS ? "auth required pam_permit.so"
					   : "auth required pam_deny.so");
	host_line(host, service, "account required pam_permit.so");
}

static inline pam_handle_t *start_guarded(struct host *host, const struct entry *entry,
					  struct talk *talk)
{
	const struct pam_conv conversation = { .conv = converse_guarded, .appdata_ptr = talk };
	pam_handle_t *pamh = host_start(host, entry);
	/* an object pointer in the interface, a function in truth */
	void (*const delay)(int, unsigned, void *) = no_delay;
	const void *item;

	memcpy(&item, &delay, sizeof(item));
	assert_int_equal(pam_set_item(pamh, PAM_CONV, &conversation), PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_FAIL_DELAY, item), PAM_SUCCESS);
	talk->pamh = pamh;
	return pamh;
}

/* One login with @password at a stack that @behind; what pam_authenticate() said. */
static inline int log_in(struct host *host, const struct entry *entry, const char *password,
			 enum behind behind, struct talk *ret)
{
	struct talk talk = { .password = password };
	pam_handle_t *pamh;
	int code;

	use_stack(host, entry->service, behind);
	pamh = start_guarded(host, entry, &talk);
	code = pam_authenticate(pamh, 0);
	if (code == PAM_SUCCESS)
		assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	if (ret)
		*ret = talk;
	return code;
}

/* How many of @tries wrong passwords are checked. */
static inline unsigned wrong_checked(struct host *host, const struct entry *entry, unsigned tries)
{
	unsigned checked = 0;
	struct talk talk;

	for (unsigned i = 0; i < tries; i++) {
		assert_int_equal(log_in(host, entry, "wrong", BEHIND_DENIES, &talk), PAM_AUTH_ERR);
		assert_int_equal(talk.asked, 1);
		checked += talk.checked;
	}
	return checked;
}

#endif
