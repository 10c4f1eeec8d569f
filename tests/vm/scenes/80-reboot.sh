# SPDX-License-Identifier: MIT
# reboot - the policy stays in force; and what happens when its database is gone.

boot_seconds() {
	guest "systemd-analyze time" | sed -n 's/.*= \(\([0-9]*\)min \)\?\([0-9]*\)\..*s.*/\2 \3/p' |
		awk '{ print NF == 2 ? $1 * 60 + $2 : $1 }'
}

restart() {
	echo '   # systemctl reboot'
	reboot_guest || fault 'no boot'
	scene_begins
}

guest 'loginctl enable-linger luis; echo "* * * * * touch /tmp/cron-root" | crontab -'

scene 'after a reboot the policy is in force: ana from the office in, from elsewhere not'
restart
run sereno status
expect_status 0
ssh_from 127.0.0.2 ana true
expect_status 0
ssh_from 127.0.0.4 ana true
expect_status 255
expect_access deny ana sshd

scene '... and the user manager of luis, who lingers, runs again'
expect_within 60 'systemctl is-active user@$(id -u luis)'
with_policy=$(boot_seconds)

scene 'the compiled policy is removed, and the guest rebooted: root gets in on the serial line, loudly ...'
run 'rm -r /var/lib/sereno && rm -f /tmp/cron-root'
restart
on_line serial root
expect_outcome in
expect_access allow root login '.SERENO_EVENT == "root.login"'
expect_event '.SERENO_EVENT == "policy.unusable"'

scene '... rescue does, loudly ...'
on_line serial rescue
expect_outcome in
expect_access allow rescue login '.SERENO_EVENT == "break-glass.used"'

scene '... ana on the line and by ssh does not ...'
on_line serial ana
expect_outcome refused
ssh_from 127.0.0.2 ana true
expect_status 255
expect_access deny ana sshd '.SERENO_REASON == "no-policy"'

scene '... cron of root runs, the user manager of luis does not ...'
guest 'date -u -s @$((($(date +%s) / 60 + 1) * 60 - 3)) && systemctl restart cron' >/dev/null
expect_within 150 ls /tmp/cron-root
run 'systemctl is-active user@$(id -u luis)'
expect_output failed
guest 'systemctl reset-failed user@$(id -u luis)'

scene '... nobody who got in was sent away again ...'
run 'journalctl --boot --quiet --no-pager --output cat --grep "runtime time limit|session-[0-9]*.scope: Failed"'
expect_status 1

scene '... and the boot took as long as the other'
without_policy=$(boot_seconds)
echo "   seconds: $without_policy, with the policy $with_policy"
[ "$without_policy" -le $((with_policy * 3 / 2 + 3)) ] || fault 'the boot is slower'

scene 'sereno apply: ana gets in again'
run sereno apply
expect_status 0
ssh_from 127.0.0.2 ana true
expect_status 0
