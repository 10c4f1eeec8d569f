/* SPDX-License-Identifier: MIT */
/* main.c - the command sereno: a table of commands, their help, and the way to each. */
#include <locale.h>
#include <string.h>

#include <sereno/diag.h>
#include <sereno/scoped.h>

#include "commands.h"
#include "escape.h"

#define SERENO_VERSION "0.1"

struct command {
	const char *name, *arguments, *summary;
	const char *details; /* what, exit status, examples */
	unsigned options;    /* enum option_bit */
	enum operand operand;
	enum exit_status (*run)(const struct options *options, const struct output *output);
};

/* clang-format off */
static const struct command commands[] = {
	{ "check", N_("[FILE]"), N_("report every fault in a policy file"),
	  N_("Reads FILE (/etc/sereno/policy.yaml when left out) and prints every fault as\n"
	     "FILE:LINE:COLUMN: message. Nothing is changed. Exit status: 0 no fault, 1 faults.\n\n"
	     "  sereno check\n"
	     "  sereno check draft.yaml --accounts    also ask LDAP and the like for the members\n"
	     "  sereno check --services               how each service of this host is judged\n"
	     "  sereno check --present                would a device be refused that this host needs?\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_ACCOUNTS | OPTION_SERVICES | OPTION_PRESENT, OPERAND_OPTIONAL, check_run },
	{ "apply", N_("[FILE]"), N_("put a policy file in force, all or nothing"),
	  N_("Checks FILE (/etc/sereno/policy.yaml when left out), says who would lose what, and puts\n"
	     "it in force. Refuses when you yourself, or too few administrators, could not come in\n"
	     "again, when a break-glass account is broken, and when a device that is plugged in would be\n"
	     "refused though this host needs it: the last keyboard, a disk of the system, the way to the\n"
	     "network. Exit status: 0 in force, 1 refused.\n\n"
	     "  sereno apply --dry-run                everything but the change\n"
	     "  sereno apply\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_DRY_RUN | OPTION_ALL, OPERAND_OPTIONAL, apply_run },
	{ "diff", N_("[FILE]"), N_("compare a policy file with what is in force"),
	  N_("Prints what FILE (/etc/sereno/policy.yaml when left out) takes away (-) and adds (+),\n"
	     "key by key; comments and layout do not matter. Exit status: 0 the same, 1 different.\n\n"
	     "  sereno diff\n"),
	  OPTION_JSON | OPTION_ROOT, OPERAND_OPTIONAL, diff_run },
	{ "explain", N_("USER --service SERVICE --from ORIGIN"), N_("why somebody is let in or not"),
	  N_("The decision of the policy in force, and for each rule of the roles that USER holds the\n"
	     "first condition that fails. For sudo, su and polkit-1, USER is who asks, and ORIGIN that\n"
	     "of the login he is in. Exit status: 0 allowed, 1 refused.\n\n"
	     "  sereno explain ana --service sshd --from 10.20.3.4\n"
	     "  sereno explain ana --service sudo --from seat --at 2026-03-01T22:10\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_SERVICE | OPTION_FROM | OPTION_AT | OPTION_MET | OPTION_ALL,
	  OPERAND_REQUIRED, explain_run },
	{ "who", N_("[SERVICE]"), N_("who may do what, from where, when"),
	  N_("One row for each user and rule of the policy in force, members of Unix groups included.\n"
	     "Exit status: 0 somebody, 1 nobody.\n\n"
	     "  sereno who sshd\n"
	     "  sereno who --at 2026-12-31T12:00      as it will be then\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_AT, OPERAND_OPTIONAL, who_run },
	{ "status", "", N_("what is in force, and what needs attention"),
	  N_("Exit status: 0 a policy is in force and nothing is overdue, 1 otherwise.\n\n"
	     "  sereno status\n"),
	  OPTION_JSON | OPTION_ROOT, OPERAND_NONE, status_run },
	{ "attempts", N_("[USER]"), N_("who has to wait for his next password or code"),
	  N_("Wrong passwords and codes by account and origin, since when they count, and until when\n"
	     "nothing more is checked. OPEN is being checked right now. Exit status: 0 nobody waits,\n"
	     "1 somebody does.\n\n"
	     "  sereno attempts\n"
	     "  sereno attempts ana                   with the places she usually comes from\n"),
	  OPTION_JSON | OPTION_ROOT, OPERAND_OPTIONAL, attempts_run },
	{ "unlock", N_("USER"), N_("forget the wrong passwords and codes of an account"),
	  N_("Delays and locks of USER end at once, from every origin; also where the record is damaged.\n"
	     "Exit status: 0 done.\n\n"
	     "  sereno unlock ana\n"),
	  OPTION_ROOT | OPTION_DRY_RUN, OPERAND_REQUIRED, unlock_run },
	{ "password", N_("check | expire USER | expire --all"), N_("judge passwords, or let them be changed"),
	  N_("check reads candidates from standard input, one a line (on a terminal it asks, without\n"
	     "showing what is typed), and says what the policy in force has against each: never on the\n"
	     "command line, where everybody can read it. The history is not asked. Exit status: 0 all\n"
	     "may be used, 1 some may not.\n"
	     "expire lets USER, or every person, choose a new password at the next login with it.\n\n"
	     "  sereno password check --user ana\n"
	     "  sereno password expire ana\n"
	     "  sereno password expire --all --dry-run\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_USER | OPTION_EVERYONE | OPTION_DRY_RUN, OPERAND_PAIR, password_run },
	{ "otp", N_("enrol | status | verify | resync | recovery | remove | reset | ticket | import"),
	  N_("second factors: codes of a phone"),
	  N_("For root, with the name of a USER; without root for one's own, through serenod: enrol,\n"
	     "status, verify, resync and recovery. Codes are read from standard input and not shown;\n"
	     "secrets are shown once, on a terminal.\n"
	     "enrol shows a QR code, and takes the token when a code of it is typed. verify uses the\n"
	     "code up. resync takes two codes in a row of a phone whose clock is off. recovery makes\n"
	     "new recovery codes. remove takes tokens away, reset a record that is lost. A ticket lets\n"
	     "USER enrol at his next login. import takes the tokens that people have elsewhere, --from\n"
	     "google-authenticator (a user's file), oath (a usersfile) or uri (otpauth://...).\n"
	     "Exit status: 0 done, right, all well; 1 wrong, refused, nothing there.\n\n"
	     "  sereno otp enrol ana\n"
	     "  sereno otp status\n"
	     "  sereno otp ticket ana --valid 1d\n"
	     "  sereno otp remove ana --label phone --dry-run\n"
	     "  sereno otp import --from google-authenticator --user ana /home/ana/.google_authenticator\n"
	     "  sereno otp import --from oath /etc/users.oath --dry-run\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_USER | OPTION_LABEL | OPTION_ASCII | OPTION_SHOW_SECRET | OPTION_VALID |
	  OPTION_SOURCE | OPTION_DRY_RUN, OPERAND_PAIR, otp_run },
	{ "key", N_("seal | unseal | load | status"), N_("how the secrets on this host's disk are kept"),
	  N_("The host key protects the tokens and former passwords in /var/lib/sereno. seal encrypts it by\n"
	     "systemd-creds, with this host's secret or its TPM2, sees that it can be had back, and only\n"
	     "then takes the plain one away; sereno-key.service unseals it into memory at each boot, by\n"
	     "load. unseal puts the plain one back. Exit status: 0 done; 1 refused, or status has\n"
	     "something to be done.\n\n"
	     "  sereno key status\n"
	     "  sereno key seal --with tpm2\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_WITH | OPTION_DRY_RUN, OPERAND_PAIR, key_run },
	{ "blocklist", N_("build FILE"), N_("make the list of leaked passwords"),
	  N_("Reads FILE (- is standard input): lines HASH:COUNT with SHA-1 hashes, as they are published\n"
	     "ordered by hash, or plain words, one a line. Writes one sorted file, which password:\n"
	     "blocklist: names. Exit status: 0 written.\n\n"
	     "  sereno blocklist build pwned-passwords-sha1-ordered-by-hash.txt --min-count 100\n"),
	  OPTION_ROOT | OPTION_MIN_COUNT | OPTION_OUTPUT, OPERAND_PAIR, blocklist_run },
	{ "renew", N_("USER"), N_("let in again who was away for too long"),
	  N_("Inactivity (accounts: inactive-after:) counts anew from now. Exit status: 0 done.\n\n"
	     "  sereno renew pepe\n"),
	  OPTION_ROOT, OPERAND_REQUIRED, renew_run },
	{ "grant", N_("USER ROLE --for DURATION | --until TIME --reason TEXT"), N_("give somebody a role for a time"),
	  N_("Writes into the register who granted what to whom, until when and why; the next login, and\n"
	     "each new process, sees it. The policy is not touched. Nobody grants to himself, nor to\n"
	     "another account of his own (accounts.persons); who grants is who logged in, not root.\n"
	     "Exit status: 0 granted, 1 refused.\n\n"
	     "  sereno grant ana dba --for 4h --reason 'restore of pg-01'\n"
	     "  sereno grant ext-jose contractor --until 2026-12-31T18:00 --reason 'order 4711'\n"),
	  OPTION_ROOT | OPTION_FOR | OPTION_UNTIL | OPTION_REASON, OPERAND_PAIR, grant_run },
	{ "revoke", N_("USER ROLE | ID --reason TEXT"), N_("take a granted role back"),
	  N_("Ends one grant, by its number (sereno grants lists them), or all of USER for ROLE. The next\n"
	     "login, and each new process, sees it. Exit status: 0 taken back, 1 there is none.\n\n"
	     "  sereno revoke 17 --reason 'done'\n"
	     "  sereno revoke ana dba --reason 'left the project'\n"),
	  OPTION_ROOT | OPTION_REASON, OPERAND_PAIR, revoke_run },
	{ "grants", N_("[USER]"), N_("which roles are granted, by whom, until when, why"),
	  N_("What is granted now or will be. Roles that the policy itself gives are listed by sereno who.\n"
	     "Exit status: 0 some, 1 none.\n\n"
	     "  sereno grants\n"
	     "  sereno grants ana --all\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_ENDED, OPERAND_OPTIONAL, grants_run },
	{ "request", N_("ROLE --for DURATION --reason TEXT"), N_("ask for a role for a time"),
	  N_("For users, through serenod: asks for ROLE (on-request: in the policy says which, by whom,\n"
	     "approved by whom, at most how long). It is held from the approval on. Nobody is told:\n"
	     "tell who may approve. Exit status: 0 asked, 1 refused.\n\n"
	     "  sereno request dba --for 2h --reason 'restore of pg-01, ticket 4711'\n"),
	  OPTION_ROOT | OPTION_FOR | OPTION_REASON, OPERAND_REQUIRED, request_run },
	{ "requests", "", N_("which roles are asked for, and what came of it"),
	  N_("For users, through serenod: their own, and those that they may decide. For root: all, from\n"
	     "the register. Exit status: 0 some, 1 none.\n\n"
	     "  sereno requests\n"
	     "  sereno requests --all --json\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_ENDED, OPERAND_NONE, requests_run },
	{ "approve", N_("ID [--reason TEXT]"), N_("say yes to somebody else's request for a role"),
	  N_("For who holds a role of approved-by:, through serenod, in a login of his own: not by sudo\n"
	     "or su, and not as root. Where the policy wants two approvers, each says so.\n"
	     "Exit status: 0 approved, 1 refused.\n\n"
	     "  sereno approve 17\n"),
	  OPTION_ROOT | OPTION_REASON, OPERAND_REQUIRED, approve_run },
	{ "deny", N_("ID --reason TEXT"), N_("say no to somebody else's request for a role"),
	  N_("As sereno approve. Who has asked sees the reason. Exit status: 0 denied, 1 refused.\n\n"
	     "  sereno deny 17 --reason 'use the replica'\n"),
	  OPTION_ROOT | OPTION_REASON, OPERAND_REQUIRED, deny_run },
	{ "withdraw", N_("ID [--reason TEXT]"), N_("take back what you have asked for"),
	  N_("For who has asked, while it is open. Exit status: 0 taken back, 1 refused.\n\n"
	     "  sereno withdraw 17\n"),
	  OPTION_ROOT | OPTION_REASON, OPERAND_REQUIRED, withdraw_run },
	{ "review", N_("[[list] ROLE] | open | sign ROLE"), N_("who holds each role; its owner signs that it is right"),
	  N_("Lists each role, or ROLE with everybody who holds it: by what, until when, when he logged in\n"
	     "last, and what is wrong: no account, left, dormant, a user id of two names.\n"
	     "list is for a role called as one of these words. open begins a review of all roles with an\n"
	     "owner:. sign is for the owner alone, in a login of his own; he needs no root, through serenod,\n"
	     "and sees the roles that he owns. It signs the list that was printed, by its digest.\n"
	     "Exit status: 0 done, nothing overdue; 1 something is, or refused.\n\n"
	     "  sereno review\n"
	     "  sereno review open --deadline 14d\n"
	     "  sereno review dba\n"
	     "  sereno review sign dba --digest 5f3c0a9b1d2e4f60\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_DEADLINE | OPTION_DIGEST, OPERAND_UP_TO_TWO, review_run },
	{ "sessions", N_("[follow]"), N_("what is open, until when; tell and end what is over"),
	  N_("Open logins, jobs and user managers, until when their access lasts, and why. follow tells those\n"
	     "whose role or hours are over or end within ten minutes, and ends the sessions of those who were\n"
	     "told in time, as session: when-access-ends: says; sereno-follow.timer does it each minute. Root,\n"
	     "break-glass and ungoverned accounts are left alone; while the policy cannot be read, everybody.\n"
	     "Exit status: 0 done, 1 something could not be read or ended.\n\n"
	     "  sereno sessions\n"
	     "  sereno sessions follow --dry-run\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_DRY_RUN, OPERAND_OPTIONAL, sessions_run },
	{ "offboard", N_("[USER | close USER | undo USER | attest USER SECRET]"), N_("somebody leaves: nothing of his stays open"),
	  N_("From this instant, or from --at on, nothing is allowed to USER; then what lets him in or\n"
	     "runs as him is taken away step by step: the account, tokens, jobs, sessions, processes,\n"
	     "keys, also in the files of others, groups. What it cannot judge it lists. Running it again\n"
	     "finishes what was cut short or failed. What was found is kept below\n"
	     "/var/lib/sereno/departures. The secrets that his roles knew (knows:) must be changed:\n"
	     "attest says that one was, close refuses until all are. undo lets him in again, and gives\n"
	     "back what can be. Without a word it lists who leaves.\n"
	     "Exit status: 0 done, 1 refused, some steps failed, or nobody leaves.\n\n"
	     "  sereno offboard ana --dry-run         what would be done\n"
	     "  sereno offboard ana --at 2026-12-31T14:00 --reason 'HR-77'\n"
	     "  sereno offboard attest ana grub\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_AT | OPTION_REASON | OPTION_DRY_RUN | OPTION_ENDED | OPTION_DUE,
	  OPERAND_UP_TO_THREE, offboard_run },
	{ "media", N_("list | watch | explain | pending | approve | deny | revoke | grants | import | export | boot"),
	  N_("removable media: who may use what, and for how long"),
	  N_("list shows the devices that are there, and what is allowed with each to who sits at the seat;\n"
	     "watch what happens, a line each, until Ctrl-C.\n"
	     "explain says it of one DEVICE, as list or pending has it, and USER, with each rule about it.\n"
	     "pending shows the devices that were refused and those that wait for a second person; approve ID\n"
	     "lets one in for USER. Who approves holds a role of media.requests: and comes as himself, through\n"
	     "serenod: not by sudo or su, not as root, not for himself. Where one of each role is wanted, the\n"
	     "next approves the number that the first one was told. deny takes it off the list, or says no.\n"
	     "grants shows what was granted; revoke ends it at once, also for root.\n"
	     "import prints the rules of USBGuard's FILE (- is standard input) as a media: block to look\n"
	     "through and copy. What would come to another thing here is a comment there, and is told by\n"
	     "its line, as are the traps in what it says now. Of /etc/usbguard/rules.d each file counts\n"
	     "its rules anew: give them one after the other, in the order of their names.\n"
	     "export prints the policy in force as rules for USBGuard, which knows neither roles nor\n"
	     "read-only nor encrypted: there it lets in less, never more.\n"
	     "boot on has the boot loader start the kernel with every USB device off, so that none is at work\n"
	     "before the policy was asked; off takes that back; status tells how it is. In an emergency give\n"
	     "the kernel sereno.media=off by hand: everything is let in until the next start, also what\n"
	     "somebody else has plugged in, and whoever can type there can do that. Lock the boot loader.\n"
	     "Exit status: 0 done, 1 refused, nothing there, some lines were not imported, or there is no\n"
	     "media: block.\n\n"
	     "  sereno media list\n"
	     "  sereno media explain 1-2 --user ana --at 2026-03-01T22:10\n"
	     "  sereno media pending\n"
	     "  sereno media approve 4c530001a2b3c4d5 --user luis --for 30m --read-only --reason 'invoices'\n"
	     "  sereno media approve 12\n"
	     "  sereno media revoke 7 --reason 'done'\n"
	     "  sereno media import /etc/usbguard/rules.conf --dry-run\n"
	     "  sereno media export > rules.conf\n"
	     "  sereno media boot on --dry-run\n"),
	  OPTION_JSON | OPTION_ROOT | OPTION_USER | OPTION_FOR | OPTION_READ_ONLY | OPTION_REASON | OPTION_AT |
	  OPTION_ENDED | OPTION_DRY_RUN, OPERAND_PAIR, media_run },
	{ "backup", N_("FILE"), N_("write all state into one file"),
	  N_("The policy as edited and in force, the register, the records of accounts and the host key,\n"
	     "as they are while logins go on; FILE is written whole or not at all. WITH A HOST KEY THAT\n"
	     "IS NOT SEALED, FILE IS AS SECRET AS THE HOST. Exit status: 0 written.\n\n"
	     "  sereno backup /root/sereno.sqlar\n"
	     "  sqlite3 -readonly /root/sereno.sqlar -Atv    what is in it\n"),
	  OPTION_ROOT, OPERAND_REQUIRED, backup_run },
	{ "restore", N_("FILE"), N_("put back the state of a backup"),
	  N_("Checks FILE, makes its state ready beside the one there is, and exchanges the two at once.\n"
	     "Codes that may have been used since count as used, and who has left since has left. Refused\n"
	     "where the state is newer, or the machine another one, unless --force.\n"
	     "Exit status: 0 restored, 1 refused.\n\n"
	     "  sereno restore /root/sereno.sqlar --dry-run\n"
	     "  sereno restore /root/sereno.sqlar\n"),
	  OPTION_ROOT | OPTION_DRY_RUN | OPTION_FORCE, OPERAND_REQUIRED, restore_run },
	{ "schema", "", N_("the keys of the policy file, as JSON Schema"),
	  N_("For editors with a YAML language server; --man for the manual page's table.\n\n"
	     "  sereno schema > sereno.schema.json\n"),
	  OPTION_MAN | OPTION_JSON, OPERAND_NONE, schema_run },
};
/* clang-format on */

static void print_usage(FILE *stream)
{
	struct output output;
	char label[16];

	output_open(&output, stream);
	output_lines(&output, _("usage: sereno COMMAND [ARGUMENTS] [OPTIONS]\n\n"));
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		(void)snprintf(label, sizeof(label), "  %s", commands[i].name); /* our own fit */
		output_field(&output, 13, label, _(commands[i].summary));
	}
	output_lines(&output, _("\nsereno help COMMAND says more. A policy file is written, then: "
				"check, diff, apply.\n"));
}

static void print_help(const struct command *command)
{
	const char *arguments = command->arguments[0] ? _(command->arguments) : "";
	struct output output;

	output_open(&output, stdout);
	output_wrap(&output, STYLE_PLAIN, 4, _("usage: sereno %s%s%s [OPTIONS]"), command->name,
		    *arguments ? " " : "", arguments);
	output_lines(&output, "\n");
	output_lines(&output, _(command->details));
	output_lines(&output, "\n");
	options_print(&output, command->options);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static enum exit_status unknown_command(const char *name)
{
	const char *names[ARRAY_SIZE(commands)];
	char buffer[ESCAPE_MAX];
	const char *near;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i].name;
	near = diag_nearest(name, names, ARRAY_SIZE(names));
	if (near)
		return complain(EXIT_USAGE, _("no such command: %s; did you mean %s?"),
				escape(buffer, name), near);
	return complain(EXIT_USAGE, _("no such command: %s; sereno help lists them"),
			escape(buffer, name));
}

static enum exit_status help(const char *name)
{
	const struct command *command;

	if (!name) {
		print_usage(stdout);
		return EXIT_YES;
	}
	command = find_command(name);
	if (!command)
		return unknown_command(name);
	print_help(command);
	return EXIT_YES;
}

static enum exit_status run(const struct command *command, int argc, char *const *argv)
{
	struct options options;
	struct output output;

	if (options_read(argc, argv, command->options, command->operand, &options) < 0)
		return EXIT_USAGE;
	if (options.given & OPTION_HELP)
		return help(command->name);
	output_open(&output, stdout);
	return command->run(&options, &output);
}

static enum exit_status dispatch(int argc, char *const *argv)
{
	const struct command *command;
	char buffer[ESCAPE_MAX];

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(argv[1], "--version") == 0) {
		printf("sereno %s\n", SERENO_VERSION);
		return EXIT_YES;
	}
	if (argv[1][0] == '-')
		return complain(EXIT_USAGE,
				_("options stand behind the command: sereno COMMAND %s"),
				escape(buffer, argv[1]));
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return run(command, argc - 1, argv + 1);
}

int main(int argc, char *argv[])
{
	enum exit_status status;

	(void)setlocale(LC_ALL, ""); /* an unknown locale leaves plain English */
	(void)textdomain("sereno");
	status = dispatch(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		return (int)complain_error(neg_errno(), _("cannot write the output"));
	return (int)status;
}
