/* SPDX-License-Identifier: MIT */
/* otp.c - sereno otp: the life of a token, over pipes. */
#include "otp_talk.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <sereno/remembered.h>

static void enrolled_over_a_pipe(void **state)
{
	struct tree *tree = *state;
	char line[OTP_CODE_SIZE + 1];
	struct codes_status status;

	enrol(tree, "enrol ana --show-secret", 0);
	assert_says(tree, "ana has the token phone");
	assert_says(tree, "Recovery codes");
	assert_int_equal(codes_status(tree->root, &ana, &status), 0);
	assert_int_equal(status.n_tokens, 1);
	assert_int_equal(status.recovery_left, 8);
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 1, line)), 0);
	assert_says(tree, "right: a code of the token phone. It is used up");
	assert_int_equal(sereno(tree, "verify ana", line), 1);
	assert_says(tree, "used before");
	assert_int_equal(sereno(tree, "enrol ana --show-secret", ""), 1);
	assert_says(tree, "ana has a token phone already");
	assert_int_equal(sereno(tree, "status ana", ""), 0);
	assert_int_equal(sereno(tree, "status", ""), 0);
	assert_says(tree, "phone");
}

static void a_second_token_leaves_recovery_codes_alone(void **state)
{
	struct tree *tree = *state;
	struct codes_status status;

	enrol(tree, "enrol ana --show-secret", 0);
	enrol(tree, "enrol ana --show-secret --label tablet", 0);
	assert_says(tree, "the 8 recovery codes of before stay good");
	assert_int_equal(codes_status(tree->root, &ana, &status), 0);
	assert_int_equal(status.n_tokens, 2);
	assert_string_equal(status.token[1].label, "tablet");
}

static void no_secret_into_a_pipe(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(sereno(tree, "enrol ana", ""), 2);
	assert_says(tree, "--show-secret if that is meant");
	assert_int_equal(sereno(tree, "recovery ana", ""), 2);
	assert_int_equal(sereno(tree, "ticket ana", ""), 2);
	assert_null(strstr(tree->said, "otpauth"));
}

static void unconfirmed_keeps_nothing(void **state)
{
	struct tree *tree = *state;
	struct codes_status status = { .n_tokens = 0 };
	int r;

	assert_int_equal(sereno(tree, "enrol ana --show-secret", "wrong\n\nworse\n"), 1);
	assert_says(tree, "That was not its code");
	assert_says(tree, "not confirmed: ana has no new token");
	r = codes_status(tree->root, &ana, &status);
	assert_true(r == 0 || r == -ENOENT);
	assert_int_equal(status.n_tokens, 0);
	assert_int_equal(sereno(tree, "enrol ana --show-secret", ""), 1);
}

static void recovery_codes_anew(void **state)
{
	struct tree *tree = *state;
	char first[OTP_RECOVERY_SIZE + 1] = "";

	assert_int_equal(sereno(tree, "recovery ana --show-secret", ""), 1);
	assert_says(tree, "ana has no token");
	enrol(tree, "enrol ana --show-secret", 0);
	memcpy(first, strstr(tree->said, "each is good once:\n  ") + 21, OTP_RECOVERY_SIZE - 1);
	first[OTP_RECOVERY_SIZE - 1] = '\n';
	assert_int_equal(sereno(tree, "verify ana", first), 0);
	assert_says(tree, "right: a recovery code. It is used up; 7 are left");
	assert_int_equal(sereno(tree, "verify ana", first), 1);
	assert_int_equal(sereno(tree, "recovery ana --show-secret", ""), 0);
	assert_says(tree, "ana has 8 new recovery codes; those of before are void");
}

static void a_phone_whose_clock_is_off(void **state)
{
	struct tree *tree = *state;
	char one[OTP_CODE_SIZE + 1], two[OTP_CODE_SIZE + 1], both[2 * sizeof(one)];

	assert_int_equal(sereno(tree, "resync ana", "123456\n123457\n"), 1);
	assert_says(tree, "ana has no token");
	enrol(tree, "enrol ana --show-secret", 0);
	(void)snprintf(both, sizeof(both), "%s%s", shown(tree, 10, one), shown(tree, 11, two));
	assert_int_equal(sereno(tree, "resync ana --label tablet", both), 1);
	assert_says(tree, "ana has no token tablet");
	assert_int_equal(sereno(tree, "resync ana", both), 0);
	assert_says(tree, "steps of ours away");
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 0, one)), 1);
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 12, one)), 0);
	assert_int_equal(sereno(tree, "resync ana", "123456\n"), 1);
	assert_says(tree, "nothing was typed");
	(void)snprintf(both, sizeof(both), "%s%s", two, one);
	assert_int_equal(sereno(tree, "resync ana", both), 1);
}

