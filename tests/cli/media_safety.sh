#!/bin/sh
# SPDX-License-Identifier: MIT
# A policy about devices locks nobody out: the last keyboard, the system's disks, the way to the network.
. "$(dirname "$0")/tree.inc"
usb1=/devices/pci0000:00/0000:00:14.0/usb1
stick=$usb1/1-3/1-3:1.0/host6/target6:0:0/6:0:0:0/block/sdb/sdb1
dock=$usb1/1-10
said=

# devices MOCK...: what is plugged in; nothing else of /sys and /proc.
devices() {
	kept="$tree/mocked-$*"
	rm -rf "$tree/sys" "$tree/proc" "$tree/run"
	for mock in "$@"; do set -- "$@" -d "$here/../data/usb/$mock.umockdev"; shift; done
	[ -d "$kept" ] || to=$kept umockdev-run "$@" -- sh -c 'cp -a "$UMOCKDEV_DIR/sys" "$to"'
	cp -a "$kept" "$tree/sys"
	mkdir -p "$tree/proc/net" "$tree/proc/self" "$tree/sys/class/net" "$tree/sys/class/input" "$tree/sys/dev/block" "$tree/run/systemd/seats"
	printf '21 1 8:1 / / rw - ext4 /dev/sda1 rw\n' >"$tree/proc/self/mountinfo"
	block 8:1 /devices/pci0000:00/ata1/block/sda/sda1
}
block() {
	mkdir -p "$tree/sys$2" "$tree/sys/class/block"
	ln -sfn "../..$2" "$tree/sys/dev/block/$1"
	ln -sfn "../..$2" "$tree/sys/class/block/${2##*/}"
	echo "$1" >"$tree/sys$2/dev"
}
# input NUMBER PATH KEYS: an input device.
input() {
	mkdir -p "$tree/sys$2/input$1/capabilities"
	echo "$3" >"$tree/sys$2/input$1/capabilities/key"
	ln -sfn "../..$2/input$1" "$tree/sys/class/input/input$1"
}
interface() {
	mkdir -p "$tree/sys$2/net/$1"
	ln -sfn "../..$2/net/$1" "$tree/sys/class/net/$1"
}
routes() {
	printf 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n' >"$tree/proc/net/route"
	for name in "$@"; do printf '%s\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n' "$name" >>"$tree/proc/net/route"; done
}
# media LINE...: the policy with that media: block; `block` for lines of its own.
media() {
	make_policy
	{
		echo 'media:'
		for line in "$@"; do echo "  $line"; done
	} >>"$policy"
}
make_policy() { cp "$tree/plain" "$policy"; }
refused() {
	expect 1 apply --root "$tree"
	says "$1"
	cmp -s "$tree/plain" "$tree/var/lib/sereno/in-force/policy.yaml" || fail "a refused apply is in force: $1"
}
taken() { expect 0 apply --dry-run --root "$tree"; }
# as_told: the rule that the last command said would help is one that does.
as_told() {
	rule=$(printf '%s\n' "$said" | sed -n 's/.*name it in media: rules: \({.*}\).*/\1/p' | head -n 1)
	[ -n "$rule" ] || fail "no rule was told: $said"
	{ grep -q '^  rules:' "$policy" || echo '  rules:'; echo "    - $rule"; } >>"$policy"
}

make_tree
cp "$policy" "$tree/plain"
mkdir -p "$tree/etc/polkit-1/rules.d"
letters='10000000000000 e080ffdf01cfffff fffffffffffffffe'

# Without the block nothing is looked at.
devices 00-roothub-usb2 10-keyboard
expect 0 apply --root "$tree"
silent_on 046d

