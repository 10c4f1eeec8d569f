#!/bin/sh
# SPDX-License-Identifier: MIT
# block.sh - the program that udev runs, for disks, cards and drives: hidden, encrypted only, read-only, or as they are.
. "$(dirname "$0")/scene.inc"

devices all 00-roothub-usb2 20-stick-bot-vfat 100-mmc-sd-card 102-sata-dvd 80-usb-dvd-drive-with-data-cd
card=/devices/pci0000:00/0000:00:1d.0/0000:02:00.0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0
dvd=/devices/pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sr0
word() {
	policy "$1" <<-END
		media:
		  storage: $1
		  optical: $2
		  rules:
		    - {name: any-medium, device: {kind: storage}, roles: [system], access: $1}
		    - {name: any-disc, device: {kind: optical}, roles: [system], access: $2}
	END
}
word deny read-write
word encrypted deny
word read-only read-only
word read-write read-write
policy none </dev/null

# expect CASE PATH WORD HIDDEN: the answer about a block device; HIDDEN is yes or no.
expect() {
	case=$1
	helper block "$2"
	is "$status" 0 "$said"
	says "SERENO_MEDIA=$3"
	case $4 in
	yes) says SERENO_MEDIA_HIDE=1 && silent_on UDISKS_MOUNT ;;
	no) silent_on SERENO_MEDIA_HIDE ;;
	esac
}

host deny all
expect 'deny' $disk deny yes
expect 'deny: its partition' $disk/sdb1 deny yes
expect 'deny: a card' $card deny yes
expect 'an optical drive that may be written' $dvd allow no
host read-write all
expect 'read-write' $disk allow no
says UDISKS_MOUNT_OPTIONS_DEFAULTS=noexec,nosuid,nodev
case $(echo "$said" | sed -n 's/^UDISKS_MOUNT_OPTIONS_ALLOW=/,/p'), in
*,exec,* | *,suid,* | *,dev,*) fail "may be asked for: $said" ;;
*,rw,*) ;;
*) fail "may not be written: $said" ;;
esac
expect 'a card' $card allow no
host encrypted all
expect 'an optical drive that is denied' $dvd deny yes
expect 'one on USB, whatever its interface says' $usb1/1-12/1-12:1.0/host8/target8:0:0/8:0:0:0/block/sr1 deny yes
# What it says of itself is believed where it asks for less, and never against the disk that is there: drivers take
# devices by their numbers, too, whatever their class.
as_class() { printf "$2" | dd of="$host/sys$1/descriptors" bs=1 seek=32 conv=notrunc status=none; }
host deny all
as_class $stick '\010\002'
expect 'a disk that calls itself an optical drive' $disk deny yes
expect 'a disk that calls itself an optical drive: its partition' $disk/sdb1 deny yes
as_class $stick '\007\001'
expect 'a disk that calls itself a printer' $disk deny yes
host read-write all
as_class $stick '\003\001'
expect 'a disk that calls itself a keyboard' $disk deny yes
says SERENO_MEDIA_REASON=suspicious
host none all
expect 'no media: block' $disk unmanaged no
host deny all
rm "$host/var/lib/sereno/in-force"
expect 'no policy where there was one' $disk deny yes

# Read-only is the kernel's to keep: where it does not, nobody sees it. A file cannot be made read-only.
host read-only all
expect 'what cannot be made read-only' $disk read-only yes
expect 'a disc' $dvd read-only yes

