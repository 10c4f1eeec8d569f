# SPDX-License-Identifier: MIT
# broken-state - the compiled policy is removed, then damaged.

scene 'the compiled policy is removed: ana is refused ...'
run mv /var/lib/sereno /var/lib/sereno.away
ssh_from 127.0.0.2 ana
expect_outcome refused
expect_event '^policy\.unusable '
expect_event '^access\.denied .*subject="ana".*reason="?no-policy'

scene '... rescue at the console gets in, loudly ...'
at_line tty1 rescue
expect_outcome in
expect_event '^break-glass\.used .*subject="rescue"'

scene '... rescue by ssh does not ...'
ssh_from 127.0.0.2 rescue
expect_outcome refused
expect_event 'subject="rescue"'

scene '... root at the console gets in, loudly, and can put it back ...'
at_line tty1 root 'sereno status' 'mv /var/lib/sereno.away /var/lib/sereno' 'sereno status'
expect_outcome in 1 0 0
expect_event '^root\.login .*subject="root"'

scene '... and ana gets in again'
ssh_from 127.0.0.2 ana
expect_outcome in
expect_event '^access\.allowed .*subject="ana"'

scene 'the compiled policy is cut short: ana is refused ...'
run cp -a /var/lib/sereno /var/lib/sereno.away
run truncate -s -64 /var/lib/sereno/in-force/policy.1.cdb
ssh_from 127.0.0.2 ana
expect_outcome refused
expect_event '^policy\.unusable '

scene '... a job of the system account backup-jobs is not touched by that'
job_of backup-jobs
expect_outcome ran
run rm -r /var/lib/sereno
run mv /var/lib/sereno.away /var/lib/sereno
