/* SPDX-License-Identifier: MIT */
/* key.c - tests: systemd-creds is not there, fails, hangs, answers nonsense; and the real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <sereno/scoped.h>

#include "key_creds.h"

#define LIMIT_MSEC    200
#define PATIENCE_MSEC 20000

struct scene {
	const void *row;
	char folder[64], program[96], secret[96];
	struct creds creds;
};

static int scene_begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	if (!scene)
		return -1;
	scene->row = *state;
	(void)snprintf(scene->folder, sizeof(scene->folder), "/tmp/sereno-key.XXXXXX");
	if (!mkdtemp(scene->folder))
		return -1;
	(void)snprintf(scene->program, sizeof(scene->program), "%s/creds", scene->folder);
	(void)snprintf(scene->secret, sizeof(scene->secret), "%s/secret", scene->folder);
	scene->creds = (struct creds){ .program = scene->program, .limit_msec = LIMIT_MSEC };
	*state = scene;
	return 0;
}

static int scene_end(void **state)
{
	struct scene *scene = *state;

	(void)unlink(scene->program);
	(void)unlink(scene->secret);
	(void)rmdir(scene->folder);
	free(scene);
	return 0;
}

/* A shell's lines in the place of systemd-creds. */
static void pretend(const struct scene *scene, const char *lines)
{
	FILE *file = fopen(scene->program, "w");

	assert_non_null(file);
	assert_true(fprintf(file, "#!/bin/sh\n%s\n", lines) > 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(scene->program, 0755), 0);
}

/* The checksum of these is right. */
static struct host_key_image sound_image(void)
{
	struct host_key_image image = { "serkey01" };

	for (uint8_t i = 0; i < 4; i++)
		image.bytes[8 + i] = (uint8_t)(i + 1);
	for (uint8_t i = 0; i < 32; i++)
		image.bytes[12 + i] = (uint8_t)(16 + i);
	memcpy(image.bytes + 44, "\x19\x7b\xb1\x7b", 4);
	assert_int_equal(host_key_image_check(&image), 0);
	return image;
}

/* clang-format off */
static const struct row {
	const char *name;
	const char *lines; /* NULL: there is no such program */
	int sealed, unsealed;
	const char *said;
} rows[] = {
	{ "it is not there",                NULL,                                         -ENOENT,    -ENOENT, "" },
	{ "it fails and says why",          "cat >/dev/null; { echo first; echo no TPM; echo; } >&2; exit 1",    -EIO,       -EIO, "no TPM" },
	{ "it fails and has said much",     "cat >/dev/null; { yes 0123456 | head -c 100000; echo last; } >&2; exit 1", -EIO, -EIO, "last" },
	{ "it fails after its output",      "cat; exit 1",                                -EIO,       -EIO, "" },
	{ "it dies",                        "kill -9 $$",                                 -EIO,       -EIO, "" },
	{ "it says nothing",                "cat >/dev/null",                             -EBADMSG,   -EBADMSG, "" },
	{ "it reads nothing",               "exit 0",                                     -EBADMSG,   -EBADMSG, "" },
	{ "it answers too much",            "yes | head -c 100000",                       -EFBIG,     -EBADMSG, "" },
	{ "it never ends to answer",        "yes",                                        -EFBIG,     -EBADMSG, "" },
	{ "it answers a byte too little",   "head -c 47",                                 0,          -EBADMSG, "" },
	{ "it answers a byte too many",     "cat; printf x",                              0,          -EBADMSG, "" },
	{ "it answers another key",         "cat >/dev/null; head -c 48 /dev/zero",       0,          -EBADMSG, "" },
	{ "it hangs",                       "exec sleep 60",                              -ETIMEDOUT, -ETIMEDOUT, "" },
	{ "it hangs with all closed",       "exec sleep 60 >&- 2>&-",                     -ETIMEDOUT, -ETIMEDOUT, "" },
	{ "it answers what it was given",   "cat",                                        0,          0, "" },
};
/* clang-format on */

static void check_row(void **state)
{
	struct scene *scene = *state;
	const struct row *row = scene->row;
	const struct host_key_image image = sound_image();
	struct host_key_image back = { { 0 } };
	struct creds_sealed sealed = { .length = 0 };

	if (row->lines)
		pretend(scene, row->lines);
	if (row->sealed != -ETIMEDOUT) /* a busy machine is no answer */
		scene->creds.limit_msec = PATIENCE_MSEC;
	assert_int_equal(creds_seal(&scene->creds, "name", CREDS_HOST, &image, &sealed),
			 row->sealed);
	assert_string_equal(scene->creds.said, row->said);
	memcpy(sealed.bytes, image.bytes, sizeof(image.bytes));
	sealed.length = sizeof(image.bytes);
	assert_int_equal(creds_unseal(&scene->creds, "name", &sealed, &back), row->unsealed);
	if (row->unsealed == 0)
		assert_memory_equal(back.bytes, image.bytes, sizeof(image.bytes));
	else
		assert_int_equal(back.bytes[0], 0);
}

