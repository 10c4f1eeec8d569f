#!/bin/sh
# SPDX-License-Identifier: MIT
# rules.sh - udev's rules, with this host's own beside them, played by udevadm test on mocked devices.
#
# In a mount namespace: rules are looked for in fixed places, and udev keeps what it finds out. Where none can be had,
# nothing is tested, and that is said.
if [ "${1:-}" != --inside ]; then
	unshare --mount --map-root-user true 2>/dev/null || {
		echo 'no mount namespace is to be had here: the rules were not tested'
		exit 0
	}
	exec unshare --mount --map-root-user "$0" --inside
fi
. "$(dirname "$0")/scene.inc"

rules=$top/rules
mkdir "$rules"
for name in 50-udev-default 60-cdrom_id 60-persistent-storage 70-uaccess 71-seat 73-seat-late; do cp /usr/lib/udev/rules.d/$name.rules "$rules/"; done
mount --bind "$rules" /usr/lib/udev/rules.d
[ ! -d /etc/udev/rules.d ] || mount -t tmpfs none /etc/udev/rules.d
mount -t tmpfs none /run
mkdir -p /run/udev "$top/dev"
mount -t tmpfs none "$top/dev"
mkdir "$top/dev/shm"
for node in null zero full random urandom; do touch "$top/dev/$node" && mount --bind /dev/$node "$top/dev/$node"; done
mount --bind /dev/shm "$top/dev/shm"
mount --move "$top/dev" /dev

policy strict <<'END'
media:
  storage: deny
  optical: read-write
  rules:
    - {name: open-disc, device: {kind: optical}, roles: [system], access: read-write}
END
policy generous <<'END'
media:
  rules:
    - {name: open-disk, device: {kind: storage}, roles: [system], access: read-write}
    - {name: closed-disc, device: {kind: optical}, roles: [system], access: read-only}
END
policy none </dev/null
cmdline=quiet
program=$O/sereno-media-device

