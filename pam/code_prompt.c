/* SPDX-License-Identifier: MIT */
/* code_prompt.c - the question for a one-time code, and the moment of a refusal. */
#include <errno.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_ext.h>

#include <sereno/otp.h>

#include "code_prompt.h"

#define _(text) dgettext("sereno", text)

#define USER_SIZE 257

/* More than what all checks take, those too that wait for a busy disk; work that takes longer is
 * answered a whole one later. */
#define REFUSAL_NSEC 50000000
#define SECOND_NSEC  1000000000

/* The delay that pam_unix asks for after a wrong password: not to be told apart by the clock. */
#define FAIL_DELAY_USEC 2000000

static const char *item_text(pam_handle_t *pamh, int item)
{
	const void *text = NULL;

	if (pam_get_item(pamh, item, &text) != PAM_SUCCESS || !text)
		return "";
	return text;
}

static int conversation_error(int code)
{
	switch (code) {
	case PAM_CONV_AGAIN:
		return PAM_INCOMPLETE;
	case PAM_BUF_ERR:
		return PAM_BUF_ERR;
	default:
		return PAM_CONV_ERR;
	}
}

/* The name is looked at again: what comes next is about whom it was about before. */
int code_prompt(pam_handle_t *pamh, struct code_answer *ret)
{
	char user[USER_SIZE] = "";
	int code;

	*ret = (struct code_answer){ .typed = NULL };
	if (strlen(item_text(pamh, PAM_USER)) >= sizeof(user))
		return PAM_AUTH_ERR;
	memcpy(user, item_text(pamh, PAM_USER), strlen(item_text(pamh, PAM_USER)));
	code = pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, &ret->typed, "%s", _("One-time code: "));
	(void)clock_gettime(CLOCK_MONOTONIC, &ret->given); /* cannot fail */
	if (code != PAM_SUCCESS)
		return conversation_error(code);
	if (!ret->typed)
		return PAM_CONV_ERR;
	return strcmp(item_text(pamh, PAM_USER), user) == 0 ? PAM_SUCCESS : PAM_AUTH_ERR;
}

/* How long the password is before @digits ASCII digits at its end; its whole length without. */
static size_t length_before_code(const char *reply, uint32_t digits)
{
	const size_t length = strlen(reply);

	if (length < digits || strspn(reply + length - digits, "0123456789") != digits)
		return length;
	return length - digits;
}

/* libpam keeps a copy of its own, and erases it. */
static int hand_on(pam_handle_t *pamh, const char *reply, size_t length)
{
	char *password = strndup(reply, length);
	int code = PAM_BUF_ERR;

	if (password) {
		code = pam_set_item(pamh, PAM_AUTHTOK, password[0] ? password : NULL);
		explicit_bzero(password, length);
	}
	free(password);
	return code;
}

static int split(pam_handle_t *pamh, const char *reply, uint32_t digits, struct code_answer *ret)
{
	const size_t length = length_before_code(reply, digits);

	ret->typed = strdup(reply + length);
	if (!ret->typed)
		return PAM_BUF_ERR;
	return ret->typed[0] ? hand_on(pamh, reply, length) : PAM_SUCCESS;
}

int code_prompt_combined(pam_handle_t *pamh, uint32_t digits, struct code_answer *ret)
{
	const char *reply = NULL;
	int code;

	*ret = (struct code_answer){ .typed = NULL };
	code = pam_get_authtok(pamh, PAM_AUTHTOK, &reply, NULL);
	(void)clock_gettime(CLOCK_MONOTONIC, &ret->given); /* cannot fail */
	if (code != PAM_SUCCESS)
		return conversation_error(code);
	return reply ? split(pamh, reply, digits, ret) : PAM_CONV_ERR;
}

void code_answer_erase(struct code_answer *answer)
{
	if (answer->typed)
		explicit_bzero(answer->typed, strlen(answer->typed));
	free(answer->typed);
	answer->typed = NULL;
}

bool code_is_password(pam_handle_t *pamh, const char *typed)
{
	const char *password = item_text(pamh, PAM_AUTHTOK);

	return password[0] && strcmp(password, typed) == 0;
}

static int64_t nsec_since(const struct timespec *then)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* as above */
	return (int64_t)(now.tv_sec - then->tv_sec) * SECOND_NSEC + (now.tv_nsec - then->tv_nsec);
}

void code_refusal_wait(pam_handle_t *pamh, const struct code_answer *answer)
{
	const int64_t until = otp_refusal_due(nsec_since(&answer->given), REFUSAL_NSEC);
	struct timespec due = answer->given;

	(void)pam_fail_delay(pamh, FAIL_DELAY_USEC); /* best effort */
	due.tv_sec += (time_t)(until / SECOND_NSEC);
	due.tv_nsec += (long)(until % SECOND_NSEC);
	if (due.tv_nsec >= SECOND_NSEC) {
		due.tv_nsec -= SECOND_NSEC;
		due.tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
		continue;
}
