/* SPDX-License-Identifier: MIT */
/* second_factor.c - what a policy says of one-time codes, and what becomes of those on trial. */
#include "fixture.h"

#include <sereno/access.h>
#include <sereno/otp.h>
#include <sereno/scoped.h>

#include "compiled/limits_record.h"

static char *codes_text(const struct second_factor_rules *rules)
{
	static const char *const algorithms[] = { "sha1", "sha256", "sha512" };
	char *text = NULL;

	assert_true(asprintf(&text, "%s %u digits %us window %u, %u codes, %s %us, for %us, '%s'",
			     algorithms[rules->algorithm], rules->digits, rules->period_sec,
			     rules->window, rules->recovery_codes,
			     rules->enrol == ENROL_AT_LOGIN ? "login" : "ticket",
			     rules->enrol_within_sec, rules->remember_sec, rules->issuer) > 0);
	return text;
}

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"
#define PLAIN	   "sha1 6 digits 30s window 1, "
#define LATER	   "8 codes, login 604800s, for 28800s, "

/* clang-format off */
static const struct block_row {
	const char *name, *block, *expected;
} block_rows[] = {
	{ "left out",          "", PLAIN LATER "'pg-01'" },
	{ "the standard",      "second-factor: {}", PLAIN LATER "'pg-01'" },
	{ "totp, the standard", "second-factor: {totp: {}}", PLAIN LATER "'pg-01'" },
	{ "as in the example",
	  "second-factor:\n"
	  "  totp: {digits: 6, period: 30s, algorithm: sha1, window: 1, issuer: DACARTEC}\n"
	  "  recovery-codes: 8\n"
	  "  enrol: at-login\n"
	  "  enrol-within: 7d\n"
	  "  remember: 8h", PLAIN LATER "'DACARTEC'" },
	{ "the least",
	  "second-factor: {totp: {digits: 6, period: 15s, algorithm: sha1, window: 0, issuer: x}, recovery-codes: 0, "
	  "enrol-within: 1h, remember: 1s}",
	  "sha1 6 digits 15s window 0, 0 codes, login 3600s, for 1s, 'x'" },
	{ "the most",
	  "second-factor: {totp: {digits: 8, period: 300s, algorithm: sha512, window: 2, issuer: " SIXTY_FOUR "}, "
	  "recovery-codes: 16, enrol-within: 1y, remember: 1y}",
	  "sha512 8 digits 300s window 2, 16 codes, login 31536000s, for 31536000s, '" SIXTY_FOUR "'" },
	{ "sha256",            "second-factor: {totp: {algorithm: sha256}}", "sha256 6 digits 30s window 1, " LATER "'pg-01'" },
	{ "by ticket",         "second-factor: {enrol: ticket}", PLAIN "8 codes, ticket 0s, for 28800s, 'pg-01'" },
	{ "by ticket, within", "second-factor: {enrol: ticket, enrol-within: 7d}", PLAIN "8 codes, ticket 0s, for 28800s, 'pg-01'" },
	{ "never remembered",  "second-factor: {remember: never}", PLAIN "8 codes, login 604800s, for 0s, 'pg-01'" },
	{ "on trial all the same", "observe: [second-factor]\nsecond-factor: {recovery-codes: 3}",
	  PLAIN "3 codes, login 604800s, for 28800s, 'pg-01'" },
	{ "the organisation",  "document: {organisation: 'Peña y Hijos'}", PLAIN LATER "'Peña y Hijos'" },
	{ "an organisation of 64 bytes", "document: {organisation: '" SIXTY_FOUR "'}", PLAIN LATER "'" SIXTY_FOUR "'" },
	{ "an organisation too long", "document: {organisation: '" SIXTY_FOUR "4'}", PLAIN LATER "'pg-01'" },
	{ "an organisation with a colon", "document: {organisation: 'IT: all of it'}", PLAIN LATER "'pg-01'" },
	{ "the issuer before the organisation", "document: {organisation: ACME}\nsecond-factor: {totp: {issuer: it}}",
	  PLAIN LATER "'it'" },
};
/* clang-format on */

static void test_block(void **state)
{
	const struct block_row *row = *state;
	scoped_free char *text = NULL, *got = NULL;
	struct second_factor_rules rules;
	struct fixture fixture;

	assert_true(asprintf(&text, "sereno: 1\n%s\n", row->block) > 0);
	fixture_open(&fixture, text);
	policy_second_factor(fixture.policy, &rules);
	got = codes_text(&rules);
	assert_string_equal(got, row->expected);
	assert_true(otp_label_sound(rules.issuer, sizeof(rules.issuer)));
	assert_int_equal(policy_verify(fixture.policy), 0);
	fixture_close(&fixture);
}