# The host's own disk, and what is none of ours.
sata=/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda
own() {
	mkdir -p "$host/sys$sata"
	echo 8:0 >"$host/sys$sata/dev" && echo 1000 >"$host/sys$sata/size" && echo 0 >"$host/sys$sata/removable"
	ln -s "../../$sata" "$host/sys/class/block/sda"
}
host deny all
own
expect 'a disk of the host' $sata unmanaged no
# An eMMC in an adapter, or an old card, goes into the slot as an SD card does.
echo MMC >"$host/sys${card%/block/*}/type"
properties=ACTION=add
expect 'a disk of MMC, while the host starts' $card unmanaged no
mkdir -p "$host/run/sereno/seats"
expect 'a card of MMC that comes to a host that is up' $card deny yes
properties='ACTION=change SERENO_MEDIA_WAS=deny'
expect 'a card of MMC that came before' $card deny yes
properties=ACTION=change
expect 'a disk of MMC that was there when the host started' $card unmanaged no
properties=
rm -r "$host/run/sereno/seats"
echo SD >"$host/sys${card%/block/*}/type"
case='a disk that comes to a host that is up'
mkdir -p "$host/run/sereno/seats"
properties=ACTION=add
expect "$case" $sata deny yes
properties='ACTION=add SYNTH_UUID=0'
expect 'asked for by udevadm trigger' $sata unmanaged no
mkdir -p "$host/run/udev/data" "$host/sys$sata/sda1"
echo 1 >"$host/sys$sata/sda1/partition" && echo 8:1 >"$host/sys$sata/sda1/dev"
echo 64 >"$host/sys$sata/sda1/start" && echo 64 >"$host/sys$sata/sda1/size"
properties=ACTION=add
echo E:SERENO_MEDIA=unmanaged >"$host/run/udev/data/b8:0"
expect 'a partition made on a disk of the host' $sata/sda1 unmanaged no
echo E:SERENO_MEDIA=deny >"$host/run/udev/data/b8:0"
expect 'a partition on a disk that came later' $sata/sda1 deny yes
rm -r "$host/run/udev"
properties='ACTION=change SERENO_MEDIA_WAS=deny'
expect 'that came before' $sata deny yes
properties=
rm -r "$host/run/sereno/seats"
properties=ACTION=add
expect 'while the host starts' $sata unmanaged no
properties=

host deny all
awk '$5 == "/" { print $3 }' /proc/self/mountinfo | tail -n 1 >"$host/sys$disk/dev"
expect 'the disk that the system is on' $disk unmanaged no

# What a map is built on counts, and the strictest of it.
host deny all
own
map=/devices/virtual/block/dm-0
mkdir -p "$host/sys$map/slaves"
echo 100 >"$host/sys$map/size"
ln -s "../../../..${sata#/devices}" "$host/sys$map/slaves/sda"
ln -s "../../../..${disk#/devices}/sdb1" "$host/sys$map/slaves/sdb1"
expect 'a map on a stick and a disk' $map deny yes
rm "$host/sys$map/slaves/sdb1"
expect 'a map on a disk alone' $map unmanaged no
array=/devices/virtual/block/md127
mkdir -p "$host/sys$array/slaves"
echo 100 >"$host/sys$array/size"
ln -s "../../../..${disk#/devices}/sdb1" "$host/sys$array/slaves/sdb1"
expect 'an array on a stick' $array deny yes
ln -s ../../dm-0 "$host/sys$map/slaves/dm-0"
case='a map on itself'
helper block $map
[ "$status" != 0 ] || says unmanaged

