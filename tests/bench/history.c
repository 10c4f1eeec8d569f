/* SPDX-License-Identifier: MIT */
/* history.c - what it costs to look into a history of 24 passwords, beside one of 1 and two hashes.
 */
#include <crypt.h>
#include <err.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/history.h>
#include <sereno/scoped.h>

#include "figure.h"

#define ROUNDS	41
#define ENTRIES 24

static char root[] = "/tmp/sereno-bench-XXXXXX";

static void make_root(void)
{
	char command[256];

	if (!mkdtemp(root) || chmod(root, 0755) < 0)
		err(1, "mkdtemp");
	(void)snprintf(command, sizeof(command),
		       "mkdir -p %s/etc %s/var/lib/sereno && "
		       "echo 0123456789abcdef0123456789abcdef >%s/etc/machine-id",
		       root, root, root);
	if (system(command) != 0)
		errx(1, "cannot lay out %s", root);
}

static void remove_root(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -r %s", root);
	if (system(command) != 0)
		warnx("%s stays behind", root);
}

/* Judge, and commit if @commits. Returns the time for judging. */
static double change(uid_t uid, const char *candidate, bool commits)
{
	const struct history_change change = {
		.user = "marta",
		.uid = uid,
		.candidate = candidate,
		.keep = { .entries = ENTRIES },
		.now = 1750000000,
	};
	struct history_token *token = NULL;
	enum history_answer answer;
	const double start = figure_now_us();
	double took;

	if (history_judge(root, &change, &token, &answer) < 0)
		errx(1, "history_judge");
	took = figure_now_us() - start;
	if (commits && history_commit(root, token) < 0)
		errx(1, "history_commit");
	history_token_free(token);
	return took;
}

static double hash_twice(struct crypt_data *data)
{
	const double start = figure_now_us();

	for (int i = 0; i < 2; i++) {
		memset(data, 0, sizeof(*data));
		if (!crypt_r("Kwq-some-9", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1", data))
			err(1, "crypt_r");
	}
	return figure_now_us() - start;
}

int main(void)
{
	static struct crypt_data data;
	double many[ROUNDS], one[ROUNDS], hashes[ROUNDS], by_one[ROUNDS], by_hashes[ROUNDS];
	char password[32];
	bool met;

	make_root();
	(void)change(1001, "Zvt-first-7", true);
	for (int i = 0; i < ENTRIES; i++) {
		(void)snprintf(password, sizeof(password), "Zvt-word-%d", i);
		(void)change(1024, password, true);
	}
	for (size_t i = 0; i < ROUNDS; i++) {
		one[i] = change(1001, "Kwq-other-9", false);
		many[i] = change(1024, "Kwq-other-9", false);
		hashes[i] = hash_twice(&data);
		by_one[i] = many[i] / one[i];
		by_hashes[i] = many[i] / hashes[i];
	}
	remove_root();
	figure_beside("history-of-24", figure_median(many, ROUNDS) / 1e3, "ms");
	figure_beside("history-of-1", figure_median(one, ROUNDS) / 1e3, "ms");
	figure_beside("two-yescrypt-runs", figure_median(hashes, ROUNDS) / 1e3, "ms");
	met = figure_print("history-of-24-by-1", figure_median(by_one, ROUNDS), "times", 1.1);
	return !(figure_print("history-of-24-by-two-hashes", figure_median(by_hashes, ROUNDS),
			      "times", 1.15) &&
		 met);
}