/* What others can read of a process holds nothing of the key, nor does it inherit anything. */
static void nothing_to_be_read(void **state)
{
	struct scene *scene = *state;
	const struct host_key_image image = sound_image();
	struct creds_sealed sealed;

	pretend(scene,
		"exec 3>&- 2>/dev/null; { echo \"$*\"; tr '\\0' ' ' </proc/$$/environ; ls /proc/$$/fd; } | "
		"tr '\\n' ' '; cat >/dev/null");
	scene->creds.secret = scene->secret;
	assert_int_equal(setenv("SERENO_TEST", "leaks", 1), 0);
	assert_int_equal(creds_seal(&scene->creds, "name", CREDS_HOST_AND_TPM2, &image, &sealed),
			 0);
	assert_null(memmem(sealed.bytes, sealed.length, "serkey", 6));
	assert_null(memmem(sealed.bytes, sealed.length, "leaks", 5));
	sealed.bytes[sealed.length] = '\0';
	assert_non_null(
		strstr((const char *)sealed.bytes, "encrypt --name=name --with-key=host+tpm2"));
	assert_non_null(strstr((const char *)sealed.bytes, "SYSTEMD_CREDENTIAL_SECRET=/tmp/"));
}

static void has_tpm2(void **state)
{
	struct scene *scene = *state;

	assert_false(creds_has_tpm2(&scene->creds));
	pretend(scene, "echo partial; exit 7");
	assert_false(creds_has_tpm2(&scene->creds));
	pretend(scene, "[ \"$1\" = has-tpm2 ] && echo yes");
	assert_true(creds_has_tpm2(&scene->creds));
}

static void means(void **state)
{
	static const enum creds_means all[] = { CREDS_HOST, CREDS_TPM2, CREDS_HOST_AND_TPM2 };
	struct creds_sealed sealed = { .length = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		assert_int_equal(creds_means_of(creds_means_name(all[i])), all[i]);
	assert_int_equal(creds_means_of("unknown"), CREDS_UNKNOWN);
	assert_int_equal(creds_means_of("hos"), CREDS_UNKNOWN);
	assert_int_equal(creds_look(&sealed), CREDS_UNKNOWN);
	sealed.length = (size_t)snprintf((char *)sealed.bytes, sizeof(sealed.bytes),
					 "k6iUCUh0RJCQyvL8k8q1Uw");
	assert_int_equal(creds_look(&sealed), CREDS_HOST_AND_TPM2);
	sealed.length = 21;
	assert_int_equal(creds_look(&sealed), CREDS_UNKNOWN);
}

static void the_real_one(void **state)
{
	struct scene *scene = *state;
	const struct host_key_image image = sound_image();
	struct host_key_image back = { { 0 } };
	struct creds_sealed sealed;

	if (access("/usr/bin/systemd-creds", X_OK) < 0)
		skip();
	scene->creds = (struct creds){ .program = "/usr/bin/systemd-creds",
				       .secret = scene->secret,
				       .limit_msec = 10000 };
	assert_int_equal(creds_seal(&scene->creds, "name", CREDS_HOST, &image, &sealed), 0);
	assert_int_equal(creds_look(&sealed), CREDS_HOST);
	assert_int_equal(creds_unseal(&scene->creds, "name", &sealed, &back), 0);
	assert_memory_equal(back.bytes, image.bytes, sizeof(image.bytes));
	memset(&back, 0, sizeof(back));
	assert_int_equal(creds_unseal(&scene->creds, "another", &sealed, &back), -EIO);
	assert_int_equal(back.bytes[0], 0);
	assert_non_null(strstr(scene->creds.said, "name"));
	sealed.bytes[40] ^= 1;
	assert_int_equal(creds_unseal(&scene->creds, "name", &sealed, &back), -EIO);
}

static struct CMUnitTest a_test(const char *name, CMUnitTestFunction test, const void *row)
{
	return (struct CMUnitTest){ name, test, scene_begin, scene_end, (void *)(uintptr_t)row };
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 4];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[n++] = a_test(rows[i].name, check_row, &rows[i]);
	tests[n++] = a_test("nothing to be read by others", nothing_to_be_read, NULL);
	tests[n++] = a_test("whether there is a TPM2", has_tpm2, NULL);
	tests[n++] = a_test("the means", means, NULL);
	tests[n++] = a_test("the real systemd-creds", the_real_one, NULL);
	return _cmocka_run_group_tests("sealing the host key", tests, n, NULL, NULL);
}
