#!/bin/sh
# SPDX-License-Identifier: MIT
# Rules of USBGuard come in as what they mean, and go out as what it can say.
. "$(dirname "$0")/tree.inc"
data=$here/../data/usb

make_tree
cp "$data/usbguard.conf" "$tree/rules.conf"
golden media-import 1 media import "$tree/rules.conf"
"$O/sereno" media import "$tree/rules.conf" 2>"$tree/told" >"$tree/block" || true
said=$(cat "$tree/told")
for line in 2 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 23; do says "rules.conf:$line: "; done
silent_on "rules.conf:3: "

# What is printed is a block of the policy.
cat "$tree/block" >>"$policy"
expect 0 check "$policy" --root "$tree"
expect 0 apply --root "$tree"
golden media-export 0 media export --root "$tree"

# With --dry-run the faults alone.
"$O/sereno" media import "$tree/rules.conf" --dry-run 2>"$tree/told-dry" >"$tree/dry" && fail "a dry run of faults"
[ -s "$tree/dry" ] && fail "a dry run printed rules"
cmp -s "$tree/told" "$tree/told-dry" || fail "a dry run tells something else"

# There and back: the rules that USBGuard can say are the same; from standard input, too.
rules_of() { sed -n 's/^    - {name: [^,]*, \(.*}\).*/\1/p' "$1" | sort; }
"$O/sereno" media export --root "$tree" >"$tree/exported"
"$O/sereno" media import - 2>"$tree/told" <"$tree/exported" >"$tree/again" || true
rules_of "$tree/block" >"$tree/before"
rules_of "$tree/again" >"$tree/after"
[ -s "$tree/before" ] || fail "no rules"
comm -23 "$tree/before" "$tree/after" | grep . && fail "rules that were lost on the way"
grep -q '^  storage: deny$' "$tree/again" || fail "the line for all other devices"

# Roles, reading and encryption: USBGuard is told to let in less.
make_tree
cat >>"$policy" <<'END'
media:
  storage: read-only
  optical: read-write
  rules:
    - {name: lost, device: {vendor: '0951', product: '1666', serial: [60A44C413FAE9]}, roles: [auditor], access: deny}
    - {name: own, device: {vendor: '0951', product: '1666', serial: ['it''s "A\B"']}, access: read-write}
    - {name: read, device: {vendor: '0781'}, access: read-only}
    - {name: some, device: {kind: storage}, roles: [sysadmin], access: encrypted}
    - {name: dated, device: {kind: phone}, until: 2040-01-01, access: allow}
    - {name: unknown, device: {kind: vendor}, access: allow}
END
expect 0 apply --root "$tree"
golden media-export-less 0 media export --root "$tree"

# A hostile name of a file, of a label; a file that is none.
printf 'allow 0951:1666 label "a\\x0a    - {name: b}\\x1b[2J"\n' >"$tree/$(printf 'x\033[2J')"
expect 0 media import "$tree/$(printf 'x\033[2J')"
says '# a\x0a    - {name: b}\x1b[2J'
case $said in *"$(printf '\033')"*) fail "an escape" ;; esac
printf 'allow\000block\n' >"$tree/zero"
expect 3 media import "$tree/zero"
says "cannot read"
expect 3 media import "$tree/nothing-here"
head -c 5000000 /dev/zero | tr '\0' '\n' >"$tree/large"
expect 3 media import "$tree/large"
printf 'allow\r\n' >"$tree/crlf"
expect 1 media import "$tree/crlf"
says "crlf:1: a carriage return"
: >"$tree/empty"
said=$("$O/sereno" media import "$tree/empty" 2>/dev/null)
silent_on "media:"

make_tree
expect 3 media export --root "$tree"
says "cannot be used"
expect 0 apply --root "$tree"
expect 1 media export --root "$tree"
says "no block media:"
expect 2 media import
expect 2 media imprt x
says "did you mean import"
expect 2 media export x
expect 2 media export --dry-run
expect 2 media
finish
