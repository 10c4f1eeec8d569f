#!/bin/sh
# SPDX-License-Identifier: MIT
# Devices that are refused, let in by others through a real serenod, and taken back. Needs root, for several users.
. "$(dirname "$0")/tree.inc"

make_tree
expect 2 media approve --root "$tree"
says "a number is wanted: sereno media pending lists them"
for word in x 0 -1 1x 4294967296 99999999999 A1b2c3d4e5f60718; do
	expect 2 media approve --root "$tree" -- "$word"
	says "a number is wanted"
	expect 2 media revoke --root "$tree" --reason x -- "$word"
	says "a number is wanted: sereno media grants lists them"
done
id=a1b2c3d4e5f60718
expect 2 media approve $id --root "$tree" --for 30m --reason x
says "--user is wanted"
expect 2 media approve $id --root "$tree" --user ana --reason x
says "--for is wanted"
expect 2 media approve $id --root "$tree" --user ana --for 2 --reason x
says "--for wants 90m"
expect 2 media approve $id --root "$tree" --user ana --for 30m
says "--reason is wanted"
expect 2 media approve 1 --root "$tree" --user ana
says "the first who approved has said for whom and how long"
expect 2 media deny 1 --root "$tree"
says "--reason is wanted"
expect 2 media explain --root "$tree"
says "a DEVICE and --user are wanted"
expect 2 media pending --read-only --root "$tree"
says "pending does not take all of these options"
expect 2 media watch --root "$tree"
says "only this host's journal can be followed"
expect 2 media pendin --root "$tree"
says "did you mean pending?"

if [ "$(id -u)" != 0 ]; then
	expect 3 media pending --root "$tree"
	says "serenod is not there"
	expect 3 media list --root "$tree"
	says "run this as root"
	expect 3 media explain 1-3 --user ana --root "$tree"
	says "run this as root"
	echo "skipped: several users want root"
	finish
	exit
fi

expect 1 media approve $id --user ana --for 30m --reason x --root "$tree"
says "who decides comes as himself"
expect 1 media deny $id --reason x --root "$tree"
says "who decides comes as himself"
expect 3 media list --root "$tree"
says "sereno apply"

getent passwd games man mail news >>"$tree/etc/passwd"
media_policy() { # APPROVERS
	cat >"$policy" <<-END
		sereno: 1
		timezone: UTC
		accounts:
		  min-uid: 1
		  break-glass: {members: [rescue], from: [seat, serial]}
		  persons: {mail: [mail, news]}
		roles:
		  sysadmin: {members: [man, mail], allow: [{services: [sshd, sudo], from: [anywhere]}]}
		  head: {members: [news], allow: [{services: [sshd], from: [anywhere]}]}
		  clerk: {members: [games], allow: [{services: [login], from: [seat]}]}
		root:
		  min-administrators: 1
		media:
		  storage: deny
		  phone: deny
		  requests: {$1}
		  rules:
		    - {name: lost, device: {vendor: '1d6b', product: '9999'}, access: deny}
		    - {name: audits, device: {vendor: '0781'}, roles: [sysadmin], access: read-only}
		    - {name: keyed, device: {kind: storage}, roles: [head], access: encrypted}
		    - {name: old, device: {kind: storage}, until: 2020-01-01, access: read-write}
	END
}
media_policy 'approved-by: [sysadmin]'
chmod 755 "$tree"
expect 0 apply --root "$tree"

# Two sticks and a keyboard, and games before them.
to=$tree/sysfs umockdev-run -d "$here/../data/usb/00-roothub-usb2.umockdev" -d "$here/../data/usb/10-keyboard.umockdev" \
	-d "$here/../data/usb/20-stick-bot-vfat.umockdev" -- sh -c 'cp -a "$UMOCKDEV_DIR" "$to"'
mv "$tree/sysfs/sys" "$tree/sys"
usb1=/devices/pci0000:00/0000:00:14.0/usb1
stick=$usb1/1-3
mkdir -p "$tree/run/sereno/seats" "$tree/run/systemd/seats" "$tree/run/udev/data"
"$O/tests/state/seat" --write "$tree" 7 "$(id -u games)" games no clerk
printf 'IS_SEAT0=1\nACTIVE=7\nACTIVE_UID=%s\n' "$(id -u games)" >"$tree/run/systemd/seats/seat0"
helper() { said=$(env -i "$O/sereno-media-device" --root "$tree" usb "$1" 2>&1) || fail "the helper: $?"; }
helper $stick
says SERENO_MEDIA=deny

expect 0 media list --root "$tree"
says "At the seat: games"
says "1-3"
says "deny: no rule fits, and so its kind decides"
says "1-1"
expect 0 media list --root "$tree" --json
json '.user == "games" and (.devices[] | select(.name == "1-3") | .access == "deny" and .reason == "kind" and (.in | not))'
json '.devices[] | select(.name == "1-1") | .access == "read-write"'
expect 0 media pending --root "$tree" --json
id=$(printf '%s' "$said" | jq -r '.[0].device')
json '.[0].state == "refused" and .[0].user == "games" and .[0].refused == "kind" and .[0].kinds == ["storage"]'
expect 1 media explain 1-3 --user games --root "$tree"
says "who holds clerk:"
says "audits"
says "it is for roles that are not held"
says "it does not hold at that time"
silent_on lost
expect 0 media explain "$id" --user man --root "$tree"
says "read-only: rule audits, line"
says "it decides"
expect 0 media explain "$id" --user news --root "$tree" --json
json '.access == "encrypted" and (.rules | map(select(.decides)) | length == 1 and .[0].rule == "keyed")'
expect 0 media explain "$id" --user games --at 2019-06-01T12:00 --root "$tree"
says "read-write: rule old"
says "It may be another one from"
expect 1 media explain 1-9 --user games --root "$tree"
says "there is no device 1-9"
expect 1 media explain ../../etc --user games --root "$tree"
says "there is no device"
expect 1 media explain 1-3 --user nobody-of-all --root "$tree"
says "there is no user"

