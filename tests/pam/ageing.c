/* SPDX-License-Identifier: MIT */
/* ageing.c - pam_sereno_password.so at a login: too old, leaked, expired, unused for too long. */
#include "changing.h"

#include <sereno/blocklist.h>

#define HASH	"$y$first"
#define RULES	"password: {max-age: 30d, warn-before: 5d}\n"
#define ELDERLY "  inactive-after: 45d\n"

static const struct entry by_ssh = { "sshd", HELD, "10.1.2.3", "ssh", NULL };

enum login { LOGIN_BY_KEY, LOGIN_BY_PASSWORD };

/* clang-format off */
static const struct row {
	const char *name;
	const char *service, *user;
	enum login login;
	int days; /* since the password was changed */
	const char *rules;
	int code;
	const char *said, *event;
} rows[] = {
	{ "young enough", "sshd", HELD, LOGIN_BY_PASSWORD, 10, RULES, PAM_SUCCESS, "", "" },
	{ "a warning", "sshd", HELD, LOGIN_BY_PASSWORD, 27, RULES, PAM_SUCCESS, "changed within 3 days", "" },
	{ "too old", "sshd", HELD, LOGIN_BY_PASSWORD, 31, RULES, PAM_NEW_AUTHTOK_REQD, "too old",
	  "password.due subject=\"daemon\" service=\"sshd\" reason=max-age" },
	{ "too old, at the console", "login", HELD, LOGIN_BY_PASSWORD, 31, RULES, PAM_NEW_AUTHTOK_REQD, "too old",
	  "password.due subject=\"daemon\" service=\"login\" reason=max-age" },
	{ "a key is no password", "sshd", HELD, LOGIN_BY_KEY, 31, RULES, PAM_SUCCESS, "", "" },
	{ "a job", "cron", HELD, LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "a user manager", "systemd-user", HELD, LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "unlocking a screen", "swaylock", HELD, LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "sudo", "sudo", HELD, LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "break-glass", "sshd", RESCUE, LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "root", "sshd", "root", LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "not governed", "sshd", FREE, LOGIN_BY_PASSWORD, 31, RULES, PAM_SUCCESS, "", "" },
	{ "a program", "sshd", "backup", LOGIN_BY_PASSWORD, 31,
	  RULES "  automation: {unattended: yes, members: [backup], allow: [{services: [sshd], from: [10.1.2.3]}]}\n",
	  PAM_SUCCESS, "", "" },
	{ "without the block", "sshd", HELD, LOGIN_BY_PASSWORD, 3000, "", PAM_SUCCESS, "", "" },
	{ "on trial", "sshd", HELD, LOGIN_BY_PASSWORD, 31, RULES "observe: [password]\n", PAM_SUCCESS, "",
	  "password.on-trial subject=\"daemon\" service=\"sshd\" reason=max-age" },
};
/* clang-format on */

static void set_days(const struct host *host, const char *user, int days)
{
	char day[24];

	(void)snprintf(day, sizeof(day), "%lld", (long long)(time(NULL) / DAY - days));
	set_hash(host, user, HASH, day);
}

static int enter(struct host *host, const struct entry *entry, enum login login,
		 struct typing *typing)
{
	pam_handle_t *pamh = start_typing(host, entry, typing);
	int code = PAM_SUCCESS;

	typing->old = "the-password";
	if (login == LOGIN_BY_PASSWORD)
		assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	code = pam_acct_mgmt(pamh, 0);
	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static int enter_plainly(struct host *host)
{
	struct typing typing = { .old = NULL };

	return enter(host, &by_ssh, LOGIN_BY_PASSWORD, &typing);
}

/* Roles are the last of PEOPLE: what begins with two blanks is one more of them. */
static void use_host(struct host *host, const char *service, const char *accounts,
		     const char *rules)
{
	const char *roles = strstr(rules, "  automation");
	char text[1024];

	use_password_module(host, service);
	(void)snprintf(text, sizeof(text), "%s%.*s", roles ? roles : "",
		       roles ? (int)(roles - rules) : (int)strlen(rules), rules);
	use_rules(host, accounts, text);
}

static void check_row(void **state)
{
	const struct row *row = *state;
	const struct entry entry = { row->service, row->user, "10.1.2.3", "ssh", NULL };
	struct typing typing = { .old = NULL };
	struct host *host;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	use_host(host, row->service, "", row->rules);
	set_days(host, row->user, row->days);
	assert_int_equal(enter(host, &entry, row->login, &typing), row->code);
	if (row->said[0])
		assert_says(typing.said, row->said);
	else
		assert_string_equal(typing.said, "");
	assert_event(host, row->event);
	assert_event(host, "");
	assert_int_equal(host_tear_down(state), 0);
}

/* Our record knows more than shadow's day; a younger shadow knows better than our record. */
static void the_younger_change_counts(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	const int64_t now = time(NULL);

	use_host(host, "sshd", "", RULES);
	set_days(host, HELD, 40);
	assert_int_equal(age_record_change(&owner, now - 10 * DAY, age_tag("$y$before")), 0);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	assert_int_equal(age_record_change(&owner, now, age_tag(HASH)), 0); /* never made */
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	assert_int_equal(age_record_change(&owner, now - 50 * DAY, age_tag("$y$before")), 0);
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD);
	set_days(host, HELD, 1);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
}

