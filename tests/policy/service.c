/* SPDX-License-Identifier: MIT */
/*
 * service.c - tests of the table of PAM services.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sereno/scoped.h>
#include <sereno/service.h>

/* clang-format off */
static const struct row {
	const char *name;
	const char *kind, *canonical;
	bool owns_line;
} rows[] = {
	{ "login",             "login",        "login",        true },
	{ "gdm-password",      "login",        "gdm-password", true },
	{ "lightdm",           "login",        "lightdm",      true },
	{ "sddm",              "login",        "sddm",         true },
	{ "greetd",            "login",        "greetd",       true },
	{ "xdm",               "login",        "xdm",          true },
	{ "sshd",              "login",        "sshd",         false },
	{ "remote",            "login",        "remote",       false },
	{ "xrdp-sesman",       "login",        "xrdp-sesman",  false },
	{ "vsftpd",            "login",        "vsftpd",       false },
	{ "other",             "login",        "other",        false },
	{ "never-heard-of",    "login",        "never-heard-of", false },
	{ "",                  "login",        "",             false },
	{ "sudo",              "elevate",      "sudo",         false },
	{ "sudo-i",            "elevate",      "sudo",         false },
	{ "su",                "elevate",      "su",           false },
	{ "su-l",              "elevate",      "su",           false },
	{ "polkit-1",          "elevate",      "polkit-1",     false },
	{ "doas",              "elevate",      "doas",         false },
	{ "chsh",              "tool",         "chsh",         false },
	{ "chfn",              "tool",         "chfn",         false },
	{ "cron",              "job",          "cron",         false },
	{ "crond",             "job",          "crond",        false },
	{ "atd",               "job",          "atd",          false },
	{ "systemd-user",      "user-manager", "systemd-user", false },
	{ "sereno-unlock",     "unlock",       "sereno-unlock", false },
	{ "swaylock",          "unlock",       "swaylock",     false },
	{ "kde",               "unlock",       "kde",          false },
	{ "vlock",             "unlock",       "vlock",        false },
	/* Never by prefix, never by another case. */
	{ "sudo-",             "login",        "sudo-",        false },
	{ "sud",               "login",        "sud",          false },
	{ "SUDO",              "login",        "SUDO",         false },
	{ "cron ",             "login",        "cron ",        false },
	{ "../sudo",           "login",        "../sudo",      false },
	{ "/etc/pam.d/sudo",   "login",        "/etc/pam.d/sudo", false },
	{ "login2",            "login",        "login2",       false },
	{ "gdm-",              "login",        "gdm-",         false },
	{ "systemd-user\n",    "login",        "systemd-user\n", false },
};
/* clang-format on */

static void check_row(void **state)
{
	const struct row *row = *state;
	const bool follows = strcmp(row->kind, "job") == 0 || strcmp(row->kind, "unlock") == 0 ||
			     strcmp(row->kind, "user-manager") == 0;

	assert_int_equal(service_needs_rule(service_kind(row->name)), !follows);
	assert_string_equal(service_kind_name(service_kind(row->name)), row->kind);
	assert_string_equal(service_canonical(row->name), row->canonical);
	assert_int_equal(service_owns_line(row->name), row->owns_line);
}

/* A rule for the canonical name must mean the same thing for each name it stands for. */
static void canonical_has_the_same_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *canonical = service_canonical(rows[i].name);

		assert_int_equal(service_kind(canonical), service_kind(rows[i].name));
		assert_string_equal(service_canonical(canonical), canonical);
	}
}

static void only_logins_own_their_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (service_owns_line(rows[i].name))
			assert_int_equal(service_kind(rows[i].name), SERVICE_LOGIN);
}

static void damaged_kind_is_a_login(void **state)
{
	(void)state;
	assert_string_equal(service_kind_name((enum service_kind)99), "login");
	assert_true(service_needs_rule((enum service_kind)99));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 3] = {
		cmocka_unit_test(canonical_has_the_same_kind),
		cmocka_unit_test(only_logins_own_their_line),
		cmocka_unit_test(damaged_kind_is_a_login),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 3] = (struct CMUnitTest){ .name = rows[i].name,
						    .test_func = check_row,
						    .initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
