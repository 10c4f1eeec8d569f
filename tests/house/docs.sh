#!/bin/sh
# What the program says and what the documents say is the same.
set -eu
faults=$(mktemp)
trap 'rm -f "$faults" "$faults".*' EXIT

# Each key of the table stands in the man page that was built.
"$O/sereno" schema --man >"$faults.keys"
sed -n '/^\.TP/{n;p;}' "$faults.keys" >"$faults.heads"
[ -s "$faults.heads" ] || echo "sereno schema --man prints no keys" >>"$faults"
while IFS= read -r head; do
	grep -qxF -e "$head" "$O/man/sereno-policy.5" || echo "sereno-policy(5) lacks: $head" >>"$faults"
done <"$faults.heads"

# man(7) finds nothing to complain about.
for page in docs/man/*.[1-8] "$O"/man/*.[1-8]; do
	[ -f "$page" ] || continue
	groff -man -Tutf8 -ww -z "$page" 2>&1 | sed "s,^,$page: ," >>"$faults"
done

# A page of ours that another one names exists.
pages=$(ls docs/man/*.8 "$O"/man/*.5)
for reference in $(grep -ho '[a-z_\\-]*sereno[a-z_\\-]* ([1-8])' $pages | tr -d '\\ ' | sort -u); do
	name=${reference%(*}
	section=$(echo "$reference" | tr -cd '1-8')
	echo "$pages" | grep -q "/$name\.$section\$" || echo "a page names $reference, which does not exist" >>"$faults"
done

# Samples in sereno(8) are what the command printed when it was tested. (Not
# of status and attempts, which print the time of day, and of password, which prompts.)
awk '/^\.nf/ { inside = 1; next } /^\.fi/ { inside = sample = 0 }
	inside && /^[$#] sereno/ { sample = $3 !~ /^(status|attempts|password|schema)$/; next }
	sample' docs/man/sereno.8 | sed 's/\\-/-/g; s,^/etc/sereno,ROOT&,' >"$faults.samples"
[ -s "$faults.samples" ] || echo "sereno(8) has no samples" >>"$faults"
cat tests/cli/golden/* >"$faults.golden"
grep -vxF -f "$faults.golden" "$faults.samples" | grep -v '^No faults, ' | sed 's/^/sereno(8): printed by no test: /' >>"$faults"

# Each command has its words in a man page.
"$O/sereno" --help | awk '/^  *[a-z][a-z]* / {print $1}' | sort -u >"$faults.commands"
for command in $(cat "$faults.commands"); do
	[ "$command" = sereno ] || grep -rqw -e "$command" docs/man || echo "no man page names: sereno $command" >>"$faults"
done

# Each function that leaves a room says what it does: a comment above it, or above the group of
# declarations it stands in.
for header in include/sereno/*.h; do
	awk -v file="$header" '
		/^$/ { told = 0 }
		/\*\/$/ { told = 1 }
		/^[a-z].*\(/ && !/^(static|typedef|struct [a-z_]+ \{)/ && !told {
			print file ":" FNR ": not explained: " $0 }' "$header" >>"$faults"
done

cat "$faults"
[ ! -s "$faults" ]
