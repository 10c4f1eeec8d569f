/* SPDX-License-Identifier: MIT */
/* enrolment.c - tests: a user gives himself a token, and looks after it, by serenod. */
#include "house.h"

#define ATTEMPTS "attempts: {allow: 3, within: 15m, then: {delay: 30s}, allow-per-user: 9}\n"
#define BLOCKS	 ATTEMPTS "second-factor: {totp: {issuer: DACARTEC}, recovery-codes: 3}\n"

/* What somebody does to his own second factor: by whom, for whom. */
static void assert_own_event(const struct house *house, const char *name)
{
	char start[256];

	(void)snprintf(start, sizeof(start), "%s subject=\"%s\" target=\"%s\" service=\"serenod\"",
		       name, house->name, house->name);
	assert_event(house, start);
}

static void begin(struct house *house)
{
	house_policy(house, BLOCKS);
	house_start(house);
}

static void by_password(void **state)
{
	struct house *house = *state;
	struct channel_reply reply, confirmed;
	struct codes_status status;
	const struct codes_account account = account_of(house);
	int fd;

	begin(house);
	house_verifier(house);
	fd = house_open(house);
	assert_int_equal(
		ask(fd, proved_request(CHANNEL_BEGIN, "phone", CHANNEL_PROOF_PASSWORD, PASSWORD),
		    &reply),
		CHANNEL_ACCEPTED);
	assert_string_equal(reply.issuer, "DACARTEC");
	assert_string_equal(reply.person, house->name);
	assert_true(otp_token_sound(&reply.token));
	assert_event(house, "");
	assert_int_equal(codes_status(house->root, &account, &status), -ENOENT);
	assert_int_equal(ask(fd, confirm_request(show_wrong(&reply.token).code), &confirmed),
			 CHANNEL_UNCONFIRMED);
	assert_int_equal(ask(fd, confirm_request(show(&reply.token, 0).code), &confirmed),
			 CHANNEL_ACCEPTED);
	assert_own_event(house, "otp.enrolled");
	assert_int_equal(confirmed.n_recovery, 3);
	assert_int_equal(confirmed.recovery_left, 3);
	assert_int_equal(ask(fd, confirm_request(show(&reply.token, 0).code), &confirmed),
			 CHANNEL_UNKNOWN);
	(void)close(fd);
	assert_int_equal(verify(house, show(&reply.token, 1).code), CHANNEL_ACCEPTED);
}

static void by_wrong_password(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;
	int fd;

	begin(house);
	house_verifier(house);
	fd = house_open(house);
	assert_int_equal(
		ask(fd, proved_request(CHANNEL_BEGIN, "phone", CHANNEL_PROOF_PASSWORD, "wrong"),
		    &reply),
		CHANNEL_REFUSED);
	assert_event(house, "code.refused");
	assert_int_equal(ask(fd, confirm_request("123456"), &reply), CHANNEL_UNKNOWN);
	(void)close(fd);
}

static void without_verifier(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;
	int fd;

	begin(house);
	fd = house_open(house);
	assert_int_equal(
		ask(fd, proved_request(CHANNEL_BEGIN, "phone", CHANNEL_PROOF_PASSWORD, PASSWORD),
		    &reply),
		CHANNEL_UNAVAILABLE);
	assert_event(house, "verifier.failed");
	(void)close(fd);
}

/* Who has a token needs more than the password. */
static void second_by_password(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;
	int fd;

	begin(house);
	give_phone(house);
	house_verifier(house);
	fd = house_open(house);
	assert_int_equal(
		ask(fd, proved_request(CHANNEL_BEGIN, "tablet", CHANNEL_PROOF_PASSWORD, PASSWORD),
		    &reply),
		CHANNEL_TICKET_NEEDED);
	(void)close(fd);
}

static enum channel_answer begin_by_password(const struct house *house)
{
	scoped_fd int fd = house_open(house);
	struct channel_reply reply;

	return ask(fd, proved_request(CHANNEL_BEGIN, "tablet", CHANNEL_PROOF_PASSWORD, PASSWORD),
		   &reply);
}

