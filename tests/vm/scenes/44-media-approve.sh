# SPDX-License-Identifier: MIT
# media-approve - what marta may not have, luis lets in for her: it appears, and goes when its time is over.
. ../media.sh

stick=$work/stick.img
make_stick "$stick"
guest dmesg --console-level 1
media_in_force
run 'systemctl start serenod.socket'
expect_status 0

# It leaves when nobody has come for a minute; who comes then would not wait as long as this machine takes.
wake() {
	guest 'systemctl start serenod.service'
}

# asked FIELD: of the first device that luis sees as refused.
asked() {
	wake
	ssh_from 127.0.0.3 luis 'sereno media pending --json' >/dev/null
	jq -r ".[0].$1" "$work/output"
}

scene 'a stick of marta, who sits at the screen, is refused, and is on the list'
sits_down marta
plug_stick "$stick" stick STICK-1
expect_refused kind '.SERENO_SUBJECT == "marta"'
wake
ssh_from 127.0.0.3 luis 'sereno media pending'
expect_output 'STICK-1'
id=$(asked device)

scene 'she cannot let it in herself'
at_seat marta sereno media approve "$id" --user marta --for 2m --reason photos
[ "$outcome" != 0 ] || fault 'she can'
expect_authorized STICK-1 0

scene 'luis lets it in for her, to be read, for two minutes: it appears, without being plugged in again'
wake
ssh_from 127.0.0.3 luis "sereno media approve $id --user marta --for 2m --read-only --reason photos"
expect_status 0
granted=$(guest date +%s)
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_SUBJECT == "marta" and .SERENO_VERDICT == "read-only" and .SERENO_REASON == "grant"'
expect_disk sda1
run 'blockdev --getro /dev/sda'
expect_output '^1$'
at_seat marta udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted

scene 'the time is over: unmounted, put out'
clock_before "$((granted + 120))" 8
expect_event '.SERENO_EVENT == "media.removed"'
expect_within 60 '! findmnt --source /dev/sda1 && ! ls /dev/sda'
expect_authorized STICK-1 0

scene 'plugged in again, let in again, and taken back'
pull stick
plug_stick "$stick" stick STICK-1
expect_refused kind
id=$(asked device)
ssh_from 127.0.0.3 luis "sereno media approve $id --user marta --for 1h --reason more"
expect_status 0
expect_disk sda1
run 'blockdev --getro /dev/sda'
expect_output '^0$'
wake
ssh_from 127.0.0.3 luis 'sereno media grants --json'
grant=$(jq -r '.[0] | .grant // .id // .number' "$work/output")
ssh_from 127.0.0.3 luis "sereno media revoke $grant --reason enough"
expect_status 0
expect_within 60 '! ls /dev/sda'
expect_authorized STICK-1 0

scene 'let in for marta, and she goes: it goes with her'
pull stick
plug_stick "$stick" stick STICK-1
expect_refused kind
wake
ssh_from 127.0.0.3 luis "sereno media approve $id --user marta --for 1h --reason again"
expect_status 0
expect_within 60 'ls /dev/sda1'
gets_up
expect_within 60 '! ls /dev/sda'
run sereno media list
expect_output 'deny'
