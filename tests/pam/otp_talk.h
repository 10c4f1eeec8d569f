/* SPDX-License-Identifier: MIT */
/*
 * otp_talk.h - logins that are asked for codes: who types what, and what came of it.
 *
 * Included by the test programs of pam_sereno_otp only.
 */
#ifndef TESTS_PAM_OTP_TALK_H
#define TESTS_PAM_OTP_TALK_H

#include "host.h"

#include <unistd.h>

#include <security/pam_modules.h>

#include <sereno/codes.h>

#define HEAD                                       \
	"sereno: 1\n"                              \
	"timezone: UTC\n"                          \
	"accounts:\n"                              \
	"  min-uid: 1\n"                           \
	"  break-glass: {members: [" RESCUE "]}\n" \
	"roles:\n"                                 \
	"  employee:\n"                            \
	"    members: [" HELD ", games]\n"         \
	"    allow:\n"

#define ATTEMPTS \
	"attempts: {allow: 3, within: 15m, then: {delay: 30s, doubling-to: 1h}, allow-per-user: 9}\n"

#define POLICY                                                                                \
	HEAD "      - {services: [sshd, login], from: [anywhere], second-factor: required}\n" \
	     "      - {services: [ftp], from: [anywhere]}\n" ATTEMPTS

static const struct otp_token phone = { OTP_SHA1, 6, 30, 20, "phone's own secret 1" };

/* What the user types, and what he saw. The last code is typed again and again. */
struct dialogue {
	const char *password;
	const char *codes[4]; /* NULL: he goes away */
	int flags;	      /* PAM's, for each phase */
	int answer;	      /* what his program says instead of answering, or PAM_SUCCESS */
	bool mute;	      /* it says that he answered, but not what */
	bool shows_nothing;   /* it has no place for what a module tells */
	unsigned passwords, asked;
	char told[16384];
	char handed_on[64]; /* the password, as modules see it that tell something */
	void (*when_asked)(struct dialogue *dialogue);
	pam_handle_t *pamh;
};

static inline const char *next_line(struct dialogue *dialogue, const struct pam_message *message)
{
	const size_t last = ARRAY_SIZE(dialogue->codes) - 1;

	assert_int_equal(message->msg_style, PAM_PROMPT_ECHO_OFF);
	if (strcmp(message->msg, "Password: ") == 0) {
		dialogue->passwords++;
		return dialogue->password;
	}
	if (strncmp(message->msg, "They are not shown again.", 25) == 0)
		return "";
	assert_string_equal(message->msg, "One-time code: ");
	if (dialogue->when_asked)
		dialogue->when_asked(dialogue);
	return dialogue->codes[dialogue->asked < last ? dialogue->asked++ : last];
}

static inline int one_answer(struct dialogue *dialogue, const struct pam_message *message,
			     struct pam_response *response)
{
	const size_t length = strlen(dialogue->told);
	const void *password = NULL;
	const char *line;

	if (pam_get_item(dialogue->pamh, PAM_AUTHTOK, &password) == PAM_SUCCESS && password)
		(void)snprintf(dialogue->handed_on, sizeof(dialogue->handed_on), "%s",
			       (const char *)password);
	if (message->msg_style == PAM_TEXT_INFO || message->msg_style == PAM_ERROR_MSG) {
		if (dialogue->shows_nothing)
			return PAM_CONV_ERR;
		(void)snprintf(dialogue->told + length, sizeof(dialogue->told) - length, "%s\n",
			       message->msg);
		return PAM_SUCCESS;
	}
	line = next_line(dialogue, message);
	if (dialogue->answer != PAM_SUCCESS || dialogue->mute)
		return dialogue->answer;
	if (!line)
		return PAM_CONV_ERR;
	response->resp = strdup(line);
	return response->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static inline int converse_dialogue(int n, const struct pam_message **message,
				    struct pam_response **response, void *data)
{
	struct pam_response *answers = calloc((size_t)n, sizeof(*answers));
	int code = answers ? PAM_SUCCESS : PAM_BUF_ERR;

