#!/bin/sh
# SPDX-License-Identifier: MIT
# A review: opened, looked at, signed by who owns the role and logged in, overdue.
. "$(dirname "$0")/tree.inc"

# Who logs in is what the kernel says; where it says nothing there is nobody to try it as.
login=$(cat /proc/self/loginuid 2>/dev/null || echo none)
unset_login=4294967295
if [ "$login" = "$unset_login" ]; then
	make_tree
	expect 0 apply --root "$tree"
	expect 1 review open --root "$tree"
	says "the kernel knows no login"
	login=1004
	(echo $login >/proc/self/loginuid) 2>/dev/null || login=none
fi
if [ "$login" = none ]; then
	echo "skipped: no login user id can be had here"
	finish
	exit
fi
[ "$(cat /proc/self/loginuid)" = "$login" ] || echo "$login" >/proc/self/loginuid

make_tree
sed -i "s/^luis:x:1004:/luis:x:$login:/" "$tree/etc/passwd"
[ "$login" != 0 ] || sed -i '/^root:/d' "$tree/etc/passwd"
cat >>"$tree/etc/passwd" <<-'END'
	sol:x:1010:1010::/home/sol:/bin/bash
	twin:x:1006:1006::/home/twin:/bin/bash
	toor:x:0:0::/root:/bin/bash
END
for user in pepe luis eva zoe sol; do echo "$user"':$y$j9T$x:19000:0:99999:7:::'; done >>"$tree/etc/shadow"
sed -i -e 's/^  sysadmin:/&\n    owner: luis/' -e 's/^  employee:/&\n    owner: eva/' -e 's/members: \[zoe\]/members: [zoe, gone]\n    owner: luis/' "$policy"
expect 0 apply --root "$tree"

expect 2 review contractor extra --root "$tree"
says "a ROLE is wanted"
expect 2 review --deadline 2w --root "$tree"
expect 2 review sign contractor --root "$tree"
says "sereno review ROLE prints the list"
expect 2 review open --deadline soon --root "$tree"
expect 1 review nothing --root "$tree"
says "there is no role nothing"

expect 0 review contractor --root "$tree"
says "contractor (owner: luis): 2 users"
says "no account"
says "(like twin)"
says "never"
expect 0 review contractor --json --root "$tree"
json '.users == 2 and (.members[0] | .user == "gone" and .uid == null and .flags == ["no-account"])'
json '.members[1] | .uid_also_of == "twin" and .until == "2040-06-30T22:00:00Z" and .by == "policy"'
digest=$(printf '%s' "$said" | jq -r .digest)
expect 1 review sign contractor --digest "$digest" --root "$tree"
says "no open review waits"

listen "$tree"
expect 0 review open --deadline 14d --root "$tree"
event 'review.opened subject="luis" until='
event 'detail="review 1 of 3 roles"'
says "auditor has no owner"
says "Review 1 is open: 3 roles"
expect 1 review open --root "$tree"
says "is open already"
expect 0 review --root "$tree"
says "to be signed"
says "nobody can sign"
[ "$login" = 0 ] || says "toor is root under another name"

# Accounts that no owner answers for, and when a role was of use.
says "twin and zoe are one user id, 1006"
says "Accounts that no role holds"
says "pepe (uid 1003)"
says "sol (uid 1010)"
silent_on "(uid 34)"
silent_on "(uid 1001)"
silent_on "(uid 1002)"
expect 0 review --json --root "$tree"
json '.without_role == ["pepe", "sol"] and .shared_uids == [{"uid": 1006, "user": "twin", "also": "zoe"}]'
json '[.roles[].last_use] == [null, null, null, null]'
mkdir -m 700 "$tree/var/lib/sereno/role-uses"
printf '\0\303\160\144\0\0\0\0\377\074\217\233\377\377\377\377' >"$tree/var/lib/sereno/role-uses/employee"
expect 0 review employee --json --root "$tree"
json '.last_use == "2023-05-26T14:32:32Z"'
expect 0 review employee --root "$tree"
says "Somebody was let in by it last: Fri 2023-05-26"
expect 0 review sysadmin --root "$tree"
says "last: never, as far as this host knows"
expect 0 review employee --json --root "$tree"
json '[.members[].user] == ["ana", "luis"] and .members[0].group == "staff"'
owned=$(printf '%s' "$said" | jq -r .digest)
expect 1 review sign employee --digest "$owned" --root "$tree"
says "reviewed by its owner, eva, and you logged in as luis"
event 'review.refused subject="luis" rule="employee"'

# The list that was seen, not the one that came after.
expect 0 grant sol contractor --for 2h --reason 'order "4711"' --root "$tree"
expect 1 review sign contractor --digest "$digest" --root "$tree"
says "is another one by now"
expect 0 review contractor --root "$tree"
says "grant 1 of luis"
says 'order "4711"'
expect 0 review contractor --json --root "$tree"
digest=$(printf '%s' "$said" | jq -r .digest)
expect 1 review sign contractor --digest 0000 --root "$tree"
expect 1 review sign contractor --digest "$(echo "$digest" | cut -c 1-15)" --root "$tree"
expect 0 review sign contractor --digest "$(echo "$digest" | cut -c 1-16)" --root "$tree"
says "Signed: contractor, 3 users"
event "review.signed subject=\"luis\" rule=\"contractor\" detail=\"sha256:$digest users=3\""
expect 1 review sign contractor --digest "$digest" --root "$tree"
expect 0 review contractor --root "$tree"
says "as it is now"
expect 0 revoke 1 --reason done --root "$tree"
expect 0 review contractor --root "$tree"
says "has changed since"

# After the deadline.
expect 0 status --root "$tree"
sqlite=$(command -v sqlite3 || true)
if [ -n "$sqlite" ]; then
	"$sqlite" "$tree/var/lib/sereno/register.db" 'UPDATE reviews SET deadline = 1000'
	expect 1 review --root "$tree"
	says "OVERDUE"
	expect 1 review sysadmin --root "$tree"
	expect 0 review contractor --root "$tree"
	expect 1 status --root "$tree"
	says "not signed in time"
	expect 1 status --json --root "$tree"
	json '.attention == ["role-review"]'
fi
finish