/* At the seat, where a code of ana's was accepted; whether it would count there again. */
static void remember(const struct tree *tree)
{
	const struct remembered_place seat = { REMEMBERED_SEAT, 0, 0 };
	struct attempt_clock now;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/run", tree->root);
	(void)mkdir(path, 0755); /* it may be there */
	assert_int_equal(attempt_clock_now(&now), 0);
	assert_int_equal(remembered_write(tree->root, ana.uid, &seat, &now), 0);
}

static bool is_remembered(const struct tree *tree)
{
	const struct remembered_place seat = { REMEMBERED_SEAT, 0, 0 };
	struct attempt_clock now;

	assert_int_equal(attempt_clock_now(&now), 0);
	return remembered_find(tree->root, ana.uid, &seat, 60, &now) == 0;
}

static void removed(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(sereno(tree, "remove ana", ""), 1);
	assert_says(tree, "ana has no token");
	enrol(tree, "enrol ana --show-secret", 0);
	enrol(tree, "enrol ana --show-secret --label tablet", 0);
	assert_int_equal(sereno(tree, "remove ana --label watch", ""), 1);
	assert_says(tree, "ana has no token watch");
	assert_int_equal(sereno(tree, "remove ana --label tablet --dry-run", ""), 0);
	assert_says(tree, "the token tablet of ana would be removed");
	remember(tree);
	assert_true(is_remembered(tree));
	assert_int_equal(sereno(tree, "remove ana --label tablet", ""), 0);
	assert_false(is_remembered(tree));
	assert_int_equal(sereno(tree, "remove ana --label tablet", ""), 1);
	assert_int_equal(sereno(tree, "reset ana", ""), 1);
	assert_says(tree, "is not lost");
	assert_int_equal(sereno(tree, "remove ana", ""), 0);
	assert_says(tree, "every token of ana is removed");
	assert_says(tree, "sereno otp ticket ana");
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	assert_says(tree, "needs a ticket");
}

static void a_lost_record_begins_anew(void **state)
{
	struct tree *tree = *state;
	char command[160];

	assert_int_equal(sereno(tree, "reset ana", ""), 1);
	enrol(tree, "enrol ana --show-secret", 0);
	(void)snprintf(command, sizeof(command), "truncate -s 100 %s/var/lib/sereno/codes/1002",
		       tree->root);
	assert_int_equal(system(command), 0);
	assert_int_equal(sereno(tree, "status", ""), 1);
	assert_says(tree, "damaged");
	assert_int_equal(sereno(tree, "status ana", ""), 3);
	assert_says(tree, "sereno otp reset ana");
	assert_int_equal(sereno(tree, "verify ana", "123456\n"), 3);
	assert_int_equal(sereno(tree, "enrol ana --show-secret", ""), 3);
	assert_int_equal(sereno(tree, "reset ana --dry-run", ""), 0);
	assert_int_equal(sereno(tree, "status ana", ""), 3);
	assert_int_equal(sereno(tree, "reset ana", ""), 0);
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	enrol(tree, "enrol ana --show-secret", 0);
}

static void a_ticket(void **state)
{
	struct tree *tree = *state;
	char ticket[OTP_RECOVERY_SIZE] = "";
	bool right = false;

	assert_int_equal(sereno(tree, "ticket ana --show-secret --valid 2h", ""), 0);
	memcpy(ticket, tree->said, sizeof(ticket) - 1);
	assert_int_equal(codes_ticket_check(tree->root, &ana, ticket, time(NULL) + 7000, &right),
			 0);
	assert_true(right);
	assert_int_equal(codes_ticket_check(tree->root, &ana, ticket, time(NULL) + 7300, &right),
			 0);
	assert_false(right);
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	assert_says(tree, "ticket until");
}

