/* SPDX-License-Identifier: MIT */
/* keys.c - the one table of the policy's keys. */
#include <sereno/model.h>
#include <sereno/scoped.h>

#include "keys.h"

/* clang-format off */
#define BLOCK(table) .keys = (table), .n = ARRAY_SIZE(table)
#define LATER(list) .later = (list), .n_later = ARRAY_SIZE(list)
#define MODEL(field) .offset = offsetof(struct model, field)
#define ROLE(field) .offset = offsetof(struct role, field)
#define RULE(field) .offset = offsetof(struct rule, field)
#define PASSWORD(field) .offset = offsetof(struct password_block, field)
#define ATTEMPTS(field) .offset = offsetof(struct attempts_block, field)
#define ON_REQUEST(field) .offset = offsetof(struct on_request_block, field)
#define SECOND_FACTOR(field) .offset = offsetof(struct second_factor_block, field)
#define SESSION(field) .offset = offsetof(struct session_block, field)
#define DAY_SEC 86400
#define HOUR_SEC 3600
#define YEAR_SEC (UINT64_C(365) * DAY_SEC)
#define FROM_TO(least, most, written) .min = (least), .max = (most), .unit = (written)

static const struct key document_keys[] = {
	{ "title", KEY_TEXT, MODEL(document.title),
	  .about = "What the written policy is called.",
	  .example = "title: Corporate information security policy" },
	{ "organisation", KEY_TEXT, MODEL(document.organisation),
	  .about = "Whose policy it is.", .example = "organisation: DACARTEC" },
	{ "version", KEY_TEXT, MODEL(document.version),
	  .about = "Its version, as the organisation counts.", .example = "version: '4.0'" },
	{ "owner", KEY_TEXT, MODEL(document.owner),
	  .about = "Who answers for it: a person or a department.", .example = "owner: sistemas" },
	{ "reviewed", KEY_REVIEWED, MODEL(document.reviewed),
	  .about = "The day of the last review.", .example = "reviewed: 2026-01-15" },
	{ "review-every", KEY_DURATION, MODEL(document.review_every_sec),
	  .about = "The time from one review to the next; once it has passed, sereno status says so.",
	  .example = "review-every: 1y" },
};

static const struct block document_block = {
	.title = "document", BLOCK(document_keys),
	.about = "The document that management has signed; nothing here decides a login.",
};

static const struct key origin_elements = {
	"NAME", KEY_ORIGIN_ELEMENTS, .offset = offsetof(struct named_origin, elements),
	.about = "What the name stands for: addresses, networks, and the lines seat, serial and jobs.",
	.example = "office: [10.20.0.0/16, 'fd00:20::/32']",
};
static const struct table origin_table = {
	"origin", LOOKUP_ORIGINS, sizeof(struct named_origin), offsetof(struct model, n_origins), &origin_elements,
};

static const struct key host_elements = {
	"NAME", KEY_HOST_ELEMENTS, .offset = offsetof(struct named_list, elements),
	.about = "What the name stands for: host names, in which * and ? are wildcards.",
	.example = "databases: [pg-01, 'pg-1*']",
};
static const struct table host_table = {
	"list of hosts", LOOKUP_HOSTS, sizeof(struct named_list), offsetof(struct model, n_hosts), &host_elements,
};

static const struct key service_elements = {
	"NAME", KEY_SERVICE_ELEMENTS, .offset = offsetof(struct named_list, elements),
	.about = "What the name stands for: PAM services, each called as its file in /etc/pam.d.",
	.example = "console: [login, gdm-password]",
};
static const struct table service_table = {
	"list of services", LOOKUP_SERVICES, sizeof(struct named_list), offsetof(struct model, n_services),
	&service_elements,
};

static const struct key times_elements = {
	"NAME", KEY_TIMES_ELEMENTS, .offset = offsetof(struct named_times, calendar),
	.about = "What the name stands for: spans of the week.",
	.example = "working-day: [Mon-Fri 07:00-21:00]",
};
static const struct table times_table = {
	"list of times", LOOKUP_TIMES, sizeof(struct named_times), offsetof(struct model, n_times), &times_elements,
};

static const struct key person_accounts = {
	"NAME", KEY_ACCOUNTS, .offset = offsetof(struct person, accounts),
	.about = "All accounts of this person.", .example = "ana: [ana, ana-adm]",
};
static const struct table person_table = {
	"person", LOOKUP_TABLES, sizeof(struct person), offsetof(struct model, n_persons), &person_accounts,
};

