#!/bin/sh
# SPDX-License-Identifier: MIT
# Passwords are judged from standard input and nowhere shown; expired and renewed, as root of the tree.
. "$(dirname "$0")/tree.inc"

# judge STATUS TEXT WORD... : sereno password check with TEXT (of printf) on standard input.
judge() {
	want=$1
	text=$2
	shift 2
	got=0
	said=$(printf "$text" | "$O/sereno" password check --root "$tree" "$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "password check: exit status $got, not $want: $said"
}

make_tree
judge 3 'x\n'
says "no policy is in force"
expect 0 apply --root "$tree"
judge 3 'x\n'
says "has no rules for this password"
for whom in ana --all 'ana --dry-run'; do
	expect 3 password expire $whom --root "$tree"
	says "has no rules for this password"
done

sed -i 's/ana:x:1002:50::/ana:x:1002:50:Ana Kestrel,,,:/' "$tree/etc/passwd"
cat >>"$policy" <<'END'
password: {min-length: 12, min-classes: 3, not-containing: [acme], dictionary: yes, max-age: 30d}
END
expect 0 apply --root "$tree"
judge 0 'tinder-Kolibri-71\nQuartz_lantern+58\n'
says "1: may be used"
says "2: may be used"
judge 1 'tinder-Kolibri-71\nacme\n\nP@ssw0rd2024!'
says "1: may be used"
says "2: may not be used"
says "at least 12 characters"
says 'the word "acme"'
says "3: may not be used"
says "4: may not be used"
silent_on "5:"
silent_on "P@ssw0rd"
judge 0 ''
[ -z "$said" ] || fail "said of nothing: $said"
judge 1 'xy-Kestrel-9871!\n' --user ana
says "your name"
judge 0 'xy-Kestrel-9871!\n' --user luis
judge 2 'xy-Kestrel-9871!\n' --user nobody-at-all
says "no such account: nobody-at-all"
judge 1 'tinder\0-Kolibri-71\n'
says "cannot be used in a password"
judge 1 "$(head -c 600 /dev/zero | tr '\0' a)"
says "too long"
judge 1 "$(yes 'a€B1' | head -n 200 | tr -d '\n')"
says "too long"
judge 1 'short\ntinder-Kolibri-71\n' --json
json 'length == 2 and .[0].accepted == false and .[1].accepted and .[1].line == 2'
json '[.[0].reasons[].reason] | index("too-short") and index("too-few-classes")'
judge 0 '' --json
json '. == []'

# A role that is stricter.
sed -i 's/^  sysadmin:/&\n    password: {min-length: 18}/' "$policy"
expect 0 apply --root "$tree"
judge 0 'tinder-Kolibri-71\n' --user pepe
judge 1 'tinder-Kolibri-71\n' --user luis
says "at least 18"

# On a terminal it asks, and does not show: typed only once it has asked.
mkfifo "$tree/shown"
said=$({
	head -c 22 >/dev/null
	printf 'tinder-Kolibri-71\n'
	cat >/dev/null
} <"$tree/shown" | timeout 20 script -qefc "'$O/sereno' password check --root '$tree'" /dev/null | tee "$tree/shown")
says "Password to be judged:"
says "may be used"
silent_on "Kolibri"

# Killed where a core file would be left, once it reads: no core file.
leaves_core() { # WORD...
	rm -f "$tree"/core*
	(cd "$tree" && exec timeout 20 sh -c 'ulimit -c unlimited; echo $$ >pid; exec "$@" <shown >said 2>&1' sh "$@") 2>/dev/null &
	exec 9>"$tree/shown"
	head -c 200000 /dev/zero | tr '\0' a | fold -w 500 >&9
	kill -QUIT "$(cat "$tree/pid")"
	exec 9>&-
	wait $! 2>/dev/null || :
	[ -n "$(find "$tree" -maxdepth 1 -name 'core*')" ]
}
if (ulimit -c unlimited) 2>/dev/null && leaves_core cat; then
	leaves_core "$(realpath "$O")/sereno" password check --root "$tree" && fail "check: a core file"
fi
rm -f "$tree"/core*

# Nobody's list.
sed -i "s,max-age: 30d,&\, blocklist: /list," "$policy"
printf 'tinder-Kolibri-71\n' | "$O/sereno" blocklist build - --output "$tree/list" >/dev/null
expect 0 apply --root "$tree"
judge 1 'tinder-Kolibri-71\nQuartz_lantern+58\n'
says "1: may not be used"
says "list of known passwords"
says "2: may be used"
rm "$tree/list"
judge 3 'Quartz_lantern+58\n'
says "cannot be read"

# Expired: the record is written for people whose hash is here, and for nobody else.
expect 0 password expire ana --root "$tree" --dry-run
says "ana would have to choose a new password"
[ ! -e "$tree/var/lib/sereno/ages" ] || fail "a trial run wrote something"
expect 0 password expire ana --root "$tree"
says "ana has to choose a new password"
[ -e "$tree/var/lib/sereno/ages/1002" ] || fail "nothing was written"
expect 1 password expire rescue --root "$tree"
says "break-glass account"
expect 1 password expire luis --root "$tree"
says "has no password here"
expect 1 password expire nobody-at-all --root "$tree"
says "there is no local account"
printf 'pepe:!$y$j9T$x:19000:0:99999:7:::\n' >>"$tree/etc/shadow"
expect 1 password expire pepe --root "$tree"
says "pepe has no password that could be typed"
expect 1 password expire pepe --root "$tree" --dry-run
expect 0 password expire --all --root "$tree"
[ "$said" = "ana has to choose a new password" ] || fail "--all: $said"
expect 0 renew ana --root "$tree"
says "ana may come in again"
expect 1 renew root --root "$tree"
truncate -s 100 "$tree/var/lib/sereno/ages/1002"
expect 0 renew ana --root "$tree"
expect 0 password expire ana --root "$tree"
mv "$tree/etc/shadow" "$tree/shadow"
expect 3 password expire ana --root "$tree"
finish
