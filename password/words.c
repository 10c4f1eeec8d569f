/* SPDX-License-Identifier: MIT */
/* words.c - the words people build passwords on that no dictionary of English need hold. */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include <sereno/scoped.h>

#include "characters.h"

#define WALK_MIN      4 /* letters of a keyboard row that make a walk */
#define REMAINDER_MIN 4 /* letters to remain when a season is taken off */

/* clang-format off */
/* Sorted by bytes, for bsearch(3). */
static const char *const known[] = {
	"aaaa", "abc123", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abril", "acceso",
	"access", "admin", "adminadmin", "administrador", "administrateur", "administrator",
	"administratore", "adrian", "agosto", "alberto", "alejandro", "aleksandar", "alessandro",
	"amor", "amore", "amour", "ana", "andrea", "andrew", "angel", "antonio", "aout", "april",
	"aprile", "arbeit", "asdf", "asdzxc", "ashley", "athletic", "atletico", "august",
	"automne", "autumn", "autunno", "avgust", "avril", "azerty", "backup", "barca",
	"barcelona", "baseball", "batman", "bayern", "beatriz", "benutzer", "benvenuto",
	"beograd", "berlin", "betis", "bienvenida", "bienvenido", "bienvenidos", "bienvenue",
	"bonjour", "cambiame", "cambiar", "carlos", "carmen", "cetvrtak", "changeme", "charlie",
	"chiara", "ciao", "cisco", "clave", "claves", "company", "computer", "contrasena",
	"contrasenna", "cookie", "cristina", "daniel", "database", "david", "debian", "decembar",
	"december", "decembre", "default", "deutschland", "dezember", "dicembre", "diciembre",
	"diego", "dienstag", "dimanche", "dobrodosli", "domenica", "domingo", "donnerstag",
	"dragan", "dragon", "elena", "empresa", "enero", "entrar", "espana", "estate", "europa",
	"eva", "facebook", "febbraio", "febrero", "februar", "february", "fernando", "fevrier",
	"football", "france", "francesco", "francisco", "freedom", "freitag", "friday",
	"fruehling", "fruhling", "fuckyou", "futbol", "gast", "geheim", "gennaio", "george",
	"giovedi", "giugno", "giulia", "giuseppe", "google", "gost", "guest", "hallo", "hans",
	"hello", "herbst", "hiver", "hola", "ichliebedich", "iloveyou", "inter", "internet",
	"inverno", "invierno", "invitado", "irene", "isabel", "italia", "ivan", "ivana", "james",
	"januar", "january", "janvier", "javier", "jean", "jelena", "jennifer", "jesen",
	"jessica", "jetaime", "jeudi", "john", "jordan", "jorge", "jose", "joshua", "jovan",
	"juan", "jueves", "juillet", "juin", "juli", "julia", "julio", "july", "june", "juni",
	"junio", "jurgen", "juventus", "kennwort", "killer", "klaus", "korisnik", "laura",
	"lavoro", "letmein", "leto", "liebe", "linux", "ljubav", "login", "london", "lozinka",
	"lucia", "luglio", "luis", "lundi", "lunedi", "lunes", "madrid", "maerz", "maggio",
	"maj", "manuel", "march", "marco", "marcos", "mardi", "maria", "marie", "marko", "mars",
	"mart", "marta", "martedi", "martes", "marz", "marzo", "master", "matthew", "may",
	"mayo", "mercoledi", "mercredi", "michael", "microsoft", "miercoles", "miguel", "milan",
	"milica", "milos", "mittwoch", "monday", "monica", "monkey", "montag", "motdepasse",
	"napoli", "nedelja", "nicolas", "nikola", "ninja", "novembar", "november", "novembre",
	"noviembre", "nueva", "nuevo", "october", "octobre", "octubre", "office", "oficina",
	"oktobar", "oktober", "openup", "oracle", "ordenador", "oscar", "ospite", "otono",
	"ottobre", "pablo", "paris", "parola", "parole", "partizan", "pass", "passe",
	"passphrase", "passw", "passwd", "password", "passwort", "patricia", "paula", "pedro",
	"pepper", "petak", "petar", "peter", "pierre", "pilar", "pokemon", "ponedeljak", "posao",
	"primavera", "princesa", "princess", "printemps", "probe", "prolece", "prova", "prueba",
	"qazwsx", "qweasd", "qweasdzxc", "qwer", "qwerty", "qwertz", "raquel", "raul",
	"realmadrid", "rescue", "robert", "roma", "root", "rosa", "ruben", "sabado", "samedi",
	"samstag", "samsung", "sara", "saturday", "secret", "secreta", "secreto", "segreto",
	"septembar", "september", "septembre", "septiembre", "sergio", "server", "servidor",
	"setiembre", "settembre", "sevilla", "shadow", "sifra", "silvia", "sistema", "sistemas",
	"soccer", "sofia", "sommer", "sonntag", "spain", "spring", "srbija", "sreda", "stefan",
	"subota", "summer", "sunday", "sunshine", "superman", "superuser", "system", "tajna",
	"teamo", "temp", "temporal", "tequiero", "teresa", "test", "thomas", "thursday", "tiamo",
	"toor", "trabajo", "travail", "trustno", "tuesday", "ubuntu", "user", "usuario",
	"utente", "utorak", "valencia", "vendredi", "venerdi", "verano", "viernes", "vmware",
	"volimte", "wednesday", "welcome", "whatever", "william", "willkommen", "windows",
	"winter", "word", "zdravo", "zima", "zvezda", "zxcv", "август", "април", "београд",
	"децембар", "добродошли", "драган", "здраво", "зима", "лето", "лозинка", "марко", "март",
	"милан", "милош", "недеља", "никола", "новембар", "октобар", "петак", "понедељак",
	"пролеће", "септембар", "србија", "среда", "субота", "тајна", "уторак", "фебруар",
	"четвртак", "шифра", "јануар", "јесен", "јована", "јули", "јуни", "љубав",
};