static const struct key break_glass_keys[] = {
	{ "members", KEY_ACCOUNTS, KEY_MANDATORY, MODEL(break_glass),
	  .about = "The accounts.", .example = "members: [rescue]" },
	{ "from", KEY_LINES, MODEL(break_glass_from), .standard = "[seat, serial]",
	  .about = "From where they may: lines, addresses, networks, names of origins.",
	  .example = "from: [seat, serial]" },
};

static const struct block break_glass_block = {
	.title = "accounts.break-glass", BLOCK(break_glass_keys),
	.about = "Local accounts for the day when nothing else works: from the places named here any "
		 "service, always, without code or hours; from elsewhere none. Every use is an alert.",
};

static const struct key accounts_keys[] = {
	{ "min-uid", KEY_COUNT, MODEL(min_uid), .min = 1, .max = INT32_MAX, .unit = "user id", .standard = "1000",
	  .about = "Governed are the accounts with this user id and above (without the dynamic users and greeters "
		   "of systemd, and nobody), and whoever a role names.",
	  .example = "min-uid: 1000" },
	{ "break-glass", KEY_BLOCK, MODEL(break_glass_at), .block = &break_glass_block,
	  .about = "Accounts that get in when nothing else works." },
	{ "persons", KEY_TABLE, MODEL(persons), .table = &person_table,
	  .about = "Whose accounts belong together: to excludes and to min-administrators all of them are one human.",
	  .example = "persons:\n  ana: [ana, ana-adm]" },
	{ "inactive-after", KEY_DURATION, MODEL(inactive_after_sec), FROM_TO(DAY_SEC, 100 * YEAR_SEC, "1d to 100y"),
	  .standard = "never",
	  .about = "A local account without a login on this host for so long, counted from the first apply at the "
		   "earliest, is refused until sereno renew. Not root, break-glass accounts and unattended roles. Logins "
		   "count where pam_sereno_session is in the stack; pam_sereno_password refuses.",
	  .example = "inactive-after: 45d" },
};

static const struct block accounts_block = {
	.title = "accounts", BLOCK(accounts_keys),
	.about = "Which accounts this policy governs.",
};

static const struct key rule_keys[] = {
	{ "services", KEY_SERVICES, KEY_MANDATORY, RULE(services),
	  .about = "PAM services, or names of services:. sudo stands for sudo-i too, su for su-l.",
	  .example = "services: [sshd, console]" },
	{ "from", KEY_FROM, KEY_MANDATORY, RULE(from),
	  .about = "Origins: seat, serial, jobs, anywhere, addresses, networks, names of origins:. For sudo, su and "
		   "polkit-1 it is that of the login. No name is looked up in DNS.",
	  .example = "from: [office, 10.20.40.0/24]" },
	{ "hours", KEY_HOURS, RULE(hours), .standard = "always",
	  .about = "Days and hours for starting, or names of times:. The end is excluded; 22:00-06:00 belongs to the "
		   "day on which it starts.",
	  .example = "hours: [working-day, Sat 09:00-14:00]" },
	{ "hosts", KEY_HOSTS, RULE(hosts), .standard = "all",
	  .about = "Host names, patterns with * and ?, or names of hosts:, compared when the policy is applied.",
	  .example = "hosts: [databases, 'web-*']" },
	{ "second-factor", KEY_REQUIRED, RULE(second_factor), .standard = "none asked for",
	  .about = "That a second factor must be given. Of the rules that fit, one that asks is enough.",
	  .example = "second-factor: required" },
	{ "since", KEY_SINCE, RULE(valid.since), .standard = "always",
	  .about = "The rule holds from this day or minute on.", .example = "since: 2026-03-01T08:00" },
	{ "until", KEY_UNTIL, RULE(valid.until), .standard = "for ever",
	  .about = "The rule holds through the end of this day, or up to this minute.",
	  .example = "until: 2026-12-31" },
};
static const char *const rule_later[] = { "approved-by" };

static const struct block rule_block = {
	.title = "roles.NAME.allow", BLOCK(rule_keys), LATER(rule_later),
	.about = "One rule: what holders of the role may do. Rules only add, and their order means nothing.",
};

