#!/bin/sh
# SPDX-License-Identifier: MIT
# admission.sh - the program that udev runs, for USB devices: what it lets in, and what is left off.
. "$(dirname "$0")/scene.inc"

devices off 00-roothub-usb2 20-stick-bot-vfat.blocked 10-keyboard.blocked 60-dock-hub-with-stick-and-ethernet.blocked
devices on 00-roothub-usb2 20-stick-bot-vfat 10-keyboard
policy strict <<'END'
media:
  storage: deny
  rules:
    - {name: of-the-admins, device: {kind: storage}, roles: [sysadmin], access: read-write}
END
policy nobodys <<'END'
media:
  input: deny
END
policy trial <<'END'
observe: [media]
media:
  storage: deny
END
policy none </dev/null

# expect CASE PATH AUTHORIZED WORD: the helper's answer about a USB device, and what has become of it.
expect() {
	case=$1
	helper usb "$2"
	is "$status" 0 "$said"
	says "SERENO_MEDIA=$4"
	is "$(attribute "$2/authorized")" "$3" "$said"
}

host strict off
expect 'a stick, nobody there' $stick 0 deny
says SERENO_MEDIA_REASON=nobody-there
expect 'a keyboard, nobody there' $keyboard 1 allow
expect 'a hub' $usb1/1-10 1 allow
sits eva 1005 no employee
expect 'a stick, somebody without the role' $stick 0 deny
sits luis 1004 no sysadmin
expect 'a stick, somebody with the role' $stick 1 allow
says SERENO_MEDIA_RULE=of-the-admins

host strict off
sits luis 1004 yes sysadmin
expect 'a new stick behind a locked screen' $stick 0 deny
says SERENO_MEDIA_REASON=locked
sits luis 1004 no sysadmin
echo 'ACTIVE=8
ACTIVE_UID=1004' >"$host/run/systemd/seats/seat0"
expect 'logind says another session' $stick 0 deny
says SERENO_MEDIA_REASON=nobody-there

host strict off
sits luis 1004 over sysadmin
expect 'roles that are to be looked at again are not held' $stick 0 deny

case='the seat of the device'
host strict off
sits luis 1004 no sysadmin
properties=ID_SEAT=seat1
expect 'at a seat where nobody sits' $stick 0 deny
properties=ID_SEAT=../seat0
expect 'a seat that cannot be one is the first' $stick 1 allow
properties=

host trial off
expect 'observe' $stick 1 allow
says SERENO_MEDIA_ON_TRIAL=1

# Without the block nothing is ours, unless the boot loader started everything off.
host none off
expect 'no media: block' $stick 0 unmanaged
case='no media: block, started off by the boot loader'
helper usb $stick on
is "$(attribute $stick/authorized)" 1 "$said"
helper usb $usb1 on
is "$(attribute $usb1/authorized_default)" 1 "$said"

case='a bus'
host strict off
echo 1 >"$host/sys$usb1/authorized_default"
helper usb $usb1
is "$(attribute $usb1/authorized_default)" 0 "$said"
host trial off
echo 1 >"$host/sys$usb1/authorized_default"
helper usb $usb1
is "$(attribute $usb1/authorized_default)" 1 "$said"

# A policy that cannot be used: what types and points, and no more. Damage of each kind.
broken() {
	host strict off
	sits luis 1004 no sysadmin
	generation=$host/var/lib/sereno/in-force
	case=$1
}
still() {
	expect "$case: a stick" $stick 0 deny
	says SERENO_MEDIA_REASON=no-policy
	expect "$case: a keyboard" $keyboard 1 allow
}
broken 'no policy where there was one' && rm "$host/var/lib/sereno/in-force" && still
broken 'the file is gone' && rm "$generation/policy.1.cdb" && still
broken 'the rules are gone' && rm "$generation/private.1.cdb" && still
broken 'others can write it' && chmod 0666 "$generation/policy.1.cdb" && still
broken 'others can write the rules' && chmod 0666 "$generation/private.1.cdb" && still
broken 'cut short' && truncate -s -40 "$generation/policy.1.cdb" && still
broken 'a symlink' && mv "$generation/policy.1.cdb" "$host/elsewhere" && ln -s "$host/elsewhere" "$generation/policy.1.cdb" && still
broken 'never one, and started off by the boot loader' && rm -r "$host/var/lib/sereno" && case="$case" && {
	helper usb $stick on
	is "$(attribute $stick/authorized)" 0 "$said"
	helper usb $keyboard on
	is "$(attribute $keyboard/authorized)" 1 "$said"
}

# Before the root file system is there: a keyboard of two interfaces, as most are, behind the hub of a dock.
case='a composite keyboard behind a dock, started off, before any policy is there'
host strict off
rm -r "$host/var/lib/sereno"
dock=$usb1/1-10
mkdir "$host/sys$dock/1-10.4"
cp -a "$host/sys$keyboard/." "$host/sys$dock/1-10.4"
echo 9 >"$host/sys$dock/1-10.4/devnum"
ln -s "../../../$dock/1-10.4" "$host/sys/bus/usb/devices/1-10.4"
descriptors='\022\001\000\002\000\000\000\010\155\004\034\303\000\144\001\002\000\001\011\002\073\000\002\001\000\240\055'
descriptors=$descriptors'\011\004\000\000\001\003\001\001\000\011\041\020\001\000\001\042\101\000\007\005\201\003\010\000\012'
# shellcheck disable=SC2059
printf "$descriptors"'\011\004\001\000\001\003\000\000\000\011\041\020\001\000\001\042\101\000\007\005\202\003\010\000\012' >"$host/sys$dock/1-10.4/descriptors"
helper usb $dock on
is "$(attribute $dock/authorized)" 1 "$said"
helper usb $dock/1-10.4 on
is "$(attribute $dock/1-10.4/authorized)" 1 "$said"
helper usb $stick on
is "$(attribute $stick/authorized)" 0 "$said"

