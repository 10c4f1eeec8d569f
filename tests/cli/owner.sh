#!/bin/sh
# SPDX-License-Identifier: MIT
# Who owns a role looks at it and signs it as himself, through a real serenod, and nobody else does. Needs root, for several users.
. "$(dirname "$0")/tree.inc"

make_tree
if [ "$(id -u)" != 0 ]; then
	echo "skipped: several users want root"
	finish
	exit
fi
if [ "$(sh -c 'echo 5 >/proc/self/loginuid; cat /proc/self/loginuid' 2>/dev/null)" != 5 ]; then
	echo "skipped: no login user id can be had here"
	finish
	exit
fi
getent passwd games man mail >>"$tree/etc/passwd"
cat >"$policy" <<-'END'
	sereno: 1
	timezone: UTC
	accounts:
	  min-uid: 1
	  break-glass: {members: [rescue], from: [seat, serial]}
	roles:
	  sysadmin: {owner: games, members: [mail, luis], allow: [{services: [sshd, sudo], from: [anywhere]}]}
	  open: {owner: games, members: [eva], allow: [{services: [sshd], from: [seat]}]}
	  auditor: {owner: man, members: [ana], allow: [{services: [sshd], from: [seat]}]}
	  orphan: {members: [zoe], allow: [{services: [sshd], from: [seat]}]}
	root:
	  min-administrators: 1
END
chmod 755 "$tree"
expect 0 apply --root "$tree"

mkdir -p "$tree/run/sereno"
cp "$O/sereno" "$tree/sereno"
chmod 755 "$tree/sereno"
systemd-socket-activate --seqpacket -l "$tree/run/sereno/serenod.socket" "$O/serenod" "--root=$tree" 2>"$tree/serenod.log" &
daemon=$!
systemd-socket-activate --accept --inetd -l "$tree/run/sereno/review.socket" "$tree/sereno" review answer --root "$tree" 2>"$tree/review.log" &
reviewer=$!
trap 'kill $daemon $reviewer 2>/dev/null || true; rm -rf "$tree"' EXIT
until [ -S "$tree/run/sereno/serenod.socket" ] && [ -S "$tree/run/sereno/review.socket" ]; do kill -0 $daemon $reviewer; done
chmod 0666 "$tree/run/sereno/serenod.socket"

# as USER STATUS WORD...: in a login of his own, or of $login_of.
as() {
	user=$1 want=$2 got=0
	shift 2
	login=$(id -u "${login_of:-$user}")
	said=$(echo "$login" 2>/dev/null >/proc/self/loginuid
		setpriv --reuid "$user" --regid "$user" --clear-groups "$tree/sereno" "$@" --root "$tree" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "sereno $* by $user: exit status $got, not $want: $said"
}

as games 1 review
says "no review names you as the owner of a role"
as games 3 review open
says "run this as root"
said=$(echo "$(id -u mail)" >/proc/self/loginuid; "$O/sereno" review open --root "$tree" 2>&1) || fail "no review: $said"
says "orphan has no owner"
says "Review 1 is open: 3 roles"

# His own roles, and no others.
as games 0 review
says "sysadmin"
says "to be signed"
silent_on auditor
silent_on orphan
as man 0 review list
says auditor
silent_on sysadmin
as mail 1 review
says "no review names you"
as games 1 review auditor
says "you own no role auditor"
as games 0 review sysadmin
says "sysadmin (owner: games): 2 users"
says "Next, by games himself: sereno review sign sysadmin --digest"
as games 0 review sysadmin --json
json '[.members[].user] == ["luis", "mail"]'
digest=$(printf '%s' "$said" | jq -r .digest)

# He himself, in a login of his own, and what he saw.
as man 1 review sign sysadmin --digest "$digest"
says "no open review waits for your signature of this role"
login_of=man as games 1 review sign sysadmin --digest "$digest"
says "who decides must have logged in as himself"
said=$(echo "$(id -u mail)" >/proc/self/loginuid; "$O/sereno" review sign sysadmin --digest "$digest" --root "$tree" 2>&1) && fail "root signed: $said"
says "reviewed by its owner, games, and you logged in as mail"
as games 1 review sign sysadmin --digest "$(echo "$digest" | cut -c 1-15)"
says "this was not its digest"
as games 1 review sign sysadmin --digest "0$(echo "$digest" | cut -c 1-20)"
says "the list is another one by now"
as games 0 review sign sysadmin --digest "$(echo "$digest" | cut -c 1-16)"
says "Signed: sysadmin, digest"
as games 1 review sign sysadmin --digest "$digest"
says "no open review waits"
as games 0 review sysadmin
says "Signed by games on"
says "as it is now"

# A role that is called as a word of the command.
as games 0 review list open --json
json '.role == "open" and [.members[].user] == ["eva"]'
digest=$(printf '%s' "$said" | jq -r .digest)
as games 0 review sign open --digest "$digest"
expect 0 review list open --root "$tree"
says "Signed by games on"

# Who draws the list is not there.
kill $reviewer
rm "$tree/run/sereno/review.socket"
as man 3 review
says "journalctl -t sereno"
as man 3 review sign auditor --digest "$digest"

# What is asked past serenod.
expect 3 review answer --root "$tree"
says "this answers serenod"
finish
