# SPDX-License-Identifier: MIT
# departure - eva leaves: what is open is ended, what would open again is taken away, later attempts are told.

departure_policy() {
	main_policy | sed '/^  cashier:/a\    knows: [till, alarm]'
}

# hidden COMMAND: run it as root in a login of eva's, as sudo or a shell of hers would have left it.
hidden() {
	sh -c "echo $(id -u eva) >/proc/self/loginuid; exec $*" &
}

scene 'eva has a session that stays, a job for later, a crontab, a lingering service, and her key is in ana'\''s file'
departure_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
rm -f /run/demo/stays_key /run/demo/stays_key.pub
stays eva 127.0.0.2
install -d -m 0700 -o ana -g ana /home/ana/.ssh
{ echo "ssh-ed25519 $(awk '{print $2}' /run/demo/host_key.pub) ana@desk" && echo "no-pty $(awk '{print $1, $2}' /run/demo/stays_key.pub) backup"; } >/home/ana/.ssh/authorized_keys
chown ana: /home/ana/.ssh/authorized_keys
mkdir -p /var/spool/cron/crontabs /var/lib/systemd/linger
echo '@reboot /home/eva/listen' >/var/spool/cron/crontabs/eva
chown eva /var/spool/cron/crontabs/eva
touch /var/lib/systemd/linger/eva
runuser -u eva -- sh -c 'echo "sleep 86397" | at now + 2 hours' 2>/dev/null
hidden sleep 86396
gpasswd --add eva audio >/dev/null
run sereno sessions
expect_output 'eva +sshd'

scene 'luis sees her off; she cannot do it herself. What would be done is said first, and nothing is changed'
ssh_from 127.0.0.2 eva 'sereno offboard eva'
expect_outcome in 3
ssh_from 127.0.0.3 luis 'sudo sereno offboard luis' 'sudo sereno offboard eva --dry-run'
expect_outcome in 1 0
expect_processes 2 eva

scene 'and now: from this instant nothing is allowed to her, and nothing of hers runs'
ssh_from 127.0.0.3 luis "sudo sereno offboard eva --reason 'HR-77'"
expect_outcome in 0
expect_event '^departure\.begun subject="luis" target="eva"'
expect_processes 0 eva
! pgrep -f 'sleep 8639[6]' >/dev/null || fault 'a process in a login of hers runs on'
[ ! -e /var/spool/cron/crontabs/eva ] || fault 'her crontab is there'
[ -z "$(find /var/spool/cron/atjobs -user eva)" ] || fault 'her job is there'
[ ! -e /var/lib/systemd/linger/eva ] || fault 'she lingers'
run cat /home/ana/.ssh/authorized_keys
expect_output 'ana@desk'
expect_no_output 'backup'
run id eva
expect_no_output 'audio'
run sereno offboard
expect_output 'eva .*2 secrets'
run find /var/lib/sereno/departures -name 'report.*'
expect_output 'departures/eva-1/report.json'

scene 'she tries, by password and by key: refused, and an alert each'
run pam-auth-update --enable sereno-guard
expect_status 0
ssh_from 127.0.0.2 eva
expect_outcome refused
expect_event '^account\.departed .*subject="eva"'
cp /run/demo/stays_key.pub /home/eva/.ssh/authorized_keys
chown eva: /home/eva/.ssh/authorized_keys
run ssh -F none -b 127.0.0.2 -i /run/demo/stays_key -o BatchMode=yes -o UserKnownHostsFile=/run/demo/known_hosts eva@127.0.0.1 true
expect_status 255
expect_event '^account\.departed .*subject="eva"'
run pam-auth-update --disable sereno-guard

scene 'the secrets that cashiers know must be changed before the departure can be closed'
ssh_from 127.0.0.3 luis 'sudo sereno offboard close eva' 'sudo sereno offboard attest eva till' 'sudo sereno offboard attest eva alarm' \
	'sudo sereno offboard close eva'
expect_outcome in 1 0 0 0
expect_event '^departure\.closed '

scene 'it was a mistake: she is back, with what can be given back'
rm -f /home/eva/.ssh/authorized_keys
ssh_from 127.0.0.3 luis "sudo sereno offboard undo eva --reason 'the other Eva'"
expect_outcome in 0
expect_event '^departure\.undone '
ssh_from 127.0.0.2 eva 'id -Gn | grep -w audio' 'test -e ~/.ssh/authorized_keys'
expect_outcome in 0 0
[ -e /var/spool/cron/crontabs/eva ] || fault 'her crontab is not back'

rm -f /var/spool/cron/crontabs/eva /var/lib/systemd/linger/eva /home/ana/.ssh/authorized_keys
main_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
