/* SPDX-License-Identifier: MIT */
/* enrolment_talk.c - what somebody who enrols is shown and asked. */
#include <errno.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <security/pam_ext.h>

#include <sereno/scoped.h>

#include "enrolment_talk.h"

#define _(text) dgettext("sereno", text)

#define RECOVERY_TEXT_SIZE (OTP_RECOVERY_MAX * (OTP_RECOVERY_SIZE + 3) + 1)

static int uri_of(const struct code_asked *asked, const struct otp_token *token, char *uri,
		  size_t size)
{
	struct utsname host = { .nodename = "" };

	(void)uname(&host); /* cannot fail */
	return otp_uri(token, otp_issuer(asked->judgement->second_factor.issuer, host.nodename),
		       asked->request->subject.name, uri, size);
}

/* A code that does not fit or cannot be drawn is left out: the secret can be typed. */
static char *draw(const struct code_asked *asked, const struct otp_token *token,
		  enum otp_qr_form form)
{
	const struct otp_qr_look look = { form, OTP_QR_ON_DARK, 80, 40 };
	char uri[OTP_URI_SIZE] = "";
	char *picture = NULL;

	if (uri_of(asked, token, uri, sizeof(uri)) < 0 || otp_qr_draw(uri, &look, &picture) < 0)
		picture = NULL;
	explicit_bzero(uri, sizeof(uri));
	return picture;
}

static int tell(pam_handle_t *pamh, const char *text)
{
	return pam_info(pamh, "%s", text) == PAM_SUCCESS ? 0 : -ECONNABORTED;
}

/* The picture first would push the secret off a small screen. */
int enrolment_show(const struct code_asked *asked, const struct otp_token *token,
		   enum otp_qr_form form)
{
	scoped(otp_text_free_p) char *picture = draw(asked, token, form);
	char secret[OTP_SECRET_TEXT_SIZE] = "";
	int r;

	r = otp_secret_text(token, secret, sizeof(secret));
	if (r == 0)
		r = tell(asked->pamh,
			 _("Logging in needs a second factor, and you have none yet. Scan "
			   "this with an authenticator app on your phone, or type in the "
			   "secret:"));
	if (r == 0)
		r = tell(asked->pamh, secret);
	if (r == 0)
		r = tell(asked->pamh, picture ? picture : _("(The picture does not fit here.)"));
	if (r == 0)
		r = tell(asked->pamh,
			 _("Then type the code that the phone shows; q draws the picture "
			   "in plain characters."));
	explicit_bzero(secret, sizeof(secret));
	return r;
}

static int ask(pam_handle_t *pamh, char **ret)
{
	scoped(otp_text_free_p) char *typed = NULL;
	const int code = pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, &typed, "%s", _("One-time code: "));

	if (code != PAM_SUCCESS)
		return code;
	if (!typed)
		return PAM_CONV_ERR;
	*ret = take(typed, NULL);
	return PAM_SUCCESS;
}

int enrolment_ask(const struct code_asked *asked, const struct otp_token *token, unsigned n_wrong,
		  char **ret)
{
	scoped(otp_text_free_p) char *typed = NULL;
	int code;

	if (n_wrong > 0)
		(void)tell(asked->pamh,
			   _("That is not the code. The phone's clock must be right."));
	code = ask(asked->pamh, &typed);
	if (code == PAM_SUCCESS && strcmp(typed, "q") == 0) {
		otp_text_free(take(typed, NULL));
		if (enrolment_show(asked, token, OTP_QR_ASCII) < 0)
			return PAM_CONV_ERR;
		code = ask(asked->pamh, &typed);
	}
	if (code == PAM_SUCCESS)
		*ret = take(typed, NULL);
	return code;
}

void enrolment_show_recovery(pam_handle_t *pamh, char (*code)[OTP_RECOVERY_SIZE], uint32_t n)
{
	char text[RECOVERY_TEXT_SIZE] = "";
	char *typed = NULL;
	size_t length = 0;

	for (uint32_t i = 0; i < n && i < OTP_RECOVERY_MAX; i++) {
		memcpy(text + length, "  ", 2);
		memcpy(text + length + 2, code[i], OTP_RECOVERY_SIZE - 1);
		length += 2 + OTP_RECOVERY_SIZE - 1;
		text[length++] = '\n';
	}
	/* he has his token: what goes wrong here takes nothing back */
	(void)tell(pamh, _("Recovery codes, for when the phone is lost; each is good once:"));
	(void)tell(pamh, text);
	(void)pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, &typed, "%s",
			 _("They are not shown again. Keep them, then press Enter: "));
	otp_text_free(typed);
	explicit_bzero(text, sizeof(text));
}
