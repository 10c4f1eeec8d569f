# SPDX-License-Identifier: MIT
# edits - a broken edit changes nothing; a block on trial refuses nobody; who would lose what is said first.

scene 'a broken edit: apply names every fault, and nothing changes'
checksum_before=$(state_checksum)
broken_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 1
expect_output 'policy\.yaml:[0-9]+:[0-9]+: .*sytem-admin'
expect_output 'policy\.yaml:[0-9]+:[0-9]+: .*25:00'
expect_output 'policy\.yaml:[0-9]+:[0-9]+: .*memebrs'
expect_output 'did you mean'
expect_same "$checksum_before" "$(state_checksum)"

scene '... and ana gets in as before'
ssh_from 127.0.0.2 ana
expect_outcome in
expect_event '^access\.allowed .*subject="ana"'

scene 'an edit that locks out too many administrators: refused, and nothing changes'
main_policy | sed 's/members: \[ana, luis\]/members: [ana]/' >/etc/sereno/policy.yaml
run sereno apply
expect_status 1
expect_output 'min-administrators'
expect_same "$checksum_before" "$(state_checksum)"

scene 'ana, by ssh from the bastion, applies a policy under which she could not: refused'
main_policy | sed 's/from: \[office, bastion, seat, serial\]/from: [office, seat, serial]/' >/etc/sereno/policy.yaml
ssh_from 127.0.0.3 ana 'sudo sereno apply'
expect_outcome in 1
expect_output '127\.0\.0\.3'
expect_event '^policy\.refused .*subject="ana"'
expect_same "$checksum_before" "$(state_checksum)"

scene 'an edit that takes something from marta: a trial run says so'
main_policy | sed 's/\[office\], hours: \[open-now\]/[office], hours: [closed-now]/' >/etc/sereno/policy.yaml
run sereno diff
expect_status 1
run sereno apply --dry-run
expect_status 0
expect_output 'marta'
expect_same "$checksum_before" "$(state_checksum)"

scene 'roles on trial (observe): pepe gets in outside his hours, and it is recorded'
main_policy | sed 's/^timezone:/observe: [roles]\n&/' >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
ssh_from 127.0.0.2 pepe
expect_outcome in
expect_event '^access\.on-trial .*subject="pepe".*reason="?hours'

scene 'the trial is over: pepe is refused again'
main_policy >/etc/sereno/policy.yaml
ssh_from 127.0.0.3 ana 'sudo sereno apply'
expect_outcome in 0
expect_event '^policy\.applied .*subject="ana"'
ssh_from 127.0.0.2 pepe
expect_outcome refused
expect_event '^access\.denied .*subject="pepe"'
