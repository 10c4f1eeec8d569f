#!/bin/sh
# SPDX-License-Identifier: MIT
# sereno apply: all or nothing, nobody locked out, and who would lose what.
. "$(dirname "$0")/tree.inc"

make_tree
expect 0 apply --dry-run --root "$tree"
says "Nothing was changed"
[ ! -e "$tree/var/lib/sereno/in-force" ] || fail "--dry-run put something in force"
[ ! -e "$tree/etc/sereno/fallback" ] || fail "--dry-run wrote the fallback"
golden apply-first 0 apply --root "$tree"
[ -f "$tree/var/lib/sereno/in-force/policy.1.cdb" ] || fail "nothing is in force"
grep -q rescue "$tree/etc/sereno/fallback" || fail "the fallback does not know rescue"
cmp -s "$policy" "$tree/var/lib/sereno/in-force/policy.yaml" || fail "the text in force is another"

# Refusals leave every byte as it was.
before=$(state_sum)
refused() {
	expect 1 apply --root "$tree"
	says "$1"
	says "Nothing was changed."
	[ "$(state_sum)" = "$before" ] || fail "a refused apply changed something: $1"
	[ "$(ls "$tree/var/lib/sereno/generations")" = 1 ] || fail "a refused apply left something: $1"
}
printf 'roles: [\n' >>"$policy"
refused "policy.yaml:42:1: not YAML"
make_policy() { sed "$1" "$tree/var/lib/sereno/in-force/policy.yaml" >"$policy"; }
make_policy 's/members: \[luis\]/members: [nobody-here]/'
refused "1 person could become root"
make_policy 's/min-administrators: 2/min-administrators: 3/'
refused "policy.yaml:39:1: 2 people could become root under this policy, and root.min-administrators asks for 3"
make_policy 's/{services: \[elevate\], from: \[bastion, seat, serial\]}/{services: [elevate], from: [192.0.2.1]}/'
refused "1 person could become root"
make_policy 's/{services: \[elevate\], from: \[bastion, seat, serial\]}/{services: [elevate], from: [seat], second-factor: required}/'
cp "$policy" "$tree/asks-codes"
expect 0 apply --dry-run --root "$tree"
silent_on "could become root"
echo 'second-factor: {enrol: ticket}' >>"$policy"
refused "luis would count if he could give the one-time code that this policy asks of him: sereno otp ticket luis"
says "1 person could become root"
echo 'observe: [second-factor]' >>"$policy"
expect 0 apply --dry-run --root "$tree"
silent_on "could become root"

# Demands add: sysadmin asks for nothing, but luis holds second as well.
second() {
	make_policy 's/^roles:/second-factor: {enrol: ticket}\nroles:/; s/except: \[pepe\]/except: [pepe, luis]/'
	sed -i "/^roles:/a\\  second:\\n    members: [luis]\\n    allow: [{$1, second-factor: required}]" "$policy"
}
second 'services: [console, sshd, gdm-x], from: [anywhere]'
refused "luis would count if he could give the one-time code"
second 'services: [sudo, su, polkit-1], from: [seat, serial, bastion]'
refused "luis would count if he could give the one-time code"
second 'services: [ftp, login], from: [bastion]'
expect 0 apply --dry-run --root "$tree"
second 'services: [sshd], from: [bastion]'
expect 0 apply --dry-run --root "$tree"
make_policy 's/members-of: \[staff\]/members-of: [stuff]/'
refused "policy.yaml:15:18: no group 'stuff' on this host"
make_policy 's/members: \[rescue\]/members: [rescue, gone]/'
refused "policy.yaml:12:35: no break-glass account 'gone' on this host"
make_policy 's/members: \[rescue\]/members: [rescue, daemon]/'
refused "break-glass account daemon: its shell"
make_policy 's/members: \[rescue\]/members: [eva]/; s/except: \[pepe\]/except: [pepe, eva]/'
refused "break-glass account eva: its password"
make_policy ''
cp "$tree/etc/shadow" "$tree/shadow"
sed -i 's/^rescue:\(.*\):::$/rescue:\1::100:/' "$tree/etc/shadow"
refused "break-glass account rescue: the account has expired"
mv "$tree/shadow" "$tree/etc/shadow"
cp "$tree/etc/group" "$tree/group"
sed -i 's/audit:x:51:eva/audit:x:51:eva,luis/' "$tree/etc/group"
refused "roles sysadmin and auditor exclude each other, but luis holds both"
mv "$tree/group" "$tree/etc/group"
make_policy 's/    until: 2040-06-30/    unattended: yes/'
cp "$tree/etc/group" "$tree/group"
sed -i 's/audit:x:51:eva/audit:x:51:eva,zoe/' "$tree/etc/group"
refused "policy.yaml:34:3: role contractor is for programs and role auditor for people, but zoe holds both"
mv "$tree/group" "$tree/etc/group"

