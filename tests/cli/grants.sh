#!/bin/sh
# SPDX-License-Identifier: MIT
# Roles granted and taken back by the command, by who logged in.
. "$(dirname "$0")/tree.inc"

# Who logs in is what the kernel says; where it says nothing there is nobody to try it as.
login=$(cat /proc/self/loginuid 2>/dev/null || echo none)
unset_login=4294967295
if [ "$login" = "$unset_login" ]; then
	make_tree
	expect 0 apply --root "$tree"
	expect 1 grant sol auditor --for 2h --reason 'no login' --root "$tree"
	says "the kernel knows no login"
	login=1004
	(echo $login >/proc/self/loginuid) 2>/dev/null || login=none
fi
if [ "$login" = none ]; then
	echo "skipped: no login user id can be had here"
	[ "$failures" -eq 0 ]
	exit
fi
[ "$(cat /proc/self/loginuid)" = "$login" ] || echo "$login" >/proc/self/loginuid

make_tree
sed -i "s/^luis:x:1004:/luis:x:$login:/" "$tree/etc/passwd"
[ "$login" != 0 ] || sed -i '/^root:/d' "$tree/etc/passwd"
echo 'sol:x:1010:1010::/home/sol:/bin/bash' >>"$tree/etc/passwd"
expect 0 apply --root "$tree"

expect 2 grant sol --root "$tree"
says "a USER and a ROLE are wanted"
expect 2 grant sol auditor --for 2h --root "$tree"
says "--reason is wanted"
expect 2 grant sol auditor --reason x --root "$tree"
says "a grant ends"
expect 2 grant sol auditor --for 2h --until 2040-01-01T00:00 --reason x --root "$tree"
says "not both"
expect 2 grant sol auditor --for 2y --reason x --root "$tree"
says "a minute to ten years"
expect 2 grant sol auditor --for 2h --reason 'two
lines' --root "$tree"
says "one line of text"
expect 1 grant sol nobody --for 2h --reason x --root "$tree"
says "no such role"
expect 1 grant luis employee --for 2h --reason x --root "$tree"
says "nobody grants to himself"
expect 1 grant nobody-here employee --for 2h --reason x --root "$tree"
says "there is no account nobody-here"
expect 1 grant rescue employee --for 2h --reason x --root "$tree"
says "it needs no role"
expect 1 grant backup employee --for 2h --reason x --root "$tree"
says "is not governed"
expect 1 grant sol employee --until 2020-01-01T00:00 --reason x --root "$tree"
says "over before it begins"
expect 1 grants --root "$tree"
says "Nothing is granted."

expect 1 explain sol --service sshd --from 10.20.3.4 --root "$tree" --met second-factor
says "no role is held now"
expect 0 grant sol employee --for 2h --reason 'ticket "4711"' --root "$tree"
says "Grant 1: sol holds employee until"
expect 0 grants --root "$tree"
says "sol   employee"
says 'ticket "4711"'
expect 0 grants sol --json --root "$tree"
json 'length == 1 and .[0].id == 1 and .[0].granted.by == "luis" and .[0].granted.reason == "ticket \"4711\""'
expect 1 grants ana --root "$tree"
"$O/sereno" explain sol --service cron --from jobs --root "$tree" >"$tree/out" || fail "a granted role runs no jobs"
grep -q 'by grant 1 of luis (ticket "4711"), until' "$tree/out" || fail "explain does not name the grant: $(cat "$tree/out")"
expect 0 explain sol --service cron --from jobs --json --root "$tree"
json '.grant == 1'
expect 0 status --root "$tree"
says "1 grants of roles"

expect 2 revoke sol --reason x --root "$tree"
says "or the number of a grant"
expect 1 revoke 7 --reason x --root "$tree"
says "there is none that is open"
expect 0 revoke 1 --reason done --root "$tree"
says "sol no longer holds employee"
says "Of sessions of his that are open, those that rest on it are told within a minute, and end ten minutes later"
expect 1 explain sol --service cron --from jobs --root "$tree"
expect 1 grants --root "$tree"
expect 0 grants --all --root "$tree"
says "taken back"

# who has the rights of a granted role, as long as it is granted.
expect 0 grant sol employee --for 2h --reason again --root "$tree"
expect 0 who sshd --json --root "$tree"
json 'map(select(.user == "sol" and .grant == 2)) | length > 0'
expect 0 revoke 2 --reason done --root "$tree"
expect 0 who --json --root "$tree"
json 'map(select(.user == "sol")) | length == 0'

# What is published is lost: the next apply, or the next look, publishes it again.
expect 0 grant sol employee --for 2h --reason again --root "$tree"
rm "$tree/var/lib/sereno/grants.1.cdb"
expect 1 explain sol --service cron --from jobs --root "$tree"
says "No policy decides"
expect 0 apply --root "$tree"
expect 0 explain sol --service cron --from jobs --root "$tree"
expect 0 revoke sol employee --reason done --root "$tree"

# What is published is of another register than the one that is there.
expect 0 grant sol employee --for 2h --reason again --root "$tree"
expect 0 status --root "$tree"
sqlite3 "$tree/var/lib/sereno/register.db" "UPDATE counter SET value = value + 1 WHERE name = 'serial'"
expect 1 status --root "$tree"
says "logins do not see what the register says now; next: sereno grants"
expect 1 status --json --root "$tree"
json '.attention == ["unpublished"]'
expect 0 grants --root "$tree"
expect 0 status --root "$tree"

# A register that is damaged does not keep a policy from being put in force.
cp "$tree/var/lib/sereno/register.db" "$tree/register.kept"
printf 'no register' >"$tree/var/lib/sereno/register.db"
expect 0 apply --root "$tree"
says "cannot use $tree/var/lib/sereno/register.db"
mv "$tree/register.kept" "$tree/var/lib/sereno/register.db"
expect 0 status --root "$tree"

# The groups that roles give, and where that is written.
sed -i 's/^  sysadmin:/&\n    gives-groups: [sereno-admins,\n      sereno-logs]/' "$policy"
expect 0 apply --root "$tree"
expect 0 explain luis --service login --from seat --root "$tree"
says "gives groups: sereno-admins (line $(grep -n sereno-admins "$policy" | cut -d: -f1)), sereno-logs (line $(grep -n '^      sereno-logs' "$policy" | cut -d: -f1))"
expect 0 explain luis --service login --from seat --json --root "$tree"
json '[.roles[] | select(.role == "sysadmin").gives_groups[].group] == ["sereno-admins", "sereno-logs"]'
expect 0 grant sol sysadmin --for 1h --reason x --root "$tree"
sed -i 's/^root:/session: {when-access-ends: tell}\n&/' "$policy"
expect 0 apply --root "$tree"
expect 0 revoke sol sysadmin --reason x --root "$tree"
says "those that rest on it are told within a minute, and go on"

[ "$failures" -eq 0 ]