static const struct key password_keys[PASSWORD_KEYS] = {
	[PASSWORD_MIN_LENGTH] = { "min-length", KEY_COUNT, PASSWORD(min_length),
	  FROM_TO(1, PASSWORD_LENGTH_MAX, "characters"), .standard = "12",
	  .about = "The least length, in characters and not bytes.", .example = "min-length: 12" },
	[PASSWORD_MIN_CLASSES] = { "min-classes", KEY_COUNT, PASSWORD(min_classes), FROM_TO(0, 4, "classes"),
	  .standard = "0",
	  .about = "How many of lower case, upper case, digits and others there must be.",
	  .example = "min-classes: 3" },
	[PASSWORD_MAX_REPEAT] = { "max-repeat", KEY_COUNT, PASSWORD(max_repeat),
	  FROM_TO(1, PASSWORD_LENGTH_MAX, "characters"), .standard = "no limit",
	  .about = "How often one character may stand in a row.", .example = "max-repeat: 3" },
	[PASSWORD_DIFFERS_BY] = { "differs-by", KEY_COUNT, PASSWORD(differs_by),
	  FROM_TO(0, PASSWORD_LENGTH_MAX, "characters"), .standard = "0",
	  .about = "How many characters must change from the old password.", .example = "differs-by: 5" },
	[PASSWORD_NOT_CONTAINING] = { "not-containing", KEY_WORDS, PASSWORD(not_containing), .standard = "[]",
	  .about = "Words that may not be contained, in any case and disguise. The user's own names never may.",
	  .example = "not-containing: [dacartec]" },
	[PASSWORD_DICTIONARY] = { "dictionary", KEY_SWITCH, PASSWORD(dictionary), .standard = "yes",
	  .about = "No word of the dictionary (cracklib), also with digits, leet and years taken off.",
	  .example = "dictionary: yes" },
	[PASSWORD_BLOCKLIST] = { "blocklist", KEY_PATH, PASSWORD(blocklist), .standard = "none",
	  .about = "A file of leaked passwords, made by sereno blocklist build. None of them may be chosen, and who "
		   "has one must change it.",
	  .example = "blocklist: /var/lib/sereno/blocklist" },
	[PASSWORD_HISTORY] = { "history", KEY_COUNT, PASSWORD(history), FROM_TO(0, PASSWORD_HISTORY_MAX, "passwords"),
	  .standard = "0",
	  .about = "How many former passwords, and the words they were built from, may not be used again.",
	  .example = "history: 20" },
	[PASSWORD_MIN_AGE] = { "min-age", KEY_DURATION, PASSWORD(min_age_sec), .standard = "none",
	  .about = "So long after a change the user may not change again; root may.", .example = "min-age: 1d" },
	[PASSWORD_MAX_AGE] = { "max-age", KEY_DURATION, PASSWORD(max_age_sec),
	  FROM_TO(DAY_SEC, 100 * YEAR_SEC, "1d to 100y"), .standard = "for ever",
	  .about = "A password this old must be changed at login; logins by key alone go on.",
	  .example = "max-age: 1y" },
	[PASSWORD_WARN_BEFORE] = { "warn-before", KEY_DURATION, PASSWORD(warn_before_sec), .standard = "7d",
	  .about = "So long before max-age the user is told.", .example = "warn-before: 14d" },
};

static const struct block password_block = {
	.title = "password", BLOCK(password_keys), .places = offsetof(struct password_block, key_at),
	.about = "Passwords, checked at each change made here; history and ages count only where this host keeps "
		 "the hash. Left out: sereno does not look at passwords.",
};

static const char *const lock_words[] = { "until-unlocked", NULL };
static const struct key then_keys[THEN_KEYS] = {
	[THEN_KEY_DELAY] = { "delay", KEY_DURATION, ATTEMPTS(delay_sec), FROM_TO(1, YEAR_SEC, "1s to 1y"),
	  .about = "How long to wait before the next attempt.", .example = "delay: 30s" },
	[THEN_KEY_DOUBLING_TO] = { "doubling-to", KEY_DURATION, ATTEMPTS(doubling_to_sec),
	  FROM_TO(1, YEAR_SEC, "1s to 1y"), .standard = "the delay does not grow",
	  .about = "With each further wrong attempt the delay doubles, up to this.", .example = "delay: 30s\ndoubling-to: 1h" },
	[THEN_KEY_LOCK] = { "lock", KEY_DURATION_OR, ATTEMPTS(lock_sec), FROM_TO(1, YEAR_SEC, "1s to 1y"), .words = lock_words,
	  .about = "Instead of delay: how long nothing is tried at all; until-unlocked waits for sereno unlock. Root "
		   "and break-glass accounts are delayed, never locked.",
	  .example = "lock: 15m" },
};

