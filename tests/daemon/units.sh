#!/bin/sh
# SPDX-License-Identifier: MIT
# units.sh - the units are understood, and leave the daemon and its verifier little to do harm with.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# UNIT LIMIT, in tenths, as `systemd-analyze security` counts.
rate() {
	told=$(systemd-analyze security --offline=yes --no-pager "system/$1" | sed -n 's/.*Overall exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
	[ -n "$told" ] || { echo "$1: not rated"; failed=1; return; }
	[ "$told" -le "$2" ] || { echo "$1: rated $told tenths, more than $2"; failed=1; }
}
rate serenod.service 20
rate sereno-verify@.service 26
rate sereno-review@.service 26
rate sereno-follow.service 26
# It unmounts for everybody, so it has no mount namespace to hide anything from it in.
rate sereno-media.service 40

# The programs need not be installed for a key to be misspelt.
for unit in system/serenod.* system/sereno-verify* system/sereno-review* system/sereno-follow.* system/sereno-media.*; do
	sed 's,^ExecStart=.*,ExecStart=/bin/true,' "$unit" >"$folder/$(basename "$unit")"
done
(cd "$folder" && SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no ./serenod.socket ./serenod.service ./sereno-verify.socket ./sereno-verify@x.service ./sereno-review.socket ./sereno-review@x.service ./sereno-follow.service ./sereno-follow.timer ./sereno-follow.path ./sereno-media.service ./sereno-media.path) >"$folder/said" 2>&1 || failed=1
if grep -F "$folder" "$folder/said"; then failed=1; fi
exit "$failed"
