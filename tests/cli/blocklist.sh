#!/bin/sh
# SPDX-License-Identifier: MIT
# Lists of leaked passwords are built where one says, from either form, or not at all.
. "$(dirname "$0")/tree.inc"

make_tree
mkdir -p "$tree/var/lib/sereno"
printf 'letmein\r\nqwerty\r\npassword\r\n' >"$tree/words"
expect 0 blocklist build "$tree/words" --root "$tree"
says "$tree/var/lib/sereno/blocklist: 3 passwords"
[ "$(stat -c %a "$tree/var/lib/sereno/blocklist")" = 644 ] || fail "the list's mode"

cat >"$tree/hashes" <<'END'
5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:99
7C4A8D09CA3762AF61E59520943DC26494F8941B:5
END
expect 0 blocklist build "$tree/hashes" --output "$tree/list" --min-count 6
says "$tree/list: 1 passwords"
sum=$(sha256sum "$tree/list")
expect 1 blocklist build "$tree/hashes" --output "$tree/list" --min-count 100
says "nothing in"
printf 'no-hash\n' >>"$tree/hashes"
expect 1 blocklist build "$tree/hashes" --output "$tree/list"
says "hashes:3:"
printf '32ED87BDB5FDC5E9CBA88547376818D4:1\n' >"$tree/ntlm"
expect 1 blocklist build "$tree/ntlm" --output "$tree/list"
says "NTLM"
expect 3 blocklist build "$tree/nothing-here" --output "$tree/list"
says "cannot read $tree/nothing-here"
expect 3 blocklist build "$tree/words" --output "$tree/no-such-directory/list"
says "cannot make the list $tree/no-such-directory/list"
[ "$(sha256sum "$tree/list")" = "$sum" ] || fail "a list that could not be made replaced the old one"
said=$("$O/sereno" blocklist build - --output "$tree/list" <"$tree/words")
says "3 passwords"
finish