static const struct block then_block = {
	.title = "attempts.then", BLOCK(then_keys), .places = offsetof(struct attempts_block, then_key_at),
	.about = "What follows when too many attempts were wrong: either delay or lock.",
};

static const struct key attempts_keys[ATTEMPTS_KEYS] = {
	[ATTEMPTS_ALLOW] = { "allow", KEY_COUNT, ATTEMPTS(allow), FROM_TO(1, ATTEMPT_ALLOW_MAX, "attempts"),
	  .standard = "5",
	  .about = "How many wrong attempts one user may make from one origin. Unlocking a screen counts apart.",
	  .example = "allow: 5" },
	[ATTEMPTS_WITHIN] = { "within", KEY_DURATION, ATTEMPTS(within_sec), FROM_TO(1, YEAR_SEC, "1s to 1y"),
	  .standard = "15m",
	  .about = "How long a wrong attempt counts.", .example = "within: 15m" },
	[ATTEMPTS_THEN] = { "then", KEY_BLOCK, ATTEMPTS(then_at), .block = &then_block,
	  .standard = "{delay: 30s, doubling-to: 1h}",
	  .about = "What follows then.", .example = "then: {delay: 30s, doubling-to: 1h}" },
	[ATTEMPTS_ALLOW_PER_USER] = { "allow-per-user", KEY_COUNT, ATTEMPTS(allow_per_user),
	  FROM_TO(1, 1000, "attempts"), .standard = "50",
	  .about = "How many wrong attempts one user may make from all origins together; then new origins wait, and "
		   "those he has come from do not. Not less than allow.",
	  .example = "allow-per-user: 50" },
};

static const struct block attempts_block = {
	.title = "attempts", BLOCK(attempts_keys), .places = offsetof(struct attempts_block, key_at),
	.about = "Wrong passwords and codes, counted exactly however many try at once. Left out: they are not "
		 "counted.",
};

/* In the order of enum otp_algorithm. */
static const char *const algorithm_words[] = { "sha1", "sha256", "sha512", NULL };
static const struct key totp_keys[TOTP_KEYS] = {
	[TOTP_DIGITS] = { "digits", KEY_COUNT, SECOND_FACTOR(digits), FROM_TO(6, 8, "digits"), .standard = "6",
	  .about = "How long a code is.", .example = "digits: 6" },
	[TOTP_PERIOD] = { "period", KEY_DURATION, SECOND_FACTOR(period_sec), FROM_TO(15, 300, "15s to 300s"),
	  .standard = "30s", .about = "How long a phone shows one code.", .example = "period: 30s" },
	[TOTP_ALGORITHM] = { "algorithm", KEY_CHOICE, SECOND_FACTOR(algorithm), .words = algorithm_words,
	  .standard = "sha1",
	  .about = "The hash inside HMAC. Many phones know sha1 only, or silently take it for the others; as it is "
		   "used here it is not weaker.",
	  .example = "algorithm: sha1" },
	[TOTP_WINDOW] = { "window", KEY_COUNT, SECOND_FACTOR(window), FROM_TO(0, 2, "codes"), .standard = "1",
	  .about = "How many codes before and after the present one are good, for clocks that differ.",
	  .example = "window: 1" },
	[TOTP_ISSUER] = { "issuer", KEY_ISSUER, SECOND_FACTOR(issuer),
	  .standard = "the organisation of the document, or else the name of the host",
	  .about = "What the phone shows beside the account.", .example = "issuer: DACARTEC" },
};

static const struct block totp_block = {
	.title = "second-factor.totp", BLOCK(totp_keys), .places = offsetof(struct second_factor_block, totp_key_at),
	.about = "One-time codes by the clock (RFC 6238). All but window is settled for a phone when it is enrolled: "
		 "a change here is for those that come after.",
};

