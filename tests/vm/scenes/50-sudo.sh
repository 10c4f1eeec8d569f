# SPDX-License-Identifier: MIT
# sudo - asks from the origin of the login it is in; where that cannot be told, from every open one.

in_user_manager='systemd-run --user --pipe --wait --quiet sudo -n id -u'

scene 'ana, sudo by ssh from the bastion: allowed ...'
ssh_from 127.0.0.3 ana 'sudo -n id -u'
expect_status 0
expect_access allow ana sudo '.SERENO_ORIGIN == "127.0.0.3"'

scene '... from the office: refused'
ssh_from 127.0.0.2 ana 'sudo -n id -u'
expect_status 1
expect_access deny ana sudo '.SERENO_ORIGIN == "127.0.0.2"'

scene 'in a service of her user manager, from the bastion: allowed, she has no other login'
ssh_from 127.0.0.3 ana "$in_user_manager"
expect_status 0
expect_access allow ana sudo '.SERENO_ORIGIN == "127.0.0.3"'

scene '... with a login from the office open as well: refused, the service may belong to either'
login_stays ana 127.0.0.2
ssh_from 127.0.0.3 ana "$in_user_manager"
expect_status 1
expect_access deny ana sudo '.SERENO_ORIGIN | contains("127.0.0.2")'

scene '... while sudo in the login from the bastion itself is allowed'
ssh_from 127.0.0.3 ana 'sudo -n id -u'
expect_status 0
expect_access allow ana sudo '.SERENO_ORIGIN == "127.0.0.3"'
login_leaves ana 127.0.0.2

scene 'luis, who only lingers: a service of his asks for sudo, from no login at all: refused'
guest 'loginctl enable-linger luis'
expect_within 60 'systemctl is-active user@$(id -u luis)'
run 'cd / && setpriv --reuid luis --regid luis --init-groups env XDG_RUNTIME_DIR=/run/user/$(id -u luis) '"$in_user_manager"
expect_status 1
expect_access deny luis sudo
