#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh - make install puts exactly these files there, with these modes, and uninstall takes them away.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
arch=$(${CC:-gcc} -print-multiarch)

in_tree() {
	find "$root/to" "$@" -printf '%m /%P\n' | LC_ALL=C sort -k 2
}

MAKEFLAGS='' make -s O="$O" DESTDIR="$root/to" install
LC_ALL=C sort -k 2 >"$root/expected" <<LIST
644 /etc/apparmor.d/abstractions/nameservice.d/sereno
755 /usr/bin/sereno
644 /usr/lib/$arch/libnss_sereno.so.2
644 /usr/lib/$arch/security/pam_sereno_access.so
644 /usr/lib/$arch/security/pam_sereno_guard.so
644 /usr/lib/$arch/security/pam_sereno_otp.so
644 /usr/lib/$arch/security/pam_sereno_password.so
644 /usr/lib/$arch/security/pam_sereno_session.so
644 /usr/lib/pam.d/sereno-verify
755 /usr/lib/sereno/sereno-media
755 /usr/lib/sereno/sereno-media-device
755 /usr/lib/sereno/sereno-verify
755 /usr/lib/sereno/serenod
644 /usr/lib/systemd/system/sereno-departures.service
644 /usr/lib/systemd/system/sereno-departures.timer
644 /usr/lib/systemd/system/sereno-follow.path
644 /usr/lib/systemd/system/sereno-follow.service
644 /usr/lib/systemd/system/sereno-follow.timer
644 /usr/lib/systemd/system/sereno-key.service
644 /usr/lib/systemd/system/sereno-media.path
644 /usr/lib/systemd/system/sereno-media.service
644 /usr/lib/systemd/system/sereno-review.socket
644 /usr/lib/systemd/system/sereno-review@.service
644 /usr/lib/systemd/system/sereno-verify.socket
644 /usr/lib/systemd/system/sereno-verify@.service
644 /usr/lib/systemd/system/serenod.service
644 /usr/lib/systemd/system/serenod.socket
644 /usr/lib/tmpfiles.d/sereno.conf
644 /usr/lib/udev/rules.d/59-sereno-media.rules
644 /usr/lib/udev/rules.d/72-sereno-media.rules
644 /usr/share/doc/sereno/examples/policy.yaml
755 /usr/share/initramfs-tools/hooks/sereno-media
644 /usr/share/man/man5/sereno-policy.5
644 /usr/share/man/man8/libnss_sereno.8
644 /usr/share/man/man8/pam_sereno_access.8
644 /usr/share/man/man8/pam_sereno_guard.8
644 /usr/share/man/man8/pam_sereno_otp.8
644 /usr/share/man/man8/pam_sereno_password.8
644 /usr/share/man/man8/pam_sereno_session.8
644 /usr/share/man/man8/sereno-media-device.8
644 /usr/share/man/man8/sereno-media.8
644 /usr/share/man/man8/sereno.8
644 /usr/share/man/man8/serenod.8
644 /usr/share/pam-configs/sereno
644 /usr/share/pam-configs/sereno-guard
644 /usr/share/pam-configs/sereno-otp
644 /usr/share/pam-configs/sereno-passwords
LIST
in_tree -type f | diff "$root/expected" -
[ "$(find "$root/to/etc" ! -path '*/apparmor.d*' -printf '%m %P %y\n')" = "755  d
755 sereno d" ] || {
	find "$root/to/etc" -ls
	exit 1
}
for profile in "$root"/to/usr/share/pam-configs/*; do grep -qx 'Default: no' "$profile"; done

# A sealed key is unsealed at boot without anybody's enabling it.
wanted=$root/to/usr/lib/systemd/system/multi-user.target.wants/sereno-key.service
[ -e "$wanted" ]
for unit in timers.target.wants/sereno-follow.timer timers.target.wants/sereno-departures.timer paths.target.wants/sereno-follow.path paths.target.wants/sereno-media.path; do
	[ -e "$root/to/usr/lib/systemd/system/$unit" ]
done

# While a stack names a module it stays.
printf 'sshd account requisite pam_sereno_access.so\n' >"$root/pam.conf"
if MAKEFLAGS='' make -s O="$O" DESTDIR= PREFIX="$root/to/usr" PAM_STACKS="$root/none/* $root/pam.conf" uninstall >"$root/said" 2>&1; then
	echo 'uninstall took away a module that is in use'
	exit 1
fi
grep -q "$root/pam.conf" "$root/said"
in_tree -type f | diff "$root/expected" -

MAKEFLAGS='' make -s O="$O" DESTDIR="$root/to" uninstall
[ -z "$(in_tree -type f)" ]
[ ! -L "$wanted" ]
