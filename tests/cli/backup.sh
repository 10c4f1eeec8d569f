#!/bin/sh
# SPDX-License-Identifier: MIT
# A backup, what is refused as one, and restoring: into an empty root, over an older and a newer state, killed, without room.
. "$(dirname "$0")/tree.inc"

# Most of it is waiting for a disk, where that is one.
if [ -w /dev/shm ]; then
	rm -rf "$tree"
	tree=$(mktemp -d -p /dev/shm)
	policy=$tree/etc/sereno/policy.yaml
fi
make_tree
echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
b=$tree/b.sqlar
expect 1 backup "$b" --root "$tree"
says "there is no state"
[ ! -e "$b" ] || fail "a file was left"
expect 0 apply --root "$tree"
expect 1 grants --root "$tree"
secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
echo "HOTP/T30/6 ana - 3132333435363738393031323334353637383930" >"$tree/users.oath"
chmod 600 "$tree/users.oath"
expect 0 otp import --from oath "$tree/users.oath" --root "$tree"
mkdir -p "$tree/var/lib/sereno/departures/ana-1" "$tree/var/lib/sereno/role-uses"
printf '\0\303\160\144\0\0\0\0\377\074\217\233\377\377\377\377' >"$tree/var/lib/sereno/role-uses/employee"
chmod -R go= "$tree/var/lib/sereno/role-uses"
: >"$tree/var/lib/sereno/departures/ana-1/linger"
chmod -R go= "$tree/var/lib/sereno/departures"
listen "$tree"
expect 0 backup "$b" --root "$tree"
says "THE HOST KEY IS IN IT"
event "backup.made subject="
event "detail=\"generation 1, host key in the clear, $b\""
says "generation 1"
[ "$(stat -c %a "$b")" = 600 ] || fail "others can read it"
[ "$(find "$tree" -maxdepth 1 -name 'b.sqlar*' | wc -l)" = 1 ] || fail "something was left beside it"

# empty NAME: a root with the accounts of the tree, and nothing of ours.
empty() {
	rm -rf "$tree/$1"
	mkdir -p "$tree/$1"
	cp -r "$tree/etc" "$tree/$1/etc"
	rm -r "$tree/$1/etc/sereno"
}
state_of() { (cd "$1" && find var etc/sereno -printf '%p %M %u %l\n' -type f -exec sha256sum {} \; 2>/dev/null | sort | sha256sum); }

empty new
expect 0 restore "$b" --dry-run --root "$tree/new"
says "nothing was changed"
[ -z "$(find "$tree/new/var" -name 'sereno*')" ] || fail "a dry run left something"
listen "$tree/new"
expect 0 restore "$b" --root "$tree/new"
says "for 1 account"
event "state.restored subject="
stop_listening
[ -f "$tree/new/var/lib/sereno/departures/ana-1/linger" ] || fail "an empty file is lost"
cmp "$tree/new/etc/sereno/policy.yaml" "$policy" || fail "another policy text"
expect 0 status --root "$tree/new"
expect 0 review employee --json --root "$tree/new"
json '.last_use == "2023-05-26T14:32:32Z"'
expect 0 explain luis --service sshd --from 10.20.9.10 --root "$tree/new"
expect 0 otp status ana --json --root "$tree/new"
expect 1 grants --root "$tree/new"
[ "$(stat -c %a "$tree/new/var/lib/sereno/codes")" = 700 ] || fail "codes can be listed"
[ "$(find "$tree/new/var/lib" -maxdepth 1 | wc -l)" = 2 ] || fail "something was left beside the state"

# A code that may have been used since is used; where nothing was restored the same one is right.
code=$(oathtool --totp -b $secret)
said=$(echo "$code" | "$O/sereno" otp verify ana --root "$tree/new" 2>&1) && fail "a code was good after restoring: $said"

# Over a newer state only by force; what no backup has stays.
echo words >"$tree/new/var/lib/sereno/blocklist"
touch -d '+1 hour' "$tree/new/var/lib/sereno/register.db"
before=$(state_of "$tree/new")
expect 1 restore "$b" --root "$tree/new"
says "--force restores it nevertheless"
[ "$before" = "$(state_of "$tree/new")" ] || fail "refused, and changed"
printf '90000 dba\n90003 desk\nnext 90005\n' >"$tree/new/var/lib/sereno/group-numbers"
expect 0 restore "$b" --force --root "$tree/new"
[ "$(cat "$tree/new/var/lib/sereno/blocklist")" = words ] || fail "the blocklist is lost"
[ "$(tr '\n' ' ' <"$tree/new/var/lib/sereno/group-numbers")" = '90000 dba 90003 desk next 90005 ' ] ||
	fail "numbers of groups that are on files are free again: $(cat "$tree/new/var/lib/sereno/group-numbers")"

