#!/bin/sh
# SPDX-License-Identifier: MIT
# Names that steer terminals, files that lie, colour and width.
. "$(dirname "$0")/tree.inc"

make_tree
esc=$(printf '\033')
printf 'e%s[2Jvil:x:40:40::/:/bin/sh\n' "$esc" >>"$tree/etc/passwd"
printf 'e%s[2Jvil:$y$x:1:::::\n' "$esc" >>"$tree/etc/shadow"
printf 'bad\377:x:41:41::/:/bin/sh\nbad\377:x\nshort\n::::::\n+::::::\nhuge:x:99999999999:1::/:/bin/sh\nneg:x:-1:1::/:/bin/sh\n' >>"$tree/etc/passwd"
printf 'bad\377:$y$x:1:::::\n' >>"$tree/etc/shadow"
expect 0 check --root "$tree"
says 'e\x1b[2Jvil (uid 40)'
says 'bad\xff (uid 41)'
silent_on "$esc"
expect 0 check --root "$tree" --json
json '.ungoverned | length == 3'
printf '%s' "$said" | iconv -f UTF-8 -t UTF-8 >/dev/null || fail "JSON is not UTF-8"

expect 0 apply --root "$tree"
expect 1 explain "x$esc[31m" --service "s$esc" --from seat --root "$tree"
silent_on "$esc"
says 'x\x1b[31m'
expect 1 explain "x$esc\"\\" --service s --from seat --root "$tree" --json
json '.user == "x\u001b\"\\"'
long=$(printf '%5000s' '' | tr ' ' a)
expect 1 explain "$long" --service sshd --from seat --root "$tree"

# Paths too: in complaints and before each fault.
expect 3 check "$tree/x$esc[31mx" --root "$tree"
silent_on "$esc"
says 'cannot read '
says 'x\x1b[31mx'
printf 'roles: [\n' >"$tree/x$esc[31mx"
expect 1 check "$tree/x$esc[31mx" --root "$tree"
silent_on "$esc"
says 'x\x1b[31mx:2:1:'
expect 1 check "$tree/x$esc[31mx" --root "$tree" --json
json '.file | endswith("x\u001b[31mx")'
rm "$tree/x$esc[31mx"
c1=$(printf '\302\233')
expect 1 explain "x${c1}31m" --service s --from seat --root "$tree" --json
silent_on "$c1"
says 'x\u009b31m'

# Users and groups that are no plain files, or not there.
mv "$tree/etc/group" "$tree/group"
expect 0 check --root "$tree"
says "warning: no group 'staff'"
mkfifo "$tree/etc/group"
expect 3 check --root "$tree"
rm "$tree/etc/group" && mv "$tree/group" "$tree/etc/group"
mv "$tree/etc/passwd" "$tree/passwd"
expect 3 check --root "$tree"
mv "$tree/passwd" "$tree/etc/passwd"

# Width: no line is longer, words stay whole; a pipe without COLUMNS is never wrapped.
for width in 20 40 79; do
	COLUMNS=$width
	export COLUMNS
	expect 1 explain ana --service sshd --from 10.20.3.4 --at 2040-03-05T22:10 --root "$tree"
	printf '%s\n' "$said" | awk -v w="$width" 'length($0) > w { exit 1 }' || fail "wider than $width: $said"
done
COLUMNS=nonsense
expect 1 explain ana --service sshd --from 10.20.3.4 --at 2040-03-05T22:10 --root "$tree"
unset COLUMNS
silent_on "$esc"

# Colour on a terminal only, and not with NO_COLOR.
on_terminal() { script -qec "$O/sereno status --root $tree" /dev/null </dev/null; }
if command -v script >/dev/null; then
	said=$(TERM=xterm on_terminal) || true
	says "$esc["
	said=$(TERM=xterm NO_COLOR=1 on_terminal) || true
	silent_on "$esc["
	said=$(TERM=dumb on_terminal) || true
	silent_on "$esc["
fi
finish
