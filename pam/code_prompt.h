/* SPDX-License-Identifier: MIT */
/*
 * code_prompt.h - the question for a one-time code, and the moment of a refusal. For room pam/.
 */
#ifndef PAM_CODE_PROMPT_H
#define PAM_CODE_PROMPT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <security/pam_modules.h>

struct code_answer {
	char *typed;	       /* NULL before anything was */
	struct timespec given; /* CLOCK_MONOTONIC */
};

/*
 * Ask, with the same words whoever it is. Always release with code_answer_erase(). Returns
 * PAM_SUCCESS; PAM_INCOMPLETE; PAM_CONV_ERR or PAM_BUF_ERR: nobody answered; PAM_AUTH_ERR: the
 * program changed the user meanwhile.
 */
int code_prompt(pam_handle_t *pamh, struct code_answer *ret);

/*
 * The same for who is asked once: the last @digits of the password are the code, and what stands
 * before them becomes the password for the modules behind; nothing, and they ask for one. A
 * password that ends otherwise stays as it is, and the answer is empty.
 */
int code_prompt_combined(pam_handle_t *pamh, uint32_t digits, struct code_answer *ret);
void code_answer_erase(struct code_answer *answer);

/* Whether @typed is the password of this handle: a client that answers every hidden prompt with
 * it. */
bool code_is_password(pam_handle_t *pamh, const char *typed);

/*
 * Wait until a refusal may be told: at a fixed time after the answer, so that what was looked up in
 * between cannot be told by the clock. Asks the program for the delay of a wrong password, too.
 */
void code_refusal_wait(pam_handle_t *pamh, const struct code_answer *answer);

#endif
