/* SPDX-License-Identifier: MIT */
/* unusable.c - without a usable policy: root and break-glass at the seat get in, nobody else. */
#include "host.h"

static const char policy[] = "sereno: 1\n"
			     "accounts:\n"
			     "  min-uid: 1\n"
			     "  break-glass: {members: [" RESCUE "]}\n"
			     "roles:\n"
			     "  employee:\n"
			     "    members: [" HELD "]\n"
			     "    allow:\n"
			     "      - {services: [login, sshd], from: [anywhere]}\n";

/* What can happen to the file in force, and to those that say who holds what and who leaves. */
enum harm {
	HARM_NEVER_APPLIED,
	HARM_REMOVED,
	HARM_CUT,
	HARM_EMPTY,
	HARM_WRITABLE,
	HARM_GRANTS_REMOVED,
	HARM_GRANTS_CUT,
	HARM_GRANTS_WRITABLE,
	HARM_LEAVERS_REMOVED,
	HARM_LEAVERS_CUT,
	HARM_LEAVERS_WRITABLE,
	HARM_COUNT
};

static const struct {
	const char *name, *says;
} harms[HARM_COUNT] = {
	[HARM_NEVER_APPLIED] = { "never applied", "there is none" },
	[HARM_REMOVED] = { "removed", "there is none" },
	[HARM_CUT] = { "cut", "it is damaged" },
	[HARM_EMPTY] = { "emptied", "it is damaged" },
	[HARM_WRITABLE] = { "writable by others", "others could have written it" },
	[HARM_GRANTS_REMOVED] = { "grants removed", "it is damaged" },
	[HARM_GRANTS_CUT] = { "grants cut", "it is damaged" },
	[HARM_GRANTS_WRITABLE] = { "grants writable by others", "others could have written it" },
	[HARM_LEAVERS_REMOVED] = { "leavers removed", "it is damaged" },
	[HARM_LEAVERS_CUT] = { "leavers cut", "it is damaged" },
	[HARM_LEAVERS_WRITABLE] = { "leavers writable by others", "others could have written it" },
};

static void path_of(const struct host *host, const char *name, char path[static 256])
{
	assert_true(snprintf(path, 256, "%s/var/lib/sereno/%s", host->root, name) < 256);
}

static void harm(struct host *host, enum harm harm)
{
	char grants[256], leavers[256];

	if (harm == HARM_NEVER_APPLIED)
		return;
	host_policy(host, policy);
	path_of(host, "grants.1.cdb", grants);
	path_of(host, "leavers.1.cdb", leavers);
	switch (harm) {
	case HARM_REMOVED:
		assert_int_equal(unlink(host->in_force), 0);
		return;
	case HARM_CUT:
		assert_int_equal(truncate(host->in_force, 3000), 0);
		return;
	case HARM_EMPTY:
		assert_int_equal(truncate(host->in_force, 0), 0);
		return;
	case HARM_WRITABLE:
		assert_int_equal(chmod(host->in_force, 0666), 0);
		return;
	case HARM_GRANTS_REMOVED:
		assert_int_equal(unlink(grants), 0);
		return;
	case HARM_GRANTS_CUT:
		assert_int_equal(truncate(grants, 100), 0);
		return;
	case HARM_GRANTS_WRITABLE:
		assert_int_equal(chmod(grants, 0666), 0);
		return;
	case HARM_LEAVERS_REMOVED:
		assert_int_equal(unlink(leavers), 0);
		return;
	case HARM_LEAVERS_CUT:
		assert_int_equal(truncate(leavers, 100), 0);
		return;
	case HARM_LEAVERS_WRITABLE:
		assert_int_equal(chmod(leavers, 0666), 0);
		return;
	case HARM_NEVER_APPLIED:
	case HARM_COUNT:
		return;
	}
}

static int enter(struct host *host, const struct entry *entry)
{
	pam_handle_t *pamh = host_start(host, entry);
	const int code = pam_acct_mgmt(pamh, 0);

	assert_int_equal(pam_end(pamh, code), PAM_SUCCESS);
	return code;
}

static void assert_enters(struct host *host, const char *user, const char *tty, int code)
{
	const struct entry entry = { "login", user, NULL, tty, NULL };

	assert_int_equal(enter(host, &entry), code);
}

static void use_modules(const struct host *host)
{
	host_module(host, "login", "account", "pam_sereno_access");
	host_line(host, "login", "account required pam_permit.so");
	host_module(host, "cron", "account", "pam_sereno_access");
}

