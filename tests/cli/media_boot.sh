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
expect 0 media boot on --dry-run --root "$tree"
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