/* The clock was ahead: a date that has not come keeps no password young. */
static void a_change_in_the_future_is_none(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	const int64_t now = time(NULL);

	use_host(host, "sshd", "", RULES);
	set_days(host, HELD, -900);
	assert_int_equal(age_record_login(&owner, now - 40 * DAY), 0);
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD); /* since the record began */
	set_days(host, HELD, 40);
	assert_int_equal(age_record_change(&owner, now + 900 * DAY, age_tag("$y$before")), 0);
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD);
	set_days(host, HELD, 10);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
}

static void what_an_administrator_expired_must_be_changed(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	struct typing typing = { .old = NULL };

	use_host(host, "sshd", "", RULES);
	set_days(host, HELD, 1);
	assert_int_equal(age_demand(&owner, time(NULL), age_tag(HASH), AGE_EXPIRED), 0);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_PASSWORD, &typing), PAM_NEW_AUTHTOK_REQD);
	assert_says(typing.said, "administrator asks you");
	set_hash(host, HELD, "$y$second", "20000");
	use_rules(host, "", "password: {}\n");
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
}

/* A list in which @word stands. */
static void build_list(const struct host *host, const char *word, char path[static 108])
{
	char words[108];
	uint64_t line = 0;
	FILE *file;

	path_below(host, "/words", words);
	path_below(host, "/list", path);
	file = fopen(words, "w");
	assert_non_null(file);
	assert_true(fprintf(file, "%s\n", word) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(blocklist_build(words, path, 0, NULL, NULL, &line), 0);
}

static void use_list(struct host *host, const char *more)
{
	char path[108], rules[512];

	build_list(host, "something-else", path);
	(void)snprintf(rules, sizeof(rules), "password: {blocklist: /list}\n%s", more);
	use_host(host, "sshd", "", rules);
	set_days(host, HELD, 1);
}

static void a_leaked_password_is_found_when_the_list_grows(void **state)
{
	struct host *host = *state;
	struct typing typing = { .old = NULL };
	char path[108];

	use_list(host, "");
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	build_list(host, "the-password", path);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_PASSWORD, &typing), PAM_NEW_AUTHTOK_REQD);
	assert_says(typing.said, "list of known passwords");
	assert_event(host, "password.due subject=\"daemon\" service=\"sshd\" reason=leaked");
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD);
	set_hash(host, HELD, "$y$second", "20000");
	build_list(host, "something-else", path);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
}

/* Once a version: between, the list is not even opened for the password. */
static void a_list_is_asked_once_a_version(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	uint8_t version[BLOCKLIST_VERSION_SIZE];
	char path[108];
	struct age age;

	use_list(host, "");
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	path_below(host, "/list", path);
	assert_int_equal(blocklist_version(path, version), 0);
	assert_int_equal(age_read(&owner, &age, NULL), 0);
	assert_true(age_checked(&age, age_tag(HASH), version));
	build_list(host, "the-password", path);
	assert_int_equal(blocklist_version(path, version), 0);
	assert_int_equal(age_record_list(&owner, time(NULL), age_tag(HASH), version), 0);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
}

static void a_list_that_is_gone_is_told_and_stops_nobody(void **state)
{
	struct host *host = *state;
	char path[108];

	use_list(host, "");
	path_below(host, "/list", path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	assert_event(host, "state.unusable subject=\"daemon\" service=\"sshd\" "
			   "detail=\"the list of leaked passwords: ");
}

static void on_trial_a_leak_is_only_told(void **state)
{
	struct host *host = *state;
	char path[108];

	use_list(host, "observe: [password]\n");
	build_list(host, "the-password", path);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	assert_event(host, "password.on-trial subject=\"daemon\" service=\"sshd\" reason=leaked");
	assert_event(host, "");
}

/* As if inactivity had been counted for so long. */
static void count_since(const struct host *host, int days)
{
	const int64_t since = time(NULL) - (int64_t)days * DAY;

	assert_int_equal(age_host_since(host->root, since), since);
}

static void unused_for_too_long_is_refused_until_renewed(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	struct typing typing = { .old = NULL };

	use_host(host, "sshd", ELDERLY, RULES);
	set_days(host, HELD, 100);
	count_since(host, 50);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_ACCT_EXPIRED);
	assert_says(typing.said, "administrator can renew it");
	assert_event(host, "account.inactive subject=\"daemon\" service=\"sshd\"");
	assert_int_equal(age_renew(&owner, time(NULL)), 0);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
}