/* Taken off the ends; the longer of two that end alike comes first. */
static const char *const seasons[] = {
	"donnerstag", "ponedeljak", "septiembre", "diciembre", "fruehling", "mercoledi",
	"miercoles", "noviembre", "primavera", "printemps", "septembar", "september",
	"septembre", "setiembre", "settembre", "wednesday", "понедељак", "септембар", "cetvrtak",
	"decembar", "december", "decembre", "dezember", "dicembre", "dienstag", "dimanche",
	"domenica", "febbraio", "february", "fruhling", "invierno", "mercredi", "mittwoch",
	"novembar", "november", "novembre", "saturday", "thursday", "vendredi", "децембар",
	"новембар", "четвртак", "automne", "autunno", "domingo", "febrero", "februar", "fevrier",
	"freitag", "gennaio", "giovedi", "inverno", "january", "janvier", "juillet", "martedi",
	"nedelja", "october", "octobre", "octubre", "oktobar", "oktober", "ottobre", "prolece",
	"samstag", "sonntag", "tuesday", "venerdi", "viernes", "октобар", "пролеће", "фебруар",
	"agosto", "aprile", "august", "autumn", "avgust", "estate", "friday", "giugno", "herbst",
	"januar", "jueves", "luglio", "lunedi", "maggio", "martes", "monday", "montag", "sabado",
	"samedi", "sommer", "spring", "subota", "summer", "sunday", "utorak", "verano", "winter",
	"август", "недеља", "субота", "уторак", "јануар", "abril", "april", "avril", "enero",
	"hiver", "jesen", "jeudi", "julio", "junio", "lundi", "lunes", "maerz", "march", "mardi",
	"marzo", "otono", "petak", "sreda", "април", "петак", "среда", "јесен", "aout", "juin",
	"juli", "july", "june", "juni", "leto", "mars", "mart", "marz", "mayo", "zima", "зима",
	"лето", "март", "јули", "јуни",
};

/* Rows of keyboards, and the columns people weave. */
static const char *const walks[] = {
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm",
	"qazwsxedcrfvtgbyhnujmikolp", "qweasdzxc", "qwerasdfzxcv", "abcdefghijklmnopqrstuvwxyz",
};
/* clang-format on */

static int compare_words(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool is_listed(const char *word)
{
	return bsearch(&word, known, ARRAY_SIZE(known), sizeof(known[0]), compare_words) != NULL;
}

/* The word said twice: adminadmin. @word is changed and restored. */
static bool is_twice_listed(char *word, size_t length)
{
	bool twice;
	char kept;

	if (length % 2 || memcmp(word, word + length / 2, length / 2) != 0)
		return false;
	kept = word[length / 2];
	word[length / 2] = '\0';
	twice = is_listed(word);
	word[length / 2] = kept;
	return twice;
}

static bool is_walk(const char *word, size_t length)
{
	if (length < WALK_MIN)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++)
		if (strstr(walks[i], word))
			return true;
	return false;
}

/* One or two different bytes however often: aaaaaaa, abababab. */
static bool is_monotonous(const char *word)
{
	const char pair[] = { word[0], word[1], '\0' };

	return word[strspn(word, pair)] == '\0';
}

static void reverse_bytes(char *word, size_t length)
{
	for (size_t i = 0; i < length / 2; i++) {
		const char byte = word[i];

		word[i] = word[length - 1 - i];
		word[length - 1 - i] = byte;
	}
}

bool word_is_known(const char *base)
{
	char word[STRENGTH_BASE_MAX];
	const size_t length = strnlen(base, sizeof(word) - 1);
	bool is_known;

	if (length == 0)
		return false;
	memcpy(word, base, length);
	word[length] = '\0';
	is_known = is_listed(word) || is_twice_listed(word, length) || is_walk(word, length) ||
		   is_monotonous(word);
	reverse_bytes(word, length); /* reversed bytes of UTF-8 match nothing, which is harmless */
	is_known = is_known || is_listed(word) || is_walk(word, length);
	explicit_bzero(word, sizeof(word));
	return is_known;
}

static size_t count_characters(const char *bytes, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)bytes[i] & 0xC0) != 0x80;
	return n;
}

/* Take @season off one end of @base where a word remains. Returns the new length. */
static size_t take_off(char *base, size_t length, const char *season)
{
	const size_t n = strlen(season);

	if (length <= n)
		return length;
	if (strcmp(base + length - n, season) == 0 &&
	    count_characters(base, length - n) >= REMAINDER_MIN) {
		explicit_bzero(base + length - n, n);
		return length - n;
	}
	if (memcmp(base, season, n) == 0 &&
	    count_characters(base + n, length - n) >= REMAINDER_MIN) {
		memmove(base, base + n, length - n + 1);
		return length - n;
	}
	return length;
}

size_t word_without_season(char *base)
{
	size_t length = strlen(base), before;

	do {
		before = length;
		for (size_t i = 0; i < ARRAY_SIZE(seasons); i++)
			length = take_off(base, length, seasons[i]);
	} while (length < before);
	return length;
}
