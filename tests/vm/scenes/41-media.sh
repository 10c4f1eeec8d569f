# SPDX-License-Identifier: MIT
# media - sticks: off until who sits at the screen may have them, and then as the policy says.
. ../media.sh

stick=$work/stick.img
make_stick "$stick"
guest dmesg --console-level 1

scene 'before a policy says anything about media, a stick is let in as ever'
plug_stick "$stick" stick STICK-1
expect_within 60 'ls /dev/sda1'
pull stick
expect_within 30 '! ls /dev/sda'

scene 'a policy about media is put in force: what comes from now on starts off'
media_in_force
run 'grep . /sys/bus/usb/devices/usb*/authorized_default /sys/module/usbcore/parameters/authorized_default'
expect_output 'usb1/authorized_default:0'
expect_output 'parameters/authorized_default:0'
expect_no_output ':1$'

scene 'a stick, and nobody there: refused; there is no disk, and nobody has read its table of partitions'
plug_stick "$stick" stick STICK-1
expect_refused nobody-there
expect_authorized STICK-1 0
expect_no_disk
kernel_says 'New USB device found, idVendor=46f4' || fault 'the kernel has not seen it'
! kernel_says 'usb-storage|scsi|sd[a-z]:|sd [0-9]' || fault 'it has been let in'

scene 'ana logs in, whose role may have sticks: it appears, without being plugged in again'
sits_down ana
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_SUBJECT == "ana" and .SERENO_RULE == "sticks"'
expect_disk sda1
expect_authorized STICK-1 1

scene 'she mounts it by udisks: nothing on it is run, and no other options can be had'
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1 -o exec
expect_no_output Mounted
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted
run 'findmnt --noheadings --output OPTIONS --source /dev/sda1'
for option in noexec nosuid nodev rw; do
	expect_output "(^|,)$option(,|\$)"
done
at_seat ana 'sh -c "echo of ana >$(findmnt --noheadings --output TARGET --source /dev/sda1)/hers"'
expect_status 0
at_seat ana udisksctl unmount --no-user-interaction -b /dev/sda1
expect_status 0
pull stick
[ "$(on_stick "$stick" hers)" = 'of ana' ] || fault 'what she wrote is not on it'

scene 'one with vfat, of which udisks has ideas of its own: likewise'
plug_stick "$stick" stick STICK-2
expect_disk sda1
run mkfs.vfat /dev/sda1
expect_status 0
expect_within 30 'udevadm settle && udisksctl info -b /dev/sda1 | grep -q vfat'
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted
run 'findmnt --noheadings --output OPTIONS --source /dev/sda1'
for option in noexec nosuid nodev rw; do
	expect_output "(^|,)$option(,|\$)"
done
at_seat ana udisksctl unmount --no-user-interaction -b /dev/sda1
pull stick
make_stick "$stick"

scene 'another stick, which she may read: the kernel itself lets nobody write'
plug_stick "$stick" archive ARCHIVE-1
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_VERDICT == "read-only" and .SERENO_RULE == "archive"'
expect_disk sda1
run 'blockdev --getro /dev/sda /dev/sda1'
expect_output 1
expect_no_output 0
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1 -o rw
expect_no_output Mounted
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted
at_seat ana 'sh -c "touch $(findmnt --noheadings --output TARGET --source /dev/sda1)/other"'
expect_output 'Read-only file system'
run 'dd if=/dev/zero of=/dev/sda count=1 conv=fsync'
expect_output 'not permitted|Read-only'
run 'mount -o remount,rw /dev/sda1'
expect_output 'write-protected|read-only'
at_seat ana dd if=/dev/sda1 of=/dev/null count=1
expect_output 'Permission denied'
at_seat ana udisksctl unmount --no-user-interaction -b /dev/sda1
pull archive
gets_up
expect_within 30 '! grep -q ana /run/sereno/seats/seat0'