# Encrypted only. What is on the disk is made by the programs that people use.
img=$top/img
mkdir "$img"
luks() { truncate -s "$2" "$1" && echo pass | cryptsetup luksFormat -q --type "$3" --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$1" -; }
luks "$img/luks1" 4M luks1
luks "$img/luks2" 20M luks2
truncate -s 20M "$img/vfat" && mkfs.vfat "$img/vfat" >/dev/null
truncate -s 4M "$img/blank"
# BitLocker: its signature in the first sector of what looks like NTFS (BitLocker disk format, boot record).
truncate -s 4M "$img/bitlocker"
printf '\353\130\220-FVE-FS-' | dd of="$img/bitlocker" conv=notrunc status=none
# table NAME LAYOUT CONTENT...: partitions of 5 MiB from 1 MiB on, 10 MiB apart.
table() {
	name=$1
	truncate -s 60M "$img/$name"
	printf '%b' "$2" | sfdisk -q --no-reread --no-tell-kernel "$img/$name" >/dev/null 2>&1
	shift 2
	at=1
	for content in "$@"; do
		[ "$content" = - ] || dd if="$img/$content" of="$img/$name" bs=1M count=5 seek=$at conv=notrunc status=none
		at=$((at + 10))
	done
}
two='label: gpt\nstart=1MiB,size=5MiB\nstart=11MiB,size=5MiB\n'
dos='label: dos\nstart=1MiB,size=5MiB,type=83\nstart=11MiB,size=40MiB,type=5\nstart=21MiB,size=5MiB,type=83\n'
table one-luks 'label: gpt\nstart=1MiB,size=5MiB\n' luks1
table both-luks "$two" luks1 luks1
table luks-and-vfat "$two" luks1 vfat
table luks-and-blank "$two" luks1 -
table logical-luks "$dos" luks1 - luks1
table logical-vfat "$dos" luks1 - vfat
table no-part 'label: gpt\n'
cp "$img/luks1" "$img/luks-and-table"
printf 'label: dos\nstart=2048,size=1024,type=83\n' | sfdisk -q --wipe never --no-reread --no-tell-kernel "$img/luks-and-table" >/dev/null 2>&1

# What is on the disk, and whether it is seen.
host encrypted all
while read -r hidden name what; do
	cp "$img/$name" "$host/dev/sdb"
	expect "encrypted only: $what" $disk encrypted "$hidden"
done <<'END'
no  luks1          LUKS 1 on the whole disk
no  luks2          LUKS 2 on the whole disk
yes vfat           a file system without partitions
yes blank          nothing
yes bitlocker      BitLocker
no  one-luks       a LUKS partition
no  both-luks      two LUKS partitions
yes luks-and-vfat  a LUKS partition and one of vfat
yes luks-and-blank a LUKS partition and one with nothing
no  logical-luks   LUKS in a logical partition, too
yes logical-vfat   vfat in a logical partition
yes luks-and-table LUKS and a table at once
yes no-part        a table without partitions
END
# A partition that the kernel has and the table does not is looked at itself.
cp "$img/both-luks" "$host/dev/sdb"
echo $((5 * 2048)) >"$host/sys$disk/sdb1/size"
expect 'encrypted only: a LUKS partition' $disk/sdb1 encrypted no
echo $((6 * 2048)) >"$host/sys$disk/sdb1/start"
expect 'encrypted only: a partition of the kernel that is none of the table' $disk/sdb1 encrypted yes
# Wiped and made anew by somebody: it is looked at again.
cp "$img/luks1" "$host/dev/sdb"
expect 'encrypted only: before it is wiped' $disk encrypted no
cp "$img/vfat" "$host/dev/sdb"
properties='ACTION=change SERENO_MEDIA_WAS=encrypted'
expect 'encrypted only: made anew as vfat' $disk encrypted yes
properties=
rm "$host/dev/sdb"
mkfifo "$host/dev/sdb"
expect 'encrypted only: a node that is no disk' $disk encrypted yes

# udev tells the seat of a USB device, and not of the disk in it.
policy employees <<'END'
media:
  storage: deny
  rules:
    - {name: of-the-employees, device: {kind: storage}, roles: [employee], access: read-write}
END
host employees all
sits eva 1005 no employee
expect 'whoever sits at the first seat' $disk allow no
sits eva 1005 yes employee
expect 'at work when the screen was locked' $disk allow no
properties='ACTION=change SERENO_MEDIA_WAS=allow DISK_MEDIA_CHANGE=1'
expect 'another medium in it, behind the locked screen' $disk deny yes
says SERENO_MEDIA_REASON=locked
mkdir -p "$host/run/udev/data"
printf 'I:1\nE:SERENO_MEDIA=deny\nE:SERENO_MEDIA_REASON=locked\n' >"$host/run/udev/data/b$(cat "$host/sys$disk/dev")"
properties=ACTION=add
expect 'a partition on that medium, found afterwards' $disk/sdb1 deny yes
properties='ACTION=change SERENO_MEDIA_WAS=deny'
expect 'that medium, looked at again' $disk deny yes
sits eva 1005 no employee
expect 'the screen is open again' $disk allow no
properties=
printf 'I:1\nE:ID_SEAT=seat1\n' >"$host/run/udev/data/c189:3"
expect 'a stick at another seat' $disk deny yes
finish