# Another machine.
empty other
echo 11111111111111111111111111111111 >"$tree/other/etc/machine-id"
expect 1 restore "$b" --root "$tree/other"
says "made on another machine"
[ ! -e "$tree/other/var/lib/sereno" ] || fail "refused, and restored"
expect 0 restore "$b" --force --root "$tree/other"
says "for 1 account"
expect 0 otp status ana --root "$tree/other"

# Somebody applies a policy.
flock -x "$tree/new/var/lib/sereno/lock" sleep 0.6 &
for i in 1 2 3 4 5; do flock -n "$tree/new/var/lib/sereno/lock" true || break; sleep 0.1; done
expect 3 restore "$b" --force --root "$tree/new"
says "somebody applies a policy"
wait
flock -x "$tree/new/var/lib" "$O/sereno" restore "$b" --force --root "$tree/new" 2>"$tree/err" && fail "two restores at once"
grep -q 'somebody else is restoring' "$tree/err" || fail "not said: who else; but: $(cat "$tree/err")"

# Damage, at every tenth of it; and what others could have written.
empty damaged
size=$(stat -c %s "$b")
for tenth in 0 1 2 3 4 5 6 7 8 9; do
	cp "$b" "$tree/bad"
	printf '\125\252\125\252' | dd of="$tree/bad" bs=1 seek=$((size * tenth / 10 + 60)) conv=notrunc 2>/dev/null
	got=0
	"$O/sereno" restore "$tree/bad" --root "$tree/damaged" >/dev/null 2>"$tree/err" || got=$?
	case $got in
	0) diff -r "$tree/other/etc/sereno" "$tree/damaged/etc/sereno" >/dev/null || fail "damage at $tenth/10 was restored" && empty damaged ;;
	1 | 3) [ ! -e "$tree/damaged/var/lib/sereno" ] || fail "refused damage at $tenth/10, and restored" ;;
	*) fail "damage at $tenth/10: exit status $got: $(cat "$tree/err")" ;;
	esac
done
head -c $((size / 2)) "$b" >"$tree/bad"
chmod 600 "$tree/bad"
expect 1 restore "$tree/bad" --root "$tree/damaged"
says "damaged, or no backup"
cp "$b" "$tree/bad"
chmod 666 "$tree/bad"
expect 1 restore "$tree/bad" --root "$tree/damaged"
says "by others than root"

# Who owns a directory above it could put another file in its place while it is looked at, or
# another one below the name that it is written under.
mkdir -p "$tree/his/below"
cp "$b" "$tree/his/below/b"
if [ "$(id -u)" = 0 ]; then
	chown 12345 "$tree/his"
else
	chmod 777 "$tree/his"
fi
expect 1 restore "$tree/his/below/b" --root "$tree/damaged"
says "by others than root"
ln -s "$tree/his/below" "$tree/there"
expect 1 restore "$tree/there/b" --root "$tree/damaged"
expect 1 backup "$tree/his/below/new" --root "$tree"
says "others could replace"
[ "$(ls "$tree/his/below")" = b ] || fail "something was left among what is his"
ln -s b.sqlar "$tree/link"
expect 1 restore "$tree/link" --root "$tree/damaged"