# The last keyboard: by a word, by where it is, by a rule; and what can be written instead.
media 'input: deny'
refused 'policy.yaml:42:1: 1-1 "Logitech USB Keyboard" (046d:c31c) would be refused (the word input), and no other keyboard would be left'
as_told
taken
echo fixed >"$tree/sys$usb1/1-1/removable"
media 'built-in: deny'
refused '(the word built-in), and no other keyboard would be left'
as_told
taken
echo removable >"$tree/sys$usb1/1-1/removable"
media 'rules:' "  - {name: typists, device: {kind: keyboard}, access: deny}"
refused 'policy.yaml:43:1: 1-1 "Logitech USB Keyboard" (046d:c31c) would be refused (rule typists)'
says 'write rule typists so that it leaves this device out'
# For some who sit there it may be refused: at the greeter, who comes next has it.
media 'rules:' "  - {name: typists, device: {kind: keyboard}, roles: [auditor], access: deny}"
taken
# What was let in for a role is not there for who logs in.
media 'input: deny' 'rules:' "  - {name: typists, device: {kind: keyboard}, roles: [employee], access: allow}"
refused '(the word input), and no other keyboard would be left'
# One that is let in for a time is told.
media 'input: deny' 'rules:' "  - {name: typists, device: {kind: keyboard}, until: 2040-06-30, access: allow}"
taken
says 'policy.yaml:44:1: warning: 1-1 "Logitech USB Keyboard" (046d:c31c) is let in until '
says '2040-0'
media 'rules:' "  - {name: typists, device: {kind: keyboard}, until: 2040-06-30, access: allow}"
taken
silent_on 'is let in until'
printf '\022\001' | dd of="$tree/sys$usb1/1-1/descriptors" conv=notrunc bs=1 seek=17 2>/dev/null
media 'input: allow'
taken
says '1-1 "Logitech USB Keyboard" (046d:c31c): deny'

# A keyboard of the host's own is enough; a button and what a program makes up are none.
devices 00-roothub-usb2 10-keyboard
media 'input: deny'
input 0 /devices/platform/button 10000000000000
input 1 /devices/virtual/input "$letters"
refused 'no other keyboard would be left'
input 2 /devices/platform/i8042/serio0/input "$letters"
taken
silent_on 'no other keyboard'
# One that types only now, as by Bluetooth, hangs on its adapter.
rm "$tree/sys/class/input/input2"
devices 00-roothub-usb2 50-webcam
input 3 "$usb1/1-9/1-9:1.0/bluetooth/hci0" "$letters"
media 'other: deny'
refused '1-9 "'
says 'no other keyboard would be left'
devices 00-roothub-usb2
media 'input: deny'
taken
says 'there is no keyboard now, and any that is plugged in would be refused'
media 'input: allow'
taken
silent_on 'there is no keyboard'

# Of several the last one counts.
devices 00-roothub-usb2 10-keyboard
cp -a "$tree/sys$usb1/1-1" "$tree/sys$usb1/1-5"
ln -s "../../..$usb1/1-5" "$tree/sys/bus/usb/devices/1-5"
echo 9 >"$tree/sys$usb1/1-5/devnum"
echo c31d >"$tree/sys$usb1/1-5/idProduct"
printf '\035' | dd of="$tree/sys$usb1/1-5/descriptors" conv=notrunc bs=1 seek=10 2>/dev/null
media 'rules:' "  - {name: one, device: {vendor: '046d', product: 'c31c'}, access: deny}"
taken
media 'rules:' "  - {name: one, device: {vendor: '046d'}, access: deny}"
refused 'no other keyboard would be left'

# A hub on the way: of a keyboard, and of anything that is allowed.
devices 00-roothub-usb2 10-keyboard 60-dock-hub-with-stick-and-ethernet
media 'unknown: allow' 'network: allow' 'rules:' "  - {name: dock, device: {vendor: '2109', product: '2817'}, access: deny}"
refused '1-10 "VIA Labs, Inc. USB2.0 Hub" (2109:2817) would be refused (rule dock), and 1-10.1, which is allowed, hangs on it'
mv "$tree/sys$usb1/1-1" "$tree/sys$dock/1-10.4"
rm "$tree/sys/bus/usb/devices/1-1"
ln -s "../../..$dock/1-10.4" "$tree/sys/bus/usb/devices/1-10.4"
refused '1-10 "VIA Labs, Inc. USB2.0 Hub" (2109:2817) would be refused (rule dock), and no other keyboard would be left'

# Disks of the system: mounted, mapped, swapped to, unlocked by; only all of it is enough.
devices 00-roothub-usb2 20-stick-bot-vfat
input 2 /devices/platform/i8042/serio0/input "$letters"
block 8:17 "$stick"
mount() { printf '21 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 21 %s / %s rw shared:1 - ext4 %s rw\n' "$1" "$2" "$3" >"$tree/proc/self/mountinfo"; }
media 'storage: deny'
taken
for point in / /usr /var /boot /boot/efi; do
	mount 8:17 "$point" /dev/sdb1
	refused "1-3 \"SanDisk Cruzer Blade\" (0781:5567) would be refused (nobody sits at the seat), and this host has $point on it"
