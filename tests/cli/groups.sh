#!/bin/sh
# SPDX-License-Identifier: MIT
# sereno apply and check with roles that give groups: their numbers, and what keeps them from working.
. "$(dirname "$0")/tree.inc"

numbers=$tree/var/lib/sereno/group-numbers
make_tree
echo 'group: files systemd sereno' >"$tree/etc/nsswitch.conf"
printf 'disk:x:6:\nadm:x:4:\n' >>"$tree/etc/group"
cp "$policy" "$tree/plain"

# gives ROLE LIST... : the policy, with groups for roles.
gives() {
	cp "$tree/plain" "$policy"
	while [ $# -gt 1 ]; do
		sed -i "s/^  $1:\$/&\n    gives-groups: $2/" "$policy"
		shift 2
	done
}
numbered() { [ "$(cat "$numbers")" = "$1" ] || fail "the numbers are: $(cat "$numbers")"; }

expect 0 apply --root "$tree"
[ ! -e "$numbers" ] || fail "numbers without groups"

gives employee '[adm, desk]' contractor '[site]'
expect 0 check --root "$tree"
says "no group 'desk' on this host yet: sereno makes it, with number 90000"
expect 0 apply --dry-run --root "$tree"
[ ! -e "$numbers" ] || fail "check or --dry-run gave out numbers"
expect 0 apply --root "$tree"
silent_on nsswitch
numbered "90000 desk
90001 site
next 90002"
[ "$(stat -c %a "$numbers")" = 644 ] || fail "not for everybody to read"

# A number is never used twice, and never that of another group; a name keeps its own.
echo 'squatter:x:90002:' >>"$tree/etc/group"
gives contractor '[yard]'
expect 0 apply --root "$tree"
gives employee '[desk]'
expect 0 apply --root "$tree"
silent_on "sereno makes it"
numbered "90000 desk
90001 site
90003 yard
next 90004"

# A refused apply gives out none.
before=$(state_sum)
gives employee '[new]' contractor '[disk]'
expect 1 apply --root "$tree"
says "the group 'disk' is as good as root: the role 'contractor' needs privileged: yes, and until"
gives employee '[new]' contractor '[root]'
expect 1 apply --root "$tree"
says "the group root is never given"
gives employee '[new, audit]'
expect 1 apply --root "$tree"
says "group 'audit' (number 51) is given by a role"
[ "$(state_sum)" = "$before" ] || fail "a refused apply changed something"

# Numbers that were forgotten could be used twice.
cp "$numbers" "$tree/numbers"
damage() {
	printf '%b' "$1" >"$numbers"
	gives employee '[desk]'
	expect 1 apply --root "$tree"
	says "group-numbers is damaged"
}
damage ''
damage '90000 desk\n'
damage '90000 desk\nnext 90001'
damage '90000 desk\nnext 90000\n'
damage '90000 desk\nnext 90001\n90001 x\n'
damage '90001 desk\n90000 site\nnext 90002\n'
damage '90000 desk\n90001 desk\nnext 90002\n'
damage '90000 Desk\nnext 90001\n'
damage '4 desk\nnext 90001\n'
damage '90000desk\nnext 90001\n'
damage '90000 desk\0\nnext 90001\n'
cp "$tree/numbers" "$numbers"
chmod 666 "$numbers"
expect 1 apply --root "$tree"
says "could have been written by others"
chmod 644 "$numbers"
expect 0 apply --root "$tree"

# All given out: the last one is the last.
printf '99998 desk\nnext 99999\n' >"$numbers"
gives employee '[last]'
expect 0 apply --root "$tree"
numbered "99998 desk
99999 last
next 100000"
gives employee '[more]'
expect 1 apply --root "$tree"
says "sereno has given out all its numbers"
cp "$tree/numbers" "$numbers"

# What keeps them from working.
gives employee '[desk]'
echo 'group: files sereno systemd # ours' >"$tree/etc/nsswitch.conf"
expect 0 apply --root "$tree"
says "sereno is not the last word"
echo 'group: files sereno [NOTFOUND=return]' >"$tree/etc/nsswitch.conf"
expect 0 apply --root "$tree"
silent_on nsswitch
for ends in '[NOTFOUND=return]' '[SUCCESS=continue UNAVAIL=return]' '[!success=RETURN]'; do
	echo "group: files $ends sereno" >"$tree/etc/nsswitch.conf"
	expect 0 apply --root "$tree"
	says 'ends before sereno'
done
echo 'group: files [SUCCESS=return] sereno' >"$tree/etc/nsswitch.conf"
expect 0 apply --root "$tree"
silent_on nsswitch
echo 'group: files # sereno' >"$tree/etc/nsswitch.conf"
expect 0 apply --root "$tree"
says "write sereno as the last word of the line group: in nsswitch.conf"
printf 'group: files sereno\ninitgroups: files\n' >"$tree/etc/nsswitch.conf"
expect 0 apply --root "$tree"
says "initgroups: in nsswitch.conf stands in the place"
echo 'group: files sereno' >"$tree/etc/nsswitch.conf"
mkdir -p "$tree/run/nscd"
: >"$tree/run/nscd/socket"
expect 1 apply --root "$tree"
says "nscd runs, and keeps the groups"
expect 0 check --root "$tree"
says "nscd runs, and keeps the groups"
printf '# enable-cache group no\nenable-cache\tgroup\tyes\n' >"$tree/etc/nscd.conf"
expect 1 apply --root "$tree"
printf 'enable-cache\tpasswd\tyes\nenable-cache\tgroup\tno # roles\n' >"$tree/etc/nscd.conf"
expect 0 apply --root "$tree"
silent_on nscd
cp "$tree/plain" "$policy"
rm "$tree/etc/nscd.conf"
expect 0 apply --root "$tree"
silent_on nscd
finish
