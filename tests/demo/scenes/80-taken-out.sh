# SPDX-License-Identifier: MIT
# taken-out - sereno is taken out of the stacks again.

scene 'the profile is disabled: nobody asks sereno any more'
run pam-auth-update --disable sereno
expect_status 0
run grep -rl pam_sereno /etc/pam.d
expect_status 1
ssh_from 127.0.0.4 ana
expect_outcome in
expect_no_event .
