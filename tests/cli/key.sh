#!/bin/sh
# SPDX-License-Identifier: MIT
# The host key of a tree is sealed by the systemd-creds there is, unsealed, loaded as at boot, and put back.
. "$(dirname "$0")/tree.inc"
[ -x /usr/bin/systemd-creds ] || {
	echo "SKIP: no systemd-creds here"
	exit 0
}
id=08578e22ac7cf940
lib=$tree/var/lib/sereno
plain=$lib/host-$id.key
sealed=$plain.cred
unsealed=$tree/run/sereno/host-$id.key
units=$tree/usr/lib/systemd/system

# A tree of a host whose key is always the same one.
make_host() {
	make_tree
	rm -rf "$tree/run" "$tree/usr"
	mkdir -p "$lib"
	echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
	expect 0 key status --root "$tree"
	says "there is none yet"
	expect 1 key seal --root "$tree"
	says "there is no host key yet"
	expect 0 key unseal --root "$tree"
	expect 0 key load --root "$tree"
	echo c2Vya2V5MDEBAgMEEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8Ze7F7 | base64 -d >"$plain"
	chmod 0400 "$plain"
	cp -p "$plain" "$tree/before"
}

install_unit() {
	mkdir -p "$units/multi-user.target.wants"
	: >"$units/sereno-key.service"
	ln -sf ../sereno-key.service "$units/multi-user.target.wants/"
}

same() { cmp -s "$tree/before" "$1" || fail "not the key: $1"; }
gone() { [ ! -e "$1" ] || fail "still there: $1"; }
mode() { [ "$(stat -c %a "$1")" = 400 ] || fail "mode of $1"; }

expect 2 key
expect 2 key open
says "seal, unseal, load and tell the status"
expect 2 key seal now --root "$tree"
says "one word too many: now"
expect 2 key seal --json --root "$tree"
expect 2 key load --dry-run --root "$tree"
expect 2 key status --with host --root "$tree"

make_host
golden key-plain 0 key status --root "$tree"
expect 0 key status --root "$tree" --json
json '.id == "08578e22ac7cf940" and .standing == "plain" and .in_the_clear and (.unsealed | not) and .sealed_with == null'

# Not without what unseals it again at boot.
before=$(state_sum)
expect 1 key seal --with host --root "$tree"
says "nothing would unseal the key at the next boot"
install_unit
mkdir -p "$tree/etc/systemd/system"
ln -s /dev/null "$tree/etc/systemd/system/sereno-key.service"
expect 1 key seal --with host --root "$tree"
says "nothing would unseal the key at the next boot"
rm "$tree/etc/systemd/system/sereno-key.service"
expect 2 key seal --with tpm --root "$tree"
says "it takes host, tpm2 or host+tpm2"
expect 0 key seal --with host --dry-run --root "$tree"
says "would be sealed with host; nothing was changed"
[ ! -e "$tree/var/lib/systemd" ] || fail "--dry-run made a secret"
[ "$before" = "$(state_sum)" ] || fail "something changed"

golden key-seal 0 key seal --with host --root "$tree"
gone "$plain"
gone "$plain.gone"
same "$unsealed"
mode "$unsealed"
mode "$sealed"
! grep -qF 'c2Vya2V5' "$sealed" || fail "sealed in base64 only"
golden key-sealed 0 key status --root "$tree"
expect 0 key status --root "$tree" --json
json '.standing == "sealed" and .sealed_with == "host" and .unsealed and (.in_the_clear | not) and (.left_behind | not)'
expect 0 key seal --root "$tree" --with host
says "is sealed with host already"
expect 1 key seal --root "$tree" --with tpm2
says "sereno key unseal first"

# The next boot.
rm -r "$tree/run"
golden key-closed 1 key status --root "$tree"
expect 0 key load --root "$tree"
same "$unsealed"
mode "$unsealed"
expect 0 key load --root "$tree"

# Killed before the plain one was gone: what is left behind goes at the next load.
cp -p "$tree/before" "$plain.gone"
expect 1 key status --root "$tree"
says "sereno key load"
expect 0 key load --root "$tree"
gone "$plain.gone"
expect 0 key status --root "$tree"

# Killed before that: the plain one counts, and sealing again completes it.
cp -p "$tree/before" "$plain"
expect 1 key status --root "$tree"
says "in the clear still"
expect 0 key load --root "$tree"
says "nothing to unseal"
expect 0 key seal --with host --root "$tree"
gone "$plain"
same "$unsealed"

# Sealed for another name, damaged, or without the secret: refused, and nothing is lost.
rm -r "$tree/run"
cp -p "$sealed" "$tree/sealed"
chmod 0600 "$sealed"
printf 'SYSTEMD' | dd of="$sealed" bs=1 seek=60 conv=notrunc status=none
chmod 0400 "$sealed"
expect 3 key load --root "$tree"
says "cannot unseal the host key"
gone "$unsealed"
rm "$sealed"
SYSTEMD_CREDENTIAL_SECRET=$tree/var/lib/systemd/credential.secret /usr/bin/systemd-creds encrypt --with-key=host \
	--name=sereno-host-key-0000000000000000 "$tree/before" - >"$sealed" 2>/dev/null
chmod 0400 "$sealed"
expect 3 key load --root "$tree"
says "cannot unseal the host key"
rm "$sealed"
cp -p "$tree/sealed" "$sealed"
mv "$tree/var/lib/systemd/credential.secret" "$tree/secret"
expect 3 key load --root "$tree"
expect 3 key unseal --root "$tree"
mv "$tree/secret" "$tree/var/lib/systemd/credential.secret"

# Back, from the sealed one alone.
expect 0 key unseal --dry-run --root "$tree"
says "nothing was changed"
gone "$plain"
expect 0 key unseal --root "$tree"
says "lies in the clear again"
same "$plain"
mode "$plain"
gone "$sealed"
gone "$unsealed"
expect 0 key unseal --root "$tree"
says "is not sealed"
[ "$(ls "$lib")" = "host-$id.key" ] || fail "left: $(ls "$lib")"

# What cannot be a key is not sealed.
chmod 0644 "$plain"
expect 1 key status --root "$tree"
says "others could have changed it"
expect 3 key seal --with host --root "$tree"
gone "$sealed"
finish
