/* SPDX-License-Identifier: MIT */
/* otp_sealed.c - the host key is sealed: codes wait until it is unsealed, and then go on. */
#include "otp_talk.h"

#include "sealed.h"

static const struct entry sshd = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

static int log_in_with(struct host *host, const char *code)
{
	struct dialogue dialogue = { .password = "right", .codes = { code } };

	return log_in(host, &sshd, AUTH_AND_ACCOUNT, &dialogue);
}

static void codes_wait_for_the_key(void **state)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	struct host *host = *state;
	struct shown code;

	host_policy(host, POLICY);
	stack_behind_password(host, "sshd");
	give_phone(host, HELD);
	close_key(host, &image);
	drop_events(host);
	code = show(0);
	assert_int_equal(log_in_with(host, code.code), PAM_AUTHINFO_UNAVAIL);
	assert_event(host, "key.unusable subject=\"daemon\" service=\"sshd\" ");
	load_key(host, &image);
	code = show(0);
	assert_int_equal(log_in_with(host, code.code), PAM_SUCCESS);
	assert_int_not_equal(log_in_with(host, code.code), PAM_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = { AT_CODES(codes_wait_for_the_key) };

	return cmocka_run_group_tests_name("codes under a sealed key", tests, NULL, NULL);
}