static const char *const enrol_words[] = { "at-login", "ticket", NULL };
static const char *const remember_words[] = { "never", NULL };
static const struct key second_factor_keys[SECOND_FACTOR_KEYS] = {
	[SECOND_FACTOR_TOTP] = { "totp", KEY_BLOCK, SECOND_FACTOR(totp_at), .block = &totp_block,
	  .about = "What the codes are like.", .example = "totp: {issuer: DACARTEC}" },
	[SECOND_FACTOR_RECOVERY_CODES] = { "recovery-codes", KEY_COUNT, SECOND_FACTOR(recovery_codes),
	  FROM_TO(0, 16, "codes"), .standard = "8",
	  .about = "How many codes, each good once, a user gets at enrolment for the day without his phone.",
	  .example = "recovery-codes: 8" },
	[SECOND_FACTOR_ENROL] = { "enrol", KEY_CHOICE, SECOND_FACTOR(enrol), .words = enrol_words,
	  .standard = "at-login",
	  .about = "at-login: the first login that needs a code shows the QR code. ticket: only with a ticket of an "
		   "administrator (sereno otp ticket), since a thief of the password could be first.",
	  .example = "enrol: at-login" },
	[SECOND_FACTOR_ENROL_WITHIN] = { "enrol-within", KEY_DURATION, SECOND_FACTOR(enrol_within_sec),
	  FROM_TO(HOUR_SEC, YEAR_SEC, "1h to 1y"), .standard = "7d",
	  .about = "With at-login: for so long after the first login that needs a code. After that it takes a ticket.",
	  .example = "enrol-within: 7d" },
	[SECOND_FACTOR_REMEMBER] = { "remember", KEY_DURATION_OR, SECOND_FACTOR(remember_sec),
	  FROM_TO(1, YEAR_SEC, "1s to 1y"), .words = remember_words, .standard = "8h",
	  .about = "For so long a code counts again in its own login, and for its user at the same seat or line until "
		   "the next boot; never: each time anew.",
	  .example = "remember: 8h" },
};

static const struct block second_factor_block = {
	.title = "second-factor", BLOCK(second_factor_keys), .places = offsetof(struct second_factor_block, key_at),
	.about = "The one-time codes that rules with second-factor: required ask for. Left out: as if each of its "
		 "keys were.",
};

static const struct key on_request_keys[] = {
	{ "by", KEY_ROLE_NAMES, KEY_MANDATORY, ON_REQUEST(by),
	  .about = "Roles whose holders may ask.", .example = "by: [sysadmin]" },
	{ "approved-by", KEY_ROLE_NAMES, KEY_MANDATORY, ON_REQUEST(approved_by),
	  .about = "Roles whose holders approve or deny. Never who asks, nor another account of the same person.",
	  .example = "approved-by: [auditor]" },
	{ "at-most", KEY_DURATION, KEY_MANDATORY, ON_REQUEST(at_most_sec), FROM_TO(60, YEAR_SEC, "1m to 1y"),
	  .about = "The longest time that can be asked for, counted from the approval.", .example = "at-most: 4h" },
	{ "approvers", KEY_COUNT, ON_REQUEST(approvers), FROM_TO(1, APPROVERS_MAX, "persons"), .standard = "1",
	  .about = "How many different persons must approve.", .example = "approvers: 2" },
};

static const struct block on_request_block = {
	.title = "roles.NAME.on-request", BLOCK(on_request_keys),
	.about = "A role that is asked for, for a time: another person says yes, and it ends by itself.",
};

