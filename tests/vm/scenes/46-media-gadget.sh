# SPDX-License-Identifier: MIT
# media-gadget - devices that lie, made in the guest: a stick that types, one that is somebody new all the time.
. ../media.sh

guest dmesg --console-level 1
guest "base64 -d <<<$(base64 -w 0 <../guest/gadget) >/root/vm/gadget && chmod +x /root/vm/gadget"
media_in_force

scene 'a stick that only stores, with the serial number of one that ana may have: let in'
sits_down ana
run /root/vm/gadget plug ARCHIVE-1 storage
expect_status 0
expect_event '.SERENO_EVENT == "media.allowed" and .SERENO_RULE == "archive" and .SERENO_VERDICT == "read-only"'
expect_within 60 'ls /dev/sda && udevadm settle'
run /root/vm/gadget pull
expect_within 30 '! ls /dev/sda'

scene 'another one with its number, which types as well: nothing of it is let in'
before=$(guest 'ls /dev/input/event* | wc -l')
run /root/vm/gadget plug ARCHIVE-1 storage keyboard
expect_status 0
expect_refused suspicious
expect_authorized ARCHIVE-1 0
expect_no_disk
run 'ls /dev/input/event* | wc -l'
expect_output "^$before\$"
run /root/vm/gadget pull

scene 'a pure keyboard: let in'
run /root/vm/gadget plug KEYBOARD-1 keyboard
expect_event '.SERENO_EVENT == "media.allowed" and (.MESSAGE | contains("KEYBOARD-1"))'
expect_within 30 '[ $(ls /dev/input/event* | wc -l) -gt '"$before ]"
run /root/vm/gadget pull

scene 'one that comes as somebody new, as often as it can for ten seconds: a keyboard is served meanwhile'
run /root/vm/gadget plug CHURN-0 storage keyboard
expect_refused suspicious
guest 'systemd-run --quiet --collect --unit=churn --property StandardOutput=file:/run/churn /root/vm/gadget churn 10'
began=$(guest 'date +%s%N')
qmp device_add '{"driver": "usb-kbd", "id": "keyboard", "bus": "xhci.0"}' >/dev/null
expect_within 30 'ls /dev/input/by-id/*QEMU_USB_Keyboard*-event-kbd'
echo "   the keyboard after $((($(guest 'date +%s%N') - began) / 1000000)) ms"
expect_within 60 '! systemctl is-active churn && udevadm settle'
run 'cat /run/churn; ls /run/sereno/refused | wc -l; systemctl show --property CPUUsageNSec sereno-media'
refused=$(sed -n 2p "$work/output")
[ "$refused" -le 64 ] || fault "$refused are on the list"
told=$(events | grep -c 'media.refused')
echo "   told of $told times"
[ "$told" -le 20 ] || fault 'the journal was filled'
guest '/root/vm/gadget pull'
expect_within 30 'systemctl is-active sereno-media'
