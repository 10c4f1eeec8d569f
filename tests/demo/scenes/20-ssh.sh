# SPDX-License-Identifier: MIT
# ssh - the same person from here and from there.

scene 'ana, ssh from 127.0.0.2 (office): gets in'
ssh_from 127.0.0.2 ana
expect_outcome in
expect_event '^access\.allowed .*subject="ana".*service="sshd".*origin="127\.0\.0\.2"'
why allowed ana sshd 127.0.0.2

scene 'ana, ssh from 127.0.0.4 (elsewhere): refused'
ssh_from 127.0.0.4 ana
expect_outcome refused
expect_event '^access\.denied .*subject="ana".*origin="127\.0\.0\.4".*reason="?no-rule'
why refused ana sshd 127.0.0.4

scene 'ana, ssh from fd00:20::2 (office, IPv6): gets in'
ssh_from fd00:20::2 ana
expect_outcome in
expect_event '^access\.allowed .*subject="ana".*origin="fd00:20::2"'
why allowed ana sshd fd00:20::2

scene 'ana, ssh from ::1 (IPv6, elsewhere): refused'
ssh_from ::1 ana
expect_outcome refused
expect_event '^access\.denied .*subject="ana".*origin="::1"'
why refused ana sshd ::1