static const struct key role_keys[] = {
	{ "owner", KEY_ACCOUNT, ROLE(owner),
	  .about = "Who answers for the list of members. This version keeps the name and does nothing with it: "
		   "sereno status watches the review of the document alone.", .example = "owner: marta" },
	{ "members", KEY_ACCOUNTS, ROLE(members),
	  .about = "Users who hold the role.", .example = "members: [ana, luis]" },
	{ "members-of", KEY_GROUPS, ROLE(members_of),
	  .about = "Unix groups whose members hold the role, asked at each login.",
	  .example = "members-of: [staff]" },
	{ "except", KEY_ACCOUNTS, ROLE(except),
	  .about = "Users who do not hold it all the same.", .example = "except: [pepe]" },
	{ "excludes", KEY_ROLE_NAMES, ROLE(excludes),
	  .about = "Roles that nobody may hold together with this one. Who would, by a Unix group, holds neither.",
	  .example = "excludes: [auditor]" },
	{ "since", KEY_SINCE, ROLE(valid.since), .standard = "always",
	  .about = "The role is held from this day or minute on.", .example = "since: 2026-03-01" },
	{ "until", KEY_UNTIL, ROLE(valid.until), .standard = "for ever",
	  .about = "The role is held through the end of this day, or up to this minute.",
	  .example = "until: 2026-12-31T18:00" },
	{ "unattended", KEY_SWITCH, ROLE(unattended), .standard = "no",
	  .about = "The members are programs with a key: they hold no other kind of role, come from addresses or as "
		   "jobs, and are never asked for a second factor.",
	  .example = "unattended: yes" },
	{ "gives-groups", KEY_GROUPS, ROLE(gives_groups),
	  .about = "Unix groups that its holders are in while the role is held, in every process started then. One "
		   "that the host does not have is made, with a number of its own; it has no other members. Needs "
		   "sereno last on the group: line of nsswitch.conf.",
	  .example = "gives-groups: [adm, systemd-journal]" },
	{ "privileged", KEY_SWITCH, ROLE(privileged), .standard = "no",
	  .about = "The groups given may be as good as root, as disk, docker or sudo are. Such a role needs until. Group "
		   "id 0 is never given.",
	  .example = "privileged: yes\nuntil: 2026-12-31\ngives-groups: [disk]" },
	{ "on-request", KEY_OWN_BLOCK, ROLE(on_request), .block = &on_request_block,
	  .about = "That the role can be asked for, by sereno request.",
	  .example = "on-request: {by: [sysadmin], approved-by: [auditor], at-most: 4h}" },
	{ "knows", KEY_SECRETS, ROLE(knows), .standard = "[]",
	  .about = "Shared secrets that its holders know, by name: to be changed when one of them leaves.",
	  .example = "knows: [grub, bmc]" },
	{ "password", KEY_OWN_BLOCK, ROLE(password), .block = &password_block,
	  .about = "Stricter than the block password: for who holds the role, never looser. What is left out is as "
		   "there; words of not-containing are added to those there. Of several roles the strictest counts.",
	  .example = "password: {min-length: 16}" },
	{ "allow", KEY_RULES, ROLE(rules), .block = &rule_block,
	  .about = "The rules of the role. A role without any still lets its holders run jobs.",
	  .example = "allow:\n  - services: [sshd]\n    from: [office]\n    hours: [working-day]" },
};
static const char *const role_later[] = { "session" };

static const struct block role_block = {
	.title = "roles.NAME", BLOCK(role_keys), LATER(role_later),
	.about = "A role: who holds it and what it allows. Whoever is governed needs a rule that fits, of a role "
		 "that is his at that moment; without one he is refused.",
};

static const struct key role_value = {
	"NAME", KEY_BLOCK, ROLE(name.at), .block = &role_block, .about = "A role.",
};
static const struct table role_table = {
	"role", LOOKUP_ROLES, sizeof(struct role), offsetof(struct model, n_roles), &role_value,
};

static const struct key root_keys[] = {
	{ "direct-login", KEY_LINES, MODEL(direct_login), .standard = "[seat, serial]",
	  .about = "From where an account with user id 0 may log in by itself; [] is nowhere. Without a readable "
		   "policy in force it is seat and serial.",
	  .example = "direct-login: [seat, serial]" },
	{ "min-administrators", KEY_COUNT, MODEL(min_administrators), .min = 0, .max = 1000, .unit = "people",
	  .standard = "1",
	  .about = "sereno apply leaves at least so many people able to become root.",
	  .example = "min-administrators: 2" },
};

static const struct block root_block = {
	.title = "root", BLOCK(root_keys), .about = "Every account with user id 0.",
};

static const struct key approvals_keys[] = {
	{ "by-request", KEY_DURATION, MODEL(by_request_sec), FROM_TO(60, YEAR_SEC, "1m to 1y"), .standard = "3d",
	  .about = "A request that nobody has answered for so long is void.", .example = "by-request: 3d" },
};
static const char *const approvals_later[] = { "at-prompt" };

static const struct block approvals_block = {
	.title = "approvals", BLOCK(approvals_keys), LATER(approvals_later),
	.about = "What is asked of other people, and how long it waits for them.",
};

/* In the order of enum access_end. */
static const char *const access_end_words[] = { "end", "lock", "tell", NULL };
static const struct key session_keys[SESSION_KEYS] = {
	[SESSION_WHEN_ACCESS_ENDS] = { "when-access-ends", KEY_CHOICE, SESSION(when_access_ends),
	  .words = access_end_words, .standard = "end",
	  .about = "What becomes of a session when its role or hours are over, or when it still has a group that no role "
		   "gives any more. Who is in it is told ten minutes before; then it is ended with its processes. "
		   "With lock and tell he is told, and it goes on. Root and break-glass accounts are left alone; "
		   "who has departed is ended at once.",
	  .example = "when-access-ends: tell" },
};
static const char *const session_later[] = {
	"lock-after", "warn-before", "end-after", "no-password", "unproxied", "max-per-user", "exempt",
};