/* clang-format off */
static const struct host_row {
	const char *name, *host, *issuer;
} host_rows[] = {
	{ "a host",                "web-1.example.org", "web-1.example.org" },
	{ "a host of 64 bytes",    SIXTY_FOUR,          SIXTY_FOUR },
	{ "a host too long",       SIXTY_FOUR "4",      "" },
	{ "a host with a colon",   "web:1",             "" },
	{ "a host with bad bytes", "web\xff\x1b[2J",    "" },
};
/* clang-format on */

static void test_host(void **state)
{
	static const char text[] = "sereno: 1\ntimezone: UTC\n";
	const struct host_row *row = *state;
	const struct compile_inputs inputs = { .text = text,
					       .text_length = strlen(text),
					       .host = row->host,
					       .now = FIXTURE_NOW,
					       .generation = 1,
					       .group_id = fixture_group,
					       .user_id = fixture_user };
	struct second_factor_rules rules;
	struct diag_list diags = { 0 };
	struct fixture fixture;

	fixture_make(&fixture);
	assert_int_equal(model_read("", text, strlen(text), FIXTURE_NOW, &fixture.model, &diags),
			 0);
	assert_int_equal(policy_compile(fixture.model, &inputs, fixture.dir, &diags), 0);
	assert_int_equal(policy_open_in(fixture.dir, &fixture.policy), 0);
	policy_second_factor(fixture.policy, &rules);
	assert_string_equal(rules.issuer, row->issuer);
	diag_clear(&diags);
	fixture_close(&fixture);
}

/* clang-format off */
#define CHANGED(...) { .digits = 6, .period_sec = 30, .window = 1, .recovery_codes = 8, \
	.enrol_within_sec = 3600, .remember_sec = 60, .issuer = "it", __VA_ARGS__ }

/* The compiler warns of a member that is given twice, as all of these are on purpose. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct damage_row {
	const char *name;
	struct second_factor_rules rules;
	bool sound;
} damage_rows[] = {
	{ "sound rules",             SECOND_FACTOR_STANDARD, true },
	{ "sound, by ticket",        CHANGED(.enrol = ENROL_BY_TICKET, .enrol_within_sec = 0), true },
	{ "no such algorithm",       CHANGED(.algorithm = OTP_SHA512 + 1), false },
	{ "five digits",             CHANGED(.digits = 5), false },
	{ "nine digits",             CHANGED(.digits = 9), false },
	{ "no period",               CHANGED(.period_sec = 0), false },
	{ "a period too short",      CHANGED(.period_sec = 14), false },
	{ "a period too long",       CHANGED(.period_sec = 301), false },
	{ "a wide window",           CHANGED(.window = 3), false },
	{ "seventeen codes",         CHANGED(.recovery_codes = 17), false },
	{ "no such enrolment",       CHANGED(.enrol = (enum enrolment_way)2), false },
	{ "enrol within no time",    CHANGED(.enrol_within_sec = 0), false },
	{ "enrol within too short",  CHANGED(.enrol_within_sec = 3599), false },
	{ "enrol within too long",   CHANGED(.enrol_within_sec = 31536001), false },
	{ "by ticket, but within",   CHANGED(.enrol = ENROL_BY_TICKET), false },
	{ "remembered too long",     CHANGED(.remember_sec = 31536001), false },
	{ "an issuer with a colon",  CHANGED(.issuer = "a:b"), false },
};
#pragma GCC diagnostic pop
/* clang-format on */

static void test_damage(void **state)
{
	const struct damage_row *row = *state;
	scoped(encoder_clear) struct encoder encoder = { 0 };
	struct second_factor_rules rules;
	struct decoder decoder;

	encode_second_factor(&encoder, &row->rules);
	assert_int_equal(encoder.error, 0);
	for (size_t length = 0; length <= encoder.length; length++) {
		decoder = (struct decoder){ encoder.data, length, false };
		decode_second_factor(&decoder, &rules);
		assert_int_equal(decode_end(&decoder),
				 row->sound && length == encoder.length ? 0 : -EBADMSG);
	}
}

#define OFFICE                                                                           \
	"sereno: 1\n"                                                                    \
	"timezone: UTC\n"                                                                \
	"roles:\n"                                                                       \
	"  clerk:\n"                                                                     \
	"    members: [ana]\n"                                                           \
	"    until: 2026-03-31\n"                                                        \
	"    allow:\n"                                                                   \
	"      - {services: [sshd], from: [10.0.0.0/8], hours: [Mon-Fri 08:00-18:00]}\n" \
	"      - {services: [sshd], from: [10.1.0.0/16], hours: [Mon-Fri 08:00-20:00], " \
	"second-factor: required}\n"                                                     \
	"      - {services: [login], from: [seat], second-factor: required, until: 2026-02-28}\n"

