/* SPDX-License-Identifier: MIT */
/*
 * sereno_verify.c - the program sereno-verify: one question, whether a password is an account's.
 *
 * systemd starts it for each connection, which is its standard input. It stands alone so that PAM
 * and its modules run in no process that lives on or holds anything else.
 */
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <security/pam_appl.h>

#include <sereno/scoped.h>

#include "question.h"

#define CONNECTION    STDIN_FILENO
#define QUESTION_MSEC 2000
#define PASSWD_BUFFER 16384
#define STACKS_OPTION "--stacks="

struct reply_to {
	const char *password;
	unsigned asked;
};

static void question_erase(struct question *question)
{
	explicit_bzero(question, sizeof(*question));
}

static int check_peer(void)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(CONNECTION, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return neg_errno();
	return peer.uid == geteuid() ? 0 : -EPERM;
}

static int receive(struct question *ret)
{
	struct pollfd waiting = { .fd = CONNECTION, .events = POLLIN };
	ssize_t n;

	if (poll(&waiting, 1, QUESTION_MSEC) != 1)
		return -ETIMEDOUT;
	n = recv(CONNECTION, ret, sizeof(*ret), MSG_DONTWAIT | MSG_TRUNC);
	if (n < 0)
		return neg_errno();
	if ((size_t)n != sizeof(*ret) || ret->version != QUESTION_VERSION ||
	    !memchr(ret->password, '\0', sizeof(ret->password)))
		return -EBADMSG;
	return 0;
}

/* The password is for one hidden question; whatever else is asked, nobody is there to answer. */
static int answer_one(const struct pam_message *message, struct reply_to *reply,
		      struct pam_response *response)
{
	if (message->msg_style == PAM_TEXT_INFO || message->msg_style == PAM_ERROR_MSG)
		return PAM_SUCCESS;
	if (message->msg_style != PAM_PROMPT_ECHO_OFF || reply->asked++ > 0)
		return PAM_CONV_ERR;
	response->resp = strdup(reply->password);
	return response->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void forget(struct pam_response *responses, int n)
{
	for (int i = 0; i < n; i++) {
		if (responses[i].resp)
			explicit_bzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

static int converse(int n, const struct pam_message **messages, struct pam_response **ret,
		    void *data)
{
	struct pam_response *responses;
	int code = PAM_SUCCESS;

	if (n <= 0 || n > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	responses = calloc((size_t)n, sizeof(*responses));
	if (!responses)
		return PAM_BUF_ERR;
	for (int i = 0; code == PAM_SUCCESS && i < n; i++)
		code = answer_one(messages[i], data, &responses[i]);
	if (code == PAM_SUCCESS)
		*ret = responses;
	else
		forget(responses, n);
	return code;
}

/* serenod answers when it is time. */
static void no_delay(int code, unsigned usec, void *data)
{
	(void)code;
	(void)usec;
	(void)data;
}

static int set_no_delay(pam_handle_t *pamh)
{
	/* an object pointer in the interface, a function in truth */
	void (*const delay)(int, unsigned, void *) = no_delay;
	const void *item;

	memcpy(&item, &delay, sizeof(item));
	return pam_set_item(pamh, PAM_FAIL_DELAY, item);
}

static bool is_still(pam_handle_t *pamh, const char *user)
{
	const void *now = NULL;

	return pam_get_item(pamh, PAM_USER, &now) == PAM_SUCCESS && now && strcmp(now, user) == 0;
}

static enum verifier_answer answer_of(int code)
{
	switch (code) {
	case PAM_SUCCESS:
		return VERIFIER_YES;
	case PAM_AUTH_ERR:
	case PAM_USER_UNKNOWN:
	case PAM_MAXTRIES:
	case PAM_ACCT_EXPIRED:
		return VERIFIER_NO;
	default: /* PAM_PERM_DENIED is libpam's for a line it does not understand */
		return VERIFIER_UNAVAILABLE;
	}
}

static enum verifier_answer verify(const char *stacks, const char *user, const char *password)
{
	struct reply_to reply = { password, 0 };
	const struct pam_conv conversation = { converse, &reply };
	pam_handle_t *pamh = NULL;
	int code;

	code = pam_start_confdir(QUESTION_SERVICE, user, &conversation, stacks, &pamh);
	if (code != PAM_SUCCESS)
		return VERIFIER_UNAVAILABLE;
	code = set_no_delay(pamh);
	if (code == PAM_SUCCESS)
		code = pam_authenticate(pamh, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
	if (code == PAM_SUCCESS && !is_still(pamh, user))
		code = PAM_AUTH_ERR;
	(void)pam_end(pamh, code); /* it is over either way */
	return answer_of(code);
}

static enum verifier_answer ask(const char *stacks)
{
	scoped(question_erase) struct question question = { 0 };
	char buffer[PASSWD_BUFFER];
	struct passwd account, *found = NULL;

	if (check_peer() < 0 || receive(&question) < 0)
		return VERIFIER_UNAVAILABLE;
	if (getpwuid_r(question.uid, &account, buffer, sizeof(buffer), &found) != 0)
		return VERIFIER_UNAVAILABLE;
	return found ? verify(stacks, found->pw_name, question.password) : VERIFIER_NO;
}

/* --stacks=DIR: PAM services from there, for tests. */
int main(int argc, char **argv)
{
	const size_t key = sizeof(STACKS_OPTION) - 1;
	const char *stacks = NULL;
	uint8_t answer;

	if (argc == 2 && strncmp(argv[1], STACKS_OPTION, key) == 0)
		stacks = argv[1] + key;
	else if (argc != 1)
		return 2;
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return 1;
	answer = (uint8_t)ask(stacks);
	(void)send(CONNECTION, &answer, sizeof(answer), MSG_NOSIGNAL); /* unless nobody waits */
	return 0;
}