done
as_told
grep -q 'roles: \[system\], access: read-write' "$policy" || fail "the rule: $(cat "$policy")"
taken
sed -i 's/access: read-write/access: read-only/' "$policy"
refused 'would no longer be writable as it is (rule keep-0781-5567), and this host has /boot/efi on it'
media 'storage: read-write'
refused '(nobody sits at the seat), and this host has /boot/efi on it'
mount 8:17 /media/luis/x /dev/sdb1
taken
mount 0:40 /var /dev/sdb1
refused 'this host has /var on it'
block 253:0 /devices/virtual/block/dm-0
mkdir -p "$tree/sys/devices/virtual/block/dm-0/slaves/sdb1"
echo 8:17 >"$tree/sys/devices/virtual/block/dm-0/slaves/sdb1/dev"
mount 253:0 /var /dev/mapper/var
refused 'this host has /var on it'
mount 8:1 /home /dev/sda1
swap() { printf 'Filename Type Size Used Priority\n%s partition 1 0 -2\n' "$1" >"$tree/proc/swaps"; }
swap /dev/sdb1
refused 'this host has swap on it'
mount 8:17 /data /dev/sdb1
swap /data/swapfile
refused 'this host has swap on it'
swap /swapfile
taken
mkdir -p "$tree/dev/disk/by-uuid"
ln -s ../../sdb1 "$tree/dev/disk/by-uuid/1234-ABCD"
mount 8:1 /home /dev/sda1
for key in /keys/root:UUID=1234-ABCD /dev/disk/by-uuid/1234-ABCD:/keys/root:5; do
	printf '# comment\nsda2_crypt UUID=5 %s luks\n' "$key" >"$tree/etc/crypttab"
	refused 'this host has the key of sda2_crypt on it'
done
mount 8:17 /keys /dev/sdb1
printf 'sda2_crypt UUID=5 /keys/root luks\n' >"$tree/etc/crypttab"
refused 'this host has the key of sda2_crypt on it'
printf 'sda2_crypt UUID=5 none luks\nx /dev/sda3 /dev/urandom swap\n' >"$tree/etc/crypttab"
taken
rm "$tree/etc/crypttab"
printf '21 1 0:30 / / rw - zfs pool/root rw\n' >"$tree/proc/self/mountinfo"
taken
says 'what / is on cannot be told'

# The way to the network: of the host, and of who is connected.
devices 00-roothub-usb2 60-dock-hub-with-stick-and-ethernet
input 2 /devices/platform/i8042/serio0/input "$letters"
interface eth1 "$dock/1-10.1/1-10.1:1.0"
interface eth0 /devices/pci0000:00/0000:00:19.0
interface br0 /devices/virtual
media 'unknown: deny' 'network: deny'
routes eth0
taken
routes eth1
refused '1-10.1 "'
says 'and the default route goes by its interface eth1; name it in media: rules:'
as_told
taken
media 'unknown: deny' 'network: deny'
printf '00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth1\n' >"$tree/proc/net/ipv6_route"
routes
refused 'the default route goes by its interface eth1'
rm "$tree/proc/net/ipv6_route"
touch "$tree/sys/devices/virtual/net/br0/lower_eth1"
routes br0
refused 'the default route goes by its interface br0'
routes eth1 eth0
taken
says 'warning: 1-10.1 "'
routes eth0
interface lo "$dock/1-10.1/1-10.1:1.0"
export SSH_CONNECTION='10.20.9.10 50000 127.0.0.1 22'
expect 1 check --present --root "$tree"
says 'and you are connected by its interface lo'
unset SSH_CONNECTION
expect 0 check --present --root "$tree"
rm "$tree/sys/class/net/lo"

# On trial it is told, and put in force.
routes eth1
echo "observe: [media]" >>"$policy"
taken
says 'warning: 1-10.1 "'
routes eth0

# check alone asks no device; with --present it does, and says what apply would.
devices 00-roothub-usb2 10-keyboard 20-stick-bot-vfat
media 'input: deny'
expect 0 check --root "$tree"
expect 1 check --present --root "$tree"
says 'no other keyboard would be left'

