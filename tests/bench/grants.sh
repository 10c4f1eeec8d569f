# SPDX-License-Identifier: MIT
# grants.sh - what a login pays for the grants, of few and of very many, and what publishing them takes.

# grants_of N: "LOOK PUBLISH", medians in microseconds.
grants_of() {
	mkdir -p "$root/grants-$1/var/lib/sereno"
	"$O/tests/bench/grants" "$root/grants-$1" "$1"
}
read -r few _ < <(grants_of 10)
read -r many publish < <(grants_of 100000)
echo "beside grants-look-10 $few us"
echo "beside grants-look-100000 $many us"
echo "beside grants-publish-100000 $publish us"
figure grants-look-many-to-few "$(awk -v a="$many" -v b="$few" 'BEGIN { printf "%.2f", a / b }')" ratio 2
