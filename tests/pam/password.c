/* SPDX-License-Identifier: MIT */
/* password.c - pam_sereno_password.so as passwd meets it: what is refused, why, and what is kept.
 */
#include "changing.h"
#include "sealed.h"

#include <sereno/history.h>

#define GOOD	"tinder-Kolibri-71"
#define BETTER	"Quartz_lantern+58"
#define BEST	"mulberry.Oxide=46"
#define CURRENT "Harbour-pelican-30"

#define REMEMBER RULES_WITH("history: 3, ")
#define RULES	 RULES_WITH("min-age: 1d, ")
#define RULES_WITH(more)                                                             \
	"password: {" more                                                           \
	"min-length: 12, min-classes: 3, max-repeat: 3, differs-by: 5, dictionary: " \
	"yes, not-containing: [acme]}\n"

static const struct entry passwd = { "passwd", HELD, NULL, NULL, NULL };

/* clang-format off */
static const struct row {
	const char *name;
	struct entry entry;
	const char *rules;
	const char *answers[ANSWERS_MAX];
	int code;
	const char *said[4];
	const char *event;
	const char *first_policy; /* before everything else */
} rows[] = {
	{ "a good one", { "passwd", HELD, NULL, NULL, NULL }, RULES, { GOOD, GOOD }, PAM_SUCCESS, { "" },
	  "password.accepted subject=\"daemon\" service=\"passwd\"", "" },
	{ "every reason at once", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "acme1111", "" }, PAM_AUTHTOK_ERR,
	  { "This password cannot be used:", "at least 12 characters", "at least 3 of", "the word \"acme\"" },
	  "password.refused subject=\"daemon\" service=\"passwd\" reason=too-short,too-few-classes,repeats,", "" },
	{ "what libpwquality gives 100 of 100", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "P@ssw0rd2024!" },
	  PAM_AUTHTOK_ERR, { "common word" }, "password.refused subject=\"daemon\" service=\"passwd\" reason=known-base", "" },
	{ "the user's name", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "Xq4-Daemon-vu7!" }, PAM_AUTHTOK_ERR,
	  { "your name" }, "password.refused subject=\"daemon\" service=\"passwd\" reason=contains-name", "" },
	{ "too like the old one", { "passwd", HELD, NULL, NULL, NULL }, RULES, { CURRENT "9" }, PAM_AUTHTOK_ERR,
	  { "differ from the old one in at least 5" }, "password.refused ", "" },
	{ "a second try", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "short", GOOD, GOOD }, PAM_SUCCESS,
	  { "at least 12" }, "password.refused ", "" },
	{ "three tries, no more", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "short1", "short2", "short3", GOOD, GOOD },
	  PAM_MAXTRIES, { "at least 12" }, "password.refused ", "" },
	{ "a program answers the same again", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "short", "short", "short", GOOD },
	  PAM_AUTHTOK_ERR, { "at least 12" }, "password.refused ", "" },
	{ "typed otherwise the second time", { "passwd", HELD, NULL, NULL, NULL }, RULES, { GOOD, "other", GOOD, GOOD },
	  PAM_SUCCESS, { "do not match" }, "password.accepted ", "" },
	{ "nothing typed", { "passwd", HELD, NULL, NULL, NULL }, RULES, { NULL }, PAM_AUTHTOK_ERR, { "aborted" }, "", "" },
	{ "on trial", { "passwd", HELD, NULL, NULL, NULL }, RULES, { "short", "short" }, PAM_SUCCESS, { "" },
	  "password.on-trial subject=\"daemon\" service=\"passwd\" reason=too-short", "observe: [password]\n" },
	{ "without the block", { "passwd", HELD, NULL, NULL, NULL }, "", { "short", "short" }, PAM_SUCCESS, { "" }, "", "" },
	{ "not governed", { "passwd", FREE, NULL, NULL, NULL }, RULES, { "short", "short" }, PAM_SUCCESS, { "" }, "", "" },
	{ "break-glass", { "passwd", RESCUE, NULL, NULL, NULL }, RULES, { "short" }, PAM_AUTHTOK_ERR, { "at least 12" },
	  "password.refused subject=\"sync\"", "" },
	{ "no list of leaked passwords", { "passwd", HELD, NULL, NULL, NULL },
	  "password: {min-length: 8, blocklist: /nonexistent/list}\n", { GOOD }, PAM_AUTHTOK_ERR, { "It cannot be checked now" },
	  "state.unusable subject=\"daemon\" service=\"passwd\" detail=\"the dictionary or the list", "" },
};
/* clang-format on */