# Two devices that say they are the same.
host strict off
sits luis 1004 no sysadmin
cp -a "$host/sys$stick" "$host/sys$usb1/1-7"
echo 9 >"$host/sys$usb1/1-7/devnum"
ln -s "../../../$usb1/1-7" "$host/sys/bus/usb/devices/1-7"
expect 'the first of twins' $stick 1 allow
echo 1 >"$host/sys$stick/bConfigurationValue" # the kernel's part of it
expect 'the second of twins' $usb1/1-7 0 deny
says SERENO_MEDIA_REASON=twin

# udevadm trigger, an upgrade of a package, the end of the initramfs: add, once more.
case='add, again and again'
host strict on
sits luis 1004 no sysadmin
touch -d '2020-01-01' "$host/sys$stick/authorized"
for _ in 1 2 3 4 5; do helper usb $stick; says SERENO_MEDIA=allow; done
is "$(stat -c %y "$host/sys$stick/authorized" | cut -c1-4)" 2020 'a live device was written to'

# At work when the policy came, as at boot: storage goes, the last keyboard does not.
host strict on
expect 'a stick that was let in' $stick 0 deny
host nobodys on
expect 'the last keyboard' $keyboard 1 deny

# One that stores and types, let in before there was a policy: it goes where there is another keyboard.
composite() {
	host strict on
	printf '\022\001\000\002\000\000\000\010\155\004\034\303\000\144\001\002\000\001\011\002\071\000\002\001\000\240\055\011\004\000\000\002\010\006\120\000\007\005\201\002\000\002\000\007\005\002\002\000\002\000\011\004\001\000\001\003\001\001\000\011\041\020\001\000\001\042\101\000\007\005\203\003\010\000\012' >"$host/sys$keyboard/descriptors"
}
composite
expect 'the only keyboard stores, too' $keyboard 1 deny
says SERENO_MEDIA_REASON=suspicious
composite
cp -a "$top/on/sys$keyboard" "$host/sys$usb1/1-7"
ln -s "../../../$usb1/1-7" "$host/sys/bus/usb/devices/1-7"
echo 9 >"$host/sys$usb1/1-7/devnum"
expect 'another keyboard stores, too' $keyboard 0 deny
# input BUS EVENTS: what types without USB. i8042 is 0011, I2C 0018, Bluetooth 0005; a power button has no lights.
input() {
	composite
	mkdir -p "$host/sys/class/input/input0/capabilities" "$host/sys/class/input/input0/id"
	echo "$2" >"$host/sys/class/input/input0/capabilities/ev"
	echo "$1" >"$host/sys/class/input/input0/id/bustype"
}
input 0011 120013
expect 'a keyboard that stores, too, beside one of i8042' $keyboard 0 deny
input 0018 120013
expect 'a keyboard that stores, too, beside one of I2C' $keyboard 0 deny
input 0005 120013
expect 'a keyboard that stores, too, beside one of Bluetooth' $keyboard 1 deny
input 0019 3
expect 'a keyboard that stores, too, beside a power button' $keyboard 1 deny

case='the list of the refused'
host strict off
sits eva 1005 no employee
helper usb $stick
is "$(find "$host/run/sereno/refused" -type f | wc -l)" 1
helper usb $stick
is "$(find "$host/run/sereno/refused" -type f | wc -l)" 1

# What a device says of itself is one line of nothing but its own.
case='hostile strings'
host strict off
printf 'a\nSERENO_MEDIA=allow\n' >"$host/sys$stick/product"
printf 'SERENO_MEDIA=allow\033[2J" \n' >"$host/sys$stick/serial"
helper usb $stick
is "$(echo "$said" | grep -c '^SERENO_MEDIA=')" 1 "$said"
is "$(attribute $stick/authorized)" 0

case='gone meanwhile'
host strict off
helper usb $usb1/1-5
is "$status" 1 "$said"
is "$said" ''

case='wrong words'
for words in '' 'usb' 'usb relative' 'tape /x' 'usb /a b c'; do
	# shellcheck disable=SC2086
	helper $words
	is "$status" 2 "$words: $said"
done

# A device that comes as somebody new twenty times a second.
case='forty re-enumerations with random serial numbers'
host strict off
sits eva 1005 no employee
start=$(date +%s%N)
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	printf 'SER%08d\n' $i$i >"$host/sys$stick/serial"
	"$O/sereno-media-device" --root "$host" usb $stick >/dev/null || fail "$i"
done
spent=$((($(date +%s%N) - start) / 1000000))
[ $spent -lt "${SANITIZE:+3}2000" ] || fail "$spent ms"
[ "$(find "$host/run/sereno/refused" -type f | wc -l)" -le 4 ] || fail 'the list grew'
expect 'and a keyboard meanwhile' $keyboard 1 allow

finish
