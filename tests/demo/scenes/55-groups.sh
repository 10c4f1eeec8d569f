# SPDX-License-Identifier: MIT
# groups - roles give Unix groups, by the real name service, to real logins.

# groups_policy: sysadmins get a group of Debian's and one that sereno makes, clerks one of their own.
groups_policy() {
	main_policy | sed -e 's/^  sysadmin:$/&\n    gives-groups: [adm, opers]/' -e 's/^  employee:$/&\n    gives-groups: [desk]/'
}
# Another's id, in a program that is root whoever starts it: libc is stricter there.
install -m 4755 "$(command -v id)" /usr/local/bin/setuid-id

scene 'nscd runs: its memory of groups would outlive a role, so the policy is refused'
groups_policy >/etc/sereno/policy.yaml
mkdir /run/nscd
touch /run/nscd/socket
run sereno apply
expect_status 1
expect_output 'nscd runs, and keeps the groups'
rm -r /run/nscd

scene 'the policy is applied: sereno is not on the group: line yet, and says so'
run sereno apply
expect_status 0
expect_output "no group 'opers' on this host yet: sereno makes it, with number 90001"
expect_output 'write sereno as the last word of the line group:'
run id ana
expect_no_output 'adm|opers'
sed -i 's/^group:.*/& sereno/' /etc/nsswitch.conf
run sereno apply
expect_status 0
expect_no_output 'nsswitch'

scene 'ana is in the groups of her role, pepe, a clerk by Unix group, in that of his'
run id ana
expect_output '4\(adm\)'
expect_output '90001\(opers\)'
run id pepe
expect_output '90000\(desk\)'
expect_no_output 'opers'
run id backup-jobs
expect_no_output 'opers|desk'
run getent group opers 90000
expect_output '^opers:\*:90001:$'
expect_output '^desk:\*:90000:$'

scene 'ana, ssh from the bastion: her login, her sudo and her su have them'
install -d -m 2770 -g opers /srv/opers
ssh_from 127.0.0.3 ana 'id -Gn | grep -w opers' 'touch /srv/opers/of-ana' "su luis -c 'id -Gn' | grep -w opers" \
	'sudo -u luis id -Gn | grep -w opers' 'setuid-id luis | grep -w opers'
expect_outcome in 0 0 0 0 0
run ls -l /srv/opers
expect_output ' ana +opers '

scene 'pepe at the console: his own group, not the other one'
at_line tty1 pepe 'id -Gn | grep -w desk' 'ls /srv/opers' 'setuid-id | grep -w opers'
expect_outcome in 0 2 1

scene 'the role is taken from luis: he is out of its groups in the next process'
sed -i 's/members: \[ana, luis\]/members: [ana]/; s/min-administrators: 3/min-administrators: 1/' /etc/sereno/policy.yaml
run sereno apply
expect_status 0
run id luis
expect_no_output 'opers|adm'
run id ana
expect_output 'opers'

scene 'as good as root: not without saying so, and not without an end'
sed -i 's/gives-groups: \[desk\]/gives-groups: [shadow]/' /etc/sereno/policy.yaml
run sereno apply
expect_status 1
expect_output "the group 'shadow' is as good as root: the role 'employee' needs privileged: yes, and until"

scene 'the compiled policy is cut short: the module steps aside, and nobody is in a group too many'
run cp -a /var/lib/sereno /var/lib/sereno.away
run truncate -s -64 /var/lib/sereno/in-force/policy.1.cdb
run id ana
expect_status 0
expect_no_output 'opers|adm'
run rm -r /var/lib/sereno
run mv /var/lib/sereno.away /var/lib/sereno

main_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
sed -i 's/^\(group:.*\) sereno$/\1/' /etc/nsswitch.conf
rm /usr/local/bin/setuid-id