/* With a fallback file that knows the break-glass account. */
static void with_fallback(void **state, enum harm kind)
{
	struct host *host = *state;
	const struct fallback fallback = { .min_uid = 1,
					   .n_break_glass = 1,
					   .break_glass = { RESCUE } };
	char unusable[256];

	use_modules(host);
	harm(host, kind);
	assert_int_equal(fallback_write(host->root, &fallback), 0);
	assert_enters(host, HELD, "tty1", PAM_PERM_DENIED);
	(void)snprintf(unusable, sizeof(unusable),
		       "policy.unusable subject=\"daemon\" service=\"login\" origin=\"seat\" "
		       "detail=\"the policy in force cannot be used: %s\"",
		       harms[kind].says);
	assert_event(host, unusable);
	assert_event(host, "access.denied subject=\"daemon\" service=\"login\" origin=\"seat\" "
			   "verdict=deny reason=no-policy");
	assert_enters(host, RESCUE, "tty1", PAM_SUCCESS);
	assert_event(host, "policy.unusable ");
	assert_event(host, "break-glass.used subject=\"sync\"");
	assert_enters(host, RESCUE, "pts/1", PAM_PERM_DENIED);
	drop_events(host);
	assert_enters(host, "root", "tty1", PAM_SUCCESS);
	assert_event(host, "policy.unusable ");
	assert_event(host, "root.login subject=\"root\"");
	assert_enters(host, "root", "ttyS0", PAM_SUCCESS);
	assert_enters(host, "root", "pts/1", PAM_PERM_DENIED);
	drop_events(host);
	assert_enters(host, FREE, "pts/1", PAM_SUCCESS); /* never touched, and not a word */
	assert_event(host, "");
}

/* Without it: from uid 1000 up governed, no break-glass account. */
static void without_fallback(void **state, enum harm kind)
{
	struct host *host = *state;

	use_modules(host);
	harm(host, kind);
	assert_enters(host, "root", "tty1", PAM_SUCCESS);
	assert_enters(host, "root", "pts/1", PAM_PERM_DENIED);
	assert_enters(host, FREE, "pts/1", PAM_SUCCESS);
	assert_enters(host, RESCUE, "pts/1", PAM_SUCCESS); /* a system account like others */
}

static void check_with_fallback(void **state)
{
	const enum harm kind = (enum harm)(uintptr_t)*state;

	assert_int_equal(host_set_up(state), 0);
	with_fallback(state, kind);
	assert_int_equal(host_tear_down(state), 0);
}

static void check_without_fallback(void **state)
{
	const enum harm kind = (enum harm)(uintptr_t)*state;

	assert_int_equal(host_set_up(state), 0);
	without_fallback(state, kind);
	assert_int_equal(host_tear_down(state), 0);
}

/* Cut at every length the decision is the one of the whole file or a refusal. */
static void cut_at_every_length(void **state)
{
	struct host *host = *state;
	const struct fallback fallback = { .min_uid = 1 };
	const struct entry held = { "login", HELD, NULL, "tty1", NULL };
	const struct entry roleless = { "login", ROLELESS, NULL, "tty1", NULL };
	struct stat st;

	use_modules(host);
	host_policy(host, policy);
	assert_int_equal(fallback_write(host->root, &fallback), 0);
	assert_int_equal(enter(host, &held), PAM_SUCCESS);
	assert_int_equal(stat(host->in_force, &st), 0);
	for (off_t length = st.st_size - 1; length >= 0; length -= 37) {
		const int code = truncate(host->in_force, length) == 0 ? enter(host, &held) : -1;

		assert_true(code == PAM_SUCCESS || code == PAM_PERM_DENIED);
		assert_int_equal(enter(host, &roleless), PAM_PERM_DENIED);
		drop_events(host);
	}
	assert_int_equal(enter(host, &held), PAM_PERM_DENIED);
}

int main(void)
{
	struct CMUnitTest tests[2 * HARM_COUNT + 1] = { ON_HOST(cut_at_every_length) };

	for (enum harm kind = 0; kind < HARM_COUNT; kind++) {
		void *state = (void *)(uintptr_t)kind;

		tests[1 + 2 * kind] = (struct CMUnitTest){ .name = harms[kind].name,
							   .test_func = check_with_fallback,
							   .initial_state = state };
		tests[2 + 2 * kind] = (struct CMUnitTest){ .name = harms[kind].name,
							   .test_func = check_without_fallback,
							   .initial_state = state };
	}
	return cmocka_run_group_tests_name("no usable policy", tests, NULL, NULL);
}