# Who is not counted: luis could do nothing with such rules, and so only rescue is left.
uncounted() {
	sed "s/except: \[pepe\]/except: [pepe, luis]/; s/{services: \[console, sshd\], from: \[bastion, seat, serial\]}/$1/; s/{services: \[elevate\], from: \[bastion, seat, serial\]}/$2/" \
		"$tree/var/lib/sereno/in-force/policy.yaml" >"$policy"
	refused "1 person could become root"
}
uncounted '{services: [sshd], from: [seat, serial]}' '{services: [sudo], from: [anywhere]}'
uncounted '{services: [sshd], from: [anywhere]}' '{services: [sudo], from: [seat, serial, jobs]}'
uncounted '{services: [login], from: [bastion]}' '{services: [sudo], from: [anywhere]}'
uncounted '{services: [console, sshd], from: [jobs]}' '{services: [sudo], from: [jobs]}'
uncounted '{services: [console, sshd, cron], from: [jobs]}' '{services: [sudo], from: [anywhere]}'
make_policy 's/members: \[luis\]/unattended: yes\n    members: [luis]/; s/except: \[pepe\]/except: [pepe, luis]/; s/bastion, seat, serial\]/bastion]/'
refused "1 person could become root"
counted() {
	make_policy "s/{services: \[console, sshd\], from: \[bastion, seat, serial\]}/$1/; s/{services: \[elevate\], from: \[bastion, seat, serial\]}/$2/"
	expect 0 apply --dry-run --root "$tree"
	silent_on "could become root"
}
counted '{services: [sshd], from: [anywhere]}' '{services: [sudo], from: [bastion]}'
counted '{services: [console, sshd], from: [seat]}' '{services: [sudo], from: [seat]}'
counted '{services: [sshd], from: [anywhere]}' '{services: [sudo], from: [anywhere]}'
make_policy ''

# The way in of whoever applies.
SUDO_USER=eva SSH_CONNECTION='10.20.3.4 50000 10.20.0.1 22'
export SUDO_USER SSH_CONNECTION
if [ "$(id -u)" = 0 ] && [ "$(cat /proc/self/loginuid 2>/dev/null || echo 4294967295)" = 4294967295 ]; then
	refused "your own way in would be closed: eva by sudo from 10.20.3.4"
	silent_on "eva by sshd"
	SSH_CONNECTION='192.0.2.1 50000 10.20.0.1 22'
	refused "eva by sshd from 192.0.2.1"
	SUDO_USER=luis SSH_CONNECTION='10.20.9.10 50000 10.20.0.1 22'
	expect 0 apply --root "$tree"
	silent_on "cannot tell"
	{ sed 's/min-administrators: 2/min-administrators: 1/' "$tree/asks-codes" && echo 'second-factor: {enrol: ticket}'; } >"$policy"
	sed -i 's/{services: \[elevate\], from: \[seat\]/{services: [elevate], from: [bastion]/' "$policy"
	expect 1 apply --dry-run --root "$tree"
	says "your own way in would be closed: luis by sudo from 10.20.9.10 needs a one-time code, which you cannot give: sereno otp ticket luis"
	sed -i 's/enrol: ticket/enrol: at-login/' "$policy"
	expect 0 apply --dry-run --root "$tree"
	make_policy ''
	SUDO_USER=root SSH_CONNECTION='10.20.9.10 50000 10.20.0.1 22'
	expect 1 apply --root "$tree"
	says "add it to root.direct-login"
