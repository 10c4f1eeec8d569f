#!/bin/sh
# SPDX-License-Identifier: MIT
# hang.sh - what holds the program that udev runs up ends it, long before udev would; the device stays off.
. "$(dirname "$0")/scene.inc"

devices off 00-roothub-usb2 20-stick-bot-vfat.blocked
policy strict <<'END'
media:
  storage: deny
END
case='a helper that hangs'
host strict off
# What starting it takes on a busy machine is not the hang's.
start=$(date +%s%N)
helper usb $stick
starting=$((($(date +%s%N) - start) / 1000000))
rm -r "$host/run/sereno/refused"
mkdir -m 0700 "$host/run/sereno/refused"
mkfifo "$host/held"
flock "$host/run/sereno/refused" sh -c 'echo held; exec sleep 4' >"$host/held" &
read -r _ <"$host/held"
start=$(date +%s%N)
# Ignored by who starts it, it would never come.
helper_ignoring() {
	trap '' ALRM
	helper "$@"
	trap - ALRM
}
helper_ignoring usb $stick
spent=$((($(date +%s%N) - start) / 1000000))
is "$status" 142 "$said"
{ [ $spent -ge 1900 ] && [ $((spent - starting)) -lt 2900 ]; } || fail "$spent ms, $starting of them to start"
is "$(attribute $stick/authorized)" 0
# What it had said before counts: the device is refused.
says SERENO_MEDIA=deny
kill %1 2>/dev/null || :
finish