/* Right passwords between them neither take wrong codes back, nor count themselves. */
static void password_lifts_no_throttle(void **state)
{
	struct house *house = *state;

	begin(house);
	give_phone(house);
	house_verifier(house);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(begin_by_password(house), CHANNEL_TICKET_NEEDED);
		assert_int_equal(begin_by_password(house), CHANNEL_TICKET_NEEDED);
		drop_events(house);
		assert_int_equal(verify(house, show_wrong(&phone).code), CHANNEL_REFUSED);
		assert_event(house, "code.refused");
	}
	assert_int_equal(verify(house, show(&phone, 0).code), CHANNEL_REFUSED);
	assert_event(house, "attempts.refused");
}

static void by_ticket(void **state)
{
	struct house *house = *state;
	const struct codes_account account = account_of(house);
	char ticket[OTP_RECOVERY_SIZE];
	struct channel_reply reply, confirmed;
	int fd;

	begin(house);
	assert_int_equal(codes_ticket_issue(house->root, &account, time(NULL), 3600, ticket), 0);
	fd = house_open(house);
	assert_int_equal(
		ask(fd,
		    proved_request(CHANNEL_BEGIN, "phone", CHANNEL_PROOF_TICKET, "0a5k-m9q2-7rtz"),
		    &reply),
		CHANNEL_REFUSED);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "phone", CHANNEL_PROOF_TICKET, ticket),
			     &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(ask(fd, confirm_request(show(&reply.token, 0).code), &confirmed),
			 CHANNEL_ACCEPTED);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "other", CHANNEL_PROOF_TICKET, ticket),
			     &reply),
			 CHANNEL_REFUSED);
	(void)close(fd);
}

/* The phone is reported stolen while the thief is about to give himself another token. */
static void by_code_of_a_token_taken_away(void **state)
{
	struct house *house = *state;
	const struct codes_account account = account_of(house);
	struct channel_reply reply, confirmed;
	int fd;

	begin(house);
	give_phone(house);
	fd = house_open(house);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "tablet", CHANNEL_PROOF_CODE,
					    show(&phone, 0).code),
			     &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(codes_remove(house->root, &account, "phone", time(NULL)), 0);
	assert_int_equal(ask(fd, confirm_request(show(&reply.token, 0).code), &confirmed),
			 CHANNEL_TICKET_NEEDED);
	(void)close(fd);
}

static void by_code(void **state)
{
	struct house *house = *state;
	struct channel_reply reply, confirmed;
	int fd;

	begin(house);
	give_phone(house);
	fd = house_open(house);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "phone", CHANNEL_PROOF_CODE,
					    show(&phone, 0).code),
			     &reply),
			 CHANNEL_LABEL_TAKEN);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "tablet", CHANNEL_PROOF_CODE,
					    show(&phone, 1).code),
			     &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(ask(fd, confirm_request(show(&reply.token, 0).code), &confirmed),
			 CHANNEL_ACCEPTED);
	assert_int_equal(confirmed.n_recovery, 3);
	(void)close(fd);
}

/* Another conversation knows nothing of a token that was begun in this one. */
static void pending_is_of_one_conversation(void **state)
{
	struct house *house = *state;
	struct channel_reply reply, confirmed;
	int fd, other;

	begin(house);
	give_phone(house);
	fd = house_open(house);
	other = house_open(house);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "tablet", CHANNEL_PROOF_CODE,
					    show(&phone, 0).code),
			     &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(ask(other, confirm_request(show(&reply.token, 0).code), &confirmed),
			 CHANNEL_UNKNOWN);
	(void)close(other);
	(void)close(fd);
}