# udev POLICY ACTION PATH MOCK...: what udevadm test says, as $said, and the device's authorized, as $authorized.
udev() {
	rm -rf /run/udev/data
	export SYSTEMD_PROC_CMDLINE="$cmdline" program rules host="$top/$1" source="$here/../../system" action="$2" path="$3"
	shift 3
	for mock in "$@"; do set -- "$@" -d "$here/../data/usb/$mock.umockdev"; shift; done
	# shellcheck disable=SC2016
	said=$(umockdev-run "$@" -- sh -c '
		cp -a "$host/." "$UMOCKDEV_DIR/"
		for name in 59 72; do
			sed "s|/usr/lib/sereno/sereno-media-device|$program --root $UMOCKDEV_DIR|
				s|/var/lib/sereno/generations|$UMOCKDEV_DIR/&|" "$source/$name-sereno-media.rules" >"$rules/$name-sereno-media.rules"
		done
		udevadm test --action="$action" "/sys$path" 2>&1
		echo "authorized=$(cat "/sys$path/authorized" 2>/dev/null)"') || :
	authorized=$(echo "$said" | sed -n 's/^authorized=//p')
}
has() { echo "$said" | grep -qxF -- "$1" || fail "no line $1: $said"; }
lacks() { ! echo "$said" | grep -qE -- "$1" || fail "there is $1: $said"; }
tags() { echo "$said" | sed -n 's/^CURRENT_TAGS=//p'; }

off='00-roothub-usb2 20-stick-bot-vfat.blocked'
case='a stick that is denied'
# shellcheck disable=SC2086
udev strict add $stick $off
has SERENO_MEDIA=deny
is "$authorized" 0
echo "$said" | grep -q '72-sereno-media.rules:.* MODE 0600' || fail "the node is not root's: $said"
lacks 'media.failed'

case='a stick that is allowed'
# shellcheck disable=SC2086
udev generous add $stick $off
has SERENO_MEDIA=allow
is "$authorized" 1

case='no media: block'
# shellcheck disable=SC2086
udev none add $stick $off
has SERENO_MEDIA=unmanaged
is "$authorized" 0

case='started off, with no media: block'
cmdline='quiet sereno.media=on'
# shellcheck disable=SC2086
udev none add $stick $off
is "$authorized" 1
case='the emergency word'
cmdline='sereno.media=off quiet'
# shellcheck disable=SC2086
udev strict add $stick $off
is "$authorized" 1
lacks 'sereno-media-device'
cmdline=quiet

# Whatever becomes of the program: off, and said by another one.
broken() {
	case="the program $1"
	program=$top/program
	printf '#!/bin/sh\n%s\n' "$2" >"$program"
	chmod +x "$program"
	# shellcheck disable=SC2086
	udev generous add $stick $off
	has SERENO_MEDIA=deny
	has SERENO_MEDIA_REASON=failed
	is "$authorized" 0
	echo "$said" | grep -q "^run: '/usr/bin/logger .*media.failed" || fail "not told: $said"
}
# shellcheck disable=SC2016
broken 'crashes' 'kill -SEGV $$'
broken 'says nothing' 'exit 0'
broken 'says something else' 'echo hello; echo =; echo SERENO'
broken 'allows, and fails' 'echo SERENO_MEDIA=allow; exit 1'
broken 'is not there' ''
rm "$program"
case='the program is not there'
# shellcheck disable=SC2086
udev generous add $stick $off
has SERENO_MEDIA=deny
is "$authorized" 0
case='the program is not there: a disk'
udev generous add $disk 00-roothub-usb2 20-stick-bot-vfat
has SERENO_MEDIA_HIDE=1
case='the program is not there: a card, and a disk of MMC that is soldered in'
card=/devices/pci0000:00/0000:00:1d.0/0000:02:00.0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0
udev generous add $card 100-mmc-sd-card
has SERENO_MEDIA_HIDE=1
mkdir "$top/mocks"
sed 's/type=SD/type=MMC/' "$here/../data/usb/100-mmc-sd-card.umockdev" >"$top/mocks/emmc.umockdev"
udev generous add $card "$(realpath --relative-to="$here/../data/usb" "$top/mocks/emmc")"
lacks '^SERENO_MEDIA_HIDE|^SYSTEMD_READY'
program=$O/sereno-media-device

case='a disk that is denied'
udev strict add $disk/sdb1 00-roothub-usb2 20-stick-bot-vfat
for line in SERENO_MEDIA=deny UDISKS_IGNORE=1 SYSTEMD_READY=0 UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG=1; do has $line; done
lacks "builtin command 'blkid'"
case='a disk that is allowed'
udev generous add $disk/sdb1 00-roothub-usb2 20-stick-bot-vfat
has SERENO_MEDIA=allow
has UDISKS_MOUNT_OPTIONS_DEFAULTS=noexec,nosuid,nodev
lacks '^UDISKS_IGNORE=|^SYSTEMD_READY=|^sdb1: .*/72-sereno-media.rules'

# Made of disks that are let in, it is used as they may be: noexec is for a file system in an array, too.
case='an array'
array=/devices/virtual/block/md127
printf 'P: %s\nN: md127\nE: DEVNAME=/dev/md127\nE: DEVTYPE=disk\nE: SUBSYSTEM=block\nE: MAJOR=9\nE: MINOR=127\nA: size=100\\n\nA: dev=9:127\\n\n' $array >"$top/mocks/array.umockdev"
printf 'P: /devices/virtual/scsi_tape/nst0\nE: SUBSYSTEM=scsi_tape\nA: type=1\\n\n' >"$top/mocks/tape.umockdev"
mocks=$(realpath --relative-to="$here/../data/usb" "$top/mocks")
udev generous add $array "$mocks/array"
has SERENO_MEDIA=unmanaged
case='a tape'
udev generous add /devices/virtual/scsi_tape/nst0 "$mocks/tape"
has SERENO_MEDIA=unmanaged

dvd=/devices/pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sr0
case='a drive that may be written is its user'\''s'
udev strict add $dvd 102-sata-dvd
case $(tags) in *:uaccess:*) ;; *) fail "no uaccess: $said" ;; esac
case='a drive that may be read is root'\''s'
udev generous add $dvd 102-sata-dvd
case $(tags) in *:uaccess:*) fail "uaccess: $said" ;; esac
echo "$said" | grep -q '72-sereno-media.rules:.* GROUP 0' || fail "a group's: $said"
finish