static void signs_of_life_count(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	struct typing typing = { .old = NULL };

	use_host(host, "sshd", ELDERLY, "");
	count_since(host, 50);
	set_days(host, HELD, 44); /* a new account, say */
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
	set_days(host, HELD, 46);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_ACCT_EXPIRED);
	assert_int_equal(age_record_login(&owner, time(NULL) - 44 * DAY), 0);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
}

static void inactivity_counts_from_the_first_apply(void **state)
{
	struct host *host = *state;
	struct typing typing = { .old = NULL };

	use_host(host, "sshd", ELDERLY, "");
	set_days(host, HELD, 1000);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
	assert_in_range(age_host_since(host->root, 1), time(NULL) - 60, time(NULL));
}

static void inactivity_on_trial(void **state)
{
	struct host *host = *state;
	struct typing typing = { .old = NULL };

	use_host(host, "sshd", ELDERLY, "observe: [accounts]\n");
	set_days(host, HELD, 1000);
	count_since(host, 50);
	assert_int_equal(enter(host, &by_ssh, LOGIN_BY_KEY, &typing), PAM_SUCCESS);
	assert_event(host, "account.on-trial subject=\"daemon\"");
}

/* Who knows what it said? Its user chooses a new password, and that is all. */
static void a_lost_record_costs_a_new_password(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	char path[160];

	use_host(host, "sshd", "", RULES);
	set_days(host, HELD, 1);
	assert_int_equal(age_record_login(&owner, time(NULL)), 0);
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/ages/%u", host->root, owner.uid);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD);
	assert_event(host, "state.unusable subject=\"daemon\" service=\"sshd\" detail=\"the "
			   "record of a password's age: ");
	assert_event(host, "password.due subject=\"daemon\" service=\"sshd\" reason=record-lost");
	set_hash(host, HELD, "$y$second", "20000");
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD); /* of the year 2024 */
	set_days(host, HELD, 1);
	assert_int_equal(enter_plainly(host), PAM_NEW_AUTHTOK_REQD); /* the hash of then */
}

/* The modules behind decide; but it is told, and no password is changed. */
static void a_shadow_file_that_cannot_be_read_is_told(void **state)
{
	struct host *host = *state;
	struct typing typing = { .answers = { "tinder-Kolibri-71", "tinder-Kolibri-71" } };
	pam_handle_t *pamh;
	char path[108];

	use_host(host, "sshd", "", RULES);
	path_below(host, "/etc/shadow", path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(enter_plainly(host), PAM_SUCCESS);
	assert_event(host, "state.unusable subject=\"daemon\" service=\"sshd\" detail=\"the "
			   "shadow file: Is a directory");
	pamh = start_typing(host, &by_ssh, &typing);
	assert_int_equal(pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_AUTHTOK_ERR);
	assert_says(typing.said, "cannot be changed now");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest fixed[] = {
		ON_HOST(the_younger_change_counts),
		ON_HOST(a_change_in_the_future_is_none),
		ON_HOST(what_an_administrator_expired_must_be_changed),
		ON_HOST(a_leaked_password_is_found_when_the_list_grows),
		ON_HOST(a_list_is_asked_once_a_version),
		ON_HOST(a_list_that_is_gone_is_told_and_stops_nobody),
		ON_HOST(on_trial_a_leak_is_only_told),
		ON_HOST(unused_for_too_long_is_refused_until_renewed),
		ON_HOST(signs_of_life_count),
		ON_HOST(inactivity_counts_from_the_first_apply),
		ON_HOST(inactivity_on_trial),
		ON_HOST(a_lost_record_costs_a_new_password),
		ON_HOST(a_shadow_file_that_cannot_be_read_is_told),
	};
	struct CMUnitTest tests[ARRAY_SIZE(fixed) + ARRAY_SIZE(rows)];

	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[ARRAY_SIZE(fixed) + i] =
			(struct CMUnitTest){ .name = rows[i].name,
					     .test_func = check_row,
					     .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("ageing passwords", tests, NULL, NULL);
}
