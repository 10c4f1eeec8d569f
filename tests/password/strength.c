/* SPDX-License-Identifier: MIT */
/* strength.c - every reason against a password, and none against a good one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sereno/blocklist.h>
#include <sereno/scoped.h>
#include <sereno/strength.h>

#include "judge.h"

#define BIT(fault) (1U << STRENGTH_##fault)

static const char *const listed[] = { "dacartec", "R2D2unit", "zzz" };

static const struct strength_rules strict = {
	.min_length = 10,
	.min_classes = 3,
	.max_repeat = 3,
	.differs_by = 5,
	.dictionary = true,
	.not_containing = listed,
	.n_not_containing = ARRAY_SIZE(listed),
};

static const struct strength_rules lax = { .min_length = 8, .dictionary = true };
static const struct strength_rules none = { .min_length = 0 };

static const struct strength_person marta = { "mgarcia7", "Marta Garc\u00eda L\u00f3pez,Room 12" };
static const struct strength_person ana = { "ana", "Li Wu" };

/* clang-format off */
static const struct row {
	const char *name, *password, *old;
	const struct strength_rules *rules;
	const struct strength_person *person;
	unsigned must, may; /* faults that must be there; others that may */
} rows[] = {
	/* what scores well elsewhere and is guessed first */
	{ "leet and year", "P@ssw0rd2024!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "word and 123", "Password123!", NULL, &strict, &marta, BIT(KNOWN_BASE), BIT(DICTIONARY) },
	{ "season and year", "Verano2025!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "town and year", "Madrid2025!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "admin", "Admin@2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "year first", "2025#Invierno", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "month in German", "M\u00e4rz!2025!!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "day in Italian", "Venerd\u00ec-2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "season in Serbian", "\u041f\u0440\u043e\u043b\u0435\u045b\u0435!2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "accents", "Contrase\u00f1a_2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "one is l", "We1come*2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "leet at the end", "B@rcelon@2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "leet, most of it at the end", "F0rtr3$$2025!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "leet at the start", "4dm1n#9876.", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "separators inside", "Pass-word_2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "digits inside", "Pass123word!!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "year inside", "Pass2024word!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "town and season", "MadridVerano25!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "keyboard row", "Qwertyuiop[1]", NULL, &strict, &marta, BIT(KNOWN_BASE), BIT(DICTIONARY) },
	{ "keyboard columns", "1Qaz2Wsx3Edc!", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "backwards", "Drowssap-2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "twice", "Adminadmin#1#", NULL, &strict, &marta, BIT(KNOWN_BASE), BIT(REPEATS) },
	{ "plural", "Elephants!2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "full-width letters", "\uff30assword#25#", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "short base", "Xy!2025!2025", NULL, &strict, &marta, BIT(KNOWN_BASE), 0 },
	{ "no letters", "2025!2025!2024", NULL, &lax, &marta, BIT(KNOWN_BASE), 0 },
	{ "same letter", "Aaaaaaaaaaaa", NULL, &lax, &marta, BIT(KNOWN_BASE) | BIT(SEQUENCE), BIT(DICTIONARY) },
	{ "a word", "elephant", NULL, &lax, &marta, BIT(DICTIONARY) | BIT(KNOWN_BASE), 0 },
	{ "a word with a tail", "Elephant5?", NULL, &lax, &marta, BIT(DICTIONARY) | BIT(KNOWN_BASE), 0 },

	/* who it is for, and listed words */
	{ "user", "xK-mgarcia7-Q4w", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "user in capitals", "xK-MGARCIA7-q4w", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "first name in leet", "xK!M4rt@-Q4wzz", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "accent left out", "9Lopez%kw3Vq", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "combining accent", "9Lo\u0301pez%kw3Vq", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "name backwards", "kW8%atraM%vq3", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "name with separators", "kW8 m.a.r.t.a vq3", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "office in GECOS", "kW8%ro0m%vq3Z", NULL, &strict, &marta, BIT(CONTAINS_NAME), 0 },
	{ "short user as a whole", "Ana!2025!2025", NULL, &strict, &ana, BIT(CONTAINS_NAME) | BIT(KNOWN_BASE), 0 },
	{ "short user in a word", "Kbanana%vq3Z8w", NULL, &strict, &ana, 0, 0 },
	{ "short names in GECOS", "Kwuli%vq3Z8wx", NULL, &strict, &ana, 0, 0 },
	{ "listed word", "kW8-DaCarTec-vq3", NULL, &strict, &marta, BIT(CONTAINS_WORD), 0 },
	{ "listed word in leet", "kW8-d4c@rt3c-vq3", NULL, &strict, &marta, BIT(CONTAINS_WORD), 0 },
	{ "listed word with digits", "kW8-r2d2UNIT-vq3", NULL, &strict, &marta, BIT(CONTAINS_WORD), 0 },
	{ "short listed word as a whole", "Zzz!2025!20", NULL, &strict, &marta, BIT(CONTAINS_WORD) | BIT(KNOWN_BASE), 0 },
	{ "short listed word in a word", "kWzzzqP8-vq3x", NULL, &strict, &marta, 0, 0 },

	/* form */
	{ "too short", "kW8-vq3xZ", NULL, &strict, &marta, BIT(TOO_SHORT), 0 },
	{ "ten characters", "kW8-vq3xZp", NULL, &strict, &marta, 0, 0 },
	{ "characters, not bytes", "\u00f1\u00e1\u00e9\u00cdK8-q\u00fc", NULL, &strict, &marta, BIT(TOO_SHORT), 0 },
	{ "ten with accents", "\u00f1\u00e1x\u00e9\u00cdK8-q\u00fc", NULL, &strict, &marta, 0, 0 },
	{ "two classes", "kwqvtzpqfhjx84", NULL, &strict, &marta, BIT(TOO_FEW_CLASSES), 0 },
	{ "accented capital is one", "kwqvtzpq\u00c9hjx84", NULL, &strict, &marta, 0, 0 },
	{ "four in a row", "kW8-vvvvq3xZp", NULL, &strict, &marta, BIT(REPEATS), 0 },
	{ "three in a row", "kW8-vvvq3xZp", NULL, &strict, &marta, 0, 0 },
	{ "run", "kW8-efghi-q3", NULL, &strict, &marta, BIT(SEQUENCE), 0 },
	{ "run of four", "kW8-efgh-q3z", NULL, &strict, &marta, 0, 0 },
	{ "palindrome", "kW8-vq3qv-8Wk", NULL, &strict, &marta, BIT(SEQUENCE), BIT(KNOWN_BASE) },
	{ "empty", "", NULL, &none, &marta, BIT(TOO_SHORT), 0 },
	{ "empty, all rules", "", NULL, &strict, &marta, BIT(TOO_SHORT) | BIT(TOO_FEW_CLASSES), BIT(KNOWN_BASE) | BIT(SEQUENCE) },

	/* the old one */
	{ "one digit changed", "kW8-vq3xZp1", "kW8-vq3xZp2", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "four inserted", "kW8-vq3xZpTgRw", "kW8-vq3xZp", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "five inserted", "kW8-vq3xZpTgRwM", "kW8-vq3xZp", &strict, &marta, 0, 0 },
	{ "five accents changed", "\u00e1\u00e9\u00ed\u00f3\u00fa-qK8w", "aeiou-qK8w", &strict, &marta, 0, BIT(KNOWN_BASE) },
	{ "four accents changed", "\u00e1\u00e9\u00ed\u00f3u-qK8wz", "aeiou-qK8wz", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "case changes", "KW8-VQ3XZPm", "kw8-vq3xzpM", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "turned round", "-vq3xZpkW8t", "kW8t-vq3xZp", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "the same", "kW8-vq3xZp", "kW8-vq3xZp", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "old one not UTF-8", "kW8-vq3xZp", "kW8-vq3xZ\xf1", &strict, &marta, BIT(TOO_SIMILAR), 0 },
	{ "old one empty", "kW8-vq3xZp", "", &strict, &marta, 0, 0 },
	{ "no limit", "kW8-vq3xZp", "kW8-vq3xZp", &lax, &marta, 0, 0 },

	/* no text */
	{ "not UTF-8", "kW8-vq3xZ\xf1", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "cut in a character", "kW8-vq3xZ\xc3", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "overlong form", "kW8-vq3xZ\xc0\xaf", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "surrogate", "kW8-vq3xZ\xed\xa0\x80", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "beyond Unicode", "kW8-vq3xZ\xf4\x90\x80\x80", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "control", "kW8-vq3\x1bxZp", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "tabulator", "kW8-vq3\txZp", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },
	{ "control of Latin-1", "kW8-vq3\xc2\x85xZp", NULL, &strict, &marta, BIT(NOT_TEXT), 0 },

	/* good ones */
	{ "passphrase", "correct Horse battery 7 staple", NULL, &strict, &marta, 0, 0 },
	{ "passphrase, small letters", "correct horse battery staple", NULL, &lax, &marta, 0, 0 },
	{ "passphrase in Spanish", "el gato de mi t\u00eda 3 come Higos", NULL, &strict, &marta, 0, 0 },
	{ "passphrase with a short name in it", "the ana tree has Nine 9 apples", NULL, &strict, &ana, 0, 0 },
	{ "passphrase with neighbours of the alphabet", "honors-coasted-frostbite-baboon", NULL, &lax, &marta, 0, 0 },
	{ "passphrase with hyphens", "Trestle-umbra-fjord-94", NULL, &strict, &marta, 0, 0 },
	{ "random 12", "x7#kQ9mm!vLs", NULL, &strict, &marta, 0, 0 },
	{ "random 16", "Zt4vY-m2Kp_wRq8d", NULL, &strict, &marta, 0, 0 },
	{ "random 12 of few letters", "7#4!k92%5&8+", NULL, &none, &marta, 0, 0 },
	{ "Cyrillic passphrase", "\u0441\u0438\u0432\u0430 \u043c\u0430\u0447\u043a\u0430 \u0421\u043f\u0430\u0432\u0430 7 \u0441\u0430\u0442\u0438", NULL, &strict, &marta, 0, 0 },
	{ "Chinese", "\u6211\u559c\u6b22\u559d\u7eff\u8336-7k", NULL, &none, &marta, 0, 0 },
	{ "every reason at once", "Marta1111", "Marta1112", &strict, &marta,
	  BIT(TOO_SHORT) | BIT(REPEATS) | BIT(TOO_SIMILAR) | BIT(CONTAINS_NAME) | BIT(KNOWN_BASE), BIT(DICTIONARY) | BIT(SEQUENCE) },
};
/* clang-format on */

static void check_row(void **state)
{
	const struct row *row = *state;
	struct strength_verdict verdict;

	assert_int_equal(strength_judge(row->rules, row->person, row->password, row->old, &verdict),
			 0);
	if ((verdict.faults & row->must) != row->must || verdict.faults & ~(row->must | row->may))
		for (unsigned i = 0; i < STRENGTH_FAULTS; i++)
			if (verdict.faults & 1U << i)
				print_message("%s: %s\n", row->password, strength_text(i));
	assert_int_equal(verdict.faults & row->must, row->must);
	assert_int_equal(verdict.faults & ~(row->must | row->may), 0);
	assert_int_equal(!!(verdict.faults & BIT(CONTAINS_WORD)), verdict.word != NULL);
}

static void measures(void **state)
{
	const struct strength_rules rules = { .differs_by = 1 };
	struct strength_verdict verdict;

	(void)state;
	assert_int_equal(strength_judge(&rules, &marta, "\u00f1\u00c9x-7", "kitten", &verdict), 0);
	assert_int_equal(verdict.length, 5);
	assert_int_equal(verdict.classes, 4);
	assert_int_equal(verdict.differs, 6);
	assert_int_equal(strength_judge(&rules, &marta, "sitting", "kitten", &verdict), 0);
	assert_int_equal(verdict.differs, 3);
}

/* A long good text of @n characters of @size bytes. */
static char *long_text(size_t n, const char *character)
{
	char *text = malloc(n * strlen(character) + 1);

	assert_non_null(text);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * strlen(character), character, strlen(character) + 1);
	return text;
}

static void lengths(void **state)
{
	static const struct {
		size_t n;
		const char *character;
		unsigned faults;
	} cases[] = {
		{ 256, "k", 0 },      { 257, "k", BIT(TOO_LONG) },	{ 600, "k", BIT(TOO_LONG) },
		{ 255, "\u00e9", 0 }, { 256, "\u00e9", BIT(TOO_LONG) }, /* 512 bytes */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scoped_free char *text = long_text(cases[i].n, cases[i].character);
		struct strength_verdict verdict;

		assert_int_equal(strength_judge(&none, &marta, text, NULL, &verdict), 0);
		assert_int_equal(verdict.faults & ~BIT(SEQUENCE), cases[i].faults);
	}
}

static void texts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STRENGTH_FAULTS; i++) {
		const char *text = strength_text(i);
		const char *percent = strchr(text, '%');

		assert_true(strlen(text) > 10);
		assert_true(!percent || percent[1] == 'u' || percent[1] == 's');
		assert_true(!percent || !strchr(percent + 1, '%'));
	}
	assert_string_equal(strength_text(STRENGTH_FAULTS), "");
}

static int judge_with(const char *dictionary, struct strength_verdict *verdict)
{
	const struct strength_question question = {
		.rules = &strict,
		.person = &marta,
		.candidate = "Verano5",
		.dictionary = dictionary,
	};

	return question_judge(&question, verdict);
}

static void write_file(const char *path, mode_t mode, const char *text)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* The dictionary missing, open to others, damaged: an error, and the other reasons all the same. */
static void dictionaries(void **state)
{
	char dir[] = "/tmp/sereno-dictionary-XXXXXX", path[64], words[80], index[80];
	const unsigned found = BIT(TOO_SHORT) | BIT(KNOWN_BASE);
	struct strength_verdict verdict;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/d", dir);
	(void)snprintf(words, sizeof(words), "%s.pwd", path);
	(void)snprintf(index, sizeof(index), "%s.pwi", path);
	assert_int_equal(judge_with(path, &verdict), -ENOENT);
	assert_int_equal(verdict.faults, found);
	write_file(words, 0644, "");
	write_file(index, 0644, "rubbish");
	assert_int_equal(judge_with(path, &verdict), -EBADMSG);
	write_file(words, 0644, "rubbish");
	assert_int_equal(judge_with(path, &verdict), -EBADMSG);
	assert_int_equal(verdict.faults, found);
	assert_int_equal(chmod(words, 0664), 0);
	assert_int_equal(judge_with(path, &verdict), -EPERM);
	assert_int_equal(unlink(words), 0);
	assert_int_equal(unlink(index), 0);
	assert_int_equal(mkdir(words, 0755), 0);
	assert_int_equal(judge_with(path, &verdict), -EPERM);
	assert_int_equal(rmdir(words), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void blocklist_missing(void **state)
{
	const struct strength_rules rules = { .min_length = 8, .blocklist = "/nowhere/list" };
	struct strength_verdict verdict;

	(void)state;
	assert_int_equal(strength_judge(&rules, &marta, "short", NULL, &verdict), -ENOENT);
	assert_int_equal(verdict.faults, BIT(TOO_SHORT));
}

/* What leaked is refused whatever its form; without dictionary: yes, bases are not looked at. */
static void leaked(void **state)
{
	char dir[] = "/tmp/sereno-leaked-XXXXXX", in[64], out[64];
	struct strength_rules rules = { .min_length = 8 };
	struct strength_verdict verdict;
	uint64_t line;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(in, sizeof(in), "%s/in", dir);
	(void)snprintf(out, sizeof(out), "%s/out", dir);
	write_file(in, 0644, "x7#kQ9mm!vLs\nVerano2025!\n");
	assert_int_equal(blocklist_build(in, out, 0, NULL, NULL, &line), 0);
	assert_int_equal(strength_judge(&rules, &marta, "Verano2025!", NULL, &verdict), 0);
	assert_int_equal(verdict.faults, 0);
	rules.blocklist = out;
	assert_int_equal(strength_judge(&rules, &marta, "Verano2025!", NULL, &verdict), 0);
	assert_int_equal(verdict.faults, BIT(LEAKED));
	assert_int_equal(strength_judge(&rules, &marta, "Verano2026!", NULL, &verdict), 0);
	assert_int_equal(verdict.faults, 0);
	rules.dictionary = true;
	assert_int_equal(strength_judge(&rules, &marta, "Verano2025!", NULL, &verdict), 0);
	assert_int_equal(verdict.faults, BIT(LEAKED) | BIT(KNOWN_BASE));
	assert_int_equal(unlink(in), 0);
	assert_int_equal(unlink(out), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* A caller without an entry in the password file can be judged, too. */
static void uid_without_entry(void **state)
{
	struct strength_verdict verdict;
	int status;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(54321) < 0)
			_exit(2);
		_exit(strength_judge(&strict, &marta, "x7#kQ9mm!vLs", NULL, &verdict) != 0 ||
		      verdict.faults != 0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Of random passwords next to none may be refused. */
static void random_ones(void **state)
{
	static const char alphabet[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"!#%&()*+,-./:;<=>?@[]_{}";
	const struct strength_rules rules = { .min_length = 12, .dictionary = true };
	unsigned refused = 0, seed = 20250301;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct strength_verdict verdict;
		char password[13] = "";

		for (size_t k = 0; k < 12; k++) {
			seed = seed * 1103515245U + 12345U;
			password[k] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		assert_int_equal(strength_judge(&rules, &marta, password, NULL, &verdict), 0);
		refused += verdict.faults != 0;
		if (verdict.faults)
			print_message("refused: %s %x\n", password, verdict.faults);
	}
	assert_true(refused <= 1);
}

static void bases(void **state)
{
	static const struct {
		const char *password, *base;
	} cases[] = {
		{ "P@ssw0rd2024!", "password" },
		{ "Verano2025!", "verano" },
		{ "Verano2026!!", "verano" },
		{ "MadridVerano2025", "madrid" },
		{ "2025InviernoMadrid", "madrid" },
		{ "Contrase\u00d1a-1", "contrasena" },
		{ "x2019y", "xy" },
		{ "x20199y", "xzoiggy" },
		{ "12345678", "" },
		{ "", "" },
		{ "!!", "" },
		{ "a", "a" },
		{ "\xff", "" },
		{ "\u041b\u0415\u0422\u041e 2025", "\u043b\u0435\u0442\u043e" },
	};
	char base[STRENGTH_BASE_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(strength_base(cases[i].password, base), strlen(cases[i].base));
		assert_string_equal(base, cases[i].base);
	}
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(measures),
		cmocka_unit_test(lengths),
		cmocka_unit_test(texts),
		cmocka_unit_test(dictionaries),
		cmocka_unit_test(blocklist_missing),
		cmocka_unit_test(uid_without_entry),
		cmocka_unit_test(random_ones),
		cmocka_unit_test(bases),
		cmocka_unit_test(leaked),
	};
	struct CMUnitTest tests[ARRAY_SIZE(rows)];
	int failed;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = check_row,
						.initial_state = (void *)(uintptr_t)&rows[i] };
	failed = cmocka_run_group_tests_name("password strength, row by row", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("password strength", others, NULL, NULL);
}
