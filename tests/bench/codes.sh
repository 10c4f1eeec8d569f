# SPDX-License-Identifier: MIT
# codes.sh - one-time codes: what a right one takes, who gets in at once, what refusals tell.

# What the limits are about is a disk: ext4 where there is one.
folder=
for candidate in /var/tmp "$O"; do
	if [ "$(findmnt -n -o FSTYPE -T "$candidate")" = ext4 ]; then
		folder=$candidate
		break
	fi
done
if [ -z "$folder" ]; then
	folder=/var/tmp
	echo "# no ext4: $(findmnt -n -o FSTYPE -T "$folder") instead, which the limits are not about"
fi
# google-authenticator takes on the identity of whose file it reads.
[ "$(id -u)" = 0 ] || {
	echo "codes are measured as root only" >&2
	exit 1
}
state=$(mktemp -d "$folder/sereno-codes-XXXXXX")
trap 'rm -rf "$root" "$state"' EXIT
for bench in codes_right codes_parallel codes_guesses codes_refusals; do
	echo "# $bench in $folder ($(findmnt -n -o FSTYPE -T "$folder"))"
	"$O/tests/bench/$bench" "$state" || missed=1
done
