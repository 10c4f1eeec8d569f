/* SPDX-License-Identifier: MIT */
/*
 * media_decision.c - what one decision about a device takes: media_decision DIRECTORY RULES ROUNDS.
 *
 * Compiles a policy of so many rules by serial number into the empty DIRECTORY. Prints the medians
 * in microseconds of a decision with and without a rule that fits, and of the first one of a
 * handle, which also opens the rules; then the bytes a rule takes.
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <sereno/media.h>
#include <sereno/scoped.h>

#include "figure.h"

#define NOW INT64_C(1767225600) /* 2026-01-01T00:00Z */

static char *write_policy(size_t n)
{
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		err(1, "memory");
	fputs("sereno: 1\ntimezone: UTC\nroles:\n"
	      "  sysadmin: {members: [luis], allow: [{services: [login], from: [seat]}]}\n"
	      "media:\n  rules:\n"
	      "    - {name: sticks, device: {kind: storage}, roles: [sysadmin], access: encrypted}\n",
	      out);
	for (size_t i = 1; i < n; i++)
		fprintf(out,
			"    - {name: disk-%zu, device: {vendor: '0951', product: '1666', serial: "
			"[60A44C41%08zX]}, roles: [sysadmin], access: read-write}\n",
			i, i * 2654435761u % UINT32_MAX);
	if (fclose(out) != 0)
		err(1, "memory");
	return text;
}

static int no_group(void *context, const char *group, gid_t *ret)
{
	(void)context;
	(void)group;
	(void)ret;
	return -ENOENT;
}

static int any_user(void *context, const char *user, uid_t *ret)
{
	(void)context;
	(void)user;
	*ret = 1500;
	return 0;
}

static void compile(const char *directory, size_t n)
{
	scoped_free char *text = write_policy(n);
	const struct compile_inputs inputs = {
		.text = text,
		.text_length = strlen(text),
		.host = "bench",
		.now = NOW,
		.generation = 1,
		.group_id = no_group,
		.user_id = any_user,
	};
	struct diag_list diags = { 0 };
	struct model *model;
	int r = model_read("", text, inputs.text_length, NOW, &model, &diags);

	if (r == 0)
		r = policy_compile(model, &inputs, directory, &diags);
	if (r < 0)
		errx(1, "the policy does not compile: %s",
		     diags.n ? diags.item[0].text : strerror(-r));
	model_free(model);
	diag_clear(&diags);
}

static struct policy *open_policy(const char *directory)
{
	struct policy *policy;
	const int r = policy_open_in(directory, &policy);

	if (r < 0)
		errx(1, "%s: %s", directory, strerror(-r));
	return policy;
}

/* One decision; returns what it took. */
static double decide(struct policy *policy, const char *root, const struct device_facts *device,
		     enum media_access expected)
{
	static const char *const roles[] = { "sysadmin" };
	const struct media_subject subject = {
		.present = true, .user = "luis", .uid = 1500, .roles = roles, .n_roles = 1
	};
	const double start = figure_now_us();
	struct media_verdict verdict;
	struct media_case *media;
	double took;
	int r;

	r = media_load(policy, root, device, &media);
	if (r < 0)
		errx(1, "media_load: %s", strerror(-r));
	media_judge(media, device, &subject, NOW, &verdict);
	media_free(media);
	took = figure_now_us() - start;
	if (verdict.access != expected)
		errx(1, "decided %s", media_access_name(verdict.access));
	return took;
}

static double median(const char *directory, const struct device_facts *device,
		     enum media_access expected, size_t rounds)
{
	scoped(policy_close_p) struct policy *policy = open_policy(directory);
	scoped_free double *took = calloc(rounds, sizeof(*took));

	if (!took)
		err(1, "memory");
	for (size_t i = 0; i < 100; i++)
		(void)decide(policy, directory, device, expected);
	for (size_t i = 0; i < rounds; i++)
		took[i] = decide(policy, directory, device, expected);
	return figure_median(took, rounds);
}

static double median_first(const char *directory, const struct device_facts *device,
			   enum media_access expected, size_t rounds)
{
	scoped_free double *took = calloc(rounds, sizeof(*took));

	if (!took)
		err(1, "memory");
	for (size_t i = 0; i < rounds; i++) {
		scoped(policy_close_p) struct policy *policy = open_policy(directory);

		took[i] = decide(policy, directory, device, expected);
	}
	return figure_median(took, rounds);
}

static double bytes_of(const char *directory)
{
	scoped_free char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s/private.1.cdb", directory) < 0 || stat(path, &st) < 0)
		err(1, "private.1.cdb");
	return (double)st.st_size;
}

int main(int argc, char *argv[])
{
	const size_t n = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	const size_t rounds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct device_facts device = {
		.kinds = 1u << KIND_STORAGE, .has_ids = true, .vendor = 0x0951, .product = 0x1666
	};
	double match;

	if (n < 2 || rounds == 0)
		errx(2, "media_decision DIRECTORY RULES ROUNDS");
	compile(argv[1], n);
	(void)snprintf(device.serial, sizeof(device.serial), "60A44C41%08zX",
		       n / 2 * 2654435761u % UINT32_MAX);
	match = median(argv[1], &device, MEDIA_READ_WRITE, rounds);
	(void)snprintf(device.serial, sizeof(device.serial), "none of them");
	printf("%.3f %.3f %.3f %.0f\n", match, median(argv[1], &device, MEDIA_ENCRYPTED, rounds),
	       median_first(argv[1], &device, MEDIA_ENCRYPTED, rounds),
	       bytes_of(argv[1]) / (double)n);
	return 0;
}
