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
expect_event '^access\.allowed .*origin="fd00:20::2"'

scene 'root, ssh from 127.0.0.2: refused, direct-login is for the seat and serial lines'
ssh_from 127.0.0.2 root
expect_outcome refused
expect_event '^access\.denied .*subject="root".*reason="?root-origin'
why refused root sshd 127.0.0.2
