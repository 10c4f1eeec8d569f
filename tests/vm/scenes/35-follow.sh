# SPDX-License-Identifier: MIT
# follow - nobody asks: what is open follows the policy by the timer and the path unit, user managers included.

# role_ends UNTIL WHAT: the policy, in which ext-jose's role ends then, and his rule with it; and what becomes of sessions.
role_ends() {
	policy_is "$(policy "$1" | sed "s/^  contractor:\$/&\n    until: $1/"; printf 'session:\n  when-access-ends: %s\n' "$2")"
	run sereno apply
	expect_status 0
}

# jose_is_in: by ssh, with a tmux in it, and with a service in his user manager.
jose_is_in() {
	login_stays ext-jose 127.0.0.2 'tmux new-session -d sleep 86392'
	expect_within 60 'systemctl is-active user@$(id -u ext-jose)'
	as_user ext-jose systemd-run --user --quiet --unit=worker sleep 86391
	expect_status 0
	expect_within 30 "pgrep -u ext-jose -f 'sleep 86391' && pgrep -u ext-jose -f 'sleep 86392'"
}

# ends_soon WHAT: his role, within a minute. Until then he has time, which nobody takes from him by setting the clock.
ends_soon() {
	end=$((($(guest date +%s) / 60 + 2) * 60))
	clock_before "$end" 45
	role_ends "$(date -u -d "@$end" +%FT%H:%M)" "$1"
	expect_event '.SERENO_EVENT == "session.told" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "sshd"'
	expect_event '.SERENO_EVENT == "session.told" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "systemd-user"'
}

scene 'ext-jose is in by ssh, with tmux, and lingers with a service; his role ends in a minute: he is told as soon as it is applied'
role_ends "$(moment %FT%H:%M 86400)" end
run loginctl enable-linger ext-jose
jose_is_in
ends_soon end
run sereno sessions
expect_output 'ext-jose +sshd'
expect_output 'ext-jose +systemd-user'

scene 'his time is up: no process of his is left, nor his user manager'
expect_within 90 '! pgrep -u ext-jose'
expect_event '.SERENO_EVENT == "session.ended" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "systemd-user"'
expect_event '.SERENO_EVENT == "session.ended" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "sshd"'
expect_near 'the end' "$(event_field '.__REALTIME_TIMESTAMP | tonumber / 1000000 | floor')" "$end" 15
expect_within 10 '! systemctl is-active user@$(id -u ext-jose)'
run sereno sessions
expect_no_output ext-jose
ssh_from 127.0.0.2 ext-jose true
expect_status 255
run loginctl disable-linger ext-jose

scene 'where the policy says to tell and no more, he is told, and goes on'
role_ends "$(moment %FT%H:%M 86400)" tell
jose_is_in
ends_soon tell
expect_within 90 '[ "$(date -d "$(systemctl show --property ExecMainExitTimestamp --value sereno-follow)" +%s)" -ge '"$end"' ]'
run "pgrep -u ext-jose -f 'sleep 86391' && pgrep -u ext-jose -f 'sleep 86392'"
expect_status 0
ssh_from 127.0.0.2 ext-jose true
expect_status 255
guest 'loginctl terminate-user ext-jose'
expect_within 60 '! pgrep -u ext-jose'
in_force "$(moment %FT%H:%M 7200)"