/* clang-format off */
static const struct trial_row {
	const char *name, *observe, *service, *from, *at;
	unsigned met;
	enum access_outcome outcome, enforced;
	enum access_reason reason;
	bool on_trial;
} trial_rows[] = {
#define ALLOW ACCESS_ALLOW
#define DENY  ACCESS_DENY
#define MET   DEMAND_SECOND_FACTOR
	{ "due, and refused",         "",              "sshd",  "10.1.2.3",  "2026-01-12T09:00", 0,   DENY,  DENY,  REASON_SECOND_FACTOR, false },
	{ "due, on trial",            "second-factor", "sshd",  "10.1.2.3",  "2026-01-12T09:00", 0,   ALLOW, DENY,  REASON_SECOND_FACTOR, true },
	{ "due, shown, on trial",     "second-factor", "sshd",  "10.1.2.3",  "2026-01-12T09:00", MET, ALLOW, ALLOW, REASON_RULE,          false },
	{ "not due, on trial",        "second-factor", "sshd",  "10.2.2.3",  "2026-01-12T09:00", 0,   ALLOW, ALLOW, REASON_RULE,          false },
	{ "due for ever, on trial",   "second-factor", "login", "seat",      "2026-01-12T09:00", 0,   ALLOW, DENY,  REASON_SECOND_FACTOR, true },
	{ "hours are not on trial",   "second-factor", "sshd",  "10.1.2.3",  "2026-01-12T21:00", 0,   DENY,  DENY,  REASON_HOURS,         false },
	{ "dates are not on trial",   "second-factor", "login", "seat",      "2026-03-01T09:00", 0,   DENY,  DENY,  REASON_DATES,         false },
	{ "rules are not on trial",   "second-factor", "sudo",  "seat",      "2026-01-12T09:00", 0,   DENY,  DENY,  REASON_NO_RULE,       false },
	{ "all is on trial",          "all",           "sshd",  "10.1.2.3",  "2026-01-12T09:00", 0,   ALLOW, DENY,  REASON_SECOND_FACTOR, true },
	{ "another block on trial",   "password",      "sshd",  "10.1.2.3",  "2026-01-12T09:00", 0,   DENY,  DENY,  REASON_SECOND_FACTOR, false },
};
/* clang-format on */

static void judge(struct policy *policy, const struct trial_row *row, unsigned met,
		  struct access_verdict *ret)
{
	scoped(access_free_p) struct access_case *access = NULL;
	struct origin origin;
	const struct access_request request = { .service = row->service,
						.uid = 1500,
						.subject = { .user = "ana" },
						.origins = &origin,
						.n_origins = 1 };

	assert_int_equal(origin_parse(row->from, &origin), 0);
	assert_int_equal(access_load(policy, &request, &access), 0);
	access_judge(access, fixture_time(row->at), met, ret);
}

static void test_trial(void **state)
{
	const struct trial_row *row = *state;
	struct access_verdict verdict, shown;
	scoped_free char *text = NULL;
	struct fixture fixture;

	assert_true(asprintf(&text, OFFICE "observe: [%s]\n", row->observe) > 0);
	fixture_open(&fixture, text);
	judge(fixture.policy, row, row->met, &verdict);
	judge(fixture.policy, row, MET, &shown);
	assert_int_equal(verdict.outcome, row->outcome);
	assert_int_equal(verdict.enforced, row->enforced);
	assert_int_equal(verdict.reason, row->reason);
	assert_int_equal(verdict.on_trial, row->on_trial);
	/* It lasts as long as if a code had been shown. */
	if (verdict.outcome == ALLOW)
		assert_true(verdict.until == shown.until);
	fixture_close(&fixture);
}

#define ADD_ROWS(rows, test)                                                              \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)                                     \
		tests[n++] = (struct CMUnitTest)                                          \
		{                                                                         \
			(rows)[i].name, test, NULL, NULL, (void *)(uintptr_t) & (rows)[i] \
		}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(block_rows) + ARRAY_SIZE(host_rows) +
				ARRAY_SIZE(damage_rows) + ARRAY_SIZE(trial_rows)];
	size_t n = 0;

	ADD_ROWS(block_rows, test_block);
	ADD_ROWS(host_rows, test_host);
	ADD_ROWS(damage_rows, test_damage);
	ADD_ROWS(trial_rows, test_trial);
	return _cmocka_run_group_tests("second factor", tests, n, NULL, NULL);
}
