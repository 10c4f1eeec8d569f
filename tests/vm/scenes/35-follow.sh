# SPDX-License-Identifier: MIT
# follow - nobody asks: what is open follows the policy by the timer and the path unit, user managers included.

# role_ends UNTIL: the policy, in which ext-jose's role ends then, and his rule with it.
role_ends() {
	guest "base64 -d <<<$(policy "$1" | sed "s/^  contractor:\$/&\n    until: $1/" | base64 -w 0) >/etc/sereno/policy.yaml"
	run sereno apply
	expect_status 0
}

scene 'the units are wanted by boot, which was before they were installed: they are started by hand here'
run 'ls /usr/lib/systemd/system/*.wants/sereno-follow.*'
expect_output 'timers.target.wants/sereno-follow.timer'
expect_output 'paths.target.wants/sereno-follow.path'
run 'systemctl daemon-reload && systemctl start sereno-follow.timer sereno-follow.path && systemctl is-active sereno-follow.timer sereno-follow.path'
expect_status 0

scene 'ext-jose lingers and is in by ssh; his role ends in a few minutes: he is told as soon as it is applied'
role_ends "$(moment %FT%H:%M 86400)"
run loginctl enable-linger ext-jose
expect_within 60 'systemctl is-active user@$(id -u ext-jose)'
login_stays ext-jose 127.0.0.2
end=$((($(guest date +%s) / 60 + 2) * 60))
role_ends "$(date -u -d "@$end" +%FT%H:%M)"
expect_event '.SERENO_EVENT == "session.told" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "sshd"'
expect_event '.SERENO_EVENT == "session.told" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "systemd-user"'
run sereno sessions
expect_output 'ext-jose +sshd'

scene 'his time is up: no process of his is left, nor his user manager'
expect_within 300 '! pgrep -u ext-jose'
expect_event '.SERENO_EVENT == "session.ended" and .SERENO_SUBJECT == "ext-jose" and .SERENO_SERVICE == "systemd-user"'
expect_within 10 '! systemctl is-active user@$(id -u ext-jose)'
run loginctl disable-linger ext-jose
in_force "$(moment %FT%H:%M 7200)"
