# SPDX-License-Identifier: MIT
# media-kinds - what is no plain stick: UAS, a keyboard, a phone, a twin, a CD drive, what is encrypted and what is not.
. ../media.sh

stick=$work/stick.img
make_stick "$stick"
make_stick "$work/other.img"
make_disc "$work/disc.img"
make_sealed "$work/sealed.img"
guest dmesg --console-level 1
media_in_force

scene 'a keyboard is let in whoever is there, at once'
qmp device_add '{"driver": "usb-kbd", "id": "keyboard", "bus": "xhci.0"}' >/dev/null
expect_event '.SERENO_EVENT == "media.allowed" and (.MESSAGE | contains("0627:0001"))'
expect_within 30 'ls /dev/input/by-id/*QEMU_USB_Keyboard*-event-kbd'
expect_no_disk

scene 'a phone (MTP): refused, and nobody else but root may ask it anything'
mkdir -p "$work/phone"
echo picture >"$work/phone/picture"
qmp device_add '{"driver": "usb-mtp", "id": "phone", "bus": "xhci.0", "rootdir": "'"$work/phone"'"}' >/dev/null
expect_event '.SERENO_EVENT == "media.refused" and (.MESSAGE | contains("46f4:0004"))'
run 'grep -l 0004 /sys/bus/usb/devices/*/idProduct | xargs dirname | xargs -I{} cat {}/authorized'
expect_output '^0$'
run 'find /dev/bus/usb -type c -perm 600 -user root -group root'
expect_output .
qmp device_del '{"id": "phone"}' >/dev/null
qmp device_del '{"id": "keyboard"}' >/dev/null

scene 'a stick that speaks UAS, nobody there: refused'
sits_down ana
gets_up
expect_within 30 '! grep -q ana /run/sereno/seats/seat0'
plug_scsi "$stick" uas usb-uas scsi-hd
expect_refused nobody-there '.MESSAGE | contains("46f4:0003")'
expect_no_disk

scene '... and ana there: hers'
sits_down ana
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_RULE == "sticks" and (.MESSAGE | contains("46f4:0003"))'
expect_disk sda1
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_output Mounted
at_seat ana udisksctl unmount --no-user-interaction -b /dev/sda1
pull uas
pull uas-bridge

scene 'two that say they are the same stick: the second is refused'
plug_stick "$stick" first SAME-1
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_RULE == "sticks"'
expect_within 60 'ls /dev/sda1'
plug_stick "$work/other.img" second SAME-1
expect_event '.SERENO_EVENT == "media.twin" and .SERENO_VERDICT == "deny"'
run 'cat $(grep -lx SAME-1 /sys/bus/usb/devices/*/serial | sed s/serial/authorized/)'
[ "$(sort "$work/output" | tr -d '\n')" = 01 ] || fault 'not one of the two'
run 'ls /dev/sdb'
expect_status 2
pull second
pull first

scene 'a CD drive: may be read, by the word for what is optical'
plug_scsi "$work/disc.img" disc usb-bot scsi-cd
expect_within 90 'ls /dev/sr0 && udevadm settle'
run 'head -c 11 /dev/sr0'
expect_output '^of the disc'
run 'stat --format "%A %U %G %n" /dev/sr0 /dev/sg* /dev/bsg/*'
expect_no_output ' (cdrom|disk|plugdev) |rw.r'
run 'udevadm info --query property /dev/sr0 | grep -E "SERENO|UDISKS|CURRENT_TAGS"'
expect_output 'SERENO_MEDIA=read-only'
expect_no_output 'CURRENT.*uaccess'
pull disc
pull disc-bridge

scene 'a stick of which what is encrypted may be used: a plain one is hidden'
plug_stick "$stick" plain SEALED-1
expect_refused rule '.SERENO_DETAIL | contains("LUKS")'
expect_within 60 'ls /dev/sda1 && udevadm settle'
run 'udisksctl info -b /dev/sda1 | grep HintIgnore; stat --format "%A %U %G %n" /dev/sda /dev/sda1; ls -l /dev/disk/by-*'
expect_output 'HintIgnore: +true'
expect_output 'brw------- root root /dev/sda1'
expect_no_output '-> .*sda'
at_seat ana udisksctl mount --no-user-interaction -b /dev/sda1
expect_no_output Mounted
pull plain

scene '... one with LUKS is opened'
plug_stick "$work/sealed.img" sealed SEALED-2
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_RULE == "sealed" and .SERENO_VERDICT == "encrypted"'
expect_disk sda
at_seat ana 'sh -c "printf watchman >/tmp/word; udisksctl unlock --no-user-interaction -b /dev/sda --key-file /tmp/word"'
expect_output Unlocked
run 'udevadm settle; ls -l /dev/mapper; udevadm info --query property /dev/dm-0 | grep -E "SERENO|UDISKS"; stat --format "%A %U %G %n" /dev/dm-0'
expect_output '^brw------- root root /dev/dm-0'
at_seat ana dd if=/dev/sda of=/dev/null count=1
expect_output 'Permission denied'
at_seat ana dd if=/dev/dm-0 of=/dev/null count=1
expect_output 'Permission denied'

scene '... and ana, who is to be trusted with the limit, cannot lift it'
at_seat ana udisksctl lock --no-user-interaction -b /dev/sda
expect_output Locked
at_seat ana 'busctl call org.freedesktop.UDisks2 /org/freedesktop/UDisks2/block_devices/sda org.freedesktop.UDisks2.Block Format "sa{sv}" ext4 0'
expect_output 'Not authorized|NotAuthorized|denied'
at_seat ana 'busctl call org.freedesktop.UDisks2 /org/freedesktop/UDisks2/block_devices/sda org.freedesktop.UDisks2.Block OpenDevice "sa{sv}" rw 0'
expect_output 'Not authorized|NotAuthorized|denied'

scene 'she logs out with it opened: it is closed, and gone'
at_seat ana 'sh -c "udisksctl unlock --no-user-interaction -b /dev/sda --key-file /tmp/word"'
expect_output Unlocked
gets_up
expect_within 60 '! ls /dev/dm-0 && ! ls /dev/sda'
expect_event '.SERENO_EVENT == "media.removed"'
