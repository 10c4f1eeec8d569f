# SPDX-License-Identifier: MIT
# requests - a role is asked for by one user, given by another, held for a time, seen in groups.

requests_policy() {
	main_policy | sed '/^root:/,$d'
	cat <<-POLICY
		  dba:
		    on-request: {by: [sysadmin], approved-by: [auditor], at-most: 4h}
		    gives-groups: [dbas]
		    allow:
		      - {services: [sshd], from: [office]}
		approvals: {by-request: 3d}
		root:
		  direct-login: [seat, serial]
		  min-administrators: 3
	POLICY
}

rm -f /run/sereno/serenod.socket
systemd-socket-activate --seqpacket -l /run/sereno/serenod.socket /usr/lib/sereno/serenod --idle=99 >/run/demo/serenod.log 2>&1 &
serenod=$!
until [ -S /run/sereno/serenod.socket ]; do kill -0 "$serenod" && sleep 0.02; done
chmod 0666 /run/sereno/serenod.socket

scene 'dba is held by nobody: sysadmins ask for it, an auditor gives it, for four hours at most'
requests_policy >/etc/sereno/policy.yaml
sed -i 's/^group:.*/& sereno/' /etc/nsswitch.conf
run sereno apply
expect_status 0
run id ana
expect_no_output dbas

scene 'ana asks, in a login of hers; she can neither have more than the role is for, nor decide it herself'
ssh_from 127.0.0.2 ana "sereno request dba --for 5h --reason 'restore'" "sereno request dba --for 1m --reason 'restore of pg-01'" \
	'sereno requests' 'sereno approve 1' 'id -Gn | grep -w dbas'
expect_outcome in 1 0 0 1 1
expect_event '^request\.made .*subject="ana".*rule="dba"'
expect_event '^request\.refused .*subject="ana"'

scene 'luis, no auditor, may not; nor marta, who is one, when somebody became her by su; nor root'
ssh_from 127.0.0.2 luis 'sereno approve 1'
expect_outcome in 1
ssh_from 127.0.0.3 luis "sudo -u marta sereno approve 1"
expect_outcome in 1
expect_event '^request\.refused .*subject="marta".*not by su or sudo'
run sereno approve 1
expect_status 1
expect_output 'who decides comes as himself'

scene 'marta gives it, in a login of her own: ana is in the group, in a new login, for a minute'
ssh_from 127.0.0.2 marta 'sereno requests' "sereno approve 1 --reason 'ticket 4711'"
expect_outcome in 0 0
given=$(date +%s)
expect_event '^request\.approved .*subject="marta".*target="ana".*rule="dba"'
expect_event '^role\.granted .*subject="marta".*target="ana".*rule="dba".*until='
run id ana
expect_output 'dbas'
ssh_from 127.0.0.2 ana 'id -Gn | grep -w dbas' 'sereno requests --all'
expect_outcome in 0 0
run sereno grants ana
expect_output 'dba .*marta'

scene 'luis asks and is told no, with a reason; asks again, and takes it back'
ssh_from 127.0.0.2 luis "sereno request dba --for 2h --reason 'just in case'"
expect_outcome in 0
ssh_from 127.0.0.2 marta "sereno deny 2 --reason 'use the replica'"
expect_outcome in 0
expect_event '^request\.denied .*subject="marta".*target="luis"'
ssh_from 127.0.0.2 luis 'sereno requests --all' "sereno request dba --for 1h --reason 'really'" 'sereno withdraw 3'
expect_outcome in 0 0 0
run sereno requests --all
expect_output 'denied by marta'
expect_output 'taken back'

scene 'the minute is over, and nobody had to be awake: ana is out of the group in the next process'
while [ "$(date +%s)" -le $((given + 60)) ]; do sleep 1; done
run id ana
expect_no_output dbas
ssh_from 127.0.0.2 ana 'id -Gn | grep -w dbas'
expect_outcome in 1
run sereno grants
expect_status 1

kill "$serenod" 2>/dev/null || true
rm -f /run/sereno/serenod.socket
main_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
sed -i 's/^\(group:.*\) sereno$/\1/' /etc/nsswitch.conf
