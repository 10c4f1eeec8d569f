#!/bin/sh
# SPDX-License-Identifier: MIT
# sereno explain, who, status, diff: what the policy in force says.
. "$(dirname "$0")/tree.inc"

make_tree
expect 1 status --root "$tree"
says "No policy is in force. Next: sereno check"
expect 1 status --json --root "$tree"
json '.in_force == false'
expect 3 who --root "$tree"
expect 1 explain ana --service sshd --from seat --root "$tree"
says "No policy decides (there is none)"
says "The fallback file cannot be used either"
expect 1 diff --root "$tree"
says "+ timezone: Europe/Madrid"
expect 0 apply --root "$tree"

explain() { # STATUS USER SERVICE FROM AT
	expect "$1" explain "$2" --service "$3" --from "$4" --at "$5" --root "$tree"
}
golden explain-hours 1 explain ana --service sshd --from 10.20.3.4 --at 2040-03-05T22:10 --root "$tree"
golden explain-fits 0 explain ana --service sshd --from 10.20.3.4 --at '2040-03-05 20:59:59' --root "$tree"
golden explain-ended 1 explain zoe --service sshd --from 10.20.40.4 --at 2040-07-01T00:00 --root "$tree"
golden explain-narrow 1 explain pepe --service sshd --from 10.20.3.4 --at 2040-03-05T12:00 --root "$tree"
# Times that are none, or come twice, or never.
explain 2 ana sshd seat 1960-01-01T10:00
says "there is no such time"
explain 2 ana sshd seat 2040-03-05T25:00
says "there is no such time"
explain 2 ana sshd seat yesterday
says "wants a time such as"
explain 1 ana sshd seat 2040-03-25T02:30
says "that time never comes, the clock is put forward: Sun 2040-03-25 03:00 +02:00 is meant"
explain 1 ana sshd seat 2040-10-28T02:30
says "that time comes twice, Sun 2040-10-28 02:30 +02:00 and Sun 2040-10-28 02:30 +01:00: the first is meant"
explain 1 ana sshd seat 2040-10-28T02:30+01:00
silent_on "comes twice"
explain 1 ana sshd 10.20.3.4 2090-03-06T12:00
says "outside of that no hours fit"
explain 1 ana sshd 10.20.3.4 2040-03-05T05:59:59Z
explain 0 ana sshd 10.20.3.4 2040-03-05T06:00:00Z
explain 0 ana sshd 10.20.3.4 2040-03-05T07:00:00+01:00
explain 1 ana sshd ::ffff:10.21.3.4 2040-03-05T12:00
explain 0 ana sshd ::ffff:10.20.3.4 2040-03-05T12:00
explain 0 zoe sshd 10.20.40.4 2040-06-30T23:59:59
explain 1 pepe sshd 10.20.3.4 2040-03-05T12:00
explain 0 luis sudo seat 2040-03-05T12:00
explain 1 ana sudo seat 2040-03-05T12:00
explain 0 root sudo unknown 2040-03-05T12:00
explain 1 root sshd 10.20.3.4 2040-03-05T12:00
says "root.direct-login"
explain 0 rescue sshd seat 2040-03-05T03:00
explain 1 rescue sshd 10.20.3.4 2040-03-05T03:00
explain 0 backup sshd 10.20.3.4 2040-03-05T03:00
says "not governed"
explain 1 nobody-here sshd 10.20.3.4 2040-03-05T12:00
says "no such account"
golden explain-job 0 explain ana --service cron --from jobs --at 2040-03-04T03:00 --root "$tree"
says "is enough: no rule is needed"
expect 1 explain ana --service sshd --from 10.20.3.4 --at 2040-03-05T22:10 --root "$tree" --json
json '.outcome == "deny" and .reason == "hours" and .at == "2040-03-05T21:10:00Z" and .until == null'
json '.roles == [{"role": "employee", "line": 14, "standing": "held", "group": "staff", "excluded_by": null, "gives_groups": [],
	"rules": [{"rule": 1, "line": 18, "fails": "service", "until": null}, {"rule": 2, "line": 21, "fails": "hours", "until": null}]}]'
expect 0 explain ana --service sshd --from 10.20.3.4 --at 2040-03-05T20:10 --root "$tree" --json
json '.outcome == "allow" and .role == "employee" and .rule == 2 and .line == 21 and .until == "2040-03-05T20:00:00Z"'