	for (int i = 0; code == PAM_SUCCESS && i < n; i++)
		code = one_answer(data, message[i], &answers[i]);
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

static inline pam_handle_t *begin(struct host *host, const struct entry *entry,
				  struct dialogue *dialogue)
{
	const struct pam_conv conversation = { .conv = converse_dialogue, .appdata_ptr = dialogue };
	pam_handle_t *pamh = host_start(host, entry);
	/* an object pointer in the interface, a function in truth */
	void (*const delay)(int, unsigned, void *) = no_delay;
	const void *item;

	memcpy(&item, &delay, sizeof(item));
	assert_int_equal(pam_set_item(pamh, PAM_CONV, &conversation), PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_FAIL_DELAY, item), PAM_SUCCESS);
	dialogue->pamh = pamh;
	return pamh;
}

static inline void machine_id(const struct host *host)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/etc/machine-id", host->root);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("0123456789abcdef0123456789abcdef\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The code comes alone: the stack of public key and code. */
static inline void stack_code_alone(const struct host *host, const char *service)
{
	host_module(host, service, "auth", "pam_sereno_otp");
	host_module(host, service, "account", "pam_sereno_otp");
	host_module(host, service, "account", "pam_sereno_access");
}

/* Behind a password, as pam-auth-update writes it; whatever is typed is right. */
static inline void stack_behind_password(const struct host *host, const char *service)
{
	host_module(host, service, "auth", "pam_sereno_guard");
	host_line(host, service, "auth required pam_permit.so");
	host_module(host, service, "auth", "pam_sereno_otp");
	host_module(host, service, "account", "pam_sereno_guard");
	host_module(host, service, "account", "pam_sereno_otp");
	host_module(host, service, "account", "pam_sereno_access");
}

static inline struct codes_account account_of(const char *user)
{
	return (struct codes_account){ user, getpwnam(user)->pw_uid };
}

/* Give @user the phone, as an import does. */
static inline void give_phone(const struct host *host, const char *user)
{
	const struct codes_account account = account_of(user);
	const struct codes_import import = { .token = &phone, .label = "phone" };

	assert_int_equal(codes_import(host->root, &account, &import, 1, 1, time(NULL) - 86400), 0);
}

struct shown {
	char code[OTP_CODE_SIZE];
};

/* What the phone shows now, or @steps later. */
static inline struct shown show(int64_t steps)
{
	struct shown shown = { "" };
	const uint64_t now = otp_step(&phone, time(NULL));

	assert_int_equal(otp_code(&phone, now + (uint64_t)steps, shown.code), 0);
	return shown;
}

/* A code that is none of those around now. */
static inline struct shown show_wrong(void)
{
	struct shown wrong = show(0);
	bool again = true;

	while (again) {
		wrong.code[5] = wrong.code[5] == '9' ? '0' : (char)(wrong.code[5] + 1);
		again = false;
		for (int64_t step = -3; step <= 3; step++)
			again |= strcmp(show(step).code, wrong.code) == 0;
		if (again)
			wrong.code[0] = wrong.code[0] == '9' ? '0' : (char)(wrong.code[0] + 1);
	}
	return wrong;
}

enum phases { ONLY_AUTH, ONLY_ACCOUNT, AUTH_AND_ACCOUNT };

/* One login; what the last phase said that was run. */
static inline int log_in(struct host *host, const struct entry *entry, enum phases phases,
			 struct dialogue *dialogue)
{
	pam_handle_t *pamh = begin(host, entry, dialogue);
	int code = PAM_SUCCESS;

	if (phases != ONLY_ACCOUNT)
		code = pam_authenticate(pamh, dialogue->flags);
	if (code == PAM_SUCCESS && phases != ONLY_AUTH)
		code = pam_acct_mgmt(pamh, dialogue->flags);
	else if (code == PAM_SUCCESS)
		code = pam_setcred(pamh, PAM_ESTABLISH_CRED);
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static inline int otp_set_up(void **state)
{
	const int r = host_set_up(state);

	machine_id(*state);
	return r;
}

#define AT_CODES(test) cmocka_unit_test_setup_teardown(test, otp_set_up, host_tear_down)

#endif
