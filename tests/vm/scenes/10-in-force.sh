# SPDX-License-Identifier: MIT
# in-force - our build is installed, a policy written, applied, and the profile enabled.

scene 'our build is installed, and the people are there'
run 'tar -C / -xf /dev/vdb && ls /usr/lib/*/security/pam_sereno_*.so'
expect_status 0
run /root/vm/people
expect_status 0

scene 'the units that a boot starts are started, as a package would'
run 'systemctl daemon-reload && systemd-tmpfiles --create sereno.conf && systemctl start timers.target paths.target default.target'
expect_status 0
run 'systemctl is-active sereno-follow.timer sereno-follow.path sereno-departures.timer'
expect_status 0
run systemctl list-timers --no-pager
expect_output 'sereno-follow.timer +sereno-follow.service'
expect_output 'sereno-departures.timer +sereno-departures.service'

scene 'the policy is put in force'
in_force "$(moment %FT%H:%M 7200)"
expect_event '.SERENO_EVENT == "policy.applied"'
run sereno check
expect_status 0

scene 'the profile is enabled for all services'
run pam-auth-update --enable sereno
expect_status 0
run "grep -l pam_sereno_access.so /etc/pam.d/common-account && grep -l pam_sereno_session.so /etc/pam.d/common-session"
expect_status 0
