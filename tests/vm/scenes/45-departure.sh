# SPDX-License-Identifier: MIT
# departure - nora leaves at a minute that was set: the timer ends what systemd, logind, cron and at hold for her.

departure_policy() {
	policy "$(moment %FT%H:%M 7200)" |
		sed -e 's/members: \[ana, luis\]/members: [ana, luis, nora]\n    knows: [grub, bmc]/'
}

# What is hers among the processes, whoever it runs as.
nora_runs='pgrep -u nora || pgrep -f "^(/usr/bin/)?sleep 8638[1-9]"'

scene 'nora, a sysadmin with a key of her own, which is in the file of pepe, too'
run 'useradd --create-home --shell /bin/bash nora && echo "nora ALL=(ALL:ALL) NOPASSWD: ALL" >/etc/sudoers.d/nora &&
	ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/nora && install -d -m 0700 -o nora -g nora /home/nora/.ssh &&
	install -m 0600 -o nora -g nora /root/.ssh/nora.pub /home/nora/.ssh/authorized_keys &&
	cat /root/.ssh/nora.pub >>/home/pepe/.ssh/authorized_keys &&
	printf "Match user nora\n\tIdentityFile /root/.ssh/nora\n\tIdentitiesOnly yes\n" >>/root/.ssh/config'
expect_status 0
policy_is "$(departure_policy)"
run sereno apply
expect_status 0

scene 'she lingers, with a service and a timer; a crontab, an at job, a login that stays, and a process of another in it'
run loginctl enable-linger nora
expect_within 60 'systemctl is-active user@$(id -u nora)'
as_user nora systemd-run --user --quiet --unit=worker sleep 86381
expect_status 0
as_user nora systemd-run --user --quiet --unit=later --on-calendar=minutely touch /tmp/timer-nora
expect_status 0
run "echo '* * * * * touch /tmp/cron-nora' | crontab -u nora -"
as_user nora sh -c "'echo sleep 86382 | at -M now + 1 day'"
expect_status 0
login_stays nora 127.0.0.3 'sudo -n -b -u backup-jobs sleep 86383; tmux new-session -d sleep 86384'
expect_within 60 'pgrep -u backup-jobs -f "^sleep 86383" && pgrep -u nora -f "^sleep 86384" && pgrep -u nora -f "^/usr/bin/sleep 86381"'
expect_within 90 'ls /tmp/timer-nora'

scene 'luis sets her departure for a minute from now: until then nothing changes'
end=$((($(guest date +%s) / 60 + 2) * 60))
ssh_from 127.0.0.3 luis "sudo -n sereno offboard nora --at $(date -u -d "@$end" +%FT%H:%M) --reason HR-78"
expect_status 0
run sereno offboard
expect_output 'nora'
run sereno sessions
expect_output 'nora +sshd'
run "pgrep -u nora -x bash"
expect_status 0

scene 'the minute comes: nothing of hers runs, or will run'
clock_before "$end" 5
guest 'rm -f /tmp/cron-nora'
expect_within 120 "! { $nora_runs; }"
guest 'rm -f /tmp/timer-nora'
expect_within 60 '[ "$(systemctl show --property SubState --value sereno-departures)" = dead ] && ls /var/lib/sereno/departures/nora-1/report.json'
run 'journalctl --quiet --no-pager --output cat --unit sereno-departures --lines 40'
run 'systemctl show --property Result,ExecMainStatus sereno-departures'
expect_output '^Result=success'
# The minute after: neither her timer nor her crontab is there to begin anything.
expect_within 90 '[ $(date +%s) -ge '"$((end + 65))"' ]'
run "$nora_runs"
expect_status 1
run 'ls /tmp/timer-nora /tmp/cron-nora'
expect_no_output '^/'
run 'ls /var/lib/systemd/linger/nora /var/spool/cron/crontabs/nora; find /var/spool/cron/atjobs -user nora'
expect_no_output '^/'
expect_within 10 '! systemctl is-active user@$(id -u nora)'
run cat /home/pepe/.ssh/authorized_keys
expect_no_output "$(guest "cut -d ' ' -f 2 /root/.ssh/nora.pub")"
run loginctl --no-legend list-users
expect_no_output nora

scene 'a login by her key, which is back: refused, an alert; likewise her user manager and her crontab'
run 'install -m 0600 -o nora -g nora /root/.ssh/nora.pub /home/nora/.ssh/authorized_keys'
ssh_from 127.0.0.3 nora true
expect_status 255
expect_event '.SERENO_EVENT == "account.departed" and .SERENO_SUBJECT == "nora" and .SERENO_SERVICE == "sshd" and .PRIORITY == "1"'
guest 'loginctl enable-linger nora'
expect_within 60 'systemctl is-failed user@$(id -u nora)'
expect_event '.SERENO_EVENT == "account.departed" and .SERENO_SUBJECT == "nora" and .SERENO_SERVICE == "systemd-user"'
guest 'loginctl disable-linger nora; systemctl reset-failed user@$(id -u nora); rm -f /tmp/cron-nora'
run "echo '* * * * * touch /tmp/cron-nora' | crontab -u nora -"
guest 'date -u -s @$((($(date +%s) / 60 + 1) * 60 - 3)) && systemctl restart cron' >/dev/null
expect_event '.SERENO_EVENT == "account.departed" and .SERENO_SUBJECT == "nora" and .SERENO_SERVICE == "cron"'
run 'ls /tmp/cron-nora'
expect_status 2
guest 'crontab -u nora -r'

scene 'the departure is closed when the secrets that she knew are changed; she stays departed'
ssh_from 127.0.0.3 luis 'sudo -n sereno offboard close nora'
expect_status 1
ssh_from 127.0.0.3 luis 'sudo -n sereno offboard attest nora grub && sudo -n sereno offboard attest nora bmc && sudo -n sereno offboard close nora'
expect_status 0
expect_event '.SERENO_EVENT == "departure.closed" and .SERENO_TARGET == "nora"'
run sereno offboard
expect_no_output nora
run sereno offboard --all
expect_output nora
ssh_from 127.0.0.3 nora true
expect_status 255
expect_event '.SERENO_EVENT == "account.departed" and .SERENO_SUBJECT == "nora"'

scene 'it was a mistake: she is back, with her key, and lingers'
guest 'rm /home/nora/.ssh/authorized_keys'
ssh_from 127.0.0.3 luis 'sudo -n sereno offboard undo nora --reason "the other Nora"'
expect_status 0
expect_event '.SERENO_EVENT == "departure.undone" and .SERENO_TARGET == "nora"'
ssh_from 127.0.0.3 nora 'crontab -l'
expect_status 0
expect_output 'cron-nora'
run ls /var/lib/systemd/linger
expect_output '^nora$'

guest 'rm -f /etc/sudoers.d/nora; crontab -u nora -r; loginctl disable-linger nora'
in_force "$(moment %FT%H:%M 7200)"
