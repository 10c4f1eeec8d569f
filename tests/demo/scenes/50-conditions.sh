# SPDX-License-Identifier: MIT
# conditions - hours, dates, exclusions, jobs.

scene 'marta, ssh from the office in her hours: gets in'
ssh_from 127.0.0.2 marta
expect_outcome in
expect_event '^access\.allowed .*subject="marta".*until='
why allowed marta sshd 127.0.0.2

scene 'pepe, ssh from the office outside his hours: refused'
ssh_from 127.0.0.2 pepe
expect_outcome refused
expect_event '^access\.denied .*subject="pepe".*reason="?hours'
why refused pepe sshd 127.0.0.2

scene 'the same with an expired password: refused before anybody asks for a new one'
run chage -d 0 pepe
ssh_from 127.0.0.2 pepe
expect_outcome refused
expect_no_output 'expired|required to change|New password'
expect_event '^access\.denied .*subject="pepe".*reason="?hours'
run chage -d "$(date +%F)" pepe

scene 'ext-jose, whose role has ended: refused'
ssh_from 127.0.0.2 ext-jose
expect_outcome refused
expect_event '^access\.denied .*subject="ext-jose"'
why refused ext-jose sshd 127.0.0.2

scene 'eva, ssh from the office: gets in'
ssh_from 127.0.0.2 eva
expect_outcome in
expect_event '^access\.allowed .*subject="eva".*rule="cashier\.1"'

scene 'a directory put eva into the other group as well: she holds neither role, refused'
run usermod --append --groups controllers eva
ssh_from 127.0.0.2 eva
expect_outcome refused
expect_event '^role\.conflict .*subject="eva"'
why refused eva sshd 127.0.0.2
run gpasswd --delete eva controllers

scene 'ansible, who holds no role: refused'
ssh_from 127.0.0.2 ansible
expect_outcome refused
expect_event '^access\.denied .*subject="ansible".*reason="?no-role'
why refused ansible sshd 127.0.0.2

scene 'a job of pepe (at), outside his hours: runs, a job needs a role and no rule'
job_of pepe
expect_outcome ran
expect_event '^access\.allowed .*subject="pepe".*service="atd"'

scene 'a job of ansible, who holds no role: does not run'
job_of ansible
expect_outcome 'did not run'
expect_event '^access\.denied .*subject="ansible".*service="atd"'

scene 'a job of the system account backup-jobs: runs, it is not governed'
job_of backup-jobs
expect_outcome ran
