# SPDX-License-Identifier: MIT
# attempts - wrong passwords, counted; a stranger from elsewhere does not shut out the owner.

scene 'three wrong passwords, then a delay; the guard is put in front of every service'
main_policy >/etc/sereno/policy.yaml
limit_attempts >>/etc/sereno/policy.yaml
run sereno apply
expect_status 0
run pam-auth-update --enable sereno-guard
expect_status 0
run grep -n sereno_guard /etc/pam.d/common-auth /etc/pam.d/common-account
expect_status 0

scene 'luis, ssh from 127.0.0.2, his usual place: one prompt, as before'
ssh_from 127.0.0.2 luis
expect_outcome in
expect_no_event '^attempts\.'
expect_prompts 1

scene 'ten wrong passwords for luis at once, from 127.0.0.4: three are checked, seven are not'
wrong_logins 10 127.0.0.4 luis
expect_refusals 7 luis 127.0.0.4

scene '... nor is the right one from there'
ssh_from 127.0.0.4 luis
expect_outcome refused
expect_event '^attempts\.refused .*subject="luis".*origin="127\.0\.0\.4".*until='

scene '... and meanwhile luis gets in from his usual place'
ssh_from 127.0.0.2 luis
expect_outcome in
expect_no_event '^attempts\.'

scene 'who has to wait, since when, until when'
run sereno attempts luis
expect_status 1
expect_output '127\.0\.0\.2 \(usual\) '
expect_output '127\.0\.0\.4 '

scene 'a name that does not exist is treated alike, and not told'
wrong_logins 4 127.0.0.4 mistyped
expect_refusals 1 '\?' 127.0.0.4

scene 'an administrator unlocks luis: his wrong passwords are forgotten'
run sereno unlock luis
expect_status 0
expect_event '^attempts\.unlocked .*target="luis"'
run sereno attempts
expect_status 0

scene 'sudo asks through the guard as well'
ssh_from 127.0.0.3 ana 'sudo id -un'
expect_outcome in 0
expect_no_event '^attempts\.'

scene 'the guard is taken out again'
main_policy >/etc/sereno/policy.yaml
run sereno apply
run pam-auth-update --disable sereno-guard
expect_status 0
run grep -l sereno_guard /etc/pam.d/common-auth
expect_status 1
