# SPDX-License-Identifier: MIT
# groups - roles give Unix groups, wherever systemd or sshd start something; nscd is refused, as it would remember them.

groups_policy() {
	policy "$(moment %FT%H:%M 7200)" |
		sed -e 's/^  sysadmin:$/&\n    gives-groups: [adm, opers]/' -e 's/^  auditor:$/&\n    gives-groups: [systemd-journal]/'
}

scene 'the real nscd runs: its memory of groups would outlive a role, so the policy is refused'
run 'sed -i "s/^group:.*/& sereno/" /etc/nsswitch.conf && grep ^group: /etc/nsswitch.conf'
run systemctl start nscd
expect_status 0
expect_within 30 'test -e /run/nscd/socket'
policy_is "$(groups_policy)"
run sereno apply
expect_status 1
expect_output 'nscd runs, and keeps the groups'

scene '... unless it keeps no groups'
run 'sed -i "s/^\([[:space:]]*enable-cache[[:space:]]*group[[:space:]]*\)yes/\1no/" /etc/nscd.conf && systemctl restart nscd && grep enable-cache.*group /etc/nscd.conf'
expect_output no
run sereno apply
expect_status 0
expect_no_output nscd
run id -Gn ana
expect_output ' adm opers$'

scene '... or is gone'
run 'sed -i "s/^\([[:space:]]*enable-cache[[:space:]]*group[[:space:]]*\)no/\1yes/" /etc/nscd.conf && systemctl stop nscd && ls -A /run/nscd'
run sereno apply
expect_status 0
expect_no_output nscd

scene 'ana has the groups of her role: for id, in a login by ssh, below sudo, and in a service that runs as her'
run id ana
expect_output '\(adm\).*\(opers\)'
ssh_from 127.0.0.3 ana 'id -Gn; sudo -n -u luis id -Gn'
expect_status 0
expect_output '^ana adm opers$'
expect_output '^luis adm opers$'
run systemd-run --quiet --uid=ana --pipe --wait id -Gn
expect_status 0
expect_output '^ana adm opers$'
run systemd-run --quiet --uid=marta --property=PAMName=systemd-user --pipe --wait id -Gn
expect_output '^marta systemd-journal$'
run systemd-run --quiet --uid=pepe --pipe --wait id -Gn
expect_output '^pepe clerks$'

scene 'so has her user manager, whether it came with a login or lingers'
expect_within 60 '! systemctl is-active user@$(id -u ana)'
ssh_from 127.0.0.3 ana 'systemd-run --user --quiet --pipe --wait id -Gn'
expect_output '^ana adm opers$'
expect_within 60 '! systemctl is-active user@$(id -u marta)'
run loginctl enable-linger marta
expect_within 60 'systemctl is-active user@$(id -u marta)'
as_user marta systemd-run --user --quiet --pipe --wait id -Gn
expect_output '^marta systemd-journal$'
run loginctl disable-linger marta

scene 'what such a group opens is open: the journal, for marta'
ssh_from 127.0.0.2 marta 'journalctl --quiet --lines 1 --system --output cat | wc --lines'
expect_output '^1$'
ssh_from 127.0.0.2 ext-jose 'journalctl --quiet --lines 1 --system --output cat | wc --lines'
expect_output '^0$'

scene 'the role is gone: so are the groups, at once'
policy_is "$(groups_policy | sed -e 's/members: \[ana, luis\]/members: [ana]/' -e 's/min-administrators: 3/min-administrators: 1/')"
run sereno apply
expect_status 0
run id -Gn luis
expect_output '^luis$'
run systemd-run --quiet --uid=luis --pipe --wait id -Gn
expect_output '^luis$'

guest "sed -i 's/^\(group:.*\) sereno\$/\1/' /etc/nsswitch.conf"
in_force "$(moment %FT%H:%M 7200)"