# Whoever may not read the text means the same time by --at, and gets the same verdict.
expect_unprivileged() { # as expect
	unprivileged=$(mktemp -d)
	cp "$O/sereno" "$unprivileged/sereno"
	chmod 755 "$unprivileged" "$tree"
	want=$1 got=0
	shift
	if [ "$(id -u)" = 0 ]; then
		said=$(setpriv --reuid=65534 --regid=65534 --clear-groups "$unprivileged/sereno" "$@" 2>&1) || got=$?
	else
		chmod 000 "$tree/var/lib/sereno/in-force/policy.yaml"
		said=$("$O/sereno" "$@" 2>&1) || got=$?
		chmod 600 "$tree/var/lib/sereno/in-force/policy.yaml"
	fi
	rm -r "$unprivileged"
	[ "$got" = "$want" ] || fail "unprivileged sereno $*: exit status $got, not $want: $said"
}
expect_unprivileged 0 explain ana --service sshd --from 10.20.3.4 --at 2040-03-05T20:59 --root "$tree"
says "Until Mon 2040-03-05 21:00 +01:00."
expect_unprivileged 1 explain ana --service sshd --from 10.20.3.4 --at 2040-07-05T21:00 --root "$tree"
says "at Thu 2040-07-05 21:00 +02:00: refused"
says "Run this as root to see the rules."
silent_on "these rules"
expect_unprivileged 0 status --root "$tree"
sed -n 's/^\(in force  *since\).* \([+-]\)/\1 \2/p' >"$tree/zone" <<-END
	$said
END
"$O/sereno" status --root "$tree" | sed -n 's/^\(in force  *since\).* \([+-]\)/\1 \2/p' | cmp -s - "$tree/zone" ||
	fail "status means another zone for others: $(cat "$tree/zone")"

golden who 0 who --at 2040-03-05T12:00 --root "$tree"
golden who-later 0 who sshd --at 2040-12-03T12:00 --root "$tree"
expect 0 who sudo --json --root "$tree"
json 'map(select(.user == "luis")) | map(.from) == ["bastion", "seat", "serial"]'
json 'map(.user) | unique == ["luis", "rescue"]'

golden status 0 status --root "$tree"
expect 0 status --json --root "$tree"
json '.in_force and .generation == 1 and .file == "same" and .attention == [] and .roles == 4'
golden diff-none 0 diff --root "$tree"

sed -i 's/from: \[office\]/from: [office, 192.0.2.0\/24]/; s/members: \[luis\]/members: [luis, ana]/; s/^timezone:.*/timezone: Europe\/Lisbon # moved/' "$policy"
golden diff 1 diff --root "$tree"
expect 1 diff --json --root "$tree"
json '.changes | length == 5'
json '.changes | any(.change == "added" and .path == "roles.sysadmin.members" and .value == "ana")'
expect 0 status --root "$tree"
says "edited, not applied"
cp "$policy" "$tree/keep"
printf 'observe: [attempts, password]\npassword: {min-length: 14}\nattempts: {then: {lock: until-unlocked}}\n' >>"$policy"
expect 1 diff --json --root "$tree"
json '.changes | any(.path == "password.min-length" and .value == "14")'
json '.changes | any(.path == "attempts.then.lock" and .value == "until-unlocked")'
expect 0 apply --root "$tree"
expect 0 status --json --root "$tree"
json '.observe == ["attempts", "password"]'
cp "$tree/keep" "$policy"
echo "roles: {}" >>"$policy"
expect 1 diff --json --root "$tree"
json '.faults == 1 and .changes == []'
expect 1 diff --root "$tree"
says "Nothing was changed."
mv "$tree/keep" "$policy"
sed -i '2i document: {title: T, reviewed: 2020-01-01, review-every: 1y}' "$policy"
expect 0 apply --root "$tree"
expect 1 status --root "$tree"
says "the review of the policy is overdue"
rm "$tree/etc/sereno/fallback"
expect 1 status --json --root "$tree"
json '.attention == ["fallback", "review"]'

# A damaged policy in force is said, and never read: the fallback decides.
head -c 600 /dev/zero |
	dd of="$tree/var/lib/sereno/in-force/policy.1.cdb" bs=1 seek=3600 conv=notrunc 2>/dev/null
expect 1 status --root "$tree"
says "the compiled policy is damaged"
silent_on "has changed"
expect 1 explain ana --service sshd --from 10.20.3.4 --root "$tree"
says "No policy decides (it is damaged)"
says "The fallback file cannot be used either"
expect 0 explain root --service login --from seat --root "$tree"
expect 0 explain backup --service sshd --from 10.20.3.4 --root "$tree"
expect 0 apply --root "$tree"
expect 1 status --root "$tree"
silent_on "damaged"
truncate -s 1000 "$tree/var/lib/sereno/in-force/policy.1.cdb"
expect 1 status --root "$tree"
says "it is damaged"
expect 0 explain rescue --service login --from seat --root "$tree" --json
json '.by_fallback and .policy == null and .reason == "break-glass"'
expect 1 explain nobody-here --service sshd --from 10.20.3.4 --root "$tree"
says "no such account"
says "No policy decides (it is damaged)"
silent_on "Bad message"

# New zone files count from the next apply on.
make_tree
zones=$tree/usr/share/zoneinfo/Europe
mkdir -p "$zones"
cp -L /usr/share/zoneinfo/Europe/Madrid "$zones/Madrid"
expect 0 apply --root "$tree"
expect 0 status --root "$tree"
cp -L /usr/share/zoneinfo/Europe/Lisbon "$zones/Madrid"
expect 1 status --root "$tree"
says "the time zone of this host has changed since the policy was applied"
expect 0 apply --root "$tree"
expect 0 status --root "$tree"
finish
