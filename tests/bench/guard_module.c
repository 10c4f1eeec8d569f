/* SPDX-License-Identifier: MIT */
/*
 * guard_module.c - what pam_sereno_guard.so adds to a login, beside what pam_faillock's pair adds.
 *
 * Whole logins by PAM, authentication and account, in turn, many rounds, in this process and in a
 * fresh one. What each adds is the median, over the rounds, of its difference to the login without
 * either in the same round: the machine's load is then much the same for both. The guard's share
 * has all in it: loading it, the policy, the account, the prompt, the charge and its refund.
 */
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>

#include "faillock.h"
#include "figure.h"

#define ROUNDS	     2000
#define FRESH_ROUNDS 400
#define ALLOWED	     1.5 /* times what the peer adds */

enum contestant { PERMIT, FAILLOCK, GUARD, CONTESTANTS };

/* The service of each. */
static const char *const names[CONTESTANTS] = { "permit", "pair", "guard" };

static const char policy[] = "sereno: 1\n"
			     "accounts: {min-uid: 1}\n"
			     "attempts: {allow: 3, within: 15m, then: {delay: 30s}}\n"
			     "roles:\n"
			     "  employee:\n"
			     "    members: [" FAILLOCK_USER "]\n"
			     "    allow:\n"
			     "      - {services: [sshd], from: [anywhere]}\n"
			     "root: {min-administrators: 0}\n";

static int answer(int n, const struct pam_message **messages, struct pam_response **ret, void *data)
{
	struct pam_response *responses = calloc((size_t)n, sizeof(*responses));

	(void)data;
	for (int i = 0; responses && i < n; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			responses[i].resp = strdup("right");
	*ret = responses;
	return responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void log_in(const struct bench_place *place, enum contestant who)
{
	const struct pam_conv conversation = { .conv = answer };
	pam_handle_t *pamh = NULL;
	int r;

	r = pam_start_confdir(names[who], FAILLOCK_USER, &conversation, place->stacks, &pamh);
	if (r != PAM_SUCCESS)
		errx(1, "%s: %s", names[who], pam_strerror(NULL, r));
	r = pam_set_item(pamh, PAM_RHOST, "198.51.100.7");
	if (r == PAM_SUCCESS)
		r = pam_authenticate(pamh, PAM_SILENT);
	if (r == PAM_SUCCESS)
		r = pam_acct_mgmt(pamh, PAM_SILENT);
	if (r != PAM_SUCCESS)
		errx(1, "%s: %s", names[who], pam_strerror(NULL, r));
	(void)pam_end(pamh, r);
}

static void log_in_afresh(char *program, struct bench_place *place, enum contestant who)
{
	char *const arguments[] = { program, place->root, (char *)(uintptr_t)names[who], NULL };
	char *const environment[] = { NULL };
	pid_t pid;
	int status;

	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, arguments, environment) != 0)
		errx(1, "posix_spawn");
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		errx(1, "%s: failed in a fresh process", names[who]);
}

/* In @added what each adds to a login. */
static void time_all(char *program, struct bench_place *place, unsigned rounds, double added[])
{
	static double samples[CONTESTANTS][ROUNDS];

	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned who = 0; who < CONTESTANTS; who++) {
			const double start = figure_now_us();

			if (program)
				log_in_afresh(program, place, (enum contestant)who);
			else
				log_in(place, (enum contestant)who);
			samples[who][round] = figure_now_us() - start;
		}
		for (unsigned who = PERMIT + 1; who < CONTESTANTS; who++)
			samples[who][round] -= samples[PERMIT][round];
	}
	for (unsigned who = 0; who < CONTESTANTS; who++)
		added[who] = figure_median(samples[who], rounds);
}

static bool report(const char *where, const double added[])
{
	char name[64];

	(void)snprintf(name, sizeof(name), "module-%s-login", where);
	figure_beside(name, added[PERMIT], "us");
	(void)snprintf(name, sizeof(name), "module-%s-faillock-adds", where);
	figure_beside(name, added[FAILLOCK], "us");
	(void)snprintf(name, sizeof(name), "module-%s-guard-adds", where);
	figure_beside(name, added[GUARD], "us");
	(void)snprintf(name, sizeof(name), "module-to-faillock-%s", where);
	return figure_print(name, added[GUARD] / added[FAILLOCK], "ratio", ALLOWED);
}

static FILE *open_file(const struct bench_place *place, const char *name, const char *mode)
{
	char path[PATH_SIZE];
	FILE *file;

	place_join(path, place->root, name);
	file = fopen(path, mode);
	if (!file)
		err(1, "%s", path);
	return file;
}

static void close_file(FILE *file)
{
	if (fclose(file) != 0)
		err(1, "fclose");
}

static void put_in_force(const struct bench_place *place, const char *build)
{
	char command[PATH_SIZE * 2];
	FILE *file;

	if (snprintf(command, sizeof(command), "mkdir -p %s/etc/sereno && cp /etc/passwd %s/etc",
		     place->root, place->root) < 0 ||
	    system(command) != 0)
		errx(1, "%s", command);
	file = open_file(place, "etc/sereno/policy.yaml", "we");
	fputs(policy, file);
	close_file(file);
	(void)snprintf(command, sizeof(command), "%s/sereno apply --root %s >/dev/null 2>&1", build,
		       place->root);
	if (system(command) != 0)
		errx(1, "%s", command);
}

static void make_stacks(const struct bench_place *place, const char *build)
{
	FILE *file = open_file(place, "pam.d/guard", "we");

	fprintf(file,
		"auth requisite %s/pam_sereno_guard.so root=%s\nauth required pam_permit.so\n"
		"account requisite %s/pam_sereno_guard.so\naccount required pam_permit.so\n",
		build, place->root, build);
	close_file(file);
	for (unsigned who = 0; who < GUARD; who++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "pam.d/%s", names[who]);
		file = open_file(place, name, "ae");
		fputs("account required pam_permit.so\n", file);
		close_file(file);
	}
}

/* A failure of long ago, of which pam_faillock keeps the file. */
static void leave_tally(const struct bench_place *place)
{
	char path[PATH_SIZE];

	(void)place_login(place, "failed");
	place_join(path, place->tally, FAILLOCK_USER);
	if (access(path, F_OK) < 0)
		err(1, "%s: pam_faillock has counted nothing", path);
}

/* guard_module ROOT NAME: one login, in the fresh process that this is. */
static int be_fresh(char **arguments)
{
	struct bench_place place;
	const int n = snprintf(place.root, sizeof(place.root), "%s", arguments[1]);

	if (n < 0 || (size_t)n >= sizeof(place.root))
		return 1;
	place_join(place.stacks, place.root, "pam.d");
	for (unsigned who = 0; who < CONTESTANTS; who++)
		if (strcmp(names[who], arguments[2]) == 0)
			log_in(&place, (enum contestant)who);
	return 0;
}

int main(int n, char **arguments)
{
	const char *build = getenv("O");
	struct bench_place place;
	double added[CONTESTANTS];
	bool met;

	if (n == 3)
		return be_fresh(arguments);
	if (!build || build[0] != '/')
		errx(2, "O is not an absolute path: use make bench");
	place_make(&place);
	put_in_force(&place, build);
	make_stacks(&place, build);
	leave_tally(&place);
	time_all(NULL, &place, ROUNDS, added);
	met = report("here", added);
	time_all(arguments[0], &place, FRESH_ROUNDS, added);
	met = report("fresh", added) && met;
	place_remove(&place);
	return !met;
}