# Which devices change, and for whom; the rule for polkit comes and goes; status tells.
make_policy
expect 0 apply --root "$tree"
media 'storage: deny' 'rules:' '  - {name: sticks, device: {kind: storage}, roles: [sysadmin], access: read-only}'
expect 0 apply --root "$tree"
says '1-3 "SanDisk Cruzer Blade" (0781:5567): deny instead of read-write (nobody sits at the seat)'
silent_on 'Logitech'
[ -f "$tree/etc/polkit-1/rules.d/10-sereno-media.rules" ] || fail 'no rule for polkit'
printf 'IS_SEAT0=1\nACTIVE=7\nACTIVE_UID=1004\n' >"$tree/run/systemd/seats/seat0"
media 'storage: read-write'
expect 0 apply --json --root "$tree"
json '.devices == [{device: "1-3", manufacturer: "SanDisk", product: "Cruzer Blade", user: "luis", was: "read-only", becomes: "read-write", reason: "kind", rule: null, line: 42}]'
mkdir -p "$tree/run/systemd/sessions"
echo 'CLASS=greeter' >"$tree/run/systemd/sessions/7"
media 'storage: read-only'
expect 0 apply --json --root "$tree"
json '.devices == []'
mkdir -p "$tree/sys/module/usbcore/parameters" "$tree/sys/fs/cgroup/system.slice/sereno-media.service"
echo 1 >"$tree/sys/module/usbcore/parameters/authorized_default"
echo 1 >"$tree/sys$usb1/authorized_default"
expect 1 status --root "$tree"
says 'media       managed'
says 'new is    on'
says 'nobody takes devices away'
says 'what is plugged in starts on'
echo 0 >"$tree/sys/module/usbcore/parameters/authorized_default"
expect 1 status --root "$tree"
says 'new is    off, but on at usb1'
echo 0 >"$tree/sys$usb1/authorized_default"
printf 'populated 1\nfrozen 0\n' >"$tree/sys/fs/cgroup/system.slice/sereno-media.service/cgroup.events"
expect 0 status --root "$tree"
says 'watcher   runs'
expect 0 status --json --root "$tree"
json '.media == {managed: true, on_trial: false, boot: false, watcher: true, authorized_default: "0", buses: [{bus: "usb1", authorized_default: "0"}]}'
make_policy
expect 0 apply --root "$tree"
[ ! -e "$tree/etc/polkit-1/rules.d/10-sereno-media.rules" ] || fail 'the rule for polkit stayed'
mkdir -p "$tree/run/sereno"
: >"$tree/run/sereno/media-managed"
expect 1 status --root "$tree"
says 'no policy speaks of media, but what is plugged in stays off'

# Ways past it: groups, rules of polkit, other programs.
media 'storage: deny'
printf 'disk:x:6:luis,ana,rescue,root,ana\ncdrom:x:24:luis\nplugdev:x:46:eva,daemon\n' >>"$tree/etc/group"
printf 'polkit.addRule(function(action, subject) { return polkit.Result.YES; });\n' >"$tree/etc/polkit-1/rules.d/05-all.rules"
printf 'if (action.id == "org.freedesktop.udisks2.x") return polkit.Result.YES;\n' >"$tree/etc/polkit-1/rules.d/50-later.rules"
printf 'if (action.id == "org.freedesktop.login1.x") return polkit.Result.YES;\n' >"$tree/etc/polkit-1/rules.d/00-other.rules"
mkdir -p "$tree/usr/sbin"
: >"$tree/usr/sbin/usbguard-daemon"
expect 0 check --root "$tree"
says 'group disk may open disks and drives past what media: says, and has 1 member who is no administrator (ana)'
says '(eva)'
silent_on 'group cdrom'
says '05-all.rules says yes to udisks'
silent_on 50-later
silent_on 00-other
says 'USBGuard is installed'
make_policy
expect 0 check --root "$tree"
silent_on 'USBGuard'
silent_on 'group disk'

# What a device calls itself stays on one line.
devices 00-roothub-usb2 10-keyboard
printf 'a\033[2J\\x\n' >"$tree/sys$usb1/1-1/product"
printf 'b\342\200\256c\n' >"$tree/sys$usb1/1-1/manufacturer"
media 'input: deny'
expect 1 apply --root "$tree"
case $said in *"$(printf '\033')"*|*"$(printf '\342\200\256')"*) fail 'a hostile name came through' ;; esac
says '\x1b[2J'
finish
