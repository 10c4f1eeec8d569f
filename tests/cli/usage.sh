#!/bin/sh
# SPDX-License-Identifier: MIT
# What is typed wrong is exit status 2 and says what would be right; help comes in every spelling.
. "$(dirname "$0")/tree.inc"

usage() { # WHAT-IT-SAYS WORD...
	wanted=$1
	shift
	expect 2 "$@"
	says "$wanted"
}
expect 2
says "usage: sereno COMMAND"
usage "no such command: aply; did you mean apply?" aply
usage "no such command: x; sereno help lists them" x
usage "did you mean check?" help chek
usage "did you mean --json?" status --jsno
usage "no such option here: --dry-run" check --dry-run
usage "no such option here: -v" status -v
usage "options stand behind the command: sereno COMMAND --root" --root / status
usage "an empty word" explain '' --service sshd --from seat
usage "an empty word" who ''
expect 0 --version
says "sereno 0."
usage "one word too many: extra" status extra
usage "one word too many: b" check a b
usage "--json is given twice" status --json --json
usage "--json takes no value" status --json=yes
usage "--root wants a value" status --root
usage "--root wants a value" status --root=
usage "--root /nonexistent is not a directory" status --root /nonexistent
usage "a word is missing" explain
usage "--service and --from are wanted" explain ana --service sshd
usage "names are never looked up" explain ana --service sshd --from host.example
usage "--met knows second-factor only" explain ana --service sshd --from seat --met password
make_tree
expect 0 apply --root "$tree"
for time in yesterday 2026-03-01 2026-03-01T12:00X 2026-03-01T12:00+1; do
	usage "--at wants a time" explain ana --service sshd --from seat --root "$tree" --at "$time"
done
for time in 2026-02-30T12:00 2026-03-01T24:00 2026-03-01T12:60 1960-01-01T12:00; do
	usage "--at: there is no such time" explain ana --service sshd --from seat --root "$tree" --at "$time"
done
usage "can check and expire" password chekc
usage "consider this one known" password check Verano2025
usage "one of the two is wanted" password expire
usage "one of the two is wanted" password expire ana --all
usage "check takes" password check --dry-run
usage "expire takes" password expire ana --json
usage "a word is missing" password
usage "a word is missing" blocklist build
usage "can build" blocklist biuld x
usage "--min-count wants a number" blocklist build x --min-count -1
usage "a word is missing" renew
usage "no such option here: -\\x1b[31m" status "$(printf -- '-\033[31m')"

for command in check apply diff explain who status password otp blocklist renew schema; do
	expect 0 help $command
	says "usage: sereno $command"
	first=$said
	expect 0 $command --help
	[ "$said" = "$first" ] || fail "$command --help is another help"
	expect 0 $command -h
done
expect 0 password --help
says "every person, not one USER"
silent_on "however long"
expect 0 apply --help
says "however long"
expect 0 help
golden help 0 --help

# Nothing is wider than the terminal but examples and words that long.
narrow() {
	COLUMNS=40 sereno "$@" >"$tree/said" 2>&1 || :
	awk 'length($0) > 40 && !/^  sereno / { long = 0; for (i = 1; i <= NF; i++) if (length($i) > 24) long = 1; if (!long) { print; wide = 1 } }
		END { exit wide }' "$tree/said" || fail "wider than 40 columns: sereno $*"
}
narrow help
narrow check --help
narrow explain --help
narrow otp --help
sed -i '2i document: {title: Corporate information security policy of the whole organisation, owner: x}\nobserve: [roles, root]' "$policy"
expect 0 apply --root "$tree"
narrow status --root "$tree"
narrow who --root "$tree"
narrow explain ana --service sshd --from seat --root "$tree"

expect 0 schema
json '."$schema" and ."$defs"'
plain=$said
expect 0 schema --json
[ "$said" = "$plain" ] || fail "schema --json is another schema"
expect 0 schema --man
says ".TP"
if [ -w /dev/full ]; then
	got=0
	sereno schema >/dev/full 2>/dev/null || got=$?
	[ "$got" = 3 ] || fail "a full disk is exit status $got"
fi
finish