# hostile SQL: a backup changed by whoever could; the manifest is made to fit where there is a name.
hostile() {
	cp "$b" "$tree/bad"
	chmod 600 "$tree/bad"
	sqlite3 "$tree/bad" "$1"
	got=0
	said=$("$O/sereno" restore "$tree/bad" --root "$tree/damaged" 2>&1) || got=$?
	[ "$got" = 1 ] || fail "$1: exit status $got: $said"
	[ ! -e "$tree/damaged/var/lib/sereno" ] || fail "$1: restored"
	[ -z "$(find "$tree/damaged" -name '*pwned*')" ] || fail "$1: wrote elsewhere"
}
# listed NAME MODE: the row, and the manifest's line for it.
listed() {
	digest=$(printf x | sha256sum | cut -d ' ' -f 1)
	n=$(sqlite3 "$b" "SELECT count(*) FROM sqlar")
	echo "INSERT INTO sqlar VALUES ('$1', $2, 0, 1, 'x'); UPDATE sqlar SET sz = length(m), data = m FROM (SELECT CAST(replace(
		'$manifest', 'files $((n - 1))', 'files $n') || '$digest 0600 $1' || char(10) AS BLOB) AS m) WHERE name = 'MANIFEST';"
}
(cd "$tree" && mkdir unpacked && cd unpacked && sqlite3 -readonly "$b" -Ax)
manifest=$(cat "$tree/unpacked/MANIFEST")
manifest="$manifest
"
hostile "$(listed etc/pwned 33152)"
hostile "$(listed var/lib/pwned 33152)"
hostile "$(listed /etc/pwned 33152)"
hostile "$(listed ../pwned 33152)"
hostile "$(listed var/lib/sereno/../../pwned 33152)"
hostile "$(listed var/lib/sereno/pwned 41471)"
hostile "$(listed var/lib/sereno/pwned 8630)"
hostile "$(listed var/lib/sereno/pwned 35309)"
hostile "INSERT INTO sqlar VALUES ('var/lib/sereno/pwned', 33152, 0, 1, 'x')"
hostile "DELETE FROM sqlar WHERE name LIKE '%register.db'"
hostile "UPDATE sqlar SET data = zeroblob(40), sz = 250000000 WHERE name LIKE '%policy.1.cdb'"
hostile "UPDATE sqlar SET data = zeroblob(40), sz = 40 WHERE name LIKE '%policy.1.cdb'"
hostile "UPDATE sqlar SET sz = -1 WHERE name LIKE '%policy.1.cdb'"
hostile "UPDATE sqlar SET sz = 9e18 WHERE name LIKE '%policy.1.cdb'"
hostile "CREATE TRIGGER t AFTER DELETE ON sqlar BEGIN SELECT 1; END"
hostile "ALTER TABLE sqlar RENAME TO s; CREATE VIEW sqlar AS SELECT * FROM s"
hostile "DROP TABLE sqlar"
hostile "UPDATE sqlar SET sz = length(m), data = m FROM (SELECT CAST(replace('$manifest', 'sereno-backup 1', 'sereno-backup 2') AS BLOB) AS m) WHERE name = 'MANIFEST'"
says "another version"
# the proof that it is not the manifest that is refused
cp "$b" "$tree/bad"
chmod 600 "$tree/bad"
sqlite3 "$tree/bad" "$(listed var/lib/sereno/extra 33152)"
expect 0 restore "$tree/bad" --root "$tree/damaged"
[ "$(cat "$tree/damaged/var/lib/sereno/extra")" = x ] || fail "a file more is not restored"
# Killed at any moment: the old state or the new one, and the next restore works.
empty killed
expect 0 restore "$b" --root "$tree/killed"
sed 's/zoe/eva/' "$policy" >"$tree/killed/etc/sereno/policy.yaml"
expect 0 apply --root "$tree/killed"
hash_of() { "$O/sereno" status --json --root "$1" 2>/dev/null | jq -r '"\(.in_force) \(.policy)"'; }
new=$(hash_of "$tree/new") old=$(hash_of "$tree/killed")
[ "$new" != "$old" ] || fail "nothing to tell them apart by"
cp -a "$tree/killed" "$tree/kept"
for moment in 1 3 5 8 11 14 17 20 25 30; do
	"$O/sereno" restore "$b" --force --root "$tree/killed" >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$(printf %02d "$moment")"
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	got=$(hash_of "$tree/killed")
	case $got in
	"$old") ;;
	"$new") rm -rf "$tree/killed" && cp -a "$tree/kept" "$tree/killed" ;;
	*) fail "killed after $moment ms: $got" ;;
	esac
done
expect 0 restore "$b" --force --root "$tree/killed"
[ "$(hash_of "$tree/killed")" = "$new" ] || fail "not restored after all"
[ "$(find "$tree/killed/var/lib" -maxdepth 1 | wc -l)" = 2 ] || fail "something was left beside the state"

# No room, for the backup and for the state.
mkdir "$tree/small"
if unshare --mount true 2>/dev/null; then
	unshare --mount sh -eu -c '
		mount -t tmpfs -o size=64k none "$1/small"
		head -c 60000 /dev/zero >"$1/small/ballast"
		"$O/sereno" backup "$1/small/b" --root "$1" 2>"$1/err" && exit 1
		[ -z "$(find "$1/small" -name "b*" ! -name ballast)" ] || exit 2
		mkdir "$1/small/etc"
		"$O/sereno" restore "$1/b.sqlar" --force --root "$1/small" 2>>"$1/err" >&2 && exit 3
		[ ! -e "$1/small/var/lib/sereno" ] && [ ! -e "$1/small/var/lib/sereno.restore" ] || exit 4
	' sh "$tree" || fail "no room: $?: $(cat "$tree/err")"
	grep -q 'No space left' "$tree/err" || fail "not said: no room; but: $(cat "$tree/err")"
fi
finish
