# SPDX-License-Identifier: MIT
# in-force - a first policy is checked, applied, and tried on one service before the others.

scene 'the policy is checked: no faults'
run sereno check
expect_status 0

scene 'eva is in two Unix groups whose roles exclude each other: apply refuses'
run usermod --append --groups controllers eva
run sereno apply
expect_status 1
expect_output 'cashier.*controller.*eva'
expect_event '^policy\.refused '
run gpasswd --delete eva controllers

scene 'now it is put in force'
run sereno apply
expect_status 0
expect_event '^policy\.applied '
run sereno status
expect_status 0

scene 'sshd alone asks sereno: ana is refused from elsewhere (127.0.0.4) ...'
run sed -i '0,/^@include common-account/s//account requisite pam_sereno_access.so\n&/' /etc/pam.d/sshd
run grep -n account /etc/pam.d/sshd
ssh_from 127.0.0.4 ana
expect_outcome refused
expect_event '^access\.denied .*subject="ana"'

scene '... and the console does not: pepe on a pseudo terminal gets in'
on_pseudo_terminal pepe
expect_outcome in
expect_no_event .

scene 'the line is taken out again: ana gets in from elsewhere'
run sed -i '/pam_sereno_access/d' /etc/pam.d/sshd
ssh_from 127.0.0.4 ana
expect_outcome in
expect_no_event .

scene 'every service asks sereno: access stands before pam_unix, session before pam_systemd'
run pam-auth-update --enable sereno
expect_status 0
run grep -hv '^#' /etc/pam.d/common-account /etc/pam.d/common-session
expect_order pam_sereno_access pam_unix pam_sereno_session pam_systemd
