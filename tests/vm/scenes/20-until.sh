# SPDX-License-Identifier: MIT
# until - the end of a rule becomes the end of the session: logind sees to it.

# expect_limit USER: the session that has just been asked how long it may last, lasts until it should.
expect_limit() {
	local limit until opened
	limit=$(tail -n 1 "$work/output")
	expect_event ".SERENO_EVENT == \"session.opened\" and .SERENO_SUBJECT == \"$1\""
	until=$(date -d "$(event_field .SERENO_UNTIL)" +%s)
	opened=$(event_field '.__REALTIME_TIMESTAMP | tonumber / 1000000 | floor')
	expect_near 'seconds of the session' "$limit" "$((until - opened))" 2
}

scene 'marta, ssh from the office in her hours: her session may last until they end'
ssh_from 127.0.0.2 marta session-limit
expect_status 0
expect_limit marta

scene 'ext-jose, whose rule ends two hours from now: likewise'
ssh_from 127.0.0.2 ext-jose session-limit
expect_status 0
expect_limit ext-jose

scene 'ana, whose rules never end: no limit'
ssh_from 127.0.0.2 ana session-limit
expect_status 0
expect_output '^none$'

scene 'ext-jose, less than a minute before the end of his rule: he is in, then logind ends his session'
# systemd counts from when the session's scope starts, which waits for his user manager: let that run.
run loginctl enable-linger ext-jose
expect_within 60 'systemctl is-active user@$(id -u ext-jose)'
end=$((($(guest date +%s) / 60 + 2) * 60))
in_force "$(date -u -d "@$end" +%FT%H:%M)"
clock_before "$end" 40
login_stays ext-jose 127.0.0.2
expect_within 90 "! pgrep -u ext-jose -x bash"
expect_event '.SERENO_EVENT == "session.closed" and .SERENO_SUBJECT == "ext-jose"'
expect_near 'the end' "$(event_field '.__REALTIME_TIMESTAMP | tonumber / 1000000 | floor')" "$end" 10
ssh_from 127.0.0.2 ext-jose true
expect_status 255
expect_access deny ext-jose sshd
# A scope that came to the end of its time counts as failed, for systemd.
guest "systemctl reset-failed 'session-*.scope'"
