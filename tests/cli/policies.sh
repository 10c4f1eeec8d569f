#!/bin/sh
# SPDX-License-Identifier: MIT
# Policies as five organisations would write them: sound, applied, and asked who gets in.
. "$(dirname "$0")/tree.inc"

# The people of an .asks file: "group NAME GID", "user NAME UID GROUP..."; everybody has a shell and a password.
make_people() {
	mkdir -p "$tree/etc/sereno"
	awk -v etc="$tree/etc" '
		$1 == "group" { gid[$2] = $3 }
		$1 == "user" {
			print $2 ":x:" $3 ":" $3 "::/home/" $2 ":/bin/sh" >(etc "/passwd")
			print $2 ":$y$j9T$x:19000:0:99999:7:::" >(etc "/shadow")
			for (i = 4; i <= NF; i++)
				members[$i] = members[$i] (members[$i] ? "," : "") $2
		}
		END {
			print "root:x:0:0:root:/root:/bin/bash" >(etc "/passwd")
			for (name in gid)
				print name ":x:" gid[name] ":" members[name] >(etc "/group")
		}' "$1"
}

for asks in "$here"/../data/policies/*.asks; do
	name=$(basename "$asks" .asks)
	rm -rf "$tree/etc" "$tree/var"
	make_people "$asks"
	cp "${asks%.asks}.yaml" "$policy"
	expect 0 check --root "$tree"
	says "No faults. Next:"
	expect 0 apply --root "$tree"
	says "In force."
	said=$(sereno status --root "$tree" --json) || : # a review may be overdue by now
	json '.in_force and .file == "same"'
	n=0
	while read -r verb status user service from at; do
		[ "$verb" = ask ] || continue
		n=$((n + 1))
		expect "$status" explain "$user" --service "$service" --from "$from" --at "$at" --root "$tree"
		silent_on "no such account"
	done <"$asks"
	[ "$n" -ge 10 ] || fail "$name: only $n questions"
done

# The example that is installed, on a host that has none of its people.
rm -rf "$tree/etc" "$tree/var"
mkdir -p "$tree/etc"
echo 'root:x:0:0:root:/root:/bin/bash' >"$tree/etc/passwd"
expect 0 check "$here/../../docs/examples/policy.yaml" --root "$tree"
says "No faults, "
finish