static const struct block session_block = {
	.title = "session", BLOCK(session_keys), LATER(session_later), .places = offsetof(struct session_block, key_at),
	.about = "Sessions that are open: of ssh, consoles and jobs, and user managers.",
};

/* In the order of reading: the zone before any date, names before what refers to them. */
static const struct key policy_keys[] = {
	{ "sereno", KEY_VERSION, KEY_MANDATORY,
	  .about = "The version of this vocabulary.", .example = "sereno: 1" },
	{ "timezone", KEY_TIMEZONE, MODEL(timezone), .standard = "the host's own",
	  .about = "The time zone of hours and dates.", .example = "timezone: Europe/Madrid" },
	{ "document", KEY_BLOCK, MODEL(document.at), .block = &document_block,
	  .about = "The document behind these rules: its name, its owner, its reviews." },
	{ "observe", KEY_OBSERVE, MODEL(observe), .standard = "[]",
	  .about = "Blocks on trial: roles, root, accounts, attempts, password, second-factor, media or all. They decide and record, "
		   "but refuse nobody and ask for nothing.",
	  .example = "observe: [roles]" },
	{ "origins", KEY_TABLE, MODEL(origins), .table = &origin_table,
	  .about = "Short names to write in from: instead of networks and lines.",
	  .example = "origins:\n  office: [10.20.0.0/16, 'fd00:20::/32']" },
	{ "hosts", KEY_TABLE, MODEL(hosts), .table = &host_table,
	  .about = "Short names to write in hosts: instead of host names.",
	  .example = "hosts:\n  databases: [pg-01, 'pg-1*']" },
	{ "services", KEY_TABLE, MODEL(services), .table = &service_table,
	  .about = "Short names to write in services: instead of PAM services.",
	  .example = "services:\n  elevate: [sudo, su, polkit-1]" },
	{ "times", KEY_TABLE, MODEL(times), .table = &times_table,
	  .about = "Short names to write in hours: instead of spans of the week.",
	  .example = "times:\n  working-day: [Mon-Fri 07:00-21:00]" },
	{ "accounts", KEY_BLOCK, MODEL(accounts_at), .block = &accounts_block,
	  .about = "Which accounts this policy governs." },
	{ "roles", KEY_TABLE, MODEL(roles), .table = &role_table,
	  .about = "Who may do what: the roles by name.",
	  .example = "roles:\n  employee:\n    members-of: [staff]" },
	{ "root", KEY_BLOCK, MODEL(root_at), .block = &root_block,
	  .about = "Every account with user id 0." },
	{ "password", KEY_OWN_BLOCK, MODEL(password), .block = &password_block,
	  .about = "What passwords must be, and how old they get.", .example = "password: {min-length: 12, history: 20}" },
	{ "attempts", KEY_OWN_BLOCK, MODEL(attempts), .block = &attempts_block,
	  .about = "How often a password or code may be tried.", .example = "attempts: {allow: 5, within: 15m}" },
	{ "second-factor", KEY_OWN_BLOCK, MODEL(second_factor), .block = &second_factor_block,
	  .about = "What the one-time codes are like, and how users come by them.",
	  .example = "second-factor: {enrol: ticket, remember: never}" },
	{ "approvals", KEY_BLOCK, MODEL(approvals_at), .block = &approvals_block,
	  .about = "How long a request waits for its answer.", .example = "approvals: {by-request: 3d}" },
	{ "session", KEY_OWN_BLOCK, MODEL(session), .block = &session_block,
	  .about = "What becomes of open sessions.", .example = "session: {when-access-ends: tell}" },
	{ "media", KEY_OWN_BLOCK, MODEL(media), .block = &block_media,
	  .about = "Which devices may be plugged in, by whom.", .example = "media: {storage: encrypted}" },
};
static const char *const policy_later[] = {
	"notice",
};

const struct block block_policy = {
	.title = "policy", BLOCK(policy_keys), LATER(policy_later),
	.about = "The keys of the file itself.",
};
/* clang-format on */
