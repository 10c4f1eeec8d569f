# SPDX-License-Identifier: MIT
# compile.sh - sereno apply of a large company, and of one twice as large.

# apply_company NAME: print "SECONDS KIBIBYTES" of one apply.
apply_company() {
	/usr/bin/time -q -o "$root/cost" -f '%e %M' "$O/sereno" apply --root "$root/$1" "$root/$1/$2" \
		>"$root/output" 2>&1 || { tail -n 5 "$root/output" >&2 && exit 1; }
	cat "$root/cost"
}

for scale in 1 2; do
	mkdir -p "$root/company-$scale/etc"
	awk -v n="$((100000 * scale))" 'BEGIN {
		print "root:x:0:0:root:/root:/bin/bash"
		for (i = 1; i <= n; i++)
			printf "user%d:x:%d:100::/home/user%d:/bin/bash\n", i, 100000 + i, i
	}' >"$root/company-$scale/etc/passwd"
	echo 'users:x:100:' >"$root/company-$scale/etc/group"
	company "$scale" 1 >"$root/company-$scale/before.yaml"
	company "$scale" 2 >"$root/company-$scale/after.yaml"
done

# The pair of a round is run back to back, so that what disturbs the machine disturbs both alike.
# First nothing is in force; then each apply finds another policy of the same size there to compare with.
for round in 1 2 3 4 5; do
	for edition in before after; do
		for scale in 1 2; do
			apply_company "company-$scale" "$edition.yaml" >>"$root/costs-$scale"
		done
	done
done

# middle COLUMN FILE
middle() {
	cut -d ' ' -f "$1" "$2" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

paste -d ' ' "$root/costs-1" "$root/costs-2" | awk '{ printf "%.2f\n", $3 / $1 }' >"$root/ratios"
figure apply-100000-members "$(middle 1 "$root/costs-1")" s 2
figure apply-memory "$(awk '{ if ($2 > most) most = $2 } END { printf "%.0f", most / 1024 }' "$root/costs-1")" MiB 300
echo "beside apply-200000-members $(middle 1 "$root/costs-2") s"
figure apply-twice-the-input "$(middle 1 "$root/ratios")" ratio 2.2
