#!/bin/sh
# SPDX-License-Identifier: MIT
# Roles asked for by one user and given by another, through a real serenod. Needs root, for several users.
. "$(dirname "$0")/tree.inc"

make_tree
expect 2 request dba --root "$tree"
says "--for is wanted"
expect 2 request dba --for 2 --reason x --root "$tree"
says "--for wants 90m"
expect 2 request dba --for 2h --root "$tree"
says "--reason is wanted"
expect 2 request dba --for 2h --reason 'two
lines' --root "$tree"
says "one line of text"
expect 2 request dba --for 2h --reason "$(printf '%513s' x)" --root "$tree"
says "at most 512 bytes"
for word in x 0 -1 1x 4294967296 99999999999; do
	expect 2 approve --root "$tree" -- "$word"
	says "the number of a request is wanted"
done
expect 2 deny 1 --root "$tree"
says "--reason is wanted"
expect 2 approve --root "$tree"
says "a word is missing"

if [ "$(id -u)" != 0 ]; then
	expect 3 requests --root "$tree"
	says "serenod is not there"
	expect 3 request dba --for 2h --reason x --root "$tree"
	says "systemctl start serenod.socket"
	echo "skipped: several users want root"
	finish
	exit
fi

expect 1 request dba --for 2h --reason x --root "$tree"
says "root has sereno grant"
expect 1 approve 1 --root "$tree"
says "who decides comes as himself"
expect 1 deny 1 --reason x --root "$tree"
says "who decides comes as himself"
expect 1 withdraw 1 --root "$tree"
says "by who made it"
expect 3 requests --root "$tree"
says "sereno apply"

getent passwd games man mail news >>"$tree/etc/passwd"
cat >"$policy" <<-'END'
	sereno: 1
	timezone: UTC
	accounts:
	  min-uid: 1
	  break-glass: {members: [rescue], from: [seat, serial]}
	  persons: {mail: [mail, news]}
	roles:
	  sysadmin: {members: [games, mail], allow: [{services: [sshd, sudo], from: [anywhere]}]}
	  auditor: {members: [man, mail, news, games], allow: [{services: [sshd], from: [anywhere]}]}
	  dba:
	    on-request: {by: [sysadmin], approved-by: [auditor], at-most: 4h}
	    allow: [{services: [sshd], from: [seat]}]
	  vault:
	    on-request: {by: [sysadmin], approved-by: [auditor], at-most: 1h, approvers: 2}
	    allow: [{services: [sshd], from: [seat]}]
	root:
	  min-administrators: 1
END
chmod 755 "$tree"
expect 0 apply --root "$tree"
expect 1 requests --root "$tree"
says "Nothing is asked for"

mkdir -p "$tree/run/sereno"
systemd-socket-activate --seqpacket -l "$tree/run/sereno/serenod.socket" "$O/serenod" "--root=$tree" 2>"$tree/serenod.log" &
daemon=$!
trap 'kill $daemon 2>/dev/null; rm -rf "$tree"' EXIT
until [ -S "$tree/run/sereno/serenod.socket" ]; do kill -0 $daemon; done
chmod 0666 "$tree/run/sereno/serenod.socket"
cp "$O/sereno" "$tree/sereno"
chmod 755 "$tree/sereno"

# as USER STATUS WORD...: in a login of his own, as $login_of says otherwise.
as() {
	user=$1 want=$2 got=0
	shift 2
	login=$(id -u "${login_of:-$user}")
	said=$(echo "$login" 2>/dev/null >/proc/self/loginuid
		setpriv --reuid "$user" --regid "$user" --clear-groups "$tree/sereno" "$@" --root "$tree" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "sereno $* by $user: exit status $got, not $want: $said"
}

as games 1 requests
says "Nothing is asked for"
as games 1 request none --for 2h --reason x
says "no such role"
as games 1 request auditor --for 2h --reason x
says "the role cannot be asked for"
as games 1 request dba --for 5h --reason x
says "longer than the role is given for"
as man 1 request dba --for 2h --reason x
says "no role held now may ask for it"
as games 0 request dba --for 2h --reason 'restore of pg-01, ticket "4711"'
says "Request 1: dba for 2h, from when it is approved."
says "It waits for 1 other person who holds auditor; unanswered, it is void on"
says "Next: sereno approve 1, by one of them"
as games 1 request dba --for 1h --reason again
says "the same is there already"
as games 0 requests
says "0 of 1 approvals, until"
silent_on "your answer"
as daemon 1 requests
as man 0 requests
says 'ticket "4711"'
says "1 waits for your answer. Next: sereno approve 1, or sereno deny 1 --reason TEXT."
as man 0 requests --json
json '.[0].id == 1 and .[0].user == "games" and .[0].for_sec == 7200 and .[0].mine_to_decide and (.[0].mine | not)'

as daemon 1 approve 1
says "there is no request 1 that you made or may decide"
if [ "$(sh -c 'echo 8 >/proc/self/loginuid; cat /proc/self/loginuid' 2>/dev/null)" != 8 ]; then
	as man 1 approve 1
	says "the kernel knows no login"
	echo "skipped: no login user id can be had here"
	finish
	exit
fi
login_of=games as man 1 approve 1
says "who decides must have logged in as himself"
login_of=root as man 1 deny 1 --reason x
says "who decides must have logged in as himself"
as games 1 approve 1
says "nobody decides what he has asked for"
expect 0 requests --root "$tree"
says "0 of 1 approvals"
as man 0 approve 1 --reason 'seen the ticket'
says "Request 1 is approved: games holds dba until"
as man 1 approve 1
says "it was answered already"
expect 0 grants games --json --root "$tree"
json '.[0].role == "dba" and .[0].request == 1 and .[0].granted.by == "man"'
as games 1 requests
as games 0 requests --all
says "granted by man, grant 1"

# The other account of who has asked is the same person.
as mail 0 request dba --for 90m --reason mine
as news 1 approve 2
says "there is no request 2"
as games 1 withdraw 2
says "there is none that is open"
as man 0 deny 2 --reason 'use the replica'
says "Request 2 is denied: mail does not get dba."
as mail 0 requests --all
says "use the replica"
as mail 0 request dba --for 90m --reason 'once more'
as mail 0 withdraw 3
says "Request 3 for dba is taken back."
as mail 0 requests --all --json
json '[.[] | select(.mine) | .state] == ["denied", "withdrawn"]'

# Two approvers are two persons.
as games 0 request vault --for 1h --reason keys
says "It waits for 2 different other persons who hold auditor"
as mail 0 approve 4
says "1 more person who holds auditor must"
as mail 1 approve 4
says "the same person has said yes already"
as news 1 approve 4
says "the same person has said yes already"
as games 1 approve 4
as man 0 approve 4
says "Request 4 is approved: games holds vault until"

expect 0 requests --all --root "$tree"
says "granted by man, grant 2"
expect 0 requests --all --json --root "$tree"
json 'length == 4'

# More than a page, and than a conversation, holds.
long=$(printf '%512s' '' | tr ' ' .)
for n in $(seq 10); do
	as mail 0 request dba --for 1h --reason "$long"
	as mail 0 withdraw $((n + 4)) --reason "$long"
done
as mail 0 requests --all --json
[ "$(printf '%s' "$said" | jq '[.[].id] == [range(1; 15)]')" = true ] || fail "not all requests are listed"
finish