/* Nothing of it is left. */
static void killed_in_between(void **state)
{
	struct house *house = *state;
	struct channel_request confirm;
	struct channel_reply reply;
	int fd;

	begin(house);
	give_phone(house);
	fd = house_open(house);
	assert_int_equal(ask(fd,
			     proved_request(CHANNEL_BEGIN, "tablet", CHANNEL_PROOF_CODE,
					    show(&phone, 0).code),
			     &reply),
			 CHANNEL_ACCEPTED);
	confirm = confirm_request(show(&reply.token, 0).code);
	house_stop(house);
	assert_int_equal(channel_ask(fd, &confirm, &reply), -ECONNRESET);
	(void)close(fd);
	house_start(house);
	fd = house_open(house);
	assert_int_equal(ask(fd, (struct channel_request){ .kind = CHANNEL_STATUS }, &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.status.n_tokens, 1);
	assert_string_equal(reply.status.token[0].label, "phone");
	(void)close(fd);
}

static void status_of_nobody(void **state)
{
	struct house *house = *state;
	scoped_fd int fd = -1;
	struct channel_reply reply;

	begin(house);
	fd = house_open(house);
	assert_int_equal(ask(fd, (struct channel_request){ .kind = CHANNEL_STATUS }, &reply),
			 CHANNEL_ACCEPTED);
	assert_int_equal(reply.status.n_tokens, 0);
}

static void new_recovery_codes(void **state)
{
	struct house *house = *state;
	scoped_fd int fd = -1;
	struct channel_reply reply, issued;

	begin(house);
	give_phone(house);
	fd = house_open(house);
	assert_int_equal(
		ask(fd,
		    proved_request(CHANNEL_RECOVERY, "", CHANNEL_PROOF_CODE, show(&phone, 0).code),
		    &issued),
		CHANNEL_ACCEPTED);
	assert_int_equal(issued.n_recovery, 3);
	/* one of them is no proof for new ones, but for a phone out of step it is */
	assert_int_equal(
		ask(fd,
		    proved_request(CHANNEL_RECOVERY, "", CHANNEL_PROOF_CODE, issued.recovery[0]),
		    &reply),
		CHANNEL_REFUSED);
	assert_int_equal(ask(fd, verify_request(issued.recovery[0]), &reply), CHANNEL_ACCEPTED);
	assert_int_equal(reply.recovery_left, 2);
}

static void resync(void **state)
{
	const struct shown one = show(&phone, 100), two = show(&phone, 101);
	const struct shown later = show(&phone, 102); /* the host may have come to its next step */
	struct house *house = *state;
	const struct codes_account account = account_of(house);
	struct channel_request request;
	char codes[1][OTP_RECOVERY_SIZE];
	scoped_fd int fd = -1;
	struct channel_reply reply;

	begin(house);
	give_phone(house);
	assert_int_equal(codes_recovery_issue(house->root, &account, time(NULL), 1, codes), 0);
	fd = house_open(house);
	request = proved_request(CHANNEL_RESYNC, "phone", CHANNEL_PROOF_CODE, codes[0]);
	set_text(request.code[0], sizeof(request.code[0]), one.code);
	set_text(request.code[1], sizeof(request.code[1]), two.code);
	assert_int_equal(ask(fd, request, &reply), CHANNEL_ACCEPTED);
	assert_event(house, "code.recovered");
	assert_own_event(house, "otp.resynced");
	assert_int_equal(ask(fd, verify_request(later.code), &reply), CHANNEL_ACCEPTED);
}

static void proofs_not_for_that(void **state)
{
	struct house *house = *state;
	struct channel_reply reply;
	int fd;

	begin(house);
	give_phone(house);
	for (unsigned i = 0; i < 2; i++) {
		fd = house_open(house);
		assert_int_equal(ask(fd,
				     proved_request(i == 0 ? CHANNEL_RECOVERY : CHANNEL_RESYNC, "",
						    CHANNEL_PROOF_TICKET, show(&phone, 0).code),
				     &reply),
				 CHANNEL_UNKNOWN);
		(void)close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(by_password),
		IN_HOUSE(by_wrong_password),
		IN_HOUSE(without_verifier),
		IN_HOUSE(second_by_password),
		IN_HOUSE(password_lifts_no_throttle),
		IN_HOUSE(by_ticket),
		IN_HOUSE(by_code),
		IN_HOUSE(by_code_of_a_token_taken_away),
		IN_HOUSE(pending_is_of_one_conversation),
		IN_HOUSE(killed_in_between),
		IN_HOUSE(status_of_nobody),
		IN_HOUSE(new_recovery_codes),
		IN_HOUSE(resync),
		IN_HOUSE(proofs_not_for_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
