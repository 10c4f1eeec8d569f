#!/bin/sh
# SPDX-License-Identifier: MIT
# readonly.sh - a disk that may only be read: the kernel itself is told. On a loop device, for which it takes root; where
# none can be had, nothing is tested, and that is said.
scene_in=/tmp
. "$(dirname "$0")/scene.inc"

truncate -s 4M "$top/img"
loop=$(losetup --find --show "$top/img" 2>/dev/null) || loop=
if [ -z "$loop" ] || ! mknod "$top/node" b 7 "${loop#/dev/loop}" 2>/dev/null || ! head -c 1 "$top/node" >/dev/null 2>&1; then
	[ -z "$loop" ] || losetup --detach "$loop"
	echo 'no loop device is to be had here: read-only was not tested'
	exit 0
fi
trap 'losetup --detach "$loop"; rm -rf "$top"' EXIT

devices all 00-roothub-usb2 20-stick-bot-vfat
policy limited <<'END'
media:
  rules:
    - {name: any-disk, device: {kind: storage}, roles: [system], access: read-only}
END
policy open <<'END'
media:
  rules:
    - {name: any-disk, device: {kind: storage}, roles: [system], access: read-write}
END
policy none </dev/null
node() {
	host "$1" all
	rm "$host/dev/sdb"
	mknod "$host/dev/sdb" b 7 "${loop#/dev/loop}"
	echo "7:${loop#/dev/loop}" >"$host/sys$disk/dev"
}
kernel_says() { is "$(blockdev --getro "$loop")" "$1" "$said"; }

case='read-only'
node limited
helper block $disk
says SERENO_MEDIA=read-only
says SERENO_MEDIA_RO=1
says UDISKS_MOUNT_OPTIONS_DEFAULTS=noexec,nosuid,nodev,ro
silent_on SERENO_MEDIA_HIDE
kernel_says 1
if dd if=/dev/zero of="$loop" bs=512 count=1 conv=notrunc status=none 2>/dev/null; then fail 'it was written to'; fi

case='its partition'
helper block $disk/sdb1
says SERENO_MEDIA_RO=1
kernel_says 1

# LUKS on it, opened: by then the map is a device of its own, and writable unless it is told, too.
case='what was unlocked on it'
map=/devices/virtual/block/dm-0
node limited
blockdev --setrw "$loop"
mkdir -p "$host/sys$map/slaves"
echo 100 >"$host/sys$map/size"
ln -s "../../../..${disk#/devices}" "$host/sys$map/slaves/sdb"
mv "$host/dev/sdb" "$host/dev/dm-0"
mv "$host/sys$disk/dev" "$host/sys$map/dev"
helper block $map
says SERENO_MEDIA_RO=1
says UDISKS_MOUNT_OPTIONS_DEFAULTS=noexec,nosuid,nodev,ro
kernel_says 1
node limited

case='partitioned anew, or another card: change'
blockdev --setrw "$loop"
properties='ACTION=change SERENO_MEDIA_WAS=read-only SERENO_MEDIA_RO=1 DISK_MEDIA_CHANGE=1'
helper block $disk
kernel_says 1

case='it may be written now'
node open
properties='ACTION=change SERENO_MEDIA_WAS=read-only SERENO_MEDIA_RO=1'
helper block $disk
says SERENO_MEDIA=allow
silent_on SERENO_MEDIA_RO
kernel_says 0

case='nothing is ours any more'
blockdev --setro "$loop"
node none
helper block $disk
says SERENO_MEDIA=unmanaged
kernel_says 0

case='read-only by itself, and not by us'
blockdev --setro "$loop"
node open
properties='ACTION=change SERENO_MEDIA_WAS=allow'
helper block $disk
kernel_says 1

case='the node of another device'
node limited
blockdev --setrw "$loop"
echo 8:16 >"$host/sys$disk/dev"
properties=
helper block $disk
says SERENO_MEDIA_HIDE=1
kernel_says 0
finish
