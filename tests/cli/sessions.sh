#!/bin/sh
# SPDX-License-Identifier: MIT
# Open sessions, as the command lists and follows them. What it does to them is tried on real ones elsewhere.
. "$(dirname "$0")/tree.inc"

make_tree
expect 3 sessions --root "$tree"
says "no policy is in force"
expect 3 sessions follow --root "$tree"
says "no policy is in force"
expect 2 sessions stop --root "$tree"
says "follow, or nothing, is wanted"

expect 0 apply --root "$tree"
expect 0 sessions --root "$tree"
says "No session is open."
expect 0 sessions --json --root "$tree"
says "[]"
expect 0 sessions follow --dry-run --root "$tree"
[ ! -e "$tree/run" ] || { echo "a dry run has made something"; failures=$((failures + 1)); }
mkdir "$tree/run"
expect 0 sessions follow --root "$tree"
expect 0 sessions --root "$tree"
says "No session is open."

# A record that is damaged stands for nobody else's.
mkdir -m 0700 "$tree/run/sereno/logins"
echo rubbish >"$tree/run/sereno/logins/17"
chmod 0600 "$tree/run/sereno/logins/17"
expect 1 sessions --root "$tree"
says "records that cannot be read, below $tree/run/sereno: 1"
expect 1 sessions follow --root "$tree"
says "records that cannot be read"
rm "$tree/run/sereno/logins/17"

# Who could write what is kept could keep a session open, or have one ended.
chmod 0777 "$tree/run/sereno/follow"
expect 3 sessions follow --root "$tree"
says "run/sereno/follow"
chmod 0700 "$tree/run/sereno/follow"

truncate -s -64 "$tree/var/lib/sereno/in-force/policy.1.cdb"
expect 3 sessions follow --root "$tree"
says "open sessions are left alone until it can"

[ "$failures" -eq 0 ]