systemd-socket-activate --seqpacket -l "$tree/run/sereno/serenod.socket" "$O/serenod" "--root=$tree" 2>"$tree/serenod.log" &
daemon=$!
trap 'kill $daemon 2>/dev/null; rm -rf "$tree"' EXIT
until [ -S "$tree/run/sereno/serenod.socket" ]; do kill -0 $daemon; done
chmod 0666 "$tree/run/sereno/serenod.socket"
cp "$O/sereno" "$tree/sereno"
chmod 755 "$tree/sereno"

# as USER STATUS WORD...: in a login of his own.
as() {
	user=$1 want=$2 got=0
	shift 2
	login=$(id -u "$user")
	said=$(echo "$login" 2>/dev/null >/proc/self/loginuid
		setpriv --reuid "$user" --regid "$user" --clear-groups "$tree/sereno" "$@" --root "$tree" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "sereno $* by $user: exit status $got, not $want: $said"
}

as games 0 media pending
says "$id"
silent_on "Next:"
as daemon 1 media pending
says "No device waits for an answer that you could give."
as man 3 media list
says "run this as root"
as man 0 media pending
says "Next: sereno media approve $id --user games --for 30m --read-only --reason TEXT"
if [ "$(sh -c 'echo 8 >/proc/self/loginuid; cat /proc/self/loginuid' 2>/dev/null)" != 8 ]; then
	echo "skipped: the kernel sets no login uid here"
	finish
	exit
fi
as games 1 media approve "$id" --user man --for 30m --reason x
says "no role held now may decide this"
as man 1 media approve "$id" --user man --for 30m --reason x
says "nobody lets a device in for himself"
as man 1 media approve 0000000000000000 --user games --for 30m --reason x
says "no such device was refused"
as man 0 media approve "$id" --user games --for 30m --read-only --reason 'invoices of "Q4"'
says "is let in for games, read-only, until"
says "(grant 1), as long as he sits at the seat."
as games 0 media grants
says "read-only until"
says "by man"
as daemon 1 media grants
expect 0 media explain 1-3 --user games --root "$tree"
says "read-only: grant 1"
helper $stick
says SERENO_MEDIA=read-only
as man 1 media pending
expect 0 media grants --root "$tree" --json
json '.[0].grant == 1 and .[0].access == "read-only" and .[0].user == "games" and .[0].reason == "invoices of \"Q4\""'
as man 0 media revoke 1 --reason 'done'
says "Grant 1 is over"
expect 1 media grants --root "$tree"
says "No device is granted."
expect 0 media grants --all --root "$tree"
says "taken back"
helper $stick
says SERENO_MEDIA=deny
as man 1 media revoke 1 --reason 'again'
says "there is none that is open"

# One of each, by different people: mail and news are one person.
media_policy 'approved-by-each: [head, sysadmin]'
expect 0 apply --root "$tree"
as mail 0 media approve "$id" --user games --for 1h --reason 'the backup'
says "Request 2: you have approved"
says "sereno media approve 2, by one of them"
as news 1 media approve 2
says "the same person has said yes already"
as man 0 media pending
says "waits for one of each: head, sysadmin"
as man 0 media approve 2 --reason 'seen'
says "Request 2: you have approved"
as man 1 media approve "$id" --user games --for 2h --reason 'more'
says "the same is there already"
as man 0 media deny 2 --reason 'use the share'
says "stays out"
as man 1 media approve 2
says "it was answered already"
as man 0 media deny "$id" --reason 'not ours'
as man 1 media pending

# What a device calls itself steers no terminal, and stays on one line.
printf '\033[2J"evil"\n\342\200\256gnp\\' >"$tree/sys$stick/product"
helper $stick
expect 0 media pending --root "$tree"
says '\x1b[2J"evil"'
says '\xe2\x80\xaegnp\x5c'
[ "$(printf '%s\n' "$said" | grep -c evil)" = 1 ] || fail "several lines: $said"
silent_on "$(printf '\033')"
as man 0 media pending
silent_on "$(printf '\033')"
says '?[2J"evil"'
expect 0 media list --root "$tree"
silent_on "$(printf '\033')"
says '\x1b[2J"evil"'

# Who leaves has nothing: what was let in for him is taken back. The device calls itself something else now.
media_policy 'approved-by: [sysadmin]'
expect 0 apply --root "$tree"
as man 0 media pending --json
id=$(printf '%s' "$said" | jq -r '.[0].device')
as man 0 media approve "$id" --user games --for 1h --reason 'the backup'
helper $stick
says SERENO_MEDIA=allow
said=$( (echo 0 >/proc/self/loginuid; exec "$O/sereno" offboard games --reason 'HR-77' --root "$tree") 2>&1) || :
says "granted by man, grant 2"
expect 1 media grants --root "$tree"
helper $stick
says SERENO_MEDIA=deny
as man 1 media approve "$id" --user games --for 1h --reason 'the backup'
says "has left"
finish
