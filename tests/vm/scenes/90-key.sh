# SPDX-License-Identifier: MIT
# key - the host key is sealed; after a reboot the unit has unsealed it before anybody could log in.

scene 'a token is kept, under a host key that lies in the clear'
guest 'useradd --create-home --shell /bin/bash otto; umask 077; echo "HOTP/T30/6 otto - 3132333435363738393031323334353637383930" >/root/oath'
run sereno otp import --from oath /root/oath
expect_status 0
run sereno key status
expect_status 0
expect_output 'in the clear'

scene 'nothing is sealed, so the unit does nothing'
run 'systemctl start sereno-key; systemctl show --property ActiveState,ConditionResult sereno-key'
expect_output ConditionResult=no

scene 'the key is sealed'
run sereno key seal --with host
expect_status 0
expect_event '.SERENO_EVENT == "key.sealed"'
run 'ls /var/lib/sereno/host-*.key.cred && ! ls /var/lib/sereno/host-*.key'
expect_status 0
run sereno otp status otto
expect_status 0

scene 'after a reboot it was unsealed in time, and the token is there'
reboot_guest || fault 'no boot'
run 'journalctl --boot --quiet --no-pager --output cat --unit sereno-key | tail -n 5'
expect_output 'unsealed for this boot'
run sereno key status
expect_status 0
run 'stat --format "%a %U %n" /run/sereno/host-*.key; findmnt --noheadings --output FSTYPE --target /run/sereno'
expect_output '^400 root '
expect_output '^tmpfs'
run sereno otp status otto
expect_status 0
run 'systemctl show --property Before --value sereno-key | tr " " "\n" | grep -E "^(ssh|systemd-user-sessions).service"; systemctl --failed --quiet --no-legend list-units sereno-key.service'
expect_output systemd-user-sessions
run 'journalctl --boot --quiet --no-pager --output short-monotonic _PID=1 --grep "sereno.s secrets|Permit User Sessions|Secure Shell server"'
expect_status 0

scene 'after one without the secret it is not: said loudly, nothing is made anew'
guest 'mv /var/lib/systemd/credential.secret /root/'
reboot_guest || fault 'no boot'
run sereno key status
expect_status 1
expect_output 'not unsealed at this boot'
run 'journalctl --boot --quiet --no-pager --output cat --grep key.unusable'
expect_status 0
run 'sereno otp status otto'
expect_status 3
run 'ls /var/lib/sereno/host-*'
[ "$(wc -l <"$work/output")" = 1 ] || fault 'another key was made'

scene '... and what status says to do ends that'
guest 'mv /root/credential.secret /var/lib/systemd/'
run sereno key load
expect_status 0
run sereno otp status otto
expect_status 0
run sereno key unseal
expect_status 0
run sereno otp status otto
expect_status 0