/* By its owner, as login and sshd have him in front of them. */
static int change(struct host *host, const struct entry *entry, struct typing *typing)
{
	pam_handle_t *pamh = start_typing(host, entry, typing);
	const int code = pam_chauthtok(pamh, PAM_CHANGE_EXPIRED_AUTHTOK);

	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static void use_host(struct host *host, const char *rules)
{
	use_password_module(host, "passwd");
	use_rules(host, "", rules);
	set_hash(host, HELD, "$y$first", "15000");
}

static void check_row(void **state)
{
	const struct row *row = *state;
	struct typing typing = { .old = CURRENT };
	char rules[1024];
	struct host *host;

	assert_int_equal(host_set_up(state), 0);
	host = *state;
	memcpy(typing.answers, row->answers, sizeof(typing.answers));
	(void)snprintf(rules, sizeof(rules), "%s%s", row->rules, row->first_policy);
	use_host(host, rules);
	assert_int_equal(change(host, &row->entry, &typing), row->code);
	for (size_t i = 0; i < ARRAY_SIZE(row->said) && row->said[i]; i++)
		assert_says(typing.said, row->said[i]);
	assert_event(host, row->event);
	assert_int_equal(host_tear_down(state), 0);
}

/* One change of HELD's password to @candidate, which is taken or not, and set or not. */
static int change_to(struct host *host, const char *candidate, const char *hash)
{
	struct typing typing = { .old = CURRENT, .answers = { candidate, candidate } };
	const int code = change(host, &passwd, &typing);

	if (code == PAM_SUCCESS && hash)
		set_hash(host, HELD, hash, "15000");
	drop_events(host);
	return code;
}

static void what_was_had_is_refused(void **state)
{
	struct host *host = *state;
	struct typing typing = { .old = CURRENT, .answers = { "Tinder-Kolibri-72" } };

	use_host(host, REMEMBER);
	assert_int_equal(change_to(host, GOOD, "$y$second"), PAM_SUCCESS);
	assert_int_equal(change_to(host, BETTER, "$y$third"), PAM_SUCCESS);
	assert_int_equal(change_to(host, GOOD, NULL), PAM_AUTHTOK_ERR);
	assert_int_equal(change_to(host, CURRENT, NULL), PAM_AUTHTOK_ERR); /* taken in, too */
	assert_int_equal(change(host, &passwd, &typing), PAM_AUTHTOK_ERR);
	assert_says(typing.said, "used it before with other digits");
}

/* pam_unix failed behind us: the same password may be chosen again, and it pushes nothing out. */
static void what_was_never_set_is_not_had(void **state)
{
	struct host *host = *state;

	use_host(host, REMEMBER);
	assert_int_equal(change_to(host, GOOD, "$y$second"), PAM_SUCCESS);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(change_to(host, BETTER, NULL), PAM_SUCCESS);
	assert_int_equal(change_to(host, GOOD, NULL), PAM_AUTHTOK_ERR);
	assert_int_equal(change_to(host, BETTER, "$y$third"), PAM_SUCCESS);
	assert_int_equal(change_to(host, BETTER, NULL), PAM_AUTHTOK_ERR);
}

static int ask_whether_as(struct host *host, int flags)
{
	struct typing typing = { .answers = { GOOD, GOOD } };
	pam_handle_t *pamh = start_typing(host, &passwd, &typing);
	const int code = pam_chauthtok(pamh, flags);

	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	(void)snprintf(host->told, sizeof(host->told), "%s", typing.said);
	return code;
}

static int ask_whether(struct host *host)
{
	return ask_whether_as(host, 0);
}

static void a_young_password_stays(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	const int64_t now = time(NULL);

	use_host(host, RULES);
	become_user();
	assert_int_equal(age_record_change(&owner, now - DAY / 2, age_tag("$y$before")), 0);
	assert_int_equal(ask_whether(host), PAM_AUTHTOK_ERR);
	assert_says(host->told, "again in 12 hours");
	assert_event(host, "password.refused subject=\"daemon\" service=\"passwd\" reason=min-age");
	assert_int_equal(age_demand(&owner, now, age_tag("$y$first"), AGE_EXPIRED), 0);
	assert_int_equal(ask_whether(host), PAM_SUCCESS);
}

/* Its maximum, or the day an administrator wrote (passwd -e), asks for what is done. */
static void what_shadow_asks_for_waits_for_nothing(void **state)
{
	const long long today = time(NULL) / DAY;
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	char days[64];

	use_host(host, RULES);
	become_user();
	assert_int_equal(age_record_change(&owner, time(NULL), age_tag("$y$before")), 0);
	set_shadow(host, HELD, "$y$first", "0:0:99999");
	assert_int_equal(ask_whether(host), PAM_SUCCESS);
	(void)snprintf(days, sizeof(days), "%lld:0:5", today - 6);
	set_shadow(host, HELD, "$y$first", days);
	assert_int_equal(ask_whether(host), PAM_SUCCESS);
	(void)snprintf(days, sizeof(days), "%lld:0:5", today - 5);
	set_shadow(host, HELD, "$y$first", days);
	assert_int_equal(ask_whether(host), PAM_AUTHTOK_ERR);
	(void)snprintf(days, sizeof(days), "%lld:0:", today - 5); /* no maximum */
	set_shadow(host, HELD, "$y$first", days);
	assert_int_equal(ask_whether(host), PAM_AUTHTOK_ERR);
}

/* Anybody may say so (passwd -k); only who runs as root knows. */
static void whether_it_expired_is_not_the_users_word(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);

	use_host(host, RULES);
	assert_int_equal(age_record_change(&owner, time(NULL), age_tag("$y$before")), 0);
	if (getuid() == 0)
		assert_int_equal(ask_whether_as(host, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);
	drop_events(host);
	become_user();
	assert_int_equal(age_record_change(&owner, time(NULL), age_tag("$y$before")), 0);
	assert_int_equal(ask_whether_as(host, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_AUTHTOK_ERR);
	assert_event(host, "password.refused subject=\"daemon\" service=\"passwd\" reason=min-age");
}

/* The clock was ahead: a date that has not come says nothing. */
static void a_change_in_the_future_starts_no_wait(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	const int64_t now = time(NULL);
	char day[24];

	use_host(host, RULES);
	become_user();
	assert_int_equal(age_record_change(&owner, now + 900 * DAY, age_tag("$y$before")), 0);
	(void)snprintf(day, sizeof(day), "%lld", (long long)(now / DAY + 900));
	set_hash(host, HELD, "$y$first", day);
	assert_int_equal(ask_whether(host), PAM_SUCCESS);
}

static void a_change_that_failed_starts_no_wait(void **state)
{
	struct host *host = *state;

	use_host(host, RULES_WITH("history: 3, min-age: 1d, "));
	become_user();
	assert_int_equal(change_to(host, GOOD, NULL), PAM_SUCCESS);
	assert_int_equal(ask_whether(host), PAM_SUCCESS);
	assert_int_equal(change_to(host, BEST, "$y$second"), PAM_SUCCESS);
	assert_int_equal(ask_whether(host), PAM_AUTHTOK_ERR);
}

static void root_is_held_to_the_rules_but_waits_for_nothing(void **state)
{
	struct host *host = *state;
	const struct age_owner owner = owner_of(host, HELD);
	struct typing typing = { .answers = { "short" } };
	pam_handle_t *pamh;

	if (getuid() != 0)
		skip(); /* only root gives passwords to others */
	use_host(host, RULES);
	assert_int_equal(age_record_change(&owner, time(NULL), age_tag("$y$before")), 0);
	assert_int_equal(ask_whether(host), PAM_SUCCESS);
	pamh = start_typing(host, &passwd, &typing);
	assert_int_equal(pam_chauthtok(pamh, 0), PAM_AUTHTOK_ERR);
	assert_says(typing.said, "at least 12");
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
}

/* Without a policy nobody knows what is good enough. */
static void without_a_policy_nothing_is_changed(void **state)
{
	struct host *host = *state;
	struct typing typing = { .answers = { GOOD, GOOD } };
	const struct fallback fallback = { .min_uid = 1 };
	char command[160];

	use_host(host, RULES);
	assert_int_equal(fallback_write(host->root, &fallback), 0);
	(void)snprintf(command, sizeof(command), "rm -r '%s/var/lib/sereno/in-force'", host->root);
	assert_int_equal(system(command), 0);
	become_user();
	assert_int_equal(change(host, &passwd, &typing), PAM_AUTHTOK_ERR);
	assert_says(typing.said, "cannot be changed now");
	assert_event(host, "state.unusable subject=\"daemon\"");
}

/* What stands behind gets the password that was judged. */
static void the_new_password_is_handed_on(void **state)
{
	struct host *host = *state;
	struct typing typing = { .old = CURRENT, .answers = { "short", GOOD, GOOD } };

	use_host(host, RULES);
	host_line(host, "passwd", "password required pam_exec.so stdout /bin/echo behind");
	assert_int_equal(change(host, &passwd, &typing), PAM_SUCCESS);
	assert_says(typing.said, "handed on: " GOOD "\n");
}

/* Where another host keeps the hash there is no history here. */
static void passwords_kept_elsewhere_have_no_history(void **state)
{
	struct host *host = *state;

	use_host(host, REMEMBER);
	set_hash(host, "somebody-else", "$y$other", "15000");
	assert_int_equal(change_to(host, GOOD, NULL), PAM_SUCCESS);
	assert_int_equal(history_remove(host->root, HELD, getpwnam(HELD)->pw_uid), -ENOENT);
}

static void a_lost_history_refuses(void **state)
{
	struct host *host = *state;
	struct typing typing = { .old = CURRENT, .answers = { BETTER, BETTER } };
	char path[160];

	use_host(host, REMEMBER);
	assert_int_equal(change_to(host, GOOD, "$y$second"), PAM_SUCCESS);
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/history/%u", host->root,
		       getpwnam(HELD)->pw_uid);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(change(host, &passwd, &typing), PAM_AUTHTOK_ERR);
	assert_event(host, "state.unusable subject=\"daemon\" service=\"passwd\" detail=\"the "
			   "history of passwords: ");
}

/* Root gives HELD a password; whether that began a history anew is told. */
static void give(struct host *host, const char *candidate)
{
	struct typing typing = { .answers = { candidate, candidate } };
	pam_handle_t *pamh = start_typing(host, &passwd, &typing);

	assert_int_equal(pam_chauthtok(pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	assert_event(host, "state.fallback subject=\"daemon\" service=\"passwd\" detail=\"the "
			   "history of passwords: begun anew");
	drop_events(host);
}

static void root_begins_a_lost_history_anew(void **state)
{
	struct host *host = *state;
	char path[160];

	if (getuid() != 0)
		skip(); /* only root gives passwords to others */
	use_host(host, REMEMBER);
	assert_int_equal(change_to(host, GOOD, "$y$second"), PAM_SUCCESS);
	(void)snprintf(path, sizeof(path), "%s/var/lib/sereno/history/%u", host->root,
		       getpwnam(HELD)->pw_uid);
	assert_int_equal(truncate(path, 100), 0);
	give(host, BETTER);
	set_hash(host, HELD, "$y$third", "15000");
	assert_int_equal(change_to(host, BETTER, NULL), PAM_AUTHTOK_ERR);
	assert_int_equal(change_to(host, GOOD, "$y$fourth"), PAM_SUCCESS);
}

/* An image was copied: what the first host sealed is no use here, with a key of this one or not
 * yet. */
static void root_begins_another_hosts_history_anew(void **state)
{
	struct host *host = *state;
	char path[108];
	FILE *file;

	if (getuid() != 0)
		skip(); /* as above */
	use_host(host, REMEMBER);
	assert_int_equal(change_to(host, GOOD, "$y$second"), PAM_SUCCESS);
	path_below(host, "/etc/machine-id", path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("fedcba9876543210fedcba9876543210\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(change_to(host, BETTER, NULL), PAM_AUTHTOK_ERR);
	give(host, GOOD);
	assert_int_equal(unlink(path),
			 0); /* the first host, with its key, and the other's record */
	assert_int_equal(change_to(host, BETTER, NULL), PAM_AUTHTOK_ERR);
	give(host, GOOD);
}

/* What waits for the host key to be unsealed is not lost: nobody, not even root, begins it anew. */
static void root_waits_for_a_sealed_history(void **state)
{
	scoped(host_key_image_erase) struct host_key_image image = { { 0 } };
	struct typing typing = { .answers = { BETTER, BETTER } };
	struct host *host = *state;
	pam_handle_t *pamh;

	if (getuid() != 0)
		skip(); /* as above */
	use_host(host, REMEMBER);
	assert_int_equal(change_to(host, GOOD, "$y$second"), PAM_SUCCESS);
	close_key(host, &image);
	drop_events(host);
	pamh = start_typing(host, &passwd, &typing);
	assert_int_equal(pam_chauthtok(pamh, 0), PAM_AUTHTOK_ERR);
	assert_int_equal(pam_end(pamh, 0), PAM_SUCCESS);
	assert_event(host,
		     "key.unusable subject=\"daemon\" service=\"passwd\" detail=\"the history of "
		     "passwords: no host key, or a sealed one");
	load_key(host, &image);
	assert_int_equal(change_to(host, GOOD, NULL), PAM_AUTHTOK_ERR);
	assert_int_equal(change_to(host, BETTER, "$y$third"), PAM_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest fixed[] = {
		CHANGING(what_was_had_is_refused),
		CHANGING(what_was_never_set_is_not_had),
		CHANGING(a_young_password_stays),
		CHANGING(what_shadow_asks_for_waits_for_nothing),
		CHANGING(whether_it_expired_is_not_the_users_word),
		CHANGING(a_change_in_the_future_starts_no_wait),
		CHANGING(a_change_that_failed_starts_no_wait),
		CHANGING(root_is_held_to_the_rules_but_waits_for_nothing),
		CHANGING(without_a_policy_nothing_is_changed),
		CHANGING(the_new_password_is_handed_on),
		CHANGING(passwords_kept_elsewhere_have_no_history),
		CHANGING(a_lost_history_refuses),
		CHANGING(root_begins_a_lost_history_anew),
		CHANGING(root_begins_another_hosts_history_anew),
		CHANGING(root_waits_for_a_sealed_history),
	};
	struct CMUnitTest tests[ARRAY_SIZE(fixed) + ARRAY_SIZE(rows)];

	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[ARRAY_SIZE(fixed) + i] =
			(struct CMUnitTest){ .name = rows[i].name,
					     .test_func = check_row,
					     .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("changing passwords", tests, NULL, NULL);
}
