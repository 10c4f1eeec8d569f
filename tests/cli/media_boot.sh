#!/bin/sh
# SPDX-License-Identifier: MIT
# media_boot.sh - the boot loader's part in removable media: written, told, taken back.
. "$(dirname "$0")/tree.inc"
make_tree
mkdir -p "$tree/etc/default" "$tree/proc" "$tree/sys/module/usbcore/parameters"
snippet=$tree/etc/default/grub.d/sereno-media.cfg
echo 'BOOT_IMAGE=/vmlinuz quiet' >"$tree/proc/cmdline"
echo 1 >"$tree/sys/module/usbcore/parameters/authorized_default"

expect 1 media boot --root "$tree"
says 'USB devices start on; next: sereno media boot on'
says 'USB devices started on'
# Where the root file system is: a disk, a stick, a map on a stick, and what cannot be told.
mkdir -p "$tree/proc/self" "$tree/sys/dev/block" "$tree/sys/devices/virtual/block/dm-0/slaves/sdb1"
ln -s ../../devices/pci0000:00/ata1/block/sda/sda1 "$tree/sys/dev/block/8:1"
ln -s ../../devices/pci0000:00/0000:00:14.0/usb1/1-3/block/sdb/sdb1 "$tree/sys/dev/block/8:17"
ln -s ../../devices/virtual/block/dm-0 "$tree/sys/dev/block/253:0"
echo 8:17 >"$tree/sys/devices/virtual/block/dm-0/slaves/sdb1/dev"
root_on() { printf '20 1 0:5 / /proc rw - proc proc rw\n21 1 %s / / rw,relatime shared:1 - %s rw\n' "$1" "$2" >"$tree/proc/self/mountinfo"; }
for on in '8:17 ext4 /dev/sdb1' '253:0 ext4 /dev/mapper/root'; do
	# shellcheck disable=SC2086
	root_on ${on%% *} "${on#* }"
	expect 1 media boot on --root "$tree"
	says 'is on USB'
	[ ! -e "$snippet" ] || fail "written: $on"
done
# The key of its passphrase on a stick, as Debian's initramfs names it.
root_on 8:1 'ext4 /dev/sda1'
mkdir -p "$tree/sys/class/block/sdb1" "$tree/etc"
echo 8:17 >"$tree/sys/class/block/sdb1/dev"
echo 'root UUID=5 /dev/sdb1:/key luks,keyscript=passdev' >"$tree/etc/crypttab"
expect 0 media boot on --dry-run --root "$tree"
says 'A key that /etc/crypttab names is on USB'
rm "$tree/etc/crypttab"
expect 0 media boot on --dry-run --root "$tree"
silent_on 'is on USB'
root_on 0:30 'btrfs /dev/none'
expect 0 media boot on --dry-run --root "$tree"
says 'cannot be told'
root_on 8:1 'ext4 /dev/sda1'
expect 0 media boot on --dry-run --root "$tree"
silent_on 'cannot be told'
says 'usbcore.authorized_default=0 sereno.media=on'
[ ! -e "$snippet" ] || fail 'a dry run wrote'
expect 0 media boot on --root "$tree"
expect 0 media boot status --root "$tree"
[ "$(stat -c %a "$snippet")" = 644 ] || fail 'its mode'
# It is a shell's to read, and adds to what is there.
[ "$(GRUB_CMDLINE_LINUX=quiet && . "$snippet" && echo "$GRUB_CMDLINE_LINUX")" = 'quiet usbcore.authorized_default=0 sereno.media=on' ] || fail 'what the boot loader reads'

echo 'quiet usbcore.authorized_default=0 sereno.media=on' >"$tree/proc/cmdline"
echo 0 >"$tree/sys/module/usbcore/parameters/authorized_default"
expect 0 media boot --root "$tree"
says 'every USB device started off'
says 'on a new bus    off'
echo 'sereno.media=off usbcore.authorized_default=0' >"$tree/proc/cmdline"
expect 0 media boot --root "$tree"
says 'everything is let in until the next start'
echo 'xusbcore.authorized_default=0 sereno.media=one' >"$tree/proc/cmdline"
expect 0 media boot --root "$tree"
says 'USB devices started on'

echo '# mine' >>"$snippet"
expect 1 media boot --root "$tree"
says 'was changed'
expect 0 media boot on --root "$tree"
expect 0 media boot --root "$tree"

# What is left of one that was interrupted, or laid out for us.
ln -s "$tree/etc/passwd" "$snippet.new"
expect 0 media boot on --root "$tree"
grep -q '^root:' "$tree/etc/passwd" || fail 'it wrote through a link'
expect 0 media boot off --dry-run --root "$tree"
[ -e "$snippet" ] || fail 'a dry run removed it'
expect 0 media boot off --root "$tree"
[ ! -e "$snippet" ] || fail 'it is still there'
expect 0 media boot off --root "$tree"
expect 2 media boot perhaps --root "$tree"
expect 2 media boot on now --root "$tree"
[ "$failures" = 0 ]
