# SPDX-License-Identifier: MIT
# user-manager - user@UID.service wants a role, and no rule.

scene 'luis, a sysadmin, may linger: his user manager starts without a login'
run loginctl enable-linger luis
expect_status 0
expect_within 60 'systemctl is-active user@$(id -u luis)'
expect_access allow luis systemd-user '.SERENO_ORIGIN == "jobs"'

scene 'pepe, outside his hours: likewise, a user manager asks for no rule'
run loginctl enable-linger pepe
expect_within 60 'systemctl is-active user@$(id -u pepe)'
expect_access allow pepe systemd-user
run loginctl disable-linger pepe

scene 'eva, who holds no role: no user manager'
run loginctl enable-linger eva
expect_within 60 'systemctl is-failed user@$(id -u eva)'
expect_access deny eva systemd-user '.SERENO_REASON == "no-role"'
run 'loginctl disable-linger eva && systemctl reset-failed user@$(id -u eva)'