fi
unset SUDO_USER SSH_CONNECTION

# Who is governed although his uid is low: whoever a role names, and nobody by his group.
make_tree
sed -i 's/staff:x:50:luis/staff:x:50:luis,daemon/' "$tree/etc/group"
sed -i 's/members: \[zoe\]/members: [zoe, backup]/' "$policy"
expect 0 apply --root "$tree"
grep -qx 'governed backup' "$tree/etc/sereno/fallback" || fail "the fallback: $(cat "$tree/etc/sereno/fallback")"
expect 0 explain daemon --service sshd --from 192.0.2.1 --root "$tree"
expect 1 explain backup --service sshd --from 192.0.2.1 --root "$tree"

# Who would lose what.
make_tree
expect 0 apply --root "$tree"
sed -i 's/from: \[office\]/from: [10.20.3.0\/24]/; s/members-of: \[staff\]/members: [ana]/
	s/working-day: \[Mon-Fri 07:00-21:00\]/working-day: [Mon-Thu 07:00-21:00]/; s/members: \[zoe\]/members: []/
	s/min-administrators: 2/direct-login: [seat]/' "$policy"
golden apply-losses 0 apply --dry-run --root "$tree"
expect 0 apply --dry-run --json --root "$tree"
json '.applied == false and .dry_run and .faults == 0'
json '.losses | any(.user == "ana" and .service == "sshd" and .from == "office" and .change == "gone")'
json '.losses | any(.user == "ana" and .service == "login" and .change == "hours")'
json '.losses | any(.user == "zoe" and .kind == "everything")'
json '.losses | any(.kind == "root-login" and .from == "serial")'

# One line for one thing.
make_tree
sed -i 's/members: \[luis\]/members: [luis, root]/' "$policy"
expect 0 apply --root "$tree"
says "root needs no role"
silent_on "uid 0"
sed -i 's/members: \[rescue\]/members: [luis]/; s/members: \[luis, root\]/members: [ana, eva]/; s/except: \[pepe\]/except: [pepe, luis]/; s/members-of: \[audit\]/members: [marta]/; s/luis:x:1004/luis:x:1004/' "$policy"
sed -i 's/^rescue\(:.*\)/rescue\1\nluis\1/' "$tree/etc/shadow"
expect 0 apply --dry-run --root "$tree"
says "rescue is no break-glass account any more and holds no role: loses every login"
silent_on "rescue holds no role"
expect 0 apply --dry-run --root "$tree" --json
json '.losses | map(select(.user == "rescue")) | map(.kind + " " + .change) == ["break-glass gone"]'

# Many losses: fifty are named, the others counted; --all names them.
make_tree
seq -f 'user%.0f:x:2000:60::/:/bin/sh' 2001 2060 >>"$tree/etc/passwd"
expect 0 apply --dry-run --root "$tree"
says "and 11 more; --all prints them"
expect 0 apply --dry-run --all --root "$tree"
says "user2060 holds no role"
silent_on "more;"
expect 0 apply --dry-run --json --root "$tree"
json '.losses_total == 61 and (.losses | length) == 61'

# What only looks different is no loss.
make_tree
expect 0 apply --root "$tree"
sed -i 's/sysadmin:/admins:/; s/from: \[office\]/from: [10.0.0.0\/8, '"'fd00::\\/16'"']/; s/Mon-Fri 07:00-21:00/Mon-Fri 06:00-22:00, Sat 09:00-10:00/' "$policy"
expect 0 apply --dry-run --json --root "$tree"
json '.losses == []'
sed -i 's/until: 2040-06-30/until: 2020-06-30/' "$policy"
expect 0 apply --root "$tree"
says "zoe loses sshd from 10.20.40.0/24 (was contractor.1)"
sed -i 's/members: \[zoe\]/members: []/' "$policy"
expect 0 apply --dry-run --json --root "$tree"
json '.losses == []'
expect 0 apply --json --root "$tree"
json '.applied and .generation == 3 and (.policy | length) == 64'
finish
