# SPDX-License-Identifier: MIT
# media-change - ana has a stick mounted; she logs out, and marta, who may have none, comes to the same screen.
. ../media.sh

stick=$work/stick.img
make_stick "$stick"
guest dmesg --console-level 1
guest 'for group in disk plugdev cdrom; do getent group $group >/dev/null || groupadd $group; usermod --append --groups $group marta; done'
media_in_force

# What marta can do with a node, in all the groups that devices were ever given to.
marta_cannot_read() {
	at_seat marta id -Gn
	expect_output 'disk'
	at_seat marta dd "if=$1" of=/dev/null count=1
	expect_output 'Permission denied|No such'
}

# in_front NUMBER: of the screens.
in_front() {
	echo "   (screen $1 in front)"
	guest "busctl call org.freedesktop.login1 /org/freedesktop/login1/seat/seat0 org.freedesktop.login1.Seat SwitchTo u $1"
}

scene 'ana has a stick mounted, and writes to it'
sits_down ana
plug_stick "$stick" stick STICK-1
expect_disk sda1
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted
target=$(guest 'findmnt --noheadings --output TARGET --source /dev/sda1')
at_seat ana "sh -c 'seq 100000 >$target/numbers'"
expect_status 0

scene 'she logs out while it is mounted: unmounted, put out, and all of it is there'
gets_up
expect_event '.SERENO_EVENT == "media.removed"'
expect_within 60 '! findmnt --source /dev/sda1 && ! ls /dev/sda'
expect_authorized STICK-1 0
[ "$(on_stick "$stick" numbers | md5sum)" = "$(seq 100000 | md5sum)" ] || fault 'what she wrote is not whole'
! kernel_says 'EXT4-fs (error|warning)|lost .*write|aborted' || fault 'it was torn away'
e2fsck -fn "$stick?offset=$stick_offset" >"$work/output" 2>&1 || { shown <"$work/output" && fault 'the file system is not whole'; }
run "ls $target"
expect_status 2

scene 'marta comes to the same screen: nothing of it is hers'
sits_down marta
expect_authorized STICK-1 0
marta_cannot_read /dev/sda
at_seat marta ls /media/ana
expect_no_output numbers
pull stick

scene 'plugged in again while she is there: refused, by the word for what stores'
plug_stick "$stick" stick STICK-1
expect_refused kind '.SERENO_SUBJECT == "marta"'
expect_authorized STICK-1 0
expect_no_disk

scene 'ana at a second screen, fast: hers while she is in front, not while marta is'
guest "systemd-run --quiet --collect --unit=front --property PAMName=login --property TTYPath=/dev/tty2 \
	--property StandardInput=tty --property User=ana sleep 600"
in_front 2
expect_within 30 'grep -q ana /run/sereno/seats/seat0'
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_SUBJECT == "ana"'
expect_disk sda1
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted
target=$(guest 'findmnt --noheadings --output TARGET --source /dev/sda1')
guest "systemd-run --quiet --collect --unit=busy --property User=ana --property WorkingDirectory=$target sleep 600"

scene '... marta in front again, while something of hers runs in it: after the time of grace it is taken'
in_front 1
expect_within 30 'grep -q marta /run/sereno/seats/seat0'
expect_event '.SERENO_EVENT == "media.leaving"'
marta_cannot_read /dev/sda
marta_cannot_read /dev/sda1
at_seat marta ls "$target"
expect_no_output numbers
expect_event '.SERENO_EVENT == "media.removed" and .SERENO_REASON == "forced"'
expect_within 30 '! ls /dev/sda'
expect_authorized STICK-1 0
guest 'systemctl stop busy front'
