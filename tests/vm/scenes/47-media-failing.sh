# SPDX-License-Identifier: MIT
# media-failing - udev's program is missing, crashes, says nothing, talks nonsense, takes too long: what comes stays off.
. ../media.sh

stick=$work/stick.img
make_stick "$stick"
guest dmesg --console-level 1
media_in_force
sits_down ana
program=/usr/lib/sereno/sereno-media-device
guest "cp -p $program /root/vm/right"

# program_is TEXT: a script takes its place; without text nothing does.
program_is() {
	guest "rm -f $program"
	[ -z "$1" ] || guest "printf '#!/bin/sh\n%s\n' '$1' >$program; chmod 0755 $program"
}

# expect_off SECONDS: the stick stays off, and it is said by then. ana may have it, were it decided.
expect_off() {
	plug_stick "$stick" stick STICK-1
	expect_within "$1" "journalctl --quiet --output cat --after-cursor '$journal_seen' | grep -q '^media.failed service=\"udev\"'"
	expect_authorized STICK-1 0
	expect_no_disk
	run "udevadm info --query property /sys/bus/usb/devices/$(usb_port STICK-1) | grep SERENO"
	expect_output 'SERENO_MEDIA=deny'
	pull stick
}

scene 'it is missing'
program_is ''
expect_off 60

scene 'it crashes'
program_is 'kill -SEGV $$'
expect_off 60

scene 'it says nothing'
program_is 'exit 0'
expect_off 60

scene 'it talks nonsense'
program_is 'head -c 4000 /dev/urandom; echo; echo SERENO_MEDIA; echo =allow'
expect_off 60

scene 'it fails behind its answer'
program_is 'echo SERENO_MEDIA=allow; exit 1'
expect_off 60

scene 'it hangs for ten seconds'
program_is 'exec sleep 10'
expect_off 90

scene 'it is there again: let in'
guest "cp -p /root/vm/right $program"
plug_stick "$stick" stick STICK-1
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_RULE == "sticks"'
expect_within 60 'ls /dev/sda1'