/* The same code is a code of his phone afterwards, but for those that may have been used. */
static void imported(void **state)
{
	struct tree *tree = *state;
	char line[OTP_CODE_SIZE + 1];
	const char *uri = "otpauth://totp/ana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

	tree->token = (struct otp_token){ OTP_SHA1, 6, 30, 20, "12345678901234567890" };
	assert_int_equal(sereno(tree, "import --from uri --user ana --dry-run", uri), 0);
	assert_says(tree, "ana would get 1 token");
	assert_int_equal(sereno(tree, "status ana", ""), 1);
	assert_int_equal(sereno(tree, "import --from uri --user ana", uri), 0);
	assert_int_equal(sereno(tree, "import --from uri --user ana --label more", uri), 1);
	assert_says(tree, "ana has this secret already");
	assert_int_equal(sereno(tree, "verify ana", shown(tree, 0, line)), 1);
	assert_says(tree, "used before");
	/* two steps ahead is not good yet, unless a step has begun in between */
	(void)sereno(tree, "verify ana", shown(tree, 2, line));
	assert_null(strstr(tree->said, "used before"));
}

/* The tree's journal: what is said of all this in the log. */
static int listen_to_events(const struct tree *tree)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char command[128];

	assert_true(fd >= 0);
	(void)snprintf(command, sizeof(command), "mkdir -p %s/run/systemd/journal", tree->root);
	assert_int_equal(system(command), 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/systemd/journal/socket",
		       tree->root);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void assert_event(int fd, const char *text)
{
	char event[8192];
	const ssize_t n = recv(fd, event, sizeof(event) - 1, 0);

	if (n < 0) {
		fail_msg("no event: %s", text);
		return;
	}
	event[n] = '\0';
	if (!strstr(event, text) || !strstr(event, "target=\"ana\""))
		fail_msg("not '%s': %s", text, event);
}

/* What a terminal or a pipe was told once is told nobody else. */
static void assert_no_secret(int fd, const struct tree *tree)
{
	char event[8192], secret[OTP_BASE32_SIZE];
	ssize_t n;

	assert_int_equal(otp_base32_encode(tree->token.secret, tree->token.secret_length, secret,
					   sizeof(secret)),
			 0);
	n = recv(fd, event, sizeof(event) - 1, MSG_PEEK);
	assert_true(n > 0);
	event[n] = '\0';
	assert_null(strstr(event, secret));
}

static void events_tell_who_did_what(void **state)
{
	struct tree *tree = *state;
	scoped_fd int events = listen_to_events(tree);
	char line[8192] = "";

	enrol(tree, "enrol ana --show-secret", 0);
	assert_no_secret(events, tree);
	assert_event(events, "MESSAGE=otp.enrolled subject=");
	assert_int_equal(sereno(tree, "recovery ana --show-secret", ""), 0);
	assert_event(events, "MESSAGE=otp.recovery subject=");
	assert_int_equal(sereno(tree, "ticket ana --show-secret", ""), 0);
	assert_event(events, "MESSAGE=otp.ticket subject=");
	assert_int_equal(sereno(tree, "remove ana --dry-run", ""), 0);
	assert_int_equal(recv(events, line, sizeof(line), 0), -1);
	assert_int_equal(sereno(tree, "remove ana", ""), 0);
	assert_event(events, "MESSAGE=otp.removed subject=");
	assert_int_equal(sereno(tree, "import --from uri --user ana",
				"otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n"),
			 0);
	assert_event(events, "MESSAGE=otp.imported subject=");
	assert_int_equal(sereno(tree, "verify ana", "123456\n"), 1);
	assert_true(recv(events, line, sizeof(line) - 1, 0) > 0);
	assert_non_null(strstr(line, "MESSAGE=code.refused subject=\"ana\""));
	assert_non_null(strstr(line, "reason=wrong"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(enrolled_over_a_pipe),
		ON_TREE(a_second_token_leaves_recovery_codes_alone),
		ON_TREE(no_secret_into_a_pipe),
		ON_TREE(unconfirmed_keeps_nothing),
		ON_TREE(recovery_codes_anew),
		ON_TREE(a_phone_whose_clock_is_off),
		ON_TREE(removed),
		ON_TREE(a_lost_record_begins_anew),
		ON_TREE(a_ticket),
		ON_TREE(imported),
		ON_TREE(events_tell_who_did_what),
	};

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || setenv("TZ", "UTC", 1) < 0)
		return 1;
	return cmocka_run_group_tests_name("second factors by command", tests, NULL, NULL);
}
