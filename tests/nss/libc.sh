#!/bin/sh
# SPDX-License-Identifier: MIT
# libc.sh - the module as libc asks it: by id and getent, in a mount namespace with a host of its own.
#
# Needs root, or a kernel that lets users have namespaces; where it has neither it fails and says so.
set -eu
[ -z "${SANITIZE:-}" ] || { echo 'id and getent are not built with the sanitizer' && exit 0; }
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${inside:-}" ]; then
	tree=$(mktemp -d)
	trap 'rm -rf "$tree"' EXIT
	export tree inside=yes O
	unshare --mount --map-root-user "$here/${0##*/}"
	exit
fi

export LC_ALL=C.UTF-8
failures=0
fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}
mkdir -p "$tree/etc/sereno" "$tree/var/lib"
cat >"$tree/etc/passwd" <<END
root:x:0:0:root:/root:/bin/sh
backup:x:34:34::/:/usr/sbin/nologin
ana:x:1001:1001::/home/ana:/bin/sh
luis:x:1002:1002::/home/luis:/bin/sh
pepe:x:1003:1003::/home/pepe:/bin/sh
END
cat >"$tree/etc/group" <<END
root:x:0:
adm:x:4:
backup:x:34:
clerks:x:300:luis,backup
ana:x:1001:
luis:x:1002:
pepe:x:1003:
END
cat >"$tree/policy" <<END
sereno: 1
timezone: UTC
root: {min-administrators: 0}
roles:
  operator: {members: [ana], gives-groups: [adm, dba], allow: []}
  clerk:    {members-of: [clerks], gives-groups: [desk], allow: []}
END
apply() {
	cp "$tree/policy" "$tree/etc/sereno/policy.yaml"
	"$O/sereno" apply --root "$tree" >"$tree/said" 2>&1 || {
		cat "$tree/said"
		exit 1
	}
}
services() { echo "passwd: files
group: $*" >"$tree/etc/nsswitch.conf"; }
services files
apply
for file in passwd group nsswitch.conf; do mount --bind "$tree/etc/$file" "/etc/$file"; done
mount -t tmpfs -o mode=0755 none /var/lib
mkdir /var/lib/sereno
mount --bind "$tree/var/lib/sereno" /var/lib/sereno
libc() { LD_LIBRARY_PATH=$O "$@"; }

# in_groups USER GROUPS
in_groups() {
	got=$(libc id -Gn "$1" | tr ' ' '\n' | sort | tr '\n' ' ')
	[ "$got" = "$2 " ] || fail "$1 is in: $got; not in: $2"
}
in_groups ana ana
for services in 'files sereno' 'files systemd sereno' 'sereno files' 'files [SUCCESS=return] sereno' \
	'files [SUCCESS=merge] sereno'; do
	services "$services"
	in_groups ana 'adm ana dba'
	in_groups pepe pepe
	in_groups root root
	in_groups backup 'backup clerks'
	case $services in
	sereno*) in_groups luis 'clerks luis' ;; # asked first, it has not seen clerks
	*) in_groups luis 'clerks desk luis' ;;
	esac
done
services files sereno
[ "$(libc getent group dba 90000 desk 90001 | tr '\n' ' ')" = 'dba:*:90000: dba:*:90000: desk:*:90001: desk:*:90001: ' ] ||
	fail "getent: $(libc getent group dba 90000 desk 90001)"
! libc getent group nobody-knows || fail 'a group that is not'
! libc getent group 90002 || fail 'a number that is not'
[ "$(libc getent group)" = "$(cat "$tree/etc/group")" ] || fail 'listing all groups'

# Asked again for each line of a list that is being read, as programs do that walk through all groups.
walk='alarm 10; while (getgrent) { $lines++; $found++ if (getgrnam("dba"))[2] == 90000 && (getgrgid(90001))[0] eq "desk" } print "$lines $found"'
lines=$(wc -l <"$tree/etc/group")
[ "$(libc perl -e "$walk")" = "$lines $lines" ] || fail "within a list: $(libc perl -e "$walk"), not $lines $lines"

# What changes counts in the next process; what is broken gives nothing.
sed -i 's/members: \[ana\]/members: [pepe]/' "$tree/policy"
apply
in_groups ana ana
in_groups pepe 'adm dba pepe'
truncate -s 2500 "$tree/var/lib/sereno/in-force/policy.1.cdb"
in_groups pepe pepe
! libc getent group dba || fail 'a name from a broken file'
[ "$(libc getent passwd pepe | cut -d: -f3)" = 1003 ] || fail 'the rest of the name service'
rm "$tree/var/lib/sereno/in-force"
in_groups pepe pepe
[ "$failures" = 0 ]
